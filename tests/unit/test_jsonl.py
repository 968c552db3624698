"""The claim's JSON record."""

from __future__ import annotations

import json

import pytest
from made_reports import RUN, make_claim, make_extraction, make_report

from reportedly.errors import ReadError
from reportedly.model import Event, Words
from reportedly.record.export.jsonl import (
    from_record,
    from_report_record,
    read_records,
    to_line,
    to_record,
    to_report_record,
    to_run_record,
)
from reportedly.vocab import Kind

CONTRACT = [
    "schema", "external_id", "claim_id", "report_id", "kind", "evidence", "measure", "quantity", "actor", "recipient",
    "place", "time", "event", "status", "factuality", "sources", "relates_to", "confidence", "rules", "run_id",
    "judgement",
]  # fmt: skip


def test_the_record_has_the_contracts_fields_in_the_contracts_order() -> None:
    assert list(to_record(make_claim())) == CONTRACT


def test_what_the_report_does_not_say_is_null_not_missing() -> None:
    record = to_record(make_claim(actor=None, place=None, sources=()))
    assert record["actor"] is None
    assert record["event"] is None
    assert record["sources"] == []


def test_whole_numbers_have_no_decimals() -> None:
    assert '"low": 1700,' in to_line(make_claim())


def test_letters_stay_as_they_are() -> None:
    assert "Côte d’Ivoire 🙂" in to_line(make_claim(measure="Côte d’Ivoire 🙂"))


def test_a_claim_comes_back_as_it_went() -> None:
    event = Event(
        type="FIGHT", mode="drone", contexts=("military",), cameo="195", trigger=Words(text="x", start=1, end=2)
    )
    for claim in (*make_extraction().claims, make_claim(kind=Kind.EVENT, quantity=None, event=event)):
        assert from_record(json.loads(to_line(claim))) == claim


def test_a_report_comes_back_without_the_path_it_was_read_from() -> None:
    record = to_report_record(make_report())
    assert "origin" not in record
    assert from_report_record(record) == make_report(origin="")


def test_a_runs_settings_are_an_object() -> None:
    assert to_run_record(RUN)["settings"] == {"model": ""}


def test_a_field_of_a_later_version_is_left_out() -> None:
    assert from_record({**to_record(make_claim()), "weather": "mild"}) == make_claim()


@pytest.mark.parametrize(
    ("line", "cause"),
    [
        ("{", "not a line of JSON"),
        ("[]", "not a claim record"),
        ("{}", "not a claim record"),
        ('{"claim_id": 7}', "not a claim record"),
        (to_line(make_claim()).replace('"planned"', '"wished"'), "wished"),
    ],
)
def test_a_line_that_is_no_claim_is_named_with_its_number(line: str, cause: str) -> None:
    with pytest.raises(ReadError, match=cause) as raised:
        list(read_records(["", to_line(make_claim()), line], where="claims.jsonl"))
    assert raised.value.where == "claims.jsonl:3"
