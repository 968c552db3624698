"""Every golden case of a reader gives the items and failures it must give; the runner itself refuses bad cases."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from reader_cases import ReaderCase, ReaderCaseError, find_reader_differences, read_case, read_reader_cases

from reportedly.model import Failure, Item, Region, Words
from reportedly.vocab import RegionKind


def to_parameter(case: ReaderCase) -> Any:
    """Makes a test's parameter of a case; a known failure must fail, or it is known no longer."""
    wrong = pytest.mark.xfail(strict=True, raises=AssertionError, reason=str(case.content["note"]))
    return pytest.param(case, id=case.name, marks=[wrong] if case.is_known_failure else [])


@pytest.mark.parametrize("case", [to_parameter(case) for case in read_reader_cases()])
def test_a_reader_finds_what_its_golden_case_has(case: ReaderCase, tmp_path: Path) -> None:
    differences = find_reader_differences(case.content, read_case(case, tmp_path))
    assert not differences, "\n".join([case.name, *differences])


# ---------------------------------------------------------------- the runner itself

ITEM = Item(
    text="Bridge closed\n\nTwelve were held.\n",
    title="Bridge closed",
    regions=(Region(kind=RegionKind.HEADLINE, start=0, end=13),),
    credited=Words(text="Twelve", start=15, end=21),
    links=("https://klow.example/a",),
)


@pytest.mark.parametrize(
    "wanted",
    [
        {"text": "Bridge closed\n\nTwelve were held."},
        {"title": "Bridge closed", "byline": None},
        {"regions": [["headline", "Bridge closed"]], "credited": "Twelve", "links": ["https://klow.example/a"]},
    ],
)
def test_an_item_that_is_as_expected_gives_no_difference(wanted: dict[str, Any]) -> None:
    assert find_reader_differences({"items": [wanted]}, [ITEM]) == []


@pytest.mark.parametrize(
    ("content", "difference"),
    [
        ({"items": [{"title": "Bridge"}]}, "item 1: title: 'Bridge closed' where the case has 'Bridge'"),
        ({"items": []}, "1 items where the case has 0"),
        ({"items": [{"reader": "text"}], "failures": ["empty"]}, "0 failures where the case has 1: []"),
        ({"items": [{"regions": []}]}, "item 1: regions: [['headline', 'Bridge closed']] where the case has []"),
    ],
)
def test_what_a_reader_does_differently_is_said(content: dict[str, Any], difference: str) -> None:
    assert find_reader_differences(content, [ITEM]) == [difference]


def test_failures_are_told_by_the_beginning_of_their_causes() -> None:
    found = [Failure(origin="a", cause="empty: no bytes"), Failure(origin="b", cause="binary: a PDF")]
    assert find_reader_differences({"failures": ["empty", "binary"]}, found) == []
    assert find_reader_differences({"failures": ["empty", "no"]}, found) == [
        "failure 2: 'binary: a PDF' where the case has 'no'"
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("text: a\nitems: [{text: a}]\n", "no note"),
        ("note: a\nitems: [{text: a}]\n", "one of input, text, make is needed"),
        ("note: a\ntext: a\nmake: b\nitems: [{text: a}]\n", "one of input, text, make is needed"),
        ("note: a\ninput: b.html\nitems: [{text: a}]\n", "no file 'b.html'"),
        ("note: a\nmake: nothing\nitems: [{text: a}]\n", "no function 'nothing'"),
        ("note: a\ntext: a\n", "expects nothing"),
        ("note: a\ntext: a\nitems: [{}]\n", "item 1 expects nothing"),
        ("note: a\ntext: a\nitems: [{body: a}]\n", "unknown fields"),
        ("note: a\ntext: a\nwhy: b\nitems: [{text: a}]\n", "unknown fields"),
        ("note: a\ntext: a\nknown: {charset: b}\nitems: [{text: a}]\n", "unknown fields"),
        ("note: a\ntext: a\nfailures: ['']\n", "the words its cause begins with"),
        ("note: a\ntext: a\nitems: [{text: a}]\nexpect: right\n", "can only be"),
        ("- a\n", "no case"),
    ],
)
def test_a_malformed_reader_case_is_refused(text: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "a-case.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ReaderCaseError, match=message):
        read_reader_cases(tmp_path)
