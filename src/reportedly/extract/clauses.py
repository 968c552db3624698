"""Stage 4 of 8, reading of verb groups and of the links between clauses. In: Sentence. Out: tense, modality, links.

What a verb says about its own time and mode (`read_verb_group`), and how a word hangs on
the word above it (`find_link`): as a complement whose truth the word above decides, or as
an adjunct with a truth of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from reportedly.lexicon import Lexicon, Row, Table
from reportedly.model import Sentence
from reportedly.vocab import RegionKind

_AUXILIARIES = frozenset({"aux", "auxpass"})
#: An argument with `no` makes the verb negative (`reached no agreement`, `no soldier left`).
_ARGUMENTS = frozenset({"nsubj", "nsubjpass", "dobj"})
#: A noun in one of these places is a clause without a verb (`21,500 more troops for Iraq, he says`).
_VERBLESS = frozenset({"ccomp", "dep", "parataxis", "npadvmod"})
_SUBJECTS = frozenset({"nsubj", "nsubjpass", "csubj", "csubjpass", "expl"})
#: Conditional words stand in these places under the verb of their clause.
_MARKS = frozenset({"mark", "advmod", "prep", "pcomp", "prt", "dep"})


class Tense(StrEnum):
    """The time a verb group shows; `open` forms take theirs from the clause above."""

    PAST = "past"
    PRESENT = "present"
    MODAL = "modal"
    INFINITIVE = "infinitive"
    PARTICIPLE = "participle"
    GERUND = "gerund"
    BARE = "bare"


class Link(StrEnum):
    """How a word hangs on its head."""

    SUBJECT = "subject"
    OBJECT = "object"
    INFINITIVE = "inf"
    GERUND = "ing"
    CLAUSE = "clause"
    RELATIVE = "relative"
    ADVERBIAL = "adverbial"
    PURPOSE = "purpose"
    CONJUNCT = "conjunct"
    INNER = "inner"


@dataclass(frozen=True, slots=True)
class VerbGroup:
    """One verb with its auxiliaries. `modal` and `negation` are the lexicon rows met there."""

    tense: Tense
    perfect: bool = False
    progressive: bool = False
    passive: bool = False
    modal: Row | None = None
    negation: Row | None = None
    subject: int | None = None

    def is_finite(self) -> bool:
        """Whether the group shows its own time or mode."""
        return self.tense in _FINITE


_FINITE = frozenset({Tense.PAST, Tense.PRESENT, Tense.MODAL})


@dataclass(frozen=True, slots=True, eq=False)
class StatusWords:
    """The tables that factuality is read from, and the sentence's words."""

    words: tuple[str, ...]
    modals: Table
    intentions: Table
    negations: Table
    conditionals: Table
    evidentials: Table
    tenses: Table
    grammar: Table

    def kind_of(self, word: str) -> str:
        """The kind of a word of the grammar (`be`, `have`, `definite`, ...), or nothing."""
        row = self.grammar.find_word(word)
        return row["kind"] if row is not None else ""


def load_words(sentence: Sentence, lexicon: Lexicon) -> StatusWords:
    """Lays the tables beside a sentence's words."""
    table = lexicon.table
    return StatusWords(
        tuple(token.lower for token in sentence.tokens),
        table("modals"),
        table("intentions"),
        table("negations"),
        table("conditionals"),
        table("evidentials"),
        table("tense_words"),
        table("grammar_words"),
    )


def is_verb_token(sentence: Sentence, index: int) -> bool:
    """Whether a token heads a verb group (auxiliaries of another verb do not)."""
    token = sentence.tokens[index]
    if token.tag[:2] == "VB" or token.tag == "MD":
        return token.dep not in _AUXILIARIES and token.dep != "amod" and token.dep != "compound"
    return any(sentence.tokens[child].dep in _AUXILIARIES for child in sentence.children[index])


def read_verb_group(sentence: Sentence, verb: int, words: StatusWords) -> VerbGroup:
    """Reads tense, aspect, voice, modal and negation of the group that a verb heads.

    A verb joined by a conjunction without auxiliaries of its own shares the first one's
    (`will cut A and keep B`; `12 were killed and 7 hurt`).
    """
    tokens = sentence.tokens
    auxiliaries, subject, negation = [], None, None
    for child in sentence.children[verb]:
        dep = tokens[child].dep
        if dep in _AUXILIARIES:
            auxiliaries.append(child)
        elif dep in _SUBJECTS:
            subject = child if subject is None or dep != "expl" else subject
        if negation is None:
            hit = words.negations.find_at(words.words, child)
            kind = hit.row["kind"] if hit is not None else ""
            if hit is not None and (kind == "particle" or (kind == "quantifier" and dep in _SUBJECTS)):
                negation = hit.row
        if negation is None and dep in _ARGUMENTS:
            negation = find_no(sentence, child, words)
    shared = _find_shared(sentence, verb, auxiliaries, subject)
    if shared is not None:
        first = read_verb_group(sentence, shared, words)
        own = negation or (first.negation if subject is None else None)
        return VerbGroup(
            first.tense, first.perfect, first.progressive, first.passive, first.modal, own, subject or first.subject
        )
    return _read_group(sentence, verb, auxiliaries, subject, negation, words)


def _read_group(
    sentence: Sentence, verb: int, auxiliaries: list[int], subject: int | None, negation: Row | None, words: StatusWords
) -> VerbGroup:
    tokens = sentence.tokens
    modal, tense = None, None
    perfect = progressive = passive = False
    for index in auxiliaries:
        token = tokens[index]
        lower = token.lower
        if token.tag == "MD":
            modal, tense = words.modals.find_word(lower), Tense.MODAL
            continue
        if token.tag == "TO":
            tense = tense or Tense.INFINITIVE
            continue
        if token.dep == "auxpass":
            passive = True
        else:
            # The short `'s` is `is` or `has`; the participle after it decides.
            kind = words.kind_of(lower)
            perfect = perfect or kind == "have" or (not kind and tokens[verb].tag == "VBN")
            progressive = progressive or kind == "be" or (not kind and tokens[verb].tag == "VBG")
        if tense is None:
            tense = _read_tense(token.tag)
    tag = tokens[verb].tag
    if tense is None and tag == "MD":
        modal, tense = words.modals.find_word(tokens[verb].lower), Tense.MODAL
    if tense is None:
        tense = _read_tense(tag)
        if subject is not None and tense not in _FINITE and _is_mistagged(sentence, verb):
            progressive = tense is Tense.GERUND
            tense = Tense.PAST if tense is Tense.PARTICIPLE else Tense.PRESENT
    if modal is None and tense is Tense.MODAL:
        tense = Tense.PRESENT
    return VerbGroup(tense, perfect, progressive, passive, modal, negation, subject)


def _is_mistagged(sentence: Sentence, verb: int) -> bool:
    """Whether an open form with a subject stands for a finite one: the tagger missed it
    (`the first batch set off, the agency reported`) or a headline lacks its auxiliary
    (`US cutting troops`)."""
    token = sentence.tokens[verb]
    if token.dep == "ROOT" or (token.dep == "ccomp" and sentence.region is RegionKind.HEADLINE):
        return True
    return token.dep == "ccomp" and verb < token.head and token.tag != "VBG"


def _read_tense(tag: str) -> Tense:
    if tag == "VBD":
        return Tense.PAST
    if tag in {"VBZ", "VBP"}:
        return Tense.PRESENT
    if tag == "VBN":
        return Tense.PARTICIPLE
    return Tense.GERUND if tag == "VBG" else Tense.BARE


def _find_shared(sentence: Sentence, verb: int, auxiliaries: list[int], subject: int | None) -> int | None:
    """The verb whose auxiliaries this one shares, if it is a conjunct without its own."""
    token = sentence.tokens[verb]
    if token.dep != "conj" or auxiliaries or token.tag in {"VBZ", "VBP"} or not is_verb_token(sentence, token.head):
        return None
    first = sentence.tokens[token.head].tag
    if token.tag in {"VBD", "VBN"} and first == "VBN":
        # `were killed and 7 hurt`: a past form equals a participle where the first is one.
        passive = any(sentence.tokens[child].dep == "auxpass" for child in sentence.children[token.head])
        bare = not any(sentence.tokens[child].dep == "dobj" for child in sentence.children[verb])
        return token.head if subject is None or (passive and bare) else None
    if token.tag == "VBD" or (subject is not None and token.tag == "VBG"):
        return None
    return token.head


def find_no(sentence: Sentence, noun: int, words: StatusWords) -> Row | None:
    """Finds the `no` that makes a noun phrase empty (`no troops`)."""
    for child in sentence.children[noun]:
        if sentence.tokens[child].dep == "det":
            hit = words.negations.find_at(words.words, child)
            if hit is not None and hit.row["kind"] in {"quantifier", "particle"}:
                return hit.row
    return None


def find_link(sentence: Sentence, index: int) -> Link:
    """How a token hangs on its head."""
    token = sentence.tokens[index]
    dep = token.dep
    if dep == "conj":
        return Link.CONJUNCT
    if dep in {"nsubj", "csubj", "expl"}:
        return Link.SUBJECT
    if dep in {"dobj", "nsubjpass", "csubjpass", "dative", "oprd", "attr"}:
        return Link.OBJECT
    if dep == "relcl":
        return Link.RELATIVE
    if not is_verb_token(sentence, index):
        return Link.CLAUSE if dep in _VERBLESS else Link.INNER
    infinitive = any(
        sentence.tokens[child].tag == "TO" and sentence.tokens[child].dep == "aux" for child in sentence.children[index]
    )
    if dep == "advcl":
        return Link.PURPOSE if infinitive else Link.ADVERBIAL
    finite = _has_finite(sentence, index) or (dep == "ccomp" and index < token.head)
    if infinitive or (dep in {"xcomp", "ccomp"} and token.tag in {"VB", "VBN"} and not finite):
        return Link.INFINITIVE
    if dep in {"ccomp", "acl"} and finite:
        return Link.CLAUSE
    if token.tag == "VBG":
        return Link.GERUND
    return Link.INNER


def _has_finite(sentence: Sentence, verb: int) -> bool:
    if sentence.tokens[verb].tag in {"VBD", "VBZ", "VBP", "MD"}:
        return True
    return any(
        sentence.tokens[child].dep in _AUXILIARIES and sentence.tokens[child].tag != "TO"
        for child in sentence.children[verb]
    )


def find_condition(sentence: Sentence, verb: int, words: StatusWords) -> Row | None:
    """The conditional word that opens the clause of a verb, or None."""
    for child in sentence.children[verb]:
        if sentence.tokens[child].dep in _MARKS and child < verb:
            hit = words.conditionals.find_at(words.words, child)
            if hit is not None and hit.row["kind"] != "phrase":
                return hit.row
    return None
