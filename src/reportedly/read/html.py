"""Stage 1 of 8. In: a web page. Out: Item.

Reads saved web pages: the main text with its title, subheads and captions, and what the page says of itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from lxml.html import HtmlElement

from reportedly.errors import ReadError
from reportedly.model import Failure, Item, Region
from reportedly.read.encodings import decode_line, find_encoding, find_signature
from reportedly.read.html_blocks import Block, find_blocks, find_plain_blocks, split_paragraphs
from reportedly.read.html_captions import add_captions
from reportedly.read.html_charsets import decode_page
from reportedly.read.html_decks import add_deck
from reportedly.read.html_jsonld import to_plain
from reportedly.read.html_metadata import PageFacts, find_facts
from reportedly.read.html_repairs import mend_tree, raise_figures
from reportedly.read.html_tree import is_modest, parse_page
from reportedly.read.sources import Payload, Reader, Source, to_failure
from reportedly.settings import Settings
from reportedly.vocab import RegionKind

_SUFFIXES = (".html", ".htm", ".xhtml", ".shtml")
_BEFORE = r"(?:\s|<\?xml[^>]*\?>|<!--.*?-->)*"
_ROOT = re.compile(_BEFORE + r"<(?:!doctype\s+html|html|head|body|frameset)\b", re.DOTALL | re.IGNORECASE)
_FRAGMENT = re.compile(
    _BEFORE + r"<(?:article|section|main|header|div|p|h[1-6]|table|meta|title|link|script)\b[^<>]*>",
    re.DOTALL | re.IGNORECASE,
)
_OTHER_XML = re.compile(_BEFORE + r"<(?:rss|feed|rdf:rdf|urlset|sitemapindex|svg)\b", re.DOTALL | re.IGNORECASE)
# All that a page may say that has no report: what it wants of its reader first.
_WALL = re.compile(
    r"log[ -]?in|sign[ -]?in|sign[ -]?up|subscri|regist|account|password|javascript|cookies?\b|consent|captcha|robot"
    r"|browser|ad[ -]?block|forbidden|access denied|not found|premium|already a member|forgot",
    re.IGNORECASE,
)
_LOGIN = re.compile(r"log[ -]?in|sign[ -]?in|subscri|account|password|regist|member|premium", re.IGNORECASE)
_WALL_WORDS = 60


def recognise_html(head: bytes, name: str) -> bool:
    """Whether an input is a web page: by how it begins, whatever it is called."""
    if find_signature(head):
        return False
    encoding, mark = find_encoding(head)
    text = decode_line(head[mark:], encoding).lstrip("\ufeff\x00")
    if _ROOT.match(text):
        return True
    if _OTHER_XML.match(text):
        return False
    if name.lower().endswith(_SUFFIXES):
        return re.search(r"<[!a-zA-Z]", text) is not None
    return _FRAGMENT.match(text) is not None and "</" in text


def read_html(source: Source) -> Iterator[Payload | Failure]:
    """Reads an input as one page, unopened."""
    try:
        data = source.read_all()
    except ReadError as error:
        yield to_failure(error, source.known.external_id)
        return
    yield Payload(data=data, reader="html", origin=source.origin, known=source.known)


def open_html(payload: Payload, settings: Settings) -> Item:
    """Opens one page.

    Raises:
        ReadError: there is no text in it, or it is too large.
    """
    known = payload.known
    tree = parse_page(decode_page(payload.data, known.charset), payload.origin)
    facts = find_facts(tree, known)
    modest = is_modest(tree)
    blocks = _find_blocks(tree, facts, modest=modest)
    _refuse_empty(blocks, tree.find(".//frameset") is not None, payload.origin)
    blocks = _drop_title(blocks, facts)
    links: tuple[str, ...] = ()
    if modest:
        blocks, links = add_captions(blocks, tree, facts.url)
        blocks = add_deck(blocks, tree, facts.title)
    text, regions = to_text_and_regions(blocks, facts.title)
    return Item(
        text=text,
        external_id=known.external_id,
        publisher=facts.publisher,
        published=facts.published,
        modified=facts.modified,
        url=facts.url,
        title=facts.title,
        byline=facts.byline,
        language=facts.language,
        rights=facts.rights,
        reader="html",
        origin=payload.origin,
        regions=regions,
        links=links,
        identity=facts.url or known.identity,
        retrieved=known.retrieved,
        raw_sha256=payload.raw_sha256,
    )


def _find_blocks(tree: HtmlElement, facts: PageFacts, *, modest: bool) -> list[Block]:
    raise_figures(tree)
    if not modest:
        return find_plain_blocks(tree)
    mend_tree(tree)
    blocks = find_blocks(tree, facts.url)
    return split_paragraphs(facts.body) if facts.body and not blocks else blocks


def to_text_and_regions(blocks: Sequence[Block], title: str | None) -> tuple[str, tuple[Region, ...]]:
    """Puts the title and the blocks together, with empty lines between them; says where the marked ones stand."""
    whole = [Block(title, RegionKind.HEADLINE), *blocks] if title else list(blocks)
    regions: list[Region] = []
    at = 0
    for block in whole:
        if block.kind is not None:
            regions.append(Region(kind=block.kind, start=at, end=at + len(block.text)))
        at += len(block.text) + 2
    return "\n\n".join(block.text for block in whole), tuple(regions)


def _drop_title(blocks: list[Block], facts: PageFacts) -> list[Block]:
    """Drops the title where the text repeats it as its first lines."""
    title = to_plain(facts.title or "")
    first = [block for block in blocks[:3] if to_plain(block.text) != title]
    return first + blocks[3:]


def _refuse_empty(blocks: Sequence[Block], framed: bool, where: str) -> None:
    """Refuses a page without a report: empty, made of frames, or a wall before the report."""
    body = [block.text for block in blocks if block.kind is None]
    if not body:
        hint = (
            "it is made of frames: save the frame that holds the text" if framed else "save the page once it is shown"
        )
        raise ReadError("no text found in the page", where=where, hint=hint)
    words = sum(len(text.split()) for text in body)
    if words <= _WALL_WORDS and all(_WALL.search(text) or len(text.split()) < 4 for text in body):
        asks = any(_LOGIN.search(text) for text in body)
        hint = (
            "it asks to log in or to subscribe" if asks else "it only speaks of itself: save the page once it is shown"
        )
        raise ReadError("no text found in the page", where=where, hint=hint)


READER = Reader("html", _SUFFIXES, recognise_html, read_html, open_html)
