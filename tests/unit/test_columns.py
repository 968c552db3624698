"""Which column of a table fills which field, with a mapping and without."""

from __future__ import annotations

import io

import pytest

from reportedly.errors import ReadError
from reportedly.model import Failure, Item
from reportedly.read import read_items
from reportedly.read.records import find_fields, find_value, to_columns, to_moment
from reportedly.settings import Settings


def test_fields_are_found_by_their_names_whatever_the_case() -> None:
    assert to_columns({}, ["TEXT", "Published", "other"]).by_field == {"text": "TEXT", "published": "Published"}


def test_fields_are_found_by_what_others_call_them() -> None:
    names = ["Full Text", "pub-date", "Headline", "Author", "Outlet", "Link", "Lang"]
    assert to_columns({}, names).by_field == {
        "text": "Full Text",
        "published": "pub-date",
        "title": "Headline",
        "byline": "Author",
        "publisher": "Outlet",
        "url": "Link",
        "language": "Lang",
    }


def test_our_own_name_wins_over_a_synonym() -> None:
    assert to_columns({}, ["content", "body", "text"]).by_field["text"] == "text"
    assert to_columns({}, ["content", "body"]).by_field["text"] == "body"


def test_a_mapping_wins_and_its_column_fills_nothing_else() -> None:
    assert to_columns({"text": "title"}, ["title", "text"]).by_field == {"text": "title"}


@pytest.mark.parametrize(
    ("given", "cause", "hint"),
    [
        ({"text": "bdoy"}, "no column 'bdoy'", "did you mean 'Body'?"),
        ({"text": "zzzz"}, "no column 'zzzz'", "there are: Body, when"),
        ({"txet": "Body"}, "no field 'txet' to map a column to", "did you mean 'text'?"),
    ],
)
def test_a_mapping_that_cannot_hold_says_what_was_meant(given: dict[str, str], cause: str, hint: str) -> None:
    with pytest.raises(ReadError) as raised:
        to_columns(given, ["Body", "when"])
    assert (raised.value.message, raised.value.hint) == (cause, hint)


def test_a_table_without_a_text_lists_its_columns() -> None:
    with pytest.raises(ReadError) as raised:
        to_columns({}, ["a", "b"])
    assert raised.value.hint == "--map text=COLUMN with one of: a, b"


def test_a_path_leads_into_an_object_and_a_name_with_a_dot_wins_over_it() -> None:
    assert find_value({"a": {"b": {"c": 1}}}, "a.b.c") == 1
    assert find_value({"a.b": 2, "a": {"b": 1}}, "a.b") == 2
    assert find_value({"a": [1]}, "a.b") is None


def test_the_fields_of_a_line_of_names_are_counted() -> None:
    assert find_fields(["Body", "date", "other"]) == {"text", "published"}


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2021-03-03", "2021-03-03"),
        ("2021-03-03T10:15:00Z", "2021-03-03T10:15:00+00:00"),
        ("2021-03-03 10:15", "2021-03-03T10:15:00"),
        ("3 March 2021", "2021-03-03"),
        ("Wed, 03 Mar 2021 10:15:00 GMT", "2021-03-03"),
    ],
)
def test_a_time_of_day_is_kept_where_it_is_iso(written: str, moment: str) -> None:
    assert to_moment(written) == moment


@pytest.mark.parametrize("written", ["2021-02-30T10:15:00Z", "01/02/2021", "1614766500"])
def test_what_is_no_date_is_refused(written: str) -> None:
    with pytest.raises(ReadError):
        to_moment(written)


def read_lines(data: bytes, **columns: str) -> list[Item | Failure]:
    return list(read_items(["-"], Settings(), columns=columns, stdin=io.BytesIO(data)))


def test_json_lines_honour_a_mapping_alone() -> None:
    data = b'{"body": "Twelve.", "text": "no", "n": {"id": 7}}\n{"text": "no"}\n{"body": 5}\n'
    one, two, three = read_lines(data, text="body", id="n.id")
    assert isinstance(one, Item)
    assert (one.text, one.external_id) == ("Twelve.", "7")
    assert isinstance(two, Failure)
    assert two.cause == "no column 'body'"
    assert isinstance(three, Failure)
    assert three.cause == '"body" must be a string, not a number'
    (four,) = read_lines(b'{"body": "Twelve."}\n')
    assert isinstance(four, Failure)


def test_a_mapping_of_an_unknown_field_is_one_failure_for_json_lines_too() -> None:
    (failure,) = read_lines(b'{"body": "Twelve."}\n' * 3, words="body")
    assert isinstance(failure, Failure)
    assert failure.cause == "no field 'words' to map a column to"
