"""The versions of a report, and what was said of a claim through several runs."""

from __future__ import annotations

from dataclasses import replace

import pytest
from made_ledgers import RUN, make_claim, make_extraction, make_item, make_run

from reportedly.errors import LedgerError
from reportedly.model import to_report_id
from reportedly.record.ledger import Ledger
from reportedly.vocab import Role

PAGE = "https://example.org/story"
SAID = {"by": "Ann", "why": "seen"}


def record_page(ledger: Ledger, text: str, day: int) -> str:
    item = make_item(f"{text} 12 died.", identity=PAGE, url=PAGE, retrieved=f"2020-08-{day:02}T10:00:00+00:00")
    ledger.record(RUN, [make_extraction(item, ["12"])])
    return to_report_id(item)


def test_the_versions_of_a_page_are_listed_the_one_that_counts_last(ledger: Ledger) -> None:
    ids = [record_page(ledger, text, day) for text, day in (("One.", 1), ("Two.", 2), ("Three.", 3))]
    for each in ids:
        assert [version.report_id for version in ledger.versions(each)] == ids
    assert ledger.find_report(ids[0]).replaced_by == ids[1]


def test_a_version_that_came_back_counts_and_is_last(ledger: Ledger) -> None:
    first, second = record_page(ledger, "One.", 1), record_page(ledger, "Two.", 2)
    assert record_page(ledger, "One.", 3) == first
    assert [version.report_id for version in ledger.versions(second)] == [second, first]
    assert ledger.find_report(first).replaced_by is None
    assert ledger.find_report(second).replaced_by == first


def test_a_report_without_other_versions_is_alone(ledger: Ledger) -> None:
    item = make_item()
    ledger.record(RUN, [make_extraction(item)])
    (version,) = ledger.versions(to_report_id(item))
    assert (version.report_id, version.published) == (to_report_id(item), "2020-08-28")


def test_what_was_said_of_an_older_runs_claim_is_in_the_history_of_its_heir(ledger: Ledger) -> None:
    item, later = make_item(), make_run("two")
    ledger.record(RUN, [make_extraction(item)])
    old = make_claim(item, "1,700")
    judged = ledger.judge(old.claim_id, "amend", changes={"measure": "tanks"}, **SAID).claim.judgement
    assert judged
    heir = make_claim(item, "1,700", role=Role.CHANGE, run=later)
    ledger.record(later, [make_extraction(item, run=later, claims=[heir])])
    assert heir.claim_id != old.claim_id
    assert [remark.judgement_id for remark in ledger.history(heir.claim_id)] == [judged.judgement_id]
    assert ledger.find_entry(heir.claim_id).claim.measure == "tanks"
    ledger.withdraw(judged.judgement_id, **SAID)
    (remark,) = ledger.history(heir.claim_id)
    assert remark.withdrawn == "seen"


def test_claims_that_were_taken_back_are_named_with_their_report(ledger: Ledger) -> None:
    item = make_item()
    ledger.record(RUN, [make_extraction(item)])
    claim = make_claim(item, "12")
    ledger.withdraw(claim.claim_id, **SAID)
    assert dict(ledger.find_report(to_report_id(item)).withdrawn_claims) == {claim.claim_id: "seen"}


def test_an_id_is_told_from_those_of_other_kinds(ledger: Ledger) -> None:
    item = make_item()
    ledger.record(RUN, [make_extraction(item)])
    claim = make_claim(item, "12")
    judged = ledger.judge(claim.claim_id, "accept", **SAID).claim.judgement
    assert judged
    for kind, whole in (("claim", claim.claim_id), ("report", claim.report_id), ("judgement", judged.judgement_id)):
        assert ledger.find_target(whole) == (kind, whole)
    with pytest.raises(LedgerError, match="no claim, report or judgement"):
        ledger.find_target("zz")


def test_a_check_of_a_sound_ledger_finds_nothing_and_changes_nothing(ledger: Ledger) -> None:
    item = make_item(identity=PAGE)
    ledger.record(RUN, [make_extraction(item)])
    plain = make_claim(item, "12")
    ledger.judge(plain.claim_id, "reject", **SAID)
    before = ledger.stats()
    assert list(ledger.check()) == []
    assert ledger.stats() == before


def test_a_check_names_some_problems_and_counts_the_rest(ledger: Ledger) -> None:
    items = [make_item(f"Report {number}: 12 died.") for number in range(30)]
    wrong = [make_claim(item, "12") for item in items]
    wrong = [replace(claim, evidence=replace(claim.evidence, text="13")) for claim in wrong]
    ledger.record(RUN, [make_extraction(item, claims=[claim]) for item, claim in zip(items, wrong, strict=True)])
    found = list(ledger.check())
    assert sum("the words of evidence do not stand" in problem for problem in found) == 20
    assert found[-1] == "... and 10 more of this kind"
