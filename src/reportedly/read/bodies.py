"""Stage 1 of 8. In: the blocks of an answer. Out: its content.

The content of an answer, unpacked block by block: a compressed one that grows beyond all measure is
stopped while it grows, not after.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, cast

from reportedly.errors import ReadError

#: The encodings that are asked for: of these alone the growth can be bounded to the byte by zlib.
ENCODINGS = ("gzip", "deflate")
_BLOCK = 1 << 16
#: Content up to so many bytes is kept in memory, more in a temporary file. Set by judgement.
_IN_MEMORY = 8_000_000
#: Small answers may grow by any factor: a page of blanks is no attack. Set by judgement.
_SMALL = 1_000_000


def read_body(blocks: Iterable[bytes], encoding: str, *, max_bytes: int, max_expansion: int) -> BinaryIO:
    """Reads an answer's content into a stream at its beginning.

    Args:
        blocks: the bytes as they were sent.
        encoding: the Content-Encoding: `gzip`, `deflate` or none.
        max_bytes: the limit for the bytes as sent, and for the content.
        max_expansion: how many times its size the content may grow to.

    Raises:
        ReadError: it is too large, grows too much, or is not in the encoding that it names.
    """
    body = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - the reader reads it after us
    sent, size = [0], 0
    for block in _inflate(_count(blocks, sent, max_bytes), encoding):
        size += len(block)
        if size > max_bytes:
            raise to_fetch_size_error(max_bytes)
        if size > _SMALL and size > sent[0] * max_expansion:
            raise ReadError(f"grows to more than {max_expansion} times its size when it is unpacked")
        body.write(block)
    body.seek(0)
    return cast(BinaryIO, body)


def to_fetch_size_error(limit: int) -> ReadError:
    """Makes the error for an answer larger than the limit."""
    return ReadError(f"larger than {limit:,} bytes", hint="raise the setting max_fetch_bytes, or save it as a file")


def _count(blocks: Iterable[bytes], sent: list[int], max_bytes: int) -> Iterator[bytes]:
    for block in blocks:
        sent[0] += len(block)
        if sent[0] > max_bytes:
            raise to_fetch_size_error(max_bytes)
        yield block


def _inflate(blocks: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    named = [each.strip().lower().removeprefix("x-") for each in encoding.split(",")]
    named = [each for each in named if each not in ("", "identity")]
    if not named:
        yield from blocks
    elif len(named) > 1 or named[0] not in ENCODINGS:
        raise ReadError(f"sent in an encoding that was not asked for: {encoding[:40]}")
    else:
        try:
            yield from _inflate_members(blocks, named[0])
        except zlib.error:
            raise ReadError(f"not valid {named[0]}") from None


def _inflate_members(blocks: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    """Unpacks one stream after another: gzip may have several."""
    data = next(blocks, b"")
    if not data:
        return
    inflater = zlib.decompressobj(_find_window(data, encoding))
    while True:
        # Where the output is held to a block, input or output is left over for the next turn.
        piece = inflater.decompress(data, _BLOCK)
        yield piece
        data = inflater.unconsumed_tail
        if inflater.eof:
            data = inflater.unused_data + (b"" if len(inflater.unused_data) > 1 else next(blocks, b""))
            if not data.startswith(b"\x1f\x8b"):
                return  # what follows the last stream is padding
            inflater = zlib.decompressobj(_find_window(data, encoding))
        elif not data and len(piece) < _BLOCK:
            data = next(blocks, b"")
            if not data:
                raise ReadError(f"ends too early: the {encoding} is not complete")


def _find_window(data: bytes, encoding: str) -> int:
    """Finds zlib's code for the wrapping; what is called deflate comes with and without one."""
    if encoding == "gzip":
        return zlib.MAX_WBITS | 16
    is_wrapped = len(data) > 1 and data[0] & 0x0F == 8 and (data[0] << 8 | data[1]) % 31 == 0
    return zlib.MAX_WBITS if is_wrapped else -zlib.MAX_WBITS
