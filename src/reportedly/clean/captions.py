"""Stage 2 of 8. In: a line. Out: caption and credit.

Captions and credits: what stands under a picture, and who took it.
"""

from __future__ import annotations

import re

from reportedly.clean.datelines import find_agencies
from reportedly.clean.lines import Phrase, to_phrase
from reportedly.lexicon import Hit, Lexicon
from reportedly.vocab import RegionKind

Piece = tuple[RegionKind, int, int]
# Where a credit may begin inside a line: after a sentence, a dash or a bar.
_BOUNDARY = re.compile(r"(?<=[.!?”\"])\s+(?=[A-Z(\[])|\s[-–—|]\s|\(")
_INITIALS = re.compile(r"\b(?:[A-Z]|[A-Z][a-z]{1,4})\.$")  # `Sgt.`, `K.`: no end of a sentence
_SLASHED = re.compile(r"(?:[\w.'’-]+\s){0,4}[\w.'’-]*/\s?[A-Z]")
_MOST_CREDIT_WORDS = 16
_MOST_CAPTION_WORDS = 70
_TAILS = ("any", "start", "inside")
# A credit is names: few of its words are in small letters.
_MOST_SMALL_WORDS = 5
_WINDOW = 200
_LONGEST_CAPTION = 600
_LONGEST_NAME = 60
_WORDS = re.compile(r"[a-z]+(?:-[a-z]+)*")
_FIRST_WORD = re.compile(r"\W.*", re.DOTALL)


class CreditFinder:
    """The table of credits, made ready for the lines of one report."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._credits = lexicon.table("credits")
        rows = self._credits.rows.values()
        self._labels = {form.split()[0] for row in rows if row["place"] == "label" for form in row.forms}
        self._openings = {form.split()[0] for row in rows if row["place"] in _TAILS for form in row.forms}

    def split(self, text: str, start: int, end: int, *, in_head: bool) -> list[Piece] | None:
        """Splits a line into what it says and its credit, or returns None if it has none.

        The part before the credit is a caption if it is short and stands before the report's
        body, else body.
        """
        at = self._find_credit(text, start, end)
        if at is None:
            return [(RegionKind.CAPTION, start, end)] if self.is_caption(text, start, end) else None
        before = text[start:at].strip(" -–—|").split()
        if len(before) <= 1:
            return [(RegionKind.CREDIT, start, end)]
        kind = RegionKind.CAPTION if in_head and len(before) <= _MOST_CAPTION_WORDS else RegionKind.BODY
        return [(kind, start, at), (RegionKind.CREDIT, at, end)]

    def is_caption(self, text: str, start: int, end: int) -> bool:
        """Whether a line opens as captions do (`FILE PHOTO: ...`)."""
        opening = text[start : min(end, start + 40)]
        if end - start >= _LONGEST_CAPTION or _FIRST_WORD.sub("", opening).lower() not in self._labels:
            return False
        phrase = to_phrase(opening)
        hit = self._credits.find_at(phrase.words, 0) if phrase.words else None
        return hit is not None and hit.row["place"] == "label"

    def _find_credit(self, text: str, start: int, end: int) -> int | None:
        """Finds where the credit at a line's end begins."""
        if text[end - 1] == ")":
            return self._find_bracketed(text, start, end)
        if end - start <= _LONGEST_NAME and "/" in text[start:end] and self._is_name_and_agency(text, start, end):
            return start
        window = max(start, end - _WINDOW)
        if self._openings.isdisjoint(_WORDS.findall(text[window:end].lower())):
            return None
        phrase = to_phrase(text[window:end])
        for hit in self._credits.find(phrase.words):
            if hit.row["place"] not in _TAILS:
                continue
            at = _find_beginning(text, start, window, phrase, hit)
            near = len(phrase.words) - hit.end <= _MOST_CREDIT_WORDS
            if at is not None and near and self._is_credit(text, at, end, hit):
                return at
        return None

    def _find_bracketed(self, text: str, start: int, end: int) -> int | None:
        opened = text.rfind("(", max(start, end - _WINDOW), end)
        if opened < 0:
            return None
        inside = text[opened + 1 : end - 1].strip()
        phrase = to_phrase(inside)
        if not phrase.words or len(phrase.words) > _MOST_CREDIT_WORDS + 6:
            return None
        named = sum(word[0].islower() for word in inside.split()) <= _MOST_SMALL_WORDS
        if named and any(hit.row["place"] != "label" for hit in self._credits.find(phrase.words)):
            return opened
        agencies = find_agencies(text, opened + 1, end - 1, self._lexicon)
        alone = opened == start or len(phrase.words) <= 4
        if agencies and (_SLASHED.match(inside) or (alone and agencies[0].start - opened <= 3)):
            return opened
        return None

    def _is_name_and_agency(self, text: str, start: int, end: int) -> bool:
        """`A. Example / Reuters.`"""
        agencies = find_agencies(text, start, end, self._lexicon)
        return bool(agencies) and _SLASHED.match(text, start, end) is not None and end - agencies[-1].end <= 1

    def _is_credit(self, text: str, at: int, end: int, hit: Hit) -> bool:
        """Whether text[at:end] is a credit: short, with a photographer, an agency or a slash."""
        credit = text[at:end]
        words = credit.split()
        if len(words) > _MOST_CREDIT_WORDS:
            return False
        if hit.row["place"] in ("any", "start"):
            # What follows is a name, not a clause, and holds no figure.
            figures = sum(word[0].isdigit() for word in words)
            return sum(word[0].islower() for word in words) <= _MOST_SMALL_WORDS and figures == 0
        return ("/" in credit or bool(find_agencies(text, at, end, self._lexicon))) and len(words) <= 10


def _find_beginning(text: str, start: int, window: int, phrase: Phrase, hit: Hit) -> int | None:
    """Finds the last boundary before the words of a credit; only these may stand in between."""
    at = window + phrase.starts[hit.start]
    if at == start:
        return start
    boundaries = [
        match
        for match in _BOUNDARY.finditer(text, window, at + 1)
        if not _INITIALS.search(text, max(window, match.start() - 6), match.start())
    ]
    if not boundaries:
        return start if at - start <= 40 and window == start and hit.row["place"] != "start" else None
    last = boundaries[-1]
    beginning = last.start() if last.group() == "(" else last.end()
    # `Photo: Name` stands at a boundary itself; before `photo by` an army or agency may stand.
    return beginning if hit.row["place"] != "start" or at - beginning <= 1 else None
