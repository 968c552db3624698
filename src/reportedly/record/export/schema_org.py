"""Stage 6 of 8. In: Entry. Out: schema.org JSON-LD, a `Claim` a claim and a `NewsArticle` a report.

`author` is who makes the claim: the original source, else the publisher. What a person judged is whether the
report says so, not whether it is true: it is a `Review` with the parts of a ClaimReview, but not of that type,
which the world reads as a fact check. Claims that were withdrawn or rejected are left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import BinaryIO

from reportedly.model import Claim, Judgement, Place, Quantity, Report, Source
from reportedly.record.entries import Entry
from reportedly.record.export.countries import find_country
from reportedly.record.export.identities import (
    find_original,
    find_standing,
    to_source_key,
    to_source_name,
    to_urn,
    to_web_address,
)
from reportedly.record.export.phrases import to_phrase, to_what
from reportedly.record.export.writing import write_list
from reportedly.vocab import SourceKind, Verdict

#: The context of all schema.org data.
CONTEXT = "https://schema.org"
_SOURCE_TYPES = {
    SourceKind.ORGANISATION: "Organization",
    SourceKind.NEWS: "NewsMediaOrganization",
    SourceKind.DOCUMENT: "CreativeWork",
}

type Node = dict[str, object]


def export_schema_org(entries: Iterable[Entry], stream: BinaryIO) -> int:
    """Writes one graph and counts its claims."""
    counts = {"claims": 0}
    stream.write(b'{"@context": "' + CONTEXT.encode("ascii") + b'", "@graph": ')
    write_list(_iter_nodes(entries, counts), stream)
    stream.write(b"}\n")
    return counts["claims"]


def _iter_nodes(entries: Iterable[Entry], counts: dict[str, int]) -> Iterator[Node]:
    seen: set[str] = set()
    for entry in find_standing(entries):
        if entry.report.report_id not in seen:
            seen.add(entry.report.report_id)
            yield to_article(entry.report)
        counts["claims"] += 1
        yield to_claim_node(entry)


def to_article(report: Report) -> Node:
    """Turns a report into a NewsArticle; its text stays behind."""
    return _without_empty(
        {
            "@id": to_urn("report", report.report_id),
            "@type": "NewsArticle",
            "identifier": report.report_id,
            "url": to_web_address(report.url),
            "headline": report.title,
            "author": {"@type": "Person", "name": report.byline} if report.byline else None,
            "publisher": _to_publisher(report),
            "datePublished": report.published_at or report.published,
            "dateModified": report.modified,
            "inLanguage": report.language,
            "copyrightNotice": report.rights,
        }
    )


def to_claim_node(entry: Entry) -> Node:
    """Turns an entry into a Claim."""
    claim, report = entry.claim, entry.report
    source = find_original(claim)
    is_written = source is not None and source.kind is SourceKind.DOCUMENT
    author = _to_publisher(report) if source is None else _to_source(source, report)
    return _without_empty(
        {
            "@id": to_urn("claim", claim.claim_id),
            "@type": "Claim",
            "identifier": claim.claim_id,
            "text": to_phrase(claim),
            "author": None if is_written else author,
            "isBasedOn": author if is_written else None,
            "creditText": " ‹ ".join(map(to_source_name, claim.sources)),
            "appearance": {"@id": to_urn("report", report.report_id)},
            "datePublished": report.published,
            "about": [_to_value(claim, claim.quantity) if claim.quantity else None, _to_event(claim)],
            "review": _to_review(claim, claim.judgement) if claim.judgement else None,
            "sdPublisher": {"@type": "Organization", "name": f"reportedly {entry.run.version}"},
        }
    )


def _to_publisher(report: Report) -> Node | None:
    return {"@type": "NewsMediaOrganization", "name": report.publisher} if report.publisher else None


def _to_source(source: Source, report: Report) -> Node:
    kind = _SOURCE_TYPES.get(source.kind, "Person")
    return _without_empty(
        {
            "@id": to_urn("source", to_source_key(source, report.report_id)),
            "@type": kind,
            "name": to_source_name(source),
            "jobTitle": source.role if kind == "Person" else None,
            "affiliation": {"@type": "Organization", "name": source.affiliation}
            if source.affiliation and kind == "Person"
            else None,
            "description": f"{source.kind}, unnamed" if source.anonymous else str(source.kind),
        }
    )


def _to_value(claim: Claim, quantity: Quantity) -> Node:
    exact = quantity.low if quantity.low == quantity.high else None
    more = {
        "status": claim.status,
        "factuality": claim.factuality,
        "approx": quantity.approx,
        "role": quantity.role,
        "direction": quantity.direction,
        "formation": quantity.formation,
        "basis": ", ".join(quantity.basis),
    }
    return _without_empty(
        {
            "@type": "QuantitativeValue",
            "name": claim.measure,
            "value": exact,
            "minValue": quantity.low,
            "maxValue": quantity.high,
            "unitText": str(quantity.unit),
            "additionalProperty": [
                {"@type": "PropertyValue", "name": name, "value": str(value)} for name, value in more.items() if value
            ],
        }
    )


def _to_event(claim: Claim) -> Node:
    actor, time = claim.actor, claim.time
    return _without_empty(
        {
            "@type": "Event",
            "name": to_what(claim),
            "startDate": time.start if time else None,
            "endDate": time.end if time else None,
            "location": _to_place(claim.place) if claim.place else None,
            "about": {"@type": "Thing", "name": actor.name or actor.text} if actor else None,
        }
    )


def _to_place(place: Place) -> Node:
    located = place.lat is not None and place.lon is not None
    country = find_country(place.country)
    return _without_empty(
        {
            "@type": "Place",
            "name": place.name or place.text,
            "sameAs": f"https://sws.geonames.org/{place.geonames_id}/" if place.geonames_id else None,
            "address": {"@type": "PostalAddress", "addressCountry": country.iso2} if country else None,
            "geo": {"@type": "GeoCoordinates", "latitude": place.lat, "longitude": place.lon} if located else None,
        }
    )


def _to_review(claim: Claim, judgement: Judgement) -> Node:
    return {
        "@id": to_urn("judgement", judgement.judgement_id),
        "@type": "Review",
        "itemReviewed": {"@id": to_urn("claim", claim.claim_id)},
        "reviewAspect": "whether the report says so",
        "author": {"@type": "Person", "name": judgement.by},
        "datePublished": judgement.at,
        "reviewBody": judgement.why,
        "reviewRating": {
            "@type": "Rating",
            "ratingValue": 0 if judgement.verdict is Verdict.REJECT else 1,
            "bestRating": 1,
            "worstRating": 0,
            "alternateName": str(judgement.verdict),
            "ratingExplanation": ", ".join(judgement.amended) or str(judgement.verdict),
        },
    }


def _without_empty(node: Node) -> Node:
    kept: Node = {}
    for name, value in node.items():
        if isinstance(value, list):
            value = [part for part in value if part is not None]
        if value is None or value in ("", []):
            continue
        kept[name] = int(value) if isinstance(value, float) and value.is_integer() else value
    return kept
