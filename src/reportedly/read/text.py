"""Stage 1 of 8. In: plain text. Out: Item.

Reads plain text: one file or stream is one report.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from reportedly.errors import ReadError
from reportedly.model import Failure, Item
from reportedly.read.encodings import decode_bytes, is_text
from reportedly.read.sources import Reader, Source, to_failure


def read_text(source: Source) -> Iterator[Item | Failure]:
    """Reads an input as one report of plain text."""
    known = source.known
    try:
        data = source.read_all()
        text = decode_bytes(data, source.origin)
    except ReadError as error:
        yield to_failure(error)
        return
    yield Item(
        text=text,
        external_id=known.external_id,
        publisher=known.publisher,
        published=known.published,
        url=known.url,
        title=known.title,
        reader="text",
        origin=source.origin,
        identity=known.identity or known.url,
        retrieved=known.retrieved,
        raw_sha256=hashlib.sha256(data).hexdigest(),
    )


def recognise_text(head: bytes, name: str) -> bool:
    """Whether an input's first bytes are text."""
    return is_text(head)


READER = Reader("text", (".txt", ".text", ".md", ""), recognise_text, read_text)
