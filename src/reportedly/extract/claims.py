"""Stage 4 of 8, the answers put together. In: ParsedReport. Out: Draft.

Asks each question of each figure once, carries what the body says over to the same figure in
the headline, and refuses any draft whose evidence does not hold its words.
"""

from __future__ import annotations

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
    """All mentions of one report, found once."""

    places: tuple[PlaceMention, ...]
    times: tuple[TimeMention, ...]
    actors: tuple[ActorMention, ...]
    attributions: tuple[Attribution, ...]


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
    drafts = [draft for figure in figures for draft in _draft(parsed, figure, mentions, lexicon)]
    _check_evidence(parsed, drafts)
    return tuple(_share_repeats(drafts)), mentions


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
    shared: list[Draft] = []
    for draft in drafts:
        if draft.sentence.region is not RegionKind.HEADLINE:
            shared.append(draft)
            continue
        full = next(
            (other for other in drafts if is_repeat(draft, other) and other.sentence.region is RegionKind.BODY), None
        )
        if full is None:
            shared.append(draft)
            continue
        taken = ("en.claim.same-as-body",)
        inherits = bool(full.sources) and not _names_source(draft)
        # A headline's present tense ("Alliance sends 700") says less than the body's own tense.
        told = draft.status in (Status.HAPPENED, Status.ONGOING)
        shared.append(
            replace(
                draft,
                sources=full.sources if inherits else draft.sources,
                time=draft.time or full.time,
                place=draft.place or full.place,
                actor=draft.actor or full.actor,
                status=full.status if told else draft.status,
                factuality=full.factuality if told else draft.factuality,
                rules=(*draft.rules, *taken),
            )
        )
    return shared


def _names_source(draft: Draft) -> bool:
    """Whether a headline names its own source; `Report:` and `officials say` only announce the body's."""
    named = (SourceKind.PERSON, SourceKind.ORGANISATION, SourceKind.NEWS)
    inside = (source for source in draft.sources if draft.sentence.start <= source.start < draft.sentence.end)
    return any(source.kind in named and not source.anonymous for source in inside)


def is_repeat(one: Draft, other: Draft) -> bool:
    """Whether two drafts state the same figure: value, unit, measure, role and direction."""
    if one is other:
        return False
    a, b = one.figure.quantity, other.figure.quantity
    same_value = (a.low if a.low is not None else a.high) == (b.low if b.low is not None else b.high)
    return (
        same_value
        and a.unit is b.unit
        and a.role is b.role
        and a.direction is b.direction
        and one.figure.measure == other.figure.measure
    )
