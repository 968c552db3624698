"""Stage 4 of 8, quotations and their speakers. In: ParsedReport, Attributions. Out: Attributions.

A content that touches a quotation takes in all of it, over sentence ends. A quotation
that no cue reaches belongs to whoever spoke the one right before it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from reportedly.model import Attribution, ParsedReport, Quotation, Sentence
from reportedly.vocab import Speech

#: Shorter quotations without a cue are titles, nicknames and scare quotes.
LEAST_WORDS = 4
_WORD = re.compile(r"\w+")


def extend_over_quotations(parsed: ParsedReport, found: Sequence[Attribution]) -> list[Attribution]:
    """Widens contents over the quotations they touch and gives each loose quotation its speaker."""
    ordered = sorted(found, key=_find_cue_start)
    zones = [zone for zone in parsed.quotations if len(_WORD.findall(parsed.report.text, zone.start, zone.end)) >= 1]
    if not zones:
        return ordered
    owners: dict[int, int] = {}
    for number, zone in enumerate(zones):
        owner = _find_owner(ordered, zone)
        if owner is not None:
            owners[number] = owner
            ordered[owner] = _widen(ordered[owner], zone)
    _inherit(parsed, ordered, zones, owners)
    return [_find_speech(attribution, zones) for attribution in ordered]


def _find_cue_start(attribution: Attribution) -> int:
    source = attribution.sources[-1]
    return source.cue.start if source.cue else source.start


def _find_owner(found: Sequence[Attribution], zone: Quotation) -> int | None:
    """The attribution with its cue outside the zone whose content overlaps it most."""
    best: tuple[int, int] | None = None
    for number, attribution in enumerate(found):
        if zone.start <= _find_cue_start(attribution) < zone.end:
            continue
        shared = max((min(end, zone.end) - max(start, zone.start) for start, end in attribution.contents), default=0)
        if shared > 1 and (best is None or shared >= best[0]):
            best = (shared, number)
    return best[1] if best else None


def _widen(attribution: Attribution, zone: Quotation) -> Attribution:
    pieces = [
        (start, end)
        if min(end, zone.end) - max(start, zone.start) <= 0
        else (min(start, zone.start), max(end, zone.end))
        for start, end in attribution.contents
    ]
    return replace(attribution, contents=tuple(_merge(pieces)))


def _merge(pieces: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(pieces):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


# ---------------------------------------------------------------- loose quotations


def _inherit(
    parsed: ParsedReport, found: list[Attribution], zones: Sequence[Quotation], owners: dict[int, int]
) -> None:
    """Gives loose quotations the speaker of the one before, of the line before, or of the sentence's cue."""
    text = parsed.report.text
    for number, zone in enumerate(zones):
        if number in owners:
            continue
        if len(_WORD.findall(text[zone.start : zone.end])) < LEAST_WORDS:
            continue
        owner = _find_before(parsed, found, zones, owners, number)
        if owner is not None:
            owners[number] = owner
            contents = _merge([*found[owner].contents, (zone.start, zone.end)])
            rules = (*found[owner].rules, "en.attribution.quotation-goes-on")
            found[owner] = replace(found[owner], contents=tuple(contents), rules=tuple(dict.fromkeys(rules)))


def _find_before(
    parsed: ParsedReport,
    found: Sequence[Attribution],
    zones: Sequence[Quotation],
    owners: dict[int, int],
    number: int,
) -> int | None:
    zone = zones[number]
    here = _find_sentence(parsed, zone.start)
    if here is None:
        return None
    opens = zone.start - here.start < 4
    near = [at for at, attribution in enumerate(found) if _is_close(parsed, attribution, zone, here)]
    if number - 1 in owners and opens:
        before = zones[number - 1]
        between = parsed.report.text[before.end : zone.start]
        if not between.strip() or owners[number - 1] in near:
            return owners[number - 1]
        if _follows_paragraph(parsed, found[owners[number - 1]], before, zone, here):
            return owners[number - 1]
    if (
        number - 1 in owners
        and not opens
        and _resumes(parsed, found[owners[number - 1]], zones[number - 1], zone, here)
    ):
        return owners[number - 1]
    if opens and near:
        last = max(near, key=lambda at: _find_cue_start(found[at]))
        return last if _find_cue_start(found[last]) < zone.start else None
    return None


def _follows_paragraph(
    parsed: ParsedReport, owner: Attribution, before: Quotation, zone: Quotation, here: Sentence
) -> bool:
    """Whether a paragraph that is all quotation follows the one whose last words tell who speaks."""
    there = _find_sentence(parsed, _find_cue_start(owner))
    if there is None or here.paragraph - there.paragraph != 1 or here.index - there.index != 1:
        return False
    return before.end > there.start and parsed.report.text[zone.end : zone.end + 2].strip() == ""


def _resumes(parsed: ParsedReport, owner: Attribution, before: Quotation, zone: Quotation, here: Sentence) -> bool:
    """`"A," he said, "B."`: the second half belongs to the speaker of the first."""
    cue = _find_cue_start(owner)
    if not (before.end <= cue < zone.start and here.start <= cue):
        return False
    return parsed.report.text[: zone.start].rstrip()[-1:] in {",", "."}


def _is_close(parsed: ParsedReport, attribution: Attribution, zone: Quotation, here: Sentence) -> bool:
    """Whether an attribution's cue stands right before a quotation: its sentence or the one before, or `:`."""
    cue = _find_cue_start(attribution)
    if cue >= zone.start:
        return False
    there = _find_sentence(parsed, cue)
    if there is None:
        return False
    leads = parsed.report.text[: zone.start].rstrip()[-1:] == ":"
    direct = any(
        start <= other.start and other.end <= end for start, end in attribution.contents for other in parsed.quotations
    )
    return here.index - there.index <= 1 and (leads or (direct and here.paragraph == there.paragraph))


def _find_sentence(parsed: ParsedReport, offset: int) -> Sentence | None:
    low, high = 0, len(parsed.sentences)
    while low < high:
        middle = (low + high) // 2
        if parsed.sentences[middle].end <= offset:
            low = middle + 1
        else:
            high = middle
    return parsed.sentences[low] if low < len(parsed.sentences) and parsed.sentences[low].start <= offset else None


# ---------------------------------------------------------------- direct, indirect, mixed


def _find_speech(attribution: Attribution, zones: Sequence[Quotation]) -> Attribution:
    whole = sum(end - start for start, end in attribution.contents)
    quoted = sum(
        max(0, min(end, zone.end) - max(start, zone.start))
        for start, end in attribution.contents
        for zone in zones
        if zone.start < end and start < zone.end
    )
    if not quoted:
        return attribution
    speech = Speech.DIRECT if quoted >= 0.8 * whole else Speech.MIXED
    return replace(attribution, sources=tuple(replace(source, speech=speech) for source in attribution.sources))
