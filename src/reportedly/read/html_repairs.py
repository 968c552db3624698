"""Stage 1 of 8. In: a page's tree. Out: the same tree, mended where extraction would go wrong.

Each repair is for a habit of page makers, not for a page: what it looks for is said beside it. What
each brought on the 90 development pages is in docs/decisions/0080.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from itertools import islice

from lxml.html import HtmlElement

_BODY_CLASS = re.compile(r"article|body|content|story|text|post|entry", re.IGNORECASE)
_MOST_PARTS = 60
_POST_CLASS = re.compile(r"\b(?:twitter-tweet|bluesky-embed|mastodon-embed|telegram-post)\b")
_HEADINGS = ("h1", "h2", "h3")
_MOST_CARDS = 300
_SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def mend_tree(tree: HtmlElement) -> None:
    """Makes the repairs of layout, in place."""
    drop_cards(tree)
    keep_quoted_posts(tree)
    join_split_bodies(tree)


def raise_figures(tree: HtmlElement) -> None:
    """Writes raised figures as such: the note in `1,700<sup>2</sup>` must not become part of the figure."""
    for element in tree.iter("sup"):
        figures = "".join(element.itertext()).strip()
        if figures.isdecimal() and figures.isascii():
            tail = element.tail
            element.clear()
            element.text, element.tail = figures.translate(_SUPERSCRIPTS), tail


def drop_cards(tree: HtmlElement) -> None:
    """Drops the cards that open over a name: a picture and several links in the middle of a sentence."""
    cards = tree.xpath("//p//span[.//img][count(.//a) >= 2][not(.//span[.//img][count(.//a) >= 2])]")
    for card in cards[:_MOST_CARDS]:
        card.drop_tree()


def keep_quoted_posts(tree: HtmlElement) -> None:
    """Frees posts quoted in a report from the `embed` and `social` wrappers that extraction leaves out."""
    for quote in tree.iter("blockquote"):
        if not _POST_CLASS.search(quote.get("class") or ""):
            continue
        for around in (quote, *islice(_iter_wrappers(quote), 6)):
            for name in ("class", "id"):
                around.attrib.pop(name, None)


def _iter_wrappers(element: HtmlElement) -> Iterator[HtmlElement]:
    """Yields the elements around one that hold nothing else."""
    inner = element
    for around in element.iterancestors("div", "span", "section", "figure"):
        alone = len(around) == 1 or all(each is inner or each.tag in ("script", "noscript") for each in around)
        if not alone or (around.text or "").strip():
            return
        if around.tag == "figure":
            around.tag = "div"
        yield around
        inner = around


def join_split_bodies(tree: HtmlElement) -> None:
    """Joins a text that advertisements cut into several containers of one class: extraction takes the first.

    Containers with headings that are links are several posts, not one cut up; those of a live blog have plain ones.
    """
    parts: dict[tuple[str, HtmlElement | None], list[HtmlElement]] = defaultdict(list)
    for element in tree.iter("div", "section"):
        name = element.get("class") or ""
        if _BODY_CLASS.search(name) and any(child.tag == "p" for child in element):
            article = next(element.iterancestors("article", "aside", "nav", "footer"), None)
            parts[name, article].append(element)
    for (_, around), found in parts.items():
        if not 1 < len(found) <= _MOST_PARTS or (around is not None and around.tag != "article"):
            continue
        first, *others = found
        inside = set(found)
        nested = any(each in inside for element in found for each in element.iterancestors())
        if nested or any(_has_own_heading(element) for element in others):
            continue
        for element in others:
            parent = element.getparent()
            if parent is not None and element is not first:
                for child in list(element):
                    first.append(child)
                element.drop_tree()


def _has_own_heading(element: HtmlElement) -> bool:
    """Whether a heading that leads to a page of its own stands in or before a container."""
    near = (element, *islice(element.itersiblings(preceding=True), 8))
    headings = (heading for each in near for heading in each.iter(*_HEADINGS))
    return any(heading.find(".//a") is not None or heading.getparent().tag == "a" for heading in islice(headings, 20))
