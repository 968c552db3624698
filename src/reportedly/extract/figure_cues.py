"""Stage 4 of 8, who gives a figure without a verb of saying. In: Sentence, Cue. Out: token spans.

`officials count 471`, `the ministry puts the toll at 253`, `police raised the toll to 31`,
`their own tally is 40`: only where there is a number, and only from what can be a source.
"""

from __future__ import annotations

from collections.abc import Set

from reportedly.extract.cues import Cue, Span
from reportedly.extract.source_phrases import SourceMarks
from reportedly.extract.syntax import find_subtree, is_verb
from reportedly.model import Sentence
from reportedly.vocab import SourceKind

_NUMBER_ENTITIES = frozenset({"CARDINAL", "PERCENT", "QUANTITY"})
_SPEAKING_ENTITIES = frozenset({"PERSON", "ORG", "GPE", "NORP"})
_GIVING = frozenset({SourceKind.NEWS, SourceKind.DOCUMENT})


def is_sourcelike(sentence: Sentence, marks: SourceMarks, head: int) -> bool:
    """Whether a noun can speak: a noun of the sources' table, an outlet, a name, a pronoun."""
    token = sentence.tokens[head]
    return (
        head in marks.nouns
        or head in marks.outlets
        or token.entity in _SPEAKING_ENTITIES
        or token.lower in {"he", "she", "they"}
    )


def find_figure_content(
    sentence: Sentence,
    marks: SourceMarks,
    cue: Cue,
    kind: SourceKind,
    speaker: int,
    figure_nouns: Set[int],
    toll_nouns: Set[int],
) -> list[Span]:
    """The span after (or, in the passive, before) a verb that gives a figure; none where it does not."""
    tokens, verb = sentence.tokens, cue.head
    if not is_sourcelike(sentence, marks, speaker):
        return []
    children = sentence.children[verb]
    objects = [child for child in children if child > verb and tokens[child].dep in {"dobj", "attr", "oprd", "dative"}]
    patient = next((child for child in children if tokens[child].dep == "nsubjpass"), None)
    named = any(child in figure_nouns for child in objects)
    counted = any(_is_number(sentence, child) for child in objects)
    last = max(find_subtree(sentence, verb)[-1] + 1, cue.last)
    fits = (
        (cue.has_frame("count-figure") and (counted or named))
        or (cue.has_frame("give-figure") and (named or (counted and kind in _GIVING) or kind is SourceKind.DOCUMENT))
        or (cue.has_frame("have-figure") and named)
        or (cue.has_frame("revise-figure") and any(child in toll_nouns for child in objects))
        or (cue.has_frame("carry-figure") and kind is SourceKind.DOCUMENT and objects)
        or (cue.has_frame("put-at") and _has_number_at(sentence, [*objects, *children]))
    )
    last = len(tokens) if _has_colon(sentence, last) else _cut_at_which(sentence, cue.last, last)
    if fits and has_number(sentence, cue.last, last):
        return [(cue.last, last)]
    if patient is not None and patient in toll_nouns and cue.has_frame("revise-figure"):
        whole = find_subtree(sentence, verb)
        agent = next((find_subtree(sentence, child) for child in children if tokens[child].dep == "agent"), [])
        pieces = [(whole[0], agent[0]), (agent[-1] + 1, whole[-1] + 1)] if agent else [(whole[0], whole[-1] + 1)]
        return (
            [piece for piece in pieces if piece[0] < piece[1]] if has_number(sentence, whole[0], whole[-1] + 1) else []
        )
    return []


def find_tally_content(sentence: Sentence, noun: int, cues: Set[int]) -> list[Span]:
    """`the ministry's count is 471`: what the verb above a noun of counting says of it, unless a cue itself."""
    tokens = sentence.tokens
    token = tokens[noun]
    if token.dep != "nsubj" or token.head in cues or not is_verb(tokens[token.head].tag):
        return []
    last = find_subtree(sentence, token.head)[-1] + 1
    return [(token.head, last)] if has_number(sentence, token.head, last) else []


def _is_number(sentence: Sentence, head: int) -> bool:
    """Whether a noun phrase is a number or counted by one: `471 people`, `113`."""
    tokens = sentence.tokens
    return tokens[head].tag == "CD" or any(
        tokens[child].dep == "nummod" or tokens[child].tag == "CD" for child in sentence.children[head] if child < head
    )


def has_number(sentence: Sentence, first: int, last: int) -> bool:
    """Whether a number stands among the tokens [first, last)."""
    return any(token.tag == "CD" or token.entity in _NUMBER_ENTITIES for token in sentence.tokens[first:last])


def _has_number_at(sentence: Sentence, heads: list[int]) -> bool:
    """`puts the toll at 253`, `puts the losses at 60 dead`: also where `at` hangs on the noun."""
    tokens = sentence.tokens
    prepositions = [
        child for head in heads for child in (head, *sentence.children[head]) if tokens[child].lower == "at"
    ]
    return any(has_number(sentence, at, find_subtree(sentence, at)[-1] + 1) for at in prepositions)


def _cut_at_which(sentence: Sentence, first: int, last: int) -> int:
    """What `, which ...` adds is the report's own."""
    tokens = sentence.tokens
    return next(
        (at - 1 for at in range(first + 1, last) if tokens[at].tag == "WDT" and tokens[at - 1].lower == ","), last
    )


def _has_colon(sentence: Sentence, at: int) -> bool:
    return at < len(sentence.tokens) and sentence.tokens[at].lower == ":"
