"""Stage 1 of 8. In: plain text. Out: Item.

Reads plain text: one file or stream is one report.
"""

from __future__ import annotations

from collections.abc import Iterator

from reportedly.errors import ReadError
from reportedly.model import Failure, Item
from reportedly.read.encodings import decode_bytes, is_text
from reportedly.read.sources import Reader, Source, to_failure


def read_text(source: Source) -> Iterator[Item | Failure]:
    """Reads an input as one report of plain text."""
    try:
        text = decode_bytes(source.read_all(), source.origin)
    except ReadError as error:
        yield to_failure(error)
        return
    yield Item(
        text=text,
        publisher=source.known.publisher,
        published=source.known.published,
        reader="text",
        origin=source.origin,
    )


def recognise_text(head: bytes, name: str) -> bool:
    """Whether an input's first bytes are text."""
    return is_text(head)


READER = Reader("text", (".txt", ".text", ".md", ""), recognise_text, read_text)
