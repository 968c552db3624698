"""Stage 1 of 8. In: a stream. Out: Source.

What a reader reads from: a byte stream, its name for messages, and what the caller knows of it.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from reportedly.errors import ReadError
from reportedly.model import Failure, Item

#: How many bytes a reader may look at to tell whether an input is its kind.
HEAD_BYTES = 8192


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One input.

    `head` is what the stream begins with, `stream` still holds it. `publisher` and
    `published` (an ISO date) hold where the input itself does not say.
    `max_bytes` limits one report, not a file of many.
    """

    origin: str
    stream: BinaryIO
    max_bytes: int
    head: bytes = b""
    publisher: str | None = None
    published: str | None = None

    def read_all(self) -> bytes:
        """Reads the whole input as one report.

        Raises:
            ReadError: it is larger than `max_bytes`.
        """
        data = self.stream.read(self.max_bytes + 1)
        if len(data) > self.max_bytes:
            rest = sum(len(block) for block in iter(lambda: self.stream.read(1 << 20), b""))
            raise to_size_error(len(data) + rest, self.max_bytes, self.origin)
        return data


@dataclass(frozen=True, slots=True)
class Reader:
    """A kind of input: how to tell it (by its first bytes and its name) and how to read it."""

    name: str
    suffixes: tuple[str, ...]
    recognises: Callable[[bytes, str], bool]
    read: Callable[[Source], Iterator[Item | Failure]]


class RejoinedStream(io.RawIOBase):
    """A stream whose first bytes have been looked at: it gives them again, then the rest.

    Works for pipes too, which cannot be rewound.
    """

    def __init__(self, head: bytes, rest: BinaryIO) -> None:
        super().__init__()
        self._head = head
        self._rest = rest

    def readable(self) -> bool:
        """Returns that it can be read."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Fills the buffer from the head, then from the rest; returns how many bytes it holds."""
        block = self._head[: len(buffer)] if self._head else self._rest.read(len(buffer))
        self._head = self._head[len(block) :]
        buffer[: len(block)] = block
        return len(block)


def open_stream(stream: BinaryIO) -> tuple[bytes, BinaryIO]:
    """Returns the first bytes of a stream, and a stream that still holds them."""
    head = b""
    while len(head) < HEAD_BYTES and (block := stream.read(HEAD_BYTES - len(head))):
        head += block
    return head, io.BufferedReader(RejoinedStream(head, stream))


def to_failure(error: ReadError, external_id: str | None = None) -> Failure:
    """Turns an error into the row that stands for the report in a batch."""
    return Failure(origin=error.where, cause=error.message, external_id=external_id, hint=error.hint)


def to_size_error(size: int, limit: int, where: str) -> ReadError:
    """Makes the error for an input of `size` bytes where `limit` are allowed."""
    return ReadError(
        f"too large for one report: {size:,} bytes, the limit is {limit:,}",
        where=where,
        hint="raise the setting max_bytes, or split the input into one report a file",
    )
