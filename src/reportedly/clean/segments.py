"""Stage 2 of 8. In: a line. Out: its parts.

Lines that are furniture part by part: `Ann Example | June 17, 2019`, `By Ann Example, REUTERS`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from reportedly.clean.bylines import find_byline, is_name
from reportedly.clean.datelines import Agency, FoundDateline, choose_agency, find_agencies, is_date_line, is_outlet
from reportedly.clean.furniture import is_publisher
from reportedly.lexicon import Lexicon
from reportedly.vocab import RegionKind

_SEPARATORS = re.compile(r"\s+[|•·]\s*|^[|•·]\s*|\s*[|•·]\s+|\s+[/–—-]\s+")
_PLACE_NAME = re.compile(r"[A-Z][\w'’.-]*(?:\s[A-Z][\w'’.-]*){0,2}")
# A report's or release's number.
_REFERENCE = re.compile(r"[A-Z]{1,4}-?\d[\d-]*")
_LONGEST = 160


@dataclass(frozen=True, slots=True)
class Segments:
    """The parts of a line, and what they told."""

    pieces: tuple[tuple[RegionKind, int, int], ...]
    agencies: tuple[Agency, ...] = ()
    byline: str | None = None
    dateline: FoundDateline | None = None


def split_segments(
    text: str, start: int, end: int, lexicon: Lexicon, *, publisher: str | None, in_head: bool
) -> Segments | None:
    """Splits a line into bylines, dates, outlets and a place, or returns None if it holds more."""
    snippet = text[start:end]
    if len(snippet) > _LONGEST:
        return None
    if is_date_line(snippet, lexicon):
        return Segments(((RegionKind.DATELINE, start, end),))
    spans = list(_split_spans(snippet, start))
    pieces: list[tuple[RegionKind, int, int]] = []
    places: list[tuple[int, int]] = []
    agencies: list[Agency] = []
    byline: str | None = None
    for first, last in spans:
        kind, names = _read_segment(text, first, last, lexicon, publisher, alone=len(spans) == 1)
        if kind is None and in_head and len(spans) > 1 and _PLACE_NAME.fullmatch(text, first, last):
            places.append((first, last))
            kind = RegionKind.DATELINE
        if kind is None:
            return None
        pieces.append((kind, first, last))
        byline = byline or names
        if kind == RegionKind.BOILERPLATE:
            agencies += find_agencies(text, first, last, lexicon)
    if byline and agencies and "/" in snippet and not any(kind == RegionKind.DATELINE for kind, _, _ in pieces):
        return None  # `Ann Example / Reuters` is a credit
    if not places:
        return Segments(tuple(pieces), tuple(agencies), byline) if pieces else None
    return _read_outlet_and_place(text, start, end, places, agencies, publisher)


def _split_spans(snippet: str, offset: int) -> Iterator[tuple[int, int]]:
    at = 0
    for match in (*_SEPARATORS.finditer(snippet), None):
        stop = match.start() if match else len(snippet)
        if snippet[at:stop].strip():
            yield offset + at, offset + stop
        at = match.end() if match else stop


def _read_segment(
    text: str, start: int, end: int, lexicon: Lexicon, publisher: str | None, *, alone: bool
) -> tuple[RegionKind | None, str | None]:
    snippet = text[start:end].strip()
    if is_date_line(snippet, lexicon):
        return RegionKind.DATELINE, None
    if is_publisher(snippet, publisher) or is_outlet(snippet, lexicon) or _REFERENCE.fullmatch(snippet):
        return RegionKind.BOILERPLATE, None
    names = find_byline(snippet, lexicon)
    if names is None and not alone and is_name(snippet, text):
        names = snippet
    return (RegionKind.BOILERPLATE if names else None), names


def _read_outlet_and_place(
    text: str,
    start: int,
    end: int,
    places: Sequence[tuple[int, int]],
    agencies: Sequence[Agency],
    publisher: str | None,
) -> Segments | None:
    """`Outlet – Place`: the whole line is a dateline."""
    agency = choose_agency(list(agencies), publisher)
    if len(places) != 1 or agency is None:
        return None
    first, last = places[0]
    dateline = FoundDateline(start, end, text[first:last], None, agency)
    return Segments(((RegionKind.DATELINE, start, end),), tuple(agencies), None, dateline)
