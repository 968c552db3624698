"""Dates of metadata and datelines."""

from __future__ import annotations

import pytest

from reportedly.dates import drop_times, find_date, to_iso_date


@pytest.mark.parametrize(
    "written",
    [
        "2020-08-28",
        "2020-08-28T23:45:00Z",
        "2020-08-28T23:45:00+09:00",
        "20200828",
        "2020/8/28",
        "August 28, 2020",
        "Aug. 28 2020",
        "28 Aug 2020",
        "28th August, 2020",
        "Fri, 28 Aug 2020 23:45:00 +0000",
        "August 28, 2020 at 6:15 p.m. EDT",
        "Friday, August 28, 2020",
    ],
)
def test_a_date_keeps_the_day_of_its_own_zone(written: str) -> None:
    assert to_iso_date(written) == "2020-08-28"


@pytest.mark.parametrize("written", ["2020-02-30", "2020-13-01", "February 30, 2020", "August 45, 2020"])
def test_a_day_that_does_not_exist_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="no such day"):
        to_iso_date(written)


@pytest.mark.parametrize("written", ["", "soon", "2020", "August 2020", "01/02/2020", "August 28, 2020 or so"])
def test_what_is_no_full_date_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="not a date"):
        to_iso_date(written)


def test_a_missing_year_is_the_one_nearest_to_the_publication() -> None:
    written = find_date("Dec 30 (XYZ) --")
    assert written is not None
    assert str(written.to_date("2021-01-02")) == "2020-12-30"
    assert written.to_date() is None


def test_two_figures_of_a_year_in_old_wire_copy() -> None:
    written = find_date("9 JAN 90 (XYZ)")
    assert written is not None
    assert str(written.to_date()) == "1990-01-09"


def test_times_and_zones_are_dropped_beside_a_date() -> None:
    assert drop_times("Published: Monday, May 3, 2021, 7:58 a.m. EST").strip(" :") == "Published"
