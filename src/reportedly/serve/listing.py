"""Stage 8 of 8. In: a question to the ledger. Out: its answer in one of five formats.

`LISTINGS` is the table in plain sight: each writes entries to a stream of bytes and counts them.
"""

from __future__ import annotations

import dataclasses
import io
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from tempfile import SpooledTemporaryFile
from typing import BinaryIO

from reportedly.record.entries import Entry
from reportedly.record.export.csv_table import export_csv
from reportedly.record.export.json_lines import export_claims
from reportedly.record.export.jsonl import to_record, to_report_record, to_run_record
from reportedly.record.export.writing import to_json
from reportedly.record.queries import Query
from reportedly.serve.claims import show_claims
from reportedly.serve.markdown import to_claim_rows
from reportedly.serve.terminal import load_console

#: The format that a file's name asks for.
SUFFIXES: Mapping[str, str] = {
    ".txt": "table", ".jsonl": "jsonl", ".ndjson": "jsonl", ".csv": "csv", ".json": "json", ".md": "md",
}  # fmt: skip
#: What the reports of an answer may hold in memory before they go to a file, in bytes.
_IN_MEMORY = 1 << 22


def write_table(entries: Iterable[Entry], stream: BinaryIO, query: Query, *, evidence: bool = False) -> int:
    """Writes tables as on a terminal of 100 columns."""
    text = io.TextIOWrapper(stream, encoding="utf-8", errors="backslashreplace", newline="\n")
    try:
        return show_claims(load_console(text), entries, evidence=evidence)
    finally:
        text.detach()


def write_jsonl(entries: Iterable[Entry], stream: BinaryIO, query: Query, *, evidence: bool = False) -> int:
    """Writes the claim records, one a line."""
    return export_claims(entries, stream)


def write_csv(entries: Iterable[Entry], stream: BinaryIO, query: Query, *, evidence: bool = False) -> int:
    """Writes a row a claim with all flat columns."""
    return export_csv(entries, stream)


def write_markdown(entries: Iterable[Entry], stream: BinaryIO, query: Query, *, evidence: bool = False) -> int:
    """Writes a Markdown table."""
    count = -2  # the heading and the line below it
    for line in to_claim_rows(entries):
        stream.write(line.encode("utf-8", "replace") + b"\n")
        count += 1
    return count


def write_json(entries: Iterable[Entry], stream: BinaryIO, query: Query, *, evidence: bool = False) -> int:
    """Writes one object: the question, the claims, and by their ids the reports and runs of these claims."""
    count = 0
    runs: dict[str, object] = {}
    stream.write(b'{"query": ' + to_json(to_query_record(query)) + b',\n"claims": [')
    with SpooledTemporaryFile(max_size=_IN_MEMORY) as reports:
        for entry in _keep_reports(entries, reports):
            stream.write((b",\n" if count else b"\n") + to_json(to_record(entry.claim)))
            runs[entry.run.run_id] = to_run_record(entry.run)
            count += 1
        stream.write(b'\n],\n"reports": {')
        reports.seek(0)
        shutil.copyfileobj(reports, stream)
    stream.write(b'\n},\n"runs": ' + to_json(runs) + b"}\n")
    return count


def _keep_reports(entries: Iterable[Entry], kept: SpooledTemporaryFile[bytes]) -> Iterator[Entry]:
    """Passes entries on, and keeps each report's record once for the end."""
    seen: set[str] = set()
    for entry in entries:
        report_id = entry.report.report_id
        if report_id not in seen:
            kept.write(
                (b",\n" if seen else b"\n") + to_json(report_id) + b": " + to_json(to_report_record(entry.report))
            )
            seen.add(report_id)
        yield entry


def to_query_record(query: Query) -> dict[str, object]:
    """Turns a question into a JSON record of what was asked for."""
    return {name: value for name, value in dataclasses.asdict(query).items() if value not in (None, 0, 0.0)}


LISTINGS: Mapping[str, Callable[..., int]] = {
    "table": write_table,
    "jsonl": write_jsonl,
    "csv": write_csv,
    "json": write_json,
    "md": write_markdown,
}
