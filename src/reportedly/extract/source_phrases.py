"""Stage 4 of 8, the words that name a source. In: Sentence, head token. Out: Source.

The phrase is the shortest natural one: no relative clause, no apposition. Name, role and
affiliation come from the phrase and its apposition alone; who that is, is for `resolve`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from reportedly.extract.syntax import NOUN_TAGS, find_subtree, is_verb, iter_ancestors
from reportedly.lexicon import Hit, Lexicon
from reportedly.model import Sentence, Source, Words
from reportedly.vocab import SourceKind, Speech

_LEFT = frozenset({"det", "amod", "compound", "poss", "nummod", "nmod", "quantmod", "predet", "advmod", "case"})
_JOINERS = frozenset({"-", "/", "'s", "'", "&"})
_UNNAMED = frozenset({"unnamed", "anonymous", "unidentified", "undisclosed"})
_INDEFINITE = frozenset({"some", "many", "others", "several", "one", "another", "both", "few", "most"})
_SAYING_TO = frozenset({"to", "with"})
_ATTACHED = frozenset({"of", "for", "from", "in", "at", "with", "on", "to", "under", "within", "inside"})
#: Pronouns that stand for a source named before; first and second persons never do.
PRONOUNS: Mapping[str, SourceKind] = {
    "he": SourceKind.PERSON,
    "she": SourceKind.PERSON,
    "they": SourceKind.OFFICIALS,
    "it": SourceKind.ORGANISATION,
    "him": SourceKind.PERSON,
    "her": SourceKind.PERSON,
    "his": SourceKind.PERSON,
    "them": SourceKind.OFFICIALS,
    "their": SourceKind.OFFICIALS,
    "its": SourceKind.ORGANISATION,
}
FIRST_PERSONS = frozenset({"i", "we", "you", "me", "us", "my", "our", "your"})


@dataclass(frozen=True, slots=True, eq=False)
class SourceMarks:
    """The rows that name sources in one sentence, by the index of each token covered."""

    words: tuple[str, ...]
    nouns: Mapping[int, Hit]
    titles: Mapping[int, Hit]
    outlets: Mapping[int, Hit]


def fold_words(sentence: Sentence) -> tuple[str, ...]:
    """A sentence's lower-case words as the tables split them (`gen.` is `gen`)."""
    return tuple(
        token.lower[:-1]
        if token.lower[-1] == "." and token.lower.count(".") == 1 and len(token.lower) > 1
        else token.lower
        for token in sentence.tokens
    )


def find_source_marks(sentence: Sentence, lexicon: Lexicon) -> SourceMarks:
    """Marks a parsed sentence with the tables that name sources."""
    words = fold_words(sentence)

    def covered(name: str) -> dict[int, Hit]:
        table = lexicon.tables.get(name)
        return {index: hit for hit in table.find(words) for index in range(hit.start, hit.end)} if table else {}

    outlets = covered("agencies")
    # A newspaper's name is written with a capital: "times", "post" and "sun" are words too.
    outlets = {at: hit for at, hit in outlets.items() if _is_capitalised(sentence, hit)}
    return SourceMarks(words, covered("source_nouns"), covered("person_titles"), outlets)


def _is_capitalised(sentence: Sentence, hit: Hit) -> bool:
    first = hit.start + (sentence.tokens[hit.start].lower == "the" and hit.end - hit.start > 1)
    return sentence.tokens[first].text[:1].isupper()


# ---------------------------------------------------------------- the phrase


def find_phrase(sentence: Sentence, head: int) -> tuple[int, int]:
    """The tokens [first, last) of the shortest natural noun phrase around a head."""
    tokens = sentence.tokens
    first = head
    for child in reversed(sentence.children[head]):
        if child > head:
            continue
        joins = tokens[child].dep in _LEFT or tokens[child].lower in _JOINERS
        if not joins:
            break
        first = min(first, find_subtree(sentence, child)[0])
    # `the Colombian army estimates` read as one noun: the article hangs on the verb.
    above = tokens[head].head
    if first and tokens[head].dep in _LEFT and is_verb(tokens[above].tag):
        before = tokens[first - 1]
        first -= before.head == above and before.dep in {"det", "poss", "amod"}
    return first, _find_right_edge(sentence, head)


def _find_right_edge(sentence: Sentence, head: int) -> int:
    tokens, at = sentence.tokens, head + 1
    named = tokens[head].entity == "PERSON"
    for child in sentence.children[head]:
        if child < at:
            continue
        if child > at:
            break
        token = tokens[child]
        if token.dep == "prep" and not named and token.lower in _ATTACHED:
            objects = [below for below in sentence.children[child] if tokens[below].dep == "pobj"]
            proper = tokens[head].tag in {"NNP", "NNPS"}
            # `Organization for Migration` is a name, `Smith from Texas` is not.
            if not objects or (proper and token.lower != "of" and not _is_in_name(sentence, head, objects[0])):
                break
            at = _find_right_edge(sentence, objects[0])
        elif token.dep in {"amod", "acl"} and token.tag in {"JJ", "VBN"} and not named:
            at = _cut_at_comma(sentence, child)
        elif token.dep == "cc" and token.lower in {"and", "&"}:
            at = _find_joined(sentence, head, child)
            if at == child:
                break
        elif token.lower in _JOINERS:
            at = child + 1
        else:
            break
    return at


def _is_in_name(sentence: Sentence, head: int, below: int) -> bool:
    tokens = sentence.tokens
    return tokens[head].entity == tokens[below].entity == "ORG" and not tokens[below].starts_entity


def _find_joined(sentence: Sentence, head: int, conjunction: int) -> int:
    """The end of `A and B` where B is a noun phrase that begins right after `and`."""
    for child in sentence.children[head]:
        token = sentence.tokens[child]
        if token.dep == "conj" and child > conjunction and (token.tag in NOUN_TAGS):
            first, last = find_phrase(sentence, child)
            return last if first == conjunction + 1 else conjunction
    return conjunction


def _cut_at_comma(sentence: Sentence, index: int) -> int:
    at = index
    for below in find_subtree(sentence, index):
        if below < index:
            continue
        if (
            below != at
            or sentence.tokens[below].lower in {",", ";", "(", "--", "—"}
            or sentence.tokens[below].dep == "relcl"
        ):
            break
        at = below + 1
    return max(at, index + 1)


# ---------------------------------------------------------------- the source


def find_source(
    sentence: Sentence,
    marks: SourceMarks,
    head: int,
    *,
    cue: Words | None = None,
    speech: Speech = Speech.INDIRECT,
) -> Source | None:
    """Builds the source that a noun or pronoun names; None for first and second persons."""
    token = sentence.tokens[head]
    if token.lower in FIRST_PERSONS:
        return None
    first, last = (head, head + 1) if token.tag.startswith(("PRP", "W")) else find_phrase(sentence, head)
    return _to_source(sentence, marks, head, first, last, cue, speech)


def find_span_source(
    sentence: Sentence, marks: SourceMarks, first: int, last: int, cue: Words | None = None
) -> Source | None:
    """Builds the source that the tokens [first, last) name, where no parse can be trusted."""
    return _to_source(sentence, marks, last - 1, first, last, cue, Speech.INDIRECT) if first < last else None


def _to_source(
    sentence: Sentence,
    marks: SourceMarks,
    head: int,
    first: int,
    last: int,
    cue: Words | None,
    speech: Speech,
) -> Source:
    tokens = sentence.tokens
    kind = find_kind(sentence, marks, head, first, last)
    name, role, affiliation = _find_parts(sentence, marks, head, first, last, kind)
    start, end = tokens[first].start, tokens[last - 1].end
    return Source(
        text=sentence.text[start - sentence.start : end - sentence.start],
        start=start,
        end=end,
        kind=kind,
        name=name,
        role=role,
        affiliation=affiliation,
        anonymous=_is_anonymous(sentence, marks, head, first, last, kind),
        cue=cue,
        speech=speech,
    )


def find_kind(sentence: Sentence, marks: SourceMarks, head: int, first: int, last: int) -> SourceKind:
    """What a source is: outlets, then persons by name or title, then the nouns' table."""
    token = sentence.tokens[head]
    if head in marks.outlets:
        return SourceKind.NEWS
    if token.lower in PRONOUNS:
        return PRONOUNS[token.lower]
    proper = token.tag in {"NNP", "NNPS"}
    if proper and (token.entity == "PERSON" or any(at in marks.titles for at in range(first, head))):
        return SourceKind.PERSON
    hit = marks.nouns.get(head)
    if hit is not None:
        return SourceKind(hit.row["kind"])
    if proper or token.entity in {"ORG", "GPE", "NORP"}:
        return SourceKind.ORGANISATION
    return SourceKind.PERSON


def _is_anonymous(sentence: Sentence, marks: SourceMarks, head: int, first: int, last: int, kind: SourceKind) -> bool:
    if kind in {SourceKind.NEWS, SourceKind.ORGANISATION, SourceKind.DOCUMENT}:
        return False
    words = marks.words
    if any(word in _UNNAMED for word in words[first:last]):
        return True
    token = sentence.tokens[head]
    if token.tag in {"NNP", "NNPS"} and head not in marks.nouns:
        return False
    if token.tag.startswith("PRP"):
        return False
    if token.lower in _INDEFINITE or "anonymity" in words:
        return True
    hit = marks.nouns.get(head)
    return hit is not None and hit.row["anonymous"] == "yes"


def _find_parts(
    sentence: Sentence, marks: SourceMarks, head: int, first: int, last: int, kind: SourceKind
) -> tuple[str | None, str | None, str | None]:
    """Name, role and affiliation as the phrase and its apposition give them."""
    tokens = sentence.tokens
    if tokens[head].tag.startswith(("PRP", "W", "DT")):
        return None, None, None
    if kind is SourceKind.NEWS:
        hit = marks.outlets.get(head)
        return (_text(sentence, hit.start, hit.end) if hit else None), None, None
    affiliation = _find_affiliation(sentence, marks, head, first)
    if kind is not SourceKind.PERSON or tokens[head].tag not in {"NNP", "NNPS"}:
        return None, None, affiliation
    if head in marks.titles:
        return None, None, affiliation
    titles = [marks.titles[at] for at in range(first, head) if at in marks.titles]
    start = max((hit.end for hit in titles), default=first)
    while start < head and tokens[start].tag not in {"NNP", "NNPS"}:
        start += 1
    offices = [hit for hit in titles if hit.row["kind"] == "office"]
    role = None
    if offices:
        begin = first + 1 if tokens[first].dep in {"det", "poss"} and first < offices[0].start else first
        role = _text(sentence, begin, max(hit.end for hit in offices))
        affiliation = affiliation or _find_proper(sentence, first, offices[0].start)
    if role is None:
        role, joined = _find_apposition(sentence, marks, head)
        affiliation = affiliation or joined
    name = _text(sentence, start, last if tokens[last - 1].tag.startswith("NNP") else head + 1).lstrip(". ")
    return name, role, affiliation


def _find_apposition(sentence: Sentence, marks: SourceMarks, head: int) -> tuple[str | None, str | None]:
    for child in sentence.children[head]:
        if sentence.tokens[child].dep == "appos" and (child in marks.titles or child in marks.nouns):
            first, last = find_phrase(sentence, child)
            if sentence.tokens[first].dep == "det" and first < child:
                first += 1
            return _text(sentence, first, last), _find_affiliation(sentence, marks, child, first)
    return None, None


def _find_affiliation(sentence: Sentence, marks: SourceMarks, head: int, first: int) -> str | None:
    """The organisation in `a Pentagon official`, `head of U.S. Central Command`, `the mayor's office`."""
    tokens = sentence.tokens
    for child in sentence.children[head]:
        if (
            tokens[child].dep == "prep"
            and child > head
            and tokens[child].lower in {"of", "at", "with", "for", "from", "by"}
        ):
            for below in sentence.children[child]:
                known = tokens[below].tag.startswith("NNP") or (
                    tokens[child].lower in {"by", "from", "of"} and below in marks.nouns
                )
                if tokens[below].dep == "pobj" and known:
                    start, end = find_phrase(sentence, below)
                    start += tokens[start].dep == "det" and start < below
                    return _text(sentence, start, end)
    for child in sentence.children[head]:
        if tokens[child].dep == "poss" and not tokens[child].tag.startswith("PRP"):
            start, _ = find_phrase(sentence, child)
            start += tokens[start].dep == "det" and start < child
            return _text(sentence, start, child + 1)
    if head in marks.nouns or head in marks.titles:
        return _find_proper(sentence, first, head)
    return None


def _find_proper(sentence: Sentence, first: int, last: int) -> str | None:
    """The proper words of [first, last): `the` Pentagon `spokesman`."""
    places = [at for at in range(first, last) if sentence.tokens[at].tag in {"NNP", "NNPS"}]
    return _text(sentence, places[0], places[-1] + 1) if places else None


def _text(sentence: Sentence, first: int, last: int) -> str:
    return sentence.text[sentence.tokens[first].start - sentence.start : sentence.tokens[last - 1].end - sentence.start]


# ---------------------------------------------------------------- outlets that pass it on


def find_relays(sentence: Sentence, marks: SourceMarks, verb: int | None, head: int) -> list[int]:
    """Outlets that a source spoke to: `told Reuters`, `officials who spoke with the Journal`,
    `a report seen by AFP`. Returns the head token of each, nearest to the report first."""
    found: list[int] = []
    for at in _iter_heads(sentence, marks):
        if at == head:
            continue
        token = sentence.tokens[at]
        above = sentence.tokens[token.head]
        told = verb is not None and token.head == verb and token.dep in {"dobj", "dative"}
        spoken_to = verb is not None and token.dep == "pobj" and above.lower in _SAYING_TO
        if (
            told
            or (spoken_to and verb is not None and _is_under_verb(sentence, above.index, verb))
            or _is_in_clause(sentence, at, head)
        ):
            found.append(at)
    return found


def _iter_heads(sentence: Sentence, marks: SourceMarks) -> Iterator[int]:
    """Yields the head of each outlet's name, and of `the outlet`, `the newspaper`."""
    seen: set[int] = set()
    for at, hit in (*marks.outlets.items(), *marks.nouns.items()):
        if id(hit) in seen or (hit.row.values.get("kind", "news") != "news" and at not in marks.outlets):
            continue
        seen.add(id(hit))
        inside = range(hit.start, hit.end)
        yield next((index for index in inside if sentence.tokens[index].head not in inside), hit.end - 1)


def _is_under_verb(sentence: Sentence, preposition: int, verb: int) -> bool:
    """`said to Reuters` and `said in an interview with Reuters`."""
    above = sentence.tokens[preposition].head
    if above == verb:
        return True
    token = sentence.tokens[above]
    return token.dep == "pobj" and sentence.tokens[token.head].head == verb


def _is_in_clause(sentence: Sentence, at: int, head: int) -> bool:
    """Whether an outlet takes part in a clause that describes the source."""
    token = sentence.tokens[at]
    if token.dep not in {"nsubj", "dobj", "dative", "pobj"}:
        return False
    if token.dep == "pobj" and sentence.tokens[token.head].lower not in {"to", "with", "by"}:
        return False
    below = at
    for above in iter_ancestors(sentence, at, 5):
        if above == head:
            return sentence.tokens[below].dep in {"relcl", "acl"}
        below = above
    return False
