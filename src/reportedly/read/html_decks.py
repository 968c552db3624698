"""Stage 1 of 8. In: a page's tree and title. Out: the deck, the line or two under the title.

Extractors leave it out as furniture, yet it says what happened, and now and then it is the report's first
paragraph. It is headline matter here: a figure in it is told again below, or nowhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from lxml.html import HtmlElement

from reportedly.read.html_blocks import Block, to_clean
from reportedly.read.html_jsonld import to_plain
from reportedly.read.html_metadata import to_line
from reportedly.vocab import RegionKind

_CLASS = re.compile(
    r"(?<![a-z])(?:summary|standfirst|lede?|lead|intro|dec?k|sub-?title|sub-?head(?:line|ing)?|strap(?:line)?)(?![a-z])",
    re.IGNORECASE,
)
_OTHER = re.compile(r"promo|teaser|related|stories|author|newsletter|recirc|sidebar", re.IGNORECASE)
_TAGS = ("p", "div", "h2", "h3", "span", "section")
_LEAST_LETTERS, _MOST_LETTERS = 40, 500
# How far from the title a deck stands: in elements around the title, and beside each of them.
_AROUND, _BESIDE, _WITHIN = 3, 6, 12


def add_deck(blocks: Sequence[Block], tree: HtmlElement, title: str | None) -> list[Block]:
    """Puts the deck before the blocks, where the page has one that they do not repeat."""
    heading = next((h1 for h1 in tree.iter("h1") if title and to_plain(to_line(h1)) == to_plain(title)), None)
    text = to_plain("".join(block.text for block in blocks))
    for element in _iter_near(heading) if heading is not None else ():
        if _OTHER.search(element.get("class") or ""):
            continue
        words = to_clean(to_line(element))
        if _LEAST_LETTERS <= len(words) <= _MOST_LETTERS and _CLASS.search(element.get("class") or ""):
            linked = sum(len(to_line(link)) for link in element.iter("a"))
            if to_plain(words) in text or 2 * linked > len(words):
                break
            return [Block(words, RegionKind.HEADLINE), *blocks]
    return list(blocks)


def _iter_near(heading: HtmlElement) -> Iterator[HtmlElement]:
    """Yields what follows the title, and what follows the elements around it, nearest first."""
    for element in (heading, *islice(heading.iterancestors("div", "header", "section", "hgroup"), _AROUND)):
        for beside in islice(element.itersiblings(*_TAGS), _BESIDE):
            yield from islice(beside.iter(*_TAGS), _WITHIN)
