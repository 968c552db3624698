"""Stage 2 of 8. In: a line. Out: promotion or boilerplate.

Promotion and boilerplate: what a page puts around a report, by the tables of words.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

from reportedly.clean.lines import to_phrase
from reportedly.lexicon import Hit, Lexicon, Row, Table
from reportedly.vocab import RegionKind

# A mark and a year are enough for a copyright line in any language.
_YEAR = r"(?:19|20)\d\d\b"
_COPYRIGHT = re.compile(
    rf"\W{{0,3}}(?:©\D{{0,40}}{_YEAR}|\(c\)\s\D{{0,40}}{_YEAR}|copyright\W{{1,4}}(?:©|\(c\)|{_YEAR})|©\s*\w+(?:\s\w+){{0,3}}$)",
    re.IGNORECASE,
)
_POLL = re.compile(r"\S\s*[•·]\s*\d{1,3}\s?%$")
_QUOTES = "\"'“‘„«"
_TABLES = (("promotions", RegionKind.PROMOTION), ("boilerplates", RegionKind.BOILERPLATE))
#: No furniture line has more characters, so that no long paragraph is split into words here.
LONGEST = 420
# No form of the tables is longer; a counted line (`3 comments`) neither.
_OPENING = 60
_FIRST_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Furniture:
    """What a line is; `opens_block` where a list of other things follows it."""

    kind: RegionKind
    opens_block: bool = False


@functools.cache
def _load_openings(lexicon: Lexicon) -> tuple[frozenset[str], tuple[str, ...]]:
    """The words that a line of furniture may open with, and the forms that may stand inside one."""
    rows = [row for name, _ in _TABLES for row in lexicon.table(name).rows.values()]
    firsts = {form.partition(" ")[0] for row in rows for form in row.forms}
    openings = frozenset(first if first.isalnum() else _find_opening(first) for first in firsts)
    return openings, tuple(form for row in rows if row["place"] == "within" for form in row.forms)


class FurnitureFinder:
    """The tables of promotion and boilerplate, made ready for the lines of one report."""

    def __init__(self, lexicon: Lexicon, publisher: str | None) -> None:
        self._publisher = _to_name(publisher or "")
        self._agencies = lexicon.table("agencies")
        self._tables = [(lexicon.table(name), kind) for name, kind in _TABLES]
        self._openings, self._within = _load_openings(lexicon)

    def find(self, snippet: str) -> Furniture | None:
        """Says whether a line or a sentence is promotion or boilerplate."""
        if len(snippet) > LONGEST:
            return None
        if _find_opening(snippet) == "":
            return Furniture(RegionKind.BOILERPLATE)
        if snippet[0] in _QUOTES:
            return None
        if snippet[-1] == "%" and _POLL.search(snippet):
            return Furniture(RegionKind.PROMOTION)
        if _COPYRIGHT.match(snippet):
            return Furniture(RegionKind.BOILERPLATE, opens_block=True)
        plain = snippet.lstrip("([|>»•-–—→ ")
        # Nearly all lines are told by their first words; only the others are split as a whole.
        if not self._may_open(plain):
            lowered = snippet.lower()
            if not any(form in lowered for form in self._within):
                return None
        words = to_phrase(plain).words
        for table, kind in self._tables:
            row = self._find_row(words, table) if words else None
            if row is not None:
                return Furniture(kind, opens_block=row["place"] == "block")
        return None

    def _may_open(self, plain: str) -> bool:
        opening = _find_opening(plain[:_OPENING].lower())
        if opening.isdigit():
            return len(plain) < _OPENING
        if opening not in self._openings:
            return False
        words = to_phrase(plain[:_OPENING]).words
        return any(table.find_at(words, 0) is not None for table, _ in self._tables)

    def _find_row(self, words: tuple[str, ...], table: Table) -> Row | None:
        size = len(words)
        hit = table.find_at(words, 0)
        if hit is not None and size <= int(hit.row["words"]) and self._holds(hit, words, table):
            return hit.row
        if words[0].isdigit() and 1 < size <= 6:
            counted = table.find_at(words, 1)
            letters = sum(any(letter.isalpha() for letter in word) for word in words[1:])
            if counted is not None and counted.row["place"] in ("counted", "block") and counted.end - 1 >= letters:
                return counted.row
        for each in table.find(words):
            if each.row["place"] == "within" and size <= int(each.row["words"]):
                return each.row
        return None

    def _holds(self, hit: Hit, words: tuple[str, ...], table: Table) -> bool:
        row = hit.row
        rest = words[hit.end :]
        match row["place"]:
            case "line":
                needs = row["needs"]
                return not needs or _has_any(" ".join(words), needs)
            case "only" | "block":
                allowed = {"only", "block"}
                covered = sum(each.end - each.start for each in table.find(words) if each.row["place"] in allowed)
                return covered >= sum(any(letter.isalnum() for letter in word) for word in words)
            case "publisher":
                return bool(self._publisher) and _to_name(" ".join(rest)).startswith(self._publisher)
            case "agency":
                return bool(rest) and self._agencies.find_at(rest, 0) is not None
        return False


def is_publisher(snippet: str, publisher: str | None) -> bool:
    """Whether a line is nothing but the publisher's name, with or without `The`."""
    if publisher is None or len(snippet) > 80:
        return False
    return _to_name(snippet) in {_to_name(publisher), _to_name(publisher.split("(")[0])}


def _find_opening(text: str) -> str:
    """Returns the first run of letters and digits."""
    found = _FIRST_WORD.search(text)
    return found.group() if found else ""


def _has_any(text: str, needs: str) -> bool:
    padded = f" {text} "
    return any(f" {need} " in padded or (need in ("http", "www") and need in text) for need in needs.split("|"))


def _to_name(text: str) -> str:
    return re.sub(r"\W+", "", text.lower().removeprefix("the "))
