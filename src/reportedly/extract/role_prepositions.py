"""Stage 4 of 8, a role from the preposition before the figure. In: a Spot. Out: Reading or None.

from, to, by, at, below, of: read from the words, because the parser attaches them in many
ways while the word before the figure is always the same.
"""

from __future__ import annotations

from reportedly.extract.marks import Marks
from reportedly.extract.role_readings import HAPPENED, Reading, Spot, find_sign, is_coming, is_used, to_change
from reportedly.extract.syntax import find_children, is_verb
from reportedly.lexicon import Hit
from reportedly.model import Sentence
from reportedly.vocab import Direction, Role

_PREPOSITIONS = frozenset(
    {
        "from",
        "to",
        "by",
        "below",
        "under",
        "above",
        "over",
        "past",
        "beyond",
        "at",
        "of",
        "toward",
        "towards",
        "into",
        "with",
    }
)
#: `reinforced with 1,200 soldiers` adds them.
_REINFORCING = frozenset({"reinforce", "bolster", "strengthen", "augment", "beef-up"})


# ---------------------------------------------------------------- the preposition before the figure


def read_preposition(sentence: Sentence, marks: Marks, spot: Spot) -> Reading | None:
    """Reads from, to, by, at, below, of before the figure, by the words and not by the tree."""
    at = spot.first - 1
    while at >= 0 and marks.words[at] in {
        "the",
        "its",
        "their",
        "a",
        "total",
        "just",
        "only",
        "no",
        "around",
        "about",
        "anywhere",
    }:
        at -= 1
    hedge = _find_crossing(marks, spot)
    if at < 0 or (marks.words[at] not in _PREPOSITIONS and hedge is None):
        return None
    word = marks.words[at] if marks.words[at] in _PREPOSITIONS else hedge or ""
    place = at if marks.words[at] in _PREPOSITIONS else spot.first
    governor = _find_change(sentence, marks, place)
    hit = marks.changes.get(governor) if governor is not None else None
    if spot.measure in HAPPENED and not spot.bare and not _has_toll(marks):
        return None
    return _read_word(sentence, marks, spot, word, place, hit, governor)


def _read_word(
    sentence: Sentence, marks: Marks, spot: Spot, word: str, place: int, hit: Hit | None, governor: int | None
) -> Reading | None:
    rule = (hit.row.rule,) if hit is not None else ()
    before = marks.words[place - 1] if place else ""
    if word == "to" and before == "home":
        return Reading(Role.LEVEL, None, None, ("en.role.home-to",))
    if word == "to" and before == "down":
        return Reading(Role.TO, None, governor, ("en.role.down-to", *rule))
    partner = _has_partner(sentence, marks, place, word)
    if word == "from" and (partner or (hit is not None and hit.row["kind"] == "adjust")):
        return Reading(Role.FROM, None, governor, ("en.role.from-figure", *rule))
    if word in {"to", "toward", "towards", "into"} and (
        partner
        or (
            hit is not None
            and (spot.bare or hit.row["kind"] == "adjust" or hit.row.slug == "go" or _is_size(marks, governor, place))
        )
    ):
        return Reading(Role.TO, None, governor, ("en.role.to-figure", *rule))
    if word == "by" and hit is not None and hit.row["kind"] == "adjust":
        return Reading(Role.CHANGE, find_sign(sentence, marks, hit, governor), governor, ("en.role.by-figure", *rule))
    if word in {"below", "under", "above"} and hit is None and _is_coming_be(sentence, place):
        return Reading(Role.TO, None, None, ("en.role.will-be-below",))
    if (
        word == "of"
        and marks.words[max(0, place - 3) : place - 1] in (("for", "a"), ("to", "a"), ("into", "a"))
        and place - 1 in marks.stock_nouns
    ):
        return Reading(Role.TO, None, governor, ("en.role.to-a-total-of",))
    if (
        word in {"below", "under", "above", "over", "past", "beyond"}
        and hit is not None
        and _is_size(marks, governor, place)
    ):
        return Reading(Role.TO, None, governor, ("en.role.crossing-figure", *rule))
    if word == "with" and hit is not None and hit.row.slug in _REINFORCING:
        return Reading(Role.CHANGE, Direction.UP, governor, ("en.role.reinforced-with", *rule))
    if (
        word == "of"
        and place - 1 in marks.stock_nouns
        and hit is not None
        and governor is not None
        and governor > place
    ):
        if hit.row["kind"] == "adjust":
            return Reading(Role.FROM, None, governor, ("en.role.size-that-changes", *rule))
    if (
        word == "of"
        and governor is not None
        and hit is not None
        and not is_verb(sentence.tokens[governor].tag)
        and governor >= place - 4
    ):
        return to_change(sentence, marks, spot, hit, governor)
    if word == "at" and hit is not None and hit.row["kind"] == "adjust":
        return Reading(Role.TO, None, governor, ("en.role.at-figure", *rule))
    return None


def _is_coming_be(sentence: Sentence, place: int) -> bool:
    """`the presence will be below 2,000`."""
    for index in range(max(0, place - 3), place):
        if sentence.tokens[index].lower == "be" and is_coming(sentence, index):
            return True
    return False


def _find_crossing(marks: Marks, spot: Spot) -> str | None:
    """`bring forces below 1,000`: a bound that is also the preposition of a change."""
    for index in range(spot.first, spot.number):
        if marks.words[index] in {"below", "under", "above"}:
            return marks.words[index]
    return None


def _has_toll(marks: Marks) -> bool:
    return any(
        hit.row.slug in {"death-toll", "number", "total", "count", "tally", "figure"}
        for hit in marks.stock_nouns.values()
    )


def _is_size(marks: Marks, governor: int | None, place: int) -> bool:
    """Whether between a change word and its figure a size is named: forces, presence, numbers."""
    if governor is None:
        return False
    low, high = sorted((governor, place))
    return any(index in marks.stock_nouns or index in marks.measures for index in range(max(0, low - 6), high))


def _has_partner(sentence: Sentence, marks: Marks, place: int, word: str) -> bool:
    """Whether `from A` has its `to B` near, or the other way round; or `down from`, `up from`."""
    if word not in {"from", "to"}:
        return False
    if word == "from" and place and marks.words[place - 1] in {"down", "up"}:
        return True
    wanted = "to" if word == "from" else "from"
    for index in range(max(0, place - 14), min(len(marks.words), place + 15)):
        if marks.words[index] == wanted and index != place:
            following = sentence.tokens[index + 1 : index + 5]
            if any(token.tag == "CD" for token in following) and not any(token.tag == "NNP" for token in following[:1]):
                return True
    return False


def _find_change(sentence: Sentence, marks: Marks, place: int) -> int | None:
    """The change word that a preposition depends on: up the tree, else the nearest before it in its clause."""
    tokens, at = sentence.tokens, place
    for _ in range(5):
        head = tokens[at].head
        if head == at:
            break
        at = head
        hit = marks.changes.get(at)
        if hit is not None and is_used(sentence, hit, at):
            return at
        if is_verb(tokens[at].tag):
            for child in find_children(sentence, at, "prt", "xcomp", "advmod", "ccomp", "dobj", "acomp"):
                if child in marks.changes and child < place:
                    return child
            break
        if (
            tokens[at].tag.startswith("NN")
            and at not in marks.stock_nouns
            and at not in marks.measures
            and tokens[at].tag != "NNP"
        ):
            return None
    for index in range(place - 1, max(-1, place - 9), -1):
        hit = marks.changes.get(index)
        if hit is not None and hit.row["kind"] == "adjust" and is_used(sentence, hit, index):
            return index
        if tokens[index].lower in {";", ".", "while", "that", "—"}:
            return None
    return None
