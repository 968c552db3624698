"""Stage 4 of 8, how many? In: ParsedReport. Out: Figure.

Numbers (`numbers.py`) become figures where the words say what they count (`counted.py`,
`bare_numbers.py`) and what they are for (`roles.py`). Times and money never count.
"""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from reportedly.extract.bare_numbers import find_bare_measure, is_parallel
from reportedly.extract.counted import PEOPLE, Counted
from reportedly.extract.lexemes import Number
from reportedly.extract.located import Located, find_single_formations, locate_number
from reportedly.extract.marks import Marks, find_marks
from reportedly.extract.numbers import find_numbers, load_number_words
from reportedly.extract.roles import HAPPENED, Reading, Spot, find_role
from reportedly.lexicon import Lexicon
from reportedly.model import Figure, ParsedReport, Quantity, Sentence, TimeMention
from reportedly.vocab import Direction, Role, Unit

#: The rule that makes a figure a part of the one before it; the links of a report read it.
PART_OF = "en.quantity.part-of-figure"
#: Measures whose nouns stand in peaceful reports too: they count only beside a force or casualty figure.
WEAK = frozenset({"officers", "attacks", "bases", "containers", "diplomats", "migrants", "shells"})
#: Measures that make a report one about forces or casualties.
STRONG = frozenset(
    {
        "troops",
        "personnel",
        "peacekeepers",
        "killed",
        "wounded",
        "casualties",
        "missing",
        "fighters",
        "displaced",
        "refugees",
        "protesters",
        "contractors",
        "advisers",
        "aircraft",
        "ships",
        "tanks",
        "missiles",
        "drones",
        "rockets",
        "kidnapped",
        "police",
    }
)


def find_figures(parsed: ParsedReport, lexicon: Lexicon, times: Sequence[TimeMention] = ()) -> tuple[Figure, ...]:
    """Finds the counted figures of a report, in order.

    Args:
        parsed: a report whose relevant sentences were parsed.
        lexicon: the tables.
        times: time mentions; a number inside one is never a count.
    """
    spans: dict[int, list[tuple[int, int]]] = {}
    for time in times:
        spans.setdefault(time.sentence, []).append((time.start, time.end))
    read = [_read_sentence(sentence, lexicon, spans.get(sentence.index, [])) for sentence in parsed.sentences]
    sentences = [item for item in read if item is not None]
    blocked = _find_blocked(parsed, lexicon)
    topic = _find_topic(sentences)
    figures: list[Figure] = []
    for sentence, marks, found in sentences:
        context = next((figure.measure for figure in reversed(figures)), topic)
        figures += _to_figures(sentence, marks, found, blocked, context, topic)
    return tuple(_read_repeated(figures))


def _read_repeated(figures: Sequence[Figure]) -> Iterator[Figure]:
    """A figure whose own words do not say what it is for takes the role of the same figure
    elsewhere in the report: `the 15,000` of one sentence are those sent in another."""
    said: dict[tuple[object, ...], Figure] = {}
    for figure in reversed(figures):
        if figure.quantity.role in (Role.CHANGE, Role.TO):
            said[_to_key(figure)] = figure
    for figure in figures:
        other = said.get(_to_key(figure)) if figure.rules[-1:] == ("en.role.level-by-default",) else None
        if other is None or other.sentence == figure.sentence:
            yield figure
            continue
        quantity = replace(figure.quantity, role=other.quantity.role, direction=other.quantity.direction)
        yield replace(figure, quantity=quantity, rules=(*figure.rules[:-1], "en.role.same-figure"))


def _to_key(figure: Figure) -> tuple[object, ...]:
    quantity = figure.quantity
    return quantity.low, quantity.high, quantity.unit, figure.measure


_Read = tuple[Sentence, Marks, list[Located]]


def _read_sentence(sentence: Sentence, lexicon: Lexicon, spans: list[tuple[int, int]]) -> _Read | None:
    """Reads the numbers of one sentence and what they count by its own words."""
    if not sentence.is_parsed():
        return None
    numbers = find_numbers(sentence.text, load_number_words(lexicon))
    if not numbers and load_formation_words(lexicon).isdisjoint(token.lower for token in sentence.tokens):
        return None
    marks = find_marks(sentence, lexicon)
    numbers = sorted([*numbers, *find_single_formations(sentence, marks)], key=lambda number: number.start)
    found = [item for number in numbers if (item := locate_number(sentence, marks, number, spans)) is not None]
    return (sentence, marks, found) if found else None


@functools.cache
def load_formation_words(lexicon: Lexicon) -> frozenset[str]:
    """The last words of all formations: `battalion`, `group`; one may stand without a number."""
    forms = lexicon.table("measure_terms").iter_forms()
    return frozenset(form[-1] for form, row in forms if row["measure"] == "formations")


def _find_blocked(parsed: ParsedReport, lexicon: Lexicon) -> frozenset[str]:
    """Measures whose words mean something else in this report (scout troops)."""
    table = lexicon.table("other_senses")
    hits = [hit for sentence in parsed.sentences for hit in table.find([token.lower for token in sentence.tokens])]
    return frozenset(hit.row["blocks"] for hit in hits)


def _find_topic(sentences: Sequence[_Read]) -> str:
    """What most of the report's figures count by their own words; empty where no force or
    casualty is counted: then its bare numbers count nothing we know."""
    counts = Counter(
        item.counted.measure
        for _, _, found in sentences
        for item in found
        if item.counted.measure in STRONG and not _is_civil(item)
    )
    return counts.most_common(1)[0][0] if counts else ""


def _is_civil(item: Located) -> bool:
    """Staff and the like: nouns of peaceful reports too."""
    return item.counted.measure in {"personnel", "civilians"} and "civilian" in item.counted.basis


def _to_figures(
    sentence: Sentence, marks: Marks, found: list[Located], blocked: frozenset[str], context: str, topic: str
) -> list[Figure]:
    figures: list[Figure] = []
    for item in found:
        measure = item.counted.measure or find_bare_measure(sentence, marks, item, figures, context, topic)
        whole = figures[-1] if figures and figures[-1].sentence == sentence.index else None
        if whole is not None and (
            (measure in PEOPLE and _is_part(marks, whole, item))
            or (measure == whole.measure and _is_said_part(marks, whole, item))
        ):
            measure = whole.measure
            item = replace(item, counted=replace(item.counted, rules=(*item.counted.rules, PART_OF)))
        if measure == "people":
            measure = _find_next_measure(found, item)
        if (
            not measure
            or measure == "people"
            or measure in blocked
            or (not topic and (measure in WEAK or _is_civil(item)))
        ):
            continue
        if "en.number.one-formation" in item.number.rules and not _is_moved(sentence, marks, item):
            continue
        counted = replace(item.counted, measure=measure)
        figures.append(_to_figure(sentence, marks, replace(item, counted=counted), figures))
    return figures


def _find_next_measure(found: list[Located], item: Located) -> str:
    """`60 Afghans, 12 soldiers dead`: what happened to the next in the list happened to all of it."""
    following = next((other for other in found if other.first > item.first), None)
    happened = following is not None and following.counted.measure in HAPPENED
    return following.counted.measure if following is not None and happened else "people"


def _is_said_part(marks: Marks, figure: Figure, item: Located) -> bool:
    """`19 killed, among them 11 children`; `6,000 troops, 1,700 of them from Pakistan`."""
    of_them = item.counted.partitive and item.counted.noun is None
    return of_them or marks.says_any(figure.last, item.first, "figure-including")


def _is_part(marks: Marks, figure: Figure, item: Located) -> bool:
    """`100 killed, 13 soldiers and 90 civilians among them`: parts take what happened to the whole."""
    if figure.measure not in HAPPENED and item.counted.measure != "people":
        return False
    after = max(item.counted.after, item.last)
    listed = any(marks.says_pair(at, "figure-among-them") for at in range(after, min(after + 7, len(marks.words))))
    return listed or marks.says_any(figure.last, item.first, "figure-including")


def _is_moved(sentence: Sentence, marks: Marks, item: Located) -> bool:
    """Whether a single formation is itself what is moved; else it is only mentioned."""
    spot = _to_spot(item)
    return find_role(sentence, marks, spot).role is Role.CHANGE


# ---------------------------------------------------------------- putting together


def _to_spot(item: Located) -> Spot:
    after = max(item.counted.after if item.counted.noun is not None else item.last, item.last)
    return Spot(item.begin, item.first, after, item.head, item.counted.measure, item.counted.noun is None)


def _to_figure(sentence: Sentence, marks: Marks, item: Located, before: list[Figure]) -> Figure:
    number, counted = item.number, item.counted
    spot = _to_spot(item)
    reading = _settle(find_role(sentence, marks, spot), number, counted, all_but=_is_all_but(marks, spot))
    reading = _read_like(sentence, reading, number, before)
    if before and counted.noun is None and _takes_role(sentence, marks, reading, before[-1], item):
        like = before[-1]
        reading = Reading(like.quantity.role, like.quantity.direction, like.governor, ("en.role.parallel",))
    quantity = Quantity(
        low=number.low,
        high=number.high,
        approx=number.approx,
        role=reading.role,
        unit=Unit.FORMATION if counted.formation else number.unit,
        hedge=number.hedge,
        direction=reading.direction if reading.role is Role.CHANGE else None,
        basis=_find_basis(marks, spot, counted),
        formation=counted.formation,
    )
    return Figure(
        text=sentence.text[number.start : number.end],
        start=sentence.start + number.start,
        end=sentence.start + number.end,
        sentence=sentence.index,
        first=item.first,
        last=item.last,
        rules=(*number.rules, *counted.rules, *reading.rules),
        quantity=quantity,
        measure=counted.measure,
        noun=counted.noun,
        governor=reading.governor,
    )


def _takes_role(sentence: Sentence, marks: Marks, reading: Reading, like: Figure, item: Located) -> bool:
    """Whether a bare figure repeats the role of the one before: `2,000 out of Iraq and 500 out of Syria`."""
    if not is_parallel(sentence, marks, like, item):
        return False
    if reading.rules[-1:] == ("en.role.level-by-default",):
        return True
    between = sentence.tokens[like.last : item.begin]
    own_verb = any(token.tag in {"VBZ", "VBP", "VBD", "MD"} for token in between)
    plain = reading.role is Role.LEVEL and reading.rules[0] in {"en.role.have", "en.role.remain"}
    return plain and not own_verb and like.quantity.role in (Role.TO, Role.CHANGE)


def _read_like(sentence: Sentence, reading: Reading, number: Number, before: list[Figure]) -> Reading:
    """A multiple is of the figure before it; `another N` beside a level is one more level."""
    like = before[-1] if before and before[-1].sentence == sentence.index else None
    if like is None:
        return reading
    if number.unit is Unit.MULTIPLE and reading.role in (Role.LEVEL, Role.TO):
        return Reading(like.quantity.role, like.quantity.direction, like.governor, ("en.role.multiple-of-figure",))
    if "en.additive_words.additional" in reading.rules and like.quantity.role is Role.LEVEL:
        return Reading(Role.LEVEL, None, like.governor, (*reading.rules, "en.role.parallel"))
    return reading


def _is_all_but(marks: Marks, spot: Spot) -> bool:
    """`all but 200 have left`: the figure is what stays."""
    return marks.says_pair(spot.first - 2, "figure-all-but")


def _settle(reading: Reading, number: Number, counted: Counted, *, all_but: bool) -> Reading:
    """What the figure's own form says about its role: `halve` is a fall by half."""
    if reading.role is Role.CHANGE and all_but:
        return Reading(Role.TO, None, reading.governor, (*reading.rules, "en.role.all-but"))
    if "en.number.doubled" in number.rules:
        return Reading(Role.CHANGE, Direction.UP, reading.governor, (*reading.rules, "en.role.multiplied"))
    if "en.fractions.halve" in number.rules:
        return Reading(Role.CHANGE, Direction.DOWN, reading.governor, (*reading.rules, "en.role.halved"))
    if counted.measure in HAPPENED and reading.role is Role.LEVEL:
        return replace(reading, role=Role.COUNT)
    return reading


def _find_basis(marks: Marks, spot: Spot, counted: Counted) -> tuple[str, ...]:
    """What the figure takes in, from the words of its phrase."""
    near = range(max(0, spot.first - 3), min(spot.after, len(marks.words)))
    found = [marks.bases[index].row["basis"] for index in near if index in marks.bases]
    sizes = range(max(0, spot.first - 10), min(spot.after + 4, len(marks.words)))
    found += [marks.stock_nouns[index].row["basis"] for index in sizes if index in marks.stock_nouns]
    return tuple(dict.fromkeys(filter(None, (*counted.basis, *found))))
