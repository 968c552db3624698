"""Stage 4 of 8, what is the figure for? In: a counted number. Out: role and direction.

A figure is a level, a change with a sign, the start or end of a change, or a count of
happenings. The words are asked in this order: the base of a share, a comparison, the words
beside the figure (`another`, `more`), the preposition before it, the verb or noun that
governs it, and in headlines the nearest change word.
"""

from __future__ import annotations

from reportedly.extract.marks import Marks
from reportedly.extract.role_governors import climb
from reportedly.extract.role_neighbours import (
    is_held,
    read_base,
    read_beside,
    read_comparison,
    read_for_place,
    read_headline,
    read_phrase_ahead,
)
from reportedly.extract.role_prepositions import read_preposition
from reportedly.extract.role_readings import HAPPENED, Reading, Spot, default_role
from reportedly.model import Sentence
from reportedly.vocab import RegionKind, Role

__all__ = ["HAPPENED", "Reading", "Spot", "default_role", "find_role"]


def find_role(sentence: Sentence, marks: Marks, spot: Spot) -> Reading:
    """Reads the role of a figure; falls back to what its measure is by nature."""
    for read in (read_base, read_comparison):
        reading = read(sentence, marks, spot)
        if reading is not None:
            return reading
    beside = read_beside(sentence, marks, spot)
    if beside is not None and beside.direction is not None and not is_held(sentence, marks, spot, beside):
        return beside
    ahead = read_phrase_ahead(sentence, marks, spot)
    if ahead is not None:
        return ahead
    before = read_preposition(sentence, marks, spot)
    climbed = before if before is not None else climb(sentence, marks, spot)
    if beside is not None and (climbed is None or climbed.role is Role.LEVEL):
        return beside
    if climbed is None or (climbed.role is Role.LEVEL and climbed.rules == ("en.role.level-by-default",)):
        ahead = read_for_place(sentence, marks, spot)
        if ahead is None and sentence.region is RegionKind.HEADLINE:
            ahead = read_headline(sentence, marks, spot)
        if ahead is not None:
            return ahead
    if climbed is not None:
        return climbed
    return default_role(spot.measure)
