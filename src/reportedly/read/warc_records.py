"""Stage 1 of 8. In: a WARC, compressed or not. Out: its records as they stand, or Failure.

Finds where records begin and end, and finds the next one again after what is damaged: garbage, a
wrong Content-Length, a compressed member that cannot be decompressed.

The format is ISO 28500:2017 (WARC 1.1): a version line, headers, an empty line, a block of
Content-Length bytes, two empty lines.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

from fastwarc.warc import HeaderMap

from reportedly.errors import ReadError
from reportedly.model import Failure
from reportedly.read.growth import Growth, find_growth
from reportedly.read.members import Members, find_method
from reportedly.read.sources import Source, to_failure, to_size_error

_OPENING = re.compile(rb"(?:\A|(?<=[\n\0]))WARC/[01]\.\d{1,3}\r?\n")
_LONGEST_OPENING = 14
# Or the next record's opening, which ends them without an end.
_END_OF_HEADERS = re.compile(rb"\r?\n(?:\r?\n|(?=WARC/[01]\.))")
_BLANK = re.compile(rb"[\r\n]+")
_MOST_HEADER_BYTES = 1 << 16
_BLOCK = 1 << 18
# Records that can hold a report.
_OF_REPORTS = ("response", "resource", "conversion")


@dataclass(frozen=True, slots=True)
class Record:
    """One record: its headers, its block of bytes, and where it stands (`file:offset`).

    The offset is that of the record in the file, or of the compressed member that holds it.
    """

    headers: HeaderMap
    block: bytes
    where: str

    @property
    def record_id(self) -> str | None:
        """Returns its id, without the angle brackets."""
        return to_id_of_record(self.headers)


def to_id_of_record(headers: HeaderMap) -> str | None:
    """Returns the id that a record's headers give it."""
    return (headers.get("WARC-Record-ID") or "").strip(" <>") or None


def iter_records(source: Source) -> Iterator[Record | Failure]:
    """Yields the records of a WARC in order; a Failure for each that is damaged, and goes on with the next.

    A record larger than `max_bytes` is passed over, as a Failure if it could hold a report.
    """
    window = _Window(source)
    while True:
        window.skip_blank()
        if window.fill(1):
            found = _read_record(window, source)
            if found is not None:
                yield found
            continue
        if window.fault and not window.told:
            yield to_failure(window.fault)
        if window.fault is None or not window.resume():
            return


class _Window:
    """The bytes of a stream from the next record on: `data[at:]`."""

    def __init__(self, source: Source) -> None:
        method = find_method(source.head)
        growth = Growth(source.settings, around=find_growth(source))
        self._members = Members(source.stream, method, growth, source.origin) if method else None
        self._stream = source.stream
        self._origin = source.origin
        self._before = 0
        self.data = bytearray()
        self.at = 0
        self.told = False

    @property
    def fault(self) -> ReadError | None:
        """Why the bytes end here, if they should not."""
        return self._members.fault if self._members else None

    def fill(self, size: int) -> bool:
        """Reads until so many bytes lie ahead; False if there are fewer."""
        while len(self.data) - self.at < size:
            block = self._members.read_block() if self._members else self._stream.read(_BLOCK)
            if not block:
                return False
            if self.at > _BLOCK:
                self.pass_over(0)
            self.data += block
        return True

    def pass_over(self, size: int) -> None:
        """Goes on so many bytes, and forgets what lies behind."""
        self.at += size
        if self.at > _BLOCK:
            self._before += self.at
            del self.data[: self.at]
            self.at = 0

    def to_where(self) -> str:
        """Returns the place of the next byte, for messages."""
        offset = self._before + self.at
        return f"{self._origin}:{self._members.find_start(offset) if self._members else offset}"

    def skip_blank(self) -> None:
        """Goes on past the empty lines between records."""
        while self.fill(1) and (blank := _BLANK.match(self.data, self.at)):
            self.pass_over(blank.end() - self.at)

    def is_spoiled(self, size: int) -> bool:
        """Whether the next so many bytes are the last ones, and of a member that is damaged."""
        if self._members is None or self.fault is None:
            return False
        begins = self._before + self.at >= self._members.fault_from
        return begins and len(self.data) - self.at - size <= 4

    def seek_opening(self, most: int | None = None) -> int:
        """Goes on to the next line that opens a record, at most so many bytes; returns how many it passed."""
        passed = 0
        while most is None or passed < most:
            self.fill(_BLOCK if most is None else min(_BLOCK, most - passed + _LONGEST_OPENING))
            found = find_opening(self.data, self.at)
            ahead = len(self.data) - self.at
            step = found - self.at if found is not None else max(0, ahead - _LONGEST_OPENING)
            step = step if most is None else min(step, most - passed)
            if found is None and step == 0:
                step = ahead if most is None else min(ahead, most - passed)  # the end
            # A line's start is told by the newline before it, so that one stays.
            self.pass_over(step)
            passed += step
            if found is not None or not step:
                break
        return passed

    def resume(self) -> bool:
        """Goes on, after damage, at the next compressed member that holds a record."""
        if self._members is None or not self._members.resume(b"WARC/"):
            return False
        self._before += len(self.data)
        self.data.clear()
        self.at, self.told = 0, False
        return True


def find_opening(data: bytearray, start: int, end: int | None = None) -> int | None:
    """Finds the next line that opens a record. (A plain search first is 50 times as fast as the pattern.)"""
    end = len(data) if end is None else end
    at = data.find(b"WARC/", start, end)
    while at >= 0 and not _OPENING.match(data, at, end):
        at = data.find(b"WARC/", at + 1, end)
    return at if at >= 0 else None


def _read_record(window: _Window, source: Source) -> Record | Failure | None:
    where = window.to_where()
    window.fill(_LONGEST_OPENING)
    if not _OPENING.match(window.data, window.at):
        spoiled = window.is_spoiled(0)
        window.seek_opening()
        if spoiled or window.is_spoiled(0):
            return None  # the damage itself has its row
        return Failure(origin=where, cause="bytes between records that are no record")
    end = _find_end_of_headers(window)
    if end is None:
        return _fail(window, where, None, "a record whose headers never end", 1)
    headers = parse_headers(bytes(window.data[window.at : end]))
    size = (headers.get("Content-Length") or "").strip()
    header = end - window.at
    if not re.fullmatch(r"[0-9]{1,30}", size):
        return _fail(window, where, headers, "a record without a Content-Length", header)
    if int(size) > source.max_bytes:
        return _skip_large(window, where, headers, header, int(size), source)
    return _read_block(window, where, headers, header, int(size))


def _find_end_of_headers(window: _Window) -> int | None:
    size = 1 << 11
    while True:
        more = window.fill(size)
        found = _END_OF_HEADERS.search(window.data, window.at, window.at + size)
        if found or not more or size >= _MOST_HEADER_BYTES:
            return found.end() if found and found[0].count(b"\n") == 2 else None
        size *= 4


def parse_headers(head: bytes, *, status: bool = True) -> HeaderMap:
    """Parses headers with the line before them, whatever their line ends."""
    headers = HeaderMap("utf-8")
    headers.parse(io.BytesIO(re.sub(rb"\r?\n", b"\r\n", head)), status)
    return headers


def _read_block(window: _Window, where: str, headers: HeaderMap, header: int, size: int) -> Record | Failure:
    # One byte more than the newlines after the block: so the end of its member is seen, with its checksum.
    window.fill(header + size + 5)
    start = window.at + header
    ahead = len(window.data) - start
    if window.is_spoiled(header + size) and window.fault:
        window.told = True
        return _fail(window, where, headers, window.fault.message, header + size)
    rest = bytes(window.data[start + size : start + size + 5])
    if ahead >= size and (rest.startswith(b"\r\n\r\n") or not rest.strip(b"\r\n") or rest.lstrip(b"\r\n")[:1] == b"W"):
        block = bytes(memoryview(window.data)[start : start + size])
        window.pass_over(header + size)
        return Record(headers, block, where)
    inner = find_opening(window.data, start, start + size)
    if inner is not None:
        return _fail(window, where, headers, "a wrong Content-Length: the next record begins before its end", header)
    if ahead < size:
        cause = f"cut short: {ahead:,} of {size:,} bytes"
        return _fail(window, where, headers, cause, header + size)
    return _fail(window, where, headers, "a wrong Content-Length: no end of the record where it should be", header)


def _skip_large(
    window: _Window, where: str, headers: HeaderMap, header: int, size: int, source: Source
) -> Failure | None:
    """Passes over a record too large for a report. Its length is not trusted: it may swallow the rest."""
    window.pass_over(header)
    passed = window.seek_opening(size)
    record_id = to_id_of_record(headers)
    if passed < size:
        ended = not window.fill(1)
        window.told = window.told or (ended and window.fault is not None)
        cause = (
            f"cut short: {passed:,} of {size:,} bytes" if ended else "a wrong Content-Length: the next record begins"
        )
        return Failure(origin=where, cause=cause, external_id=record_id)
    if headers.get("WARC-Type") in _OF_REPORTS:
        return to_failure(to_size_error(size, source.max_bytes, where), record_id)
    return None


def _fail(window: _Window, where: str, headers: HeaderMap | None, cause: str, size: int) -> Failure:
    """Makes the row of a damaged record, and goes on past so many bytes of it to the next."""
    window.pass_over(min(size, len(window.data) - window.at))
    window.seek_opening()
    record_id = to_id_of_record(headers) if headers is not None else None
    return Failure(origin=where, cause=cause, external_id=record_id)
