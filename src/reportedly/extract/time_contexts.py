"""Stage 4 of 8. In: Sentence, tokens of a time. Out: what the sentence makes of it.

The tense that it stands in, whether it dates a statement and not the thing, and whether its
sentence speaks of a change or a happening at all.
"""

from __future__ import annotations

from reportedly.extract.time_grammar import TimeWords
from reportedly.model import Sentence, Token


def find_verb(sentence: Sentence, at: int) -> int | None:
    """The nearest verb at or above a token; None where there is none."""
    tokens = sentence.tokens
    for _ in range(12):
        token = tokens[at]
        if token.tag.startswith("VB") or token.tag == "MD":
            return at
        if token.head == at:
            return None
        at = token.head
    return None


def find_tense(sentence: Sentence, at: int, words: TimeWords | None = None) -> str | None:
    """The tense of the nearest verb above a token: `past`, `future` or None."""
    verb = find_verb(sentence, at)
    if verb is None:
        return None
    token = sentence.tokens[verb]
    # `started to mass in December` has the tense of `started`.
    head = sentence.tokens[token.head]
    if token.dep == "xcomp" and token.tag == "VB" and words is not None and head.lower in words.aspects:
        token = head
    return _read_tense(sentence, token)


def _read_tense(sentence: Sentence, verb: Token) -> str | None:
    below = [sentence.tokens[child] for child in sentence.children[verb.index]]
    auxiliaries = [token for token in below if token.dep in {"aux", "auxpass"} and token.index < verb.index]
    tags = {token.tag for token in auxiliaries}
    if "MD" in tags or verb.tag == "MD" or "TO" in tags:
        return "future"
    if "VBD" in tags or verb.tag == "VBD":
        return "past"
    if verb.tag == "VBN":
        present = any(token.tag in {"VBZ", "VBP"} and token.dep == "auxpass" for token in auxiliaries)
        return None if present else "past"
    if verb.tag == "VBG" and auxiliaries:
        return "future"
    return None


def is_of_saying(sentence: Sentence, first: int, last: int, words: TimeWords, tense: str | None) -> bool:
    """Whether a time dates a statement: `said on Thursday`, `in a report last week`."""
    tokens = sentence.tokens
    for at in (first - 1, first - 2):
        if at >= 0 and tokens[at].lower in words.sayings and tokens[at].tag.startswith("VB") and tense != "future":
            return at == first - 1 or tokens[first - 1].tag == "IN"
    at = _find_head(sentence, first, last)
    for _ in range(12):
        token = tokens[at]
        if token.tag.startswith("VB"):
            return token.lower in words.sayings and tense != "future"
        if token.lower in words.saying_nouns and not first <= at < last:
            return True
        if token.head == at:
            return False
        at = token.head
    return False


def _find_head(sentence: Sentence, first: int, last: int) -> int:
    """The token of a stretch whose head lies outside it."""
    tokens = sentence.tokens
    return next((at for at in range(first, last) if not first <= tokens[at].head < last), last - 1)


def is_of_change(sentence: Sentence, words: TimeWords) -> bool:
    """Whether a sentence speaks of a change of numbers or of a counted happening."""
    return any(token.lower in words.changes for token in sentence.tokens)
