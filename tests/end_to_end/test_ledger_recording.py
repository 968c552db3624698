"""What the ledger records: each thing once, each version, each run, and never a change to an old row."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from made_ledgers import (
    FIGURES,
    RUN,
    TEXT,
    hash_rows,
    make_claim,
    make_extraction,
    make_item,
    make_many,
    make_run,
    make_source,
    read_views,
)

from reportedly.errors import LedgerError
from reportedly.model import Extraction, Failure, to_report_id
from reportedly.record.ledger import Ledger
from reportedly.record.writing import Result

LATER = make_run("two")


def to_version(number: int, retrieved: str | None = None, **changes: object) -> Extraction:
    """One version of one page."""
    item = make_item(f"{TEXT}\n\nVersion {number}.", identity="https://example.org/a", retrieved=retrieved, **changes)
    return make_extraction(item)


def read_version(ledger: Ledger) -> str:
    """The last line of the one report that counts."""
    (report,) = ledger.reports()
    return report.text.rpartition("\n")[2]


# ---------------------------------------------------------------- once


def test_recording_the_same_twice_changes_nothing(ledger: Ledger) -> None:
    first = ledger.record(RUN, make_many(5))
    before = hash_rows(ledger), read_views(ledger)
    again = ledger.record(RUN, make_many(5))
    assert (first.new, first.known, first.claims) == (5, 0, 15)
    assert (again.new, again.known, again.claims, again.added) == (0, 5, 0, frozenset())
    assert (hash_rows(ledger), read_views(ledger)) == before


def test_the_same_report_twice_in_one_batch_is_one(ledger: Ledger) -> None:
    outcome = ledger.record(RUN, [*make_many(2), *make_many(2)])
    assert (outcome.new, outcome.known, ledger.count()) == (2, 2, 6)


def test_a_report_from_two_paths_is_one_with_two_origins(ledger: Ledger) -> None:
    ledger.record(RUN, [make_extraction(make_item(origin="/a/one.txt"))])
    ledger.record(RUN, [make_extraction(make_item(origin="/b/two.txt", raw_sha256="ff"))])
    (claim, *_) = ledger.claims()
    entry = ledger.find_entry(claim.claim_id)
    assert entry.origins == ("/a/one.txt", "/b/two.txt")
    assert entry.raw_sha256 == "ff"
    assert ledger.stats().reports == 1
    assert ledger.count() == len(FIGURES)


def test_an_item_alone_adds_an_origin_to_a_report_that_is_there(ledger: Ledger) -> None:
    ledger.record(RUN, [make_extraction()])
    outcome = ledger.record(RUN, [Result(found=make_item(origin="/elsewhere.txt"))])
    assert (outcome.new, outcome.known) == (0, 1)
    assert ledger.find_report(to_report_id(make_item())).origins == ("/a/report.txt", "/elsewhere.txt")


def test_a_batch_larger_than_a_statement_may_be_is_recorded_whole(ledger: Ledger) -> None:
    made = [make_extraction(make_item(f"{TEXT}\n\n{number}"), ("12",)) for number in range(2_500)]
    outcome = ledger.record(RUN, made)
    assert (outcome.new, len(outcome.added), ledger.count()) == (2_500, 2_500, 2_500)


def test_a_batch_that_breaks_leaves_nothing(ledger: Ledger) -> None:
    item = make_item(f"{TEXT}\n\nAnother.")
    claim = make_claim(item, "12")
    with pytest.raises(Exception, match="claim"):
        ledger.record(RUN, [*make_many(3), make_extraction(item, claims=(claim, claim))])
    assert hash_rows(ledger) == {}
    assert ledger.record(RUN, make_many(3)).new == 3


def test_items_come_out_as_they_went_in(ledger: Ledger) -> None:
    item = make_item(
        title="Cut",
        byline="A. Writer",
        links=("https://example.org/x",),
        identity="a",
        retrieved="2021-01-01T00:00:00Z",
    )
    ledger.record(RUN, [make_extraction(item)])
    assert list(ledger.items()) == [item]
    assert list(ledger.items(RUN)) == []
    assert list(ledger.items(LATER)) == [item]


def test_known_reports_and_inputs_are_known_by_their_run_alone(ledger: Ledger) -> None:
    report_id = to_report_id(make_item())
    ledger.record(RUN, [Result(found=make_extraction(), input_key="key")])
    assert ledger.find_known(RUN, reports=[report_id, "other"], inputs=["key", "no"]) == {report_id, "key"}
    assert ledger.find_known(LATER, reports=[report_id], inputs=["key"]) == frozenset()


# ---------------------------------------------------------------- versions


def test_a_newer_version_replaces_the_older(ledger: Ledger) -> None:
    ledger.record(RUN, [to_version(1)])
    outcome = ledger.record(RUN, [to_version(2)])
    assert outcome.replacing == 1
    assert read_version(ledger) == "Version 2."
    old, new = (to_report_id(to_version(number).item) for number in (1, 2))
    assert ledger.find_report(old).replaced_by == new
    assert ledger.find_report(new).replaces == (old,)
    assert ledger.find_report(old).claims != ()
    assert ledger.stats().versions == 2


@pytest.mark.parametrize("order", [(1, 2, 3), (3, 2, 1), (2, 3, 1), (3, 1, 2), (1, 3, 2), (2, 1, 3)])
@pytest.mark.parametrize("together", [True, False])
def test_of_three_versions_in_any_order_the_one_retrieved_last_counts(
    ledger: Ledger, order: tuple[int, ...], together: bool
) -> None:
    made = [to_version(number, f"2021-03-0{number}T10:00:00+00:00") for number in order]
    for batch in [made] if together else [[each] for each in made]:
        ledger.record(RUN, batch)
    assert read_version(ledger) == "Version 3."


def test_times_of_retrieval_are_compared_as_moments(ledger: Ledger) -> None:
    ledger.record(RUN, [to_version(1, "2021-03-01T10:00:00Z")])
    ledger.record(RUN, [to_version(2, "2021-03-01T11:30:00+02:00")])
    assert read_version(ledger) == "Version 1."


def test_a_late_version_that_comes_twice_in_a_batch_is_recorded_once(ledger: Ledger) -> None:
    ledger.record(RUN, [to_version(2, "2021-03-02T00:00:00Z")])
    late = to_version(1, "2021-03-01T00:00:00Z")
    outcome = ledger.record(RUN, [late, to_version(1, "2021-03-01T00:00:00Z", origin="/other.txt")])
    assert (outcome.new, outcome.known, outcome.replacing) == (1, 1, 1)
    assert read_version(ledger) == "Version 2."


def test_the_same_version_again_changes_nothing(ledger: Ledger) -> None:
    for number in (1, 2):
        ledger.record(RUN, [to_version(number, f"2021-03-0{number}T00:00:00Z")])
    before = hash_rows(ledger)
    for number in (2, 1, 1, 2):
        ledger.record(RUN, [to_version(number, f"2021-03-0{number}T00:00:00Z")])
    assert hash_rows(ledger) == before
    assert read_version(ledger) == "Version 2."


def test_a_page_that_is_again_as_it_was_counts_again(ledger: Ledger) -> None:
    ledger.record(RUN, [to_version(1, "2021-03-01T00:00:00Z")])
    ledger.record(RUN, [to_version(2, "2021-03-02T00:00:00Z")])
    back = to_version(1, "2021-03-03T00:00:00Z")
    ledger.record(RUN, [Result(found=back.item)])
    assert read_version(ledger) == "Version 1."
    assert ledger.find_report(to_report_id(back.item)).replaced_by is None
    ledger.record(RUN, [to_version(2, "2021-03-02T12:00:00Z")])
    assert read_version(ledger) == "Version 1."
    ledger.record(RUN, [to_version(3, "2021-03-04T00:00:00Z")])
    assert read_version(ledger) == "Version 3."
    ledger.record(RUN, [to_version(2, "2021-03-05T00:00:00Z")])
    assert read_version(ledger) == "Version 2."


# ---------------------------------------------------------------- runs


def test_the_latest_run_counts_and_the_older_stays_readable(ledger: Ledger) -> None:
    item = make_item()
    ledger.record(RUN, [make_extraction(item)])
    changed = make_claim(item, "5,200", run=LATER, measure="advisers")
    new = make_claim(item, "30", run=LATER, measure="wounded")
    ledger.record(LATER, [make_extraction(item, claims=(changed, new), run=LATER)])
    assert {claim.evidence.text for claim in ledger.claims()} == {"5,200", "30"}
    lost = make_claim(item, "1,700")
    entry = ledger.find_entry(lost.claim_id)
    assert (entry.claim, entry.run) == (lost, RUN)
    assert ledger.find_entry(changed.claim_id).claim.measure == "advisers"
    found = [
        (str(each.change), (each.new or each.old).evidence.text, each.fields)
        for each in ledger.diff(RUN.run_id, LATER.run_id[:8])
    ]
    assert found == [
        ("altered", "5,200", ("measure",)),
        ("lost", "1,700", ()),
        ("lost", "12", ()),
        ("gained", "30", ()),
    ]
    assert [(each.run.version, each.reports, each.claims) for each in ledger.runs()] == [("one", 1, 3), ("two", 1, 2)]


def test_a_run_that_finds_nothing_leaves_its_reason(ledger: Ledger) -> None:
    ledger.record(RUN, [make_extraction()])
    report = make_extraction(claims=()).report
    bare = make_extraction()
    empty = type(bare)(report=report, claims=(), reason="not English", item=bare.item)
    ledger.record(LATER, [empty])
    assert ledger.count() == 0
    assert ledger.find_report(report.report_id).reason == "not English"
    assert ledger.stats().uncoded == (("not English", 1),)


# ---------------------------------------------------------------- append-only


def _judge(ledger: Ledger) -> None:
    claim = next(iter(ledger.claims()))
    ledger.judge(claim.claim_id, "amend", by="Ann", why="misread", changes={"measure": "killed"})


def _withdraw_all_kinds(ledger: Ledger) -> None:
    first, second, *_ = ledger.claims()
    entry = ledger.judge(first.claim_id, "reject", by="Ann", why="no")
    assert entry.claim.judgement
    ledger.withdraw(entry.claim.judgement.judgement_id, by="Ann", why="yes")
    ledger.withdraw(second.claim_id, by="Ann", why="doubled")
    ledger.withdraw(second.report_id, by="Ann", why="a parody")


def _fail_and_mend(ledger: Ledger) -> None:
    asked = {"path": "/a/broken"}
    ledger.record(RUN, [Result(found=Failure(origin="/a/broken", cause="empty"), asked=asked)])
    ledger.resolve(asked, ())


WRITES: dict[str, Callable[[Ledger], object]] = {
    "record": lambda ledger: ledger.record(RUN, make_many(3, first=2)),
    "record again": lambda ledger: ledger.record(RUN, make_many(3)),
    "another place": lambda ledger: ledger.record(RUN, [Result(found=make_many(1)[0].item)]),
    "another run": lambda ledger: ledger.record(LATER, make_many(3, run=LATER)),
    "versions": lambda ledger: ledger.record(RUN, [to_version(1), to_version(2)]),
    "judge": _judge,
    "withdraw": _withdraw_all_kinds,
    "fail and mend": _fail_and_mend,
    "keep": lambda ledger: ledger.keep("https://example.org", "etag", None),
    "rebuild": lambda ledger: ledger.rebuild(),
    "optimize": lambda ledger: ledger.optimize(),
}


def test_no_write_changes_or_deletes_an_old_row(ledger: Ledger) -> None:
    ledger.record(RUN, make_many(3))
    for write in (*WRITES.values(), *WRITES.values()):
        before = hash_rows(ledger)
        with contextlib.suppress(LedgerError):  # the second time some things are taken back already
            write(ledger)
        after = hash_rows(ledger)
        assert before.items() <= after.items()


# ---------------------------------------------------------------- failures


def test_a_failure_stands_once_until_it_is_mended_and_may_come_back(ledger: Ledger) -> None:
    asked = {"path": "/a/broken.pdf", "publisher": None}
    result = Result(found=Failure(origin="/a/broken.pdf", cause="not a PDF", hint="see the file"), asked=asked)
    for _ in range(2):
        assert ledger.record(RUN, [result]).failed == 1
    (standing,) = ledger.failures()
    assert (standing.cause, standing.asked, standing.resolved_at) == ("not a PDF", asked, None)
    assert ledger.resolve(asked, [result.found]) == 0
    assert ledger.resolve(asked, []) == 1
    assert ledger.failures() == []
    (mended,) = ledger.failures(resolved=True)
    assert mended.resolved_at
    ledger.record(RUN, [result])
    assert len(ledger.failures()) == 1
    assert len(ledger.failures(resolved=True)) == 2


def test_only_failures_of_what_was_asked_are_mended(ledger: Ledger) -> None:
    for name in "ab":
        ledger.record(RUN, [Result(found=Failure(origin=f"/{name}:3", cause="broken"), asked={"path": f"/{name}"})])
    assert ledger.resolve({"path": "/a", "publisher": "other options"}, []) == 1
    assert [each.origin for each in ledger.failures()] == ["/b:3"]


# ---------------------------------------------------------------- hostile letters


def test_what_no_database_stores_is_replaced_and_emoji_stay(ledger: Ledger) -> None:
    text = "Guards \U0001f482 saw 12\x00\ud800 troops."
    item = make_item(
        text,
        origin="/a/\udcff\x00.txt",
        publisher="Her\x00ald \U0001f5de",
        title="\ud83d",
        external_id="\x00",
        url="\udc80",
    )
    claim = make_claim(item, "12", sources=(make_source("guard\ud800\x00"),))
    ledger.record(RUN, [make_extraction(item, claims=(claim,))])
    ledger.record(
        RUN, [Result(found=Failure(origin="/\udcff", cause="bad \ud800\x00", hint="\x00"), asked={"path": "/\udcff"})]
    )
    (entry,) = ledger.entries()
    at = entry.claim.evidence
    assert entry.report.text[at.start : at.end] == at.text == "12"
    assert entry.report.text == "Guards \U0001f482 saw 12\ufffd\ufffd troops."
    assert entry.origins == ("/a/\ufffd\ufffd.txt",)
    assert entry.claim.sources[0].text == "guard\ufffd\ufffd"
    assert entry.report.publisher == "Her\ufffdald \U0001f5de"
    assert ledger.failures()[0].cause == "bad \ufffd\ufffd"
    assert ledger.resolve({"path": "/\udcff"}, []) == 1
    before = read_views(ledger)
    ledger.rebuild()
    assert read_views(ledger) == before


def test_a_written_backslash_before_u0000_stays(ledger: Ledger) -> None:
    item = make_item(title="C:\\u0000 \\\\u0000")
    ledger.record(RUN, [make_extraction(item)])
    assert next(ledger.items()).title == item.title


def test_validators_are_kept_by_address(ledger: Ledger) -> None:
    assert ledger.find("https://example.org/\udcff") is None
    ledger.keep("https://example.org/\udcff", '"a"', None)
    ledger.keep("https://example.org/\udcff", '"b"', "Mon")
    ledger.keep("https://example.org/other", None, None)
    assert ledger.find("https://example.org/\udcff") == ('"b"', "Mon")
    assert ledger.find("https://example.org/other") == (None, None), "read, and its server said nothing"


def test_two_ledgers_made_of_the_same_are_the_same(ledger: Ledger, tmp_path: Path) -> None:
    with Ledger(tmp_path / "other.db", create=True) as other:
        for each in (ledger, other):
            each._clock = lambda: datetime(2021, 1, 1, tzinfo=UTC)
            each.record(RUN, make_many(4))
        assert hash_rows(ledger) == hash_rows(other)
