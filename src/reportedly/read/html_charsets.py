"""Stage 1 of 8. In: the bytes of a page. Out: text.

A page's charset is told three times (by its server, by itself, by its bytes), and they disagree. Valid
UTF-8 beyond ASCII is hardly ever anything else, so the bytes come first, then the labels, then a guess.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

from reportedly.read.encodings import decode_line, find_encoding

_HEAD_BYTES = 4096
_LABEL = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([\w.:-]{2,40})""", re.IGNORECASE)
# Labels mean what web browsers take them for (the Encoding Standard of WHATWG): the wider relative.
_WIDER = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "big5": "big5hkscs",
}
_TEXT_CODEC = re.compile(r"(?:iso8859|iso2022|cp|koi8|kz1048|ptcp|mac|gb|hz|big5|euc|shift|johab|tis)[\w-]*")
# Set by judgement: bytes of Chinese or Cyrillic form valid UTF-8 by chance far less often than this.
_LEAST_VALID = 4
# Western text has few letters beyond ASCII, Cyrillic or Greek hardly any within; markup thins out both.
_WESTERN_SHARE = 0.08
_GUESSED_BYTES = 50_000
_CONTROLS = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def decode_page(data: bytes, label: str | None = None) -> str:
    """Decodes a page; control characters and lone surrogates are dropped. Never fails.

    Args:
        data: the bytes as they came.
        label: the charset that the server or the container said.
    """
    text = _decode(data, label)
    return _CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def _decode(data: bytes, label: str | None) -> str:
    encoding, mark = find_encoding(data[:8192])
    if mark or encoding != "utf-8":
        return data[mark:].decode(encoding, "replace")
    labels = list(_find_labels(data, label))
    try:
        if labels and labels[0].startswith("iso2022"):  # written in ASCII bytes alone
            return data.decode(labels[0])
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    if _is_nearly_utf8(data):
        return decode_line(data, "utf-8")
    for name in (*labels, *_guess(data)):
        try:
            return data.decode(name)
        except (UnicodeDecodeError, LookupError):
            if name == "cp1252":  # it leaves five bytes undefined, which must not stop it
                return decode_line(data, "utf-8")
    # A page cut short may end within a character: nothing but its last bytes is wrong.
    return data.decode(labels[0], "replace") if labels else decode_line(data, "utf-8")


def _find_labels(data: bytes, label: str | None) -> Iterator[str]:
    """Yields the codecs that the labels name, the server's first; UTF-8 has been tried by then."""
    said = [label] if label else []
    said += [found[1].decode("ascii") for found in _LABEL.finditer(data[:_HEAD_BYTES])]
    for each in said:
        try:
            name = codecs.lookup(each.strip().strip("\"'").removeprefix("x-")).name
        except (LookupError, ValueError):
            continue
        name = _WIDER.get(name, name)
        if _TEXT_CODEC.fullmatch(name):
            yield name


def _is_nearly_utf8(data: bytes) -> bool:
    """Whether bytes are UTF-8 but for a few: a page cut within a character, or put together from several."""
    letters = [letter for letter in data.decode("utf-8", "surrogateescape") if letter > "\x7f"]
    stray = sum("\udc80" <= letter <= "\udcff" for letter in letters)
    return len(letters) - stray >= _LEAST_VALID * stray


def _guess(data: bytes) -> Iterator[str]:
    """Guesses at bytes that no label explains: western where they are few, else by their statistics."""
    sample = re.sub(rb"<[^>]{0,2000}>", b" ", data[: 4 * _GUESSED_BYTES])[:_GUESSED_BYTES]
    strange = sum(byte > 0x7F for byte in sample)
    if strange > _WESTERN_SHARE * len(sample):
        from charset_normalizer import from_bytes

        best = from_bytes(bytes(sample)).best()
        if best is not None:
            yield best.encoding
    yield "cp1252"
