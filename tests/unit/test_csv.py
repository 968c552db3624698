"""Tables in text: delimiters, quotation marks, encodings, and rows that are none."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from reportedly.model import Failure, Item
from reportedly.read import find_reader, read_items
from reportedly.read.csv import find_delimiter
from reportedly.settings import Settings


def read_bytes(data: bytes, settings: Settings | None = None) -> list[Item | Failure]:
    return list(read_items(["-"], settings or Settings(), stdin=io.BytesIO(data)))


def read_texts(data: bytes) -> list[str]:
    return [each.text if isinstance(each, Item) else each.cause for each in read_bytes(data)]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_every_delimiter_is_found(delimiter: str) -> None:
    rows = [["id", "date", "text"], ["1", "2021-03-03", '"Twelve, or more; so | they said.\nTwo left."']]
    data = "\n".join(delimiter.join(row) for row in rows).encode()
    assert read_texts(data) == ["Twelve, or more; so | they said.\nTwo left."]


def test_a_delimiter_in_the_text_does_not_win_over_that_of_the_names() -> None:
    assert find_delimiter("text;id\nTwelve, said he, were held, no more;1\n") == ";"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_every_encoding_gives_the_same_text(encoding: str) -> None:
    assert read_texts("text,id\r\nThe café’s guards left.,1\r\n".encode(encoding)) == ["The café’s guards left."]


def test_lines_that_end_with_returns_alone_are_lines() -> None:
    assert read_texts(b"text,id\rTwelve,1\rThirteen,2\r") == ["Twelve", "Thirteen"]


def test_a_row_is_named_by_the_line_that_it_begins_on() -> None:
    found = read_bytes(b'text,id\n"One\nand\nmore",a\nTwo,b,c\nThree,d\n')
    assert [each.origin.rpartition(":")[2] for each in found] == ["2", "5", "6"]
    assert isinstance(found[1], Failure)
    assert found[1].cause == "too many cells: 3 where the table has 2 columns"


def test_a_failure_keeps_the_id_of_its_row() -> None:
    (failure,) = read_bytes(b"text,id,date\nTwelve,7,never\n")
    assert isinstance(failure, Failure)
    assert failure.external_id == "7"
    assert failure.cause.startswith("published: not a date")


def test_a_quotation_mark_never_closed_costs_its_row() -> None:
    assert read_texts(b'text,id\n"One,a\nTwo,b\nThree,c\n') == ["a quotation mark that is never closed", "Two", "Three"]


def test_quotation_marks_never_closed_do_not_cost_time_without_end() -> None:
    found = read_bytes(b"text,id\n" + b'b" ,"x\n' * 20_000, Settings(max_bytes=5_000))
    assert 0 < len(found) < 100
    assert all(isinstance(each, Failure) for each in found)


def test_a_cell_beyond_the_limit_is_one_failure_and_the_rest_goes_on() -> None:
    data = b"text,id\n" + b"x" * 300_000 + b',a\n"' + (b"y" * 999 + b"\n") * 300 + b'",b\nThree,c\n'
    found = read_bytes(data, Settings(max_bytes=100_000))
    assert isinstance(found[0], Failure)
    assert found[0].cause.startswith("too large for one report: 300,003 bytes")
    assert isinstance(found[-1], Item)
    assert found[-1].external_id == "c"


def test_a_cell_larger_than_the_modules_own_limit_is_read() -> None:
    assert read_texts(b'text,id\n"' + b"words " * 40_000 + b'",1\n') == ["words " * 40_000]


def test_a_text_with_nul_is_binary() -> None:
    found = list(
        read_items(["-"], Settings(), stdin=io.BytesIO(b"text,id\n" + b"They left.,1\n" * 900 + b"a\x00b,2\n"))
    )
    assert isinstance(found[-1], Failure)
    assert found[-1].cause.startswith("binary")


@pytest.mark.parametrize(
    "text",
    [
        "Text, date and title were missing, officials said.\nTwelve were held.",
        "text\nTwelve were held.",
        "Klow, Syldavia, Monday\nTwelve were held.",
        "text,id",
    ],
)
def test_a_text_with_commas_is_a_text(text: str) -> None:
    reader = find_reader(text.encode(), "")
    assert reader is not None
    assert reader.name == "text"


def test_a_table_is_known_by_its_name(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("a,b\n1,2\n")
    (failure,) = read_items([path], Settings())
    assert isinstance(failure, Failure)
    assert failure.cause == "no column for the text"
    path.write_text("text,b\n\n,\n")
    assert list(read_items([path], Settings())) == []


def test_the_first_of_two_columns_of_a_name_counts() -> None:
    assert read_texts(b"text,text,id\nTwelve,no,1\n") == ["Twelve"]
