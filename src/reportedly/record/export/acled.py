"""Stage 6 of 8. In: Entry. Out: a CSV with ACLED's 31 columns.

The columns alone are ACLED's: no row of theirs is here, and one report's claims are no substitute for their reading of
many. One row a report, place and day, from claims that something happened; what a report does not say stays empty.
`notes` is in our own words and names the claims; `region`, `source_scale` and `timestamp` are ACLED's to give and stay
empty. Claims that were withdrawn, rejected, denied or are only planned are left out, as are places and times that are
too vague for ACLED: whole countries (but for strategic developments), more than a month.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import BinaryIO

from reportedly.model import Actor, Claim, Place, Report, Time, to_id
from reportedly.record.entries import Entry
from reportedly.record.export.acled_codes import (
    COLUMNS,
    MEASURE_TYPES,
    SECTORS,
    find_disorder,
    find_fatalities,
    find_type,
)
from reportedly.record.export.countries import Country, find_country
from reportedly.record.export.csv_table import write_csv
from reportedly.record.export.gathering import gather_by_report
from reportedly.record.export.identities import find_standing, to_source_name
from reportedly.record.export.phrases import to_amount, to_phrase
from reportedly.vocab import Factuality, Precision, SourceKind, Status, TimeBasis

_NUMBERS = frozenset({"year", "time_precision", "iso", "geo_precision", "fatalities", "latitude", "longitude"})
_REAL = frozenset({Status.HAPPENED, Status.ONGOING})
_SURE = frozenset({Factuality.CERTAIN, Factuality.PROBABLE})
_GEO_PRECISION = {Precision.POINT: 1, Precision.CITY: 1, Precision.ADMIN: 3}
#: The longest stretches, in days, that ACLED calls a week and a month.
_WEEK, _MONTH = 7, 31
_STRATEGIC, _ON_CIVILIANS = "Strategic developments", "Violence against civilians"


def export_acled(entries: Iterable[Entry], stream: BinaryIO) -> int:
    """Writes one row a report, place and day and counts them."""
    return write_csv(COLUMNS, iter_acled_rows(entries), stream, texts=frozenset(COLUMNS) - _NUMBERS)


def iter_acled_rows(entries: Iterable[Entry]) -> Iterator[dict[str, object]]:
    """Makes the rows."""
    for group in gather_by_report(find_standing(entries)):
        happened: dict[object, list[Claim]] = {}
        for entry in group:
            claim = entry.claim
            if claim.place and claim.time and find_country(claim.place.country) and _is_coded(claim):
                key = (claim.place.country, claim.place.name or claim.place.text, claim.time.start, claim.time.end)
                happened.setdefault(key, []).append(claim)
        for claims in happened.values():
            row = _to_row(group[0].report, claims)
            if row is not None:
                yield row


def _is_coded(claim: Claim) -> bool:
    known = claim.measure in MEASURE_TYPES if claim.quantity else find_type([claim]) != ("", "")
    return known and claim.status in _REAL and claim.factuality in _SURE


def _to_row(report: Report, claims: Sequence[Claim]) -> dict[str, object] | None:
    place, time = claims[0].place, claims[0].time
    country = find_country(place.country) if place else None
    day = _to_day(time) if time else None
    kind, sub_kind = find_type(claims)
    if place is None or country is None or day is None:
        return None
    geo_precision = _GEO_PRECISION.get(place.precision or Precision.REGION, 3 if kind == _STRATEGIC else 0)
    if not geo_precision:
        return None
    number = int(to_id("acled", report.report_id, country.iso3, place.name or place.text, day[0]), 16) % 10**9
    row: dict[str, object] = dict.fromkeys(COLUMNS)
    row |= {
        "event_id_cnty": f"{country.iso3}{number:09}",
        "event_date": day[0].isoformat(),
        "year": day[0].year,
        "time_precision": day[1],
        "disorder_type": find_disorder(kind),
        "event_type": kind,
        "sub_event_type": sub_kind,
        "civilian_targeting": "Civilians targeted" if kind == _ON_CIVILIANS else None,
        "source": _to_sources(report, claims),
        "notes": "; ".join(f"{to_phrase(claim)} (claim {claim.claim_id})" for claim in claims),
        "fatalities": find_fatalities(claims),
        "tags": _to_tags(claims),
    }
    return row | _to_where(place, country, geo_precision) | _to_actors(claims, kind, country)


def _to_day(time: Time) -> tuple[date, int] | None:
    """The day and its precision: 1 a day that the report names, 2 a week, 3 a month, set to the middle."""
    try:
        start, end = date.fromisoformat(time.start or ""), date.fromisoformat(time.end or "")
    except ValueError:
        return None
    days = (end - start).days + 1
    if days < 1 or days > _MONTH:
        return None
    named = time.basis in (TimeBasis.STATED, TimeBasis.RELATIVE)
    precision = 1 if days == 1 and named else 2 if days <= _WEEK else 3
    return start + timedelta(days=(days - 1) // 2), precision


def _to_where(place: Place, country: Country, geo_precision: int) -> dict[str, object]:
    name = place.name or place.text
    return {
        "iso": int(country.numeric) if country.numeric else None,
        "country": country.name,
        "admin1": name if place.precision is Precision.ADMIN else None,
        "location": name,
        "latitude": None if place.lat is None else round(place.lat, 4),
        "longitude": None if place.lon is None else round(place.lon, 4),
        "geo_precision": geo_precision,
    }


def _to_actors(claims: Sequence[Claim], kind: str, country: Country) -> dict[str, object]:
    """Whom the claims name. A count's actor is who suffered, whom ACLED puts second in violence against civilians."""
    first = next((claim.actor for claim in claims if claim.actor), None)
    second = next((claim.recipient for claim in claims if claim.recipient), None)
    if kind == _ON_CIVILIANS and second is None and not any(claim.event for claim in claims):
        first, second = None, first
    names = [_to_name(actor) for actor in (first, second)]
    inters = [_to_inter(actor, country) if actor else None for actor in (first, second)]
    if kind in ("Protests", "Riots"):
        inters[0] = "Protesters" if kind == "Protests" else "Rioters"
        names[0] = f"{inters[0]} ({country.name})"
    alone = f"{inters[0]} only" if kind in ("Protests", "Riots") else None  # else the other side is merely not told
    return {
        "actor1": names[0],
        "inter1": inters[0],
        "actor2": names[1],
        "inter2": inters[1],
        "interaction": f"{inters[0]}-{inters[1]}" if inters[0] and inters[1] else alone,
    }


def _to_name(actor: Actor | None) -> str | None:
    return " ".join((actor.name or actor.text).split()) if actor else None


def _to_inter(actor: Actor, country: Country) -> str | None:
    """ACLED's type of an actor; another state's forces are external."""
    inter = SECTORS.get(_to_sector(actor))
    abroad = actor.country is not None and actor.country != country.iso3
    return "External/Other forces" if inter == "State forces" and abroad else inter


def _to_sector(actor: Actor) -> str:
    """The PLOVER sector of an actor's code (`MLIMIL`: MIL; a bare sector stands alone)."""
    code = actor.code or ""
    return "IGO" if code.startswith(("UNO", "IGO")) else code[3:6] or code


def _to_sources(report: Report, claims: Sequence[Claim]) -> str | None:
    news = [to_source_name(source) for claim in claims for source in claim.sources if source.kind is SourceKind.NEWS]
    return "; ".join(dict.fromkeys(name for name in (report.publisher, *news) if name)) or None


def _to_tags(claims: Sequence[Claim]) -> str | None:
    crowd = next((claim for claim in claims if claim.measure == "protesters" and claim.quantity), None)
    if crowd is None or crowd.quantity is None:
        return None
    return f"crowd size={to_amount(crowd.quantity, crowd.evidence.text)}"
