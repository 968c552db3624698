"""Stage 4 of 8, set-off clauses of saying. In: Sentence. Out: Insertion, the tokens spoken for.

`..., the ministry said on Monday, ...` is read by its words and commas: the parser hangs them now above, now below what
is said, and takes `the organisers estimated` for a noun with a participle.
"""

from __future__ import annotations

from dataclasses import dataclass

from reportedly.extract.syntax import find_subtree
from reportedly.model import Sentence, Token

Span = tuple[int, int]

_FINITE = frozenset({"VBD", "VBZ", "VBP", "VBN", "VB", "MD"})
_SUBJECT_TAGS = frozenset({"NN", "NNS", "NNP", "NNPS", "PRP", "CD"})
_BETWEEN = frozenset({"RB", "RBR", "MD", "VBZ", "VBP", "VBD"})
_DASHES = frozenset({"--", "—", "–"})
_OPENERS = frozenset({",", '"', "''", ")"}) | _DASHES
_CLOSERS = frozenset({",", ".", ";", ":", "?", "!", ")"}) | _DASHES
#: What follows a set-off clause and tells more about the saying, or goes on without the source.
_TRAILERS = frozenset(
    {
        "which",
        "who",
        "while",
        "as",
        "but",
        "although",
        "though",
        "after",
        "before",
        "because",
        "when",
        "where",
        "since",
        "whereas",
        "despite",
        "citing",
        "quoting",
        "yet",
    }
)
_QUOTES = frozenset({'"', "''", "``"})
_QUOTE_ENDS = frozenset({",", "?", "!", "...", "--", "—"})
_LONGEST_NAME = 16
_LONGEST_TAIL = 7
_SUBJECTS = frozenset({"nsubj", "nsubjpass", "csubj", "csubjpass"})
_AUXILIARIES = frozenset({"has", "have", "had", "will", "would", "did", "does", "is", "was", "were", "are"})


@dataclass(frozen=True, slots=True)
class Insertion:
    """A set-off clause [first, last) with its speaker's token; `closer` is the mark that ends it."""

    first: int
    last: int
    speaker: int
    closer: str


def find_insertion(sentence: Sentence, first: int, last: int, *, addressed: bool = False) -> Insertion | None:
    """Finds the set-off clause around the cue words [first, last): `, X said (when),`.

    `addressed` is for verbs that say whom they speak to (`told the agency`); with any
    other verb an object is what is said, and nothing is set off.
    """
    tokens = sentence.tokens
    if tokens[first].tag not in _FINITE or first < 3:
        return None
    if tokens[first - 1].lower in _QUOTES and tokens[first - 2].lower in _QUOTE_ENDS:
        return _find_inverted(sentence, first, last)
    name_end = first
    while (
        name_end > 1
        and tokens[name_end - 1].tag in _BETWEEN
        and (tokens[name_end - 1].tag[0] == "R" or tokens[name_end - 1].lower in _AUXILIARIES)
    ):
        name_end -= 1
    start = _find_opener(sentence, name_end)
    if start is None or start < 2:
        return None
    end = _find_closer(sentence, last)
    if end is None or (not addressed and _has_object(sentence, first, last, end)):
        return None
    speaker = _find_head(sentence, start, name_end, first)
    if speaker is None:
        return None
    return Insertion(start, end, speaker, tokens[end].lower if end < len(tokens) else "")


def _find_inverted(sentence: Sentence, first: int, last: int) -> Insertion | None:
    """`"A," said X, "B."`: the name runs to the comma; without a second half the parser reads it well."""
    tokens = sentence.tokens
    end = last
    while end < len(tokens) and tokens[end].lower not in _CLOSERS and tokens[end].lower not in _QUOTES:
        if tokens[end].tag[:2] == "VB" or tokens[end].lower == "that" or end - last > _LONGEST_NAME:
            return None
        end += 1
    if end + 1 >= len(tokens) or not any(token.lower in _QUOTES for token in tokens[end + 1 :]):
        return None
    speaker = _find_head(sentence, last, end, first)
    return None if speaker is None else Insertion(first, end, speaker, tokens[end].lower if end < len(tokens) else "")


def _find_opener(sentence: Sentence, name_end: int) -> int | None:
    """The first token of the name that ends before `name_end` and follows a comma, quote or dash."""
    tokens = sentence.tokens
    if name_end < 1 or tokens[name_end - 1].lower in _OPENERS - {")"}:
        return None
    for index in range(name_end - 1, max(0, name_end - _LONGEST_NAME), -1):
        token = tokens[index]
        if token.lower in {",", '"', "''"} or token.lower in _DASHES:
            return index + 1
        if token.tag[:2] == "VB" or token.tag in {"WDT", "WP", "WRB", "TO", "MD", ":"} or token.lower in {"that", ";"}:
            return None
    return None


def _find_closer(sentence: Sentence, last: int) -> int | None:
    tokens = sentence.tokens
    for index in range(last, min(len(tokens), last + _LONGEST_TAIL)):
        token = tokens[index]
        if token.lower in _CLOSERS:
            return index
        if token.tag[:2] == "VB" or token.tag in {"MD", "WDT", "WP"} or token.lower in {"that", "whether", '"'}:
            return None
    return len(tokens) if last + _LONGEST_TAIL >= len(tokens) else None


def _has_object(sentence: Sentence, first: int, last: int, end: int) -> bool:
    return any(token.dep in {"dobj", "attr", "oprd"} and token.head == first for token in sentence.tokens[last:end])


def _find_head(sentence: Sentence, start: int, end: int, verb: int) -> int | None:
    tokens = sentence.tokens
    nouns = [index for index in range(start, end) if tokens[index].tag in _SUBJECT_TAGS]
    if not nouns or tokens[start].tag in {"IN", "CC", "RB"}:
        return None
    for index in nouns:
        if tokens[index].head == verb and tokens[index].dep == "nsubj":
            return index
    outside = [index for index in nouns if not start <= tokens[index].head < end]
    return outside[-1] if outside else nouns[-1]


def find_inserted_contents(sentence: Sentence, insertion: Insertion) -> list[Span]:
    """What a set-off clause vouches for: its stretch between semicolons, without itself and what trails it."""
    tokens = sentence.tokens
    first, last = _find_quotation(sentence, insertion.first), len(tokens)
    for index in range(insertion.first - 1, first - 1, -1):
        if insertion.closer == ")" and tokens[index].lower == "(":
            return [(index + 1, insertion.first)]
        # A list of bare figures runs over its semicolons: `abroad: 2,000; at home: 700, the agency said`.
        if tokens[index].lower == ";" and _is_sentence(sentence, first, index):
            first = index + 1
            break
    spans = [(first, insertion.first)]
    if insertion.last + 1 < last and insertion.closer != ";" and insertion.closer != ".":
        for index in range(insertion.last + 1, last):
            if tokens[index].lower == ";":
                last = index
                break
        if insertion.closer == ":" or _goes_on(sentence, spans[0], insertion.last + 1, last):
            spans.append((insertion.last + 1, last))
    return spans


def _find_quotation(sentence: Sentence, end: int) -> int:
    """Where a quotation that ends before `end` and follows a colon begins; else 0."""
    tokens = sentence.tokens
    if end < 3 or tokens[end - 1].lower not in _QUOTES:
        return 0
    for index in range(end - 2, 0, -1):
        if tokens[index].lower in _QUOTES:
            return index if tokens[index - 1].lower == ":" else 0
    return 0


def _goes_on(sentence: Sentence, before: Span, first: int, last: int) -> bool:
    """Whether the content goes on after the clause rather than ending before it."""
    tokens = sentence.tokens
    if first >= last:
        return False
    complete = any(
        token.tag in {"VBD", "VBZ", "VBP", "MD"} and _has_subject(sentence, token.index)
        for token in tokens[before[0] : before[1]]
        if _find_verb(sentence, token.index).dep not in {"advcl", "relcl", "acl"}
    )
    opening = tokens[first]
    acts = any(_has_subject(sentence, token.index) for token in tokens[first:last] if token.tag[0] in "VM")
    if tokens[before[0]].tag in {"IN", "WRB", "VBG"} and acts and opening.tag not in {"CC", "IN", "WRB", "WDT", "WP"}:
        return True
    if opening.lower == "so":
        return True
    if not complete:
        return True
    if opening.lower in _TRAILERS or opening.tag in {"VBG", "VBN", "TO", "WDT", "WP"}:
        return False
    if opening.tag == "CC":
        return opening.lower == "and" and not any(_has_subject(sentence, token.index) for token in tokens[first:last])
    if opening.tag in {"IN", "RB", "JJ", "JJR", "DT", "CD"}:
        return not any(_has_subject(sentence, token.index) and token.dep != "relcl" for token in tokens[first:last])
    return False


def _is_sentence(sentence: Sentence, first: int, last: int) -> bool:
    return any(token.tag in {"VBD", "VBZ", "VBP", "MD"} for token in sentence.tokens[first:last])


def _find_verb(sentence: Sentence, index: int) -> Token:
    """The verb that an auxiliary belongs to; any other token itself."""
    token = sentence.tokens[index]
    return sentence.tokens[token.head] if token.dep in {"aux", "auxpass"} else token


def _has_subject(sentence: Sentence, index: int) -> bool:
    verb = _find_verb(sentence, index)
    return any(sentence.tokens[child].dep in _SUBJECTS for child in sentence.children[verb.index])


def find_inverted_tail(sentence: Sentence, speaker: int) -> Span | None:
    """`say officials, and more than 10,000 containers`: what is added after an inverted clause."""
    tokens = sentence.tokens
    for child in sentence.children[speaker]:
        if tokens[child].dep != "conj" or child < speaker + 2:
            continue
        subtree = find_subtree(sentence, child)
        joint = subtree[0]
        if (
            joint >= 2
            and tokens[joint - 1].lower == "and"
            and tokens[joint - 2].lower == ","
            and any(tokens[index].tag == "CD" for index in subtree)
        ):
            return joint, subtree[-1] + 1
    return None
