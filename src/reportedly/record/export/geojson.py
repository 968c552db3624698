"""Stage 6 of 8. In: Entry. Out: GeoJSON (RFC 7946), a feature a claim that has coordinates.

A point is where the place's name lies: of a country or a province it is one point in it, and the property
`place_precision` says so. The properties are the flat columns. Claims without coordinates are left out.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import BinaryIO

from reportedly.record.entries import Entry
from reportedly.record.export.flat import Cell, to_row
from reportedly.record.export.writing import write_list


def export_geojson(entries: Iterable[Entry], stream: BinaryIO) -> int:
    """Writes a FeatureCollection and counts its features."""
    stream.write(b'{"type": "FeatureCollection", "features": ')
    count = write_list((feature for entry in entries if (feature := to_feature(entry))), stream)
    stream.write(b"}\n")
    return count


def to_feature(entry: Entry) -> dict[str, object] | None:
    """Turns an entry into a feature, longitude first; None where it has no coordinates."""
    place = entry.claim.place
    if place is None or place.lat is None or place.lon is None:
        return None
    return {
        "type": "Feature",
        "id": entry.claim.claim_id,
        "geometry": {"type": "Point", "coordinates": [place.lon, place.lat]},
        "properties": {name: _to_property(cell) for name, cell in to_row(entry).items()},
    }


def _to_property(cell: Cell) -> Cell:
    if isinstance(cell, date):
        return cell.isoformat()
    return int(cell) if isinstance(cell, float) and cell.is_integer() else cell
