"""Stage 5 of 8, the question "where?". In: PlaceMention. Out: Place.

A name's identity comes from our own tables first; a city's from GeoNames, by what contains it
(`Springfield, Illinois`), by the countries that the report is about, then by population.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Sequence

from reportedly.lexicon import Lexicon, Row
from reportedly.lexicon.gazetteer import Candidate, find_candidates, to_candidate
from reportedly.model import ParsedReport, Place, PlaceMention
from reportedly.vocab import Precision

_NOUN_ENDINGS = 3
# A namesake in a country or state that the report names once wins over one with so many times its
# people; set by hand, checked on a third of the `places` dev reports.
COUNTRY_WORTH = 30.0
STATE_WORTH = 30.0
# What a place of our own tables counts as, in people.
OWN_WORTH = 10_000_000.0


def resolve_places(
    mentions: Sequence[PlaceMention], parsed: ParsedReport, lexicon: Lexicon
) -> dict[PlaceMention, Place]:
    """Resolves mentions to places.

    Args:
        mentions: all that `find_places` found, so that each can help the others.
        parsed: the report.
        lexicon: whose tables of countries and places are asked first.

    Returns:
        A place for every mention that is a name (none for `there` and its like). Country,
        GeoNames id and coordinates are None where they are not known or not one.
    """
    context = _Context(mentions, lexicon)
    inside = _find_containers(mentions)
    places: dict[PlaceMention, Place] = {}
    chosen: dict[str, Candidate] = {}
    for mention in sorted(mentions, key=lambda item: item not in inside):
        if mention.anaphor:
            continue
        candidate = _find_candidate(mention, inside.get(mention), context, chosen, lexicon)
        if candidate is not None and not mention.container:
            chosen.setdefault(mention.text.lower(), candidate)
        places[mention] = _to_place(mention, candidate)
    return places


def _find_containers(mentions: Sequence[PlaceMention]) -> dict[PlaceMention, PlaceMention]:
    """What is said to contain a place: the last name of `Goma, Congo` by the first."""
    return {
        left: right
        for left, right in itertools.pairwise(mentions)
        if right.container and left.sentence == right.sentence
    }


class _Context:
    """How often the report names each country and state, itself or by a listed place in it."""

    def __init__(self, mentions: Sequence[PlaceMention], lexicon: Lexicon) -> None:
        self.countries: Counter[str] = Counter()
        self.states: Counter[str] = Counter()
        self._texts: dict[str, Counter[str]] = {}
        for mention in mentions:
            if mention.iso3 and mention.key:
                self.countries[mention.iso3] += 1
                self._texts.setdefault(mention.text.lower(), Counter())[mention.iso3] += 1
                self.states[_find_state(mention, lexicon)] += 1
        self.states.pop("", None)

    def count(self, candidate: Candidate, text: str) -> int:
        """How often the candidate's country is named otherwise than by the name in question."""
        own = self._texts.get(text.lower(), Counter())
        country = candidate.iso3 or ""
        return self.countries[country] - own[country]


def _find_candidate(
    mention: PlaceMention,
    container: PlaceMention | None,
    context: _Context,
    chosen: dict[str, Candidate],
    lexicon: Lexicon,
) -> Candidate | None:
    own = lexicon.find_rule(mention.key) if mention.key else None
    if own is not None:
        elsewhere = container is not None and mention.precision == "city"
        found = find_candidates(mention.text, lexicon, own_only=not elsewhere)
        candidates: tuple[Candidate, ...] = found or _find_nation(own, lexicon)
    else:
        candidates = _look_up(mention, lexicon)
    if not candidates:
        return None
    if container is not None:
        within = [item for item in candidates if item.iso3 == container.iso3]
        state = _find_state(container, lexicon)
        exact = [item for item in within if state and item.admin == state]
        return (exact or within or list(candidates))[0]
    earlier = chosen.get(mention.text.lower())
    if earlier is not None:
        return earlier
    return max(candidates, key=lambda item: _weigh(item, context, mention.text))


def _find_nation(row: Row, lexicon: Lexicon) -> tuple[Candidate, ...]:
    """A row of our tables as it stands; a demonym's (`the Ukrainian border`) as its country."""
    if "lat" in row.values:
        return (to_candidate(row),)
    return find_candidates(row.values.get("name", ""), lexicon, own_only=True)


def _look_up(mention: PlaceMention, lexicon: Lexicon) -> tuple[Candidate, ...]:
    """Asks the gazetteer for a name, then for less and less of it (`Homs province`)."""
    words = mention.text.split()
    for stop in range(len(words), max(0, len(words) - _NOUN_ENDINGS), -1):
        found = find_candidates(" ".join(words[:stop]), lexicon)
        if found:
            return found
    return ()


def _find_state(mention: PlaceMention, lexicon: Lexicon) -> str:
    """The letters of a US state, empty for any other place."""
    row = lexicon.find_rule(mention.key) if mention.key else None
    return row.values.get("postal", "").rpartition("|")[2].upper() if row else ""


def _weigh(candidate: Candidate, context: _Context, text: str) -> float:
    people = float(max(candidate.population, 1_000))
    if candidate.rule != "geonames":
        people = OWN_WORTH
    if candidate.alias:
        people /= 20
    named = context.count(candidate, text)
    state = context.states[candidate.admin] if candidate.iso3 == "USA" and candidate.rule == "geonames" else 0
    return people * (1 + COUNTRY_WORTH * named) * (1 + STATE_WORTH * state)


def _to_place(mention: PlaceMention, candidate: Candidate | None) -> Place:
    if candidate is None:
        return Place(text=mention.text, start=mention.start, end=mention.end)
    return Place(
        text=mention.text,
        start=mention.start,
        end=mention.end,
        name=candidate.name,
        country=candidate.iso3,
        geonames_id=candidate.geonames_id,
        lat=candidate.lat,
        lon=candidate.lon,
        precision=Precision(candidate.precision),
    )
