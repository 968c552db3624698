"""Stage 4 of 8, the answers put together. In: ParsedReport. Out: Draft.

Asks each question of each figure once, carries what the body says over to the same figure in
the headline, and refuses any draft whose evidence does not hold its words.
"""

from __future__ import annotations

import bisect
from collections.abc import Sequence
from dataclasses import dataclass, replace

from reportedly.errors import EvidenceError
from reportedly.extract.actors import choose_actor, find_actors
from reportedly.extract.attribution import choose_sources, find_attributions
from reportedly.extract.factuality import find_status
from reportedly.extract.places import choose_place, find_places
from reportedly.extract.quantities import find_figures
from reportedly.extract.times import choose_time, find_times
from reportedly.lexicon import Lexicon
from reportedly.model import ActorMention, Attribution, Draft, Figure, ParsedReport, PlaceMention, TimeMention
from reportedly.vocab import RegionKind, SourceKind, Status


@dataclass(frozen=True, slots=True)
class Mentions:
    """All mentions of one report, found once, in order."""

    places: tuple[PlaceMention, ...]
    times: tuple[TimeMention, ...]
    actors: tuple[ActorMention, ...]
    attributions: tuple[Attribution, ...]


#: Of a longer report a figure's questions are asked of its own stretch and of the lead alone, so
#: that the cost stays in step with the length.
LONG = 300
_STRETCH = 100
_LEAD = 20


def find_drafts(parsed: ParsedReport, lexicon: Lexicon) -> tuple[tuple[Draft, ...], Mentions]:
    """Finds a report's figures and answers where, when, whose, who says so and how surely."""
    times = find_times(parsed, lexicon)
    figures = find_figures(parsed, lexicon, times)
    if not figures:
        return (), Mentions((), times, (), ())
    mentions = Mentions(
        places=find_places(parsed, lexicon),
        times=times,
        actors=find_actors(parsed, lexicon),
        attributions=find_attributions(parsed, lexicon),
    )
    near = _find_stretches(parsed, mentions)
    drafts = [
        draft
        for figure in figures
        for draft in _draft(parsed, figure, near.get(figure.sentence // _STRETCH, mentions), lexicon)
    ]
    _check_evidence(parsed, drafts)
    return tuple(_share_repeats(drafts)), mentions


def _find_stretches(parsed: ParsedReport, mentions: Mentions) -> dict[int, Mentions]:
    """The mentions that a figure of each stretch of a long report may turn to; empty for a short one."""
    if len(parsed.sentences) <= LONG:
        return {}
    starts = [sentence.start for sentence in parsed.sentences]

    def near(sentence: int, stretch: int) -> bool:
        return sentence < _LEAD or abs(sentence // _STRETCH - stretch) <= 1

    said = [
        (bisect.bisect_right(starts, each.contents[0][0]) - 1, each) for each in mentions.attributions if each.contents
    ]
    return {
        stretch: Mentions(
            places=tuple(each for each in mentions.places if near(each.sentence, stretch)),
            times=tuple(each for each in mentions.times if near(each.sentence, stretch)),
            actors=tuple(each for each in mentions.actors if near(each.sentence, stretch)),
            attributions=tuple(each for sentence, each in said if near(sentence, stretch)),
        )
        for stretch in range(len(parsed.sentences) // _STRETCH + 1)
    }


def _draft(parsed: ParsedReport, figure: Figure, mentions: Mentions, lexicon: Lexicon) -> list[Draft]:
    """One draft a place that the figure stands for; one where it stands for none."""
    sources, source_rules = choose_sources(parsed, mentions.attributions, figure)
    status, factuality, status_rules = find_status(parsed, figure, lexicon, sources)
    places = choose_place(parsed, mentions.places, figure)
    first = Draft(
        figure=figure,
        sentence=parsed.sentences[figure.sentence],
        status=status,
        factuality=factuality,
        actor=choose_actor(parsed, mentions.actors, figure),
        time=choose_time(parsed, mentions.times, figure),
        sources=sources,
        rules=(*source_rules, *status_rules),
    )
    if not places:
        return [first]
    return [replace(first, place=place, each=number) for number, place in enumerate(places)]


def _check_evidence(parsed: ParsedReport, drafts: Sequence[Draft]) -> None:
    text = parsed.report.text
    for draft in drafts:
        figure = draft.figure
        if not figure.text or text[figure.start : figure.end] != figure.text:
            raise EvidenceError(
                f"offsets {figure.start}-{figure.end} do not hold {figure.text!r}", where=parsed.report.report_id
            )


def _share_repeats(drafts: Sequence[Draft]) -> list[Draft]:
    """A headline's figure takes the source and time of the same figure in the body where it
    names none itself: the headline tells in short what the body says in full."""
    bodies: dict[tuple[object, ...], Draft] = {}
    for draft in reversed(drafts):
        if draft.sentence.region is RegionKind.BODY:
            bodies[_to_key(draft)] = draft
    return [
        _share(draft, bodies[_to_key(draft)])
        if draft.sentence.region is RegionKind.HEADLINE and _to_key(draft) in bodies
        else draft
        for draft in drafts
    ]


def _share(draft: Draft, full: Draft) -> Draft:
    inherits = bool(full.sources) and not _names_source(draft)
    # A headline's present tense ("Alliance sends 700") says less than the body's own tense.
    told = draft.status in (Status.HAPPENED, Status.ONGOING)
    return replace(
        draft,
        sources=full.sources if inherits else draft.sources,
        time=draft.time or full.time,
        place=draft.place or full.place,
        actor=draft.actor or full.actor,
        status=full.status if told else draft.status,
        factuality=full.factuality if told else draft.factuality,
        rules=(*draft.rules, "en.claim.same-as-body"),
    )


def _names_source(draft: Draft) -> bool:
    """Whether a headline names its own source; `Report:` and `officials say` only announce the body's."""
    named = (SourceKind.PERSON, SourceKind.ORGANISATION, SourceKind.NEWS)
    inside = (source for source in draft.sources if draft.sentence.start <= source.start < draft.sentence.end)
    return any(source.kind in named and not source.anonymous for source in inside)


def _to_key(draft: Draft) -> tuple[object, ...]:
    """What two mentions of one figure share: value, unit, measure, role and direction."""
    quantity = draft.figure.quantity
    return quantity.to_value(), quantity.unit, quantity.role, quantity.direction, draft.figure.measure
