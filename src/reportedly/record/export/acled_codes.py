"""Stage 6 of 8. In: Claims of one place and day. Out: ACLED's codes for them.

Column names, types and rules of counting follow the ACLED codebook in its edition of 2025; they are facts about the
format, in our own words. Events come from PLOVER's types and modes, and from measures that name what happened; a
number of killed alone says that people died and not how, so its type stays empty.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from reportedly.model import Claim
from reportedly.vocab import Approx, Relation, Role, Unit

#: The columns, in order.
COLUMNS = (
    "event_id_cnty", "event_date", "year", "time_precision", "disorder_type", "event_type", "sub_event_type",
    "actor1", "assoc_actor_1", "inter1", "actor2", "assoc_actor_2", "inter2", "interaction", "civilian_targeting",
    "iso", "region", "country", "admin1", "admin2", "admin3", "location", "latitude", "longitude", "geo_precision",
    "source", "source_scale", "notes", "fatalities", "tags", "timestamp",
)  # fmt: skip
_REMOTE, _CIVILIANS, _STRATEGIC = (
    "Explosions/Remote violence",
    "Violence against civilians",
    "Strategic developments",
)
#: Measures that make a row, with the type and sub-type that they tell; empty where they tell none.
MEASURE_TYPES: Mapping[str, tuple[str, str]] = {
    "protesters": ("Protests", "Peaceful protest"),
    "kidnapped": (_CIVILIANS, "Abduction/forced disappearance"),
    "detained": (_STRATEGIC, "Arrests"),
    "killed": ("", ""),
    "wounded": ("", ""),
    "casualties": ("", ""),
    "strikes": (_REMOTE, ""),
    "attacks": ("", ""),
}
#: PLOVER type and mode -> ACLED type and sub-type.
EVENT_TYPES: Mapping[tuple[str, str | None], tuple[str, str]] = {
    ("PROTEST", "demo"): ("Protests", "Peaceful protest"),
    ("PROTEST", "riot"): ("Riots", "Violent demonstration"),
    ("ASSAULT", "suicide-attack"): (_REMOTE, "Suicide bomb"),
    ("ASSAULT", "explosives"): (_REMOTE, "Remote explosive/landmine/IED"),
    ("ASSAULT", "aerial"): (_REMOTE, "Air/drone strike"),
    ("ASSAULT", "drone"): (_REMOTE, "Air/drone strike"),
    ("ASSAULT", "heavy-weapons"): (_REMOTE, "Shelling/artillery/missile attack"),
    ("ASSAULT", "abduct"): (_CIVILIANS, "Abduction/forced disappearance"),
    ("ASSAULT", "sexual"): (_CIVILIANS, "Sexual violence"),
    ("AGREE", None): (_STRATEGIC, "Agreement"),
    ("RETREAT", "ceasefire"): (_STRATEGIC, "Agreement"),
    ("COERCE", "arrest"): (_STRATEGIC, "Arrests"),
    ("MOBILIZE", "troops"): (_STRATEGIC, "Change to group/activity"),
}
#: Where several things happened, the type that stands first here is the row's.
_HIERARCHY = ("Protests", "Riots", _REMOTE, _CIVILIANS, _STRATEGIC)
_DISORDER = {
    "Protests": "Demonstrations",
    "Riots": "Demonstrations",
    _REMOTE: "Political violence",
    _CIVILIANS: "Political violence",
    _STRATEGIC: "Strategic developments",
}
#: PLOVER sector -> ACLED actor type, where the one tells the other.
SECTORS: Mapping[str, str] = {
    "MIL": "State forces",
    "COP": "State forces",
    "SPY": "State forces",
    "REB": "Rebel group",
    "UAF": "Political militia",
    "CVL": "Civilians",
    "REF": "Civilians",
    "JRN": "Civilians",
    "IGO": "External/Other forces",
}
#: What ACLED counts for words without a number.
_VAGUE = {"tens": 10, "dozens": 12, "a few dozen": 12, "hundreds": 100}
#: ... and for a plural without a number (`several`, `a few`): 3, where nothing tells of a larger scale.
_PLURAL = 3


def find_type(claims: Sequence[Claim]) -> tuple[str, str]:
    """Finds the type and sub-type of what happened at one place and day; empty where nothing tells it."""
    found = [
        EVENT_TYPES.get((claim.event.type, claim.event.mode), ("", ""))
        if claim.event
        else MEASURE_TYPES.get(claim.measure or "", ("", ""))
        for claim in claims
    ]
    known = (kind for kind in found if kind[0])
    return min(known, key=lambda kind: (_HIERARCHY.index(kind[0]), not kind[1]), default=("", ""))


def find_disorder(kind: str) -> str:
    """Finds the disorder type that a type stands for."""
    return _DISORDER.get(kind, "")


def find_fatalities(claims: Sequence[Claim]) -> int:
    """Counts the dead as ACLED does: of different numbers the lowest, of vague ones the least they can mean.

    What says the same again or is a part of another count is not counted twice. Counts of different
    victims (soldiers, rebels) add up; where there is a count of no one in particular too, the larger holds.
    """
    dead = [claim for claim in claims if claim.measure == "killed" and claim.quantity and _is_toll(claim)]
    ids = {claim.claim_id for claim in dead}
    skipped: set[str] = set()
    for claim in dead:
        for link in claim.relates_to:
            if link.claim_id not in ids or link.claim_id == claim.claim_id:
                continue
            if link.relation is Relation.PART_OF:
                skipped.add(claim.claim_id)
            elif link.relation is Relation.SAME_AS and link.claim_id not in skipped:
                skipped.add(claim.claim_id)
    lowest: dict[str, int] = {}
    for claim in dead:
        if claim.claim_id in skipped:
            continue
        actor = claim.actor
        victim = "" if actor is None else f"{actor.country} {actor.code} {actor.name or actor.text.lower()}"
        lowest[victim] = min(lowest.get(victim, _find_least(claim)), _find_least(claim))
    anyone = lowest.pop("", 0)
    return max(anyone, sum(lowest.values()))


def _is_toll(claim: Claim) -> bool:
    quantity = claim.quantity
    return quantity is not None and quantity.unit is Unit.COUNT and quantity.role not in (Role.CHANGE, Role.FROM)


def _find_least(claim: Claim) -> int:
    quantity = claim.quantity
    if quantity is None:
        return 0
    words = " ".join(claim.evidence.text.lower().split())
    if quantity.approx is Approx.VAGUE and words in _VAGUE:
        return _VAGUE[words]
    if quantity.low is None or (quantity.approx is Approx.VAGUE and quantity.low < 10):
        return min(_PLURAL, int(quantity.high)) if quantity.high is not None else _PLURAL
    return int(quantity.low)
