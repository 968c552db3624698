"""Stage 1 of 8. In: a page's tree. Out: the blocks of its main text.

`trafilatura` finds the main text. Its strict mode comes first: on the 90 development pages it takes 0.83
points less of what is not the report (measured in docs/decisions/0080). What it finds too little of is asked for
again, in its usual mode.
"""

from __future__ import annotations

import functools
import html
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lxml.etree import iterwalk
from lxml.html import HtmlElement

from reportedly.vocab import RegionKind

if TYPE_CHECKING:
    from lxml.etree import _Element

#: Fewer letters than this are asked for again: it is what trafilatura itself takes for too little.
LEAST_LETTERS = 250
_BLOCKS = frozenset(
    {"p", "head", "item", "quote", "code", "list", "table", "body", "div", "main", "article", "section"}
)
_BLANKS = re.compile(r"[ \t\r\n\f\v]+")
_AROUND_BREAK = re.compile(r"[ \t]*\n[ \t]*")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});")
_BREAK = "\u2028"  # stands for a line break while blanks are put together
_UNREAD = frozenset(
    {"head", "script", "style", "noscript", "template", "nav", "aside", "footer", "form", "button", "select", "svg"}
    | {"iframe", "object", "figure", "textarea"}
)
_INLINE = frozenset(
    {"a", "abbr", "b", "bdi", "big", "br", "cite", "code", "data", "del", "em", "font", "i", "img", "ins", "kbd"}
    | {"mark", "q", "s", "small", "span", "strong", "strike", "sub", "sup", "time", "tt", "u", "var", "wbr"}
)
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
# Fewer words than six are a label or a menu's entry, where nothing tells text from furniture. Set by judgement.
_LEAST_PLAIN_BLANKS = 5
# Text in cells of this many letters is laid out in a table, not tabulated. Set by judgement.
_PROSE_LETTERS = 200
#: Numeric references to these code points mean the letters of Windows: `&#146;` is an apostrophe.
_WINDOWS = {code: bytes([code]).decode("cp1252", "ignore") or None for code in range(0x80, 0xA0)}


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, subhead, caption or credit; `kind` is None for what is plain text."""

    text: str
    kind: RegionKind | None = None


def find_blocks(tree: HtmlElement, url: str | None) -> list[Block]:
    """Finds the blocks of a page's main text, in order; none where there is no text."""
    strict = _extract(tree, url, strict=True)
    if _count_letters(strict) >= LEAST_LETTERS:
        return strict
    usual = _extract(tree, url, strict=False)
    return usual if _count_letters(usual) > _count_letters(strict) else strict


def find_plain_blocks(tree: HtmlElement) -> list[Block]:
    """Finds the blocks of a page too large for the extractor: all its running text, in time linear in its size."""
    pieces: list[str] = []
    blocks: list[Block] = []

    def close(kind: RegionKind | None) -> None:
        for block in _to_blocks(_BLANKS.sub(" ", "".join(pieces)).replace(_BREAK, "\n"), kind):
            if kind or block.text.count(" ") >= _LEAST_PLAIN_BLANKS:
                blocks.append(block)
        pieces.clear()

    walk = iterwalk(tree, events=("start", "end"))
    for event, element in walk:
        kind = RegionKind.HEADLINE if element.tag in _HEADINGS else None
        if event == "start":
            if element.tag in _UNREAD:
                walk.skip_subtree()
                continue
            if element.tag not in _INLINE:
                close(None)
            pieces.append(_BREAK if element.tag == "br" else element.text or "")
            continue
        if element.tag not in _INLINE:
            close(kind)
        pieces.append(element.tail or "")
    close(None)
    return blocks


def split_paragraphs(text: str) -> list[Block]:
    """Splits text that is told as one string into blocks: at empty lines, else at every line."""
    pieces = re.split(r"\n\s*\n", text) if re.search(r"\n\s*\n", text) else text.split("\n")
    return [Block(plain) for piece in pieces if (plain := to_clean(_BLANKS.sub(" ", piece)).strip())]


def to_clean(text: str) -> str:
    """Resolves entities that were written twice over, and the C1 controls that mean letters of Windows."""
    if "&" in text:
        text = _ENTITY.sub(lambda match: html.unescape(match.group()), text)
    return text.translate(_WINDOWS).replace("\x00", "")


def _count_letters(blocks: list[Block]) -> int:
    return sum(len(block.text) for block in blocks if block.kind is None)


@functools.cache
def _load_extractor() -> object:
    """Loads trafilatura when the first page is opened: it takes longer than all the rest of the program."""
    import trafilatura

    # It logs what it could not extract, which is said in our own words; a handler of the user's still sees it.
    for name in ("trafilatura", "htmldate", "justext", "readability", "courlan"):
        logging.getLogger(name).addHandler(logging.NullHandler())
    return trafilatura.bare_extraction


def _extract(tree: HtmlElement, url: str | None, *, strict: bool) -> list[Block]:
    extract = _load_extractor()
    found = extract(tree, url=url, favor_precision=strict, include_comments=False)  # type: ignore[operator]
    if found is None:
        return []
    return [block for block in _iter_blocks(found.body) if any(map(str.isalnum, block.text))]


# ---------------------------------------------------------------- trafilatura's tree


def _iter_blocks(body: _Element) -> Iterator[Block]:
    """Walks over the extracted tree; text outside of any block is a block of its own."""
    pieces: list[str] = []
    kind: RegionKind | None = None
    for is_break, text, heading in _iter_pieces(body):
        if is_break:
            yield from _to_blocks("".join(pieces), kind)
            pieces, kind = [], RegionKind.HEADLINE if heading else None
        pieces.append(text)
    yield from _to_blocks("".join(pieces), kind)


def _iter_pieces(element: _Element) -> Iterator[tuple[bool, str, bool]]:
    """Yields pieces of text in order: whether a block begins with it, the text, whether that is a subhead."""
    if element.tag == "table" and not _is_laid_out(element):
        yield True, _to_table(element), False
    else:
        block = element.tag in _BLOCKS or element.tag in ("row", "cell")
        verbatim = element.tag == "code"
        text = element.text or ""
        yield block, text if verbatim else _BLANKS.sub(" ", text), element.tag == "head"
        for child in element:
            if child.tag == "lb":
                yield False, "\n", False
            else:
                yield from _iter_pieces(child)
            ends = child.tag in _BLOCKS or child.tag in ("row", "cell")
            tail = _BLANKS.sub(" ", child.tail or "")
            yield ends, tail, False


def _to_blocks(text: str, kind: RegionKind | None) -> Iterator[Block]:
    """Splits at double line breaks, which stand for paragraphs."""
    for piece in re.split(r"\n{2,}", _AROUND_BREAK.sub("\n", to_clean(text))):
        if plain := piece.strip():
            yield Block(plain, kind)


def _is_laid_out(table: _Element) -> bool:
    return any(len("".join(cell.itertext())) >= _PROSE_LETTERS for cell in table.iter("cell"))


def _to_table(table: _Element) -> str:
    """A row a line, tabs between the cells."""
    rows = (["".join(cell.itertext()) for cell in row.iter("cell")] for row in table.iter("row"))
    lines = ("\t".join(" ".join(cell.split()) for cell in cells).strip("\t") for cells in rows)
    return "\n".join(line for line in lines if line.strip())
