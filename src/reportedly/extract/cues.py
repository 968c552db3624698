"""Stage 4 of 8, cues of saying. In: Sentence. Out: cue, speaker, the tokens spoken for.

A cue is a verb (`said`), a preposition (`according to`) or a noun (`the claim that`).
The table gives each its frames: what its content may look like.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from reportedly.extract.insertions import Insertion, find_inserted_contents, find_insertion, find_inverted_tail
from reportedly.extract.syntax import find_subtree, is_verb, iter_ancestors
from reportedly.lexicon import Lexicon, Row
from reportedly.model import Sentence, Words

Span = tuple[int, int]

_SUBJECTS = frozenset({"nsubj", "nsubjpass", "csubj"})
_OBJECTS = frozenset({"dobj", "attr", "oprd"})
_BESIDE = frozenset({"parataxis", "advcl", "ccomp", "dep", "intj", "conj"})
_ADJACENT = frozenset({"prep", "npadvmod", "advmod", "advcl", "acl", "oprd", "xcomp", "dobj", "ccomp", "dep", "prt"})
_EDGES = frozenset({",", ";", ":", ".", "--", "—", "–", "-", "...", "and", "but", "or", "(", ")"})
_SAYING_FRAMES = frozenset({"clause", "quote", "object"})
_COLON_REACH = 8
_WITNESS_WORDS = frozenset({"as", "like"})


@dataclass(frozen=True, slots=True, eq=False)
class Cue:
    """Cue words [first, last) of a sentence; `head` is the token that governs the content."""

    row: Row
    first: int
    last: int
    head: int

    def has_frame(self, frame: str) -> bool:
        """Whether the table allows the cue this frame."""
        return frame in self.row["frames"].split()

    def is_saying(self) -> bool:
        """Whether the cue takes a clause, a quotation or a thing as what is said."""
        return any(frame in _SAYING_FRAMES for frame in self.row["frames"].split())

    def is_figure(self) -> bool:
        """Whether the cue can give a bare figure."""
        return "figure" in self.row["frames"] or "put-at" in self.row["frames"]


def find_cues(sentence: Sentence, words: tuple[str, ...], lexicon: Lexicon) -> list[Cue]:
    """Finds the verbs and prepositions of saying in a parsed sentence, left to right."""
    cues: list[Cue] = []
    for hit in lexicon.table("cues").find(words):
        token = sentence.tokens[hit.start]
        frames = hit.row["frames"]
        if frames == "none":
            continue
        verbal = frames not in {"prep", "cite"}
        if verbal and not (is_verb(token.tag) or (token.dep == "ROOT" and sentence.children[token.index])):
            continue
        if verbal and token.dep in {"aux", "auxpass", "amod", "compound"}:
            continue
        cues.append(Cue(hit.row, hit.start, hit.end, hit.start))
    return cues


def to_words(sentence: Sentence, first: int, last: int) -> Words:
    """The words of tokens [first, last), with their offsets in the report."""
    start, end = sentence.tokens[first].start, sentence.tokens[last - 1].end
    return Words(text=sentence.text[start - sentence.start : end - sentence.start], start=start, end=end)


# ---------------------------------------------------------------- the speaker


def find_speaker(sentence: Sentence, verb: int, cue: Cue | None = None) -> int | None:
    """The token of whoever says it: subject, agent of a passive, or the noun a clause describes."""
    tokens, at = sentence.tokens, verb
    insertion = _find_insertion(sentence, cue) if cue is not None else None
    if insertion and not any(tokens[child].dep == "agent" for child in sentence.children[verb]):
        return insertion.speaker
    for _ in range(5):
        own = _find_own_speaker(sentence, at, first=at == verb)
        if own is not None:
            return own if own >= 0 else None
        token = tokens[at]
        if token.head == at:
            return None
        above = tokens[token.head]
        if token.dep in {"conj", "xcomp", "advcl", "ccomp", "dep", "parataxis"} and is_verb(above.tag):
            at = above.index
        elif token.dep == "pcomp":
            over = tokens[above.head]
            if not is_verb(over.tag):
                return over.index
            at = over.index
        elif token.dep in {"acl", "relcl"} and token.tag in {"VBG", "VBP", "VBD", "VBZ"}:
            return above.index
        else:
            return None
    return None


def _find_insertion(sentence: Sentence, cue: Cue) -> Insertion | None:
    if not cue.has_frame("quote"):
        return None
    return find_insertion(sentence, cue.first, cue.last, addressed=cue.has_frame("addressee"))


def _find_own_speaker(sentence: Sentence, verb: int, *, first: bool) -> int | None:
    """The verb's own subject; -1 where it has one that cannot speak, None where it has none."""
    tokens = sentence.tokens
    passive = agent = subject = -1
    for child in sentence.children[verb]:
        dep = tokens[child].dep
        if dep == "auxpass":
            passive = child
        elif dep == "agent":
            agent = child
        elif dep in _SUBJECTS and (subject < 0 or child < verb):
            subject = child
        elif dep == "expl":
            return -1
    if agent >= 0:
        return next((child for child in sentence.children[agent] if tokens[child].dep == "pobj"), -1)
    if passive >= 0 and first:
        return -1
    if subject < 0:
        return (
            -1 if first and tokens[verb].tag == "VBN" and passive < 0 and tokens[verb].dep in {"acl", "advcl"} else None
        )
    if tokens[subject].tag in {"WDT", "WP"}:
        return tokens[verb].head if tokens[verb].dep == "relcl" else subject
    if tokens[subject].lower in {"it", "this", "that", "there", "what"} and tokens[subject].tag != "PRP":
        return -1
    return subject


def is_negated(sentence: Sentence, verb: int) -> bool:
    """`did not say`, `declined to say`, `never confirmed`."""
    return any(sentence.tokens[child].dep == "neg" for child in sentence.children[verb])


# ---------------------------------------------------------------- what a verb's speaker vouches for


def find_contents(sentence: Sentence, cue: Cue, speaker: int) -> list[Span]:
    """The token spans [first, last) that a verbal cue's speaker vouches for; none where there is no content."""
    verb = cue.head
    insertion = _find_insertion(sentence, cue)
    if insertion and (speaker < verb or insertion.first == cue.first):
        trimmed = (trim_span(sentence, *span) for span in find_inserted_contents(sentence, insertion))
        return [span for span in trimmed if span[0] < span[1]]
    pieces = _find_complements(sentence, cue)
    own = [child for child in sentence.children[verb] if sentence.tokens[child].dep in _SUBJECTS]
    edge = min([verb, *(find_subtree(sentence, child)[0] for child in own if child < verb)])
    before = [child for child in pieces if child < edge]
    after = [child for child in pieces if child > verb]
    spans: list[Span] = []
    if before:
        spans.append((_find_segment(sentence, edge, find_subtree(sentence, verb)[0], edge)[0], edge))
        tail = find_inverted_tail(sentence, speaker) if speaker > verb else None
        spans += [tail] if tail else []
    if after:
        spans.append(_find_right_span(sentence, cue, after, speaker))
    if not spans and speaker > verb:
        spans = _find_passive_content(sentence, cue)
    if not spans and cue.has_frame("clause"):
        spans = _find_beside(sentence, cue, own, edge) or _find_after_colon(sentence, cue)
    trimmed = (trim_span(sentence, first, last) for first, last in spans)
    return [span for span in trimmed if span[0] < span[1]]


def _find_passive_content(sentence: Sentence, cue: Cue) -> list[Span]:
    """`20 deaths were reported by police` and `the 20 deaths reported by police`."""
    tokens, verb = sentence.tokens, cue.head
    if not any(tokens[child].dep == "agent" for child in sentence.children[verb]):
        return []
    if cue.has_frame("revise-figure") or cue.has_frame("carry-figure"):
        return []
    if not (cue.has_frame("object") or cue.is_figure() or cue.row["class"] in {"say", "know"}):
        return []
    for child in sentence.children[verb]:
        if tokens[child].dep == "nsubjpass":
            return [(find_subtree(sentence, child)[0], cue.first)]
    if tokens[verb].dep == "acl":
        return [(find_subtree(sentence, tokens[verb].head)[0], cue.first)]
    return []


def _find_complements(sentence: Sentence, cue: Cue) -> list[int]:
    clauses: list[int] = []
    objects: list[int] = []
    for child in sentence.children[cue.head]:
        token = sentence.tokens[child]
        if token.dep == "ccomp" or (token.dep == "xcomp" and cue.has_frame("infinitive")):
            clauses.append(child)
        elif (token.dep in _OBJECTS and cue.has_frame("object") and not token.tag.startswith(("W", "PRP"))) or (
            token.dep in {"prep", "pcomp"} and cue.has_frame("object") and child < cue.last
        ):
            objects.append(child)
    if cue.last - cue.first > 1 and not clauses and not objects and cue.has_frame("object"):
        objects += [
            below for at in range(cue.first + 1, cue.last) for below in sentence.children[at] if below >= cue.last
        ]
    return clauses if clauses and cue.has_frame("addressee") else sorted([*clauses, *objects])


def _find_right_span(sentence: Sentence, cue: Cue, after: list[int], speaker: int) -> Span:
    tokens = sentence.tokens
    first = max(min(find_subtree(sentence, after[0])[0], after[0]), cue.last)
    if speaker > cue.head:
        first = max(first, find_subtree(sentence, speaker)[-1] + 1)
    last = max(find_subtree(sentence, child)[-1] for child in after) + 1
    for child in sentence.children[cue.head]:
        token = tokens[child]
        if child < last:
            continue
        joined = token.dep == "conj" and (
            not is_verb(token.tag) or any(tokens[below].dep in _SUBJECTS for below in sentence.children[child])
        )
        if (token.dep in _ADJACENT or joined) and find_subtree(sentence, child)[0] == last:
            last = find_subtree(sentence, child)[-1] + 1
        elif token.dep == "cc" and child == last:
            last += 1
        else:
            break
    return first, last


def _find_beside(sentence: Sentence, cue: Cue, own: list[int], edge: int) -> list[Span]:
    """Content that the parser hung above the cue: `troops will, the ministry said, leave`."""
    tokens, verb = sentence.tokens, cue.head
    token = tokens[verb]
    mine = find_subtree(sentence, verb)
    likened = any(tokens[child].lower in _WITNESS_WORDS for child in sentence.children[verb])
    if not own and not likened:
        return []
    if token.dep in _BESIDE and (
        token.dep not in {"advcl", "ccomp", "conj"} or likened or _stands_apart(sentence, mine)
    ):
        whole = find_subtree(sentence, find_clause(sentence, token.head))
        return _subtract(whole[0], whole[-1] + 1, mine[0], mine[-1] + 1)
    said = any(token.tag in {"VBD", "VBZ", "VBP", "MD"} for token in tokens[:edge])
    if said and edge > 2 and tokens[edge - 1].lower in {",", '"', "”", "''", "-", "--", "–", "—"} and mine[0] == edge:
        return [(0, edge)]
    if said and edge - mine[0] > 2 and cue.has_frame("quote") and tokens[edge - 1].lower in {",", '"', "''"}:
        return [(mine[0], edge)]
    return []


def _find_after_colon(sentence: Sentence, cue: Cue) -> list[Span]:
    """`he broke it down: 200 to the north, 300 to the south`."""
    tokens = sentence.tokens
    for index in range(cue.last, min(len(tokens) - 1, cue.last + _COLON_REACH)):
        if tokens[index].lower == ":":
            return [(index + 1, len(tokens))]
    return []


def _stands_apart(sentence: Sentence, subtree: list[int]) -> bool:
    """Whether a short clause is set between commas: `, the ministry said,`."""
    tokens = sentence.tokens
    before = subtree[0] > 0 and tokens[subtree[0] - 1].lower in {",", '"', "--", "—", "–"}
    opens = tokens[subtree[0]].lower in {",", '"', "--", "—", "–"}
    after = subtree[-1] + 1 >= len(tokens) or tokens[subtree[-1] + 1].lower in {",", ".", '"', "--", "—", "–", ";"}
    return (before or opens) and (after or tokens[subtree[-1]].lower in {",", "."}) and len(subtree) < 20


def _subtract(first: int, last: int, start: int, end: int) -> list[Span]:
    return [(low, high) for low, high in ((first, min(start, last)), (max(end, first), last)) if low < high]


def find_clause(sentence: Sentence, index: int) -> int:
    """The verb of the widest clause that a token belongs to, inside the nearest reported clause."""
    at = index
    for above in iter_ancestors(sentence, index):
        if sentence.tokens[at].dep in {"ccomp", "relcl", "acl", "parataxis"} and is_verb(sentence.tokens[at].tag):
            break
        at = above
    return at


def trim_span(sentence: Sentence, first: int, last: int) -> Span:
    """A span without the punctuation and joining words at its edges."""
    tokens = sentence.tokens
    while first < last and tokens[first].lower in _EDGES:
        first += 1
    while first < last and tokens[last - 1].lower in _EDGES:
        last -= 1
    return first, last


# ---------------------------------------------------------------- prepositions and nouns


def find_preposition_parts(sentence: Sentence, cue: Cue) -> tuple[int, list[Span]] | None:
    """Speaker and contents of `according to X, ...`: the clause around it without itself."""
    tokens = sentence.tokens
    speaker = next(
        (
            child
            for at in range(cue.last - 1, cue.first - 1, -1)
            for child in sentence.children[at]
            if tokens[child].dep == "pobj" and child >= cue.last
        ),
        None,
    )
    if speaker is None:
        return None
    phrase = [index for index in find_subtree(sentence, cue.first) if index >= cue.first]
    end = max([phrase[-1] + 1, cue.last, speaker + 1])
    top = find_clause(sentence, tokens[cue.first].head)
    whole = find_subtree(sentence, top)
    first, last = _find_segment(sentence, cue.first, whole[0], whole[-1] + 1)
    pieces = _subtract(first, last, cue.first, end)
    trimmed = [trim_span(sentence, low, high) for low, high in pieces]
    return speaker, [span for span in trimmed if span[0] < span[1]]


def _find_segment(sentence: Sentence, at: int, first: int, last: int) -> Span:
    """[first, last) cut down to the stretch between semicolons around a token."""
    for index in range(at, first, -1):
        if sentence.tokens[index - 1].lower == ";":
            first = index
            break
    for index in range(at, last):
        if sentence.tokens[index].lower == ";":
            return first, index
    return first, last


def iter_noun_cues(sentence: Sentence, words: tuple[str, ...], lexicon: Lexicon) -> Iterator[Cue]:
    """Yields nouns of saying: `the ministry's claim that`, `reports that`."""
    for hit in lexicon.table("cue_nouns").find(words):
        head = hit.end - 1
        if sentence.tokens[head].tag.startswith("NN"):
            yield Cue(hit.row, hit.start, hit.end, head)


def find_noun_content(sentence: Sentence, noun: int) -> list[Span]:
    """The clause that a noun of saying introduces: `the claim that ...`."""
    for child in sentence.children[noun]:
        token = sentence.tokens[child]
        if token.dep in {"acl", "ccomp", "relcl"} and child > noun:
            marks = [
                below
                for below in sentence.children[child]
                if sentence.tokens[below].lower == "that" and sentence.tokens[below].dep == "mark"
            ]
            if marks:
                subtree = find_subtree(sentence, child)
                return [trim_span(sentence, subtree[0], subtree[-1] + 1)]
    return []


def find_noun_speaker(sentence: Sentence, noun: int, *, of: bool = True) -> int | None:
    """Whose claim it is: `the mayor's claim`, `a claim by the mayor`, `a Reuters report`.

    With `of` false, `of` names no speaker: the number of protesters is not their word.
    """
    tokens = sentence.tokens
    named: int | None = None
    for child in sentence.children[noun]:
        token = tokens[child]
        if token.dep == "poss":
            return child
        if token.dep in {"prep", "agent"} and token.lower in {"by", "from", "of"} and child > noun:
            if token.lower == "of" and not of:
                continue
            return next((below for below in sentence.children[child] if tokens[below].dep == "pobj"), None)
        if token.dep in {"compound", "amod", "nmod"} and (
            token.entity in {"ORG", "GPE", "NORP"} or token.tag.startswith("NNP")
        ):
            named = child
    return named
