"""Stage 8 of 8. In: Claim. Out: words for people, the same on the terminal and on the page.

Nothing here adds to a claim: what it leaves null is an empty string.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction

from reportedly.model import Actor, Claim, Failure, Judgement, Link, Place, Quantity, Report, Run, Source, Time
from reportedly.vocab import (
    CLAIMED_REGIONS,
    Approx,
    Direction,
    Factuality,
    RegionKind,
    Role,
    Status,
    TimeBasis,
    Unit,
    Verdict,
)

MINUS, THIN = "\N{MINUS SIGN}", "\N{NO-BREAK SPACE}"
OWN_ACCOUNT = "own account"
# C0 and C1 but for tab and newline, then Unicode's bidirectional controls.
_OBEYED = dict.fromkeys(
    (*range(9), *range(11, 32), *range(127, 160), *range(0x202A, 0x202F), *range(0x2066, 0x206A)),
    "\N{REPLACEMENT CHARACTER}",
)
#: What a status means, in words that need no manual.
STATUS_MEANING: Mapping[Status, str] = {
    Status.HAPPENED: "it happened",
    Status.ONGOING: "it holds or goes on",
    Status.PLANNED: "someone decided or intends it",
    Status.EXPECTED: "someone thinks it will happen",
    Status.POSSIBLE: "it may be or may happen",
    Status.DEMANDED: "someone asks for it",
    Status.HYPOTHETICAL: "it is imagined or conditional",
    Status.DENIED: "the report says it is not so",
}
FACTUALITY_MEANING: Mapping[Factuality, str] = {
    Factuality.CERTAIN: "certainly so",
    Factuality.PROBABLE: "probably so",
    Factuality.POSSIBLE: "possibly so",
    Factuality.CERTAIN_NOT: "certainly not so",
    Factuality.PROBABLE_NOT: "probably not so",
    Factuality.POSSIBLE_NOT: "possibly not so",
    Factuality.CERTAIN_UNKNOWN: "known to the source, which does not say whether it is so",
    Factuality.UNKNOWN: "the source does not commit itself",
}
#: What a person decided: a mark and its word, so that neither colour nor the mark need be known.
VERDICT_MARK: Mapping[Verdict, str] = {
    Verdict.ACCEPT: "✓ accepted",
    Verdict.REJECT: "✗ rejected",
    Verdict.AMEND: "✎ amended",
}
_WORDED = {"≥": "at least", "≤": "up to", "~": "about"}
_TIME_MEANING: Mapping[TimeBasis, str] = {
    TimeBasis.STATED: "as the report says",
    TimeBasis.RELATIVE: "by the report's date",
    TimeBasis.DATELINE: "from the dateline",
    TimeBasis.PUBLICATION: "from the date of publication",
}


def to_visible(text: str) -> str:
    """Replaces what a terminal would obey instead of show: control characters, changes of direction."""
    return text.translate(_OBEYED)


def to_title(report: Report) -> str:
    """Names a report: its title, else its headline, else its first words, cut at a word."""
    if report.title and report.title.strip():
        return to_short(report.title, 90)
    for wanted in ({RegionKind.HEADLINE}, CLAIMED_REGIONS, set(RegionKind)):
        for region in report.regions:
            words = report.text[region.start : min(region.end, region.start + 400)]
            if region.kind in wanted and words.strip():
                return to_short(words.strip().split("\n")[0], 90)
    return to_short(report.text[:400], 90) or "(no text)"


def to_short(text: str, size: int) -> str:
    """Cuts a text to at most `size` letters, at a word where there is one."""
    text = " ".join(text.split())
    if len(text) <= size:
        return text
    return (text[: size - 1].rsplit(" ", 1)[0] or text[: size - 1]).rstrip(" ,;:") + "…"


def to_day(iso: str) -> str:
    """Writes an ISO date as `28 Aug 2020`; anything else stays as it is."""
    try:
        day = date.fromisoformat(iso[:10])
    except ValueError:
        return iso
    return f"{day.day}{THIN}{day:%b}{THIN}{day.year}"


def to_minute(iso: str) -> str:
    """Writes an ISO date-time as `2020-08-28 14:05`; anything else stays as it is."""
    return iso[:16].replace("T", " ") if len(iso) > 10 else iso


# ---------------------------------------------------------------- how many, of what


def to_number(value: float) -> str:
    """Writes a number with commas between thousands and no needless decimals."""
    return f"{int(value):,}" if float(value).is_integer() else f"{value:,.10g}"


def to_figure(claim: Claim) -> str:
    """Writes a claim's figure: `~3,500`, `≥ 2,000`, `10,000–15,000`, `−1,700`, `from 5,200`.

    For an event it is the event's type.
    """
    quantity = claim.quantity
    if quantity is None:
        return claim.event.type.lower() if claim.event else ""
    bare = _to_bounds(quantity, claim.evidence.text)
    if quantity.role in (Role.FROM, Role.TO):
        return f"{quantity.role}{THIN}{bare}"
    if quantity.role is not Role.CHANGE or quantity.approx is Approx.VAGUE:
        return bare
    if quantity.direction is None:
        return f"change of {bare}"
    sign = "+" if quantity.direction is Direction.UP else MINUS
    # The sign belongs to the figure, not to its hedge: "at least −1,700" cannot be misread.
    hedge = _WORDED.get(bare[0])
    return f"{hedge} {sign}{bare[1:].lstrip()}" if hedge else f"{sign}{bare}"


def _to_bounds(quantity: Quantity, words: str) -> str:
    low, high = quantity.low, quantity.high
    if quantity.approx is Approx.VAGUE or (low is None and high is None):
        return " ".join(words.split())
    if low is not None and high is not None and low != high:
        return _to_amount(quantity, f"{_to_value(low, quantity.unit)}–{_to_value(high, quantity.unit)}")
    value = _to_value(low if low is not None else high or 0.0, quantity.unit)
    if high is None or quantity.approx is Approx.AT_LEAST:
        return f"≥{THIN}{_to_amount(quantity, value)}"
    if low is None or quantity.approx is Approx.AT_MOST:
        return f"≤{THIN}{_to_amount(quantity, value)}"
    return ("~" if quantity.approx is Approx.ABOUT else "") + _to_amount(quantity, value)


def _to_value(value: float, unit: Unit) -> str:
    if unit is Unit.FRACTION:
        near = Fraction(value).limit_denominator(12)
        return f"{near.numerator}/{near.denominator}" if abs(near - value) < 0.004 else to_number(value)
    return to_number(value)


def _to_amount(quantity: Quantity, value: str) -> str:
    if quantity.unit is Unit.PERCENT:
        return f"{value}{THIN}%"
    if quantity.unit is Unit.MULTIPLE:
        return f"{value}{THIN}×"
    if quantity.unit is Unit.FORMATION:
        return f"{value}{THIN}{_to_plural(quantity.formation or 'unit', value != '1')}"
    return value


def _to_plural(noun: str, several: bool) -> str:
    if not several or noun.endswith("s"):
        return noun
    return noun[:-1] + "ies" if noun.endswith("y") else noun + "s"


def to_what(claim: Claim) -> str:
    """Names what is counted or what happens, with the basis of the figure in brackets."""
    if claim.quantity is None:
        return claim.event.trigger.text if claim.event else ""
    basis = f" ({', '.join(claim.quantity.basis)})" if claim.quantity.basis else ""
    return (claim.measure or "").replace("_", " ") + basis


# ---------------------------------------------------------------- who, where, when


def to_whose(actor: Actor | None) -> str:
    """Names an actor: as resolved, else as written."""
    return (actor.name or actor.text) if actor else ""


def to_where(place: Place | None) -> str:
    """Names a place: as resolved, else as written."""
    return (place.name or place.text) if place else ""


def to_when(time: Time | None) -> str:
    """Writes an interval as short as it can be: `2020`, `Aug 2020`, `28 Aug – 28 Nov 2020`."""
    if time is None:
        return ""
    if time.start is None or time.end is None:
        if time.start or time.end:
            return f"from {to_day(time.start)}" if time.start else f"until {to_day(time.end or '')}"
        return time.text or ""
    try:
        start, end = date.fromisoformat(time.start[:10]), date.fromisoformat(time.end[:10])
    except ValueError:
        return time.text or f"{time.start} – {time.end}"
    if start == end:
        return to_day(time.start)
    if (start.day, start.month, end.day, end.month) == (1, 1, 31, 12):
        return f"{start.year}" if start.year == end.year else f"{start.year}–{end.year}"
    if start.day == 1 and (end + timedelta(days=1)).day == 1:
        first = f"{start:%b}{THIN}{start.year}"
        return first if (start.year, start.month) == (end.year, end.month) else f"{first} – {end:%b}{THIN}{end.year}"
    first = f"{start.day}{THIN}{start:%b}" if start.year == end.year else to_day(time.start)
    return f"{first} – {to_day(time.end)}"


def to_when_basis(time: Time) -> str:
    """Says what a time was worked out from, and its words where the report has some."""
    meaning = _TIME_MEANING[time.basis]
    return f"“{time.text}”, {meaning}" if time.text else meaning


def to_source(source: Source) -> str:
    """Names a source: as resolved, else as written."""
    return " ".join((source.name or source.text).split())


def to_chain(sources: Sequence[Source]) -> str:
    """Writes the chain of sources, nearest to the report first: `Journal ‹ U.S. officials`."""
    return " ‹ ".join(map(to_source, sources)) or OWN_ACCOUNT


def to_source_words(source: Source) -> str:
    """Describes one source in full: kind, role, affiliation, anonymity, cue."""
    parts = [str(source.kind), *(part for part in (source.role, source.affiliation, source.country) if part)]
    parts += ["unnamed"] if source.anonymous else []
    cue = f", “{source.cue.text}”" if source.cue else ""
    return f"{to_source(source)} ({'; '.join(parts)}{cue}, {source.speech} speech)"


def to_relation(link: Link) -> str:
    """Names a link in words: `part of`."""
    return str(link.relation).replace("_", " ")


def to_linked(link: Link, claims: Sequence[Claim]) -> str:
    """Names the claim at the other end of a link by its figure, else by its id."""
    return next((to_figure(claim) for claim in claims if claim.claim_id == link.claim_id), link.claim_id)


def to_confidence(value: float) -> str:
    """Writes a confidence as short as it can be: `.87`, `1.0`."""
    return f"{value:.2f}".removeprefix("0") if value < 0.995 else "1.0"


def to_value(value: object) -> str:
    """Writes a field's value as `judge` takes it: text bare, numbers with commas, anything else as JSON."""
    if isinstance(value, str):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return to_number(value)
    return json.dumps(value, ensure_ascii=False)


# ---------------------------------------------------------------- what persons said


def to_verdict(claim: Claim) -> str:
    """Says what a person decided on a claim: `✎ amended`; empty where nobody judged it."""
    return VERDICT_MARK[claim.judgement.verdict] if claim.judgement else ""


def to_judgement(judgement: Judgement) -> str:
    """Says who judged, when, what and why: `✎ amended by Ann, 3 May 2025 (measure): misread`."""
    fields = ", ".join(judgement.amended)
    # An earlier amendment stays in force when the claim is accepted later.
    fields = f" (with the amended {fields})" if fields and judgement.verdict is not Verdict.AMEND else f" ({fields})"
    by, why = (" ".join(words.split()) for words in (judgement.by, judgement.why))
    judged = f"{VERDICT_MARK[judgement.verdict]} by {by}, {to_day(judgement.at)}"
    return f"{judged}{fields if judgement.amended else ''}: {why}"


# ---------------------------------------------------------------- reports, failures, runs


def to_dateline(report: Report) -> str:
    """Says who published a report and when: `American Military News · 28 Aug 2020`."""
    basis = " (from the text)" if report.published_basis is TimeBasis.DATELINE else ""
    day = to_day(report.published) + basis if report.published else "no date"
    return " · ".join(part for part in (report.publisher or "publisher not given", day) if part)


def to_publisher_line(report: Report) -> str:
    """Names a report by publisher and day, for a cell: `Klow Herald, 28 Aug 2020`."""
    day = to_day(report.published) if report.published else ""
    return ", ".join(part for part in (" ".join((report.publisher or "").split()), day) if part)


def to_failure_line(failure: Failure) -> str:
    """Says in one line what could not be read, why, and what to do."""
    place = failure.origin if failure.external_id is None else f"{failure.origin}, id {failure.external_id}"
    line = f"{failure.cause} ({place})" if place else failure.cause
    return to_visible(" ".join((f"{line} - {failure.hint}" if failure.hint else line).split()))


def to_run_words(run: Run) -> str:
    """Says what made the claims."""
    return f"reportedly {run.version} · lexicon {run.lexicon} · {run.model} · run {run.run_id}"


def to_count(number: int, noun: str) -> str:
    """Writes a number with its noun: `1 report`, `12 claims`."""
    return f"{number:,} {_to_plural(noun, number != 1)}"
