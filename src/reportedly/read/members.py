"""Stage 1 of 8. In: compressed bytes. Out: bytes.

Decompresses gzip, bzip2, xz and zstd as they are read: member after member, never whole in memory.

A stream that is cut short or damaged gives what it has and then ends; `fault` says why. One that
grows past all bounds raises: there is no use in reading on.
"""

from __future__ import annotations

import bz2
import lzma
import zlib
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO, Protocol

import zstandard

from reportedly.errors import ReadError
from reportedly.read.growth import BLOCK_BYTES, GrowingStream, Growth

_MOST_OUT = 1 << 18
# How much a decompressor is fed at once: what it leaves of it is copied, and a hostile stream may be nothing
# but empty members. zstd has no bound on what one call gives out, 128 KB from 4 bytes at worst: 64 MB from this.
_BITE = 1 << 13
_ZSTD_BITE = 1 << 11
_XZ_MEMORY = 1 << 27
# How much of a damaged member is kept to look for the next one in; members of web archives are one page each.
_MOST_KEPT = 1 << 22
# So many places that only look like the start of a member are tried before the rest is given up.
_MOST_TRIES = 10_000
_ZSTD = b"\x28\xb5\x2f\xfd"
_ZSTD_DICTIONARY = b"\x5d\x2a\x4d\x18"
_ERRORS = (zlib.error, lzma.LZMAError, zstandard.ZstdError, OSError, EOFError, ValueError, MemoryError)


# ---------------------------------------------------------------- the methods, behind one face


class _Engine(Protocol):
    """Decompresses one member. `step` returns what came out and the part of the bite that is left."""

    @property
    def eof(self) -> bool: ...
    @property
    def hungry(self) -> bool: ...
    def step(self, bite: bytes) -> tuple[bytes, bytes]: ...


class _Gzip:
    hungry = True

    def __init__(self, dictionary: bytes) -> None:
        self._it = zlib.decompressobj(wbits=31)

    @property
    def eof(self) -> bool:
        return self._it.eof

    def step(self, bite: bytes) -> tuple[bytes, bytes]:
        out = self._it.decompress(bite, _MOST_OUT)
        return out, self._it.unused_data if self._it.eof else self._it.unconsumed_tail


class _Patient:
    """bzip2 and xz keep the input that they have not used to themselves."""

    def __init__(self, it: bz2.BZ2Decompressor | lzma.LZMADecompressor) -> None:
        self._it = it

    @property
    def eof(self) -> bool:
        return self._it.eof

    @property
    def hungry(self) -> bool:
        return self._it.needs_input

    def step(self, bite: bytes) -> tuple[bytes, bytes]:
        out = self._it.decompress(bite if self._it.needs_input else b"", _MOST_OUT)
        left = bite if not bite or not self.hungry else b""
        return out, self._it.unused_data if self._it.eof else left


class _Zstd:
    hungry = True

    def __init__(self, dictionary: bytes) -> None:
        with_dictionary = zstandard.ZstdCompressionDict(dictionary) if dictionary else None
        self._it = zstandard.ZstdDecompressor(dict_data=with_dictionary).decompressobj()

    @property
    def eof(self) -> bool:
        return self._it.eof

    def step(self, bite: bytes) -> tuple[bytes, bytes]:
        return self._it.decompress(bite), self._it.unused_data if self._it.eof else b""


@dataclass(frozen=True, slots=True)
class Method:
    """A way to compress: its name, the first bytes of each member, its suffixes, its decompressor.

    `bite` bytes are decompressed at once; `enough` bytes of a member give its first ones: a block has
    to be complete in all but gzip.
    """

    name: str
    magics: tuple[bytes, ...]
    suffixes: tuple[str, ...]
    engine: Callable[[bytes], _Engine]
    bite: int = _BITE
    enough: int = 1 << 18


METHODS = (
    Method("gzip", (b"\x1f\x8b\x08",), (".gz", ".gzip"), _Gzip, enough=_BITE),
    Method("zstd", (_ZSTD,), (".zst", ".zstd"), _Zstd, bite=_ZSTD_BITE),
    Method("xz", (b"\xfd7zXZ\x00",), (".xz",), lambda _: _Patient(lzma.LZMADecompressor(memlimit=_XZ_MEMORY))),
    Method("bzip2", (b"BZh",), (".bz2",), lambda _: _Patient(bz2.BZ2Decompressor())),
)
SUFFIXES = tuple(suffix for method in METHODS for suffix in method.suffixes)


def find_method(head: bytes) -> Method | None:
    """Finds how an input is compressed by its first bytes."""
    if head.startswith(b"BZh") and head[4:10] not in (b"1AY&SY", b"\x17rE8P\x90"):
        return None
    if head[1:4] == _ZSTD_DICTIONARY[1:] and head[0] & 0xF0 == 0x50:  # a frame that carries no data
        return METHODS[1]
    return next((method for method in METHODS if head.startswith(method.magics)), None)


def peek_inside(head: bytes, most: int = 16) -> bytes:
    """Decompresses the first bytes of an input; none where they are not compressed, damaged or too few."""
    method = find_method(head)
    return _open_member(method, head, b"")[:most] if method else b""


def _open_member(method: Method, data: bytes, dictionary: bytes) -> bytes:
    try:
        if method.name == "zstd":
            with_dictionary = zstandard.ZstdCompressionDict(dictionary) if dictionary else None
            reader = zstandard.ZstdDecompressor(dict_data=with_dictionary).stream_reader(data, read_across_frames=True)
            return reader.read(16)
        if method.name == "gzip":  # no more than is asked for: what is damaged further on does not matter here
            return zlib.decompressobj(wbits=31).decompress(data, 16)
        return method.engine(dictionary).step(data)[0]
    except _ERRORS:
        return b""


# ---------------------------------------------------------------- the stream


class Members(GrowingStream):
    """What comes out of a compressed stream.

    After the last block `fault` is None, or says what is wrong where; `fault_from` is then the
    offset in what came out at which the damaged member began.
    """

    def __init__(self, stream: BinaryIO, method: Method, growth: Growth, where: str) -> None:
        super().__init__(growth, where)
        self.fault: ReadError | None = None
        self.fault_from = 0
        self._stream, self._method = stream, method
        self._engine: _Engine | None = None
        self._block, self._at = b"", 0
        self._kept = bytearray()
        self._dictionary = b""
        self._starts: deque[tuple[int, int]] = deque([(0, 0)])

    def read_block(self) -> bytes:
        """Returns the next bytes that come out, none at the end."""
        while self.fault is None:
            if self._engine is None and not self._open_next():
                break
            block = self._step()
            if block:
                return self.count(block)
        return b""

    def find_start(self, given: int) -> int:
        """Returns where the member begins from which the byte number `given` came. Numbers only rise."""
        while len(self._starts) > 1 and self._starts[1][0] <= given:
            self._starts.popleft()
        return self._starts[0][1]

    def resume(self, opening: bytes) -> bool:
        """Goes on, after a fault, at the next member that opens with these bytes; False if there is none."""
        held = self._kept + self._block[self._at :]
        at = 1
        for _ in range(_MOST_TRIES):
            at = self._find_magic(held, at)
            if at < 0:
                break
            if _open_member(self._method, bytes(held[at : at + self._method.enough]), self._dictionary).startswith(
                opening
            ):
                self._block, self._at = bytes(held[at:]), 0
                self._engine = self.fault = None
                return True
            at += 1
        return False

    def _find_magic(self, held: bytearray, at: int) -> int:
        """Finds what looks like a member's start, reading on as needed; -1 if there is none."""
        while True:
            places = [place for magic in self._method.magics if (place := held.find(magic, at)) >= 0]
            if places and len(held) - min(places) >= self._method.enough:
                return min(places)
            block = self._take()
            if not block:
                return min(places, default=-1)
            del held[: min(places) if places else max(at, len(held) - 6)]
            held += block
            at = 0

    def _take(self) -> bytes:
        block = self._stream.read(BLOCK_BYTES)
        self.growth.taken += len(block)
        return block

    def _look(self, size: int) -> bytes:
        """Returns at least so many of the next compressed bytes, if there are, without passing over them."""
        while len(self._block) - self._at < size and (block := self._take()):
            self._block, self._at = self._block[self._at :] + block, 0
        return self._block[self._at : self._at + size]

    def _open_next(self) -> bool:
        """Opens the next member; False at the end, whether or not that is in order."""
        while True:
            while (next_byte := self._look(1)) == b"\0":  # padding to the block of a tape or disk
                self._at = len(self._block) - len(self._block[self._at :].lstrip(b"\0"))
            if not next_byte:
                return False
            self._kept.clear()
            self.fault_from = self.growth.given
            magic = self._look(10)
            begin = self.growth.taken - (len(self._block) - self._at)
            if find_method(magic) is not self._method:
                self._fail(f"at byte {begin:,} stand bytes that are not {self._method.name}")
                return False
            if not magic.startswith(_ZSTD_DICTIONARY):
                self._starts.append((self.growth.given, begin))
                self._engine = self._method.engine(self._dictionary)
                return True
            if not self._load_dictionary(8 + int.from_bytes(magic[4:8], "little")):
                return False

    def _load_dictionary(self, size: int) -> bool:
        """Web archives in zstd carry their dictionary in a frame of its own, itself compressed or not."""
        frame = self._look(size)[8:] if size <= _MOST_KEPT else b""
        try:
            if frame.startswith(_ZSTD):
                frame = zstandard.ZstdDecompressor().stream_reader(frame).read(_MOST_KEPT)
        except _ERRORS:
            frame = b""
        if not frame:
            self._fail("a dictionary that cannot be read")
            return False
        self._at += size
        self._dictionary = frame
        return True

    def _step(self) -> bytes:
        assert self._engine is not None
        begin = self._starts[-1][1]
        bite = self._look(1) and self._block[self._at : self._at + self._method.bite]
        if not bite and self._engine.hungry:
            self._fail(f"cut short: it ends within the {self._method.name} member at byte {begin:,}")
            return b""
        try:
            out, left = self._engine.step(bite)
        except _ERRORS as error:
            reason = str(error).partition(": ")[2] or str(error) or type(error).__name__
            self._fail(f"damaged: the {self._method.name} member at byte {begin:,} cannot be decompressed ({reason})")
            return b""
        used = len(bite) - len(left)
        if len(self._kept) > _MOST_KEPT:
            self._kept.clear()
        self._kept += bite[:used]
        self._at += used
        if self._engine.eof:
            self._engine = None
        return out

    def _fail(self, cause: str) -> None:
        self.fault = ReadError(cause, where=self.where)
