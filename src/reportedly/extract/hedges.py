"""Stage 4 of 8, how exactly? In: a Number among its lexemes. Out: the same, bounded by its hedges.

`about`, `at least`, `up to`, `or so`: the words that touch a number, before and after it.
"""

from __future__ import annotations

from dataclasses import replace

from reportedly.extract.lexemes import Lexeme, Number, NumberWords
from reportedly.vocab import Approx


def read_hedge(text: str, lexemes: list[Lexeme], lower: list[str], number: Number, words: NumberWords) -> Number:
    """Reads the hedges that touch the number, before and after it; stacked ones combine."""
    first = next(i for i, lexeme in enumerate(lexemes) if lexeme.start >= number.start)
    last = next((i for i, lexeme in enumerate(lexemes) if lexeme.start >= number.end), len(lexemes))
    begin, read = first, number
    for _ in range(3):
        found = _find_hedge_before(lower, begin, words)
        if found is None:
            break
        begin, approx, rule = found
        start = lexemes[begin].start
        read = bound(read, approx, rule, text[start : number.start].strip(), words_start=start)
    for size in (4, 3, 2, 1):
        hit = words.hedges.find_at(lower, last) if last < len(lexemes) else None
        if hit is None or hit.row["side"] != "after" or hit.end - hit.start != size:
            continue
        end = lexemes[hit.end - 1].end
        read = bound(read, Approx(hit.row["approx"]), hit.row.rule, text[number.end : end].strip(), words_end=end)
        break
    if lower[last : last + 1] == ["-"] and last + 1 < len(lower) and lower[last + 1] in words.sets["hedge-plus"]:
        read = bound(read, Approx.AT_LEAST, "en.number.plus-sign", lower[last + 1], words_end=lexemes[last + 1].end)
    if last < len(lexemes) and lexemes[last].text == "+" and lexemes[last].start == number.end:
        read = bound(read, Approx.AT_LEAST, "en.number.plus-sign", "+", words_end=lexemes[last].end)
    return read


def _find_hedge_before(lower: list[str], begin: int, words: NumberWords) -> tuple[int, Approx, str] | None:
    ends = [begin]
    for filler in words.fillers:
        if tuple(lower[max(0, begin - len(filler)) : begin]) == filler:
            ends.append(begin - len(filler))
    for end in ends:
        for size in (5, 4, 3, 2, 1):
            start = end - size
            if start < 0:
                continue
            hit = words.hedges.find_at(lower, start)
            if hit is not None and hit.end == end and hit.row["side"] == "before":
                return start, Approx(hit.row["approx"]), hit.row.rule
    return None


def bound(
    number: Number,
    approx: Approx,
    rule: str,
    hedge: str,
    *,
    words_start: int | None = None,
    words_end: int | None = None,
) -> Number:
    """Applies a hedge; a bound already read outranks `about`, a range stays a range."""
    low, high, kept = number.low, number.high, number.approx
    whole = f"{hedge}" if number.hedge is None else f"{hedge} … {number.hedge}" if words_end else hedge
    if kept in (Approx.EXACT, Approx.ABOUT) and approx in (Approx.AT_LEAST, Approx.AT_MOST):
        kept = approx
        low, high = (low, None) if approx is Approx.AT_LEAST else (None, high)
    elif kept is Approx.EXACT:
        kept = approx
    elif kept is Approx.RANGE and approx is Approx.AT_LEAST:
        pass
    return replace(
        number,
        low=low,
        high=high,
        approx=kept,
        rules=(*number.rules, rule),
        hedge=whole,
        words_start=number.words_start if words_start is None else words_start,
        words_end=number.words_end if words_end is None else words_end,
    )
