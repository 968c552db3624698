"""Stage 4 of 8, lexicon hits. In: Sentence. Out: which rows stand at which tokens.

One pass of each table per sentence; the readers of quantities look up by token index.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from reportedly.lexicon import Hit, Lexicon
from reportedly.model import Sentence


@dataclass(frozen=True, slots=True, eq=False)
class Marks:
    """The rows found in one sentence, by the index of each token that they cover."""

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
