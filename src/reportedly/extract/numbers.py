"""Stage 4 of 8, how many? In: a sentence's text. Out: numbers with bounds and hedges.

A number grammar over characters, before any parse: cardinals and ranges, per cent,
fractions, ratios, multiples and vague numerals. What a number counts is decided in
`quantities.py`.
"""

from __future__ import annotations

from reportedly.extract.cardinals import read_cardinal, read_range
from reportedly.extract.hedges import read_hedge
from reportedly.extract.lexemes import Lexeme, Number, NumberWords, has_number, load_number_words, split_lexemes
from reportedly.vocab import Approx, Unit

__all__ = ["Number", "find_numbers", "load_number_words"]


_CURRENCY = frozenset("$£€¥₹₽")
#: The largest base of a ratio (`one in ten`); larger ones count something (`two in 300 days`).
_RATIO_BASE = 100


def find_numbers(text: str, words: NumberWords) -> list[Number]:
    """Finds the numbers of a text, left to right, hedges read; money and names are left out."""
    if not has_number(text, words):
        return []
    lexemes = split_lexemes(text)
    lower = [lexeme.text.lower() for lexeme in lexemes]
    found: list[Number] = []
    at = 0
    while at < len(lexemes):
        if lexemes[at].kind != "digits" and lower[at] not in words.starters:
            at += 1
            continue
        made = _find_at(text, lexemes, lower, at, words)
        if made is None:
            at += 1
            continue
        number, at = made
        if number is not None:
            found.append(read_hedge(text, lexemes, lower, number, words))
    return found


def _find_at(
    text: str, lexemes: list[Lexeme], lower: list[str], at: int, words: NumberWords
) -> tuple[Number | None, int] | None:
    """Reads a number that begins at a lexeme: (number or None for money, next index), or None."""
    special = _read_phrase(lexemes, lower, at, words)
    if special is not None:
        return special
    first = read_cardinal(lexemes, lower, at, words)
    if first is None:
        return None
    if _is_money(lexemes, lower, at, first.last, words):
        return None, first.last
    ranged = read_range(text, lexemes, lower, at, first, words)
    low, high, last = ranged or (first.value, first.value, first.last)
    approx = Approx.RANGE if ranged else Approx.EXACT
    unit, stop = _read_unit(lexemes, lower, at, last, low, words)
    if ranged and _is_money(lexemes, lower, at, last, words):
        return None, last
    if unit is Unit.FRACTION:
        low = high = first.value / _read_base_value(lexemes, lower, stop, words)
    rule = {Unit.PERCENT: "en.number.percent", Unit.FRACTION: "en.number.ratio", Unit.MULTIPLE: "en.number.times"}.get(
        unit, "en.number.range" if ranged else "en.number.cardinal"
    )
    # `three times`: the figure is the factor; `14%`: the sign belongs to it.
    end = lexemes[(last if unit is Unit.MULTIPLE else stop) - 1].end
    start = lexemes[at].start
    plain = first.digits and not first.separated and ranged is None and unit is Unit.COUNT
    return Number(start, end, low, high, unit, approx, (rule,), start, end, plain=plain), stop


def _read_base_value(lexemes: list[Lexeme], lower: list[str], stop: int, words: NumberWords) -> float:
    """The value of the single lexeme before `stop`, the base of a ratio."""
    lexeme = lexemes[stop - 1]
    return lexeme.value if lexeme.kind == "digits" else words.values.get(lower[stop - 1], 1.0)


def _read_phrase(lexemes: list[Lexeme], lower: list[str], at: int, words: NumberWords) -> tuple[Number, int] | None:
    """Reads vague numerals, fractions and multiples, which are rows of their own."""
    for table, unit in ((words.vague, Unit.COUNT), (words.fractions, Unit.FRACTION), (words.multiples, Unit.MULTIPLE)):
        hit = table.find_at(lower, at)
        if hit is None:
            continue
        if unit is Unit.FRACTION:
            if _is_ordinal_use(lower, hit.end, words) or _is_half_of_time(lower, at, hit.end, words):
                continue
            if lower[hit.end - 1] in words.sets["number-half"] and _begins(lower, hit.end, words, "number-after-half"):
                return _read_half(lexemes, lower, at, hit.end, words)
        if unit is Unit.MULTIPLE and hit.end < len(lower) and lower[hit.end] not in words.sets["number-after-times"]:
            continue
        low = float(hit.row["low"] if table is words.vague else hit.row["value"])
        high = float(hit.row["high"]) if table is words.vague else low
        start, end = lexemes[at].start, lexemes[hit.end - 1].end
        approx = Approx.VAGUE if table is words.vague else Approx.EXACT
        return Number(start, end, low, high, unit, approx, (hit.row.rule,), start, end), hit.end
    return None


def _read_half(
    lexemes: list[Lexeme], lower: list[str], at: int, after: int, words: NumberWords
) -> tuple[Number, int] | None:
    """Reads `half a million`, `half a dozen`, `half million`."""
    scale_at = after + 1 if words.kinds.get(lower[after]) == "article" else after
    if words.kinds.get(lower[scale_at]) != "scale":
        return None
    value = words.values[lower[scale_at]] / 2
    start, end = lexemes[at].start, lexemes[scale_at].end
    return Number(
        start, end, value, value, Unit.COUNT, Approx.EXACT, ("en.number.half-scale",), start, end
    ), scale_at + 1


def _begins(lower: list[str], at: int, words: NumberWords, slug: str) -> bool:
    """Whether a word or a phrase of two of a set stands at a lexeme."""
    forms = words.sets[slug]
    return at < len(lower) and (lower[at] in forms or " ".join(lower[at : at + 2]) in forms)


def _is_ordinal_use(lower: list[str], after: int, words: NumberWords) -> bool:
    """`a third battalion` is an ordinal, `a third of`, `by a third,` a fraction."""
    if after >= len(lower) or lower[after - 1] not in words.sets["number-ordinal"]:
        return False
    following = lower[after]
    return following.isalpha() and following not in words.sets["number-after-fraction"]


def _is_half_of_time(lower: list[str], at: int, after: int, words: NumberWords) -> bool:
    """`second-half`, `the first half`, `half-day` are periods, not shares."""
    before = lower[at - 1] if at else ""
    return before == "-" or before in words.sets["number-before-half"] or lower[after : after + 1] == ["-"]


def _is_money(lexemes: list[Lexeme], lower: list[str], first: int, last: int, words: NumberWords) -> bool:
    before = lexemes[first - 1] if first else None
    if before is not None and before.text in _CURRENCY and before.end == lexemes[first].start:
        return True
    after, money = lower[last : last + 2], words.sets["number-money"]
    if not after:
        return False
    return after[0] in money or (after[0] in words.sets["number-before-money"] and after[-1] in money)


def _read_unit(
    lexemes: list[Lexeme], lower: list[str], at: int, last: int, value: float, words: NumberWords
) -> tuple[Unit, int]:
    """Reads what follows the number: per cent, times, -fold, in N."""
    if last >= len(lexemes):
        return Unit.COUNT, last
    sets, word, pair = words.sets, lower[last], " ".join(lower[last : last + 2])
    following = lower[last + 1] if last + 1 < len(lower) else ""
    hyphened = lexemes[last].kind == "hyphen"
    if lexemes[last].kind == "percent" or word in sets["number-percent"]:
        return Unit.PERCENT, last + 1
    if pair in sets["number-percent"] or (hyphened and following in sets["number-hyphened-percent"]):
        return Unit.PERCENT, last + 2
    if word in sets["number-fold"]:
        return Unit.MULTIPLE, last + 1
    if hyphened and following in sets["number-fold"]:
        return Unit.MULTIPLE, last + 2
    if word in sets["number-times"] and following in sets["number-after-times"]:
        return Unit.MULTIPLE, last + 1
    base_at = last + (1 if word in sets["number-ratio"] else 2)
    in_ratio = word in sets["number-ratio"] or pair in sets["number-ratio"]
    if in_ratio and base_at < len(lexemes) and value < 10 and last == at + 1:
        base = _read_base(lexemes[base_at], lower[base_at], words)
        period = base_at + 1 < len(lower) and lower[base_at + 1] in sets["number-ratio-period"]
        if value < base <= _RATIO_BASE and not period:
            return Unit.FRACTION, base_at + 1
    return Unit.COUNT, last


def _read_base(lexeme: Lexeme, word: str, words: NumberWords) -> float:
    """The base of a ratio as one lexeme: digits or one of the words that ratios are told with; else 0."""
    if lexeme.kind == "digits":
        return lexeme.value
    return words.values.get(word, 0.0) if word in words.sets["number-ratio-base"] else 0.0
