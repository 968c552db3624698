"""Stage 2 of 8. In: Item. Out: regions.

Regions: every line of a report becomes one piece or several, and the pieces cover the text.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from reportedly.clean.bylines import is_name
from reportedly.clean.captions import CreditFinder
from reportedly.clean.datelines import Agency, FoundDateline, find_dateline, is_date_line
from reportedly.clean.furniture import LONGEST, FurnitureFinder
from reportedly.clean.headlines import find_title, is_crosshead, is_headline
from reportedly.clean.lines import Line, split_lines, to_phrase, trim
from reportedly.clean.segments import split_segments
from reportedly.dates import WrittenDate, find_date
from reportedly.lexicon import Lexicon
from reportedly.model import Item, Region
from reportedly.vocab import RegionKind

Piece = tuple[RegionKind, int, int]
# Lines that may stand before the body: headline, deck, byline, date, credit. More is a list.
_HEAD_LINES = 30
# Where the headline was taken for body, the dateline is still among the first lines.
_FIRST_LINES = 4
_MOST_FURNITURE_WORDS = 60
_CASE_SAMPLE = 2_000
_TAIL = 320
_TAIL_SENTENCES = 4
_BREAK = re.compile(r"(?<=[.!?|])[\"”’)]*\s+(?=[A-Z0-9(©•“\"])")
_ABBREVIATED = re.compile(r"\b(?:[A-Z]|Gen|Sgt|Lt|Col|Maj|Capt|Adm|Sen|Rep|Gov|Mr|Mrs|Ms|Dr|St|Ft|No|Inc|Jr)\.$")
_DATE_BETWEEN_BARS = re.compile(r"\s\|\s([^|\n]{6,40})\s\|\s")
_CAPITALS = re.compile(r"\b[A-ZÀ-Þ]{2,}\b")
# The kinds that a blank after them does not belong to: their regions are exactly their words.
_TIGHT = frozenset({RegionKind.DATELINE, RegionKind.CREDIT})


@dataclass(slots=True)
class Findings:
    """The pieces of a report in order, and what its furniture told."""

    pieces: list[Piece] = field(default_factory=list)
    dates: list[WrittenDate] = field(default_factory=list)
    later_dates: list[WrittenDate] = field(default_factory=list)
    date_spans: list[tuple[int, int]] = field(default_factory=list)
    datelines: list[FoundDateline] = field(default_factory=list)
    agencies: list[Agency] = field(default_factory=list)
    byline: str | None = None


def find_pieces(item: Item, lexicon: Lexicon) -> Findings:
    """Says of every line of a report what it is."""
    return _Walk(item, lexicon).find()


def to_regions(text: str, pieces: Iterable[Piece]) -> tuple[Region, ...]:
    """Turns pieces into regions that cover the text: blanks go to a neighbour, like kinds are joined."""
    bounds: list[tuple[RegionKind, int]] = []
    last_end = 0
    for kind, start, end in pieces:
        if not bounds:
            bounds.append((kind, 0))
        elif bounds[-1][0] != kind:
            # A dateline or credit keeps to its words: the blank after it goes to what follows.
            bounds.append((kind, last_end if bounds[-1][0] in _TIGHT and kind not in _TIGHT else start))
        last_end = end
    if not text:
        return ()
    bounds = bounds or [(RegionKind.BODY, 0)]
    ends = [start for _, start in bounds[1:]] + [len(text)]
    return tuple(Region(kind=kind, start=start, end=end) for (kind, start), end in zip(bounds, ends, strict=True))


class _Walk:
    """One walk over the lines of a report."""

    def __init__(self, item: Item, lexicon: Lexicon) -> None:
        self.item = item
        self.text = item.text
        self.lexicon = lexicon
        self.lines = split_lines(item.text)
        self.furniture = FurnitureFinder(lexicon, item.publisher)
        self.credits = CreditFinder(lexicon)
        self.found = Findings()
        self.in_head = True
        self.in_block = False
        self.capitals: Counter[str] | None = None
        self.is_upper = False
        self.told = sorted(item.regions, key=lambda region: region.start)

    def find(self) -> Findings:
        """Walks over the lines in order."""
        for line in self.lines:
            pieces = list(self.split_line(line))
            self.found.pieces += pieces
            if line.index >= _HEAD_LINES or any(kind == RegionKind.BODY for kind, _, _ in pieces):
                self.in_head = False
        return self.found

    def split_line(self, line: Line) -> Iterator[Piece]:
        """Yields a line's pieces."""
        told = self.find_told(line)
        if told is not None:
            yield told, line.start, line.end
            return
        if self.in_block:
            if not line.reads_as_body():
                yield RegionKind.BOILERPLATE, line.start, line.end
                return
            self.in_block = False
        title = find_title(line, self.item.title) if self.in_head else None
        if title is not None:
            yield RegionKind.HEADLINE, line.start, title
            rest = trim(self.text, title, line.end)
            if rest:
                yield from self.split_paragraph(*rest)
        elif pieces := self.split_furniture(line):
            yield from pieces
        elif barred := self.split_barred(line):
            yield from barred
        elif not self.in_head and is_crosshead(line, self.lines):
            yield RegionKind.HEADLINE, line.start, line.end
        else:
            yield from self.split_paragraph(line.start, line.end, line)

    def find_told(self, line: Line) -> RegionKind | None:
        """What the input's own markup says that a line is; a body is still looked into."""
        while self.told and self.told[0].end <= line.start:
            self.told.pop(0)
        region = self.told[0] if self.told else None
        inside = region is not None and region.start <= line.start and line.end <= region.end
        return region.kind if region and inside and region.kind != RegionKind.BODY else None

    # ------------------------------------------------------------ lines that are no paragraph

    def split_furniture(self, line: Line) -> list[Piece] | None:
        """Finds lines that are no report text: dates, bylines, outlets, promotion, boilerplate."""
        if len(line.text) > LONGEST:
            return None
        segments = split_segments(
            self.text,
            line.start,
            line.end,
            self.lexicon,
            publisher=self.item.publisher,
            in_head=self.in_head,
        )
        if segments:
            self.found.agencies += segments.agencies
            self.found.byline = self.found.byline or segments.byline
            if segments.dateline:
                self.found.datelines.append(segments.dateline)
            for kind, start, end in segments.pieces:
                if kind == RegionKind.DATELINE and not segments.dateline:
                    self.note_date(start, end)
            return list(segments.pieces)
        if line.count_words() < _MOST_FURNITURE_WORDS:
            furniture = self.furniture.find(line.text)
            if furniture and not self.is_tail_alone(line):
                self.in_block = furniture.opens_block
                if furniture.kind == RegionKind.BOILERPLATE:
                    self.note_date(line.start, line.end, later=True)
                return [(furniture.kind, line.start, line.end)]
        last = line.index == len(self.lines) - 1
        if (self.in_head or last) and len(self.lines) > 1 and is_name(line.text, self.text):
            self.found.byline = self.found.byline or line.text
            return [(RegionKind.BOILERPLATE, line.start, line.end)]
        return None

    def is_tail_alone(self, line: Line) -> bool:
        """Whether only the last sentences of a line are furniture, so that the rest must stay."""
        sentences = self.split_sentences(line.start, line.end)
        if len(sentences) == 1:
            return False
        first = self.text[sentences[0][0] : sentences[0][1]].strip()
        return self.furniture.find(first) is None

    def split_barred(self, line: Line) -> list[Piece] | None:
        """`Headline | 14 Aug 2021 | The report ...` in one line."""
        match = _DATE_BETWEEN_BARS.search(line.text, 0, 400) if self.in_head else None
        if match is None or not is_date_line(match[1], self.lexicon):
            return None
        start, end = line.start + match.start(1), line.start + match.end(1)
        self.note_date(start, end)
        pieces: list[Piece] = [
            (RegionKind.HEADLINE, line.start, line.start + match.start()),
            (RegionKind.DATELINE, start, end),
        ]
        rest = trim(self.text, line.start + match.end(), line.end)
        return pieces + (list(self.split_paragraph(*rest)) if rest else [])

    # ------------------------------------------------------------ paragraphs

    def split_paragraph(self, start: int, end: int, line: Line | None = None) -> Iterator[Piece]:
        """Yields a paragraph's dateline, what it says, its credit and the furniture at its end."""
        early = self.in_head or (line is not None and line.index < _FIRST_LINES)
        publisher = self.item.publisher
        dateline = find_dateline(self.text, start, end, self.lexicon, publisher, in_head=early)
        if dateline and self.is_place(dateline):
            self.found.datelines.append(dateline)
            yield RegionKind.DATELINE, dateline.start, dateline.end
            rest = trim(self.text, dateline.end, end)
            if rest is None:
                return
            start, end = rest
            line = None
        stop, tail = self.split_tail(start, end)
        if stop > start:
            span = trim(self.text, start, stop) or (start, stop)
            credit = self.credits.split(self.text, *span, in_head=self.in_head)
            if credit:
                yield from credit
            elif line is not None and self.in_head and is_headline(line):
                yield RegionKind.HEADLINE, *span
            else:
                yield RegionKind.BODY, *span
        yield from tail

    def is_place(self, dateline: FoundDateline) -> bool:
        """Whether capitals before a dash are a place: acronyms and speakers stand elsewhere too."""
        place = dateline.place
        if dateline.agency or dateline.date or place is None or "," in place:
            return True
        if self.capitals is None:
            self.capitals = Counter(_CAPITALS.findall(self.text))
            letters = [letter for letter in self.text[:_CASE_SAMPLE] if letter.isalpha()]
            self.is_upper = sum(letter.isupper() for letter in letters) > 0.7 * len(letters)
        if self.is_upper:
            return False
        words = _CAPITALS.findall(place)
        again = place in {each.place for each in self.found.datelines}
        return again or not words or any(self.capitals[word] == 1 for word in words)

    def split_tail(self, start: int, end: int) -> tuple[int, list[Piece]]:
        """Finds furniture in the last sentences of a paragraph: where it begins, and its pieces."""
        sentences = self.split_sentences(start, end)
        pieces: list[Piece] = []
        stop = end
        for first, last in reversed(sentences[-_TAIL_SENTENCES:]):
            snippet = self.text[first:last].strip()
            furniture = self.furniture.find(snippet) if first > start else None
            signed = first > start and last == self.lines[-1].end and is_name(snippet, self.text)
            if furniture is None and not signed:
                break
            self.found.byline = self.found.byline or (snippet if signed else None)
            pieces.insert(0, (furniture.kind if furniture else RegionKind.BOILERPLATE, first, last))
            stop = first
        return stop, pieces

    def split_sentences(self, start: int, end: int) -> list[tuple[int, int]]:
        """Splits the end of a paragraph into rough sentences; the first holds all that is before."""
        window = max(start, end - _TAIL)
        cuts = [start]
        for match in _BREAK.finditer(self.text, window, end):
            if not _ABBREVIATED.search(self.text[max(start, match.start() - 6) : match.start()]):
                cuts.append(match.end())
        return [(first, last) for first, last in zip(cuts, [*cuts[1:], end], strict=True) if last > first]

    def note_date(self, start: int, end: int, *, later: bool = False) -> None:
        """Keeps a date of the furniture; dates of updates and footers come after all others."""
        written = find_date(self.text, start, end)
        if written is None:
            return
        labels = to_phrase(self.text[start : written.start]).find(self.lexicon.table("dateline_words"))
        later = later or any(hit.row["use"] == "later" for hit in labels)
        (self.found.later_dates if later else self.found.dates).append(written)
        self.found.date_spans.append((start, end))
