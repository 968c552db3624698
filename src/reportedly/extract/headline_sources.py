"""Stage 4 of 8, who a headline credits. In: headline Sentence. Out: Attributions.

Headlines name their source at an edge: `Officials: ...`, `..., ministry says`, `... -police`.
They are read by their words, since no parse of a headline can be trusted.
"""

from __future__ import annotations

from collections.abc import Sequence

from reportedly.extract.source_phrases import SourceMarks, find_span_source
from reportedly.lexicon import Lexicon
from reportedly.model import Attribution, Sentence, Source, Words
from reportedly.vocab import SourceKind

Span = tuple[int, int]

_LONGEST = 6
_DASHES = frozenset({"-", "--", "–", "—"})


def find_headline_attributions(
    sentence: Sentence, marks: SourceMarks, found: Sequence[Attribution], lexicon: Lexicon
) -> list[Attribution]:
    """Adds what stands at a headline's edges to what its parse gave; the edges win."""
    edge = (
        _find_colon(sentence, marks)
        or _find_last_clause(sentence, marks, lexicon)
        or _find_last_dash(sentence, marks, lexicon)
    )
    if edge is None:
        return list(found)
    start, end = edge.sources[0].start, edge.sources[0].end
    kept = [other for other in found if other.sources[-1].end <= start or end <= other.sources[-1].start]
    return [edge, *kept]


def _find_colon(sentence: Sentence, marks: SourceMarks) -> Attribution | None:
    tokens = sentence.tokens
    for index in range(1, min(_LONGEST + 1, len(tokens) - 2)):
        if tokens[index].lower == ":":
            if not _is_sourcelike(sentence, marks, 0, index):
                return None
            return _make(sentence, marks, (0, index), (index + 1, len(tokens)), None, "en.attribution.headline-colon")
    return None


def _find_last_clause(sentence: Sentence, marks: SourceMarks, lexicon: Lexicon) -> Attribution | None:
    """`..., officials say` and `..., says ministry`."""
    tokens = sentence.tokens
    end = len(tokens)
    while end and tokens[end - 1].lower in {".", '"', "'", "''"}:
        end -= 1
    comma = next(
        (index for index in range(end - 1, max(0, end - _LONGEST - 3), -1) if tokens[index].lower in {",", *_DASHES}),
        None,
    )
    if comma is None or comma < 2:
        return None
    if _is_saying(tokens[end - 1].lower, lexicon):
        span, cue = (comma + 1, end - 1), end - 1
    elif _is_saying(tokens[comma + 1].lower, lexicon):
        span, cue = (comma + 2, end), comma + 1
    else:
        return None
    if span[0] >= span[1] or tokens[span[0]].tag in {"IN", "CC", "TO"}:
        return None
    words = Words(text=tokens[cue].text, start=tokens[cue].start, end=tokens[cue].end)
    return _make(sentence, marks, span, (0, comma), words, "en.attribution.headline-last-clause")


def _find_last_dash(sentence: Sentence, marks: SourceMarks, lexicon: Lexicon) -> Attribution | None:
    tokens = sentence.tokens
    glued = tokens[-1].lower[1:] if tokens[-1].lower[:1] in _DASHES and len(tokens) > 3 else ""
    if glued:
        return _make_glued(sentence, lexicon, glued)
    for index in range(len(tokens) - 2, max(2, len(tokens) - _LONGEST), -1):
        spaced = tokens[index].start > tokens[index - 1].end
        if tokens[index].lower in _DASHES and spaced:
            if _is_sourcelike(sentence, marks, index + 1, len(tokens)):
                return _make(
                    sentence, marks, (index + 1, len(tokens)), (0, index), None, "en.attribution.headline-dash"
                )
            return None
    return None


def _make_glued(sentence: Sentence, lexicon: Lexicon, word: str) -> Attribution | None:
    """`... -police`: the dash and the source are one token."""
    last = sentence.tokens[-1]
    row = next(
        (
            table.find_word(word)
            for name in ("source_nouns", "agencies", "organisations")
            if (table := lexicon.tables.get(name)) and table.find_word(word)
        ),
        None,
    )
    if row is None and not last.text[1:].isupper():
        return None
    kind = row.values.get("kind", "") if row else ""
    source = Source(
        text=last.text[1:],
        start=last.start + 1,
        end=last.end,
        kind=SourceKind(kind) if kind in set(SourceKind) else SourceKind.ORGANISATION,
    )
    content = (sentence.tokens[0].start, sentence.tokens[-2].end)
    return Attribution(sources=(source,), contents=(content,), rules=("en.attribution.headline-dash",))


def _is_saying(word: str, lexicon: Lexicon) -> bool:
    """Whether a word is a verb that a headline ends with: `say`, `estimates`, `confirmed`."""
    row = lexicon.table("cues").find_word(word)
    return row is not None and row["vouches"] == "yes" and {"clause", "quote"} <= set(row["frames"].split())


def _is_sourcelike(sentence: Sentence, marks: SourceMarks, first: int, last: int) -> bool:
    """Whether the last word is an outlet, a noun of the sources' table or a body's or person's name."""
    end = last - 1
    token = sentence.tokens[end]
    if end in marks.outlets or end in marks.nouns:
        return True
    titled = any(at in marks.titles for at in range(first, last))
    named = token.entity in {"PERSON", "ORG"}
    return titled or named or (token.entity == "GPE" and last - first <= 2)


def _make(
    sentence: Sentence, marks: SourceMarks, source: Span, content: Span, cue: Words | None, rule: str
) -> Attribution | None:
    made = find_span_source(sentence, marks, *source, cue=cue)
    if made is None:
        return None
    tokens = sentence.tokens
    return Attribution(
        sources=(made,), contents=((tokens[content[0]].start, tokens[content[1] - 1].end),), rules=(rule,)
    )
