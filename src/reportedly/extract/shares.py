"""Stage 4 of 8, of what is it a share? In: a fraction, per cent or multiple. Out: Counted.

A share counts what stands after it (`half of the troops`), else the size that its own clause
changes (`cut its presence by a third`).
"""

from __future__ import annotations

from reportedly.extract.counted import Counted, find_counted
from reportedly.extract.lexemes import Number
from reportedly.extract.marks import Marks, is_other_noun
from reportedly.model import Sentence
from reportedly.vocab import Unit


def count_share(sentence: Sentence, marks: Marks, number: Number, first: int, stop: int) -> Counted | None:
    """What a share or multiple is of: the phrase after it, or the size that the clause changes."""
    counted = find_counted(sentence, marks, first, stop)
    if counted is not None and counted.measure and counted.noun is not None:
        return counted
    bare = counted is not None and counted.noun is None
    if not bare and number.unit is not Unit.MULTIPLE:
        return None
    by = first - 1 if marks.says(first - 1, "joint-by") else first - 2
    if (
        by > 0
        and marks.says(by, "joint-by")
        and any(is_other_noun(sentence, marks, at) for at in range(max(0, by - 3), by))
    ):
        return None
    near = _find_size_word(sentence, marks, first, stop)
    if near is None:
        return Counted("", None, stop, ()) if bare and _is_changed(sentence, marks, first, stop) else None
    return Counted(near[0], None, stop, (near[1],))


def _find_size_word(sentence: Sentence, marks: Marks, first: int, stop: int) -> tuple[str, str] | None:
    """The size that a bare share belongs to: a stock noun or measure that its own clause changes."""
    tokens = sentence.tokens
    if marks.says(stop, "share-after"):
        for index in range(stop, min(stop + 9, len(tokens))):
            hit = marks.measures.get(index) or marks.stock_nouns.get(index)
            if hit is not None and hit.row["measure"]:
                return hit.row["measure"], hit.row.rule
    if not marks.says(stop, "share-than-what") and not _is_changed(sentence, marks, first, stop):
        return None
    return _find_clause_measure(sentence, marks, first)


def _is_changed(sentence: Sentence, marks: Marks, first: int, stop: int) -> bool:
    """Whether the words around a bare share speak of a change of size or a comparison."""
    near = range(max(0, first - 8), min(len(marks.words), stop + 4))
    return any(index in marks.changes for index in near) or marks.says_any(first - 8, stop + 4, "share-size")


def _find_clause_measure(sentence: Sentence, marks: Marks, first: int) -> tuple[str, str] | None:
    """The nearest measure or stock noun around a token, the left side first."""
    size = len(sentence.tokens)
    for distance in range(1, 16):
        for index in (first - distance, first + distance):
            if 0 <= index < size:
                hit = marks.measures.get(index) or marks.stock_nouns.get(index)
                if hit is not None and hit.row["measure"] and hit.row["measure"] != "formations":
                    return hit.row["measure"], hit.row.rule
    return None
