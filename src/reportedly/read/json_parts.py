"""Stage 1 of 8. In: a stream of JSON. Out: its parts, one by one.

Walks through one JSON value of any size: the containers that are asked for are opened, everything
within them is decoded part by part, and memory holds one part at a time. A channel's export has a
hundred thousand messages in one array, which `json` alone can only load as a whole.
"""

from __future__ import annotations

import codecs
import hashlib
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from reportedly.errors import ReadError
from reportedly.read.encodings import find_encoding
from reportedly.read.sources import to_size_error

type Path = tuple[str | int, ...]

_BLOCK = 1 << 16
_NOT_BLANK = re.compile(r"[^ \t\r\n]")
_NUMBER = re.compile(r"[-+.eE0-9]*")
# An error so near the end of what was read may be a token that the next block completes.
_CUT = 16
# A control character within a string is no reason to lose the rest of an export.
_DECODER = json.JSONDecoder(strict=False)


@dataclass(frozen=True, slots=True)
class Part:
    """One value and where it stands: `("messages", 7)`; `raw` is how it is written."""

    path: Path
    value: object
    raw: str

    @property
    def raw_sha256(self) -> str:
        """The hash of the part as it is written, in UTF-8, in hex digits."""
        return hashlib.sha256(self.raw.encode("utf-8", "surrogatepass")).hexdigest()


def read_text_blocks(stream: BinaryIO, head: bytes) -> Iterator[str]:
    """Decodes a stream block by block; bytes that its encoding does not have become U+FFFD."""
    encoding, mark = find_encoding(head)
    stream.read(mark)
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    while block := stream.read(_BLOCK):
        yield decoder.decode(block)
    yield decoder.decode(b"", True)


def walk_json(blocks: Iterator[str], opened: Callable[[Path], bool], *, limit: int, where: str) -> Iterator[Part]:
    """Yields the parts of one JSON value in order.

    Args:
        blocks: the text, in pieces.
        opened: whether the container at a path is walked through; what is not is one part.
        limit: a part may have so many characters.
        where: for messages.

    Raises:
        ReadError: the JSON is broken or cut off, or a part is too large; what came before was yielded.
    """
    yield from _walk(_Text(blocks, limit, where), (), opened)


def _walk(text: _Text, path: Path, opened: Callable[[Path], bool]) -> Iterator[Part]:
    mark = text.peek()
    if mark not in ("{", "[") or not opened(path):
        value, raw = text.take_value()
        yield Part(path, value, raw)
        return
    text.take(mark)
    end = "}" if mark == "{" else "]"
    number = 0
    while text.peek() != end:
        if number:
            text.take(",")
        key: str | int = number
        if mark == "{":
            name, _ = text.take_value()
            if not isinstance(name, str):
                raise text.to_error()
            key = name
            text.take(":")
        yield from _walk(text, (*path, key), opened)
        number += 1
    text.take(end)


class _Text:
    """The text from where the walk stands; more is read as it is needed."""

    def __init__(self, blocks: Iterator[str], limit: int, where: str) -> None:
        self.blocks = blocks
        self.limit = limit
        self.where = where
        self.text = ""
        self.at = 0
        self.passed = 0

    def grow(self) -> bool:
        """Reads at least as much again as is pending, so that a long part costs no more than twice its length."""
        self.passed += self.at
        pieces = [self.text[self.at :]]
        wanted = len(pieces[0])
        read = 0
        for block in self.blocks:
            pieces.append(block)
            read += len(block)
            if read > wanted:
                break
        self.text, self.at = "".join(pieces), 0
        return read > 0

    def peek(self) -> str:
        """Returns the next character that is not blank; empty at the end."""
        while True:
            match = _NOT_BLANK.search(self.text, self.at)
            if match:
                self.at = match.start()
                return match.group()
            self.at = len(self.text)
            if not self.grow():
                return ""

    def take(self, mark: str) -> None:
        """Passes over a mark that must stand here."""
        if self.peek() != mark:
            raise self.to_error()
        self.at += 1

    def take_value(self) -> tuple[object, str]:
        """Decodes the value that stands here."""
        self.peek()
        while True:
            try:
                value, end = _DECODER.raw_decode(self.text, self.at)
            except json.JSONDecodeError as error:
                end = len(self.text)
                if error.pos < end - _CUT and not error.msg.startswith("Unterminated"):
                    raise self.to_error() from None
            except (ValueError, RecursionError):
                raise ReadError("not valid JSON: nested too deep or a number too long", where=self.where) from None
            else:
                # At the very end of what was read, a number may go on in the next block.
                if _NUMBER.match(self.text, end).end() < len(self.text) or not self.grow():  # type: ignore[union-attr]
                    raw, self.at = self.text[self.at : end], end
                    return value, raw
                continue
            if end - self.at > self.limit:
                raise to_size_error(end - self.at, self.limit, self.where)
            if not self.grow():
                raise self.to_error(cut=True)

    def to_error(self, *, cut: bool = False) -> ReadError:
        """Makes the error for what stands here."""
        place = f"after {self.passed + self.at:,} characters"
        if cut or not self.peek():
            return ReadError(f"cut off {place}: the JSON has no end", where=self.where)
        return ReadError(f"not valid JSON {place}; what follows is lost", where=self.where)
