"""Stage 1 of 8. In: blocks. Out: Item.

What press releases in PDF and DOCX have in common: blocks that become one text with its regions, and
metadata that are often wrong (`Microsoft Word - Final_v3.doc`, `admin`, the day of a template).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from reportedly.model import Item, Region
from reportedly.read.sources import Payload
from reportedly.vocab import RegionKind

#: Titles and authors stand in so many first letters of a release. Set by judgement.
_OPENING = 3_000
#: A heading further down heads a part and not the whole.
_FIRST_BLOCKS = 5
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_LONE_SURROGATE = re.compile("[\ud800-\udfff\x00]")


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, heading or row, and what the file says that it is; `running` repeats on pages."""

    text: str
    kind: RegionKind | None = None
    running: bool = False


def to_item(blocks: Sequence[Block], payload: Payload, *, title: str, author: str) -> Item:
    """Makes an item of blocks.

    The dates of such files are those of the file (or of its template), not of the report: they are
    never taken for the publication date, which cleaning reads from the text.

    Args:
        blocks: in order; the empty ones are passed over.
        payload: what they were read from.
        title: what the metadata call it; believed if its opening has these words too.
        author: who the metadata say wrote it; believed likewise.
    """
    known = payload.known
    opening = "\n".join(block.text for block in blocks)[:_OPENING]
    first = [block for block in blocks if block.text and not block.running][:_FIRST_BLOCKS]
    heading = next((block.text for block in first if block.kind == RegionKind.HEADLINE), None)
    believed = find_said(title, opening) or heading or known.title
    text, regions = _to_text(blocks, believed)
    return Item(
        text=text,
        external_id=known.external_id,
        publisher=known.publisher,
        published=known.published,
        url=known.url,
        title=believed,
        byline=find_said(author, opening),
        reader=payload.reader,
        origin=payload.origin,
        regions=regions,
        identity=known.identity or known.url,
        retrieved=known.retrieved,
        raw_sha256=payload.raw_sha256,
    )


def find_said(said: str, text: str) -> str | None:
    """Returns what metadata say of a report if the report says so too: two words or more, one after another."""
    wanted = re.findall(r"\w+", said.casefold())
    shown = " ".join(re.findall(r"\w+", text.casefold()))
    if len(wanted) < 2 or f" {' '.join(wanted)} " not in f" {shown} ":
        return None
    return " ".join(said.split())


def _to_text(blocks: Sequence[Block], title: str | None) -> tuple[str, tuple[Region, ...]]:
    regions: list[Region] = []
    parts: list[str] = []
    length = 0
    for block in blocks:
        text = _LONE_SURROGATE.sub("\ufffd", block.text).strip()
        if not text:
            continue
        length += 2 if parts else 0
        kind = _find_kind(block, text, title)
        if kind:
            regions.append(Region(kind=kind, start=length, end=length + len(text)))
        parts.append(text)
        length += len(text)
    return "\n\n".join(parts), tuple(regions)


def _find_kind(block: Block, text: str, title: str | None) -> RegionKind | None:
    if block.running:
        # What heads or foots the pages may be all that dates the report: cleaning looks into it.
        return None if _YEAR.search(text) else RegionKind.BOILERPLATE
    if title and re.findall(r"\w+", text.casefold()) == re.findall(r"\w+", title.casefold()):
        return RegionKind.HEADLINE
    return block.kind
