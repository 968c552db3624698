"""Stage 5 of 8, drafts to claims. In: Draft. Out: Claim.

Every mention gets its identity; then the claims of the report are tied to each other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from reportedly.lexicon import Lexicon
from reportedly.model import Claim, Draft, Evidence, ParsedReport, Place, PlaceMention, TimeMention, to_id
from reportedly.resolve.actors import resolve_actor
from reportedly.resolve.confidence import find_confidence
from reportedly.resolve.links import find_links
from reportedly.resolve.places import resolve_places
from reportedly.resolve.sources import resolve_sources
from reportedly.resolve.times import resolve_claim_time
from reportedly.vocab import Kind


def resolve_drafts(
    drafts: Sequence[Draft],
    parsed: ParsedReport,
    lexicon: Lexicon,
    *,
    places: Sequence[PlaceMention],
    times: Sequence[TimeMention],
    run_id: str,
) -> tuple[Claim, ...]:
    """Turns a report's drafts into claims: identities, ids, links, confidence."""
    known = {(mention.start, mention.end): place for mention, place in resolve_places(places, parsed, lexicon).items()}
    text_id = to_id(parsed.report.text)  # once: a report may be long and its claims many
    claims: list[Claim] = []
    for draft in drafts:
        figure, report = draft.figure, parsed.report
        rules = [*figure.rules, *draft.rules]
        for mention in (draft.place, draft.actor, draft.time):
            rules += mention.rules if mention is not None else ()
        claim = Claim(
            claim_id=to_claim_id(text_id, draft),
            report_id=report.report_id,
            external_id=report.external_id,
            kind=Kind.QUANTITY,
            evidence=Evidence(
                start=figure.start,
                end=figure.end,
                text=figure.text,
                sentence_start=draft.sentence.start,
                sentence_end=draft.sentence.end,
            ),
            measure=figure.measure,
            quantity=figure.quantity,
            actor=resolve_actor(draft.actor, parsed, lexicon) if draft.actor is not None else None,
            place=_find_place(draft.place, known),
            time=resolve_claim_time(draft.time, report, figure.quantity.role, draft.status, times),
            sources=resolve_sources(draft.sources, parsed, lexicon),
            status=draft.status,
            factuality=draft.factuality,
            confidence=0.0,
            rules=tuple(dict.fromkeys(rules)),
            run_id=run_id,
        )
        claims.append(replace(claim, confidence=find_confidence(claim)))
    links = find_links(claims)
    return tuple(replace(claim, relates_to=links.get(claim.claim_id, ())) for claim in claims)


def to_claim_id(text_id: str, draft: Draft) -> str:
    """The same report text (by its hash), span, kind and role give the same id in every run."""
    figure = draft.figure
    parts = (text_id, figure.start, figure.end, Kind.QUANTITY.value, figure.quantity.role.value)
    return to_id(*parts, draft.each) if draft.each else to_id(*parts)


def _find_place(mention: PlaceMention | None, known: Mapping[tuple[int, int], Place]) -> Place | None:
    """The identity of a chosen mention; by its words, since choosing adds rules to a mention."""
    return known.get((mention.start, mention.end)) if mention is not None else None
