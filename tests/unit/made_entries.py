"""Entries for the tests of exports: some coded from made texts, some made by hand to be hard. Not a test itself."""

from __future__ import annotations

import functools
from dataclasses import replace

from made_reports import RUN, make_claim, make_extraction, make_quantity, make_report

import reportedly
from reportedly.model import (
    Actor,
    Claim,
    Event,
    Evidence,
    Extraction,
    Judgement,
    Link,
    Place,
    Report,
    Source,
    Time,
    Words,
    to_id,
)
from reportedly.record.entries import Entry
from reportedly.vocab import (
    Approx,
    Direction,
    Factuality,
    Kind,
    Precision,
    Relation,
    Role,
    SourceKind,
    Status,
    TimeBasis,
    Unit,
    Verdict,
)

CONVOY = (
    "GAO, Mali - At least 12 soldiers were killed and dozens wounded near Gao on Sunday, the army said.\n\n"
    "Some 300 protesters gathered in Bamako on Friday, the Klow Herald reported, citing police. "
    "Spokesman Amadou Traore told Reuters that five people were kidnapped in Mopti on 3 May.\n\n"
    "The army denied that 40 civilians were killed. It plans to send about 1,700 troops to Mali."
)
#: Text that is hard to carry: quotes of all sorts, emoji outside the first plane, blanks, formulas, markup.
ODD = "=1+1 \"she'd said” 🛑 at least\u00a0𝟏𝟐 dead;\n+CMD|' /C calc'!A0\t</script> #7, ‹12› killed\r-2"


def make_entry(claim: Claim, report: Report, **changes: object) -> Entry:
    """Makes an entry of a claim and its report."""
    entry = Entry(claim=claim, report=report, run=RUN, origins=("news/a.txt",), raw_sha256="ab" * 32)
    return replace(entry, **changes)  # type: ignore[arg-type]


@functools.cache
def make_coded() -> tuple[Entry, ...]:
    """Codes a made text with the real pipeline; its URL and title are there."""
    coded: Extraction = reportedly.read_text(
        CONVOY, publisher="Example Times", published="2024-05-07", title="Two", url="https://example.org/gao?a=1&b=2"
    )
    return tuple(make_entry(claim, coded.report) for claim in coded.claims)


def make_judgement(verdict: Verdict, **changes: object) -> Judgement:
    """Makes a person's judgement."""
    made = Judgement(
        judgement_id=to_id(verdict), verdict=verdict, by="=A. Reader", why="misread", at="2024-06-01T10:00:00+00:00"
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def make_odd() -> tuple[Entry, ...]:
    """Makes entries whose words and fields are as difficult as they come."""
    report = make_report(
        report_id=to_id(ODD), text=ODD, title='=HYPERLINK("x")', byline="@all", url="javascript:alert(1)",
        publisher="＝Klow\nHerald", regions=(), published=None, published_basis=None,
    )  # fmt: skip
    start = ODD.index("𝟏𝟐")
    evidence = Evidence(start=start, end=start + 2, text="𝟏𝟐", sentence_start=0, sentence_end=len(ODD))
    odd = Claim(
        claim_id=to_id("odd"),
        report_id=report.report_id,
        kind=Kind.QUANTITY,
        evidence=evidence,
        status=Status.HAPPENED,
        factuality=Factuality.UNKNOWN,
        confidence=0.5,
        measure="killed",
        quantity=make_quantity(None, None, approx=Approx.VAGUE, role=Role.COUNT),
        time=Time(start=None, end=None, edtf=None, basis=TimeBasis.STATED),
        place=Place(text="+Klow", start=0, end=1),
        actor=Actor(text="-rebels\n#1;2", start=0, end=1),
        sources=(
            Source(text='"she"', start=4, end=9, kind=SourceKind.PERSON, name="@She"),
            Source(text="a leaked; paper", start=4, end=9, kind=SourceKind.DOCUMENT),
        ),
        run_id=RUN.run_id,
    )
    bare = replace(
        odd, claim_id=to_id("bare"), measure=None, quantity=None, place=None, time=None, actor=None, sources=()
    )
    empty = make_report(report_id=to_id(""), text=ODD, publisher=None, url=None, external_id=None, published=None)
    return (
        make_entry(odd, report, origins=(), raw_sha256=None, replaced_by=to_id("newer")),
        make_entry(replace(bare, report_id=empty.report_id), empty, raw_sha256=None),
    )


def make_event_entry() -> Entry:
    """Makes a coded event: an arrest in a country."""
    report = make_report()
    words = Words(text="garrison", start=report.text.index("garrison in"), end=report.text.index(" in Sy"))
    claim = make_claim(
        "garrison",
        claim_id=to_id("event"),
        kind=Kind.EVENT,
        measure=None,
        status=Status.HAPPENED,
        event=Event(type="COERCE", mode="arrest", contexts=("legal", "military"), cameo="173", trigger=words),
        place=Place(text="Syldavia", start=0, end=8, name="Mali", country="MLI", precision=Precision.COUNTRY),
        time=Time(start="2020-08-27", end="2020-08-27", edtf="2020-08-27", basis=TimeBasis.STATED),
        recipient=Actor(text="rebels", start=0, end=6, name="Rebels", country="MLI", code="MLIREB"),
        actor=Actor(text="police", start=0, end=6, name="Mali", country="MLI", code="MLICOP"),
        relates_to=(),
    )
    return make_entry(replace(claim, quantity=None), report)


def make_entries() -> tuple[Entry, ...]:
    """Makes all of them: coded, judged, withdrawn, odd."""
    made = make_extraction()
    report, claims = made.report, made.claims
    half = make_quantity(0.5, 0.5, unit=Unit.FRACTION, role=Role.CHANGE, direction=Direction.UP)
    return (
        *make_coded(),
        make_entry(replace(claims[0], judgement=make_judgement(Verdict.ACCEPT)), report),
        make_entry(replace(claims[1], judgement=make_judgement(Verdict.REJECT)), report),
        make_entry(replace(claims[2], judgement=make_judgement(Verdict.AMEND, amended=("quantity.low",))), report),
        make_entry(claims[3], report, withdrawn="sent twice"),
        make_entry(replace(claims[3], claim_id=to_id("half"), quantity=half), report),
        make_event_entry(),
        *make_odd(),
    )


def make_toll(low: float | None, high: float | None, words: str = "900", **changes: object) -> Claim:
    """Makes a count of killed in Gao on one day."""
    approx = changes.pop("approx", Approx.EXACT)
    made = make_claim(
        "900",
        make_quantity(low, high, approx=approx, role=Role.COUNT),
        claim_id=to_id(low, high, words, *changes.values()),
        measure="killed",
        status=Status.HAPPENED,
        actor=None,
        place=Place(
            text="Gao", start=0, end=3, name="Gao", country="MLI", lat=16.27, lon=-0.04, precision=Precision.CITY
        ),
        time=Time(start="2020-08-27", end="2020-08-27", edtf="2020-08-27", basis=TimeBasis.STATED),
        relates_to=(),
        sources=(),
    )
    made = replace(made, evidence=replace(made.evidence, text=words))
    return replace(made, **changes)  # type: ignore[arg-type]


def tie(claim: Claim, relation: Relation, other: Claim) -> Claim:
    """Ties a claim to another."""
    return replace(claim, relates_to=(Link(claim_id=other.claim_id, relation=relation),))
