"""Stage 1 of 8. In: a piece of HTML. Out: blocks of text.

Feeds and mails carry pieces of HTML that are all main text: nothing has to be told from navigation,
only paragraphs have to be kept. The parser hands over tags as they pass and no tree is built, so
deep nesting costs nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import urljoin

from lxml import etree

from reportedly.model import Region
from reportedly.vocab import RegionKind

_HIDDEN_TAGS = frozenset({
    "script", "style", "head", "title", "template", "noscript", "svg", "math", "object", "iframe", "audio",
    "video", "canvas", "select", "textarea", "button",
})  # fmt: skip
_BLOCK_TAGS = frozenset({
    "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "div", "dl",
    "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header",
    "hr", "html", "legend", "li", "main", "nav", "ol", "p", "pre", "section", "summary", "table", "tbody", "td",
    "tfoot", "th", "thead", "tr", "ul",
})  # fmt: skip
#: What the markup says that a stretch is.
_KINDS = {
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), RegionKind.HEADLINE),
    **dict.fromkeys(("figcaption", "caption"), RegionKind.CAPTION),
    **dict.fromkeys(("nav", "footer"), RegionKind.BOILERPLATE),
}
_HIDING_STYLE = re.compile(r"(?:display\s*:\s*none|mso-hide\s*:\s*all)", re.IGNORECASE)
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_BLANKS = re.compile(r"[ \t\r\n\f\v]+")
# A NUL, which no input may hold, stands for a line break until the block is whole.
_BREAK = "\x00"
_PARAGRAPH_BREAK = re.compile(r"\x00[\s\x00]*\x00|\x00\s*\Z|\A\s*\x00")
_PLAIN_PARAGRAPHS = re.compile(r"\n[^\S\n]*\n\s*")
_MOST_LINKS = 500


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph; `kind` is what the input's markup says that it is, None where it says nothing."""

    text: str
    kind: RegionKind | None = None


@dataclass(frozen=True, slots=True)
class Fragment:
    """The blocks of a piece of HTML and the addresses that it links to."""

    blocks: tuple[Block, ...] = ()
    links: tuple[str, ...] = ()


def tidy_text(text: str) -> str:
    """Makes newlines plain, drops NULs and replaces each lone surrogate by U+FFFD."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    return _UNSTORABLE.sub(lambda match: "" if match.group() == "\x00" else "\ufffd", plain)


def to_line(text: str) -> str:
    """Makes one line of a text that may be wrapped: a title, a name."""
    return " ".join(tidy_text(text).split())


def split_plain(text: str, kind: RegionKind | None = None) -> tuple[Block, ...]:
    """Splits plain text into its paragraphs; lines within them stay lines."""
    paragraphs = _PLAIN_PARAGRAPHS.split(tidy_text(text).strip())
    return tuple(Block(paragraph, kind) for paragraph in paragraphs if paragraph.strip())


def split_html(html: str, address: str | None = None) -> Fragment:
    """Splits a piece of HTML into its paragraphs, without scripts, styles and what is hidden.

    Args:
        html: any markup, however broken; plain text is one paragraph.
        address: what relative links count from.
    """
    text = tidy_text(html)
    if not text.strip():
        return Fragment()
    target = _Target(address or "")
    parser = etree.HTMLParser(target=target)
    parser.feed(text)
    parser.close()
    return Fragment(tuple(target.blocks), tuple(dict.fromkeys(target.links)))


def join_blocks(blocks: Iterable[Block], title: str | None = None) -> tuple[str, tuple[Region, ...]]:
    """Joins blocks to one text: the title first, unless the first block says it already.

    Returns:
        The text, its blocks divided by empty lines, and the regions of the blocks that have a kind.
    """
    kept = [block for block in blocks if block.text.strip()]
    if title and kept and to_line(kept[0].text).casefold() == title.casefold():
        kept[0] = Block(kept[0].text, RegionKind.HEADLINE)
    elif title:
        kept.insert(0, Block(title, RegionKind.HEADLINE))
    regions: list[Region] = []
    at = 0
    for block in kept:
        if block.kind is not None:
            regions.append(Region(kind=block.kind, start=at, end=at + len(block.text)))
        at += len(block.text) + 2
    return "\n\n".join(block.text for block in kept), tuple(regions)


@dataclass(slots=True)
class _Target:
    """What lxml's parser tells of each tag as it passes."""

    address: str
    blocks: list[Block] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)
    kinds: list[tuple[str, RegionKind]] = field(default_factory=list)
    hidden: int = 0
    preformatted: int = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Opens a tag; within what is hidden, depth alone is counted."""
        if self.hidden or tag in _HIDDEN_TAGS or _is_hidden(attributes):
            self.hidden += 1
            return
        if tag in _BLOCK_TAGS:
            self.flush()
            if tag in _KINDS:
                self.kinds.append((tag, _KINDS[tag]))
            self.preformatted += tag == "pre"
        elif tag == "br":
            self.pieces.append(_BREAK)
        elif tag == "a" and len(self.links) < _MOST_LINKS and (link := to_link(attributes.get("href"), self.address)):
            self.links.append(link)

    def end(self, tag: str) -> None:
        """Closes a tag."""
        if self.hidden:
            self.hidden -= 1
        elif tag in _BLOCK_TAGS:
            self.flush()
            if self.kinds and self.kinds[-1][0] == tag:
                self.kinds.pop()
            self.preformatted -= tag == "pre"

    def data(self, text: str) -> None:
        """Takes text."""
        if not self.hidden:
            self.pieces.append(text.replace("\n", _BREAK) if self.preformatted else text)

    def close(self) -> None:
        """Ends the last block."""
        self.flush()

    def flush(self) -> None:
        """Makes blocks of the text since the last; two line breaks in a row end a paragraph."""
        whole = _BLANKS.sub(" ", "".join(self.pieces).replace("\ufeff", ""))
        self.pieces.clear()
        kind = self.kinds[-1][1] if self.kinds else None
        for paragraph in _PARAGRAPH_BREAK.split(whole):
            text = "\n".join(line.strip() for line in paragraph.split(_BREAK)).strip()
            if text:
                self.blocks.append(Block(tidy_text(text), kind))


def to_link(href: object, address: str | None = None) -> str | None:
    """Makes an absolute http(s) address of a link, or None where it is something else."""
    if not isinstance(href, str):
        return None
    try:
        link = urljoin(address or "", tidy_text(href).strip())
    except ValueError:  # a broken IPv6 host
        return None
    return link if link.lower().startswith(("http://", "https://")) else None


def _is_hidden(attributes: dict[str, str]) -> bool:
    return "hidden" in attributes or _HIDING_STYLE.search(attributes.get("style") or "") is not None
