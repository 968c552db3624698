"""Stage 2 of 8. In: a line. Out: whether it is a head.

Headlines: by the metadata's title, by their form at the head, and cross-heads inside.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from reportedly.clean.lines import Line

_MOST_WORDS = 34
_MOST_CROSSHEAD_WORDS = 12
_LEAST_TITLE = 12
_MOST_WITH_STOP = 18
_INNER_STOP = re.compile(r"[a-z]{3}[.!?][\"”’]?\s[A-Z]")
_LETTERS = re.compile(r"[^\W\d_]{2}")
_OPEN_END = re.compile(r"[,;:(\[–—-]$")
_BULLET = re.compile(r"[-–—*•·▪]\s|\d{1,2}[.)]\s")


def find_title(line: Line, title: str | None) -> int | None:
    """Finds where the metadata's title ends that a line begins with, as an offset into the text."""
    plain = (title or "").strip()
    if len(plain) < _LEAST_TITLE:
        return None
    if line.text.startswith(plain):
        after = line.text[len(plain) : len(plain) + 1]
        if after.isalnum():
            return None
        # A full stop that was put after it belongs to it.
        return line.start + len(plain) + (after == ".")
    # A title may be broken over two lines.
    part = line.text.rstrip(".; ")
    return line.end if len(part) >= _LEAST_TITLE and (plain.startswith(part) or plain.endswith(part)) else None


def is_headline(line: Line) -> bool:
    """Whether a line before the body has a headline's form: not too long and no full stop."""
    words = line.count_words()
    if words > _MOST_WORDS or not _LETTERS.search(line.text) or _OPEN_END.search(line.text):
        return False
    if words > _MOST_WITH_STOP and _INNER_STOP.search(line.text):
        return False
    return not line.ends_sentence() or (line.text[-1] == "?" and line.index < 3)


def is_crosshead(line: Line, lines: Sequence[Line]) -> bool:
    """Whether a line inside the body is a head: short, no full stop, and full paragraphs around it."""
    if line.count_words() > _MOST_CROSSHEAD_WORDS or line.ends_sentence() or _OPEN_END.search(line.text):
        return False
    if _BULLET.match(line.text) or not _LETTERS.search(line.text) or line.index == 0 or line.index + 1 >= len(lines):
        return False
    return lines[line.index - 1].ends_sentence() and lines[line.index + 1].reads_as_body()
