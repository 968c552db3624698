"""Stage 4 of 8, whence the counted came. In: Sentence, Figure. Out: the tokens of the names after `from`.

`1,200 soldiers from Brazil`, `700 from Nepal`, `1,700 of them are from Pakistan` say whose
they are, not where they are. What leaves (`2,000 troops from Syria were withdrawn`) leaves a place.
"""

from __future__ import annotations

from reportedly.model import Figure, Sentence
from reportedly.vocab import Direction, Role

#: Measures of people who are sent or befallen; of the displaced `from X` is the place they left.
SENT = frozenset({"troops", "peacekeepers", "police", "personnel", "advisers", "contractors", "fighters", "formations"})
BEFALLEN = frozenset({"killed", "wounded", "casualties", "missing", "captured", "kidnapped"})
#: How far the counted noun may stand behind its figure (`1,200 heavily armed soldiers`).
_NOUN_REACH = 4
#: A list of origins is no longer than so many tokens.
_LIST_REACH = 12
_THEM = frozenset({"of", "them", "these", "those", "whom", "which", "the", "total", ","})
_COPULAS = frozenset({"are", "is", "were", "was", "come", "comes", "came", "hail", "hailed", "being", "coming", "all"})
_LIST_TAGS = frozenset({"NNP", "NNPS", "DT", "CC", ",", "HYPH"})


def may_have_origin(figure: Figure) -> bool:
    """Whether `from X` behind a figure may say whose: not of what changes from one number to another."""
    quantity = figure.quantity
    if figure.measure not in SENT | BEFALLEN or quantity.role in (Role.FROM, Role.TO):
        return False
    return quantity.direction is not None or quantity.role is not Role.CHANGE


def find_origin(sentence: Sentence, figure: Figure) -> range | None:
    """Finds the tokens after the `from` that belongs to a figure, None where it has none.

    Returns:
        The names of the list behind `from`, empty where no name follows.
    """
    if not may_have_origin(figure):
        return None
    tokens = sentence.tokens
    at, behind = figure.last, figure.noun is not None and 0 <= figure.noun - figure.last < _NOUN_REACH
    if behind and figure.noun is not None:
        at = figure.noun + 1
    while at < len(tokens) and tokens[at].lower in _THEM:
        at += 1
    while at < len(tokens) and tokens[at].lower in _COPULAS:
        at += 1
    if at >= len(tokens) or tokens[at].lower != "from":
        return None
    start = stop = at + 1
    while stop < len(tokens) and stop - start < _LIST_REACH and tokens[stop].tag in _LIST_TAGS:
        stop += 1
    if figure.quantity.direction is Direction.DOWN and not _leaves_elsewhere(sentence, stop):
        return None
    return range(start, stop)


def _leaves_elsewhere(sentence: Sentence, start: int) -> bool:
    """Whether another place is left: `300 soldiers from Kenya will withdraw from Haiti`."""
    tokens = sentence.tokens
    return any(
        token.lower == "from" and tokens[token.index - 1].tag[:2] in ("VB", "RP") for token in tokens[max(start, 1) :]
    )
