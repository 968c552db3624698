"""Stage 6 of 8. In: Entry. Out: FollowTheMoney entities, one JSON object a line.

An Article a report (its text stays behind), an Event a claim with the Article as `proof`, an entity for each named
actor and source, an UnknownLink that says in which role a source stands to the Event, a Mention for each of the
report's words that name someone. FollowTheMoney has no figures, no chain and no certainty: the Event's name and summary
say them in words, its `recordId` is the claim's id. Claims that were withdrawn or rejected are left out.
Schemas and properties are those of followthemoney 4.11.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import BinaryIO

from reportedly.model import Actor, Claim, Report, Source, to_id
from reportedly.record.entries import Entry
from reportedly.record.export.countries import find_country
from reportedly.record.export.gathering import gather_by_report
from reportedly.record.export.identities import (
    find_original,
    find_standing,
    to_source_key,
    to_source_name,
    to_web_address,
)
from reportedly.record.export.phrases import to_phrase
from reportedly.record.export.writing import to_json
from reportedly.vocab import SourceKind

_SOURCE_SCHEMAS = {
    SourceKind.PERSON: "Person",
    SourceKind.WITNESS: "Person",
    SourceKind.ANALYST: "Person",
    SourceKind.ORGANISATION: "Organization",
    SourceKind.NEWS: "Organization",
}
#: FollowTheMoney asks for ISO 639-3; a language that is missing here is left out.
_LANGUAGES = {
    "ar": "ara", "de": "deu", "en": "eng", "es": "spa", "fa": "fas", "fr": "fra", "he": "heb", "it": "ita",
    "ja": "jpn", "ko": "kor", "nl": "nld", "pl": "pol", "pt": "por", "ru": "rus", "sw": "swa", "tr": "tur",
    "uk": "ukr", "ur": "urd", "zh": "zho",
}  # fmt: skip

#: Properties whose values are names, which stand without quotes around them.
_NAMES = frozenset({"name", "namesMentioned"})
_QUOTED = re.compile(r"""^["'](.*)["']$""")
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u00ad\u200b\ufeff]")

type Entity = dict[str, object]


def export_followthemoney(entries: Iterable[Entry], stream: BinaryIO) -> int:
    """Writes the entities and counts the claims.

    An entity stands once in what a report gives; one that several reports name, such as an agency, stands once
    in each with the same id, which FollowTheMoney merges.
    """
    count = 0
    for group in gather_by_report(find_standing(entries)):
        entities: dict[object, Entity] = {}
        for entity in _iter_entities(group):
            entities.setdefault(entity["id"], entity)
        stream.writelines(to_json(entity) + b"\n" for entity in entities.values())
        count += len(group)
    return count


def _iter_entities(group: Sequence[Entry]) -> Iterator[Entity]:
    report = group[0].report
    article = to_article_entity(report)
    yield article
    for entry in group:
        claim = entry.claim
        event = to_event_entity(claim, report)
        for source in claim.sources:
            yield from _iter_source_entities(source, claim, report)
        for actor in (claim.actor, claim.recipient):
            if actor is not None:
                yield from _iter_actor_entities(actor, report)
        yield event


def to_article_entity(report: Report) -> Entity:
    """Turns a report into an Article."""
    address = to_web_address(report.url)
    return _to_entity(
        "Article",
        _to_article_id(report),
        fileName=report.title or report.url or report.external_id or report.report_id,
        title=report.title,
        author=report.byline,
        publisher=report.publisher,
        sourceUrl=address,
        publishedAt=_to_day(report.published),
        modifiedAt=_to_day(report.modified),
        language=_LANGUAGES.get(report.language or ""),
    )


def to_event_entity(claim: Claim, report: Report) -> Entity:
    """Turns a claim into an Event."""
    place, time = claim.place, claim.time
    actors = [_to_actor_id(actor) for actor in (claim.actor, claim.recipient) if actor is not None and actor.name]
    return _to_entity(
        "Event",
        f"reportedly-claim-{claim.claim_id}",
        name=to_phrase(claim),
        summary=f"{claim.status}, {claim.factuality}, confidence {claim.confidence:.2f}",
        startDate=_to_day(time.start) if time else None,
        endDate=_to_day(time.end) if time else None,
        location=(place.name or place.text) if place else None,
        country=_to_country(place.country) if place else None,
        involved=actors,
        proof=_to_article_id(report),
        recordId=claim.claim_id,
        publisher=report.publisher,
        sourceUrl=to_web_address(report.url),
        keywords=[claim.measure, str(claim.status), str(claim.kind)],
        namesMentioned=[to_source_name(source) for source in claim.sources if source.name],
    )


def _iter_source_entities(source: Source, claim: Claim, report: Report) -> Iterator[Entity]:
    if source.anonymous or source.kind is SourceKind.DOCUMENT:
        return
    # A bare `police` names no one: it is a mention without an entity.
    schema = _SOURCE_SCHEMAS.get(source.kind, "LegalEntity")
    name = f"reportedly-source-{to_source_key(source, report.report_id)}" if source.name else None
    country = _to_country(source.country)
    if name is not None:
        yield _to_entity(schema, name, name=to_source_name(source), country=country)
        yield _to_entity(
            "UnknownLink",
            f"reportedly-link-{to_id(name, claim.claim_id)}",
            subject=name,
            object=f"reportedly-claim-{claim.claim_id}",
            role="original source" if source is find_original(claim) else "relays it",
        )
    yield from _iter_mentions(source.text, schema, name, country, report)


def _iter_actor_entities(actor: Actor, report: Report) -> Iterator[Entity]:
    country = _to_country(actor.country)
    name = _to_actor_id(actor) if actor.name else None
    if name is not None:
        yield _to_entity("LegalEntity", name, name=actor.name, country=country, classification=actor.code)
    yield from _iter_mentions(actor.text, "LegalEntity", name, country, report)


def _iter_mentions(
    text: str, schema: str, resolved: str | None, country: str | None, report: Report
) -> Iterator[Entity]:
    words = _clean(text, is_name=True)
    if words:
        yield _to_entity(
            "Mention",
            f"reportedly-mention-{to_id(report.report_id, schema, words, resolved)}",
            document=_to_article_id(report),
            name=words,
            resolved=resolved,
            detectedSchema=schema,
            contextCountry=country,
        )


def _to_entity(schema: str, entity_id: str, /, **properties: object) -> Entity:
    found: dict[str, list[str]] = {}
    for key, value in properties.items():
        values = value if isinstance(value, list) else [value]
        cleaned = (_clean(str(one), is_name=key in _NAMES) for one in values if one)
        kept = list(dict.fromkeys(text for text in cleaned if text))
        if kept:
            found[key] = kept
    return {"id": entity_id, "schema": schema, "properties": found}


def _clean(text: str, *, is_name: bool) -> str:
    """What FollowTheMoney's own cleaning would make of it: no quotes around a name, nothing unseen."""
    text = " ".join(_UNSEEN.sub("", " ".join(text.split())).split())
    return _QUOTED.sub(r"\1", text).strip() if is_name else text


def _to_article_id(report: Report) -> str:
    return f"reportedly-report-{report.report_id}"


def _to_actor_id(actor: Actor) -> str:
    return f"reportedly-actor-{to_id(actor.name, actor.code, actor.country)}"


def _to_country(iso3: str | None) -> str | None:
    country = find_country(iso3)
    return country.iso2.lower() if country else None


def _to_day(iso: str | None) -> str | None:
    try:
        return date.fromisoformat((iso or "")[:10]).isoformat()
    except ValueError:
        return None
