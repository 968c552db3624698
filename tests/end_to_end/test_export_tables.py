"""CSV, Parquet, JSON Lines and GeoJSON, each read back by a program of others."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from typing import Any

import geojson
import pandas
import polars
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from made_entries import make_coded, make_entries, make_entry, make_odd
from made_reports import make_claim, make_report

from reportedly.record.export.csv_table import from_cell, to_cell
from reportedly.record.export.flat import COLUMNS, TEXT, to_arrow_schema, to_row, to_table
from reportedly.record.export.formats import EXPORTS
from reportedly.record.export.jsonl import from_record, read_records, to_record

ENTRIES = make_entries()
NAMES = [column.name for column in COLUMNS]


def export(name: str, entries: Any = ENTRIES) -> bytes:
    stream = io.BytesIO()
    EXPORTS[name].write(iter(entries), stream)
    return stream.getvalue()


# ---------------------------------------------------------------- all formats


@pytest.mark.parametrize("name", EXPORTS)
def test_nothing_to_export_is_still_a_whole_file(name: str) -> None:
    stream = io.BytesIO()
    assert EXPORTS[name].write(iter(()), stream) == 0
    assert not stream.closed


@pytest.mark.parametrize("name", EXPORTS)
def test_the_same_entries_give_the_same_bytes(name: str) -> None:
    assert export(name) == export(name)


@pytest.mark.parametrize("name", EXPORTS)
def test_a_lone_surrogate_does_not_break_a_file_off(name: str) -> None:
    report = make_report(title="half \ud83d of it", publisher="Klow \udc80")
    whole = export(name, [make_entry(make_claim(), report), *make_coded()])
    assert len(whole) > len(export(name, []))


def test_every_format_says_what_it_is_and_loses() -> None:
    assert all(format.description and format.loses and format.suffix.startswith(".") for format in EXPORTS.values())


# ---------------------------------------------------------------- the flat columns


def find_leaves(record: object, path: str = "") -> set[str]:
    if not isinstance(record, dict):
        return {path}
    return {leaf for key, value in record.items() for leaf in find_leaves(value, f"{path}_{key}".lstrip("_"))}


def test_every_field_of_the_claim_record_has_its_column() -> None:
    coded = make_entries()
    leaves = {leaf for entry in coded for leaf in find_leaves(to_record(entry.claim))}
    whole = {"quantity", "actor", "recipient", "place", "time", "event", "judgement", "relates_to"}
    renamed = {"judgement_judgement_id": "judgement_id", "relates_to": "relates_to_json"}
    assert {renamed.get(leaf, leaf) for leaf in leaves - (whole - {"relates_to"})} <= set(NAMES)
    assert {f"source_{leaf}" for leaf in find_leaves(to_record(coded[0].claim)["sources"][0])} <= set(NAMES)  # type: ignore[index]


def test_column_names_are_unique_and_explained() -> None:
    assert len(set(NAMES)) == len(NAMES)
    assert all(column.meaning for column in COLUMNS)


def test_the_original_source_has_the_columns_and_the_chain_is_whole() -> None:
    row = to_row(next(entry for entry in make_coded() if len(entry.claim.sources) == 2))
    assert row["sources"] == " ‹ ".join(
        source["name"] or source["text"] for source in json.loads(str(row["sources_json"]))
    )
    assert row["source_text"] == json.loads(str(row["sources_json"]))[-1]["text"]


# ---------------------------------------------------------------- CSV


def test_csv_is_read_back_by_pandas_with_numbers_as_numbers() -> None:
    frame = pandas.read_csv(io.BytesIO(export("csv")), parse_dates=["time_start", "published"])
    assert list(frame.columns) == NAMES
    assert len(frame) == len(ENTRIES)
    for column in ("quantity_low", "quantity_high", "place_lat", "place_lon", "confidence"):
        assert frame[column].dtype == float, column
    assert frame["time_start"].dt.year.dropna().isin([2020, 2024]).all()
    assert set(frame["quantity_direction"].dropna()) == {"up", "down"}
    first = frame.iloc[0]
    assert (first["quantity_low"], first["evidence_text"]) == (12, "12")
    assert (first["place_lat"], first["place_lon"]) == (16.27, -0.04)
    assert first["evidence_sentence"].startswith("At least 12 soldiers")


def test_csv_is_read_back_cell_for_cell() -> None:
    rows = list(csv.DictReader(io.StringIO(export("csv").decode("utf-8"), newline="")))
    for row, entry in zip(rows, ENTRIES, strict=True):
        for column in COLUMNS:
            wanted = to_row(entry)[column.name]
            if column.type is TEXT:
                assert from_cell(row[column.name]) == (wanted or ""), column.name
            elif isinstance(wanted, int | float) and not isinstance(wanted, bool):
                assert float(row[column.name]) == wanted


def test_csv_has_no_cell_that_a_spreadsheet_would_run() -> None:
    for row in csv.reader(io.StringIO(export("csv").decode("utf-8"), newline="")):
        for name, cell in zip(NAMES, row, strict=True):
            is_number = next(column for column in COLUMNS if column.name == name).type is not TEXT
            assert is_number or cell.lstrip()[:1] not in ("=", "+", "-", "@", "＝", "＋", "－", "＠"), (name, cell)


def test_csv_lines_end_as_the_standard_says() -> None:
    assert export("csv", []).endswith(b"run_model\r\n")
    assert not export("csv").startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        " =1",
        "\t1",
        "\r\n=1",
        "+1",
        "-1",
        "@SUM(A1)",
        "＝1",
        "\u200b=1",
        "\ufeff@x",
        "−1",
        "\xa0=1",
        "'=1",
        "''@x",
    ],
)
def test_a_formula_gets_an_apostrophe_and_comes_back(text: str) -> None:
    assert to_cell(text) == f"'{text}"
    assert from_cell(to_cell(text)) == text


@pytest.mark.parametrize("text", ["", "a=1", "1,700", "'tis", "3-5", "“-1”", "🛑"])
def test_what_is_harmless_stays_as_it_is(text: str) -> None:
    assert to_cell(text) == from_cell(text) == text


# ---------------------------------------------------------------- Parquet


def test_parquet_is_read_back_with_its_types_and_meanings() -> None:
    table = pq.read_table(io.BytesIO(export("parquet")))
    assert table.num_rows == len(ENTRIES)
    assert table.schema.field("quantity_low").type == pa.float64()
    assert table.schema.field("time_start").type == pa.date32()
    assert table.schema.field("source_anonymous").type == pa.bool_()
    assert table.schema.field("place_lat").metadata[b"meaning"] == b"degrees north, WGS 84"
    assert table.to_pylist() == [to_row(entry) for entry in ENTRIES]


def test_polars_and_pandas_take_the_arrow_table() -> None:
    table = to_table(ENTRIES)
    frame = polars.from_arrow(table)
    assert isinstance(frame, polars.DataFrame)
    assert frame.filter(polars.col("time_start") == date(2024, 5, 5)).height >= 2
    assert len(table.to_pandas()) == len(ENTRIES)


def test_an_empty_parquet_file_keeps_its_columns() -> None:
    assert pq.read_table(io.BytesIO(export("parquet", []))).schema.equals(to_arrow_schema())


# ---------------------------------------------------------------- JSON Lines


def test_claim_lines_are_the_contract_and_nothing_else() -> None:
    lines = export("jsonl").decode("utf-8").splitlines()
    assert list(read_records(lines)) == [entry.claim for entry in ENTRIES]
    assert pandas.read_json(io.BytesIO(export("jsonl")), lines=True)["claim_id"].is_unique


def test_entry_lines_hold_the_report_beside_the_claim() -> None:
    entries = [json.loads(line) for line in export("entries").split(b"\n") if line]
    for entry in entries:
        start, end = entry["claim"]["evidence"]["start"], entry["claim"]["evidence"]["end"]
        assert entry["report"]["text"][start:end] == entry["claim"]["evidence"]["text"]
        assert from_record(entry["claim"]).report_id == entry["claim"]["report_id"]
    assert {entry["withdrawn"] for entry in entries} == {None, "sent twice"}


# ---------------------------------------------------------------- GeoJSON


def test_geojson_is_valid_and_puts_longitude_first() -> None:
    collection = geojson.loads(export("geojson").decode("utf-8"))
    assert isinstance(collection, geojson.FeatureCollection)
    assert collection.is_valid, collection.errors()
    located = [entry for entry in ENTRIES if entry.claim.place and entry.claim.place.lat is not None]
    assert [feature["id"] for feature in collection["features"]] == [entry.claim.claim_id for entry in located]
    assert collection["features"][0]["geometry"]["coordinates"] == [-0.04, 16.27]
    assert collection["features"][0]["properties"]["place_precision"] == "city"
    assert collection["features"][0]["properties"]["time_start"] == "2024-05-05"


def test_claims_without_coordinates_are_no_features() -> None:
    assert geojson.loads(export("geojson", make_odd()).decode("utf-8")) == {"type": "FeatureCollection", "features": []}
