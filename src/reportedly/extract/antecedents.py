"""Stage 4 of 8, whom `he` and `the official` point back to. In: Attributions. Out: Attributions.

Only words that stand before are taken: the last source that fits, else the last person or
body that acted. `name` then holds the words pointed to; who they are is for `resolve`.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import replace

from reportedly.extract.source_phrases import PRONOUNS, find_phrase
from reportedly.lexicon import Lexicon
from reportedly.model import Attribution, ParsedReport, Sentence, Source
from reportedly.vocab import SourceKind

_DEFINITE = ("the ", "that ", "this ", "those ", "these ")
_GROUPS = frozenset(
    {SourceKind.OFFICIALS, SourceKind.WITNESS, SourceKind.ANALYST, SourceKind.ORGANISATION, SourceKind.PERSON}
)
_THINGS = frozenset({SourceKind.ORGANISATION, SourceKind.DOCUMENT, SourceKind.NEWS})
_PEOPLE = frozenset({SourceKind.PERSON, SourceKind.OFFICIALS, SourceKind.ANALYST, SourceKind.WITNESS})
_MALE, _FEMALE = frozenset({"he", "his", "him"}), frozenset({"she", "her"})
_PLURAL, _NEUTER = frozenset({"they", "their", "them"}), frozenset({"it", "its"})
#: Pronouns rarely reach further back: characters between a pronoun and the source it may stand for.
_REACH = 1_500
_SUBJECTS = frozenset({"nsubj", "nsubjpass"})


def link_antecedents(parsed: ParsedReport, found: Sequence[Attribution], lexicon: Lexicon) -> list[Attribution]:
    """Fills `name` of pronouns and definite descriptions with the words they point back to."""
    nouns = lexicon.tables.get("source_nouns")
    generic = {form for row in nouns.rows.values() if row["generic"] for form in row.forms} if nouns else set()
    made = list(found)
    before: list[Source] = []
    for number in sorted(range(len(found)), key=lambda at: found[at].sources[-1].start):
        sources = tuple(_link(source, before, parsed, generic) for source in found[number].sources)
        before += sources
        made[number] = replace(found[number], sources=sources)
    return made


def _link(source: Source, before: Sequence[Source], parsed: ParsedReport, generic: Set[str]) -> Source:
    lower = source.text.lower()
    first = lower.split(" ", 1)[0]
    if lower in PRONOUNS:
        antecedent = _find_for_pronoun(lower, source, before, parsed)
        return _point_back(source, antecedent, pronoun=True) if antecedent else source
    if first in PRONOUNS and source.affiliation is None:
        owner = _find_for_pronoun(first, source, before, parsed)
        return replace(source, affiliation=owner.name or owner.text) if owner else source
    if source.name is None and lower.startswith(_DEFINITE):
        antecedent = _find_for_description(lower, source, before, generic)
        return _point_back(source, antecedent, pronoun=False) if antecedent else source
    return source


def _point_back(source: Source, antecedent: Source, *, pronoun: bool) -> Source:
    return replace(
        source,
        name=antecedent.name or antecedent.text,
        kind=antecedent.kind if pronoun else source.kind,
        role=source.role or antecedent.role,
        affiliation=source.affiliation or antecedent.affiliation,
        anonymous=source.anonymous or antecedent.anonymous,
    )


# ---------------------------------------------------------------- pronouns


def _find_for_pronoun(pronoun: str, source: Source, before: Sequence[Source], parsed: ParsedReport) -> Source | None:
    near = [other for other in before if source.start - other.start < _REACH]
    if pronoun in _MALE | _FEMALE:
        fitting = [
            other for other in near if other.kind in _PEOPLE and not _is_many(other) and _fits_gender(pronoun, other)
        ]
        # An unnamed official is seldom `he` while a named person is at hand.
        known = [other for other in fitting if not other.anonymous]
        return _find_last(known or fitting) or _find_subject(parsed, source.start, frozenset({"PERSON"}), 3)
    if pronoun in _NEUTER:
        same = _find_subject(parsed, source.start, frozenset({"ORG"}), 1)
        fitting = [other for other in near if other.kind in _THINGS and not _is_many(other)]
        bodies = frozenset({"ORG", "GPE", "NORP"})
        return same or _find_last(fitting) or _find_subject(parsed, source.start, bodies, 2)
    fitting = [
        other for other in near if other.kind in _GROUPS and (_is_many(other) or other.kind is SourceKind.ORGANISATION)
    ]
    return _find_last(fitting)


def _find_last(sources: Sequence[Source]) -> Source | None:
    return sources[-1] if sources else None


def _fits_gender(pronoun: str, other: Source) -> bool:
    lower = other.text.lower()
    return not (pronoun in _MALE and lower in _FEMALE) and not (pronoun in _FEMALE and lower in _MALE)


def _is_many(source: Source) -> bool:
    lower = source.text.lower()
    if lower in _PLURAL or " and " in lower:
        return True
    if source.name is not None:
        return False
    head = _find_head(lower)
    return (head.endswith("s") and not head.endswith("ss")) or head in {"people", "police", "staff", "authorities"}


def _find_head(text: str) -> str:
    """The head noun of a phrase in lower case: what stands before `of`, `with`, `for`."""
    for joint in (" of ", " with ", " for ", " in ", " from ", " at ", " to "):
        text = text.split(joint)[0]
    return text.split(" ")[-1]


def _find_subject(parsed: ParsedReport, before: int, entities: frozenset[str], reach: int) -> Source | None:
    """The last subject or owner of these entity types before an offset, that acted in the last sentences."""
    here = [sentence for sentence in parsed.sentences if sentence.start <= before][-reach:]
    for sentence in reversed(here):
        found = _find_in_sentence(sentence, before, entities)
        if found is not None:
            return found
    return None


def _find_in_sentence(sentence: Sentence, before: int, entities: frozenset[str]) -> Source | None:
    tokens = sentence.tokens
    ranked = [
        (token.dep in _SUBJECTS, token.index)
        for token in tokens
        if token.entity in entities and token.end <= before and token.dep in {*_SUBJECTS, "poss", "pobj", "appos"}
    ]
    if "PERSON" in entities:
        ranked = [pair for pair in ranked if tokens[pair[1]].dep not in {"pobj", "appos"}]
    if not ranked:
        return None
    head = max(ranked)[1]
    first, last = find_phrase(sentence, head)
    first += tokens[first].dep == "det" and first < head
    start, end = tokens[first].start, tokens[last - 1].end
    text = sentence.text[start - sentence.start : end - sentence.start]
    kind = SourceKind.PERSON if "PERSON" in entities else SourceKind.ORGANISATION
    return Source(text=text, start=start, end=end, kind=kind, name=text)


# ---------------------------------------------------------------- descriptions


def _find_for_description(lower: str, source: Source, before: Sequence[Source], generic: Set[str]) -> Source | None:
    """`the official` is the last source whose words hold the same noun; `the report` may be an
    outlet's, `the agency` any body named last."""
    lower = lower.removesuffix("'s").removesuffix("’s")
    head = _find_head(lower)
    forms = {head, head.removesuffix("s"), f"{head}s"}
    for other in reversed(before):
        if other.text.lower() == lower and other.name is None:
            continue
        held = " ".join(part for part in (other.text, other.role) if part).lower().replace("'s", " ").replace("’s", " ")
        if forms & set(held.split()):
            return other
        if other.kind is SourceKind.NEWS and (source.kind is SourceKind.NEWS or head == "report"):
            return other
    if head in generic:
        bodies = [
            other for other in before if other.kind is SourceKind.ORGANISATION and other.text != other.text.lower()
        ]
        return _find_last(bodies)
    return None
