"""Stage 6 of 8. In: Entry, in any order. Out: the entries of each report together.

A ledger answers in the order of the question, by day as a rule. Formats with a row a report need a report's claims
at once: they wait in a file of no name, and memory holds no more than where each begins.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Iterator
from dataclasses import replace
from tempfile import SpooledTemporaryFile

from reportedly.record.entries import Entry

#: What may wait in memory before it goes to the file, in bytes.
_IN_MEMORY = 16 << 20


def gather_by_report(entries: Iterable[Entry]) -> Iterator[tuple[Entry, ...]]:
    """Gathers entries by report, reports and claims in the order in which they came.

    The reports come without their text and regions.
    """
    places: dict[str, list[int]] = {}
    # Only what was written here is read: the file has no name, and no one else can reach it.
    with SpooledTemporaryFile(max_size=_IN_MEMORY) as file:
        for entry in entries:
            places.setdefault(entry.report.report_id, []).append(file.tell())
            pickle.dump(replace(entry, report=replace(entry.report, text="", regions=())), file)
        for starts in places.values():
            yield tuple(_read(file, start) for start in starts)


def _read(file: SpooledTemporaryFile[bytes], start: int) -> Entry:
    file.seek(start)
    entry: Entry = pickle.load(file)
    return entry
