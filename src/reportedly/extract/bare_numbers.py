"""Stage 4 of 8, what does a bare number count? In: Located without a noun. Out: a measure or nothing.

The size that its clause speaks of, a figure that it is parallel to, what the report counted
last. Where none of them says, the number is no claim.
"""

from __future__ import annotations

from reportedly.extract.counted import PEOPLE
from reportedly.extract.located import Located
from reportedly.extract.marks import Marks, is_other_noun
from reportedly.extract.syntax import NOUN_TAGS, SUBJECTS, is_verb, iter_ancestors
from reportedly.model import Figure, Sentence
from reportedly.vocab import Unit

#: A bare number below this is no claim unless a figure came before it.
SMALL = 10
#: Verbs of telling a number: their subject (`police counted 22,000`) is who tells it.
TELLING = frozenset({"put", "place", "estimate", "give", "count", "list", "cite"})


# ---------------------------------------------------------------- bare numbers


def find_bare_measure(
    sentence: Sentence, marks: Marks, item: Located, before: list[Figure], context: str, topic: str
) -> str:
    """What a bare number counts: the size that its clause speaks of, a figure that it is parallel
    to, what the report counted last. Empty where none of them says."""
    tokens, number = sentence.tokens, item.number
    following = tokens[item.last] if item.last < len(tokens) else None
    if item.begin > 1 and marks.says(item.begin - 1, "joint-of") and is_other_noun(sentence, marks, item.begin - 2):
        return ""
    size_named = item.counted.noun is None and item.counted.after > item.last and not item.counted.partitive
    if item.counted.partitive and before and not size_named and marks.says(item.last, "joint-of"):
        return before[-1].measure  # 11 of them
    if (
        following is not None
        and following.tag in NOUN_TAGS
        and item.last not in marks.stocks
        and not item.counted.partitive
        and not size_named
    ):
        return ""
    is_none = number.low == 0 and marks.says(item.begin - 1, "joint-to")
    if number.low is not None and number.low < SMALL and number.unit is Unit.COUNT and not is_none:
        if not before or number.low <= 1:
            return ""
    sized = size_named or _is_sized(sentence, marks, item)
    loose = not number.plain or number.hedge is not None
    if not sized and not _is_next(sentence, marks, item, before) and not (loose and topic):
        return ""
    previous = before[-1] if before else None
    near = _find_governing_measure(sentence, marks, item, previous)
    if near:
        return near
    if previous is not None and is_parallel(sentence, marks, previous, item):
        return previous.measure
    if not topic:
        return ""
    return previous.measure if previous is not None else context


def _is_next(sentence: Sentence, marks: Marks, item: Located, before: list[Figure]) -> bool:
    """`500 troops out of Iraq and 2000 out of Afghanistan`: coordinated and with a place of its own."""
    if not before or before[-1].sentence != sentence.index or not item.begin:
        return False
    return marks.says(item.begin - 1, "bare-next-joint") and marks.says(item.last, "bare-next-place")


def _find_governing_measure(sentence: Sentence, marks: Marks, item: Located, previous: Figure | None) -> str:
    """The nearest size word on the left, not before the previous figure, else on the right; the
    subject of saying (`police said`) and the inside of compounds (`police toll`) do not count."""
    tokens = sentence.tokens
    left = 0
    if previous is not None and previous.sentence == sentence.index:
        left = max(previous.last, (previous.noun or 0) + 1)
    for index in [*range(item.first - 1, left - 1, -1), *range(item.last, min(item.last + 8, len(tokens)))]:
        hit = marks.stock_nouns.get(index) or marks.measures.get(index)
        if hit is None or not hit.row["measure"] or hit.row["measure"] in {"formations", "people"}:
            continue
        token = tokens[index]
        if _is_inside_size(sentence, marks, index):
            continue
        if (
            token.dep in {"compound", "amod", "poss"}
            and token.head not in marks.stock_nouns
            and index not in marks.stock_nouns
            and token.head > index
        ):
            continue
        if (
            token.dep in SUBJECTS
            and tokens[token.head].tag in {"VBD", "VBZ", "VBP"}
            and not _is_above(sentence, token.head, item.head)
        ):
            continue
        if hit.row["measure"] in {"strikes", "attacks"} and not _is_above(sentence, token.head, item.head):
            continue  # `100 died in the strike, nowhere near the 500 first given`
        told = marks.stocks.get(token.head)
        if token.dep in SUBJECTS and told is not None and told.row.slug in TELLING:
            continue
        happened = marks.happenings.get(index + 1) if hit.row["measure"] in PEOPLE else None
        return happened.row["measure"] if happened is not None else hit.row["measure"]
    return ""


def _is_inside_size(sentence: Sentence, marks: Marks, index: int) -> bool:
    """The bombings in `the toll of the bombings` only say which toll; troops in `the number of
    troops` are what is counted."""
    at = index
    for _ in range(6):
        token = sentence.tokens[at]
        if token.dep not in {"pobj", "prep", "compound"} or token.head == at:
            return False
        at_of, at = at, token.head
        size = marks.stock_nouns.get(at)
        if size is not None and size.row["measure"]:
            return True
        if token.dep == "prep" and marks.says(at_of, "joint-of") and at in marks.measures:
            return True
    return False


def _is_above(sentence: Sentence, verb: int, index: int) -> bool:
    """Whether a verb governs a token without another finite verb between."""
    for above in iter_ancestors(sentence, index):
        if above == verb:
            return True
        if sentence.tokens[above].tag in {"VBD", "VBZ", "VBP", "MD"}:
            return False
    return False


def _is_sized(sentence: Sentence, marks: Marks, item: Located) -> bool:
    """Whether a bare number stands where sizes stand: under a change or stock word, as subject or
    object of one, or after from, to, by, at with one of them close before."""
    tokens, at = sentence.tokens, item.head
    if item.number.unit is not Unit.COUNT:
        return True
    if marks.says(item.begin - 1, "bare-size-preposition"):
        near = range(max(0, item.begin - 9), item.begin)
        if any(index in marks.changes or index in marks.stock_nouns or index in marks.stocks for index in near):
            return True
    for _ in range(5):
        token = tokens[at]
        above = token.head
        if above == at:
            return at in marks.changes or at in marks.stocks
        if token.dep == "pobj" and marks.says(above, "bare-time-preposition"):
            return False
        if above in marks.changes or above in marks.stocks or above in marks.stock_nouns or above in marks.measures:
            return True
        if is_verb(tokens[above].tag) and token.dep != "prep":
            return False
        at = above
    return False


def is_parallel(sentence: Sentence, marks: Marks, figure: Figure, item: Located) -> bool:
    """`2,500 in Afghanistan and 2,500 in Iraq`: the same kind of figure again, its noun left out."""
    if figure.sentence != sentence.index:
        return False
    return marks.says_any(figure.last, item.first, "bare-parallel")
