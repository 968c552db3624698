"""Stage 4 of 8, lexicon hits. In: Sentence. Out: which rows stand at which tokens.

One pass of each table per sentence; the readers of quantities look up by token index.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from reportedly.lexicon import Hit, Lexicon
from reportedly.lexicon.tables import WordSets
from reportedly.model import Sentence


@dataclass(frozen=True, slots=True, eq=False)
class Marks:
    """The rows found in one sentence, by the index of each token that they cover; the word sets
    of the lexicon, one object for all sentences."""

    words: tuple[str, ...]
    measures: Mapping[int, Hit]
    people: Mapping[int, Hit]
    happenings: Mapping[int, Hit]
    changes: Mapping[int, Hit]
    stocks: Mapping[int, Hit]
    stock_nouns: Mapping[int, Hit]
    additives: Mapping[int, Hit]
    bases: Mapping[int, Hit]
    rotations: Mapping[int, Hit]
    comparisons: Mapping[int, Hit]
    labels: Mapping[int, Hit]
    hedges: Mapping[int, Hit]
    cues: Mapping[int, Hit]
    peoples: frozenset[int]
    sets: WordSets

    def says(self, index: int, slug: str) -> bool:
        """Whether a token's word is in a set; False outside the sentence."""
        return 0 <= index < len(self.words) and self.words[index] in self.sets[slug]

    def says_any(self, first: int, stop: int, slug: str) -> bool:
        """Whether any word of tokens [first, stop) is in a set; indices as in a slice."""
        return not self.sets[slug].isdisjoint(self.words[max(first, 0) : stop])

    def begins(self, index: int, slug: str) -> bool:
        """Whether a token's word begins with one of a set's beginnings (`reach` in `reached`)."""
        return any(map(self.words[index].startswith, self.sets[slug]))

    def ends(self, index: int, slug: str) -> bool:
        """Whether a token's word ends with one of a set's endings."""
        return any(map(self.words[index].endswith, self.sets[slug]))

    def says_pair(self, index: int, slug: str) -> bool:
        """Whether a token and the next make a phrase of a set."""
        return index >= 0 and " ".join(self.words[index : index + 2]) in self.sets[slug]


def find_marks(sentence: Sentence, lexicon: Lexicon) -> Marks:
    """Marks a parsed sentence with the tables that quantities need."""
    words = tuple(token.lower for token in sentence.tokens)

    def covered(name: str) -> dict[int, Hit]:
        hits = lexicon.table(name).find(words)
        return {index: hit for hit in hits for index in range(hit.start, hit.end)}

    return Marks(
        words=words,
        measures=covered("measure_terms"),
        people=covered("people_terms"),
        happenings=covered("happenings"),
        changes=covered("change_words"),
        stocks=covered("stock_words"),
        stock_nouns=covered("stock_nouns"),
        additives=covered("additive_words"),
        bases=covered("bases"),
        rotations=covered("rotations"),
        comparisons=covered("comparisons"),
        labels=covered("number_labels"),
        hedges=covered("hedges"),
        cues=covered("cues"),
        peoples=_find_peoples(sentence, covered("demonyms") if "demonyms" in lexicon.tables else {}),
        sets=lexicon.sets,
    )


def _find_peoples(sentence: Sentence, demonyms: Mapping[int, Hit]) -> frozenset[int]:
    """The tokens that name people by nationality: `60 Afghans`, `10 million Sudanese`."""
    tokens = sentence.tokens
    return frozenset(
        index
        for index in demonyms
        if tokens[index].tag in {"NNPS", "NNS", "NNP"}
        and not (index + 1 < len(tokens) and tokens[index].dep in {"compound", "amod"} and tokens[index].head > index)
    )


def is_other_noun(sentence: Sentence, marks: Marks, index: int) -> bool:
    """A common noun that names no size: `a population of 7 million`, `a budget lower by 15 percent`."""
    known = index in marks.stock_nouns or index in marks.measures or index in marks.changes or index in marks.happenings
    return sentence.tokens[index].tag in {"NN", "NNS"} and not known and index not in marks.people
