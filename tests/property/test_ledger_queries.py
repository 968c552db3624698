"""Any question gives the claims that a plain filter in Python gives, in the promised order."""

from __future__ import annotations

import functools
import re
import tempfile
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings
from tests.unit.made_ledgers import (
    RUN,
    make_actor,
    make_claim,
    make_extraction,
    make_item,
    make_place,
    make_source,
    make_time,
    open_empty,
)

from reportedly.model import Claim
from reportedly.record.ledger import Ledger
from reportedly.record.queries import Query
from reportedly.record.rows import FIRST_DAY, LAST_DAY, fold
from reportedly.vocab import Role, Status

# Words that no stemmer changes and no list of stop words holds.
WORDS = ("gulf", "river", "zlip", "klow", "troop", "camp")
PUBLISHERS = ("Klow Herald", "Klow Post", "klow herald", "Élan", None)
ACTORS = (
    None,
    make_actor("Bordurian army", "BRD", "BRDMIL"),
    make_actor("Émile's 100% brigade", None, None),
    make_actor("US forces", "USA", "USAMIL"),
)
PLACES = (None, make_place("Klow_West", "SYL"), make_place("Mosul", "IRQ"), make_place("Łódź", None))
TIMES = (
    None,
    make_time("2020-08-01", "2020-08-31"),
    make_time("2020-12-31", None),
    make_time(None, "2019-02-28"),
    make_time(None, None),
    make_time("2021-03-03", "2021-03-03"),
)
SOURCES = (
    (),
    (make_source("gulf officials"),),
    (make_source("Klow Post"), make_source("camp", name="river zlip", affiliation="troop")),
)


def pick[T](values: tuple[T, ...]) -> st.SearchStrategy[T]:
    """Draws one of some values."""
    return st.sampled_from(values)


drawn_claim = st.fixed_dictionaries(
    {
        "measure": pick(("troops", "killed", None)),
        "actor": pick(ACTORS),
        "place": pick(PLACES),
        "time": pick(TIMES),
        "sources": pick(SOURCES),
        "status": pick((Status.ONGOING, Status.PLANNED, Status.DENIED)),
        "role": pick((Role.LEVEL, Role.CHANGE)),
        "confidence": pick((0.2, 0.5, 0.9)),
        "verdict": pick((None, None, "accept", "reject", "amend")),
    }
)
drawn_report = st.fixed_dictionaries(
    {
        "words": st.lists(st.lists(pick(WORDS), min_size=1, max_size=4), min_size=1, max_size=3),
        "publisher": pick(PUBLISHERS),
        "published": pick(("2020-08-28", "2021-03-03", None)),
        "claims": st.lists(drawn_claim, min_size=1, max_size=3),
    }
)


def maybe(*values: object) -> st.SearchStrategy[object]:
    """Draws nothing more often than one of some values."""
    return st.one_of(st.none(), st.none(), pick(values))


drawn_query = st.builds(
    Query,
    measure=maybe("troops", "killed", "none such"),
    actor=maybe("USA", "BRD", "USAMIL", "army", "émile", "ÉMILE", "100%", "0_", "xyz"),
    place=maybe("Iraq", "SYL", "klow_west", "klow", "w_w", "łódź", "LODZ"),
    status=maybe("planned", "ongoing"),
    role=maybe("change"),
    kind=maybe("quantity", "event"),
    since=maybe("2020", "2020-08", "2020-08-31", "2020-09", "2021-03-03", "0001"),
    until=maybe("2018", "2019-02", "2020-08", "2020-12-31", "9999"),
    source=maybe("gulf", "river zlip", "camp", "post klow", "river troop"),
    publisher=maybe("Klow", "Klow Herald", "klow", "Él", "%", "Z"),
    text=maybe("gulf", "river klow", "troop", "zlip zlip"),
    about=maybe("gulf", "river camp", "zlip"),
    judged=st.one_of(st.just("standing"), pick(("all", "judged", "unjudged", "accept", "reject", "amend"))),
    min_confidence=pick((0.0, 0.0, 0.5, 0.91)),
    limit=st.one_of(st.none(), st.none(), st.integers(0, 4)),
    offset=st.one_of(st.just(0), st.integers(0, 3)),
)


@functools.cache
def make_folder() -> tempfile.TemporaryDirectory[str]:
    """Makes one folder for all examples; it goes when the tests end."""
    return tempfile.TemporaryDirectory(prefix="reportedly-queries-")


def make_extractions(reports: list[dict]) -> tuple[list, list[tuple[Claim, dict, dict]]]:  # type: ignore[type-arg]
    """Makes reports of what was drawn; returns them and each claim with what was drawn for it."""
    made, kept = [], []
    for number, drawn in enumerate(reports):
        sentences = [
            f"{10 + each} {' '.join(drawn['words'][each % len(drawn['words'])])}."
            for each in range(len(drawn["claims"]))
        ]
        item = make_item(
            "\n\n".join([*sentences, f"N{number}."]), publisher=drawn["publisher"], published=drawn["published"]
        )
        claims = []
        for each, fields in enumerate(drawn["claims"]):
            claim = make_claim(item, str(10 + each), **{k: v for k, v in fields.items() if k != "verdict"})
            claims.append(claim)
            kept.append((claim, fields, drawn))
        made.append(make_extraction(item, claims=claims))
    return made, kept


# ---------------------------------------------------------------- the same in plain Python


def holds_phrase(text: str, phrase: str) -> bool:
    """Whether words stand together in a text."""
    words, asked = re.findall(r"\w+", text.lower()), phrase.split()
    return any(words[at : at + len(asked)] == asked for at in range(len(words)))


def to_days(claim: Claim, published: str | None) -> tuple[str, str]:
    """First and last day of a claim."""
    start, end = (claim.time.start, claim.time.end) if claim.time else (published, published)
    return start or FIRST_DAY, end or LAST_DAY


def is_wanted(query: Query, claim: Claim, fields: dict, drawn: dict) -> bool:  # type: ignore[type-arg]
    """Whether a claim answers a question."""
    first, last = to_days(claim, drawn["published"])
    sentence = drawn["words"][(int(claim.evidence.text) - 10) % len(drawn["words"])]
    sources = [part for each in claim.sources for part in (each.text, each.name, each.affiliation) if part]
    verdict = fields["verdict"]
    codes = {"Iraq": "IRQ", "SYL": "SYL", "USA": "USA", "BRD": "BRD"}

    def names(asked: str, found: object) -> bool:
        if found is None:
            return False
        if asked in codes:
            return found.country == codes[asked]  # type: ignore[attr-defined, no-any-return]
        if asked == "USAMIL":
            return found.code == asked  # type: ignore[attr-defined, no-any-return]
        return fold(asked) in fold(found.name)  # type: ignore[attr-defined]

    judged = {
        "all": True,
        "standing": verdict != "reject",
        "judged": verdict is not None,
        "unjudged": verdict is None,
    }
    return all(
        (
            query.measure is None or claim.measure == query.measure,
            query.actor is None or names(query.actor, claim.actor),
            query.place is None or names(query.place, claim.place),
            query.status is None or claim.status == query.status,
            query.role is None or (claim.quantity is not None and claim.quantity.role == query.role),
            query.kind is None or claim.kind == query.kind,
            query.since is None
            or last >= (query.since + "-01-01"[len(query.since) - 4 :] if len(query.since) < 10 else query.since),
            query.until is None
            or first <= (query.until + "-12-31"[len(query.until) - 4 :] if len(query.until) < 10 else query.until),
            query.publisher is None or (drawn["publisher"] or "").startswith(query.publisher),
            query.text is None or holds_phrase(" ".join(sentence), query.text),
            query.source is None or any(holds_phrase(part, query.source) for part in [" ".join(sources)]),
            query.about is None or any(word in used for used in drawn["used"] for word in query.about.split()),
            judged.get(query.judged, verdict == query.judged),
            claim.confidence >= query.min_confidence,
        )
    )


def check_query(ledger: Ledger, query: Query, kept: list[tuple[Claim, dict, dict]]) -> None:  # type: ignore[type-arg]
    """Compares the ledger's answer with the plain one."""
    wanted = {
        claim.claim_id: to_days(claim, drawn["published"])[0]
        for claim, fields, drawn in kept
        if is_wanted(query, claim, fields, drawn)
    }
    found = [claim.claim_id for claim in ledger.claims(query)]
    assert ledger.count(query) == len(wanted)
    assert len(found) == len(set(found))
    assert set(found) <= wanted.keys()
    most = len(wanted) if query.limit is None else query.limit
    assert len(found) == min(max(0, len(wanted) - query.offset), most)
    if not (query.text or query.source or query.about):
        days = [wanted[claim_id] for claim_id in found]
        assert days == sorted(wanted.values(), reverse=True)[query.offset :][: len(found)]


@pytest.mark.parametrize("again", [False, True], ids=["as recorded", "made anew"])
@settings(max_examples=6)
@given(reports=st.lists(drawn_report, min_size=1, max_size=8), queries=st.lists(drawn_query, min_size=25, max_size=25))
def test_any_question_gives_what_a_plain_filter_gives(again: bool, reports: list[dict], queries: list[Query]) -> None:  # type: ignore[type-arg]
    made, kept = make_extractions(reports)
    for _, _, drawn in kept:
        drawn["used"] = [drawn["words"][each % len(drawn["words"])] for each in range(len(drawn["claims"]))]
    with open_empty(Path(make_folder().name) / "news.db") as ledger:
        ledger.record(RUN, made)
        for claim, fields, _ in kept:
            if fields["verdict"]:
                changes = {"confidence": claim.confidence} if fields["verdict"] == "amend" else None
                ledger.judge(claim.claim_id, fields["verdict"], by="Ann", why="so", changes=changes)
        if again:
            ledger.rebuild()
        for query in queries:
            check_query(ledger, query, kept)
