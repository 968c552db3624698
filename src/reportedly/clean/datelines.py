"""Stage 2 of 8. In: a line. Out: FoundDateline.

Datelines: a line of its own (`August 28, 2020`) and in the run (`WASHINGTON (AP) —`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from reportedly.clean.lines import to_phrase
from reportedly.dates import WrittenDate, drop_times, find_date
from reportedly.lexicon import Lexicon

_CAPITALS = r"(?:Mc|Mac|Al-|El-|al-)?[A-ZÀ-Þ]{2}[A-ZÀ-Þ'’.]*(?:-[A-ZÀ-Þ'’.]+)*|[A-Z]\.(?:[A-Z]\.)+"
_JOINT = r"(?:\s|/|\s?-\s?(?=[A-ZÀ-Þ]{2}))"
_PLACE = re.compile(rf"(?:{_CAPITALS})(?:{_JOINT}(?:{_CAPITALS})(?![a-z])){{0,4}}(?![a-zà-þ])")
_TITLE = r"[A-ZÀ-Þ][\w'’.-]*(?:[\s/][A-ZÀ-Þ][\w'’.-]*){0,3}"
_TITLE_PLACE = re.compile(_TITLE)
_REGION = re.compile(rf"\s?,\s?({_TITLE})|\s?\(({_TITLE})\)")
_BRACKETS = re.compile(r"\s{0,2}\(([^()\n]{2,70})\)")
_COMMA = re.compile(r"[\s,]{0,3}(?:on\s)?(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*\.?,?\s)?")
_BREAK = re.compile(r"\s*(?:—|―|–|--+|_+|\||:)\s*|\s+-+\s*|(?<=\))\s?-+\s*")
_DASH_CHARACTERS = "—―–-_"
#: A dateline in the run is no longer than this.
LONGEST = 160
_LONGEST_LINE = 120
_DIGIT = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class Agency:
    """A news agency or outlet that a report names as its origin; offsets into the report."""

    name: str
    kind: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class FoundDateline:
    """A dateline at text[start:end]."""

    start: int
    end: int
    place: str | None = None
    date: WrittenDate | None = None
    agency: Agency | None = None


# ---------------------------------------------------------------- agencies


def find_agencies(text: str, start: int, end: int, lexicon: Lexicon) -> list[Agency]:
    """Finds the agencies and outlets named in text[start:end]."""
    snippet = text[start:end]
    phrase = to_phrase(snippet)
    found: list[Agency] = []
    for hit in lexicon.table("agencies").find(phrase.words):
        first, last = phrase.starts[hit.start], phrase.ends[hit.end - 1]
        if snippet[first].isupper() or snippet[first].isdigit() or hit.row["kind"] == "agency":
            found.append(Agency(hit.row["name"], hit.row["kind"], start + first, start + last))
    return found


def choose_agency(agencies: list[Agency], publisher: str | None) -> Agency | None:
    """Chooses who filed: the last agency named that is not the publisher, else the last."""
    plain = (publisher or "").lower()
    agencies = [each for each in agencies if each.kind != "services"]
    others = [each for each in agencies if each.name.lower() not in plain]
    wires = [each for each in others if each.kind == "agency"]
    return next(iter(reversed(wires or others or agencies)), None)


def is_outlet(snippet: str, lexicon: Lexicon) -> bool:
    """Whether a line is nothing but names of agencies and outlets."""
    if len(snippet) > 60 or not snippet[0].isalnum():
        return False
    words = to_phrase(snippet).words
    covered = sum(hit.end - hit.start for hit in lexicon.table("agencies").find(words))
    letters = sum(any(letter.isalnum() for letter in word) for word in words)
    return letters > 0 and covered >= letters


# ---------------------------------------------------------------- a line of its own


def is_date_line(snippet: str, lexicon: Lexicon) -> bool:
    """Whether a line is a date with nothing beside it but times, labels and reading times."""
    if len(snippet) > _LONGEST_LINE or not _DIGIT.search(snippet):
        return False
    rest = drop_times(snippet)
    if rest == snippet.strip() or find_date(snippet) is None:
        return False
    words = to_phrase(rest).words
    hits = lexicon.table("dateline_words").find(words)
    covered = sum(hit.end - hit.start for hit in hits if hit.row["use"] in ("date", "later"))
    return covered >= sum(any(letter.isalpha() for letter in word) for word in words)


# ---------------------------------------------------------------- in the run


def find_dateline(
    text: str, start: int, end: int, lexicon: Lexicon, publisher: str | None, *, in_head: bool
) -> FoundDateline | None:
    """Finds a dateline at the beginning of a paragraph: place, date, agency, then a dash or colon.

    Agency or date make one; capitals and a dash alone do where a sentence follows and the
    capitals are no label (`BREAKING:`); whether they are an acronym is for the caller to ask.

    Args:
        in_head: whether the paragraph is among the first; a date alone (an entry of a timeline),
            a colon and a place in brackets count there only.
    """
    window = text[start : min(end, start + LONGEST)]
    if not (window[0].isupper() or window[0] == "(" or window[0].isdigit()):
        return None
    capitals = _PLACE.match(window)
    place = capitals or (_TITLE_PLACE.match(window) if window[0] != "(" else None)
    reading = _read_dateline(window, start, place, lexicon, publisher)
    if reading is None and window[0] != "(":
        # `April 25 (UPI) --`, `NBC News and news services - `
        reading = _read_dateline(window, start, None, lexicon, publisher)
    if reading is None:
        return None
    found, mark = reading
    rest = text[found.end : min(end, found.end + 3)].lstrip()
    if rest[:1].islower() or (not rest and not mark and place is None):
        return None  # a sentence that goes on; `( FOX )` alone is a credit
    if found.agency:
        return found
    if found.date:
        return found if in_head or found.place else None
    if mark == "|" or (mark == ":" and not in_head):
        return None
    if capitals is None:
        return found if in_head and window[0] == "(" and mark[:1] in _DASH_CHARACTERS else None
    alone = not rest and in_head and mark != ":"
    stands = alone or _stands_before_sentence(text, found.end, end)
    return found if stands and _names_place(capitals.group(), lexicon) else None


def _read_dateline(
    window: str, start: int, place: re.Match[str] | None, lexicon: Lexicon, publisher: str | None
) -> tuple[FoundDateline, str] | None:
    at = place.end() if place else 0
    date: WrittenDate | None = None
    agencies: list[Agency] = []
    named = place.group() if place else None
    bracketed = False
    for _ in range(5):
        comma = _COMMA.match(window, at)
        begin = comma.end() if comma else at
        written = find_date(window, begin, begin + 30)
        if date is None and written and written.start == begin:
            date, at = written, written.end
        elif brackets := _BRACKETS.match(window, at):
            inside = find_agencies(window, brackets.start(1), brackets.end(1), lexicon)
            stated = find_date(window, brackets.start(1), brackets.end(1))
            if not inside and not stated and place is None and not _TITLE_PLACE.fullmatch(brackets[1]):
                return None
            agencies += inside
            date = date or stated
            if place is None and not inside and not stated:
                named = brackets[1]
            bracketed, at = True, brackets.end()
        elif place and (region := _REGION.match(window, at)) and region.end() < 60:
            named, at = window[: region.end()], region.end()
        else:
            break
    if place is None and at == 0:
        agencies, at = _read_outlets(window, lexicon)
    separator = _BREAK.match(window, at)
    if at == 0 or (separator is None and not (bracketed and (agencies or date))):
        return None
    stop = separator.end() if separator else at
    # The dateline ends with its dash, not with the blank after it.
    stop = len(window[:stop].rstrip())
    moved = [Agency(each.name, each.kind, start + each.start, start + each.end) for each in agencies]
    agency = choose_agency(moved, publisher)
    mark = separator.group().strip() if separator else ""
    return FoundDateline(start, start + stop, named, date, agency), mark


def _read_outlets(window: str, lexicon: Lexicon) -> tuple[list[Agency], int]:
    """Outlets at the very beginning: `NBC News and news services - ...`."""
    head = window[:60]
    mark = re.search(r"\s+[—–-]+\s+", head)
    if mark is None:
        return [], 0
    found = find_agencies(window, 0, mark.start(), lexicon)
    if not found or found[0].start != 0 or not is_outlet(head[: mark.start()].replace(" and ", " , "), lexicon):
        return [], 0
    return found, mark.start()


def _names_place(capitals: str, lexicon: Lexicon) -> bool:
    """Whether capitals may be a place: three letters or more, four words at most, no label."""
    phrase = to_phrase(capitals)
    label = lexicon.table("dateline_words").find_at(phrase.words, 0)
    letters = sum(letter.isalpha() for letter in capitals)
    return letters >= 3 and len(capitals.split()) <= 4 and not (label and label.row["use"] == "label")


def _stands_before_sentence(text: str, at: int, end: int) -> bool:
    tail = text[max(at, end - 4) : end].rstrip("\"'”’)»")
    return text.count(" ", at, min(end, at + 400)) >= 8 and tail[-1:] in (".", "!", "?", "…")
