"""Stage 1 of 8. In: a ZIP of reports. Out: Source.

Reads an ordinary ZIP as the inputs within it. Nothing is written under the members' names. Office
files and web archives are ZIPs too, and have readers of their own.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import PurePosixPath
from typing import IO, BinaryIO

from reportedly.errors import ReadError
from reportedly.read.growth import BLOCK_BYTES, GrowingStream, Growth, find_growth, to_inner_source
from reportedly.read.seekable import open_seekable
from reportedly.read.sources import Found, Reader, Source, to_failure

#: A ZIP of more members is refused: its table alone fills memory (0.6 KB each).
MOST_MEMBERS = 50_000
# Of one member in the table; the count may lie, the size cannot.
_USUAL_ENTRY_BYTES = 200
# Kinds of file that are ZIPs, by what their first member is called.
_NOT_ARCHIVES = (b"[Content_Types].xml", b"_rels/.rels", b"mimetype", b"META-INF/", b"AndroidManifest.xml", b"word/")
_SUFFIXES_OF_OTHERS = (".docx", ".xlsx", ".pptx", ".odt", ".ods", ".epub", ".jar", ".whl", ".apk")
_METHODS = (0, 8, 9, 12, 14, 93, 95, 98)
_ERRORS = (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, OSError, EOFError, ValueError, KeyError)


def read_zip(source: Source) -> Iterator[Found]:
    """Yields each member of a ZIP as an input; what cannot be read is a Failure, and the rest goes on."""
    try:
        with open_zip(source) as archive:
            members = [each for each in archive.infolist() if is_content(each.filename)]
            if any(each.filename == "word/document.xml" for each in members):
                raise ReadError("an Office file, not an archive of reports", where=source.origin)
            if not members:
                raise ReadError("empty: a ZIP without files", where=source.origin)
            yield from read_members(archive, members, source)
    except ReadError as error:
        yield to_failure(error, where=source.origin)


@contextmanager
def open_zip(source: Source) -> Iterator[zipfile.ZipFile]:
    """Opens an input as a ZIP whose table has been looked at.

    Raises:
        ReadError: it is none, or made to do harm.
    """
    with open_seekable(source) as file:
        try:
            _check_size(file, source.origin)
            archive = zipfile.ZipFile(file)
            _check_overlaps(archive, source.origin)
        except _ERRORS as error:
            hint = "it may be cut short: fetch or save it again"
            raise ReadError(f"not a ZIP that can be read: {error}", where=source.origin, hint=hint) from None
        with archive:
            yield archive


def is_content(name: str) -> bool:
    """Whether a member is a file that somebody put there on purpose: no folder, nothing hidden."""
    parts = PurePosixPath(name).parts
    hidden = any((part.startswith(".") and part not in (".", "..")) or part == "__MACOSX" for part in parts)
    return not name.endswith("/") and not hidden


def read_members(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo], around: Source) -> Iterator[Found]:
    """Yields members of a ZIP as inputs; a Failure for one that is encrypted, damaged or grows past all bounds."""
    packed = sum(member.compress_size for member in members)
    whole = Growth(around.settings, around=find_growth(around), taken=packed)
    for member in members:
        yield from _read_member(archive, member, around, whole)


def _read_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, around: Source, whole: Growth) -> Iterator[Found]:
    where = f"{around.origin}/{member.filename}"
    growth = Growth(around.settings, around=find_growth(around), taken=member.compress_size, whole=whole)
    try:
        if member.flag_bits & 1:
            raise ReadError("encrypted", where=where, hint="unpack it with its password first")
        growth.check(member.file_size, where)
        with archive.open(member) as file:
            stream = MemberStream(file, growth, where)
            inner = to_inner_source(stream, around, origin=where, name=PurePosixPath(member.filename).name)
            if inner.head or not stream.fault:
                yield inner
            if stream.fault:
                yield to_failure(stream.fault)
    except ReadError as error:
        yield to_failure(error, where=where)
    except _ERRORS as error:
        yield to_failure(ReadError(_name_fault(error), where=where))


class MemberStream(GrowingStream):
    """What comes out of one member; `fault` says afterwards what is wrong with it."""

    def __init__(self, file: IO[bytes], growth: Growth, where: str) -> None:
        super().__init__(growth, where)
        self.fault: ReadError | None = None
        self._file = file

    def read_block(self) -> bytes:
        """Returns the next bytes, none at the end."""
        if self.fault:
            return b""
        try:
            block = self._file.read(BLOCK_BYTES)
        except _ERRORS as error:
            self.fault = ReadError(_name_fault(error), where=self.where)
            return b""
        return self.count(block)


def _name_fault(error: BaseException) -> str:
    return f"damaged: the member cannot be unpacked ({error or type(error).__name__})"


def _check_size(file: BinaryIO, where: str) -> None:
    """Refuses a table too large for memory before it is read."""
    size = file.seek(0, 2)
    file.seek(max(0, size - (1 << 16) - 98))
    tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0:
        raise zipfile.BadZipFile("its table at the end is missing")
    count, table = int.from_bytes(tail[at + 10 : at + 12], "little"), int.from_bytes(tail[at + 12 : at + 16], "little")
    wide = tail[max(0, at - 76) : at]  # ZIP64: the record of the table, then its locator
    if wide.startswith(b"PK\x06\x06") and wide[56:60] == b"PK\x06\x07":
        count, table = int.from_bytes(wide[32:40], "little"), int.from_bytes(wide[40:48], "little")
    if max(count, table // _USUAL_ENTRY_BYTES) > MOST_MEMBERS:
        most = f"{max(count, table // _USUAL_ENTRY_BYTES):,} members"
        raise ReadError(f"too many: {most}, the limit is {MOST_MEMBERS:,}", where=where, hint="unpack it into a folder")
    file.seek(0)


def _check_overlaps(archive: zipfile.ZipFile, where: str) -> None:
    """Refuses a ZIP whose members share their bytes, by which a small file claims to hold terabytes."""
    members = sorted(archive.infolist(), key=lambda each: each.header_offset)
    for one, following in pairwise(members):
        if one.header_offset + 30 + one.compress_size > following.header_offset:
            raise ReadError("made to do harm: its members overlap", where=where)


def recognise_zip(head: bytes, name: str) -> bool:
    """Whether an input is a ZIP, and no Office file, book or program."""
    if head.startswith(b"PK\x05\x06"):
        return True
    if not head.startswith(b"PK\x03\x04") or name.lower().endswith(_SUFFIXES_OF_OTHERS):
        return False
    version, method = int.from_bytes(head[4:6], "little"), int.from_bytes(head[8:10], "little")
    first = head[30 : 30 + int.from_bytes(head[26:28], "little")]
    return version & 0xFF < 100 and method in _METHODS and not first.startswith(_NOT_ARCHIVES)


READER = Reader("zip", (".zip",), recognise_zip, read_zip)
