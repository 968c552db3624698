"""The golden runner itself: it sees what differs, refuses what is malformed, and updates only what it may."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from golden_cases import CaseError, find_differences, find_value, find_words, read_cases, to_updated, write_case

TEXT = "It has 1,500 troops and 5 tanks; 5 more will follow in 2011."


def make_record(words: str, nth: int = 1, **fields: Any) -> dict[str, Any]:
    start, end = find_words(TEXT, words, nth)
    evidence = {"start": start, "end": end, "text": words}
    return {"kind": "quantity", "evidence": evidence, "place": None, "sources": [], **fields}


def write_file(folder: Path, text: str) -> Path:
    path = folder / "a-case.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def find_one(claim: dict[str, Any], *records: dict[str, Any], **case: Any) -> list[str]:
    return find_differences({"claims": [claim], **case}, TEXT, records)


@pytest.mark.parametrize(("nth", "start"), [(1, 24), (2, 33)])
def test_words_are_found_only_where_they_stand_alone(nth: int, start: int) -> None:
    assert find_words(TEXT, "5", nth) == (start, start + 1)


def test_words_that_are_not_there_are_an_error() -> None:
    with pytest.raises(CaseError, match="stands 2 times in the text, not 3"):
        find_words(TEXT, "5", 3)


def test_a_claim_that_is_as_expected_gives_no_difference() -> None:
    record = make_record("5", 2, measure="tanks", quantity={"low": 5}, sources=[{"text": "a"}, {"text": "b"}])
    claim = {"figure": "5", "nth": 2, "measure": "tanks", "quantity.low": 5, "sources.-1.text": "b", "place.name": None}
    assert find_one(claim, record) == []


@pytest.mark.parametrize(
    ("claim", "difference"),
    [
        ({"figure": "5", "measure": "ships"}, "5: measure: 'tanks' where the case has 'ships'"),
        ({"figure": "5", "sources.0.text": "a"}, "5: sources.0.text: None where the case has 'a'"),
        ({"figure": "5", "nth": 2}, "5 (no. 2): no claim (claims come from '5')"),
        ({"figure": "5", "absent": True}, "5: a claim where none should be"),
    ],
)
def test_what_differs_is_said(claim: dict[str, Any], difference: str) -> None:
    assert find_one(claim, make_record("5", measure="tanks")) == [difference]


def test_a_claim_that_is_not_listed_counts_where_the_case_says_only() -> None:
    records = (make_record("5"), make_record("2011"))
    assert find_one({"figure": "5"}, *records) == []
    assert find_one({"figure": "5"}, *records, only=True) == ["2011: a claim that the case does not have"]
    assert find_differences({"only": True}, TEXT, records[:1]) == ["5: a claim that the case does not have"]


def test_a_field_that_no_claim_has_is_an_error() -> None:
    with pytest.raises(CaseError, match=r"no field 'quantity\.lowest'"):
        find_value({"quantity": {"low": 1}}, "quantity.lowest")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("note: a\nclaims: []\n", "no report"),
        ("report: {text: a}\nonly: true\n", "no note"),
        ("note: a\nreport: {text: a}\n", "expects nothing"),
        ("note: a\nreport: {text: a, body: b}\nonly: true\n", "unknown fields"),
        ("note: a\nreport: {text: a}\nonly: true\nexpect: right\n", "can only be"),
        ("note: a\nreport: {text: has 5}\nclaims: [{figure: 5}]\n", "quoted words"),
        ("note: a\nreport: {text: has 5}\nclaims: [{figure: '6'}]\n", "stands 0 times"),
        ("note: a\nreport: {text: has 5}\nclaims: [{figure: '5', evidence.start: 4}]\n", "no offsets"),
    ],
)
def test_a_malformed_case_is_refused(text: str, message: str, tmp_path: Path) -> None:
    write_file(tmp_path, text)
    with pytest.raises(CaseError, match=message):
        read_cases(tmp_path)


def test_dates_stay_the_strings_that_claims_hold(tmp_path: Path) -> None:
    text = "note: a\nreport: {text: has 5, published: 2020-08-28}\nclaims: [{figure: '5', time.end: 2020-08-28}]\n"
    write_file(tmp_path, text)
    (case,) = read_cases(tmp_path)
    assert case.content["report"]["published"] == case.content["claims"][0]["time.end"] == "2020-08-28"


def test_an_update_sets_the_listed_fields_and_no_others(tmp_path: Path) -> None:
    head = "# Kept.\n"
    first = f'note: one\nreport:\n  text: "{TEXT}"\nclaims:\n  - figure: "5"\n    measure: ships\n'
    path = write_file(tmp_path, f"{head}{first}---\n{first.replace('one', 'two')}")
    _, second = read_cases(tmp_path)
    record = make_record("5", measure="tanks", status="happened")
    write_case(second, to_updated(second.content, TEXT, [record]))
    one, two = read_cases(tmp_path)
    assert path.read_text(encoding="utf-8").startswith(head)
    assert one.content["claims"] == [{"figure": "5", "measure": "ships"}]
    assert two.content["claims"] == [{"figure": "5", "measure": "tanks"}]


def test_a_case_is_written_as_it_was_read(tmp_path: Path) -> None:
    text = (
        "note: a\nreport:\n  text: |\n    It has 5.\n    No more.\n  published: 2020-08-28\n"
        'claims:\n  - figure: "5"\n    measure: tanks\n    place: null\nonly: true\n'
    )
    path = write_file(tmp_path, text)
    (case,) = read_cases(tmp_path)
    write_case(case, case.content)
    assert path.read_text(encoding="utf-8") == text
