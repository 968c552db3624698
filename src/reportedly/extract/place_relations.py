"""Stage 4 of 8, how a place name hangs on its sentence. In: Sentence. Out: a relation.

`in Iraq` hangs on what is in Iraq; `Iraq loses` makes Iraq the place that loses; `Iraq says`
makes it a government. `find_places` asks this once a name, `choose_place` only reads it.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass

from reportedly.extract.syntax import is_verb
from reportedly.lexicon import Lexicon, Row, Table
from reportedly.lexicon.tables import compile_table
from reportedly.model import Sentence

_MODIFIERS = frozenset({"compound", "amod", "nmod", "nummod"})
_SUBJECTS = frozenset({"nsubj", "csubj"})
#: How wide a place is, by its precision: a container is wider than what it contains.
WIDTHS = {"point": 0, "city": 1, "admin": 2, "country": 3, "region": 4}
#: Relations in which a name stands for its government or people.
METONYMS = frozenset({"subject", "speaker", "with", "none"})


@dataclass(frozen=True, slots=True)
class Relation:
    """How a name hangs on the sentence; the vocabulary is that of `PlaceMention.relation`."""

    kind: str
    attach: int | None
    prep: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class PlaceWords:
    """The tables that this question needs, looked up once per lexicon."""

    postal: Mapping[str, Row]
    countries: Table
    places: Table
    demonyms: Table
    nouns: Table
    prepositions: Table
    anaphors: Table
    hosting: Table
    speakers: Table
    sayings: Table
    directions: Table
    parts: Table


@functools.lru_cache(maxsize=4)
def load_place_words(lexicon: Lexicon) -> PlaceWords:
    """Collects the tables; a language that lacks one has an empty table instead."""
    names = (
        "countries",
        "places",
        "demonyms",
        "place_nouns",
        "place_prepositions",
        "place_anaphors",
        "hosting_verbs",
        "place_speakers",
        "cues",
        "place_directions",
        "place_parts",
    )
    tables = [lexicon.tables.get(name) or compile_table(name, {}) for name in names]
    postal = {form: row for row in tables[1].rows.values() for form in row.values.get("postal", "").split("|") if form}
    return PlaceWords(postal, *tables)


def find_relation(sentence: Sentence, head: int, words: PlaceWords) -> Relation:
    """Finds what the name headed by token `head` hangs on, through coordination and apposition."""
    tokens, at = sentence.tokens, head
    for _ in range(8):
        token = tokens[at]
        above, dep = token.head, token.dep
        if above == at:
            return Relation("none", at)
        if dep in ("conj", "appos"):
            at = above
        elif dep in _MODIFIERS or dep == "poss":
            noun = tokens[above]
            if words.nouns.find_word(noun.lower) is not None:
                at = above
            elif words.speakers.find_word(noun.lower) is not None:
                return Relation("speaker", above)
            else:
                return Relation("owner", above)
        elif dep == "pobj":
            relation, upper = _read_preposition(sentence, above, words)
            if upper is None:
                return relation
            at = upper
        else:
            return _read_clause(sentence, at, words)
    return Relation("none", at)


def _read_preposition(sentence: Sentence, prep: int, words: PlaceWords) -> tuple[Relation, int | None]:
    """The relation that a preposition makes, or the noun that the name only narrows (`city of X`)."""
    tokens = sentence.tokens
    while tokens[prep].dep in ("prep", "pcomp") and tokens[tokens[prep].head].tag in ("IN", "TO", "RB", "RP", "VBG"):
        upper = tokens[prep].head
        if words.prepositions.find_word(tokens[upper].lower) is None:
            break
        prep = upper
    row = words.prepositions.find_at([token.lower for token in tokens[prep : prep + 3]], 0)
    sense = row.row["sense"] if row else "none"
    attach = tokens[prep].head
    if sense in ("of", "with") and words.nouns.find_word(tokens[attach].lower) is not None:
        return Relation(sense, attach, prep), attach
    if sense == "of" and words.speakers.find_word(tokens[attach].lower) is not None:
        return Relation("speaker", attach, prep), None
    if sense == "between":
        sense = "with"
    if sense in ("at", "from") and tokens[prep].lower != "as" and _is_speech(sentence, attach, words):
        sense = "speaker"
    return Relation(sense, attach, prep), None


def _is_speech(sentence: Sentence, attach: int, words: PlaceWords) -> bool:
    """Whether a name says where someone spoke: `said in Geneva`, `told reporters in Geneva`."""
    tokens = sentence.tokens
    token = tokens[attach]
    if token.dep in ("dobj", "dative") and token.head != attach:
        attach = token.head
        token = tokens[attach]
    cue = words.sayings.find_word(token.lower)
    if cue is None or cue["class"] != "say" or token.tag[:2] != "VB":
        return False
    below = {tokens[child].dep for child in sentence.children[attach]}
    return "ccomp" in below and "nsubj" in below


def _read_clause(sentence: Sentence, at: int, words: PlaceWords) -> Relation:
    tokens = sentence.tokens
    token = tokens[at]
    above, dep = token.head, token.dep
    if dep in _SUBJECTS:
        verb = tokens[above]
        hosting = words.hosting.find_word(verb.lower) is not None
        if not hosting and verb.tag[:2] == "VB" and words.sayings.find_word(verb.lower) is None:
            # `X is set to lose`, `X will see`: the verb that carries the sense stands below.
            hosting = any(
                tokens[child].dep == "xcomp" and words.hosting.find_word(tokens[child].lower) is not None
                for child in sentence.children[above]
            )
        return Relation("host" if hosting else "subject", above)
    if dep == "nsubjpass":
        return Relation("object", above)
    if dep in ("dobj", "attr", "dative", "oprd"):
        # `troops facing X`, `villages surrounding X`: a participle that works as a preposition.
        row = words.prepositions.find_word(tokens[above].lower) if tokens[above].tag == "VBG" else None
        return Relation(row["sense"], tokens[above].head, above) if row else Relation("object", above)
    if dep == "advmod":
        return Relation("at", above)
    if dep == "npadvmod":
        return Relation("loose", above)
    if dep == "dep" and is_verb(tokens[above].tag):
        return Relation("object", above)
    return Relation("loose", above)
