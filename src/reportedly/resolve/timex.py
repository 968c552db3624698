"""Stage 5 of 8. In: TimeMention, Span. Out: TIMEX3 type and value (TimeML 1.2.1)."""

from __future__ import annotations

from datetime import date

from reportedly.model import TimeMention
from reportedly.resolve.intervals import Span, to_unit

_LETTERS = {
    "second": "S", "minute": "M", "hour": "H", "day": "D", "night": "D", "week": "W", "fortnight": "W", "month": "M",
    "quarter": "Q", "season": "Q", "year": "Y", "decade": "E", "century": "C", "weekend": "W",
}  # fmt: skip
_CLOCK_UNITS = frozenset({"second", "minute", "hour"})
_SEASONS = ("SP", "SU", "FA", "WI")


def to_timex_value(mention: TimeMention, span: Span | None, anchor: date | None) -> tuple[str, str]:
    """Writes the TIMEX3 type and value; unknown parts are X."""
    if mention.kind == "reference":
        return "DATE", {"past": "PAST_REF", "future": "FUTURE_REF"}.get(mention.direction or "", "PRESENT_REF")
    if mention.kind == "duration":
        return "DURATION", _to_length(mention)
    if mention.kind == "set":
        return "SET", _to_set(mention)
    return _to_point(mention, span)


def _to_length(mention: TimeMention) -> str:
    unit = mention.unit or "day"
    factor = 2 if unit == "fortnight" else 1
    amount = mention.low
    number = "X" if amount is None else f"{amount * factor:g}"
    if unit in {"decade", "century"} and amount is not None:
        return f"P{amount * (10 if unit == 'decade' else 100):g}Y"
    return f"P{'T' if unit in _CLOCK_UNITS else ''}{number}{_LETTERS.get(unit, 'D')}"


def _to_set(mention: TimeMention) -> str:
    if mention.weekday is not None:
        return f"XXXX-WXX-{mention.weekday + 1}"
    if mention.month is not None:
        return f"XXXX-{mention.month:02d}"
    return _to_length(mention)


def _to_point(mention: TimeMention, span: Span | None) -> tuple[str, str]:
    if span is None:
        return "DATE", _to_open_value(mention)
    value = _to_value(mention, span)
    if mention.clock:
        return "TIME", f"{span.start.isoformat()}T{mention.clock}"
    if mention.part_of_day:
        return "TIME", f"{span.start.isoformat()}T{mention.part_of_day}"
    return "DATE", value


def _to_value(mention: TimeMention, span: Span) -> str:
    grain, start = span.grain, span.start
    # Early and late are a modifier beside the value of the whole.
    if grain == "part":
        grain = _to_whole_grain(mention)
        start = (to_unit(span.start, grain) or span).start if grain in {"week", "month", "quarter", "year"} else start
    if grain == "fiscal":
        return f"{span.end.year:04d}"
    year = f"{start.year:04d}"
    if grain in {"week", "weekend"}:
        iso = start.isocalendar()
        return f"{iso.year:04d}-W{iso.week:02d}{'-WE' if grain == 'weekend' else ''}"
    return {
        "month": f"{year}-{start.month:02d}",
        "quarter": f"{year}-Q{(start.month + 2) // 3}",
        "half": f"{year}-H{1 if start.month < 7 else 2}",
        "season": f"{year}-{_SEASONS[(start.month // 3 - 1) % 4]}",
        "year": year,
        "range": year,
        "decade": year[:3],
        "century": year[:2],
    }.get(grain, start.isoformat())


def _to_whole_grain(mention: TimeMention) -> str:
    if mention.month is not None:
        return "month"
    if mention.season is not None:
        return "season"
    if mention.quarter is not None:
        return "quarter"
    if mention.decade is not None:
        return "decade"
    return mention.unit if mention.unit and mention.year is None else "year"


def _to_open_value(mention: TimeMention) -> str:
    """What can be written without an anchor: `XXXX-12-02`, `XXXX-WXX-1`."""
    if mention.month is not None:
        year = f"{mention.year:04d}" if mention.year else "XXXX"
        return f"{year}-{mention.month:02d}" + (f"-{mention.day:02d}" if mention.day else "")
    if mention.weekday is not None:
        return f"XXXX-WXX-{mention.weekday + 1}"
    if mention.quarter is not None:
        return f"XXXX-Q{mention.quarter}"
    if mention.season is not None:
        return f"XXXX-{_SEASONS[mention.season - 1]}"
    if mention.direction == "past":
        return "PAST_REF"
    return "FUTURE_REF" if mention.direction == "future" else "XXXX-XX-XX" if mention.unit == "day" else "XXXX"
