"""Stage 4 of 8, numbers apart into lexemes. In: a sentence's text. Out: Lexeme; the record of a Number.

Digits with any thousands separator, words, hyphens and signs, with offsets; and the number
tables of a language, compiled to look-ups.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass

from reportedly.lexicon import Lexicon, Table
from reportedly.lexicon.tables import WordSets
from reportedly.vocab import Approx, Unit

_LEXEME = re.compile(
    r"(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?(?!\d)|\d{1,3}(?:[ \u00a0\u202f\u2009]\d{3})+(?![\d,.]?\d)|\d+(?:\.\d+)?)"
    r"(?P<suffix>[kKM](?![A-Za-z])|mn\b|bn\b|m\b)?"
    r"|(?P<word>[^\W\d_]+)|(?P<percent>%)|(?P<hyphen>[-‐‑–—]+)|(?P<other>[^\s\w])"
)


_SUFFIXES = {"k": 1e3, "m": 1e6, "mn": 1e6, "bn": 1e9}


@dataclass(frozen=True, slots=True)
class Number:
    """A number as written: offsets into the sentence's text, bounds in `unit`, hedge.

    `words_start` and `words_end` take in the hedge; `plain` marks bare digits such as a
    year could be; `article` marks a single `a` or `an` that begins the number.
    """

    start: int
    end: int
    low: float | None
    high: float | None
    unit: Unit
    approx: Approx
    rules: tuple[str, ...]
    words_start: int
    words_end: int
    hedge: str | None = None
    plain: bool = False


@dataclass(frozen=True, slots=True)
class Lexeme:
    """One piece of text: digits, a word, a hyphen, a sign; `value` where it is digits."""

    kind: str
    text: str
    start: int
    end: int
    value: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class NumberWords:
    """The number tables of a language, compiled to look-ups."""

    kinds: Mapping[str, str]
    values: Mapping[str, float]
    vague: Table
    fractions: Table
    multiples: Table
    hedges: Table
    triggers: frozenset[str]
    starters: frozenset[str]
    sets: WordSets
    #: What may stand between a hedge and its number, split into words (`about a total of 300`).
    fillers: tuple[tuple[str, ...], ...]


@functools.cache
def load_number_words(lexicon: Lexicon) -> NumberWords:
    """Compiles the lexicon's number tables."""
    words = lexicon.table("number_words")
    kinds = {form: row["kind"] for row in words.rows.values() for form in row.forms}
    values = {form: float(row["value"]) for row in words.rows.values() for form in row.forms}
    vague, fractions, multiples = (lexicon.table(name) for name in ("vague_numbers", "fractions", "multiples"))
    triggers = {form for form, kind in kinds.items() if kind != "article"}
    for table in (vague, fractions, multiples):
        triggers |= {word for form, _ in table.iter_forms() for word in form} - lexicon.words("number-no-trigger")
    first = {form[0] for table in (vague, fractions, multiples) for form, _ in table.iter_forms()}
    starters = frozenset(kinds) | first
    return NumberWords(
        kinds=kinds,
        values=values,
        vague=vague,
        fractions=fractions,
        multiples=multiples,
        hedges=lexicon.table("hedges"),
        triggers=frozenset(triggers),
        starters=starters,
        sets=lexicon.sets,
        fillers=tuple(tuple(filler.split()) for filler in sorted(lexicon.words("hedge-filler"))),
    )


def has_number(text: str, words: NumberWords) -> bool:
    """Whether a text may hold a number; cheap, never wrongly False."""
    if any(map(str.isdigit, text)):
        return True
    return not words.triggers.isdisjoint(re.findall(r"[a-z]+", text.lower()))


def split_lexemes(text: str) -> list[Lexeme]:
    """Splits text into lexemes, left to right; digits inside names are marked `name`."""
    lexemes: list[Lexeme] = []
    for match in _LEXEME.finditer(text):
        kind = match.lastgroup or "other"
        if match["digits"]:
            digits = re.sub(r"[,\s\u00a0\u202f\u2009]", "", match["digits"])
            scale = _SUFFIXES.get((match["suffix"] or "").lower(), 1.0)
            glued = _is_glued(text, match.start(), match.end())
            lexemes.append(
                Lexeme("name" if glued else "digits", match.group(), match.start(), match.end(), float(digits) * scale)
            )
        else:
            lexemes.append(Lexeme(kind, match.group(), match.start(), match.end()))
    return lexemes


def _is_glued(text: str, start: int, end: int) -> bool:
    """Digits that touch a letter are part of a name or a measure: C-17, 82nd, R44116, 28°C."""
    if end < len(text) and (text[end].isalpha() or text[end] in "°_"):
        return True
    before = text[start - 1] if start else " "
    if before.isalpha() or before in "_#":
        return True
    if before in ".," and start > 1 and text[start - 2].isdigit():
        return True
    # A hyphen after a capital (C-17, NR-187) or after digits that a hyphen follows too (254-287-9398).
    if before == "-" and start > 1:
        word = re.search(r"[A-Za-z]+$", text[: start - 1])
        if word and word.group()[0].isupper():
            return True
    return False
