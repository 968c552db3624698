"""Stage 1 of 8. In: CSV, TSV. Out: Item.

Reads tables in text, one row a report: divided by commas, semicolons, tabs or bars, with a line of
column names at the top. A row with too many or too few cells becomes a Failure with its line, and
the rest goes on. Rows are streamed: memory holds one at a time.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import deque
from collections.abc import Iterator

from reportedly.errors import ReadError
from reportedly.model import Failure, Item
from reportedly.read.encodings import decode_line, find_encoding, is_text
from reportedly.read.records import Columns, find_fields, to_columns, to_external_id, to_item
from reportedly.read.sources import HEAD_BYTES, Reader, Source, to_failure, to_size_error

_SUFFIXES = (".csv", ".tsv", ".tab")
#: What may divide the cells. A tab is the surest sign, a comma stands in text too.
DELIMITERS = ("\t", ";", "|", ",")
_MOST_COLUMNS = 2_000
_LONGEST_NAME = 40
# So many quotation marks that are never closed are put up with: each makes the lines after it be read again.
_MOST_UNCLOSED = 10
_INNER_RETURN = re.compile(r"(?<=\r)(?!\n)")


def read_csv(source: Source) -> Iterator[Item | Failure]:
    """Reads an input as a table, each row a report."""
    if csv.field_size_limit() < source.max_bytes:
        csv.field_size_limit(source.max_bytes)
    try:
        rows = _Rows(source)
        number, names = rows.read_row()
        if not names:
            raise ReadError("empty: a table without column names", where=source.origin)
        names = [name.strip() for name in names]
        columns = to_columns(source.known.columns, names, source.origin)
    except ReadError as error:
        yield to_failure(error, where=source.origin)
        return
    while True:
        try:
            number, cells = rows.read_row()
            if not number:
                return
            if any(cell.strip() for cell in cells):
                yield _read_cells(cells, names, columns, f"{source.origin}:{number}", source)
        except ReadError as error:
            yield to_failure(error, where=source.origin)


def _read_cells(cells: list[str], names: list[str], columns: Columns, where: str, source: Source) -> Item | Failure:
    if len(cells) != len(names):
        few = "few" if len(cells) < len(names) else "many"
        cause = f"too {few} cells: {len(cells):,} where the table has {len(names):,} columns"
        return Failure(origin=where, cause=cause, hint="a cell that holds the delimiter must stand in quotation marks")
    record = {name: cell for name, cell in reversed(list(zip(names, cells, strict=True))) if cell.strip()}
    try:
        return to_item(record, columns, where, source, "csv")
    except ReadError as error:
        return to_failure(error, to_external_id(columns.find(record, "id")))


class _Rows:
    """The rows of a table with the number of the line that each begins on."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._lines = _iter_lines(source)
        self._again: deque[str] = deque()
        self._held: list[str] = []
        self._size = self._number = self._unclosed = 0
        self._fault: ReadError | None = None
        encoding, mark = find_encoding(source.head)
        self._delimiter = find_delimiter(decode_line(source.head[mark:], encoding))

    def read_row(self) -> tuple[int, list[str]]:
        """Returns the next row and its line; line 0 at the end.

        Raises:
            ReadError: the row is too large, or its quotation mark is never closed.
        """
        self._held, self._size, first = [], 0, self._number + 1
        try:
            cells = next(csv.reader(iter(self._take_line, None), delimiter=self._delimiter, strict=False), None)
        except csv.Error as error:
            raise ReadError(f"not a row: {error}", where=f"{self._source.origin}:{first}") from None
        if self._fault:
            fault, self._fault = self._fault, None
            raise fault
        if cells is None:
            return 0, []
        if len(self._held) > 1 and self._is_open():
            self._put_back(first)
        return first, cells

    def _take_line(self) -> str | None:
        line = self._again.popleft() if self._again else next(self._lines, None)
        if line is None:
            return None
        self._number += 1
        if isinstance(line, ReadError):
            self._fault = line
            return None
        self._held.append(line)
        self._size += len(line)
        if self._size > self._source.max_bytes:
            self._put_back(self._number - len(self._held) + 1)
        return line

    def _is_open(self) -> bool:
        """Whether the lines held end within quotation marks: then the table ended there too."""
        try:
            text = iter(self._held)
            next(csv.reader(text, delimiter=self._delimiter, strict=True))
        except csv.Error as error:
            return "unexpected end" in str(error)
        return False

    def _put_back(self, first: int) -> None:
        """Gives up a row whose quotation mark is never closed, and has the lines after its first read again."""
        where = f"{self._source.origin}:{first}"
        self._unclosed += 1
        if self._unclosed <= _MOST_UNCLOSED:
            self._again.extendleft(reversed(self._held[1:]))
            self._number = first
        raise ReadError("a quotation mark that is never closed", where=where)


def find_delimiter(text: str) -> str:
    """Finds what divides the cells: what gives the most of the first rows as many cells as the column names."""
    line = text.lstrip("\n\r").partition("\n")[0]
    best, most = ",", 0
    for delimiter in DELIMITERS:
        if delimiter not in line:
            continue
        try:
            rows = list(csv.reader(io.StringIO(text), delimiter=delimiter))[:20]
        except csv.Error:
            continue
        width = len(rows[0]) if rows else 0
        # The last row may be cut off by the end of what is looked at.
        even = sum(len(row) == width for row in rows[: -1 if len(rows) > 2 else None])
        score = 0 if width < 2 else even * 4 + min(width, 3) + 100 * len(find_fields(rows[0]))
        if score > most:
            best, most = delimiter, score
    return best


def _iter_lines(source: Source) -> Iterator[str | ReadError]:
    """Yields the lines with their ends; one too long for a report is an error in its place."""
    encoding, mark = find_encoding(source.head)
    source.stream.read(mark)
    if encoding == "utf-8":
        for number, line in enumerate(iter(lambda: source.stream.readline(source.max_bytes + 1), b""), 1):
            if len(line) > source.max_bytes:
                size = len(line)
                while not line.endswith(b"\n") and (line := source.stream.readline(1 << 20)):
                    size += len(line)
                yield to_size_error(size, source.max_bytes, f"{source.origin}:{number}")
                continue
            yield from _split_returns(decode_line(line, encoding))
        return
    reader = codecs.getreader(encoding)(source.stream, "replace")
    rest = ""
    while block := reader.read(1 << 16, 1 << 16):
        *lines, rest = re.split(r"(?<=\n)", rest + block)
        for each in lines:
            yield from _split_returns(each)
        if len(rest) > source.max_bytes:
            yield to_size_error(len(rest), source.max_bytes, source.origin)
            return
    if rest:
        yield from _split_returns(rest)


def _split_returns(line: str) -> Iterator[str]:
    """Old tables end their lines with a carriage return alone."""
    if "\r" in line[:-2]:
        yield from (each for each in _INNER_RETURN.split(line) if each)
    else:
        yield line


def recognise_csv(head: bytes, name: str) -> bool:
    """Whether an input is a table: by its name, else by a first line of column names that are ours."""
    if not is_text(head):
        return False
    if name.lower().endswith(_SUFFIXES):
        return True
    encoding, mark = find_encoding(head)
    text = decode_line(head[mark:], encoding)
    line, newline, rest = text.replace("\r\n", "\n").replace("\r", "\n").partition("\n")
    if not newline or not rest.strip() or len(line) > HEAD_BYTES // 4:
        return False
    delimiter = find_delimiter(text)
    try:
        names = next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return False
    plain = all(
        re.fullmatch(r"[\w.:-]+(?: [\w.:-]+){0,3}", each.strip()) and len(each) <= _LONGEST_NAME for each in names
    )
    fields = find_fields(names)
    return plain and 2 <= len(names) <= _MOST_COLUMNS and "text" in fields and len(fields) >= 2


READER = Reader("csv", _SUFFIXES, recognise_csv, read_csv)
