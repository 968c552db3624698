"""Stage 5 of 8. In: TimeMention, anchor day. Out: Span, a stretch of the calendar.

The conventions are those of the news mode of the published taggers: a bare weekday is the
latest one on or before publication, or the next one in a future clause; a month without a
year goes by tense in the same way.
"""

from __future__ import annotations

import calendar
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from reportedly.model import TimeMention

#: Relations that look ahead of the anchor, and back.
AHEAD = frozenset({"by", "until", "before", "within"})
BACK = frozenset({"since", "as_of"})
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Span:
    """Days `start` to `end`, both in; `grain` is the unit that the words name."""

    start: date
    end: date
    grain: str


def find_span(mention: TimeMention, anchor: date | None, prior: Span | None = None) -> Span | None:
    """Finds the calendar stretch of a point, without regard to `relation`.

    Args:
        mention: a mention of kind `point`.
        anchor: the day that relative words count from; None leaves them unresolved.
        prior: the stretch of the mention that an anaphoric one counts from.

    Returns:
        None where the words and the anchor do not give one, or the date cannot be.
    """
    if mention.kind != "point":
        return None
    try:
        return _find_anchored(mention, anchor, prior)
    except (ValueError, OverflowError):
        # 30 February, or a step over the ends of the calendar.
        return None


def _find_anchored(mention: TimeMention, anchor: date | None, prior: Span | None) -> Span | None:
    if mention.anaphoric and _is_quarterly(mention):
        shifted = _find_quarterly(mention, prior)
        if shifted is not None:
            return shifted
        if mention.unit == "quarter":
            return to_unit(add_months(anchor, -3), "quarter") if anchor else None
    elif mention.anaphoric:
        # `three days earlier` may count from the report, `three days later` never does.
        own = anchor if mention.low is not None and mention.direction == "past" else None
        anchor = prior.start if prior else own
    span = _find_plain(mention, anchor)
    return narrow(span, mention.modifier, anchor) if span else None


def _is_quarterly(mention: TimeMention) -> bool:
    year_ago = mention.unit == "year" and mention.low == mention.high == 1 and mention.direction == "past"
    return mention.unit == "quarter" or year_ago


def _find_quarterly(mention: TimeMention, prior: Span | None) -> Span | None:
    """`the quarter`, and `a year earlier` where quarters are compared."""
    if prior is None or prior.grain not in {"quarter", "half"}:
        return None
    if mention.unit == "quarter":
        return prior
    back = -12 if mention.direction == "past" else 12
    return Span(add_months(prior.start, back), add_months(prior.end, back), prior.grain)


def _find_plain(mention: TimeMention, anchor: date | None) -> Span | None:
    if mention.century is not None:
        return Span(date(mention.century * 100, 1, 1), date(mention.century * 100 + 99, 12, 31), "century")
    if mention.decade is not None:
        return Span(date(mention.decade * 10, 1, 1), date(mention.decade * 10 + 9, 12, 31), "decade")
    if mention.holiday is not None:
        return _find_holiday(mention, anchor)
    if mention.low is not None:
        return _find_counted(mention, anchor)
    year = _find_year(mention, anchor)
    if mention.month is not None:
        return _find_month(mention, year, anchor)
    if mention.weekday is not None:
        return _find_weekday(mention, anchor)
    if mention.day is not None:
        return _find_day_alone(mention, anchor)
    if mention.season is not None or mention.quarter is not None or mention.half is not None:
        return _find_part_of_year(mention, year, anchor)
    if year is not None:
        if mention.last_year is not None:
            return Span(date(year, 1, 1), date(mention.last_year, 12, 31), "range")
        return to_fiscal_year(year) if mention.fiscal else Span(date(year, 1, 1), date(year, 12, 31), "year")
    if mention.unit is not None and anchor is not None:
        return _find_unit(mention, anchor)
    return None


def _find_year(mention: TimeMention, anchor: date | None) -> int | None:
    if mention.year is not None:
        return mention.year
    if mention.unit == "year" and mention.offset is not None and anchor is not None:
        return anchor.year + mention.offset + (1 if mention.fiscal and anchor.month > 9 else 0)
    return None


# ---------------------------------------------------------------- dates and months


def to_month(year: int, month: int) -> Span:
    """The days of a month."""
    return Span(date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1]), "month")


def to_fiscal_year(year: int) -> Span:
    """The fiscal year of the United States government: October to September."""
    return Span(date(year - 1, 10, 1), date(year, 9, 30), "fiscal")


def _find_month(mention: TimeMention, year: int | None, anchor: date | None) -> Span | None:
    month, day = mention.month or 1, mention.day

    def build(at: int) -> Span:
        if day is None:
            return to_month(at, month)
        last = mention.last_day
        return Span(date(at, month, day), date(at, month, last if last and last > day else day), "day")

    if year is not None:
        return build(year)
    if anchor is None:
        return None
    if day is not None and mention.weekday is not None:
        # `Monday, Oct. 26` fits one year in six.
        fitting = [at for at in range(anchor.year - 2, anchor.year + 2) if _is_weekday(at, month, day, mention.weekday)]
        if fitting:
            return build(min(fitting, key=lambda at: abs((build(at).start - anchor).days)))
    return _choose_year(mention, build, anchor)


def _is_weekday(year: int, month: int, day: int, weekday: int) -> bool:
    return day <= calendar.monthrange(year, month)[1] and date(year, month, day).weekday() == weekday


def _choose_year(mention: TimeMention, build: Callable[[int], Span], anchor: date) -> Span:
    """Chooses the year of a date that names none: by `last`/`next`, relation, tense, nearness."""
    here = build(anchor.year)
    if mention.offset == -1:
        return here if here.end < anchor else build(anchor.year - 1)
    if mention.offset == 1:
        return here if here.start > anchor else build(anchor.year + 1)
    if mention.offset == 0 and mention.season is None:
        return here
    back = mention.relation in BACK or (mention.tense == "past" and mention.relation not in AHEAD)
    ahead = mention.relation in AHEAD or mention.tense == "future"
    around = (build(at) for at in (anchor.year - 1, anchor.year, anchor.year + 1))
    near = min(around, key=lambda span: _distance(span, anchor))
    if not ahead and (not back or mention.offset == 0):
        return near
    if mention.day is not None or mention.holiday is not None or mention.quarter is not None:
        # News names the year of what is far off, so tense decides only there.
        slack = 100 if mention.quarter is not None else 45
        if -slack <= _distance(near, anchor) <= slack:
            return near
    if back:
        return here if here.start <= anchor else build(anchor.year - 1)
    return here if here.end >= anchor else build(anchor.year + 1)


def _distance(span: Span, anchor: date) -> int:
    """Days from the anchor to the nearer end of a stretch; 0 inside it."""
    return max((span.start - anchor).days, (anchor - span.end).days, 0)


def _find_holiday(mention: TimeMention, anchor: date | None) -> Span | None:
    month, *rest = (mention.holiday or "").split("-")

    def build(year: int) -> Span:
        if len(rest) == 1:
            day = date(year, int(month), int(rest[0]))
        else:
            count, weekday = rest
            days = [week[int(weekday)] for week in calendar.monthcalendar(year, int(month)) if week[int(weekday)]]
            day = date(year, int(month), days[-1] if count == "L" else days[int(count) - 1])
        return Span(day, day, "day")

    if mention.year is not None:
        return build(mention.year)
    return _choose_year(mention, build, anchor) if anchor else None


def _find_weekday(mention: TimeMention, anchor: date | None) -> Span | None:
    if anchor is None or mention.weekday is None:
        return None
    back = (anchor.weekday() - mention.weekday) % 7
    ahead = (mention.weekday - anchor.weekday()) % 7
    if mention.offset == -1:
        day = anchor - timedelta(days=back or 7)
    elif mention.offset == 1 or mention.relation in AHEAD:
        day = anchor + timedelta(days=ahead or (7 if mention.offset == 1 else 0))
    elif mention.tense == "future" and mention.relation not in BACK:
        day = anchor + timedelta(days=ahead)
    else:
        day = anchor - timedelta(days=back)
    return Span(day, day, "day")


def _find_day_alone(mention: TimeMention, anchor: date | None) -> Span | None:
    """`the 20th`: the latest on or before the anchor, or the next one in a future clause."""
    if anchor is None or mention.day is None:
        return None
    ahead = mention.tense == "future" or mention.relation in AHEAD
    month = date(anchor.year, anchor.month, 1)
    for step in (0, 1, 2) if ahead else (0, -1, -2):
        first = add_months(month, step)
        if mention.day <= calendar.monthrange(first.year, first.month)[1]:
            day = first.replace(day=mention.day)
            if (day >= anchor) if ahead else (day <= anchor):
                return Span(day, day, "day")
    return None


# ---------------------------------------------------------------- parts of a year


def _find_part_of_year(mention: TimeMention, year: int | None, anchor: date | None) -> Span | None:
    def build(at: int) -> Span:
        if mention.season is not None:
            # Northern seasons by whole months; winter is named for the year it begins in.
            first = mention.season * 3
            end_year, end_month = (at + 1, 2) if first == 12 else (at, first + 2)
            return Span(date(at, first, 1), to_month(end_year, end_month).end, "season")
        size = 3 if mention.quarter is not None else 6
        first = ((mention.quarter or mention.half or 1) - 1) * size + 1
        start = add_months(date(at - 1, 10, 1), first - 1) if mention.fiscal else date(at, first, 1)
        return Span(start, add_months(start, size) - _ONE_DAY, "quarter" if size == 3 else "half")

    if year is not None:
        return build(year)
    if anchor is None:
        return None
    if mention.season is None and mention.tense is None and mention.relation not in AHEAD:
        # Without a tense, news speaks of the quarter that has begun.
        return build(anchor.year) if build(anchor.year).start <= anchor else build(anchor.year - 1)
    return _choose_year(mention, build, anchor)


# ---------------------------------------------------------------- units from the anchor


def add_months(day: date, count: int) -> date:
    """Moves a day by whole months; the 31st becomes the month's last day."""
    index = day.year * 12 + day.month - 1 + count
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def add_units(day: date, unit: str, count: float) -> date:
    """Moves a day by an amount of a unit; parts of a day round away from it."""
    months = {"month": 1, "quarter": 3, "season": 3, "year": 12, "decade": 120, "century": 1200}.get(unit)
    if months is not None:
        return add_months(day, round(count * months))
    days = {"week": 7.0, "fortnight": 14.0, "weekend": 7.0, "hour": 1 / 24, "minute": 1 / 1440, "second": 1 / 86400}
    exact = count * days.get(unit, 1.0)
    return day + timedelta(days=math.ceil(exact) if exact > 0 else math.floor(exact))


_STEPS: Mapping[str, int] = {"month": 1, "quarter": 3, "year": 12}


def to_unit(day: date, unit: str) -> Span | None:
    """The calendar unit that a day lies in."""
    if unit in {"day", "night", "hour", "minute", "second"}:
        return Span(day, day, "day")
    if unit in {"week", "fortnight"}:
        monday = day - timedelta(days=day.weekday())
        return Span(monday, monday + timedelta(days=6), "week")
    if unit == "month":
        return to_month(day.year, day.month)
    if unit == "quarter":
        start = date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
        return Span(start, add_months(start, 3) - _ONE_DAY, "quarter")
    if unit in {"year", "season"}:
        return Span(date(day.year, 1, 1), date(day.year, 12, 31), "year")
    years = {"decade": 10, "century": 100}.get(unit)
    if years is None:
        return None
    first = max(1, day.year // years * years)
    return Span(date(first, 1, 1), date(first + years - 1, 12, 31), unit)


def _find_unit(mention: TimeMention, anchor: date) -> Span | None:
    unit, offset = mention.unit or "day", mention.offset
    if unit == "weekend":
        saturday = anchor + timedelta(days=5 - anchor.weekday())
        if offset is None:
            ahead = mention.tense == "future" or mention.relation in AHEAD
            offset = 0 if ahead or anchor.weekday() >= 5 else -1
        elif offset == 0 and mention.tense == "past" and anchor.weekday() < 5:
            offset = -1
        saturday += timedelta(days=7 * offset)
        return Span(saturday, saturday + _ONE_DAY, "weekend")
    return to_unit(add_units(anchor, unit, offset or 0), unit)


def _find_counted(mention: TimeMention, anchor: date | None) -> Span | None:
    """`two weeks ago`, `three days later`: the day, week, month or year that it leads to."""
    if anchor is None or mention.low is None or mention.unit is None:
        return None
    sign = -1 if mention.direction == "past" else 1
    amounts = (mention.low, mention.high or mention.low)
    ends = sorted(add_units(anchor, mention.unit, sign * amount) for amount in amounts)
    # A single year back is told to the month, several years to the year.
    unit = "month" if mention.unit in {"year", "quarter", "season"} and mention.high == 1 else mention.unit
    first, last = to_unit(ends[0], unit), to_unit(ends[1], unit)
    return Span(first.start, last.end, first.grain) if first and last else None


# ---------------------------------------------------------------- early, mid, late


def narrow(span: Span, modifier: str | None, anchor: date | None) -> Span:
    """Narrows a stretch to its early, middle or late part; thirds are our convention."""
    if span.grain == "day":
        return span
    if modifier == "earlier" and anchor is not None and span.start <= anchor <= span.end:
        return Span(span.start, anchor, "part")
    if modifier == "later" and anchor is not None and span.start <= anchor <= span.end:
        return Span(anchor, span.end, "part")
    if modifier not in {"start", "mid", "end"}:
        return span
    months = (span.end.year - span.start.year) * 12 + span.end.month - span.start.month + 1
    if span.grain in {"week", "weekend"}:
        cuts = [span.start, span.start + timedelta(days=2), span.start + timedelta(days=4)]
    elif months == 1:
        cuts = [span.start, span.start + timedelta(days=10), span.start + timedelta(days=20)]
    else:
        cuts = [span.start, add_months(span.start, months // 3), add_months(span.start, months - months // 3)]
    at = ("start", "mid", "end").index(modifier)
    return Span(cuts[at], cuts[at + 1] - _ONE_DAY if at < 2 else span.end, "part")
