"""Stage 6 of 8. In: Entry. Out: CSV, safe to open in a spreadsheet.

RFC 4180: commas, CRLF, quotes doubled, UTF-8 without a mark, a header line. A text cell that a spreadsheet would
run as a formula gets an apostrophe before it; `from_cell` takes it off again, so that nothing is lost.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any, BinaryIO

from reportedly.record.entries import Entry
from reportedly.record.export.flat import COLUMNS, TEXT, Cell, to_rows

# What a formula may begin with, the full-width, small, raised and lowered forms included (a spreadsheet or a later
# program may fold them), after blanks, controls and letters without width; a tab or line end alone is enough.
_RISKY = r"(?:[\t\r\n]|[\s\x00-\x1f\x7f-\xa0\u00ad\u200b-\u200f\u2060\ufeff]*[=+\-@＝＋－＠﹦﹢﹣﹫−⁼⁺⁻₌₊₋﬩])"
_MAY_RUN = re.compile("'*" + _RISKY)
_WAS_QUOTED = re.compile("'+" + _RISKY)
_TEXTS = frozenset(column.name for column in COLUMNS if column.type is TEXT)


def to_cell(text: str) -> str:
    """Makes a text cell harmless: an apostrophe goes before what a spreadsheet might run.

    One goes too before apostrophes that stand before such a thing, so that `from_cell` can tell them apart.
    """
    return f"'{text}" if _MAY_RUN.match(text) else text


def from_cell(cell: str) -> str:
    """Gives a text cell back as it was before `to_cell`."""
    return cell[1:] if _WAS_QUOTED.match(cell) else cell


def export_csv(entries: Iterable[Entry], stream: BinaryIO) -> int:
    """Writes one row a claim with all flat columns and counts them."""
    return write_csv([column.name for column in COLUMNS], to_rows(entries), stream, texts=_TEXTS)


def write_csv(names: Sequence[str], rows: Iterable[dict[str, Any]], stream: BinaryIO, *, texts: frozenset[str]) -> int:
    """Writes rows under a header; the columns in `texts` are made harmless, the others are numbers and dates."""
    count = 0
    with _open_text(stream) as text:
        writer = csv.writer(text)
        writer.writerow(names)
        for row in rows:
            writer.writerow([_to_field(row[name], name in texts) for name in names])
            count += 1
    return count


@contextmanager
def _open_text(stream: BinaryIO) -> Iterator[io.TextIOWrapper]:
    text = io.TextIOWrapper(stream, encoding="utf-8", errors="replace", newline="")
    try:
        yield text
    finally:
        text.detach()  # flushes, and leaves the stream open for its owner


def _to_field(value: Cell, is_text: bool) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return to_cell(value) if is_text else value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return value.isoformat()
    return str(int(value)) if isinstance(value, float) and value.is_integer() else repr(value)
