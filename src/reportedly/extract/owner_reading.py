"""Stage 4 of 8, whose: shared reading. In: a Figure and the ActorMentions. Out: whom a phrase or clause names.

What may own forces, and which mention a noun, its of-phrase, its possessor or its verb
leads to. `ownership.py` and `sufferers.py` build their ladders from these.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from reportedly.extract.syntax import find_span_head, iter_ancestors
from reportedly.model import ActorMention, Figure, ParsedReport, Sentence

FORCES = frozenset({"MIL", "REB", "UAF", "PRM", "COP"})
_IRREGULAR = frozenset({"REB", "UAF"})
_REGULAR = frozenset({"MIL", "COP", "GOV", "LEG", "SPY"})
#: Sectors that neither send troops nor have them.
_NO_OWNERS = frozenset({"JRN", "MED", "SOC", "EDU", "REL", "BUS", "LAB", "CRM", "CVL", "REF", "ELI", "JUD"})
#: Where these hold, the words are not those of an owner.
_NO_TIES = frozenset({"host", "place", "speaker"})
SUBJECTS = frozenset({"nsubj", "nsubjpass"})
OBJECTS = frozenset({"dobj", "attr", "oprd", "dative"})
_OWN_PRONOUNS = frozenset({"its", "their"})
#: `its` is not its own phrase: so many heads above it are no antecedent.
_OWN_PHRASE = 3


@dataclass(frozen=True, slots=True)
class OwnerReading:
    """One figure to be given an owner: `at` is its own token, `noun` that of what it counts,
    `here` the mentions of its sentence."""

    parsed: ParsedReport
    sentence: Sentence
    mentions: Sequence[ActorMention]
    here: Sequence[ActorMention]
    figure: Figure
    at: int
    noun: int | None


def to_reading(parsed: ParsedReport, mentions: Sequence[ActorMention], figure: Figure) -> OwnerReading:
    """Gathers what the rules look at; a figure without a noun takes the one that it modifies."""
    sentence = parsed.sentences[figure.sentence]
    at = find_span_head(sentence, figure.first, figure.last)
    noun = figure.noun
    if noun is None and sentence.tokens[at].dep in {"nummod", "amod", "det", "compound"}:
        noun = sentence.tokens[at].head
    here = [mention for mention in mentions if mention.sentence == figure.sentence]
    return OwnerReading(parsed, sentence, mentions, here, figure, at, noun)


def has_owner(mention: ActorMention) -> bool:
    """Whether a mention says whose, not only what (`troops`, `officials`)."""
    return mention.country is not None or mention.organisation is not None


def can_own(mention: ActorMention) -> bool:
    """Whether a mention names somebody who may have forces there."""
    return has_owner(mention) and mention.role not in _NO_OWNERS and mention.tie not in _NO_TIES


def is_force(mention: ActorMention) -> bool:
    """Whether a mention names somebody's forces or their presence."""
    return can_own(mention) and (mention.role in FORCES or mention.branch is not None or mention.tie == "presence")


def find_noun_role(reading: OwnerReading) -> ActorMention | None:
    """The mention that the counted noun itself is part of: `soldiers`, `people`."""
    noun = reading.noun
    if noun is None:
        return None
    return next((mention for mention in reading.here if mention.first <= noun < mention.last), None)


def _find_noun_sector(reading: OwnerReading) -> str | None:
    mention = find_noun_role(reading)
    return mention.role if mention is not None and mention.role in FORCES else None


def is_side(reading: OwnerReading, mention: ActorMention) -> bool:
    """Whether a force may be of the counted kind: dead insurgents are not the army's."""
    role = _find_noun_sector(reading)
    irregular = mention.role in _IRREGULAR
    return is_force(mention) and (role is None or (role in _IRREGULAR) == irregular)


def opposes(reading: OwnerReading, mention: ActorMention) -> bool:
    """Whether rebels would be given to an army, a police or a government."""
    return _find_noun_sector(reading) in _IRREGULAR and mention.role in _REGULAR


def find_key(mention: ActorMention) -> str:
    """What counts as one owner: a country, or an organisation with its missions (UN, NATO)."""
    return mention.country or (mention.organisation or "").partition(" ")[0]


def _covers(mention: ActorMention, index: int) -> bool:
    return mention.head == index or mention.first <= index < mention.last


def find_attached(
    reading: OwnerReading, noun: int, test: Callable[[ActorMention], bool] = can_own
) -> ActorMention | None:
    """The mention that a noun is part of or that modifies it, the nearest before it."""
    found = [mention for mention in reading.here if _covers(mention, noun) and test(mention)]
    return found[-1] if found else None


def find_phrase_owner(reading: OwnerReading, noun: int, depth: int = 3) -> ActorMention | None:
    """Whom a noun phrase names: its modifiers, its possessor, its of-phrase, who has or sent it."""
    found = find_attached(reading, noun)
    if found is not None:
        return found
    tokens = reading.sentence.tokens
    for child in reading.sentence.children[noun]:
        token = tokens[child]
        if token.lower in _OWN_PRONOUNS:
            found = find_antecedent(reading, child)
        elif token.dep == "poss":
            found = find_attached(reading, child)
        elif token.dep == "prep" and token.lower in {"of", "from", "including"} and depth:
            found = _find_in_complement(reading, child, depth, strict=token.lower != "of")
        elif token.dep in {"relcl", "acl"}:
            found = find_doer(reading, child, ())
        elif token.dep in {"compound", "nmod", "amod"} and depth:
            found = find_attached(reading, child)
        if found is not None:
            return found
    return None


def _find_in_complement(reading: OwnerReading, preposition: int, depth: int, *, strict: bool) -> ActorMention | None:
    """The owner in `of ...`; in `from ...` only an organisation or force, since a state is where they left."""
    for child in reading.sentence.children[preposition]:
        if reading.sentence.tokens[child].dep == "pobj":
            found = find_phrase_owner(reading, child, depth - 1)
            if found is not None and not (strict and not _is_origin(found)):
                return found
    return None


def _is_origin(mention: ActorMention) -> bool:
    return is_force(mention) or mention.organisation is not None or mention.tie == "origin"


def find_doer(reading: OwnerReading, verb: int, path: Sequence[int]) -> ActorMention | None:
    """The owner in a verb's subject or in its by-phrase."""
    tokens = reading.sentence.tokens
    for child in reading.sentence.children[verb]:
        if child in path:
            continue
        if tokens[child].dep in SUBJECTS:
            found = find_phrase_owner(reading, child)
            if found is not None and found.tie in {"guest", "loser"} and not has_forces(reading, found):
                found = None
        elif tokens[child].dep == "agent":
            found = _find_in_complement(reading, child, 3, strict=False)
        else:
            continue
        if found is not None:
            return found
    return None


def has_forces(reading: OwnerReading, mention: ActorMention) -> bool:
    """Whether forces of a state are named, or no others: in `Iraq has 2,500` they may be guests."""
    owners = {find_key(other) for other in reading.mentions if is_force(other)}
    return not owners or find_key(mention) in owners


def find_antecedent(reading: OwnerReading, pronoun: int) -> ActorMention | None:
    """Whom `its` or `their` means: the nearest state or organisation before it, a subject first."""
    above = set(iter_ancestors(reading.sentence, pronoun, _OWN_PHRASE))
    before = [
        mention
        for mention in reading.here
        if mention.last <= pronoun and can_own(mention) and mention.head not in above
    ]
    tokens = reading.sentence.tokens
    for mention in reversed(before):
        if tokens[mention.last - 1].dep in SUBJECTS or tokens[mention.head].dep in SUBJECTS:
            return mention
    if before:
        return before[-1]
    earlier = reading.sentence.index - 1
    if earlier < 0:
        return None
    sentence = reading.parsed.sentences[earlier]
    for mention in reading.mentions:
        if mention.sentence == earlier and can_own(mention) and sentence.tokens[mention.head].dep in SUBJECTS:
            return mention
    return None


def find_near(reading: OwnerReading, test: Callable[[ActorMention], bool]) -> ActorMention | None:
    """The nearest mention of the sentence that passes, those before the figure first."""
    before = [mention for mention in reading.here if mention.last <= reading.figure.first and test(mention)]
    if before:
        return before[-1]
    return next((mention for mention in reading.here if mention.first >= reading.figure.last and test(mention)), None)


def find_start(reading: OwnerReading) -> int:
    """The token of what is counted: the noun, or the figure itself where it has none."""
    return reading.noun if reading.noun is not None else reading.at
