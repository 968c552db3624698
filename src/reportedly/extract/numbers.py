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


#: Ordinal endings and other letters glued to digits make them names, not counts (82nd, F-35C, 28C).
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
    if _is_money(text, lexemes, lower, at, first.last):
        return None, first.last
    ranged = read_range(text, lexemes, lower, at, first, words)
    low, high, last = ranged or (first.value, first.value, first.last)
    approx = Approx.RANGE if ranged else Approx.EXACT
    unit, stop = _read_unit(lexemes, lower, at, last, low)
    if ranged and _is_money(text, lexemes, lower, at, last):
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
        if unit is Unit.FRACTION and (_is_ordinal_use(lower, hit.end) or _is_half_of_time(lower, at, hit.end)):
            continue
        if (
            unit is Unit.MULTIPLE
            and lower[hit.end : hit.end + 1]
            and lower[hit.end] not in _AFTER_TIMES | {"of", "its"}
        ):
            continue
        if (
            unit is Unit.FRACTION
            and hit.row.slug == "half"
            and lower[hit.end : hit.end + 1]
            and (
                lower[hit.end]
                in {"dozen", "million", "hundred", "billion", "hour", "brother", "time", "century", "year"}
                or lower[hit.end : hit.end + 2] == ["a", "dozen"]
                or lower[hit.end : hit.end + 2] == ["a", "million"]
            )
        ):
            return _read_half(lexemes, lower, at, hit.end, words)
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
    scale_at = after + 1 if lower[after] == "a" else after
    if words.kinds.get(lower[scale_at]) != "scale":
        return None
    value = words.values[lower[scale_at]] / 2
    start, end = lexemes[at].start, lexemes[scale_at].end
    return Number(
        start, end, value, value, Unit.COUNT, Approx.EXACT, ("en.number.half-scale",), start, end
    ), scale_at + 1


def _is_ordinal_use(lower: list[str], after: int) -> bool:
    """`a third battalion` is an ordinal, `a third of`, `by a third,` a fraction."""
    if after >= len(lower) or not lower[after - 1].endswith(
        ("third", "fourth", "fifth", "sixth", "eighth", "tenth", "quarter")
    ):
        return False
    following = lower[after]
    return following.isalpha() and following not in _AFTER_FRACTION


def _is_half_of_time(lower: list[str], at: int, after: int) -> bool:
    """`second-half`, `the first half`, `half-day` are periods, not shares."""
    before = lower[at - 1] if at else ""
    return before in {"-", "first", "second", "latter", "other"} or lower[after : after + 1] == ["-"]


_AFTER_FRACTION = frozenset(
    {
        "of",
        "in",
        "to",
        "from",
        "by",
        "and",
        "or",
        "but",
        "as",
        "that",
        "which",
        "with",
        "at",
        "over",
        "since",
        "on",
        "for",
        "less",
        "more",
        "fewer",
        "were",
        "was",
        "is",
        "are",
        "will",
        "would",
        "have",
        "had",
        "has",
        "who",
        "the",
        "its",
        "their",
        "this",
        "last",
        "next",
        "while",
        "after",
        "before",
        "under",
        "according",
        "officials",
        "said",
        "says",
        "during",
        "within",
        "because",
        "so",
        "compared",
        "smaller",
        "larger",
        "bigger",
        "left",
        "remain",
        "remained",
        "came",
    }
)


def _is_money(text: str, lexemes: list[Lexeme], lower: list[str], first: int, last: int) -> bool:
    before = lexemes[first - 1] if first else None
    if before is not None and before.text in _CURRENCY and before.end == lexemes[first].start:
        return True
    after = lower[last : last + 2]
    return bool(after) and (after[0] in _MONEY_WORDS or (after[0] in {"us", "u"} and after[-1] in _MONEY_WORDS))


_MONEY_WORDS = frozenset(
    {
        "dollar",
        "dollars",
        "euro",
        "euros",
        "pound",
        "pounds",
        "yen",
        "yuan",
        "rupees",
        "rubles",
        "roubles",
        "won",
        "cents",
        "shekels",
        "francs",
        "lira",
        "dinars",
        "riyals",
        "dirhams",
        "$",
        "€",
        "£",
    }
) - {"won", "pound", "pounds"}


def _read_unit(lexemes: list[Lexeme], lower: list[str], at: int, last: int, value: float) -> tuple[Unit, int]:
    """Reads what follows the number: per cent, times, -fold, in N."""
    if last >= len(lexemes):
        return Unit.COUNT, last
    word = lower[last]
    if lexemes[last].kind == "percent" or word in {"percent", "pct"}:
        return Unit.PERCENT, last + 1
    if word == "per" and lower[last + 1 : last + 2] == ["cent"]:
        return Unit.PERCENT, last + 2
    if lexemes[last].kind == "hyphen" and lower[last + 1 : last + 2] == ["percent"]:
        return Unit.PERCENT, last + 2
    if word == "fold" or (lexemes[last].kind == "hyphen" and lower[last + 1 : last + 2] == ["fold"]):
        return Unit.MULTIPLE, last + (1 if word == "fold" else 2)
    if word == "times" and lower[last + 1 : last + 2] and lower[last + 1] in _AFTER_TIMES:
        return Unit.MULTIPLE, last + 1
    in_ratio = word == "in" or (word == "out" and lower[last + 1 : last + 2] == ["of"])
    base_at = last + (1 if word == "in" else 2)
    if in_ratio and base_at < len(lexemes) and value < 10 and last == at + 1:
        base = lexemes[base_at].value if lexemes[base_at].kind == "digits" else _SMALL_WORDS.get(lower[base_at], 0.0)
        if value < base <= _RATIO_BASE and (base_at + 1 >= len(lexemes) or lower[base_at + 1] not in _PERIODS):
            return Unit.FRACTION, base_at + 1
    return Unit.COUNT, last


_AFTER_TIMES = frozenset(
    {"as", "that", "the", "more", "what", "how", "of", "larger", "bigger", "higher", "its", "their", "those", "this"}
)


_PERIODS = frozenset({"days", "weeks", "months", "years", "hours", "day", "week", "month", "year", "decades"})


_SMALL_WORDS = {
    "two": 2.0,
    "three": 3.0,
    "four": 4.0,
    "five": 5.0,
    "six": 6.0,
    "seven": 7.0,
    "eight": 8.0,
    "nine": 9.0,
    "ten": 10.0,
    "twenty": 20.0,
    "hundred": 100.0,
}
