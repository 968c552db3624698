"""Whatever a report holds: its cells are harmless and come back, its selectors find their words."""

from __future__ import annotations

import csv
import io
import sys
from dataclasses import replace
from pathlib import Path

import pandas
from hypothesis import given
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "unit"))

from made_entries import make_entry
from made_reports import make_claim, make_report

from reportedly.model import Evidence
from reportedly.record.export.annotations import to_target
from reportedly.record.export.csv_table import export_csv, from_cell, to_cell

STARTS = "=+-@\t\r\n＝＋－＠﹢−'\" \u200b\ufeff\xa0,;a1🛑"
TEXT = st.text(st.one_of(st.sampled_from(STARTS), st.characters(exclude_categories=["Cs"], exclude_characters="\0")))
#: What spreadsheets take for the start of a formula, and what they may skip before it.
RUN, SKIPPED = set("=+-@＝＋－＠\t\r\n"), " \t\r\n\xa0\u200b\ufeff"


@given(TEXT)
def test_no_cell_starts_a_formula_and_every_cell_comes_back(text: str) -> None:
    cell = to_cell(text)
    assert cell[:1] not in RUN
    assert cell.lstrip(SKIPPED)[:1] not in RUN
    assert from_cell(cell) == text


@given(TEXT, TEXT)
def test_cells_are_read_back_by_csv_and_pandas(title: str, publisher: str) -> None:
    stream = io.BytesIO()
    export_csv([make_entry(make_claim(), make_report(title=title, publisher=publisher))], stream)
    (row,) = csv.DictReader(io.StringIO(stream.getvalue().decode("utf-8"), newline=""))
    assert (from_cell(row["title"]), from_cell(row["publisher"])) == (title, publisher)
    frame = pandas.read_csv(io.BytesIO(stream.getvalue()), dtype=str, keep_default_na=False)
    assert (from_cell(frame["title"][0]), from_cell(frame["publisher"][0])) == (title, publisher)


@given(st.text(min_size=1), st.data())
def test_selectors_find_their_words(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    evidence = Evidence(start=start, end=end, text=text[start:end], sentence_start=0, sentence_end=len(text))
    position, quote = to_target(make_report(text=text), replace(make_claim(), evidence=evidence))["selector"]  # type: ignore[misc]
    assert text[position["start"] : position["end"]] == quote["exact"] == evidence.text
    assert (len(quote["prefix"]), len(quote["suffix"])) == (min(32, start), min(32, len(text) - end))
    whole = quote["prefix"] + quote["exact"] + quote["suffix"]
    assert whole in text
    assert text.startswith(whole, start - len(quote["prefix"]))
