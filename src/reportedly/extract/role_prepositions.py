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

#: `reinforced with 1,200 soldiers` adds them.
_REINFORCING = frozenset({"reinforce", "bolster", "strengthen", "augment", "beef-up"})


# ---------------------------------------------------------------- the preposition before the figure


def read_preposition(sentence: Sentence, marks: Marks, spot: Spot) -> Reading | None:
    """Reads from, to, by, at, below, of before the figure, by the words and not by the tree."""
    at = spot.first - 1
    while marks.says(at, "role-before-figure"):
        at -= 1
    hedge = _find_crossing(marks, spot)
    preposed = marks.says(at, "role-preposition")
    if at < 0 or not (preposed or hedge):
        return None
    word = marks.words[at] if preposed else hedge or ""
    place = at if preposed else spot.first
    governor = _find_change(sentence, marks, place)
    hit = marks.changes.get(governor) if governor is not None else None
    if spot.measure in HAPPENED and not spot.bare and not _has_toll(marks):
        return None
    return _read_word(sentence, marks, spot, word, place, hit, governor)


def _read_word(
    sentence: Sentence, marks: Marks, spot: Spot, word: str, place: int, hit: Hit | None, governor: int | None
) -> Reading | None:
    sets, rule = marks.sets, (hit.row.rule,) if hit is not None else ()
    adjusts = hit is not None and hit.row["kind"] == "adjust"
    if word in sets["joint-to"] and marks.says(place - 1, "role-home"):
        return Reading(Role.LEVEL, None, None, ("en.role.home-to",))
    if word in sets["joint-to"] and marks.says(place - 1, "role-down"):
        return Reading(Role.TO, None, governor, ("en.role.down-to", *rule))
    partner = _has_partner(sentence, marks, place, word)
    if word in sets["joint-from"] and (partner or adjusts):
        return Reading(Role.FROM, None, governor, ("en.role.from-figure", *rule))
    if word in sets["role-to-figure"] and (
        partner
        or (hit is not None and (spot.bare or adjusts or hit.row.slug == "go" or _is_size(marks, governor, place)))
    ):
        return Reading(Role.TO, None, governor, ("en.role.to-figure", *rule))
    if word in sets["joint-by"] and hit is not None and adjusts:
        return Reading(Role.CHANGE, find_sign(sentence, marks, hit, governor), governor, ("en.role.by-figure", *rule))
    if word in sets["role-bound"] and hit is None and _is_coming_be(sentence, marks, place):
        return Reading(Role.TO, None, None, ("en.role.will-be-below",))
    sized = word in sets["joint-of"] and place - 1 in marks.stock_nouns
    if sized and marks.says_pair(place - 3, "role-to-a"):
        return Reading(Role.TO, None, governor, ("en.role.to-a-total-of",))
    if word in sets["role-crossing"] and hit is not None and _is_size(marks, governor, place):
        return Reading(Role.TO, None, governor, ("en.role.crossing-figure", *rule))
    if word in sets["joint-with"] and hit is not None and hit.row.slug in _REINFORCING:
        return Reading(Role.CHANGE, Direction.UP, governor, ("en.role.reinforced-with", *rule))
    if sized and adjusts and governor is not None and governor > place:
        return Reading(Role.FROM, None, governor, ("en.role.size-that-changes", *rule))
    if (
        word in sets["joint-of"]
        and governor is not None
        and hit is not None
        and not is_verb(sentence.tokens[governor].tag)
        and governor >= place - 4
    ):
        return to_change(sentence, marks, spot, hit, governor)
    if word in sets["joint-at"] and adjusts:
        return Reading(Role.TO, None, governor, ("en.role.at-figure", *rule))
    return None


def _is_coming_be(sentence: Sentence, marks: Marks, place: int) -> bool:
    """`the presence will be below 2,000`."""
    for index in range(max(0, place - 3), place):
        if marks.says(index, "role-be") and is_coming(sentence, marks, index):
            return True
    return False


def _find_crossing(marks: Marks, spot: Spot) -> str | None:
    """`bring forces below 1,000`: a bound that is also the preposition of a change."""
    for index in range(spot.first, spot.number):
        if marks.says(index, "role-bound"):
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
    sets = marks.sets
    starts = word in sets["joint-from"]
    if not starts and word not in sets["joint-to"]:
        return False
    if starts and marks.says(place - 1, "role-down-or-up"):
        return True
    wanted = sets["joint-to" if starts else "joint-from"]
    for index in range(max(0, place - 14), min(len(marks.words), place + 15)):
        if marks.words[index] in wanted and index != place:
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
        if marks.says(index, "role-clause-break"):
            return None
    return None
