"""Stage 4 of 8. In: TimeMentions, Figure. Out: the time of what the figure counts.

Nearest in the sentence's tree first, then the following sentence that speaks of the same
change, then the day that the report gives to what happened.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from reportedly.extract.time_contexts import find_tense, find_verb
from reportedly.model import Figure, ParsedReport, Sentence, TimeMention
from reportedly.vocab import Role

#: Relations that end at their time.
_DEADLINE = frozenset({"by", "until", "before", "within", "through"})
_FAR = 9


def choose_time(parsed: ParsedReport, mentions: Sequence[TimeMention], figure: Figure) -> TimeMention | None:
    """Chooses the time of the thing that a figure counts, not of the saying.

    The rule that tied them is added to the mention's `rules`.
    """
    usable = [mention for mention in mentions if is_usable(mention)]
    sentence = parsed.sentences[figure.sentence]
    here = [mention for mention in usable if mention.sentence == figure.sentence]
    chosen = _choose_here(sentence, here, figure)
    if chosen is not None:
        return chosen
    role, tense = figure.quantity.role, _find_tense(sentence, figure)
    if role in {Role.CHANGE, Role.TO} and tense != "past":
        return _choose_deadline(parsed, usable, figure)
    if role is Role.COUNT:
        return _choose_day(usable, figure)
    return None


def is_usable(mention: TimeMention) -> bool:
    """Whether a mention can be the time of a thing: it lies on the calendar and dates no saying."""
    if mention.of_saying:
        return False
    if mention.kind == "point":
        return mention.clock is None or mention.weekday is not None or mention.offset is None
    if mention.kind == "duration":
        return mention.direction is not None or mention.relation in {"within", "in"}
    return mention.kind == "reference" and mention.direction == "present"


def is_deadline(mention: TimeMention) -> bool:
    """Whether a mention says by when something is to be done."""
    if mention.kind == "duration":
        return mention.direction == "future" or mention.relation == "within"
    if mention.kind != "point" or (mention.offset or 0) < 0 or mention.direction == "past":
        return False
    return mention.relation in _DEADLINE or mention.tense == "future"


# ---------------------------------------------------------------- in the sentence


def _choose_here(sentence: Sentence, mentions: Sequence[TimeMention], figure: Figure) -> TimeMention | None:
    ranked = sorted(
        (_rank(sentence, mention, figure), abs(mention.start - figure.start), at) for at, mention in enumerate(mentions)
    )
    limit = 2 if figure.quantity.role in {Role.LEVEL, Role.FROM} else 4
    for rank, _, at in ranked:
        mention = mentions[at]
        if rank <= limit or (is_deadline(mention) and limit == 4 and rank < _FAR):
            rule = "en.time.by-clause" if rank <= 2 else "en.time.same-sentence"
            return replace(mention, rules=(*mention.rules, rule))
    return None


def _rank(sentence: Sentence, mention: TimeMention, figure: Figure) -> int:
    """How a time hangs on a figure: 0 in its phrase, 1 on its verb, 2 on a verb above,
    3 on a verb below, 4 on another noun, 5 elsewhere; 9 where it dates that noun alone."""
    own = _find_figure_nodes(sentence, figure)
    path = list(_climb(sentence, _find_head(sentence, mention)))
    if _is_modifier(sentence, path) and _precedes_other_noun(sentence, mention, own):
        return _FAR
    for at in path[1:]:
        if at in own:
            return 0
        if sentence.tokens[at].tag.startswith("VB"):
            break
        if sentence.tokens[at].tag.startswith(("NN", "CD")):
            of = sentence.tokens[path[1]].lower == "of"
            return _FAR if of or _is_modifier(sentence, path) else 4
    verb, figure_verb = find_verb(sentence, path[0]), find_verb(sentence, _find_anchor(figure))
    if verb is None or figure_verb is None:
        return 1 if verb is None and figure_verb is None else 5
    if verb == figure_verb:
        return 1
    if verb in set(_climb(sentence, figure_verb)):
        return 2
    return 3 if figure_verb in set(_climb(sentence, verb)) else 5


def _is_modifier(sentence: Sentence, path: Sequence[int]) -> bool:
    """`the 2012 deal`: the time stands in a noun's phrase and dates that noun."""
    return sentence.tokens[path[0]].dep in {"nummod", "compound", "amod", "poss", "nmod"}


def _precedes_other_noun(sentence: Sentence, mention: TimeMention, own: set[int]) -> bool:
    """Whether a noun that is not the figure's follows the time at once."""
    at = mention.last
    return at < len(sentence.tokens) and at not in own and sentence.tokens[at].tag.startswith("NN")


def _find_figure_nodes(sentence: Sentence, figure: Figure) -> set[int]:
    nodes = {figure.first, figure.last - 1}
    if figure.noun is not None:
        nodes.add(figure.noun)
    governor = figure.governor
    if governor is not None and not sentence.tokens[governor].tag.startswith("VB"):
        nodes.add(governor)
    return nodes


def _find_anchor(figure: Figure) -> int:
    return figure.governor if figure.governor is not None else figure.noun if figure.noun is not None else figure.first


def _find_head(sentence: Sentence, mention: TimeMention) -> int:
    tokens = sentence.tokens
    inside = range(mention.first, mention.last)
    return next((at for at in inside if tokens[at].head not in inside or tokens[at].head == at), mention.last - 1)


def _climb(sentence: Sentence, at: int) -> Iterator[int]:
    for _ in range(len(sentence.tokens)):
        yield at
        head = sentence.tokens[at].head
        if head == at:
            return
        at = head


def _find_tense(sentence: Sentence, figure: Figure) -> str | None:
    return find_tense(sentence, _find_anchor(figure))


# ---------------------------------------------------------------- from other sentences


def _choose_deadline(parsed: ParsedReport, mentions: Sequence[TimeMention], figure: Figure) -> TimeMention | None:
    """The deadline of the nearest sentence that speaks of a change, following ones first."""

    def measure_distance(mention: TimeMention) -> int:
        ahead = mention.sentence - figure.sentence
        return ahead if ahead > 0 else 2 - 2 * ahead

    deadlines = (mention for mention in mentions if is_deadline(mention) and mention.of_change)
    nearest = min(deadlines, key=measure_distance, default=None)
    if nearest is None:
        return None
    rule = "en.time.from-next-sentence" if nearest.sentence > figure.sentence else "en.time.from-earlier-sentence"
    return replace(nearest, rules=(*nearest.rules, rule))


def _choose_day(mentions: Sequence[TimeMention], figure: Figure) -> TimeMention | None:
    """The day that the report gives to what happened: the nearest, earlier sentences first."""

    def measure_distance(mention: TimeMention) -> int:
        behind = figure.sentence - mention.sentence
        return behind if behind > 0 else 1 - 2 * behind

    nearest = min(filter(_is_day_of_event, mentions), key=measure_distance, default=None)
    return replace(nearest, rules=(*nearest.rules, "en.time.day-of-the-event")) if nearest is not None else None


def _is_day_of_event(mention: TimeMention) -> bool:
    """Whether a mention dates a change to the day and does not lie ahead."""
    dated = mention.weekday is not None or mention.day is not None or mention.unit in {"day", "night"}
    if not (dated and mention.kind == "point" and mention.of_change):
        return False
    return mention.relation != "of" and mention.tense != "future"
