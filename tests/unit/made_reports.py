"""One made report with its claims, for the tests of what people see. Not a test itself."""

from __future__ import annotations

from dataclasses import replace

from reportedly.model import (
    Actor,
    Claim,
    Evidence,
    Extraction,
    Link,
    Place,
    Quantity,
    Region,
    Report,
    Run,
    Source,
    Time,
    Words,
    to_id,
)
from reportedly.vocab import (
    Approx,
    Direction,
    Factuality,
    Kind,
    Precision,
    RegionKind,
    Relation,
    Role,
    SourceKind,
    Status,
    TimeBasis,
    Unit,
)

TEXT = (
    "Subscribe <now> & save!\n"
    "Borduria to cut garrison\n\n"
    "The garrison in Syldavia will fall by about 1,700 troops, from 5,200 to 3,500, an official told the Klow Post.\n"
    "About 900 remain in San Theodoros."
)
RUN = Run(
    run_id="0123456789abcdef", version="1.0", lexicon="feedfacefeedface", model="en_md 1.0", settings=(("model", ""),)
)


def make_report(**changes: object) -> Report:
    """Makes the report; its title is its headline region."""
    lines, at, kinds = TEXT.split("\n"), 0, iter(("promotion", "headline", "body", "body"))
    regions = []
    for line in lines:
        if line:
            regions.append(Region(kind=RegionKind(next(kinds)), start=at, end=at + len(line)))
        at += len(line) + 1
    made = Report(
        report_id=to_id(TEXT),
        text=TEXT,
        regions=tuple(regions),
        external_id="r-1",
        publisher="Klow Herald",
        published="2020-08-28",
        published_basis=TimeBasis.PUBLICATION,
        url="https://example.org/a",
        origin="/somewhere/report.txt",
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def make_quantity(low: float | None, high: float | None, **changes: object) -> Quantity:
    """Makes a quantity, an exact level if nothing else is said."""
    return replace(Quantity(low=low, high=high, approx=Approx.EXACT, role=Role.LEVEL), **changes)  # type: ignore[arg-type]


def make_claim(words: str = "1,700", quantity: Quantity | None = None, **changes: object) -> Claim:
    """Makes a claim held to the first place where its words stand in the report."""
    start = TEXT.index(words)
    sentence = TEXT.rindex("\n", 0, start) + 1
    end = TEXT.find("\n", start)
    made = Claim(
        claim_id=to_id(words),
        report_id=to_id(TEXT),
        external_id="r-1",
        kind=Kind.QUANTITY,
        evidence=Evidence(
            start=start,
            end=start + len(words),
            text=words,
            sentence_start=sentence,
            sentence_end=end if end >= 0 else len(TEXT),
        ),
        status=Status.PLANNED,
        factuality=Factuality.CERTAIN,
        confidence=0.87,
        measure="troops",
        quantity=quantity
        or make_quantity(1700, 1700, approx=Approx.ABOUT, role=Role.CHANGE, direction=Direction.DOWN, hedge="about"),
        actor=Actor(text="garrison", start=TEXT.index("garrison in"), end=TEXT.index(" in Sy"), name="Borduria"),
        place=Place(
            text="Syldavia",
            start=TEXT.index("Syldavia"),
            end=TEXT.index(" will"),
            precision=Precision.COUNTRY,
            lat=45.5,
            lon=20.0,
        ),
        time=Time(start="2020-08-28", end="2020-11-28", edtf="2020-08-28/2020-11-28", basis=TimeBasis.RELATIVE),
        sources=(
            Source(text="Klow Post", start=1, end=2, kind=SourceKind.NEWS),
            Source(
                text="an official",
                start=1,
                end=2,
                kind=SourceKind.OFFICIALS,
                anonymous=True,
                cue=Words(text="told", start=3, end=4),
            ),
        ),
        relates_to=(Link(claim_id=to_id("5,200"), relation=Relation.CHANGE_FROM),),
        rules=("en.hedges.about",),
        run_id=RUN.run_id,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def make_extraction() -> Extraction:
    """Makes the report's extraction of four claims."""
    return Extraction(
        report=make_report(),
        claims=(
            make_claim("1,700"),
            make_claim("5,200", make_quantity(5200, 5200, role=Role.FROM), status=Status.ONGOING, relates_to=()),
            make_claim("3,500", make_quantity(3500, 3500, role=Role.TO), confidence=0.4, relates_to=()),
            make_claim(
                "900",
                make_quantity(900, 900, approx=Approx.ABOUT, unit=Unit.COUNT),
                status=Status.ONGOING,
                actor=None,
                time=None,
                sources=(),
                relates_to=(),
            ),
        ),
    )
