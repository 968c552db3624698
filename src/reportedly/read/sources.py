"""Stage 1 of 8. In: a stream. Out: Source.

What a reader reads from, and what it may find there: an Item, or something from which Items come
with more work: a Payload (bytes to be opened, where that costs), a Source (an input within the
input), an Address (a page to be fetched).
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO

from reportedly.errors import ReadError
from reportedly.model import Failure, Item
from reportedly.settings import Settings

#: How many bytes a reader may look at to tell whether an input is its kind.
HEAD_BYTES = 8192


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of a report from outside its bytes; all of it gives way to what the bytes say.

    `published` and `modified` are ISO dates or date-times; `retrieved` is an ISO date-time; `charset` is what the
    server or the container said; `columns` maps our fields to the input's columns; `linked`
    asks for the pages that a feed's entries link to.
    """

    external_id: str | None = None
    publisher: str | None = None
    published: str | None = None
    url: str | None = None
    title: str | None = None
    charset: str | None = None
    retrieved: str | None = None
    modified: str | None = None
    identity: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    linked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One input.

    `head` is what the stream begins with, `stream` still holds it; `name` is the input's file
    name, by which some kinds are told. `depth` counts the inputs around it.
    """

    origin: str
    stream: BinaryIO
    settings: Settings
    head: bytes = b""
    name: str = ""
    known: Known = Known()
    depth: int = 0

    @property
    def max_bytes(self) -> int:
        """How many bytes one report may have; a file of many may have more."""
        return self.settings.max_bytes

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Payload:
    """The bytes of one report, to be opened by the reader of that name.

    Splitting an archive is cheap and opening a page is not: payloads are split in one process
    and opened in many.
    """

    data: bytes
    reader: str
    origin: str
    known: Known = Known()

    @property
    def raw_sha256(self) -> str:
        """The hash of the bytes, in hex digits."""
        return hashlib.sha256(self.data).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A page that an input names, to be fetched; `origin` is the input's place for messages."""

    url: str
    origin: str
    known: Known = Known()


@dataclass(frozen=True, slots=True, kw_only=True)
class Unchanged:
    """An address whose server says that nothing changed since it was last read."""

    url: str
    origin: str


type Found = Item | Payload | Source | Address | Unchanged | Failure


@dataclass(frozen=True, slots=True)
class Reader:
    """A kind of input: how to tell it (by its first bytes and its name) and how to read it.

    `open` turns a payload of this kind into its item, for readers that yield payloads.
    """

    name: str
    suffixes: tuple[str, ...]
    recognises: Callable[[bytes, str], bool]
    read: Callable[[Source], Iterator[Found]]
    open: Callable[[Payload, Settings], Item] | None = None


class RejoinedStream(io.RawIOBase):
    """A stream whose first bytes have been looked at: it gives them again, then the rest.

    Works for pipes too, which cannot be rewound; over a file it can be searched as the file can.
    """

    def __init__(self, head: bytes, rest: BinaryIO) -> None:
        super().__init__()
        self._head = head
        self._rest = rest

    def readable(self) -> bool:
        """Returns that it can be read."""
        return True

    def seekable(self) -> bool:
        """Returns whether what is behind it can be searched."""
        return self._rest.seekable()

    def tell(self) -> int:
        """Returns the offset of the next byte."""
        return self._rest.tell() - len(self._head)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Goes to an offset and returns it."""
        if whence == io.SEEK_CUR:
            offset, whence = offset + self.tell(), io.SEEK_SET
        self._head = b""
        return self._rest.seek(offset, whence)

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


def to_source(
    stream: BinaryIO, *, origin: str, name: str, settings: Settings, known: Known | None = None, depth: int = 0
) -> Source:
    """Makes a source of a stream, having looked at its first bytes."""
    head, whole = open_stream(stream)
    return Source(
        origin=origin, stream=whole, settings=settings, head=head, name=name, known=known or Known(), depth=depth
    )


def to_failure(error: ReadError, external_id: str | None = None, *, where: str = "") -> Failure:
    """Turns an error into the row that stands for the report in a batch."""
    return Failure(origin=error.where or where, cause=error.message, external_id=external_id, hint=error.hint)


def to_size_error(size: int, limit: int, where: str) -> ReadError:
    """Makes the error for an input of `size` bytes where `limit` are allowed."""
    return ReadError(
        f"too large for one report: {size:,} bytes, the limit is {limit:,}",
        where=where,
        hint="raise the setting max_bytes, or split the input into one report a file",
    )
