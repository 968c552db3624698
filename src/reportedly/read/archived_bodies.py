"""Stage 1 of 8. In: the body of an archived HTTP answer. Out: the body as it was meant.

Undoes transfer and content codings (RFC 9112, 7.1 and RFC 9110, 8.4.1), within bounds. Many
archives keep the headers of codings that are already undone: what is not coded stays as it is.
"""

from __future__ import annotations

import io
import re
import zlib

import zstandard
from fastwarc.stream_io import BrotliReader
from fastwarc.warc import HeaderMap

from reportedly.errors import ReadError
from reportedly.read.sources import to_size_error

_CHUNK = re.compile(rb"([0-9A-Fa-f]{1,16})[ \t]*(?:;[^\r\n]{0,1000})?\r?\n")
_MARKUP = re.compile(rb"\s*<[!?a-zA-Z]")


def decode_body(body: bytes, headers: HeaderMap, max_bytes: int, where: str) -> bytes:
    """Undoes the codings that the headers name.

    Raises:
        ReadError: the body is damaged, or larger than `max_bytes`.
    """
    if "chunked" in (headers.get("Transfer-Encoding") or "").lower():
        body = _join_chunks(body, where)
    codings = re.findall(r"[\w-]+", (headers.get("Content-Encoding") or "").lower())
    if len(codings) > 3:
        raise ReadError(f"a body coded {len(codings)} times over", where=where)
    for coding in reversed(codings):
        body = _decode(body, coding, max_bytes, where)
    if len(body) > max_bytes:
        raise to_size_error(len(body), max_bytes, where)
    return body


def _join_chunks(body: bytes, where: str) -> bytes:
    joined, at = bytearray(), 0
    while match := _CHUNK.match(body, at):
        size = int(match[1], 16)
        if size == 0:
            return bytes(joined)
        joined += body[match.end() : match.end() + size]
        at = match.end() + size
        if at > len(body):
            break
        newline = body[at : at + 2]
        at += 2 if newline == b"\r\n" else 1 if newline[:1] == b"\n" else 0
    if not joined:
        return body  # its chunks were joined when it was archived
    raise ReadError("cut short: the last chunk of the answer is missing", where=where)


def _decode(body: bytes, coding: str, max_bytes: int, where: str) -> bytes:
    if coding == "identity" or _MARKUP.match(body, 0, 200):
        return body
    try:
        if coding in ("gzip", "x-gzip", "deflate"):
            return _inflate(body, coding, max_bytes)
        if coding == "br":
            decoded = BrotliReader(io.BytesIO(body)).read(max_bytes + 1)
        elif coding == "zstd":
            decoded = zstandard.ZstdDecompressor().stream_reader(body).read(max_bytes + 1)
        else:
            raise ReadError(f"coded as {coding[:20]!r}, which is not known", where=where)
    except (zlib.error, zstandard.ZstdError, OSError, ValueError, EOFError) as error:
        raise ReadError(f"damaged: it cannot be decoded as {coding} ({error})", where=where) from None
    return decoded


def _inflate(body: bytes, coding: str, max_bytes: int) -> bytes:
    # `deflate` should be in zlib's wrapping and often comes without.
    bits = 31 if "gzip" in coding else 15 if body[:1] == b"\x78" else -15
    decoder = zlib.decompressobj(wbits=bits)
    decoded = decoder.decompress(body, max_bytes + 1)
    if not decoder.eof and len(decoded) <= max_bytes:
        raise EOFError("cut short")
    return decoded
