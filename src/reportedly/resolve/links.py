"""Stage 5 of 8, claims of one report tied to each other. In: Claims. Out: Links.

`from` and `to` of one change, a change and its ends, a share and its base, parts and totals,
and the same figure said again.
"""

from __future__ import annotations

from collections.abc import Sequence

from reportedly.model import Claim, Link
from reportedly.vocab import Relation, Role, Unit

#: The rule that found a figure to be a part of the one before it.
PART_OF = "en.quantity.part-of-figure"
#: A figure repeated more often than this is tied to its last mentions only.
MOST_REPEATS = 12
#: More figures than this are not read in one sentence.
MOST_NEIGHBOURS = 24


def find_links(claims: Sequence[Claim]) -> dict[str, tuple[Link, ...]]:
    """Finds the links of each claim, by claim id."""
    links: dict[str, list[Link]] = {}

    def tie(claim: Claim, relation: Relation, other: Claim) -> None:
        link = Link(claim_id=other.claim_id, relation=relation)
        if link not in links.setdefault(claim.claim_id, []) and other.claim_id != claim.claim_id:
            links[claim.claim_id].append(link)

    alike: dict[tuple[object, ...], list[Claim]] = {}
    for index, claim in enumerate(claims):
        before = alike.setdefault((claim.measure, _find_value(claim)), [])
        for other in before[-MOST_REPEATS:]:
            if is_same(claim, other):
                tie(claim, Relation.SAME_AS, other)
                tie(other, Relation.SAME_AS, claim)
        before.append(claim)
        for other in _find_neighbours(claims, index):
            relation = find_relation(claim, other)
            if relation is not None:
                tie(claim, relation, other)
    for claim, start, end in find_differences(claims):
        tie(claim, Relation.CHANGE_FROM, start)
        tie(claim, Relation.CHANGE_TO, end)
    return {claim_id: tuple(found) for claim_id, found in links.items() if found}


def find_differences(claims: Sequence[Claim]) -> list[tuple[Claim, Claim, Claim]]:
    """Finds stated changes that are the difference of a `from` and a `to` of the same report,
    wherever in it they stand: (change, from, to)."""
    found: list[tuple[Claim, Claim, Claim]] = []
    changes: dict[tuple[object, ...], list[Claim]] = {}
    for claim in claims:
        if claim.quantity is not None and claim.quantity.role is Role.CHANGE and claim.quantity.unit is Unit.COUNT:
            changes.setdefault((claim.measure, _find_value(claim), _find_country(claim)), []).append(claim)
    for index, start in enumerate(claims):
        for end in claims[index + 1 : index + 4]:
            one, other = _find_value(start), _find_value(end)
            if one is None or other is None or not _is_pair(start, end):
                continue
            # `falls to 3,000 from 5,200` states its end first.
            first, last = (start, end) if _find_role(start) is Role.FROM else (end, start)
            stated = changes.get((start.measure, abs(one - other), _find_country(start)), [])
            found += [(claim, first, last) for claim in stated[:MOST_REPEATS]]
    return found


def _is_pair(start: Claim, end: Claim) -> bool:
    roles = {claim.quantity.role for claim in (start, end) if claim.quantity is not None}
    units = {claim.quantity.unit for claim in (start, end) if claim.quantity is not None}
    same = start.measure == end.measure and start.evidence.sentence_start == end.evidence.sentence_start
    return same and roles == {Role.FROM, Role.TO} and units == {Unit.COUNT}


def _find_value(claim: Claim) -> float | None:
    return claim.quantity.to_value() if claim.quantity is not None else None


def _find_role(claim: Claim) -> Role | None:
    return claim.quantity.role if claim.quantity is not None else None


def _find_country(claim: Claim) -> str | None:
    return claim.place.country if claim.place is not None else None


def _is_elsewhere(claim: Claim, other: Claim) -> bool:
    """Whether both claims name a place and the countries differ."""
    return claim.place is not None and other.place is not None and claim.place.country != other.place.country


def _find_neighbours(claims: Sequence[Claim], index: int) -> list[Claim]:
    """The claims of the same sentence."""
    sentence = claims[index].evidence.sentence_start
    near = range(max(0, index - MOST_NEIGHBOURS), min(len(claims), index + MOST_NEIGHBOURS))
    return [claims[at] for at in near if at != index and claims[at].evidence.sentence_start == sentence]


def find_relation(claim: Claim, other: Claim) -> Relation | None:
    """How one claim of a sentence stands to another of the same measure and place."""
    if (
        claim.quantity is None
        or other.quantity is None
        or claim.measure != other.measure
        or _is_elsewhere(claim, other)
    ):
        return None
    role, beside = claim.quantity.role, other.quantity.role
    if PART_OF in claim.rules and PART_OF not in other.rules and other.evidence.start < claim.evidence.start:
        return Relation.PART_OF
    if "en.role.base-of-share" in other.rules and other.evidence.start > claim.evidence.end:
        between = other.evidence.start - claim.evidence.end
        shares = claim.quantity.unit in (Unit.FRACTION, Unit.PERCENT, Unit.MULTIPLE)
        return (Relation.SHARE_OF if shares else Relation.PART_OF) if between < 60 else None
    if role in (Role.TO, Role.CHANGE) and beside is Role.FROM:
        if claim.quantity.unit in (Unit.FRACTION, Unit.PERCENT):
            return Relation.SHARE_OF
        return Relation.CHANGE_FROM
    if role in (Role.FROM, Role.CHANGE) and beside is Role.TO:
        return Relation.CHANGE_TO
    return None


def is_same(claim: Claim, other: Claim) -> bool:
    """Whether two claims of a report say the same figure of the same thing."""
    if claim.quantity is None or other.quantity is None or claim.measure != other.measure:
        return False
    one, two = claim.quantity, other.quantity
    if (
        _find_value(claim) != _find_value(other)
        or one.unit is not two.unit
        or claim.evidence.start == other.evidence.start
    ):
        return False
    if _is_elsewhere(claim, other):
        return False
    stock = {Role.LEVEL, Role.FROM}
    same_role = one.role is two.role or {one.role, two.role} <= stock
    return same_role and one.direction is two.direction
