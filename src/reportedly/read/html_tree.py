"""Stage 1 of 8. In: the text of a page. Out: its tree, of bounded depth and size.

Pages nest as deep as anyone likes, parsers and whoever walks their trees do not: below a depth that no
honest page reaches, tags are left out and their text stays.
"""

from __future__ import annotations

import re

from lxml.etree import LxmlError, iterwalk
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from reportedly.errors import ReadError

#: Elements within elements. The deepest of the 90 development pages has 51; the parser stops at 256.
DEEPEST = 100
#: Beyond so many characters a page is no report: the largest of the 90 development pages has 1.1 million.
MOST_LETTERS = 12_000_000
# What the extractor is asked to read: it takes 0.2 ms an element, and more the deeper they stand. The largest
# of the 90 development pages has 1,600 elements, 0.03 million depths in all and 0.06 million letters of text.
_MOST_ELEMENTS, _MOST_DEPTHS, _MOST_TEXT = 20_000, 400_000, 3_000_000
_MOST_ATTRIBUTE_LETTERS = 1_000
_TAG = re.compile(r"<(/?)([a-zA-Z][\w:-]*)[^<>]*>")
_SILENT = re.compile(
    r"<(script|style|svg|template)\b(?![^>]*ld\+json)[^>]*>.*?(?:</\1\s*>|\Z)", re.DOTALL | re.IGNORECASE
)
# Tags that hold nothing, or that the next of their kind closes: they make no depth.
_FLAT = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"}
    | {"p", "dt", "dd", "option", "thead", "tbody"}
)
# Of a table within a table, the row and the cell count too.
_STEPS = {"table": 3, "ul": 2, "ol": 2, "tr": 0, "td": 0, "th": 0, "li": 0}


def parse_page(text: str, where: str = "") -> HtmlElement:
    """Parses a page as forgivingly as browsers do.

    Raises:
        ReadError: it is too large for a report, or there is nothing in it.
    """
    if len(text) > MOST_LETTERS:
        text = _SILENT.sub("", text)
    if len(text) > MOST_LETTERS:
        raise ReadError(
            f"too large for a page: {len(text):,} characters, the limit is {MOST_LETTERS:,}",
            where=where,
            hint="save its text alone, as plain text",
        )
    tree, complaint = _parse(text, huge=False, where=where)
    if complaint:  # deeper than the parser goes, or a stretch of text longer than it takes
        tree, _ = _parse(to_flatter(text), huge=True, where=where)
    return tree


def is_modest(tree: HtmlElement) -> bool:
    """Whether a page is of a size that the extractor can be asked to read.

    Attributes too long to be names are dropped on the way: patterns are tried on each of them.
    """
    elements = depth = depths = size = 0
    for event, element in iterwalk(tree, events=("start", "end")):
        if event == "end":
            depth -= 1
            continue
        elements, depth = elements + 1, depth + 1
        depths += depth
        if element.tag not in ("script", "style"):
            size += len(element.text or "") + len(element.tail or "")
        for name in ("class", "id", "style"):
            if len(element.get(name) or "") > _MOST_ATTRIBUTE_LETTERS:
                del element.attrib[name]
    return elements <= _MOST_ELEMENTS and depths <= _MOST_DEPTHS and size <= _MOST_TEXT


def _parse(text: str, *, huge: bool, where: str) -> tuple[HtmlElement, bool]:
    parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, collect_ids=False, huge_tree=huge)
    try:
        tree = document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (LxmlError, ValueError):  # nothing but blanks or comments
        raise ReadError("no text found in the page", where=where, hint="there is nothing in it") from None
    return tree, any("XML_PARSE_HUGE" in error.message for error in parser.error_log)


def to_flatter(text: str) -> str:
    """Drops the tags that stand deeper than `DEEPEST`; what is between them stays."""
    pieces: list[str] = []
    depth = last = 0
    for tag in _TAG.finditer(text):
        name = tag[2].lower()
        if name in _FLAT or tag[0].endswith("/>"):
            continue
        if not tag[1]:
            depth += _STEPS.get(name, 1)
        if depth > DEEPEST:
            pieces += (text[last : tag.start()], " ")
            last = tag.end()
        if tag[1]:
            depth = max(0, depth - _STEPS.get(name, 1))
    return "".join(pieces) + text[last:]
