"""The rows that cross between processes: one result a row, as a small Parquet file.

A row is either a coded report (`report`, `claims`, `reason`, `item`) or a failure. The cells are the
JSON records of stage 6, so a file made on a cluster can be read by anything, years later; the text of
a report stands in it once. `read_shard(write_rows(results, run))` gives the same results.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from reportedly.errors import ReadError
from reportedly.model import Extraction, Failure, Item, Run
from reportedly.record.export.jsonl import (
    from_failure_record,
    from_item_record,
    from_record,
    from_report_record,
    to_failure_record,
    to_item_record,
    to_record,
    to_report_record,
    to_run_record,
)

#: What a row holds. `origin`, `external_id` and `raw_sha256` are there to search by: the exact values
#: are in the records. `run` is the same in all rows and takes no room: a file's own metadata would
#: be lost in the hands of other programs.
COLUMNS = pa.schema(
    [
        ("origin", pa.string()),
        ("external_id", pa.string()),
        ("raw_sha256", pa.string()),
        ("report", pa.string()),
        ("claims", pa.list_(pa.string())),
        ("reason", pa.string()),
        ("item", pa.string()),
        ("failure", pa.string()),
        ("run", pa.string()),
    ]
)
#: Rows that are turned into records at a time; memory grows with it.
ROWS = 64

type Result = Extraction | Failure


def to_row(result: Result) -> dict[str, object]:
    """Turns a result into its row but for the run: JSON cells, null where the row has no such part."""
    if isinstance(result, Failure):
        return {
            "origin": _to_utf8(result.origin),
            "external_id": _to_utf8(result.external_id),
            "failure": _to_json(to_failure_record(result)),
        }
    item = result.item
    return {
        "origin": _to_utf8(result.report.origin),
        "external_id": _to_utf8(result.report.external_id),
        "raw_sha256": item.raw_sha256 if item else None,
        "report": _to_json({**to_report_record(result.report), "origin": result.report.origin}),
        "claims": [_to_json(to_record(claim)) for claim in result.claims],
        "reason": result.reason,
        "item": _to_json(_to_item_record(item, result.report.text)) if item else None,
    }


def from_row(row: Mapping[str, Any]) -> Result:
    """Turns a row back into its result.

    Raises:
        ReadError: a cell breaks the contract.
    """
    try:
        if row["failure"] is not None:
            return from_failure_record(json.loads(row["failure"]))
        report = from_report_record(json.loads(row["report"]))
        claims = tuple(from_record(json.loads(claim)) for claim in row["claims"])
        item = from_item_record({"text": report.text, **json.loads(row["item"])}) if row["item"] is not None else None
    except (KeyError, TypeError, ValueError) as error:
        raise ReadError(f"not a row of results: {error}", where=str(row.get("origin") or "")) from None
    return Extraction(report=report, claims=claims, reason=row["reason"], item=item)


def to_table(results: Iterable[Result], run: Run) -> pa.Table:
    """Puts results and the run that made them into a table of `COLUMNS`."""
    made_by = _to_json(to_run_record(run))
    return pa.Table.from_pylist([{**to_row(result), "run": made_by} for result in results], schema=COLUMNS)


def write_rows(results: Iterable[Result], run: Run) -> bytes:
    """Writes results as a Parquet file in memory."""
    return _write_table(to_table(results, run))


def join_rows(files: Sequence[bytes]) -> bytes:
    """Joins files of `write_rows` in order."""
    return _write_table(pa.concat_tables([pq.read_table(pa.BufferReader(data)) for data in files]))


def read_shard(shard: bytes | str | Path) -> Iterator[Result]:
    """Reads the results of a coded shard back, in order: a file, or the bytes of one.

    A few rows are held at a time. A file that another program wrote (Spark) is read by its columns.

    Raises:
        ReadError: it is no such file, or it is cut short.
    """
    where = "" if isinstance(shard, bytes) else str(shard)
    with _open(shard) as file:
        missing = [name for name in COLUMNS.names if name not in file.schema_arrow.names]
        if missing:
            raise ReadError(f"not a file of results: no column {missing[0]!r}", where=where)
        try:
            for batch in file.iter_batches(batch_size=ROWS, columns=COLUMNS.names):
                yield from map(from_row, batch.to_pylist())
        except (pa.ArrowException, OSError) as error:
            raise ReadError(f"cut short or broken: {_to_line(error)}", where=where) from None


def read_run(shard: bytes | str | Path) -> Run | None:
    """Reads which run made a coded shard; None where it has no rows.

    Raises:
        ReadError: it is no such file, or several runs made it (machines with different versions).
    """
    where = "" if isinstance(shard, bytes) else str(shard)
    with _open(shard) as file:
        try:
            made_by = set(file.read(columns=["run"]).column("run").unique().to_pylist())
        except (pa.ArrowException, KeyError, OSError) as error:
            raise ReadError(f"not a file of results: {_to_line(error)}", where=where) from None
    if len(made_by) > 1:
        raise ReadError(f"{len(made_by)} runs made it", where=where, hint="install the same version on all machines")
    written = next(iter(made_by), None)
    if written is None:
        return None
    record = json.loads(written)
    return Run(**{**record, "settings": tuple(record["settings"].items())})


# ---------------------------------------------------------------- cells


def _to_item_record(item: Item, text: str) -> dict[str, object]:
    """The item without what it leaves open, and without its text where the report has the same."""
    record = to_item_record(item)
    if item.text == text:
        del record["text"]
    return {name: value for name, value in record.items() if value not in (None, (), [])}


def _to_json(record: object) -> str:
    written = json.dumps(record, ensure_ascii=False)
    # A lone surrogate (a file name that is no UTF-8) is no text for Parquet, but has a spelling in JSON.
    return written if _is_utf8(written) else json.dumps(record)


def _to_utf8(cell: str | None) -> str | None:
    return cell if cell is None or _is_utf8(cell) else cell.encode("utf-8", "replace").decode()


def _is_utf8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


# ---------------------------------------------------------------- files


def _write_table(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="zstd")
    return bytes(sink.getvalue().to_pybytes())


def _open(shard: bytes | str | Path) -> pq.ParquetFile:
    try:
        return pq.ParquetFile(pa.BufferReader(shard) if isinstance(shard, bytes) else str(shard))
    except FileNotFoundError:
        raise ReadError("no such file", where=str(shard)) from None
    except (pa.ArrowException, OSError) as error:
        where = "" if isinstance(shard, bytes) else str(shard)
        raise ReadError(f"not a Parquet file: {_to_line(error)}", where=where) from None


def _to_line(error: Exception) -> str:
    return str(error).partition("\n")[0]
