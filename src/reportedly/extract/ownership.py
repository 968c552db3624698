"""Stage 4 of 8, whose? In: a Figure and the report's ActorMentions. Out: one of them, or None.

A ladder of rules, the nearest words first. Forces and their equipment belong to whom the
counted noun, its phrase, the clause, the sentence or the whole report names; the killed,
wounded and displaced are read in `sufferers.py`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace

from reportedly.extract.owner_reading import (
    OBJECTS,
    OwnerReading,
    can_own,
    find_attached,
    find_doer,
    find_key,
    find_near,
    find_noun_role,
    find_phrase_owner,
    find_start,
    has_forces,
    has_owner,
    is_force,
    is_side,
    opposes,
    to_reading,
)
from reportedly.extract.place_origins import find_origin
from reportedly.extract.place_parallels import find_counterpart, find_leading_subject, is_gapped
from reportedly.extract.sufferers import (
    counts_forces,
    find_counted_before,
    find_elliptic,
    find_fallen,
    find_loss,
    find_sufferer,
    is_elliptic,
)
from reportedly.extract.syntax import NOUN_TAGS, is_verb, iter_ancestors
from reportedly.model import ActorMention, Figure, ParsedReport
from reportedly.vocab import Direction, RegionKind

Step = Callable[[OwnerReading], ActorMention | None]

#: Measures of what befell people: whose nationality, not whose deed.
SUFFERED = frozenset(
    {
        "killed",
        "wounded",
        "casualties",
        "missing",
        "displaced",
        "refugees",
        "detained",
        "arrested",
        "kidnapped",
        "captured",
        "evacuated",
        "hostages",
        "rescued",
        "surrendered",
    }
)
#: Measures of people who are nobody's forces.
CROWDS = frozenset({"protesters", "civilians", "migrants", "people", "population", "attendees", "attackers"})
#: Measures of deeds: who did it.
DEEDS = frozenset({"strikes", "attacks", "protests", "incidents", "sorties", "deployments"})
#: Sectors of a government; None is the state itself. Its soldiers and police are coded by their own sector.
_STATES_OWN = frozenset({None, "GOV", "LEG"})
_SECTORS_OF_STATES = frozenset({"MIL", "COP", "PRM"})
_SECTORS_OF_MEASURES = {"troops": "MIL", "peacekeepers": "MIL", "formations": "MIL", "police": "COP"}
#: What stands in these phrases is where the counted are, not what holds them.
_LOCATIVES = frozenset({"in", "at", "near", "on", "into", "across", "inside", "along", "around", "to", "for"})
#: How many sentences back a force may have been named.
_BACK = 2
#: The main owner must have this share of what the report says of all owners of forces (tuned on force-claims).
_SHARE = 0.6
#: Where a long report is searched for the same figure: its lead, and so many sentences on either side.
_LEAD, _NEAR = 20, 150
#: A shorter figure may stand for something else where it stands again.
_DISTINCT = 3


def choose_actor(parsed: ParsedReport, mentions: Sequence[ActorMention], figure: Figure) -> ActorMention | None:
    """Chooses whose a figure is: who sends, keeps, loses or is counted.

    Args:
        parsed: the report.
        mentions: all that `find_actors` found in it.
        figure: the figure; its noun is worked out from the tree where it has none.

    Returns:
        The mention, with the id of the rule that chose it as the last of its rules, or None
        where the text does not say whose.
    """
    if not parsed.sentences[figure.sentence].tokens:
        return None
    reading = to_reading(parsed, mentions, figure)
    for rule, find in _find_steps(reading):
        found = find(reading)
        if found is not None:
            return _to_force(reading, replace(found, rules=(*found.rules, rule)))
    return None


def _to_force(reading: OwnerReading, mention: ActorMention) -> ActorMention:
    """A state or its government as the owner of forces is the state's forces: whose troops, not who ordered."""
    if mention.country is None or mention.role not in _STATES_OWN:
        return mention
    counted = find_noun_role(reading)
    own = counted.role if counted is not None and counted.role in _SECTORS_OF_STATES else None
    role = own or _SECTORS_OF_MEASURES.get(reading.figure.measure)
    if role is None or (mention.role is None and mention.organisation is not None):
        return mention
    return replace(mention, role=role, organisation=None)


def _find_steps(reading: OwnerReading) -> tuple[tuple[str, Step], ...]:
    measure = reading.figure.measure
    if measure in SUFFERED:
        if counts_forces(reading):
            return SUFFERED_STEPS + LOST_FORCES_STEPS
        return SUFFERED_STEPS + (ELLIPTIC_STEPS if is_elliptic(reading) else ())
    if measure in CROWDS:
        return CROWD_STEPS
    if measure in DEEDS:
        return DEED_STEPS
    return FORCE_STEPS


def _find_modifier(reading: OwnerReading) -> ActorMention | None:
    """`1,700 US troops`, `its 1,500 troops`, `members of the Quds Force`, `half of the Marines`."""
    for start in dict.fromkeys((reading.noun, reading.at)):
        if start is not None:
            found = find_phrase_owner(reading, start)
            # `Iraq 3,000`: a bare name beside a figure is where they are.
            if found is not None and not (_is_bare_state(found) and found.last == start + 1):
                return found
    return None


def _is_bare_state(mention: ActorMention) -> bool:
    return mention.kind in {"state", "seat"} and mention.role is None and mention.branch is None


def _find_origin(reading: OwnerReading) -> ActorMention | None:
    """`1,200 soldiers from Brazil`, `700 from Nepal`: one state, where the noun names no owner itself."""
    figure = replace(reading.figure, noun=reading.noun)
    names = find_origin(reading.sentence, figure)
    if not names:
        return None
    found = [mention for mention in reading.here if mention.first in names and has_owner(mention)]
    if len({find_key(mention) for mention in found}) != 1 or not _is_bare_state(found[0]):
        return None
    if figure.noun is not None and figure.noun >= figure.last and _names_owner(reading, figure.noun):
        return None
    if figure.quantity.direction is Direction.UP:
        # `The US sent 2,000 soldiers from Germany to Poland`: whence they were moved.
        sender = _find_above(reading)
        if sender is not None and not is_force(sender) and sender != found[0]:
            return None
    return found[0]


def _names_owner(reading: OwnerReading, noun: int) -> bool:
    possessed = any(reading.sentence.tokens[child].dep == "poss" for child in reading.sentence.children[noun])
    return possessed or find_attached(reading, noun) is not None


def _find_gapped(reading: OwnerReading) -> ActorMention | None:
    """`France has 2,400 soldiers, Italy 1,900`: the next owner, but not the next host of others' forces."""
    for mention in reading.here:
        if not (_is_bare_state(mention) and has_owner(mention)):
            continue
        if not is_gapped(reading.sentence, mention, reading.figure):
            continue
        leading = find_leading_subject(reading.sentence, mention)
        if leading is None:
            return None
        leader = next((other for other in reading.here if other.first <= leading < other.last), None)
        if leader is None or not _is_bare_state(leader) or not can_own(leader):
            return None
        return mention if leader.tie not in {"guest", "loser"} or has_forces(reading, leader) else None
    return None


def _find_dealt(reading: OwnerReading) -> ActorMention | None:
    """`Ghana and Nepal will send 800 and 650 respectively`."""
    subjects = [mention for mention in reading.here if _is_bare_state(mention) and can_own(mention)]
    return find_counterpart(reading.sentence, subjects, reading.figure)


def _find_above(reading: OwnerReading) -> ActorMention | None:
    """`a U.S. presence of 3,000`; `China has 20,000`; `American strength will fall to 3,000`."""
    sentence, start = reading.sentence, find_start(reading)
    path = [reading.at, start]
    through = sentence.tokens[start]
    for above in iter_ancestors(sentence, start):
        token = sentence.tokens[above]
        if token.tag in NOUN_TAGS:
            if not (through.dep == "prep" and through.lower in _LOCATIVES):
                found = find_phrase_owner(reading, above, 1)
                # `Afghanistan 2,500` is a place; `China, which has 20,000` is an owner.
                place = found is not None and _is_bare_state(found) and found.last == above + 1
                if found is not None and not (place and through.dep != "relcl"):
                    return found
        elif is_verb(token.tag):
            found = _find_in_clause(reading, above, path)
            if found is not None and not opposes(reading, found):
                return found
            if token.dep in {"ccomp", "parataxis"}:
                return None
        path.append(above)
        through = token
    return None


def _find_in_clause(reading: OwnerReading, verb: int, path: Sequence[int]) -> ActorMention | None:
    for child in reading.sentence.children[verb]:
        if child not in path and reading.sentence.tokens[child].dep in OBJECTS:
            found = find_phrase_owner(reading, child)
            if found is not None and is_force(found):
                return found
    return find_doer(reading, verb, path)


def _find_deed_doer(reading: OwnerReading) -> ActorMention | None:
    """Who did what is counted: `the U.S. launched 20 strikes`, `20 strikes were carried out by`."""
    start = find_start(reading)
    token = reading.sentence.tokens[start]
    if token.dep not in OBJECTS and token.dep != "nsubjpass":
        return None
    return find_doer(reading, token.head, (start,))


def _find_in_sentence(reading: OwnerReading) -> ActorMention | None:
    return find_near(reading, lambda mention: is_side(reading, mention))


def _find_before(reading: OwnerReading) -> ActorMention | None:
    """The force named in the sentences just before, where they name no two."""
    low, high = reading.sentence.index - _BACK, reading.sentence.index
    found = [mention for mention in reading.mentions if low <= mention.sentence < high and is_side(reading, mention)]
    return found[-1] if len({find_key(mention) for mention in found}) == 1 else None


def _find_main(reading: OwnerReading) -> ActorMention | None:
    """The report's main owner of forces: whose forces it names most often, the headline's twice."""
    tests: tuple[Callable[[ActorMention], bool], ...] = (
        lambda mention: is_side(reading, mention),
        lambda mention: mention.tie == "loss" and can_own(mention),
    )
    for test in tests:
        weights: Counter[str] = Counter()
        first: dict[str, ActorMention] = {}
        for mention in reading.mentions:
            if can_own(mention):
                key = find_key(mention)
                weights[key] += (3 if test(mention) else 1) * (2 if _is_in_headline(reading, mention) else 1)
                if test(mention):
                    first.setdefault(key, mention)
        if first:
            best = max(first, key=lambda key: weights[key])
            return first[best] if weights[best] >= _SHARE * sum(weights[key] for key in first) else None
    return None


def _find_only(reading: OwnerReading) -> ActorMention | None:
    """The one state or organisation of a report that names no other, at least twice."""
    owners = [mention for mention in reading.mentions if can_own(mention)]
    keys = {find_key(mention) for mention in owners}
    return owners[0] if len(keys) == 1 and len(owners) > 1 and not opposes(reading, owners[0]) else None


def _is_in_headline(reading: OwnerReading, mention: ActorMention) -> bool:
    return reading.parsed.sentences[mention.sentence].region is RegionKind.HEADLINE


def _find_same_figure(reading: OwnerReading) -> ActorMention | None:
    """Whose the same figure is where the report says it again in plainer words."""
    figure = reading.figure
    if len(figure.text) < _DISTINCT:
        return None
    steps = (SUFFERED_STEPS if figure.measure in SUFFERED else FORCE_STEPS)[: len(LIST_STEPS) + 2]
    near = range(max(0, figure.sentence - _NEAR), figure.sentence + _NEAR)
    for sentence in reading.parsed.sentences:
        if sentence.index >= _LEAD and sentence.index not in near:
            continue
        at = sentence.text.find(figure.text) if sentence.tokens and sentence.index != figure.sentence else -1
        if at < 0:
            continue
        start, end = sentence.start + at, sentence.start + at + len(figure.text)
        inside = [token.index for token in sentence.tokens if start <= token.start and token.end <= end]
        if not inside:
            continue
        again = replace(figure, sentence=sentence.index, first=inside[0], last=inside[-1] + 1, noun=None)
        other = to_reading(reading.parsed, reading.mentions, again)
        # The lists and the first two rules read its own words; the others would only inherit.
        found = next((found for _, find in steps if (found := find(other)) is not None), None)
        if found is not None:
            return found
    return None


LIST_STEPS: tuple[tuple[str, Step], ...] = (
    ("en.actor.respectively", _find_dealt),
    ("en.actor.origin", _find_origin),
    ("en.actor.gapped", _find_gapped),
)
FORCE_STEPS: tuple[tuple[str, Step], ...] = (
    *LIST_STEPS,
    ("en.actor.modifier", _find_modifier),
    ("en.actor.clause", _find_above),
    ("en.actor.same-sentence", _find_in_sentence),
    ("en.actor.same-figure", _find_same_figure),
    ("en.actor.main-owner", _find_main),
    ("en.actor.sentence-before", _find_before),
    ("en.actor.only-owner", _find_only),
)
SUFFERED_STEPS: tuple[tuple[str, Step], ...] = (
    *LIST_STEPS,
    ("en.actor.counted-people", find_sufferer),
    ("en.actor.loss", find_loss),
    ("en.actor.same-figure", _find_same_figure),
)
LOST_FORCES_STEPS: tuple[tuple[str, Step], ...] = (
    ("en.actor.same-sentence", find_fallen),
    ("en.actor.same-figure", _find_same_figure),
    ("en.actor.main-owner", _find_main),
    ("en.actor.sentence-before", _find_before),
)
ELLIPTIC_STEPS: tuple[tuple[str, Step], ...] = (
    ("en.actor.counted-before", find_elliptic),
    ("en.actor.counted-sentence-before", find_counted_before),
)
CROWD_STEPS: tuple[tuple[str, Step], ...] = (("en.actor.counted-people", find_sufferer),)
DEED_STEPS: tuple[tuple[str, Step], ...] = (
    ("en.actor.modifier", _find_modifier),
    ("en.actor.doer", _find_deed_doer),
)
