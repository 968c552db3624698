"""The JSON Schema that is made from the model."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest
from made_reports import make_claim, make_extraction, make_report

from reportedly.model import Event, Words
from reportedly.record.export.jsonl import to_line, to_record, to_report_record
from reportedly.record.schema import find_descriptions, to_report_schema, to_schema
from reportedly.settings import Settings
from reportedly.vocab import Kind, Status


def validator(schema: dict[str, object]) -> Any:
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def test_every_record_holds_to_the_schema() -> None:
    event = Event(type="FIGHT", mode=None, contexts=(), cameo=None, trigger=Words(text="x", start=1, end=2))
    for claim in (*make_extraction().claims, make_claim(kind=Kind.EVENT, quantity=None, event=event, place=None)):
        validator(to_schema()).validate(json.loads(to_line(claim)))


def test_a_reports_record_holds_to_its_schema() -> None:
    validator(to_report_schema()).validate(to_report_record(make_report()))


@pytest.mark.parametrize(
    "change",
    [{"status": "wished"}, {"confidence": 1.5}, {"schema": "reportedly.claim/2"}, {"evidence": None}, {"rules": "x"}],
)
def test_what_breaks_the_contract_breaks_the_schema(change: dict[str, object]) -> None:
    assert not validator(to_schema()).is_valid({**to_record(make_claim()), **change})


def test_a_missing_field_breaks_the_schema() -> None:
    record = to_record(make_claim())
    del record["place"]
    assert not validator(to_schema()).is_valid(record)


def test_properties_stand_in_the_records_order() -> None:
    properties = to_schema()["properties"]
    assert isinstance(properties, dict)
    assert list(properties) == list(to_record(make_claim()))


def test_vocabularies_come_from_the_enums() -> None:
    definitions: Any = to_schema()["$defs"]
    assert definitions["Status"]["enum"] == [str(status) for status in Status]


def test_descriptions_come_from_docstrings() -> None:
    assert find_descriptions(Settings)["batch_size"].startswith("sentences a parser batch")
