"""Formats, the tally, and what goes to stderr."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable

import pytest
from made_reports import RUN, make_extraction, make_report

from reportedly.model import Extraction, Failure
from reportedly.record.export.jsonl import from_record
from reportedly.serve.formats import FORMATS, NAMED_EMPTY, Tally, find_confident, write_all
from reportedly.serve.progress import Progress

EMPTY = Extraction(report=make_report(origin="b.txt"), reason="not English")
FAILURE = Failure(origin="c.bin", cause="a binary file", hint="give text")


def write(name: str, results: Iterable[Extraction | Failure], **options: float) -> tuple[str, Tally]:
    stream = io.StringIO()
    tally = write_all(results, FORMATS[name](stream, RUN), Progress(io.StringIO()), **options)
    return stream.getvalue(), tally


def test_json_lines_hold_claims_alone(capsys: pytest.CaptureFixture[str]) -> None:
    written, _ = write("jsonl", [make_extraction(), EMPTY, FAILURE])
    assert [from_record(json.loads(line)) for line in written.splitlines()] == list(make_extraction().claims)
    complaints = capsys.readouterr().err.splitlines()
    assert complaints == [
        "reportedly: no claims: not English (b.txt r-1)",
        "reportedly: failed: a binary file (c.bin) - give text",
    ]


@pytest.mark.parametrize("results", [[], [make_extraction(), EMPTY, FAILURE], [FAILURE]])
def test_json_is_one_object_of_run_reports_and_failures(results: list[Extraction | Failure]) -> None:
    whole = json.loads(write("json", results)[0])
    assert list(whole) == ["run", "reports", "failures"]
    assert whole["run"]["run_id"] == RUN.run_id
    assert len(whole["reports"]) + len(whole["failures"]) == len(results)


@pytest.mark.parametrize("name", ["table", "html", "json"])
def test_failures_and_reasons_are_rows_where_people_read(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    written, _ = write(name, [make_extraction(), EMPTY, FAILURE])
    assert "a binary file" in written
    assert "not English" in written
    assert not capsys.readouterr().err


@pytest.mark.parametrize("name", FORMATS)
def test_a_batch_of_nothing_is_written_without_trouble(name: str) -> None:
    assert write(name, [])[1].read == 0


def test_the_summary_says_what_was_read_coded_and_why_not() -> None:
    summary = write("json", [make_extraction(), EMPTY, FAILURE, FAILURE])[1].to_summary()
    assert summary == (
        "2 reports read, 1 coded, 1 without claims (not English: 1), 2 failed (a binary file: 2), 4 claims"
    )


def test_many_reports_without_claims_do_not_flood_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    _, tally = write("jsonl", [EMPTY] * (NAMED_EMPTY + 30))
    assert len(capsys.readouterr().err.splitlines()) == NAMED_EMPTY
    assert "(not English: 50)" in tally.to_summary()


def test_claims_below_the_asked_confidence_are_left_out_and_counted() -> None:
    written, tally = write("jsonl", [make_extraction()], min_confidence=0.5)
    assert len(written.splitlines()) == 3
    assert tally.to_summary().endswith("3 claims, 1 below the asked confidence")


def test_links_to_claims_left_out_go_with_them() -> None:
    extraction = make_extraction()
    first, second = extraction.claims[0], extraction.claims[1]
    assert first.relates_to[0].claim_id == second.claim_id
    weak = Extraction(report=extraction.report, claims=(first, make_extraction().claims[2]))
    assert find_confident(weak, 0.5).claims[0].relates_to == ()


def test_a_report_whose_claims_all_fall_out_says_so() -> None:
    assert find_confident(make_extraction(), 0.99).reason == "all claims are below the confidence 0.99"
