"""What persons say of claims: it outranks the rules, survives every run, and can be taken back."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from made_ledgers import (
    RUN,
    hash_rows,
    make_actor,
    make_claim,
    make_extraction,
    make_item,
    make_place,
    make_run,
    make_source,
    read_views,
)

from reportedly.errors import LedgerError
from reportedly.model import Claim
from reportedly.record.judgements import from_written
from reportedly.record.ledger import Ledger
from reportedly.vocab import Role, Verdict

LATER, LAST = make_run("two"), make_run("three")
ITEM = make_item()
SAID = {"by": "Ann", "why": "it says so"}


def record(ledger: Ledger, *claims: Claim, run: object = RUN) -> None:
    """Records one report with these claims."""
    extraction = make_extraction(ITEM, claims=claims)
    ledger.record(run, [extraction if claims else type(extraction)(report=extraction.report, item=ITEM)])  # type: ignore[arg-type]


def read_all(ledger: Ledger, **asked: object) -> dict[str, Claim]:
    """The claims by their figures; views that are made anew are the same."""
    found = {claim.evidence.text: claim for claim in ledger.claims(**asked)}
    before = read_views(ledger)
    ledger.rebuild()
    assert read_views(ledger) == before
    return found


@pytest.fixture
def claim(ledger: Ledger) -> Claim:
    """A claim of a recorded report of one more."""
    made = make_claim(
        ITEM,
        "5,200",
        actor=make_actor("Borduria", "BRD"),
        sources=(make_source("the ministry"), make_source("an official")),
    )
    record(ledger, made, make_claim(ITEM, "12"))
    return made


# ---------------------------------------------------------------- the three verdicts


def test_an_accepted_claim_shows_who_when_and_why(ledger: Ledger, claim: Claim) -> None:
    entry = ledger.judge(claim.claim_id[:8], "accept", by=" Ann ", why=" it says so ")
    assert entry.claim.judgement
    assert (entry.claim.judgement.verdict, entry.claim.judgement.by, entry.claim.judgement.why) == (
        Verdict.ACCEPT,
        "Ann",
        "it says so",
    )
    assert read_all(ledger, judged="accept").keys() == {"5,200"}
    assert read_all(ledger, judged="unjudged").keys() == {"12"}


def test_a_rejected_claim_counts_no_more_and_stays_readable(ledger: Ledger, claim: Claim) -> None:
    ledger.judge(claim.claim_id, "reject", **SAID)
    assert read_all(ledger).keys() == {"12"}
    assert read_all(ledger, judged="all").keys() == {"5,200", "12"}
    assert ledger.stats().rejected == 1
    assert ledger.find_entry(claim.claim_id).claim.quantity == claim.quantity


def test_an_amended_claim_has_the_persons_values_in_every_answer(ledger: Ledger, claim: Claim) -> None:
    changes = {
        "measure": "advisers",
        "quantity.low": 100,
        "quantity.high": None,
        "quantity.basis": ["combat"],
        "sources.-1.name": "Col. Bohr",
        "actor": None,
        "place": {"text": "Klow", "start": 1, "end": 5, "country": "SYL"},
    }
    ledger.judge(claim.claim_id, "amend", changes=changes, **SAID)
    seen = read_all(ledger, measure="advisers", place="SYL")["5,200"]
    assert seen == ledger.find_entry(claim.claim_id).claim
    assert seen.quantity
    assert (seen.quantity.low, seen.quantity.high, seen.quantity.basis) == (100.0, None, ("combat",))
    assert (seen.sources[1].name, seen.actor) == ("Col. Bohr", None)
    assert seen.place
    assert seen.place.name is None
    assert seen.judgement
    assert seen.judgement.amended == tuple(changes)
    assert seen.evidence == claim.evidence


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"statos": "planned"}, "did you mean 'status'"),
        ({"status": "plannd"}, "does not take"),
        ({"quantity.lwo": 3}, "did you mean 'quantity.low'"),
        ({"quantity.low": "many"}, "does not take"),
        ({"quantity.low": float("nan")}, "finite"),
        ({"quantity.low": float("inf")}, "finite"),
        ({"quantity.low": 10**400}, "finite"),
        ({"quantity": 3}, "does not take"),
        ({"place.country": "SYL"}, "nothing below"),
        ({"sources.2.name": "X"}, "2 entries"),
        ({"sources.first.name": "X"}, "2 entries"),
        ({"sources": "officials"}, "does not take"),
        ({"measure": 3}, "does not take"),
        ({"measure": "a\x00"}, "no value"),
        ({"measure": {"a": "\ud800"}}, "no value"),
        ({"evidence.text": "x"}, "not a person's"),
        ({"claim_id": "x"}, "not a person's"),
        ({"judgement": None}, "not a person's"),
        ({"status": None}, "does not take"),
        ({"": 1}, "no field"),
        ({".": 1}, "no field"),
        ({"quantity.": 1}, "no field"),
    ],
)
def test_an_amendment_that_fits_no_claim_is_refused(
    ledger: Ledger, claim: Claim, changes: dict[str, object], words: str
) -> None:
    before = hash_rows(ledger)
    with pytest.raises(LedgerError) as caught:
        ledger.judge(claim.claim_id, "amend", changes=changes, **SAID)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)
    assert hash_rows(ledger) == before


@pytest.mark.parametrize(
    ("verdict", "by", "why", "changes", "words"),
    [
        ("agree", "Ann", "so", None, "known words"),
        ("accept", " ", "so", None, "name"),
        ("accept", "Ann", "", None, "reason"),
        ("amend", "Ann", "so", {}, "needs values"),
        ("accept", "Ann", "so", {"measure": "x"}, "takes no values"),
    ],
)
def test_a_judgement_needs_a_verdict_a_name_and_a_reason(
    ledger: Ledger, claim: Claim, verdict: str, by: str, why: str, changes: dict[str, object] | None, words: str
) -> None:
    with pytest.raises(LedgerError, match=words):
        ledger.judge(claim.claim_id, verdict, by=by, why=why, changes=changes)


def test_a_claim_is_found_by_the_beginning_of_its_id_alone(ledger: Ledger, claim: Claim) -> None:
    for wrong in ("", " ", "zz", claim.claim_id + "0", "%", "\udcff"):
        with pytest.raises(LedgerError):
            ledger.judge(wrong, "accept", **SAID)
    ledger.judge(claim.claim_id.upper(), "accept", **SAID)


def test_written_values_are_json_where_they_can_be() -> None:
    written = ["a=1,200", "b=null", "c=x=y", "d=planned", 'e={"text":"Klow"}', "f=1,2", "g="]
    found = from_written(written)
    assert found == {
        "a": 1200,
        "b": None,
        "c": "x=y",
        "d": "planned",
        "e": {"text": "Klow"},
        "f": "1,2",
        "g": "",
    }
    for wrong in ("a", "=3", " =3"):
        with pytest.raises(LedgerError, match="FIELD=VALUE"):
            from_written([wrong])


# ---------------------------------------------------------------- several, and taken back


def test_the_last_verdict_and_the_last_value_of_each_field_stand(ledger: Ledger, claim: Claim) -> None:
    ledger.judge(claim.claim_id, "amend", changes={"measure": "advisers", "quantity.low": 1}, **SAID)
    ledger.judge(claim.claim_id, "amend", changes={"quantity.low": 2}, **SAID)
    ledger.judge(claim.claim_id, "accept", by="Bob", why="right now")
    seen = read_all(ledger)["5,200"]
    assert seen.quantity
    assert seen.judgement
    assert (seen.measure, seen.quantity.low, seen.judgement.by) == ("advisers", 2.0, "Bob")
    assert [each.by for each in ledger.history(claim.claim_id)] == ["Ann", "Ann", "Bob"]


def test_a_later_value_of_the_whole_covers_earlier_parts(ledger: Ledger, claim: Claim) -> None:
    whole = {"text": "Klow", "start": 1, "end": 5, "country": "SYL", "name": "Klow"}
    ledger.judge(claim.claim_id, "amend", changes={"place": whole}, **SAID)
    ledger.judge(claim.claim_id, "amend", changes={"place.country": "BRD"}, **SAID)
    seen = read_all(ledger)["5,200"]
    assert seen.place
    assert seen.place.country == "BRD"
    ledger.judge(claim.claim_id, "amend", changes={"place": {**whole, "country": "IRQ"}}, **SAID)
    seen = read_all(ledger)["5,200"]
    assert seen.place
    assert seen.judgement
    assert (seen.place.country, seen.judgement.amended) == ("IRQ", ("place",))


def test_a_withdrawn_judgement_falls_back_to_the_one_before(ledger: Ledger, claim: Claim) -> None:
    first = ledger.judge(claim.claim_id, "amend", changes={"measure": "advisers"}, **SAID).claim.judgement
    second = ledger.judge(claim.claim_id, "reject", **SAID).claim.judgement
    assert first
    assert second
    assert ledger.withdraw(second.judgement_id[:10], by="Ann", why="no") == ("judgement", second.judgement_id)
    assert read_all(ledger)["5,200"].measure == "advisers"
    ledger.withdraw(first.judgement_id, by="Ann", why="no")
    assert read_all(ledger)["5,200"] == claim
    assert [each.withdrawn for each in ledger.history(claim.claim_id)] == ["no", "no"]
    with pytest.raises(LedgerError, match="already"):
        ledger.withdraw(first.judgement_id, by="Ann", why="no")


def test_a_withdrawn_claim_counts_no_more(ledger: Ledger, claim: Claim) -> None:
    ledger.withdraw(claim.claim_id, by="Ann", why="a slip")
    assert read_all(ledger, judged="all").keys() == {"12"}
    assert ledger.find_entry(claim.claim_id).withdrawn == "a slip"


def test_a_withdrawn_report_takes_its_claims_along(ledger: Ledger, claim: Claim) -> None:
    assert ledger.withdraw(claim.report_id, by="Ann", why="a parody")[0] == "report"
    assert read_all(ledger, judged="all") == {}
    assert list(ledger.reports()) == []
    assert ledger.find_report(claim.report_id).withdrawn == "a parody"
    record(ledger, claim)
    record(ledger, claim, run=LATER)
    assert read_all(ledger, judged="all") == {}


def test_what_is_not_there_cannot_be_withdrawn(ledger: Ledger, claim: Claim) -> None:
    for wrong in ("", "zz", " "):
        with pytest.raises(LedgerError, match="has the id"):
            ledger.withdraw(wrong, **SAID)
    with pytest.raises(LedgerError, match="reason"):
        ledger.withdraw(claim.claim_id, by="Ann", why=" ")


# ---------------------------------------------------------------- a new run


def test_a_judgement_survives_a_run_that_gives_the_same_ids(ledger: Ledger, claim: Claim) -> None:
    ledger.judge(claim.claim_id, "amend", changes={"measure": "advisers"}, **SAID)
    record(ledger, make_claim(ITEM, "5,200", run=LATER, measure="tanks"), run=LATER)
    seen = read_all(ledger)["5,200"]
    assert (seen.measure, seen.run_id) == ("advisers", LATER.run_id)


@pytest.mark.parametrize("verdict", ["accept", "reject", "amend"])
def test_a_judgement_survives_a_run_that_gives_another_role_and_id(ledger: Ledger, claim: Claim, verdict: str) -> None:
    changes = {"measure": "advisers"} if verdict == "amend" else None
    ledger.judge(claim.claim_id, verdict, changes=changes, **SAID)
    new = make_claim(ITEM, "5,200", role=Role.FROM, run=LATER)
    assert new.claim_id != claim.claim_id
    record(ledger, new, make_claim(ITEM, "12", run=LATER), run=LATER)
    (seen,) = (each for each in ledger.claims(judged="all") if each.evidence.text == "5,200")
    assert seen.claim_id == new.claim_id
    assert seen.judgement
    assert seen.judgement.verdict == verdict
    assert seen.measure == ("advisers" if changes else "troops")
    assert ("5,200" in read_all(ledger)) == (verdict != "reject")


def test_a_judgement_survives_a_figure_whose_words_grew(ledger: Ledger) -> None:
    record(ledger, make_claim(ITEM, "200"))
    ledger.judge(make_claim(ITEM, "200").claim_id, "accept", **SAID)
    record(ledger, make_claim(ITEM, "5,200", run=LATER), run=LATER)
    seen = read_all(ledger)["5,200"]
    assert seen.judgement


@pytest.mark.parametrize("verdict", ["accept", "amend"])
def test_a_claim_that_a_person_held_to_be_right_stays_when_runs_lose_it(
    ledger: Ledger, claim: Claim, verdict: str
) -> None:
    changes = {"measure": "advisers"} if verdict == "amend" else None
    said = ledger.judge(claim.claim_id, verdict, changes=changes, **SAID).claim.judgement
    for run in (LATER, LAST):
        record(ledger, make_claim(ITEM, "12", run=run), run=run)
        seen = read_all(ledger)
        assert seen.keys() == {"5,200", "12"}
        assert seen["5,200"] == ledger.find_entry(claim.claim_id).claim
        assert seen["5,200"].run_id == RUN.run_id
        assert seen["5,200"].judgement == said
        assert {each.evidence.text for each in ledger.find_report(claim.report_id).claims} == {"5,200", "12"}
    assert said
    ledger.withdraw(said.judgement_id, by="Ann", why="no")
    assert read_all(ledger).keys() == {"12"}


def test_a_rejected_claim_that_a_run_loses_is_gone(ledger: Ledger, claim: Claim) -> None:
    ledger.judge(claim.claim_id, "accept", **SAID)
    second = ledger.judge(claim.claim_id, "reject", **SAID).claim.judgement
    record(ledger, make_claim(ITEM, "12", run=LATER), run=LATER)
    assert read_all(ledger, judged="all").keys() == {"12"}
    assert second
    ledger.withdraw(second.judgement_id, by="Ann", why="no")
    assert read_all(ledger).keys() == {"5,200", "12"}


def test_a_lost_claim_that_is_accepted_afterwards_comes_back(ledger: Ledger, claim: Claim) -> None:
    record(ledger, make_claim(ITEM, "12", run=LATER), run=LATER)
    assert read_all(ledger).keys() == {"12"}
    ledger.judge(claim.claim_id, "accept", **SAID)
    assert read_all(ledger).keys() == {"5,200", "12"}


def test_a_claim_that_was_judged_under_two_ids_is_kept_once(ledger: Ledger, claim: Claim) -> None:
    ledger.judge(claim.claim_id, "amend", changes={"measure": "advisers"}, **SAID)
    record(ledger, make_claim(ITEM, "5,200", role=Role.FROM, run=LATER), run=LATER)
    ledger.judge(make_claim(ITEM, "5,200", role=Role.FROM).claim_id, "accept", by="Bob", why="so")
    record(ledger, make_claim(ITEM, "12", run=LAST), run=LAST)
    found = list(ledger.claims())
    assert sorted(each.evidence.text for each in found) == ["12", "5,200"]
    kept = read_all(ledger)["5,200"]
    assert kept.judgement
    assert (kept.measure, kept.judgement.by, kept.run_id) == ("advisers", "Bob", LATER.run_id)


def test_a_value_that_a_new_run_cannot_take_leaves_the_others(ledger: Ledger, claim: Claim) -> None:
    ledger.judge(claim.claim_id, "amend", changes={"actor.country": "SYL", "measure": "advisers"}, **SAID)
    record(ledger, make_claim(ITEM, "5,200", run=LATER), run=LATER)
    seen = read_all(ledger)["5,200"]
    assert seen.judgement
    assert (seen.measure, seen.actor, seen.judgement.amended) == ("advisers", None, ("measure",))
    record(ledger, make_claim(ITEM, "5,200", run=LAST, actor=make_actor("Borduria", "BRD")), run=LAST)
    seen = read_all(ledger)["5,200"]
    assert seen.actor
    assert (seen.actor.country, seen.measure) == ("SYL", "advisers")


def _stand_for(places: Sequence[str], role: Role, run: object) -> list[Claim]:
    """One figure that stands for several places."""
    return [
        make_claim(ITEM, "12", role=role, each=each, place=make_place(name), run=run)  # type: ignore[arg-type]
        for each, name in enumerate(places)
    ]


@pytest.mark.parametrize("change", [lambda role: role, lambda _: Role.COUNT], ids=["same ids", "other ids"])
def test_of_several_claims_on_one_figure_the_judged_one_is_meant(
    ledger: Ledger, change: Callable[[Role], Role]
) -> None:
    record(ledger, *_stand_for(("Klow", "Szohod", "Zlip"), Role.LEVEL, RUN))
    judged = _stand_for(("Klow", "Szohod", "Zlip"), Role.LEVEL, RUN)[1]
    ledger.judge(judged.claim_id, "reject", **SAID)
    record(ledger, *_stand_for(("Klow", "Szohod", "Zlip"), change(Role.LEVEL), LATER), run=LATER)
    standing = [each.place.name for each in ledger.claims() if each.place]
    assert sorted(standing) == ["Klow", "Zlip"]
    record(ledger, *_stand_for(("Klow",), Role.CHANGE, LAST), run=LAST)
    assert [each.place.name for each in ledger.claims() if each.place] == ["Klow"]
