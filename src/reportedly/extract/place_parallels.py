"""Stage 4 of 8, lists that run side by side. In: Sentence, Figure. Out: the name that is a figure's counterpart.

`Ghana and Nepal will send 800 and 650 soldiers respectively`: the second name has the second
figure. `Italy 1,900` after `France has 2,400 soldiers`: the next owner, its verb left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from reportedly.extract.syntax import SUBJECTS, find_span_head, is_verb, iter_ancestors
from reportedly.model import Figure, Sentence

_JOINTS = frozenset({",", "and", "or", "&", "the"})
#: What may stand between a name and its figure, and what stands before a name whose verb is left out.
_HEDGE_TAGS = frozenset({"DT", "JJR", "JJ", "RB", "RBR", "VBN", "JJS"})
_HEDGES = frozenset({"than", "at", "about", "around"})
_OPENERS = frozenset({",", ";", "and", "but", "while"})
#: So many tokens between a name and its figure at most.
_GAP = 4


class Named(Protocol):
    """What both sorts of mention have: the tokens [first, last) of a name."""

    @property
    def first(self) -> int:
        """The first token."""

    @property
    def last(self) -> int:
        """The token after the last one."""


def find_gapped_number(sentence: Sentence, name: Named) -> int | None:
    """Finds the number that a name stands before without a verb: `and X 2,500`, `, Y more than 300`."""
    tokens = sentence.tokens
    if name.first == 0 or tokens[name.first - 1].lower not in _OPENERS:
        return None
    for token in tokens[name.last : name.last + _GAP + 1]:
        if token.tag == "CD":
            return token.index
        if token.tag not in _HEDGE_TAGS and token.lower not in _HEDGES:
            return None
    return None


def is_gapped(sentence: Sentence, name: Named, figure: Figure) -> bool:
    """Whether the verb is left out between a name and its figure."""
    tokens = sentence.tokens
    if not 0 <= figure.first - name.last <= _GAP or name.first == 0:
        return False
    if tokens[name.first - 1].lower not in _OPENERS:
        return False
    between = tokens[name.last : figure.first]
    return all(token.tag in _HEDGE_TAGS or token.lower in _HEDGES for token in between)


def find_counterpart[T: Named](sentence: Sentence, names: Sequence[T], figure: Figure) -> T | None:
    """Finds the name that `respectively` deals out to a figure.

    Args:
        sentence: the figure's sentence.
        names: the names in it that may be meant, in order.
        figure: the figure.
    """
    if not any(token.lower == "respectively" for token in sentence.tokens):
        return None
    row = _find_row(sentence, figure)
    if len(row) < 2:
        return None
    place = row.index(figure.first)
    for number, name in enumerate(names):
        run = [name]
        for other in names[number + 1 :]:
            if not _is_joined(sentence, run[-1].last, other.first):
                break
            run.append(other)
        begins = number == 0 or not _is_joined(sentence, names[number - 1].last, name.first)
        if begins and len(run) == len(row):
            return run[place]
    return None


def _find_row(sentence: Sentence, figure: Figure) -> list[int]:
    """The first tokens of the numbers that stand in one list with a figure, itself among them."""
    tokens = sentence.tokens
    row = [figure.first]
    while True:
        at = row[0] - 1
        while at > 0 and tokens[at].lower in _JOINTS:
            at -= 1
        if at < 0 or at == row[0] - 1 or tokens[at].tag != "CD":
            break
        row.insert(0, at)
    at = figure.last
    while at < len(tokens):
        stop = at
        while stop < len(tokens) and tokens[stop].lower in _JOINTS:
            stop += 1
        if stop == at or stop >= len(tokens) or tokens[stop].tag != "CD":
            break
        row.append(stop)
        at = stop + 1
    return row


def _is_joined(sentence: Sentence, left: int, right: int) -> bool:
    between = sentence.tokens[left:right]
    return 0 < len(between) <= 3 and all(token.lower in _JOINTS for token in between)


def find_leading_subject(sentence: Sentence, name: Named) -> int | None:
    """The subject of the clause that a name with a left-out verb goes on from, if it is a name before it."""
    tokens = sentence.tokens
    head = find_span_head(sentence, name.first, name.last)
    for above in iter_ancestors(sentence, head):
        if not is_verb(tokens[above].tag):
            continue
        for child in sentence.children[above]:
            if tokens[child].dep in SUBJECTS and child < name.first:
                return child if tokens[child].tag in ("NNP", "NNPS") else None
        if tokens[above].dep not in ("xcomp", "conj"):
            return None
    return None
