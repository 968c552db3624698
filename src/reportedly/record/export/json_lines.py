"""Stage 6 of 8. In: Entry. Out: JSON Lines, one claim a line.

`export_claims` writes the claim record as the contract has it and loses what is not of the claim;
`export_entries` writes it as `claim` beside the report, the run and the report's history, and loses nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import BinaryIO

from reportedly.record.entries import Entry
from reportedly.record.export.jsonl import to_record, to_report_record, to_run_record
from reportedly.record.export.writing import write_lines


def export_claims(entries: Iterable[Entry], stream: BinaryIO) -> int:
    """Writes the claim records and counts them."""
    return write_lines((to_record(entry.claim) for entry in entries), stream)


def export_entries(entries: Iterable[Entry], stream: BinaryIO) -> int:
    """Writes the claim records with their reports and runs and counts them."""
    return write_lines(map(to_entry_record, entries), stream)


def to_entry_record(entry: Entry) -> dict[str, object]:
    """Turns an entry into its JSON record."""
    return {
        "claim": to_record(entry.claim),
        "report": to_report_record(entry.report),
        "run": to_run_record(entry.run),
        "origins": list(entry.origins),
        "raw_sha256": entry.raw_sha256,
        "replaced_by": entry.replaced_by,
        "withdrawn": entry.withdrawn,
    }
