"""Stage 4 of 8. In: a stretch of the time grammar. Out: how many of which unit."""

from __future__ import annotations

from collections.abc import Sequence

from reportedly.extract.time_grammar import Stretch
from reportedly.model import Token

#: The units that have a letter of their own in the grammar.
UNITS = {"y": "year", "Q": "quarter", "c": "century", "E": "weekend", "P": "night", "S": "season"}


def read_amount(stretch: Stretch) -> tuple[float, float] | None:
    """Reads `two to three`, `6-12`, `a couple of`, `twenty-four` as bounds; None where vague."""
    groups: list[float] = []
    current: float | None = None
    for letter, word in zip(stretch.letters, stretch.words, strict=True):
        if letter in "wx19Ya":
            number = float(word.value.replace(",", ""))
            if letter == "w" and current is not None and current < 20:
                groups.append(current)
                current = None
            current = _add_number(current, letter, number)
        elif letter == "V" and word.value:
            current = float(word.value)
        elif letter == "V":
            return None
        elif letter == "u" and current is not None:
            current += 0.5
        elif letter == "j" or (letter == "-" and current is not None and not set("wx") & set(stretch.letters)):
            if current is not None:
                groups.append(current)
            current = None
        elif letter in "UyQPcS" and current is not None:
            groups.append(current)
            current = None
    return (min(groups), max(groups)) if groups else None


def _add_number(current: float | None, letter: str, number: float) -> float:
    if current is None or letter == "a":
        return number
    return current * number if letter == "x" else current + number


def read_unit(stretch: Stretch) -> str:
    """Reads the calendar unit that a stretch names last; empty where it names none."""
    for letter, word in zip(reversed(stretch.letters), reversed(stretch.words), strict=True):
        if letter in "UyQPcES":
            return UNITS.get(letter, word.value)
    return "day"


def is_share(stretch: Stretch, tokens: Sequence[Token]) -> bool:
    """`a quarter of the force`, `three-quarters`: parts of a whole, not of a year."""
    if "Q" not in stretch.letters:
        return False
    after = tokens[stretch.last].lower if stretch.last < len(tokens) else ""
    last = tokens[stretch.last - 1].lower
    return after == "of" or stretch.letters.endswith("aQ") or ("-" in stretch.letters and last == "quarters")
