"""Stage 1 of 8. In: a stream that comes out of another. Out: Source.

How much comes out of compressed inputs, so that one which grows past all bounds is stopped early,
also where it lies in another compressed input.
"""

from __future__ import annotations

import io
from dataclasses import replace

from reportedly.errors import ReadError
from reportedly.read.sources import HEAD_BYTES, Source
from reportedly.settings import Settings

#: How much is read at once.
BLOCK_BYTES = 1 << 16


class Growth:
    """How much came out of how much: of this input, and of all the compressed inputs around it.

    `taken` bytes went in and `given` came out; `around` is the compressed input that this one lies
    in, `whole` the archive that it is a member of. Nothing is refused before `max_bytes` came out: a
    small input may be all blanks.
    """

    def __init__(
        self, settings: Settings, around: Growth | None = None, taken: int = 0, whole: Growth | None = None
    ) -> None:
        self._settings, self._around, self._whole = settings, around, whole
        self.taken, self.given = taken, 0

    def to_root(self) -> int:
        """Returns how many bytes the outermost compressed input has given up so far."""
        return self._around.to_root() if self._around else self.taken

    def count(self, given: int, where: str) -> None:
        """Counts bytes that came out.

        Raises:
            ReadError: they are too many for what went in.
        """
        self.given += given
        self.check(self.given, where)
        if self._whole:
            self._whole.count(given, where)

    def check(self, given: int, where: str) -> None:
        """Checks that so many bytes may come out of what went in.

        Raises:
            ReadError: they are too many.
        """
        most = self._settings.max_expansion
        if given > max(self._settings.max_bytes, most * self.to_root()):
            raise ReadError(
                f"grows to more than {most} times its size",
                where=where,
                hint="raise the setting max_expansion if it is no bomb",
            )


class GrowingStream(io.RawIOBase):
    """A stream that counts its growth. Subclasses give `read_block`."""

    def __init__(self, growth: Growth, where: str) -> None:
        super().__init__()
        self.growth, self.where = growth, where
        self._ready = memoryview(b"")

    def readable(self) -> bool:
        """Returns that it can be read."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Fills the buffer as far as there are bytes; returns how many it holds."""
        filled = 0
        while filled < len(buffer):
            if not self._ready:
                self._ready = memoryview(self.read_block())
                if not self._ready:
                    break
            block = self._ready[: len(buffer) - filled]
            buffer[filled : filled + len(block)] = block
            self._ready = self._ready[len(block) :]
            filled += len(block)
        return filled

    def read_block(self) -> bytes:
        """Returns the next bytes, none at the end."""
        raise NotImplementedError

    def count(self, block: bytes) -> bytes:
        """Counts a block and returns it.

        Raises:
            ReadError: there were too many.
        """
        self.growth.count(len(block), self.where)
        return block


class GrowingReader(io.BufferedReader):
    """A buffered stream that still knows its growth, for compressed inputs within compressed inputs."""

    def __init__(self, raw: GrowingStream) -> None:
        super().__init__(raw, BLOCK_BYTES)
        self.growth = raw.growth


def find_growth(source: Source) -> Growth | None:
    """Returns the growth of the compressed input that this one lies in, if it does."""
    return source.stream.growth if isinstance(source.stream, GrowingReader) else None


def to_inner_source(stream: GrowingStream, around: Source, *, origin: str, name: str) -> Source:
    """Makes a source of a stream that comes out of another input."""
    reader = GrowingReader(stream)
    head = reader.peek(HEAD_BYTES)[:HEAD_BYTES]
    return replace(around, origin=origin, stream=reader, head=head, name=name)
