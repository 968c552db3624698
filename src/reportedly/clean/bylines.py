"""Stage 2 of 8. In: a line. Out: names.

Bylines: who wrote a report, as `By X` or a name that stands alone.
"""

from __future__ import annotations

import re

from reportedly.clean.lines import to_phrase
from reportedly.dates import MONTHS
from reportedly.lexicon import Lexicon

# What may stand between the capitalised words of a byline.
_SMALL = frozenset(
    {"and", "with", "for", "in", "at", "of", "the", "de", "van", "von", "der", "al", "bin", "el", "la", "&", "on", "to",
     "from", "by", "di", "da", "du", "ter"}
)  # fmt: skip
_NAME = re.compile(r"(?:[A-Z][^\W\d_'’]*(?:['’-][A-Z]?[^\W\d_]+)*\.?\s){1,3}[A-Z][^\W\d_]+(?:['’-][^\W\d_]+)*")
_WEEKDAYS = frozenset({"mon", "tue", "wed", "thu", "fri", "sat", "sun"})
_MOST_WORDS = 16
_OPENING = 30


def find_byline(snippet: str, lexicon: Lexicon) -> str | None:
    """Returns the names of a line such as `By A. Example and B. Example`, or None."""
    if len(snippet) > 160 or snippet.endswith((".", "?", "!")):
        return None
    phrase = to_phrase(snippet[:_OPENING])
    hit = lexicon.table("dateline_words").find_at(phrase.words, 0) if phrase.words else None
    if hit is None or hit.row["use"] != "byline" or hit.end >= len(phrase.words):
        return None
    names = snippet[phrase.starts[hit.end] :].strip()
    return names if _is_names(names) else None


def is_name(snippet: str, text: str) -> bool:
    """Whether a line is a person's name and nothing else: two to four capitalised words, of which
    none stands elsewhere in the report (the words of a headline or a cross-head do)."""
    if len(snippet) > 40 or not _NAME.fullmatch(snippet):
        return False
    plain = text.lower()
    return all(plain.count(word) == 1 for word in snippet.lower().split() if len(word) > 3)


def _is_names(names: str) -> bool:
    words = names.replace(",", " ").split()
    first = words[0][:3].lower()
    if len(words) > _MOST_WORDS or first in MONTHS or first in _WEEKDAYS or not words[0][0].isupper():
        return False
    small = sum(not (word[0].isupper() or word[0] == "@" or word in _SMALL) for word in words)
    # A role may follow the name in small letters: `A. Example, staff writer`.
    return small <= (2 if "," in names else 0)
