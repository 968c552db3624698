"""Stage 2 of 8. In: a line's text. Out: Phrase, its words with their offsets.

Lines themselves are split in `reportedly.lines`, which segmenting reads too.
"""

from __future__ import annotations

from dataclasses import dataclass

from reportedly.lexicon import FOLD, Hit, Table, split_words
from reportedly.lines import Line, split_lines, trim

__all__ = ["Line", "Phrase", "split_lines", "to_phrase", "trim"]


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words of a snippet with their offsets in it, as the lexicon's tables split them."""

    words: tuple[str, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def find(self, table: Table) -> list[Hit]:
        """Finds a table's rows in the snippet."""
        return table.find(self.words)


def to_phrase(snippet: str) -> Phrase:
    """Splits a snippet into lower-case words and finds each again in it."""
    folded = (snippet if snippet.isascii() else snippet.translate(FOLD)).lower()
    if len(folded) != len(snippet):  # a few letters change their length in lower case
        folded = "".join(letter.lower() if len(letter.lower()) == 1 else letter for letter in snippet)
    words = split_words(folded)
    starts: list[int] = []
    ends: list[int] = []
    at = 0
    for word in words:
        found = folded.find(word, at)
        at = (found if found >= 0 else at) + len(word)
        starts.append(at - len(word))
        ends.append(at)
    return Phrase(tuple(words), tuple(starts), tuple(ends))
