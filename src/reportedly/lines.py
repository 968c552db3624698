"""The lines of a text: the paragraphs, headlines and pieces of furniture that it is made of.

Ground floor: cleaning tells what each line is, segmenting splits it into sentences. In text
that was wrapped to a fixed width, as old wire copy is, the lines of a paragraph are put
together first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

_LINE = re.compile(r"[^\n]+")
_SENTENCE_END = re.compile(r"[.!?…][\"'”’»)\]]*$")
# Wrapped copy: most lines break at nearly the same width, in mid-sentence.
_WRAP_WIDTH = range(45, 100)
_WRAP_LINES = 5
# A line that was broken inside a paragraph is no shorter.
_LEAST_BROKEN = 60


@dataclass(frozen=True, slots=True)
class Line:
    """One line without the blanks around it; `gap_before` is true after an empty line."""

    index: int
    start: int
    end: int
    text: str
    gap_before: bool
    gap_after: bool

    def ends_sentence(self) -> bool:
        """Whether it ends as a sentence does."""
        return _SENTENCE_END.search(self.text, max(0, len(self.text) - 8)) is not None

    def count_words(self) -> int:
        """Returns how many words it has, by its blanks."""
        return self.text.count(" ") + 1

    def reads_as_body(self) -> bool:
        """Whether it is long and ends as sentences do, or is too long for anything else."""
        words = self.count_words()
        return words > 45 or (words >= 9 and self.ends_sentence())


def split_lines(text: str) -> list[Line]:
    """Splits a text into its lines that are not blank."""
    spans = [span for match in _LINE.finditer(text) if (span := trim(text, match.start(), match.end()))]
    spans = list(_join_wrapped(text, spans) if is_wrapped(text, spans) else _join_broken(text, spans))
    lines: list[Line] = []
    for index, (start, end) in enumerate(spans):
        before = spans[index - 1][1] if index else start
        after = spans[index + 1][0] if index + 1 < len(spans) else end
        gap_before, gap_after = text.count("\n", before, start) > 1, text.count("\n", end, after) > 1
        lines.append(Line(index, start, end, text[start:end], gap_before, gap_after))
    return lines


def trim(text: str, start: int, end: int) -> tuple[int, int] | None:
    """Returns the span without the blanks at its ends, or None if nothing is left."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return (start, end) if start < end else None


def is_wrapped(text: str, spans: Sequence[tuple[int, int]]) -> bool:
    """Whether a text's lines are pieces of paragraphs, cut at a fixed width."""
    if len(spans) < _WRAP_LINES:
        return False
    broken = sum(
        end - start in _WRAP_WIDTH and text[end - 1] not in '.!?:”"' and following - end < 8
        for (start, end), (following, _) in pairwise(spans)
        if "\n\n" not in text[end:following]
    )
    return broken > len(spans) * 0.5


def _join_wrapped(text: str, spans: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    start, end = spans[0]
    for first, last in spans[1:]:
        # A paragraph ends at an empty line, before an indented one, or after a short last line.
        indented = text[first - 1].isspace() and text[first - 1] != "\n" and text[first - 2] != "\n"
        short = last - first in _WRAP_WIDTH and end - start < _WRAP_WIDTH.start
        if text.count("\n", end, first) > 1 or indented or short:
            yield start, end
            start = first
        end = last
    yield start, end


def _join_broken(text: str, spans: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Joins the few lines that are broken in mid-sentence in text that is not wrapped as a whole."""
    if not spans:
        return
    start, end = spans[0]
    for first, last in spans[1:]:
        open_end = end - start >= _LEAST_BROKEN and (text[end - 1].isalnum() or text[end - 1] in ",’'")
        goes_on = text[first].islower() or text[first - 4 : first] == "    "
        if not (open_end and goes_on and text.count("\n", end, first) == 1):
            yield start, end
            start = first
        end = last
    yield start, end
