"""How claims are put into words."""

from __future__ import annotations

import pytest
from made_reports import TEXT, make_claim, make_quantity, make_report

from reportedly.model import Failure, Region, Time
from reportedly.serve import wording
from reportedly.vocab import Approx, Direction, RegionKind, Role, TimeBasis, Unit

CHANGE = {"role": Role.CHANGE, "direction": Direction.DOWN}


@pytest.mark.parametrize(
    ("low", "high", "changes", "expected"),
    [
        (900, 900, {}, "900"),
        (3500, 3500, {"approx": Approx.ABOUT}, "~3,500"),
        (2000, None, {"approx": Approx.AT_LEAST}, "≥ 2,000"),
        (None, 2000, {"approx": Approx.AT_MOST}, "≤ 2,000"),
        (10000, 15000, {"approx": Approx.RANGE}, "10,000–15,000"),
        (33, 33, {"unit": Unit.PERCENT}, "33 %"),
        (1 / 3, 1 / 3, {"unit": Unit.FRACTION}, "1/3"),
        (0.37, 0.37, {"unit": Unit.FRACTION}, "0.37"),
        (2, 2, {"unit": Unit.MULTIPLE}, "2 ×"),
        (1, 1, {"unit": Unit.FORMATION, "formation": "brigade"}, "1 brigade"),
        (2, 2, {"unit": Unit.FORMATION, "formation": "company"}, "2 companies"),
        (24, 99, {"approx": Approx.VAGUE}, "900"),
        (None, None, {}, "900"),
        (1.5, 1.5, {}, "1.5"),
        (1700, 1700, CHANGE, "−1,700"),
        (500, 500, {"role": Role.CHANGE, "direction": Direction.UP}, "+500"),
        (500, 500, {"role": Role.CHANGE}, "change of 500"),
        (1700, 1700, {**CHANGE, "approx": Approx.ABOUT}, "about −1,700"),
        (1700, None, {**CHANGE, "approx": Approx.AT_LEAST}, "at least −1,700"),
        (None, 1700, {**CHANGE, "approx": Approx.AT_MOST}, "up to −1,700"),
        (1000, 2000, {**CHANGE, "approx": Approx.RANGE}, "−1,000–2,000"),
        (5200, 5200, {"role": Role.FROM}, "from 5,200"),
        (3500, 3500, {"role": Role.TO, "approx": Approx.ABOUT}, "to ~3,500"),
    ],
)
def test_a_figure_reads_as_its_quantity_says(
    low: float | None, high: float | None, changes: dict[str, object], expected: str
) -> None:
    figure = wording.to_figure(make_claim("900", make_quantity(low, high, **changes)))
    assert figure.replace("\N{NO-BREAK SPACE}", " ") == expected


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("2020-08-28", "2020-08-28", "28 Aug 2020"),
        ("2020-08-28", "2020-11-28", "28 Aug – 28 Nov 2020"),
        ("2020-12-28", "2021-01-02", "28 Dec 2020 – 2 Jan 2021"),
        ("2020-02-01", "2020-02-29", "Feb 2020"),
        ("2020-02-01", "2020-04-30", "Feb 2020 – Apr 2020"),
        ("2020-01-01", "2020-12-31", "2020"),
        ("2019-01-01", "2020-12-31", "2019–2020"),
        ("2020-08-28", None, "from 28 Aug 2020"),
        (None, "2020-08-28", "until 28 Aug 2020"),
        (None, None, "in spring"),
    ],
)
def test_an_interval_reads_as_short_as_it_can(start: str | None, end: str | None, expected: str) -> None:
    time = Time(start=start, end=end, edtf=None, basis=TimeBasis.STATED, text="in spring")
    assert wording.to_when(time).replace("\N{NO-BREAK SPACE}", " ") == expected


def test_a_report_without_a_title_is_named_by_its_headline() -> None:
    assert wording.to_title(make_report()) == "Borduria to cut garrison"


def test_a_report_without_headline_is_named_by_its_body_not_its_promotion() -> None:
    body = TEXT.index("The garrison")
    regions = (
        Region(kind=RegionKind.PROMOTION, start=0, end=23),
        Region(kind=RegionKind.BODY, start=body, end=len(TEXT)),
    )
    assert wording.to_title(make_report(regions=regions)).startswith("The garrison in Syldavia")


def test_a_long_title_is_cut_at_a_word() -> None:
    assert wording.to_short("one two three", 9) == "one two…"


def test_no_source_is_the_publishers_own_account() -> None:
    assert wording.to_chain(()) == "own account"
    assert wording.to_chain(make_claim().sources) == "Klow Post ‹ an official"


def test_a_failure_is_one_line_with_cause_place_and_hint() -> None:
    failure = Failure(origin="a.txt", cause="binary\nfile", external_id="7", hint="give text")
    assert wording.to_failure_line(failure) == "binary file (a.txt, id 7) - give text"
