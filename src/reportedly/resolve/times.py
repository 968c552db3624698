"""Stage 5 of 8. In: TimeMention. Out: Time, an interval of ISO dates with its EDTF.

Anchored on the report's publication date; without one only fully stated dates resolve.
"""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from reportedly.model import Report, Time, TimeMention
from reportedly.resolve.intervals import Span, add_units, find_span
from reportedly.resolve.timex import to_timex_value
from reportedly.vocab import Role, Status, TimeBasis

__all__ = ["read_anchor", "resolve_claim_time", "resolve_mention", "to_edtf", "to_timex"]

_FUTURE = frozenset({Status.PLANNED, Status.EXPECTED, Status.POSSIBLE, Status.DEMANDED, Status.HYPOTHETICAL})


def read_anchor(published: str | None) -> date | None:
    """Reads the day of an ISO date or date-time; None where there is none or it cannot be."""
    try:
        return date.fromisoformat(published[:10]) if published else None
    except ValueError:
        return None


# ---------------------------------------------------------------- one mention


def resolve_mention(mention: TimeMention, report: Report, mentions: Sequence[TimeMention] = ()) -> Time | None:
    """Resolves a mention to an inclusive interval of ISO dates, either end open.

    Args:
        mention: what `find_times` gave.
        report: its publication date anchors what is relative.
        mentions: all of the report's mentions, for `that year` and for the two ends of a range.

    Returns:
        None for sets, bare lengths, vague references and what lacks its anchor.
    """
    anchor = read_anchor(report.published)
    if mention.kind == "point":
        start, end, edtf = _resolve_point(mention, anchor, mentions)
    elif mention.kind == "duration":
        start, end, edtf = _resolve_window(mention, anchor)
    elif mention.kind == "reference" and mention.direction == "present" and anchor is not None:
        start, end, edtf = anchor, anchor, anchor.isoformat()
    else:
        return None
    if start is None and end is None:
        return None
    stated = mention.year is not None or mention.decade is not None or mention.century is not None
    return Time(
        start=start.isoformat() if start else None,
        end=end.isoformat() if end else None,
        edtf=edtf,
        basis=TimeBasis.STATED if stated else TimeBasis.RELATIVE,
        text=mention.text,
        text_start=mention.start,
        text_end=mention.end,
    )


_Ends = tuple[date | None, date | None, str | None]
_NOTHING: _Ends = (None, None, None)


def _find(mention: TimeMention, anchor: date | None, mentions: Sequence[TimeMention], depth: int = 0) -> Span | None:
    prior: Span | None = None
    if mention.previous is not None and mention.previous < len(mentions) and depth < 8:
        prior = _find(mentions[mention.previous], anchor, mentions, depth + 1)
    return find_span(mention, anchor, prior)


def _resolve_point(mention: TimeMention, anchor: date | None, mentions: Sequence[TimeMention]) -> _Ends:
    span = _find(mention, anchor, mentions)
    if span is None:
        return _NOTHING
    if mention.partner is not None and mention.partner < len(mentions):
        whole = _resolve_range(mention, mentions[mention.partner], anchor, mentions)
        if whole is not None:
            return whole.start, whole.end, f"{whole.start.isoformat()}/{whole.end.isoformat()}"
    if mention.part_of_day == "NI" and mention.unit == "day" and mention.offset == -1:
        # `overnight` and `last night` run into the day of the report.
        span = Span(span.start, add_units(span.end, "day", 1), "night")
    edtf = to_edtf(span)
    if mention.last_year is not None or mention.last_day is not None:
        return span.start, span.end, edtf
    if mention.modifier == "approx" and "/" not in edtf:
        edtf += "~"
    if mention.relation in {"by", "until", "before"}:
        if _ends_at_start(mention, span):
            return None, span.start, f"../{span.start.isoformat()}"
        return None, span.end, f"../{edtf.rsplit('/', 1)[-1]}"
    if mention.relation in {"since", "from", "after"}:
        return span.start, None, f"{edtf.split('/')[0]}/.."
    return span.start, span.end, edtf


def _ends_at_start(mention: TimeMention, span: Span) -> bool:
    """`by September` and `by early 2021` are by the first day, `by the end of September` by the last."""
    short = span.grain in {"month", "season", "quarter"} or (span.grain == "part" and mention.modifier == "start")
    return short and mention.relation != "until" and mention.modifier not in {"mid", "end", "later"}


def _resolve_range(
    mention: TimeMention, other: TimeMention, anchor: date | None, mentions: Sequence[TimeMention]
) -> Span | None:
    """From one end of `from March to June 2020` to the other; the year is shared, and rolls."""
    first, last = (mention, other) if mention.start <= other.start else (other, mention)
    if first.year is None and first.month is not None and last.year is not None:
        first = replace(first, year=last.year)
    begin, end = _find(first, anchor, mentions), _find(last, anchor, mentions)
    if begin is None or end is None:
        return None
    if begin.start > end.end and first.month is not None:
        begin = find_span(replace(first, year=end.end.year - (first.month > end.end.month)), anchor)
    return Span(begin.start, end.end, "range") if begin and begin.start <= end.end else None


def _resolve_window(mention: TimeMention, anchor: date | None) -> _Ends:
    """`the past two months`, `the next two to three months`, `within 48 hours`."""
    if anchor is None or mention.unit is None:
        return _NOTHING
    ahead = mention.direction == "future" or (
        mention.direction is None
        and (mention.relation == "within" or (mention.relation in {"in", "by"} and mention.tense == "future"))
    )
    if not ahead and mention.direction != "past":
        return _NOTHING
    try:
        if ahead:
            end = add_units(anchor, mention.unit, mention.high) if mention.high is not None else None
            return anchor, end, f"{anchor.isoformat()}/{end.isoformat() if end else '..'}"
        start = add_units(anchor, mention.unit, -mention.high) if mention.high is not None else None
        return start, anchor, f"{start.isoformat() if start else '..'}/{anchor.isoformat()}"
    except (ValueError, OverflowError):
        return _NOTHING


# ---------------------------------------------------------------- notations


def to_edtf(span: Span) -> str:
    """Writes a stretch in EDTF (ISO 8601-2:2019), level 1."""
    start, end = span.start, span.end
    if span.grain == "century":
        return f"{start.year // 100:02d}XX"
    if span.grain == "decade":
        return f"{start.year // 10:03d}X"
    if span.grain == "season":
        return f"{start.year:04d}-{20 + start.month // 3}"
    if start == end:
        return start.isoformat()
    whole = start.day == 1 and end.day == calendar.monthrange(end.year, end.month)[1]
    if not whole:
        return f"{start.isoformat()}/{end.isoformat()}"
    if (start.month, end.month) == (1, 12):
        return f"{start.year:04d}" if start.year == end.year else f"{start.year:04d}/{end.year:04d}"
    first, last = f"{start.year:04d}-{start.month:02d}", f"{end.year:04d}-{end.month:02d}"
    return first if first == last else f"{first}/{last}"


def to_timex(mention: TimeMention, anchor: str | None, mentions: Sequence[TimeMention] = ()) -> tuple[str, str]:
    """Writes a mention as TIMEX3: its type and value.

    Args:
        mention: what `find_times` gave.
        anchor: the document's own date, ISO.
        mentions: all of the report's mentions, for `that year`.
    """
    day = read_anchor(anchor)
    return to_timex_value(mention, _find(mention, day, mentions), day)


# ---------------------------------------------------------------- the time of a claim


def resolve_claim_time(
    mention: TimeMention | None,
    report: Report,
    figure_role: Role,
    status: Status,
    mentions: Sequence[TimeMention] = (),
) -> Time | None:
    """Says when a claim holds, given the time chosen for its figure.

    A level holds from its as-of day, open-ended; a level to be reached from its deadline; a
    planned change runs from the day of the report to its deadline; a counted happening has
    its own window. Without words, what is under way or planned holds from the report's date.
    """
    anchor = read_anchor(report.published)
    time = resolve_mention(mention, report, mentions) if mention is not None else None
    if mention is not None and time is not None and not _fits(time, anchor, figure_role, status):
        # The status of the clause is surer than the tense of the nearest verb.
        turned = replace(mention, tense="past" if status is Status.HAPPENED else "future")
        time = resolve_mention(turned, report, mentions)
        time = time if time is not None and _fits(time, anchor, figure_role, status) else None
    if time is None:
        return _to_default(report, anchor, figure_role, status)
    if figure_role is Role.FROM:
        return time if _is_past(time, anchor) else _to_own_time(report, anchor)
    if status in _FUTURE:
        if figure_role is Role.CHANGE:
            return _to_window(time, anchor)
        deadline = time.end or time.start
        return replace(time, start=deadline, end=None, edtf=f"{deadline}/..")
    if status is Status.ONGOING and figure_role in {Role.LEVEL, Role.TO}:
        start = time.start or time.end
        return replace(time, start=start, end=None, edtf=f"{start}/..")
    return _clip(time, anchor) if status is Status.HAPPENED else time


def _fits(time: Time, anchor: date | None, figure_role: Role, status: Status) -> bool:
    """Whether a time can be that of the claim: what happened lies not ahead, a plan not behind."""
    if anchor is None:
        return True
    day = anchor.isoformat()
    if status is Status.HAPPENED:
        if time.start is None:
            return time.end is None or time.end <= day
        return time.start < day or time.start == time.end == day
    if status in _FUTURE and figure_role in {Role.CHANGE, Role.TO}:
        return time.end is None or time.end >= day
    return True


def _clip(time: Time, anchor: date | None) -> Time:
    """What has happened ended by the day of the report (`this month`)."""
    if anchor is None or time.end is None or time.end <= anchor.isoformat():
        return time
    return replace(time, end=anchor.isoformat(), edtf=f"{time.start}/{anchor.isoformat()}")


def _to_default(report: Report, anchor: date | None, figure_role: Role, status: Status) -> Time | None:
    """The time of a claim whose words give none, as far as the report's date decides it."""
    own = _to_own_time(report, anchor)
    if own is None or status is Status.ONGOING or figure_role is Role.FROM:
        return own
    if status in _FUTURE:
        return own if figure_role is Role.CHANGE else None
    if status is Status.HAPPENED and figure_role in {Role.CHANGE, Role.COUNT}:
        # It lies before the report; since when is not said.
        return replace(own, start=None, end=own.start, edtf=f"../{own.start}")
    return own if status is Status.HAPPENED and figure_role is Role.TO else None


def _to_own_time(report: Report, anchor: date | None) -> Time | None:
    if anchor is None:
        return None
    basis = report.published_basis or TimeBasis.PUBLICATION
    return Time(start=anchor.isoformat(), end=None, edtf=f"{anchor.isoformat()}/..", basis=basis)


def _is_past(time: Time, anchor: date | None) -> bool:
    last = time.end or time.start
    return anchor is None or (last is not None and last < anchor.isoformat())


def _to_window(time: Time, anchor: date | None) -> Time:
    """From the report's date to the deadline; a change that begins later begins then."""
    if anchor is None:
        return time
    day = anchor.isoformat()
    if time.end is None or time.end < day:
        return time
    return replace(time, start=day, edtf=f"{day}/{time.end}")
