"""Stage 4 of 8, shared reading of the tree. In: Sentence. Out: heads, governors, clauses.

Small pure functions over `Sentence.tokens` and `Sentence.children`; nothing here knows
what a claim is.
"""

from __future__ import annotations

from collections.abc import Iterator

from reportedly.model import Sentence

NOUN_TAGS = frozenset({"NN", "NNS", "NNP", "NNPS"})
SUBJECTS = frozenset({"nsubj", "nsubjpass", "csubj"})
OBJECTS = frozenset({"dobj", "attr", "oprd", "dative", "pobj"})


def is_verb(tag: str) -> bool:
    """Whether a Penn tag is a verb's or a modal's."""
    return tag[:2] == "VB" or tag == "MD"


def find_token(sentence: Sentence, offset: int) -> int | None:
    """The index of the token that covers an offset of the report, or None."""
    low, high = 0, len(sentence.tokens)
    while low < high:
        middle = (low + high) // 2
        if sentence.tokens[middle].end <= offset:
            low = middle + 1
        else:
            high = middle
    return low if low < len(sentence.tokens) and sentence.tokens[low].start <= offset else None


def iter_ancestors(sentence: Sentence, index: int, limit: int = 12) -> Iterator[int]:
    """Yields the heads above a token, nearest first."""
    for _ in range(limit):
        head = sentence.tokens[index].head
        if head == index:
            return
        index = head
        yield index


def find_relation(sentence: Sentence, index: int) -> str:
    """A token's relation to its head; a noun that the parser coordinates with a verb
    ("killed 13 soldiers and 170 Afghans") is that verb's object or, before it, its subject."""
    token = sentence.tokens[index]
    if token.dep == "conj" and token.tag in NOUN_TAGS | {"CD"} and is_verb(sentence.tokens[token.head].tag):
        return "dobj" if index > token.head else "nsubj"
    return token.dep


def find_span_head(sentence: Sentence, first: int, last: int) -> int:
    """The token of [first, last) whose head lies outside; the last one if several do."""
    head = last - 1
    for index in range(first, last):
        above = sentence.tokens[index].head
        if above == index or not first <= above < last:
            head = index
    return head


def find_subject(sentence: Sentence, verb: int) -> int | None:
    """The subject of a verb, taken from the verb it is coordinated with or controlled by if need be."""
    at = verb
    for _ in range(4):
        for child in sentence.children[at]:
            if sentence.tokens[child].dep in SUBJECTS:
                return child
        token = sentence.tokens[at]
        if token.dep not in {"conj", "xcomp", "advcl"} or token.head == at:
            return None
        at = token.head
    return None


def find_children(sentence: Sentence, index: int, *deps: str) -> list[int]:
    """The children of a token that stand in one of the given relations."""
    return [child for child in sentence.children[index] if sentence.tokens[child].dep in deps]


def find_subtree(sentence: Sentence, index: int) -> list[int]:
    """All tokens at or under a token, in order."""
    found, waiting = [], [index]
    while waiting:
        at = waiting.pop()
        found.append(at)
        waiting.extend(sentence.children[at])
    return sorted(found)
