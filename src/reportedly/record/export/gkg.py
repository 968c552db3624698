"""Stage 6 of 8. In: Entry. Out: rows in the shape of GDELT's GKG 2.1, a report a row.

27 columns divided by tabs, no header, as GDELT has them. What people suffered goes into V1COUNTS and V2.1COUNTS, every
counted figure into V2.1AMOUNTS; places, named sources and dates into their fields; what the ledger has nothing for
stays empty. A count is one number: bounds, hedges, sources and denials are lost, so that counts hold only what is said
to have happened, at its central value (a vague
word at its least). Withdrawn and rejected claims are left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from typing import BinaryIO
from urllib.parse import urlsplit
from xml.sax.saxutils import escape

from reportedly.model import Claim, Place, Quantity, Report
from reportedly.record.entries import Entry
from reportedly.record.export.countries import find_country
from reportedly.record.export.gathering import gather_by_report
from reportedly.record.export.identities import find_standing, to_web_address
from reportedly.vocab import Approx, Factuality, Precision, Role, SourceKind, Status, Unit

#: What GKG calls the counts of our measures. AFFECT is its word for people hit otherwise.
COUNT_TYPES = {
    "killed": "KILL",
    "wounded": "WOUND",
    "detained": "ARREST",
    "kidnapped": "KIDNAP",
    "protesters": "PROTEST",
    "casualties": "AFFECT",
    "missing": "AFFECT",
    "displaced": "AFFECT",
    "evacuated": "AFFECT",
    "refugees": "AFFECT",
}
_REAL = frozenset({Status.HAPPENED, Status.ONGOING})
_NOT_SO = frozenset({Factuality.CERTAIN_NOT, Factuality.PROBABLE_NOT, Factuality.POSSIBLE_NOT})
_COLUMNS = 27
_NO_LOCATION = ("0", "", "", "", "", "", "")


def export_gkg(entries: Iterable[Entry], stream: BinaryIO) -> int:
    """Writes one row a report and counts them."""
    count = 0
    for group in gather_by_report(find_standing(entries)):
        row = to_gkg_row(group[0].report, [entry.claim for entry in group])
        stream.write(("\t".join(row) + "\n").encode("utf-8", "replace"))
        count += 1
    return count


def to_gkg_row(report: Report, claims: Sequence[Claim]) -> list[str]:
    """Makes the 27 cells of a report."""
    when, address = _to_moment(report), to_web_address(report.url)
    counted = [(_to_count(claim), claim.evidence.start) for claim in claims if is_count(claim)]
    themes = [(COUNT_TYPES[claim.measure or ""], claim.evidence.start) for claim in claims if is_count(claim)]
    places = [claim.place for claim in claims if claim.place and _to_location(claim.place) != _NO_LOCATION]
    people = list(_iter_names(claims, SourceKind.PERSON))
    groups = list(_iter_names(claims, SourceKind.ORGANISATION, SourceKind.NEWS))
    cells = [""] * _COLUMNS
    cells[0] = f"{when or '0' * 14}-{int(report.report_id[:15], 16) if _is_hex(report.report_id) else 0}"
    cells[1] = when
    cells[2] = "1" if address else "2"
    cells[3] = _clean((urlsplit(address).hostname or "") if address else report.publisher or "")
    cells[4] = _clean(address or report.title or report.external_id or report.report_id)
    cells[5] = _join(counted, lambda block, _: block)
    cells[6] = _join(counted, lambda block, start: f"{block}#{start}")
    cells[7] = _join(themes, lambda theme, _: theme)
    cells[8] = _join(themes, lambda theme, start: f"{theme},{start}")
    located = [("#".join(_to_location(place)), _to_enhanced(place)) for place in places]
    cells[9] = _join([(first, 0) for first, _ in located], lambda block, _: block)
    cells[10] = _join([(second, 0) for _, second in located], lambda block, _: block)
    cells[11], cells[12] = _join(people, lambda name, _: name), _join(people, lambda name, at: f"{name},{at}")
    cells[13], cells[14] = _join(groups, lambda name, _: name), _join(groups, lambda name, at: f"{name},{at}")
    cells[16] = _join(_iter_dates(claims), lambda block, start: f"{block},{start}")
    cells[24] = _join(_iter_amounts(claims), lambda block, start: f"{block},{start}")
    cells[26] = f"<PAGE_TITLE>{escape(_clean(report.title))}</PAGE_TITLE>" if report.title else ""
    return cells


def is_count(claim: Claim) -> bool:
    """Whether GKG would call the claim a count: people, a whole number of them, and said to be so."""
    quantity = claim.quantity
    return (
        claim.measure in COUNT_TYPES
        and quantity is not None
        and quantity.unit is Unit.COUNT
        and quantity.role is not Role.CHANGE
        and find_central(quantity) is not None
        and claim.status in _REAL
        and claim.factuality not in _NOT_SO
    )


def find_central(quantity: Quantity) -> int | None:
    """Finds the whole number in the middle of a quantity's bounds, or the one bound that it has.

    A vague word has its lower bound: the middle of what `dozens` may mean is no one's number.
    """
    if quantity.approx is Approx.VAGUE and quantity.low is not None:
        return round(quantity.low)
    bounds = [bound for bound in (quantity.low, quantity.high) if bound is not None]
    return round(sum(bounds) / len(bounds)) if bounds else None


def _to_count(claim: Claim) -> str:
    value = find_central(claim.quantity) if claim.quantity else None
    counted = _clean(claim.actor.text, "#;") if claim.actor else ""
    location = _to_location(claim.place) if claim.place else _NO_LOCATION
    return "#".join((COUNT_TYPES[claim.measure or ""], str(value), counted, *location))


def _to_location(place: Place) -> tuple[str, ...]:
    """Type, full name, country, ADM1, latitude, longitude, feature id: GDELT's codes for a country alone."""
    country = find_country(place.country)
    if place.precision is None or place.precision is Precision.REGION or country is None:
        return _NO_LOCATION
    lat, lon = ("" if value is None else f"{value:g}" for value in (place.lat, place.lon))
    if place.precision is Precision.COUNTRY:
        return ("1", _clean(country.name, "#;"), country.fips, country.fips, lat, lon, country.fips)
    in_states, is_admin = country.iso3 == "USA", place.precision is Precision.ADMIN
    kind = ("2" if is_admin else "3") if in_states else ("5" if is_admin else "4")
    return (kind, _clean(f"{place.name or place.text}, {country.name}", "#;"), country.fips, "", lat, lon, "")


def _to_enhanced(place: Place) -> str:
    kind, name, country, first, lat, lon, feature = _to_location(place)
    return "#".join((kind, name, country, first, "", lat, lon, feature, str(place.start)))


def _iter_names(claims: Sequence[Claim], *kinds: SourceKind) -> Iterator[tuple[str, int]]:
    for claim in claims:
        for source in claim.sources:
            if source.kind in kinds and source.name:
                yield _clean(source.name, ",;"), source.start


def _iter_amounts(claims: Sequence[Claim]) -> Iterator[tuple[str, int]]:
    for claim in claims:
        quantity = claim.quantity
        value = find_central(quantity) if quantity else None
        if quantity is None or value is None or quantity.unit not in (Unit.COUNT, Unit.FORMATION):
            continue
        counted = quantity.formation if quantity.unit is Unit.FORMATION else claim.measure
        yield f"{value},{_clean((counted or '').replace('_', ' '), ';')}", claim.evidence.start


def _iter_dates(claims: Sequence[Claim]) -> Iterator[tuple[str, int]]:
    for claim in claims:
        time = claim.time
        if time is None or time.text_start is None or not time.start or not time.end:
            continue
        start, end = time.start, time.end
        if start == end:
            yield f"3,{int(start[5:7])},{int(start[8:10])},{int(start[:4])}", time.text_start
        elif start[:7] == end[:7] and start[8:10] == "01":
            yield f"2,{int(start[5:7])},0,{int(start[:4])}", time.text_start
        elif start[:4] == end[:4] and start[5:10] == "01-01" and end[5:10] == "12-31":
            yield f"1,0,0,{int(start[:4])}", time.text_start


def _to_moment(report: Report) -> str:
    """The time of publication in UTC, as 14 digits; midnight where only the day is known."""
    try:
        if report.published_at:
            moment = datetime.fromisoformat(report.published_at)
            return (moment.astimezone(UTC) if moment.tzinfo else moment).strftime("%Y%m%d%H%M%S")
        return date.fromisoformat((report.published or "")[:10]).strftime("%Y%m%d000000")
    except (ValueError, OverflowError):
        return ""


def _join(pairs: Iterable[tuple[str, int]], to_block: Callable[[str, int], str]) -> str:
    return "".join(f"{block};" for block in dict.fromkeys(to_block(text, start) for text, start in pairs))


def _clean(text: str | None, marks: str = "") -> str:
    """One line without control characters, and without the marks that divide the field."""
    return " ".join(
        re.sub(rf"[\x00-\x1f\x7f{re.escape(marks)}]" if marks else r"[\x00-\x1f\x7f]", " ", text or "").split()
    )


def _is_hex(text: str) -> bool:
    return re.fullmatch(r"[0-9a-f]{15,}", text) is not None
