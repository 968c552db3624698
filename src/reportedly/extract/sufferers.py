"""Stage 4 of 8, whose dead? In: OwnerReading. Out: the ActorMention of the counted people, or None.

The killed, wounded and displaced are theirs whose nationality the text says: who killed
them is never taken for them, and `people` belong to nobody.
"""

from __future__ import annotations

from reportedly.extract.owner_reading import (
    FORCES,
    OBJECTS,
    SUBJECTS,
    OwnerReading,
    find_antecedent,
    find_attached,
    find_near,
    find_noun_role,
    find_start,
    has_owner,
    is_force,
    is_side,
)
from reportedly.extract.syntax import find_subject, is_verb, iter_ancestors
from reportedly.model import ActorMention

#: Who speaks for a nation or reports on it is not one of its dead.
_NO_VICTIMS = frozenset({"GOV", "LEG", "JUD", "SPY", "JRN"})
#: These are others than those counted just before.
_OTHERS = frozenset({"others", "other", "more", "another", "rest", "number", "total", "figure"})


def counts_forces(reading: OwnerReading) -> bool:
    """Whether the counted are soldiers, police or fighters, whom somebody sent."""
    mention = find_noun_role(reading)
    return mention is not None and mention.role in FORCES


def is_elliptic(reading: OwnerReading) -> bool:
    """Whether the figure leaves out whom it counts: `another 143 were hurt`, `100 deaths`."""
    return find_noun_role(reading) is None


def _is_person(mention: ActorMention) -> bool:
    return has_owner(mention) and mention.role not in _NO_VICTIMS and mention.tie != "place"


def find_sufferer(reading: OwnerReading) -> ActorMention | None:
    """The nationality of the counted: `60 Afghans`, `13 U.S. service members`, `20 of its soldiers`."""
    for start in dict.fromkeys((reading.noun, reading.at)):
        if start is not None:
            found = find_attached(reading, start, _is_person) or _find_phrase_people(reading, start)
            if found is not None:
                return found
    return None


def _find_phrase_people(reading: OwnerReading, noun: int) -> ActorMention | None:
    tokens, children = reading.sentence.tokens, reading.sentence.children
    for child in children[noun]:
        if tokens[child].dep == "prep" and tokens[child].lower in {"of", "from"}:
            for below in children[child]:
                if tokens[below].dep == "pobj":
                    return find_attached(reading, below, _is_person) or _find_phrase_people(reading, below)
    for child in children[noun]:
        if tokens[child].lower in {"its", "their"}:
            return find_antecedent(reading, child)
        if tokens[child].dep == "poss":
            return find_attached(reading, child, _is_person)
    return None


def find_loss(reading: OwnerReading) -> ActorMention | None:
    """`North Korean deaths number 600`; `Afghan losses of 60 dead`; `the war cost Russia 40,000 men`."""
    start = find_start(reading)
    ties = [mention for mention in reading.here if mention.tie in {"loss", "loser"} and has_owner(mention)]
    if not ties:
        return None
    sentence = reading.sentence
    for above in (start, *iter_ancestors(sentence, start)):
        for mention in reversed(ties):
            head = mention.head
            if head == above or sentence.tokens[head].head == above:
                return mention
        if sentence.tokens[above].dep in {"ccomp", "parataxis"}:
            return None
    return None


def find_fallen(reading: OwnerReading) -> ActorMention | None:
    """The forces that the sentence names, but for those who did it."""
    doers = _find_killers(reading)
    return find_near(reading, lambda mention: is_side(reading, mention) and mention.head not in doers)


def find_elliptic(reading: OwnerReading) -> ActorMention | None:
    """Whom the sentence has counted before, unless somebody else did this: `its strikes killed thousands`."""
    doers = _find_killers(reading)
    doer = _find_own_doer(reading, find_start(reading))
    before = [mention for mention in reading.here if mention.last <= reading.figure.first]
    for mention in reversed(before):
        if _is_counted(mention) and mention.head not in doers:
            same = doer is None or doer == _find_own_doer(reading, mention.head)
            return mention if same else None
    return None


def find_counted_before(reading: OwnerReading) -> ActorMention | None:
    """Whom the sentence before has counted, for a figure that stands without a noun."""
    noun = reading.sentence.tokens[reading.noun].lower if reading.noun is not None else ""
    own = find_start(reading)
    if noun in _OTHERS or _find_own_doer(reading, own) is not None:
        return None
    earlier = reading.sentence.index - 1
    found = [mention for mention in reading.mentions if mention.sentence == earlier and _is_counted(mention)]
    return found[-1] if found else None


def _is_counted(mention: ActorMention) -> bool:
    return _is_person(mention) and (mention.kind == "people" or mention.tie in {"loss", "loser"} or is_force(mention))


def _find_own_doer(reading: OwnerReading, index: int) -> int | None:
    """The subject of the verb whose object (or object's predicate) a token is."""
    tokens = reading.sentence.tokens
    token = tokens[index]
    if token.dep in SUBJECTS and tokens[token.head].dep == "ccomp" and not is_verb(tokens[token.head].tag):
        token = tokens[token.head]
    elif token.dep not in OBJECTS:
        return None
    return find_subject(reading.sentence, token.head)


def _find_killers(reading: OwnerReading) -> set[int]:
    """Heads of subjects of active verbs with objects, and of by-phrases: they did it."""
    found: set[int] = set()
    tokens, children = reading.sentence.tokens, reading.sentence.children
    for token in tokens:
        acts = token.dep == "nsubj" and any(tokens[child].dep == "dobj" for child in children[token.head])
        if acts or (token.dep == "pobj" and tokens[token.head].dep == "agent"):
            found.add(token.index)
    return found
