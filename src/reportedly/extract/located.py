"""Stage 4 of 8, numbers in their sentence. In: Number. Out: Located, or nothing.

Finds a number's tokens and what it counts by its own words; years, scores, names and times
fall out here.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass, replace

from reportedly.extract.counted import Counted, find_counted
from reportedly.extract.hedges import bound
from reportedly.extract.lexemes import Number
from reportedly.extract.marks import Marks
from reportedly.extract.shares import count_share
from reportedly.extract.syntax import find_span_head, find_token, is_verb
from reportedly.lexicon.tables import to_choice
from reportedly.model import Sentence
from reportedly.vocab import Approx, Unit


@dataclass(frozen=True, slots=True)
class Located:
    """A number in its sentence, read so far: hedge from token `begin`, number [first, last)."""

    number: Number
    begin: int
    first: int
    last: int
    head: int
    counted: Counted


def find_single_formations(sentence: Sentence, marks: Marks) -> list[Number]:
    """`a brigade`, `a third infantry battalion`: an article counts one formation that is moved."""
    made: list[Number] = []
    for index, hit in marks.measures.items():
        if (
            hit.row["measure"] != "formations"
            or index != hit.end - 1
            or sentence.tokens[index].tag not in {"NN", "NNP"}
        ):
            continue
        at = index
        while at > 0 and index - at < 5 and sentence.tokens[at - 1].tag in {"JJ", "NN", "NNP", "HYPH", "VBN"}:
            at -= 1
        if not marks.says(at - 1, "located-one"):
            continue
        first = sentence.tokens[at - 1]
        last = sentence.tokens[at if marks.says(at, "located-ordinal") else index]
        start = first.start - sentence.start
        made.append(
            Number(
                start,
                last.end - sentence.start,
                1,
                1,
                Unit.COUNT,
                Approx.EXACT,
                ("en.number.one-formation",),
                start,
                last.end - sentence.start,
            )
        )
    return made


def locate_number(sentence: Sentence, marks: Marks, number: Number, spans: list[tuple[int, int]]) -> Located | None:
    """Finds a number's tokens and what it counts; None where it is a time, a name or counts nothing."""
    start, end = sentence.start + number.start, sentence.start + number.end
    shared = number.unit is Unit.FRACTION and _follows_preposition(sentence, marks, number)
    if not shared and any(first < end and start < last for first, last in spans):
        return None  # but `a reduction of one quarter` is a share
    barrier = min((first for first, _ in spans if first >= end), default=sentence.end)
    first = find_token(sentence, start)
    last = find_token(sentence, end - 1)
    if first is None or last is None:
        return None
    tokens = sentence.tokens
    if _is_score_or_name(sentence, marks, number, first, last) or _is_year(sentence, marks, number, first):
        return None
    if number.unit is Unit.MULTIPLE and is_verb(tokens[last].tag):
        number = replace(number, rules=(*number.rules, "en.number.doubled"))
    stop = last + 1
    while stop < len(tokens) and tokens[stop].end <= sentence.start + number.words_end:
        stop += 1
    if number.unit is Unit.MULTIPLE and stop < len(tokens):
        stop += 2 if tokens[stop].lower == "-" else int(marks.says(stop, "located-times"))
    if "en.number.one-formation" in number.rules:
        counted = _count_formation(marks, first)
    elif number.unit in (Unit.PERCENT, Unit.FRACTION, Unit.MULTIPLE):
        counted = count_share(sentence, marks, number, first, stop)
    else:
        counted = find_counted(sentence, marks, first, stop, barrier)
    if counted is None or _is_singular(marks, number, counted):
        return None
    number = _read_late_hedge(sentence, marks, number, counted)
    after = max(counted.after if counted.noun is not None else stop, stop)
    begin = first
    while begin > 0 and tokens[begin - 1].start >= sentence.start + number.words_start:
        begin -= 1
    return Located(number, begin, first, stop, find_span_head(sentence, first, after), counted)


def _follows_preposition(sentence: Sentence, marks: Marks, number: Number) -> bool:
    """`by a third`, `a cut of one quarter`."""
    before = sentence.text[: number.start]
    return any(before.endswith(f"{word} ") for word in marks.sets["located-before-share"])


def _is_year(sentence: Sentence, marks: Marks, number: Number, first: int) -> bool:
    """A bare year that no time expression took up: `by 2027`, `since 2011`."""
    if not number.plain or number.low is None or not 1900 <= number.low <= 2099 or number.hedge is not None:
        return False
    after = sentence.tokens[first + 1].tag if first + 1 < len(sentence.tokens) else ""
    return marks.says(first - 1, "located-before-year") and after not in {"NNS", "NNPS", "JJ"}


@functools.cache
def _to_hyphened(kept: frozenset[str]) -> re.Pattern[str]:
    """A number joined to a word by a hyphen is part of an adjective (17-year-old, six-mile), but for some."""
    return re.compile(rf"[-‐‑](?!(?:{to_choice(kept)})\b)[a-z]", re.IGNORECASE)


@functools.cache
def _to_age(units: frozenset[str], old: frozenset[str]) -> re.Pattern[str]:
    """The words that make a number an age: `years old`, `weeks-old`."""
    return re.compile(rf"\s+(?:{to_choice(units)})(?: |-)(?:{to_choice(old)})\b")


#: Marks after which an age set off by a comma ends.
_AGE_ENDS = frozenset({",", ";", ".", ")", "--", "—"})
#: Older than this nobody is said to be.
_OLDEST = 110


def _is_score_or_name(sentence: Sentence, marks: Marks, number: Number, first: int, last: int) -> bool:
    """A score (17-11), an age, a note's number, a number in a name: digits that count nothing."""
    text, start, end = sentence.text, number.start, number.end
    if number.approx is not Approx.RANGE and number.unit is Unit.COUNT:
        if start > 1 and text[start - 1] in "-–:/" and text[start - 2].isdigit():
            return True
        if end + 1 < len(text) and text[end] in "-–:/" and text[end + 1].isdigit():
            return True
        sets = marks.sets
        if _to_hyphened(sets["located-after-hyphen"]).match(text, end):
            return True
        if _to_age(sets["located-age-unit"], sets["located-age"]).match(text, end):
            return True
    enclosed = start > 0 and end < len(text) and text[start - 1] in "[(" and text[end] in "])"
    if enclosed or not first:
        return enclosed
    label = marks.labels.get(first - 1)
    if label is not None:
        return True
    return number.plain and (
        _is_age(sentence, marks, number, first, last)
        or _is_counter(sentence, marks, first)
        or _is_in_name(sentence, first)
    )


def _is_singular(marks: Marks, number: Number, counted: Counted) -> bool:
    """`42 Commando`, `3 Example Brigade`: several of one thing take a plural; else it is a name."""
    if counted.noun is None or number.unit is not Unit.COUNT or number.low in (None, 0, 1) or not number.plain:
        return False
    hit, word = marks.measures.get(counted.noun), marks.words[counted.noun]
    if hit is None or counted.partitive or word.endswith("s"):
        return False
    last = hit.row.forms[0].rpartition(" ")[2]
    return (
        word == last
        and hit.row["inflect"] == "noun"
        and word + "s" in {form.rpartition(" ")[2] for form in hit.row.forms}
    )


def _read_late_hedge(sentence: Sentence, marks: Marks, number: Number, counted: Counted) -> Number:
    """`1,500 soldiers or more`: a hedge after the noun bounds the number before it."""
    if counted.noun is None or number.hedge is not None or not marks.says(counted.after, "joint-or"):
        return number
    hit = marks.hedges.get(counted.after)
    if hit is None or hit.row["side"] != "after":
        return number
    start, end = sentence.tokens[hit.start].start, sentence.tokens[hit.end - 1].end
    return bound(
        number, Approx(hit.row["approx"]), hit.row.rule, sentence.text[start - sentence.start : end - sentence.start]
    )


def _is_age(sentence: Sentence, marks: Marks, number: Number, first: int, last: int) -> bool:
    """`Ann Example, 41, of Bergen`: a number between a name and a comma."""
    tokens = sentence.tokens
    if (
        first > 2
        and marks.says(first - 1, "joint-and")
        and tokens[first - 2].tag == "CD"
        and tokens[first - 3].lower == ","
    ):
        return last + 1 < len(tokens) and tokens[last + 1].lower == ","  # two soldiers, 19 and 24, were killed
    if tokens[first - 1].lower != "," or first < 2 or number.low is None or number.low > _OLDEST:
        return False
    named = tokens[first - 2].entity == "PERSON" or tokens[first - 2].tag in {"NNP", "NNPS"}
    following = tokens[last + 1].lower if last + 1 < len(tokens) else "."
    if tokens[first - 2].tag in {"NN", "NNS"} and tokens[first].dep in {"appos", "npadvmod", "nummod", "conj"}:
        # `the soldier, 24, was killed`; `two soldiers, 19 and 24, were killed`
        return following == "," or (
            marks.says(last + 1, "joint-and") and last + 3 < len(tokens) and tokens[last + 3].lower == ","
        )
    return named and (following in _AGE_ENDS or marks.says(last + 1, "located-after-age"))


def _is_counter(sentence: Sentence, marks: Marks, first: int) -> bool:
    """`Image 9 of 16`: the second number of a place in a series."""
    joined = first > 2 and (marks.words[first - 1] == "/" or marks.says(first - 1, "joint-of"))
    return joined and (first - 3 in marks.labels or first - 4 in marks.labels)


def _is_in_name(sentence: Sentence, first: int) -> bool:
    """A number that the parser hangs under the name before it: `Apollo 11`."""
    before = sentence.tokens[first - 1]
    named = before.tag == "NNP" and before.entity not in {"", "GPE", "NORP", "LOC", "DATE"}
    return named and sentence.tokens[first].dep == "nummod" and sentence.tokens[first].head == first - 1


def _count_formation(marks: Marks, first: int) -> Counted | None:
    for index in range(first, min(first + 7, len(marks.words))):
        hit = marks.measures.get(index)
        if hit is not None and hit.row["measure"] == "formations":
            return Counted("troops", hit.end - 1, hit.end, (hit.row.rule,), (), hit.row["basis"] or hit.row.slug)
    return None
