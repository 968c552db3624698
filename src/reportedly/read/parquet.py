"""Stage 1 of 8. In: Parquet. Out: Item.

Reads a Parquet table, one row a report: row group by row group, only the columns that are needed,
a batch of rows at a time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, BinaryIO

from reportedly.errors import ReadError
from reportedly.model import Failure, Item
from reportedly.read.growth import Growth, find_growth
from reportedly.read.records import Columns, to_columns, to_external_id, to_item
from reportedly.read.seekable import open_seekable
from reportedly.read.sources import Reader, Source, to_failure

if TYPE_CHECKING:
    import pyarrow.parquet as pq

_MAGIC = b"PAR1"
_SUFFIXES = (".parquet", ".pq")
# A batch holds about so many bytes of cells, by what the file says of itself.
_BATCH_BYTES = 16_000_000
_MOST_ROWS_A_BATCH = 1_000


def read_parquet(source: Source) -> Iterator[Item | Failure]:
    """Reads an input as a Parquet table, each row a report."""
    try:
        with open_seekable(source) as file:
            yield from _read_file(file, source)
    except ReadError as error:
        yield to_failure(error, where=source.origin)


def _read_file(file: BinaryIO, source: Source) -> Iterator[Item | Failure]:
    import pyarrow.parquet as pq  # 0.1 s that only those pay who have such tables

    growth = Growth(source.settings, around=find_growth(source), taken=file.seek(0, 2))
    file.seek(0)
    try:
        metadata = pq.read_metadata(file)
        table = pq.ParquetFile(file, metadata=metadata)
        columns = to_columns(source.known.columns, _find_names(table), source.origin)
        # A text that many rows share is kept once: else a small file could fill memory with copies.
        shared = [path for path in _find_paths(table) if _is_within(path, columns)]
        table = pq.ParquetFile(file, metadata=metadata, read_dictionary=shared)
    except _find_errors() as error:
        raise _to_fault(error, source.origin) from None
    if table.metadata.num_rows == 0:
        raise ReadError("empty: a table without rows", where=source.origin)
    number = 0
    for group in range(table.num_row_groups):
        rows = table.metadata.row_group(group).num_rows
        try:
            for record in _iter_records(table, group, columns, growth, source):
                number += 1
                rows -= 1
                growth.count(sum(len(cell) for cell in record.values() if isinstance(cell, str)), source.origin)
                yield _read_record(record, columns, f"{source.origin}:{number}", source)
        except _find_errors() as error:
            where = f"{source.origin}:{number + 1}"
            yield to_failure(_to_fault(error, where, f"{rows:,} rows of row group {group + 1} "))
            number += rows


def _find_errors() -> tuple[type[BaseException], ...]:
    import pyarrow as pa

    return (pa.ArrowException, OSError, ValueError, MemoryError, IndexError, TypeError)


def _find_paths(table: pq.ParquetFile) -> list[str]:
    return [table.schema.column(at).path for at in range(len(table.schema))]


def _find_names(table: pq.ParquetFile) -> list[str]:
    """Finds the columns that there are, those within others by their path."""
    return list(dict.fromkeys([*table.schema_arrow.names, *(path for path in _find_paths(table) if "." in path)]))


def _is_within(path: str, columns: Columns) -> bool:
    return any(f"{path}.".startswith(f"{name}.") for name in columns.by_field.values())


def _iter_records(
    table: pq.ParquetFile, group: int, columns: Columns, growth: Growth, source: Source
) -> Iterator[Mapping[str, object]]:
    contents = table.metadata.row_group(group)
    chunks = [contents.column(at) for at in range(contents.num_columns)]
    size = sum(chunk.total_uncompressed_size for chunk in chunks if _is_within(chunk.path_in_schema, columns))
    growth.check(size, source.origin)
    most = max(1, min(_MOST_ROWS_A_BATCH, _BATCH_BYTES * max(1, contents.num_rows) // max(1, size)))
    wanted = sorted(set(columns.by_field.values()))
    for batch in table.iter_batches(batch_size=most, row_groups=[group], columns=wanted, use_threads=False):
        for at in range(batch.num_rows):
            yield {name: _to_value(batch.column(name)[at]) for name in batch.schema.names}


def _to_value(cell: Any) -> object:
    """Returns an Arrow cell as JSON would have it: times as ISO 8601, blanks as nothing."""
    import pyarrow as pa

    if pa.types.is_timestamp(cell.type) and cell.type.unit == "ns":
        cell = cell.cast(pa.timestamp("us", tz=cell.type.tz), safe=False)
    value = cell.as_py()
    if isinstance(value, dict):
        return {key: _to_plain(each) for key, each in value.items()}
    return _to_plain(value)


def _to_plain(value: object) -> object:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return None if isinstance(value, str) and not value.strip() else value


def _read_record(record: Mapping[str, object], columns: Columns, where: str, source: Source) -> Item | Failure:
    try:
        return to_item(record, columns, where, source, "parquet")
    except ReadError as error:
        return to_failure(error, to_external_id(columns.find(record, "id")))


def _to_fault(error: BaseException, where: str, what: str = "") -> ReadError:
    reason = str(error).strip().partition("\n")[0][:160] or type(error).__name__
    return ReadError(f"damaged: {what}cannot be read as Parquet ({reason})", where=where)


def recognise_parquet(head: bytes, name: str) -> bool:
    """Whether an input begins as a Parquet file does."""
    return head.startswith(_MAGIC)


READER = Reader("parquet", _SUFFIXES, recognise_parquet, read_parquet)
