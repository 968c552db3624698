"""Stage 1 of 8. In: bytes. Out: text.

Bytes -> text: byte-order marks, UTF-8, UTF-16 with and without a mark, cp1252.

Newlines become `\\n` (from `\\r\\n` and `\\r` alone); nothing else of the text is changed, so
offsets into the stored text are offsets into the decoded input.
"""

from __future__ import annotations

import codecs
import re

from reportedly.errors import ReadError

# Longest first: the mark of UTF-32 begins with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_HEAD_BYTES = 8192
# Kinds of file that people hand over by mistake, to be named in the message.
_SIGNATURES = (
    (b"%PDF-", "a PDF"),
    (b"PK\x03\x04", "a ZIP or Office file"),
    (b"\xd0\xcf\x11\xe0", "an old or locked Office file"),
    (b"\x1f\x8b", "a gzip file"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"SQLite format 3", "an SQLite database"),
)
# cp1252 leaves five bytes undefined; as web browsers do, they become the C1 controls of the same number.
_CP1252 = {0xDC00 + byte: bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in range(0x80, 0x100)}
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x19\x1b-\x1f\x7f]")
# Text taken from pages and PDFs holds a stray control character now and then, binary data far more:
# 1 in 10 in random bytes. Set by judgement, not tuned.
_CONTROL_SHARE = 1 / 200


def decode_bytes(data: bytes, where: str = "") -> str:
    """Decodes the bytes of one report and normalises its newlines.

    Raises:
        ReadError: the input is empty, blank or binary.
    """
    if not data:
        raise ReadError("empty", where=where, hint="the input has no bytes")
    kind = find_signature(data)
    if kind:
        raise ReadError(f"binary: {kind}, not text", where=where, hint="convert it to plain text first")
    text = _decode(data, where)
    if "\x00" in text or len(_CONTROL.findall(text)) > len(text) * _CONTROL_SHARE:
        raise ReadError("binary: control characters, not text", where=where, hint="convert it to plain text first")
    if not text.strip():
        raise ReadError("empty: nothing but blank space", where=where)
    return to_plain_newlines(text)


def decode_line(data: bytes, encoding: str) -> str:
    """Decodes one line of a file whose encoding its first bytes have told."""
    return _decode_8bit(data) if encoding == "utf-8" else data.decode(encoding, "replace")


def find_encoding(head: bytes) -> tuple[str, int]:
    """Finds the encoding of an input by its first bytes, and how many bytes its mark has."""
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding, len(mark)
    # Without a mark: Latin letters in UTF-16 have a NUL as every other byte.
    even, odd = head[:2048:2].count(0), head[1:2048:2].count(0)
    half = max(1, len(head[:2048]) // 2)
    if odd > 0.4 * half and even < 0.05 * half:
        return "utf-16-le", 0
    if even > 0.4 * half and odd < 0.05 * half:
        return "utf-16-be", 0
    return "utf-8", 0


def find_signature(head: bytes) -> str | None:
    """Names the kind of a well-known binary file."""
    return next((kind for signature, kind in _SIGNATURES if head.startswith(signature)), None)


def to_plain_newlines(text: str) -> str:
    """Turns `\\r\\n` and `\\r` into `\\n`; other line separators of Unicode stay what they are."""
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def is_text(head: bytes) -> bool:
    """Whether an input's first bytes look like text of some encoding."""
    if find_signature(head):
        return False
    encoding, mark = find_encoding(head)
    text = decode_line(head[mark : mark + (len(head) - mark) // 4 * 4], encoding)
    return "\x00" not in text and len(_CONTROL.findall(text)) <= max(1, len(text) * _CONTROL_SHARE)


def _decode(data: bytes, where: str) -> str:
    encoding, mark = find_encoding(data[:_HEAD_BYTES])
    if encoding == "utf-8":
        return _decode_8bit(data[mark:])
    try:
        return data[mark:].decode(encoding)
    except UnicodeDecodeError as error:
        raise ReadError(f"not valid {encoding.upper()}: {error.reason}", where=where) from error


def _decode_8bit(data: bytes) -> str:
    """UTF-8; else UTF-8 with some stray cp1252 bytes; else cp1252."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        mixed = data.decode("utf-8", "surrogateescape")
    strange = [letter for letter in mixed if letter > "\x7f"]
    stray = sum("\udc80" <= letter <= "\udcff" for letter in strange)
    if stray <= len(strange) - stray:
        return mixed.translate(_CP1252)
    return data.decode("latin-1").translate({code - 0xDC00: letter for code, letter in _CP1252.items()})
