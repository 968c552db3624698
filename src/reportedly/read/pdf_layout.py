"""Stage 1 of 8. In: the lines of pages. Out: paragraphs.

Lines -> paragraphs: what is set apart by space, size or indent, or ends before its line was full, is
a paragraph; words that were broken at a line's end are made whole; what repeats at the edge of
pages is found. All lengths are points.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import quantiles

#: Lines further apart than so many times the usual are paragraphs of their own. Set by judgement, as all below.
_WIDE_GAP = 1.4
#: Lines whose type differs by more than this share are not of one paragraph.
_OTHER_SIZE = 0.2
#: Type larger than the usual by this factor is a heading, whose lines are short on purpose.
_LARGE = 1.25
#: From so many lines broken by a hyphen in a hundred on, the setting hyphenates: a hyphen at the end is then its own.
_HYPHENATING = 0.04
_EDGE_LINES = 3
_MARGIN = 0.12  # of a page's height, at its top and foot
_NEAR = 4
_BULLET = re.compile(r"(?:[•‣◦▪■●○*–—-]|\(?\d{1,2}[.)]|\(?[a-z]\))\s")
_ENDS = re.compile(r"[.?!:;…][\"”’'»)\]]*$")
_PAGE_NUMBER = re.compile(
    r"(?:page\s+)?[-–—(|]*\s*(?:page\s+)?\d{1,4}\s*(?:(?:of|/|\|)\s*\d{1,4})?\s*[-–—)|]*", re.IGNORECASE
)
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a page; a text that ends in U+00AD was broken by a hyphen."""

    text: str
    left: float
    right: float
    base: float
    size: float
    page: int

    def room(self, edge: float) -> float:
        """Returns how many of its own letters would still have fitted before an edge."""
        width = (self.right - self.left) / max(len(self.text), 1)
        return (edge - self.right) / width if width > 0 else 0.0


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph; `running` is what repeats on several pages."""

    text: str
    page: int
    running: bool = False


def to_paragraphs(pages: Sequence[Sequence[Line]], heights: Sequence[float]) -> list[Paragraph]:
    """Joins the lines of pages into paragraphs.

    Page numbers are left out. What else repeats on pages stands once: what heads them where it first
    stands, what foots them at the end, so that sentences run on from page to page.
    """
    running = _find_running(pages, heights)
    dropped = {id(line) for line in running.numbers}
    repeated = {id(line) for line in running.repeated}
    heads = [line for line in running.first if line.base >= heights[line.page] / 2]
    feet = [line for line in running.first if line.base < heights[line.page] / 2]
    body = [line for page in pages for line in page if id(line) not in dropped and id(line) not in repeated]
    words = Counter(word.lower() for line in body for word in _WORD.findall(line.text.removesuffix("\xad")))
    setting = _Setting(body)
    found = [Paragraph(_clean(line.text), line.page, running=True) for line in heads]
    for group in _group(body, setting):
        found.append(Paragraph(_clean(_join(group, words, setting.hyphenates)), group[0].page))
    found.sort(key=lambda paragraph: paragraph.page)  # stable: a head comes before its page
    found += [Paragraph(_clean(line.text), line.page, running=True) for line in feet]
    return [paragraph for paragraph in found if paragraph.text]


# ---------------------------------------------------------------- what repeats at the edge of pages


@dataclass(frozen=True, slots=True)
class _Running:
    numbers: list[Line]
    repeated: list[Line]
    first: list[Line]


def _find_running(pages: Sequence[Sequence[Line]], heights: Sequence[float]) -> _Running:
    numbers: list[Line] = []
    alike: dict[str, list[list[Line]]] = defaultdict(list)
    for page in pages:
        in_order = sorted(page, key=lambda line: -line.base)
        for line in {id(each): each for each in (*in_order[:_EDGE_LINES], *in_order[-_EDGE_LINES:])}.values():
            if _is_outer(line, heights) and _PAGE_NUMBER.fullmatch(line.text):
                numbers.append(line)
                continue
            groups = alike[re.sub(r"\d+", "#", line.text.casefold())]
            group = next((each for each in groups if _is_same(each[0], line)), None)
            if group is None:
                groups.append([line])
            else:
                group.append(line)
    repeated: list[Line] = []
    first: list[Line] = []
    for group in (group for groups in alike.values() for group in groups):
        # In the margin two pages are enough (the head of a short chapter); else every second one.
        enough = 2 if _is_outer(group[0], heights) else max(2, len(pages) // 2)
        if len({line.page for line in group}) >= enough:
            repeated += group
            first.append(group[0])
    return _Running(numbers, repeated, first)


def _is_outer(line: Line, heights: Sequence[float]) -> bool:
    return not _MARGIN < line.base / max(heights[line.page], 1) < 1 - _MARGIN


def _is_same(first: Line, line: Line) -> bool:
    return abs(line.base - first.base) < line.size and _counts_pages(first, line)


def _counts_pages(first: Line, line: Line) -> bool:
    """Whether each number in a line is that of the first line, or has grown with the pages."""
    pairs = zip(re.findall(r"\d+", first.text), re.findall(r"\d+", line.text), strict=True)
    return all(a == b or int(b) - int(a) == line.page - first.page for a, b in pairs)


# ---------------------------------------------------------------- what belongs together


class _Setting:
    """How the body is set: its usual distance from line to line, its usual size, its hyphens."""

    def __init__(self, body: Sequence[Line]) -> None:
        gaps = [
            a.base - b.base for a, b in pairwise(body) if a.page == b.page and 0.6 < (a.base - b.base) / a.size < 2.5
        ]
        # The lower quarter: single lines set far apart must not make their distance the usual one.
        self.leading = quantiles(gaps, n=4)[0] if len(gaps) > 1 else (gaps[0] if gaps else 0.0)
        sizes = Counter[float]()
        for line in body:
            sizes[round(line.size, 1)] += len(line.text)
        self.size = sizes.most_common(1)[0][0] if sizes else 0.0
        broken = sum(line.text.endswith("\xad") for line in body)
        self.hyphenates = broken >= 3 and broken >= _HYPHENATING * len(body)
        self.edges = _find_edges(body)


def _find_edges(body: Sequence[Line]) -> dict[int, float]:
    """Finds how far each line could have run: as far as its neighbours of the same column do."""
    edges = {}
    for index, line in enumerate(body):
        near = body[max(0, index - _NEAR) : index + _NEAR + 1]
        rights = [
            each.right
            for each in near
            if each.page == line.page and abs(each.left - line.left) < 4 * line.size and each.size < line.size * _LARGE
        ]
        edges[id(line)] = max(rights, default=line.right)
    return edges


def _group(body: Sequence[Line], setting: _Setting) -> Iterator[list[Line]]:
    group: list[Line] = []
    for line in body:
        if group and not _belongs(group, line, setting):
            yield group
            group = []
        group.append(line)
    if group:
        yield group


def _belongs(group: list[Line], line: Line, setting: _Setting) -> bool:
    """Whether a line goes on with the paragraph before it."""
    last = group[-1]
    if last.text.endswith("\xad"):
        return True
    if _BULLET.match(line.text) or abs(last.size - line.size) > _OTHER_SIZE * last.size:
        return False
    is_open = not _ENDS.search(last.text)
    goes_on = is_open and line.text[:1].islower()
    gap = last.base - line.base
    if line.page != last.page or gap < -0.3 * line.size:  # a new page or column
        return goes_on or (is_open and not _is_short(last, line, setting))
    if gap <= 0.3 * line.size:
        return True  # the same row
    if setting.leading and gap > _WIDE_GAP * setting.leading * max(1.0, line.size / (setting.size or line.size)):
        return False
    if goes_on or line.size > setting.size * _LARGE:
        return True
    indented = line.left > last.left + 0.8 * line.size and not is_open
    return not indented and not _is_short(last, line, setting)


def _is_short(last: Line, line: Line, setting: _Setting) -> bool:
    """Whether a line ends although the next one's first word would have fitted: its end is meant.

    Letters are counted as if all were of the line's mean width, so a capital word is given more room,
    and a line that ends in the middle of a sentence must be shorter by more than one word.
    """
    first = line.text.split(maxsplit=1)[0] if line.text.strip() else ""
    needed = len(first) + 2 if _ENDS.search(last.text) else 1.3 * len(first) + 4
    return last.room(setting.edges[id(last)]) > needed


# ---------------------------------------------------------------- words


def _join(group: Sequence[Line], words: Counter[str], hyphenates: bool) -> str:
    text = group[0].text
    for line in group[1:]:
        if text.endswith("\xad"):
            text = _join_word(text[:-1], line.text, words, hyphenates)
        else:
            text = f"{text} {line.text}"
    return text.removesuffix("\xad") + ("-" if text.endswith("\xad") else "")


def _join_word(before: str, after: str, words: Counter[str], hyphenates: bool) -> str:
    """Joins a word that was broken at a line's end, with its hyphen where that is its own.

    The report itself decides where it can: it has the word elsewhere, whole or with a hyphen. Else a
    hyphen goes only from text that is hyphenated throughout; `long-term` in other text keeps it.
    """
    first = re.search(r"[^\W\d_]+$", before)
    second = re.match(r"[^\W\d_]+", after)
    if not first or not second or not second.group()[0].islower():
        return f"{before}-{after}"
    whole, hyphened = (first.group() + second.group()).lower(), f"{first.group()}-{second.group()}".lower()
    if words[whole] or words[hyphened]:
        keep = words[hyphened] >= words[whole]
    elif words[first.group().lower()] > 1 and words[second.group().lower()] > 1:
        keep = True  # both halves are words of the report
    else:
        keep = not hyphenates
    return f"{before}{'-' if keep else ''}{after}"


_SPELLINGS = {
    "ﬀ": "ff",
    "ﬁ": "fi",
    "ﬂ": "fl",
    "ﬃ": "ffi",
    "ﬄ": "ffl",
    "ﬅ": "st",
    "ﬆ": "st",
    "\uf0b7": "•",
    "\uf0a7": "▪",
}
_CLEAN = str.maketrans(_SPELLINGS | {chr(code): "" for code in (*range(32), 0x7F, 0xFFFE, 0xFFFF) if code != 9})


def _clean(text: str) -> str:
    return re.sub(r"[ \t]+", " ", text.translate(_CLEAN)).strip()
