"""Stage 1 of 8. In: a page's tree. Out: what its JSON-LD says of the article.

Pages describe themselves in schema.org terms, often with their neighbours: the node wanted is the one
that names this page's title or address.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lxml.html import HtmlElement

_TYPES = re.compile(r"(?:.*Article|.*NewsArticle|BlogPosting|LiveBlogPosting|Report|SocialMediaPosting)")
_NO_LETTERS = re.compile(r"[\W_]+")
_COMMA = re.compile(r",\s*(?=[}\]])")
_WRAPPER = re.compile(r"^\s*(?:<!\[CDATA\[|<!--|//\s*<!\[CDATA\[)|(?:(?://\s*)?\]\]>|-->)\s*;?\s*$")
# Bounds for hostile pages; a page has a handful of scripts of some kilobytes.
_MOST_SCRIPTS, _MOST_LETTERS, _MOST_NODES = 50, 2_000_000, 5_000

type Node = dict[str, object]


@dataclass(frozen=True, slots=True)
class Described:
    """A page's JSON-LD: its article (empty where there is none) and all nodes by `@id`."""

    article: Node
    by_id: dict[str, Node]

    def find_text(self, *names: str) -> str | None:
        """Finds the first of these properties that has words."""
        return next((text for name in names if (text := to_words(self.article.get(name)))), None)

    def find_names(self, name: str) -> list[str]:
        """Finds the names of the persons or organisations that a property points at, in order."""
        names = []
        for value in _to_list(self.article.get(name)):
            node = self._resolve(value)
            found = to_words(node.get("name")) if isinstance(node, dict) else to_words(node)
            if found and found not in names:
                names.append(found)
        return names

    def _resolve(self, value: object) -> object:
        if isinstance(value, dict) and "name" not in value:
            return self.by_id.get(str(value.get("@id")), value)
        return value


def find_described(tree: HtmlElement, titles: Sequence[str], urls: Sequence[str]) -> Described:
    """Finds a page's JSON-LD, and in it the article that has one of these titles or addresses."""
    nodes = [node for script in _iter_scripts(tree) for node in _iter_nodes(script)]
    by_id: dict[str, Node] = {}
    for node in nodes:
        if isinstance(key := node.get("@id"), str) and ("name" in node or key not in by_id):
            by_id[key] = node
    articles = [node for node in nodes if any(_TYPES.fullmatch(kind) for kind in _to_types(node))]
    named = {to_plain(title) for title in titles}
    addressed = {to_bare(url) for url in urls}

    def rank(node: Node) -> int:
        same_title = any(to_plain(to_words(node.get(name)) or "") in named for name in ("headline", "name"))
        return 2 * same_title + bool(_find_addresses(node) & addressed)

    best = max(articles, key=rank, default=None)  # the first of equals
    if best is None or (rank(best) == 0 and len(articles) > 1 and "articleBody" not in best):
        best = next((node for node in articles if rank(node)), None) or _find_only(articles)
    return Described(best or {}, by_id)


def to_words(value: object) -> str | None:
    """Turns a property's value into words: the first of a list, the text of a language-tagged value."""
    for each in _to_list(value):
        if isinstance(each, dict):
            each = each.get("@value") or each.get("name")
        if isinstance(each, str) and each.strip():
            return each.strip()
    return None


def to_plain(text: str) -> str:
    """Reduces a text to its letters and digits in lower case, for comparing."""
    return _NO_LETTERS.sub("", text.lower())


def to_bare(url: str) -> str:
    """Reduces an address to what tells pages apart: no scheme, `www.`, query, fragment or last slash."""
    return re.sub(r"^https?://(?:www\.)?|[?#].*$", "", url.strip()).rstrip("/").lower()


def _find_only(articles: Sequence[Node]) -> Node | None:
    # Of several articles none of which is named like the page, one that has a date of its own may be it.
    dated = [node for node in articles if "datePublished" in node]
    return dated[0] if len(dated) == 1 else None


def _find_addresses(node: Node) -> set[str]:
    page = node.get("mainEntityOfPage")
    values = [node.get("url"), node.get("@id"), page.get("@id") if isinstance(page, dict) else page]
    return {to_bare(value) for value in values if isinstance(value, str)}


def _iter_scripts(tree: HtmlElement) -> Iterator[object]:
    left = _MOST_LETTERS
    for script in tree.xpath('(//script[contains(@type, "ld+json")])[position() <= $most]', most=_MOST_SCRIPTS):
        text = _WRAPPER.sub("", script.text or "")
        left -= len(text)
        if left < 0:
            return
        for version in (text, _COMMA.sub("", text)):
            try:
                yield json.loads(version, strict=False)
                break
            except (ValueError, RecursionError):
                continue


def _iter_nodes(value: object) -> Iterator[Node]:
    """Yields the objects of a JSON value, outer before inner."""
    waiting, seen = [value], 0
    while waiting and seen < _MOST_NODES:
        each = waiting.pop(0)
        seen += 1
        if isinstance(each, dict):
            yield each
            waiting += [part for part in each.values() if isinstance(part, dict | list)]
        elif isinstance(each, list):
            waiting += [part for part in each[:_MOST_NODES] if isinstance(part, dict | list)]


def _to_types(node: Node) -> list[str]:
    return [kind.rsplit("/", 1)[-1] for kind in _to_list(node.get("@type")) if isinstance(kind, str)]


def _to_list(value: object) -> list[object]:
    return value if isinstance(value, list) else [] if value is None else [value]
