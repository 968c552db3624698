"""Stage 4 of 8, the parts of a role's reading. In: a Spot in its Sentence. Out: Reading.

The records, the sign of a change, and whether a verb speaks of what is to come.
"""

from __future__ import annotations

from dataclasses import dataclass

from reportedly.extract.marks import Marks
from reportedly.extract.syntax import SUBJECTS, find_subtree, is_verb
from reportedly.lexicon import Hit
from reportedly.model import Sentence
from reportedly.vocab import Direction, Role

SIGNS = {"+": Direction.UP, "-": Direction.DOWN}


#: Measures of which a bare figure counts happenings; a change of them is a revision of the count.
HAPPENED = frozenset(
    {
        "killed",
        "wounded",
        "casualties",
        "missing",
        "detained",
        "kidnapped",
        "displaced",
        "evacuated",
        "rescued",
        "protesters",
        "strikes",
        "attacks",
        "refugees",
        "migrants",
        "attackers",
        "sorties",
    }
)


@dataclass(frozen=True, slots=True)
class Reading:
    """How a figure is meant: its role, sign, governing token and the rules that say so."""

    role: Role
    direction: Direction | None
    governor: int | None
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a figure stands: its words with hedge and noun are tokens [first, after), its
    number begins at `number`, the phrase's head is `head`, it counts `measure`."""

    first: int
    number: int
    after: int
    head: int
    measure: str
    bare: bool


def default_role(measure: str, governor: int | None = None) -> Reading:
    """The role of a figure about which the words say no more."""
    if measure in HAPPENED:
        return Reading(Role.COUNT, None, governor, ("en.role.happening-counted",))
    return Reading(Role.LEVEL, None, governor, ("en.role.level-by-default",))


def is_used(sentence: Sentence, hit: Hit, index: int) -> bool:
    """Whether a row's part of speech is the token's (`cut` the noun and `cut` the verb share a row)."""
    tag = sentence.tokens[index].tag
    if hit.row["pos"] == "noun":
        return not is_verb(tag) or tag == "VBG"
    return is_verb(tag) or tag in {"NN", "NNS", "JJ", "NNP", "RP", "RB", "IN"}


def to_change(sentence: Sentence, marks: Marks, spot: Spot, hit: Hit, governor: int | None) -> Reading:
    """Reads a change from its word; a rotation has no sign, a happening only a count."""
    if spot.measure in HAPPENED and (hit.row["kind"] == "move" or not spot.bare):
        return default_role(spot.measure, governor)
    if marks.rotations:
        rotation = next(iter(marks.rotations.values()))
        return Reading(Role.CHANGE, None, governor, ("en.role.rotation", rotation.row.rule))
    return Reading(
        Role.CHANGE, find_sign(sentence, marks, hit, governor, spot), governor, ("en.role.change", hit.row.rule)
    )


def find_sign(
    sentence: Sentence, marks: Marks, hit: Hit, governor: int | None, spot: Spot | None = None
) -> Direction | None:
    """The sign of a change; a neutral verb of motion takes it from particles, `from` and `to`.

    `move 4,500 troops now in Korea to Guam` leaves the place that the phrase itself names.
    """
    sign = hit.row["direction"]
    if sign != "?" or governor is None:
        return SIGNS.get(sign)
    sets = marks.sets
    words = {marks.words[child] for child in sentence.children[governor]}
    for child in sentence.children[governor]:
        if sentence.tokens[child].dep in SUBJECTS and spot is not None and not spot.first <= child < spot.after:
            words |= {marks.words[index] for index in find_subtree(sentence, child)} & sets["role-home"]
    if words & sets["role-away"]:
        return Direction.DOWN
    if spot is not None and marks.says_any(spot.after, spot.after + 3, "role-held"):
        if words & sets["joint-to"] or marks.says_any(spot.after, len(marks.words), "joint-to"):
            return Direction.DOWN
    if words & sets["role-toward"]:
        elsewhere = marks.says_any(governor, governor + 5, "role-elsewhere")
        return Direction.DOWN if elsewhere else Direction.UP
    return Direction.DOWN if words & sets["joint-from"] or hit.row.slug == "go" else Direction.UP


def is_coming(sentence: Sentence, marks: Marks, verb: int) -> bool:
    """Whether a verb speaks of what is to come: will, would, a to-infinitive under a plan."""
    tokens, at, coming = sentence.tokens, verb, marks.sets["role-coming"]
    words = {marks.words[child] for child in sentence.children[verb]}
    if words & coming:
        return True
    for _ in range(3):
        if tokens[at].dep not in {"xcomp", "conj", "ccomp", "advcl"} or tokens[verb].tag not in {"VB", "VBG"}:
            break
        at = tokens[at].head
        if tokens[at].tag == "VB" and any(marks.words[child] in coming for child in sentence.children[at]):
            return True
    if tokens[verb].tag != "VB" or not words & marks.sets["joint-to"]:
        return False
    # `claimed to have`, `is believed to number`: the infinitive tells what is, not what will be.
    return tokens[verb].dep != "xcomp" or not marks.begins(tokens[verb].head, "role-evidential-start")


def find_verb(sentence: Sentence, index: int) -> int | None:
    """The nearest verb at or above a token."""
    at = index
    for _ in range(8):
        if is_verb(sentence.tokens[at].tag):
            return at
        head = sentence.tokens[at].head
        if head == at:
            return None
        at = head
    return None
