"""Stage 4 of 8, a role from the words beside the figure. In: a Spot. Out: Reading or None.

The base of a share, a comparison, `another`, `more`, what follows the phrase, and the
headline's own grammar.
"""

from __future__ import annotations

from dataclasses import replace

from reportedly.extract.marks import Marks
from reportedly.extract.role_readings import HAPPENED, SIGNS, Reading, Spot, default_role, find_verb, to_change
from reportedly.lexicon import Hit
from reportedly.model import Sentence
from reportedly.vocab import Direction, Role

# ---------------------------------------------------------------- the words beside the figure


def read_base(sentence: Sentence, marks: Marks, spot: Spot) -> Reading | None:
    """`9,000 of the 19,000 Marines`, `half of its 900 troops`: the base of a share is a level."""
    at = spot.first - 1
    while marks.says(at, "role-base-determiner"):
        at -= 1
    if at < spot.first - 1 and marks.says(at, "role-half"):
        at += 1  # half the 2,800
    if at < 1 or not (marks.says(at, "joint-of") or marks.says(at - 1, "role-half")):
        return None
    if sentence.tokens[at - 1].tag == "CD" or marks.says(at - 1, "role-share"):
        return (
            default_role(spot.measure, None)
            if spot.measure in HAPPENED
            else Reading(Role.LEVEL, None, None, ("en.role.base-of-share",))
        )
    return None


def read_comparison(sentence: Sentence, marks: Marks, spot: Spot) -> Reading | None:
    """`2,500 instead of today's 3,000`, `2,000, compared with 2,500`: what a new figure is held against."""
    for index in range(spot.first - 1, max(-1, spot.first - 7), -1):
        hit = marks.comparisons.get(index)
        if hit is not None:
            if any(sentence.tokens[at].tag == "CD" for at in range(hit.start)):
                return Reading(Role.FROM, None, None, ("en.role.compared-figure", hit.row.rule))
            return None
        if sentence.tokens[index].tag == "CD" or marks.says(index, "role-stop"):
            return None
    return None


def read_beside(sentence: Sentence, marks: Marks, spot: Spot) -> Reading | None:
    """`an additional 500`, `500 more`, `500 fewer troops`, `the remaining 500`."""
    for index in range(max(0, spot.first - 3), min(spot.after + 1, len(sentence.tokens))):
        hit = marks.additives.get(index)
        if hit is None:
            continue
        inside = spot.number <= index < spot.after
        more = marks.says(index, "role-more")
        if more and (
            index < spot.number
            or marks.says(index + 1, "joint-than")
            or marks.says(index - 1, "joint-or")  # 300 or more: a hedge
        ):
            continue
        if index < spot.number and not _reaches(sentence, marks, index, spot.number):
            continue
        if not inside and marks.says(index, "role-inside-only"):
            continue
        if index >= spot.after and not more:
            continue
        governor = find_verb(sentence, spot.head)
        return _to_additive(hit, spot, governor)
    return None


def is_held(sentence: Sentence, marks: Marks, spot: Spot, beside: Reading) -> bool:
    """`keeps another 10,000 in the rear`: with a verb of having, `another` adds no movement."""
    stock = marks.stocks.get(beside.governor) if beside.governor is not None else None
    said = marks.says_any(spot.first - 2, spot.number, "role-another")
    return (
        said and stock is not None and stock.row.slug in {"have", "keep", "maintain", "host", "hold", "retain", "field"}
    )


def _reaches(sentence: Sentence, marks: Marks, index: int, number: int) -> bool:
    """Whether only hedges and determiners stand between a modifier and the number."""
    return all(
        sentence.tokens[at].tag in {"DT", "RB", "RBR", "JJR", "IN", "JJ", "PRP$"}
        and not marks.says(at, "role-no-reach")
        for at in range(index + 1, number)
    )


def _to_additive(hit: Hit, spot: Spot, governor: int | None) -> Reading:
    effect = hit.row["effect"]
    if spot.measure in HAPPENED:
        return Reading(Role.COUNT, None, governor, (hit.row.rule,))
    if effect == "remain":
        return Reading(Role.LEVEL, None, governor, (hit.row.rule,))
    return Reading(Role.CHANGE, SIGNS[effect], governor, (hit.row.rule,))


# ---------------------------------------------------------------- ahead, headlines


def read_phrase_ahead(sentence: Sentence, marks: Marks, spot: Spot) -> Reading | None:
    """The change phrase right after the figure: `1,000 paratroopers bound for`, `500 troops to deploy`."""
    if spot.measure in HAPPENED:
        return None
    for index in range(spot.after, min(spot.after + 5, len(marks.words))):
        hit = marks.changes.get(index)
        if hit is not None and hit.row["pos"] == "phrase":
            return to_change(sentence, marks, spot, hit, index)
        if marks.says(index, "role-clause-start"):
            break
    at = spot.after
    if marks.says(at, "joint-to"):
        verb = at + 2 if marks.says(at + 1, "role-be") else at + 1
        hit = marks.changes.get(verb)
        if hit is not None and hit.row["pos"] == "verb" and hit.row["kind"] == "move":
            return to_change(sentence, marks, spot, hit, verb)
    return None


def read_for_place(sentence: Sentence, marks: Marks, spot: Spot) -> Reading | None:
    """`17,500 for Baghdad`, `1,700 troops for Poland`: meant for a place, so a change there."""
    at = spot.after
    if spot.measure not in HAPPENED and marks.says(at, "joint-for"):
        following = sentence.tokens[at + 1 : at + 5]
        if any(token.entity in {"GPE", "LOC", "FAC"} for token in following):
            return Reading(Role.CHANGE, Direction.UP, None, ("en.role.for-place",))
    return None


def read_headline(sentence: Sentence, marks: Marks, spot: Spot) -> Reading | None:
    """A headline without a usable tree: the nearest change word before or right after the figure,
    or `N troops for PLACE`."""
    if spot.measure in HAPPENED:
        return None
    for index in range(spot.first - 1, max(-1, spot.first - 5), -1):
        hit = marks.changes.get(index)
        if hit is not None:
            return replace(to_change(sentence, marks, spot, hit, index), rules=("en.role.headline-verb", hit.row.rule))
    for index in range(spot.after, min(spot.after + 4, len(marks.words))):
        hit = marks.changes.get(index)
        if hit is not None and (hit.row["theme"] != "object" or marks.ends(index, "role-participle-end")):
            return replace(to_change(sentence, marks, spot, hit, index), rules=("en.role.headline-verb", hit.row.rule))
    if marks.says(spot.after, "role-headline-toward"):
        return Reading(Role.CHANGE, Direction.UP, None, ("en.role.headline-for-place",))
    return None
