"""Stage 4 of 8, who? In: ParsedReport. Out: ActorMentions.

Nations, peoples, organisations, branches and roles of the lexicon, joined where they stand
in one noun phrase: `Iraq's parliament`, `U.S. service members`, `Afghan government forces`.
Whose a figure is, is decided in `ownership.py`.
"""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from reportedly.extract.ownership import choose_actor as choose_actor
from reportedly.lexicon import Lexicon, Row, Table
from reportedly.lexicon.tables import split_words
from reportedly.model import ActorMention, ParsedReport, Sentence, Token

#: In order of precedence where two tables hold the same words.
TABLES = ("actor_other_senses", "organisations", "leaders", "demonyms", "states", "branches", "actor_roles")
#: PLOVER's sectors, the second part of a code.
SECTORS = frozenset(
    {
        "COP",
        "GOV",
        "JUD",
        "LEG",
        "MIL",
        "PRM",
        "PTY",
        "REB",
        "SPY",
        "UAF",
        "AGR",
        "BUS",
        "CRM",
        "CVL",
        "EDU",
        "ELI",
        "JRN",
        "LAB",
        "MED",
        "REF",
        "OPP",
        "REL",
        "SOC",
    }
)
#: After these a state is a place: where a thing is, not who does it.
LOCATIVES = frozenset(
    {
        "in",
        "at",
        "near",
        "across",
        "inside",
        "outside",
        "into",
        "around",
        "through",
        "throughout",
        "within",
        "off",
        "along",
        "toward",
        "towards",
        "over",
        "above",
        "beyond",
        "via",
        "onto",
    }
)
#: A capital is its state only where it acts, owns or is dealt with.
_SEAT_PREPOSITIONS = frozenset({"by", "with", "between", "against"})
_SUBJECTS = frozenset({"nsubj", "nsubjpass", "poss"})
_MODIFIERS = frozenset({"amod", "compound", "nmod", "poss", "npadvmod", "nummod"})
_PHRASE_TAGS = frozenset({"JJ", "JJR", "JJS", "VBN", "VBG", "NN", "NNS", "NNP", "NNPS", "CD", "POS", "HYPH"})
_NOUN_TAGS = frozenset({"NN", "NNS", "NNP", "NNPS"})
_NOUN_TIES = {"loss": "loss", "toll": "loss", "presence": "presence", "speaker": "speaker"}
_SUBJECT_TIES = {"host": "host", "guest-subject": "guest", "loser-subject": "loser"}
#: A dateline's place is among the first tokens (`KABUL, Afghanistan (AP)`).
_DATELINE_REACH = 4
#: One other mention of the country vouches for a shared name, or a second shared name.
_VOUCHED = 2
#: How many tokens of one phrase are searched for the noun that a nation modifies.
_REACH = 7


@dataclass(frozen=True, slots=True)
class _Hit:
    start: int
    end: int
    table: str
    row: Row


_Index = Mapping[str, tuple[tuple[tuple[str, ...], str, Row], ...]]


@functools.lru_cache(maxsize=4)
def _compile(lexicon: Lexicon) -> _Index:
    """One index over all tables of actors: first word -> forms, longest first."""
    found: dict[str, list[tuple[tuple[str, ...], str, Row]]] = {}
    for name in TABLES:
        for form, row in lexicon.table(name).iter_forms():
            found.setdefault(form[0], []).append((form, name, row))
        for row in lexicon.table(name).rows.values():
            # The parser keeps some words whole that the lexicon splits: Kata'ib, U.S.-led, MS-13, 82nd.
            for written in row.forms:
                whole = tuple(written.split())
                if whole != tuple(split_words(written)):
                    found.setdefault(whole[0], []).append((whole, name, row))
    # A stable sort: among forms of one length the order of TABLES stands.
    return {word: tuple(sorted(forms, key=lambda entry: -len(entry[0]))) for word, forms in found.items()}


def find_actors(parsed: ParsedReport, lexicon: Lexicon) -> tuple[ActorMention, ...]:
    """Finds the actors that a report names, in order.

    Args:
        parsed: a segmented report; sentences that were not parsed give nothing.
        lexicon: the tables of the report's language.

    Returns:
        Mentions whose `rules` are the lexicon rows that found them.
    """
    index, owners = _compile(lexicon), lexicon.table("owner_words")
    mentions: list[ActorMention] = []
    for sentence in parsed.sentences:
        if sentence.tokens:
            hits = _find_hits(sentence, index)
            if hits:
                mentions.extend(_find_in_sentence(parsed, sentence, hits, owners))
    return tuple(_settle_shared(mentions, lexicon))


# ---------------------------------------------------------------- lexicon hits


def _find_hits(sentence: Sentence, index: _Index) -> list[_Hit]:
    tokens = sentence.tokens
    words = [token.lower for token in tokens]
    hits: list[_Hit] = []
    size, at = len(words), 0
    while at < size:
        candidates = index.get(words[at])
        step = 1
        if candidates is not None:
            for form, table, row in candidates:
                stop = at + len(form)
                if stop > size or (len(form) > 1 and tuple(words[at:stop]) != form):
                    continue
                if _is_written(tokens, at, stop, table, row):
                    hits.append(_Hit(at, stop, table, row))
                    step = stop - at
                    break
        at += step
    others = [hit for hit in hits if hit.table == "actor_other_senses"]
    endings = frozenset(hit.start for hit in others if hit.row["kind"] == "ending")
    return [hit for hit in hits if hit.table != "actor_other_senses" and not _is_name_part(tokens, hit, endings)]


def _is_written(tokens: Sequence[Token], start: int, end: int, table: str, row: Row) -> bool:
    """Whether the words are written as that row's names are: `US` is no `us`, `Turkey` no `turkey`."""
    first = tokens[start].text
    if table in {"actor_roles", "branches"}:
        return tokens[end - 1].tag in _NOUN_TAGS or tokens[end - 1].lower == "military"
    if table in {"actor_other_senses", "leaders"}:
        return first[0].isupper()
    if table == "organisations":
        if row["case"] == "upper":
            return first.isupper() and tokens[end - 1].tag in _NOUN_TAGS
        return first[0].isupper() or (end - start > 1 and any(token.text[0].isupper() for token in tokens[start:end]))
    if first.lower() in {"us", "uk", "usa", "uae"}:
        return first.isupper() and tokens[start].tag != "PRP"
    return first[0].isupper() and not (end - start == 1 and tokens[start].tag[:2] in {"VB", "MD"})


def _is_name_part(tokens: Sequence[Token], hit: _Hit, endings: frozenset[int]) -> bool:
    """Whether a name only begins another one or a compound: `Kuwait Times`, `Iran-backed`, `Hamas-run`."""
    before = tokens[hit.start - 1].text if hit.start else ""
    after = tokens[hit.end].text if hit.end < len(tokens) else ""
    if hit.table in {"demonyms", "states"}:
        return before == "-" or after == "-" or hit.end in endings
    return after == "-" and hit.end + 1 < len(tokens) and tokens[hit.end + 1].tag in {"VBN", "VBD"}


# ---------------------------------------------------------------- mentions of one sentence


def _find_in_sentence(
    parsed: ParsedReport, sentence: Sentence, hits: Sequence[_Hit], owners: Table
) -> list[ActorMention]:
    mentions: list[ActorMention] = []
    taken = 0
    for number, hit in enumerate(hits):
        if hit.start < taken:
            continue
        parts = _find_parts(sentence, hits, number)
        if hit.table in {"demonyms", "states"} and len(parts) == 1 and not _is_actor(sentence, hit):
            continue
        mention = _to_mention(parsed, sentence, parts, owners)
        mentions.append(mention)
        # Where a figure stands between nation and noun, the mention ends at the nation and the noun is its own.
        taken = mention.last
    return mentions


def _find_parts(sentence: Sentence, hits: Sequence[_Hit], number: int) -> list[_Hit]:
    """The hits that stand in one noun phrase with a first one: nation, then organisation, branch, role."""
    first = hits[number]
    parts, at, tokens = [first], first.end, sentence.tokens
    following = number + 1
    joined = False
    while at < len(tokens) and at - first.start < _REACH:
        if following < len(hits) and hits[following].start == at:
            hit = hits[following]
            if hit.table in {"demonyms", "states"}:
                if not joined:
                    return parts
                at, joined = hit.end, False
                following += 1
                continue
            parts.append(hit)
            at, following = hit.end, following + 1
        elif tokens[at].tag in _PHRASE_TAGS:
            at += 1
        elif tokens[at].lower in {"and", "or"} and len(parts) == 1 and _begins_nation(hits, following, at + 1):
            joined, at = True, at + 1
        else:
            break
    return parts


def _begins_nation(hits: Sequence[_Hit], number: int, at: int) -> bool:
    return number < len(hits) and hits[number].start == at and hits[number].table in {"demonyms", "states"}


def _is_actor(sentence: Sentence, hit: _Hit) -> bool:
    """Whether a nation's bare name stands where an actor stands, not where a place does."""
    tokens = sentence.tokens
    if hit.table == "states" and _is_dateline(tokens, hit):
        return False
    token = tokens[hit.end - 1]
    if hit.table == "demonyms":
        return True
    if token.dep == "conj":
        token = tokens[token.head]
    above = tokens[token.head]
    if hit.row["kind"] == "seat":
        return token.dep in _SUBJECTS or (token.dep == "pobj" and above.lower in _SEAT_PREPOSITIONS)
    if token.dep == "pobj":
        return above.lower not in LOCATIVES
    return token.dep not in {"npadvmod", "advmod"}


def _is_dateline(tokens: Sequence[Token], hit: _Hit) -> bool:
    """Whether a sentence opens with this place and an agency or a dash: `MADRID (Reuters) -`."""
    if hit.start > _DATELINE_REACH or hit.end >= len(tokens):
        return False
    after = tokens[hit.end].text
    return after in {"(", "—", "–", "--", "―", "/"} or (tokens[0].text.isupper() and after in {",", ":", "-"})


def _to_mention(parsed: ParsedReport, sentence: Sentence, parts: Sequence[_Hit], owners: Table) -> ActorMention:
    tokens, first = sentence.tokens, parts[0]
    end = first.end
    for part in parts[1:]:
        if any(tokens[at].tag == "CD" or tokens[at].lower in {"and", "or"} for at in range(end, part.start)):
            break
        end = part.end
    head = parts[-1].end - 1
    modifies = tokens[head].dep in _MODIFIERS and tokens[head].head > head
    if len(parts) == 1 and modifies and first.table != "leaders":
        head = tokens[head].head
    identity = _read_identity(tokens, parts)
    start, stop = tokens[first.start].start, tokens[end - 1].end
    return ActorMention(
        text=parsed.report.text[start:stop],
        start=start,
        end=stop,
        sentence=sentence.index,
        first=first.start,
        last=end,
        rules=tuple(part.row.rule for part in parts),
        head=head,
        kind=identity.kind,
        tie=_find_tie(tokens, parts, head, owners),
        country=identity.country,
        role=identity.role,
        organisation=identity.organisation,
        branch=identity.branch,
    )


@dataclass(frozen=True, slots=True)
class _Identity:
    """What the words of one phrase say of an actor."""

    kind: str
    country: str | None = None
    organisation: str | None = None
    branch: str | None = None
    role: str | None = None


def _read_identity(tokens: Sequence[Token], parts: Sequence[_Hit]) -> _Identity:
    """Reads a phrase from left to right: `Iraq's Popular Mobilization fighters`, `militant group Hamas`."""
    known = _read_first(tokens, parts[0])
    known = replace(known, role=_read_role(parts[0], None))
    for part in parts[1:]:
        row = part.row
        known = replace(known, role=_read_role(part, known.role))
        if part.table == "branches":
            known = replace(known, branch=row["branch"])
        elif part.table == "leaders":
            organisation = known.organisation or row["organisation"] or None
            known = replace(known, country=known.country or row["country"] or None, organisation=organisation)
        elif part.table == "organisations" and (not known.country or row["country"] in {"", known.country}):
            known = replace(
                known,
                kind="organisation",
                country=known.country or row["country"] or None,
                organisation=row["name"],
                branch=row["branch"] or known.branch,
            )
        # Another country's Congress or Defense Ministry gives its sector alone.
    return known


def _find_tie(tokens: Sequence[Token], parts: Sequence[_Hit], head: int, owners: Table) -> str | None:
    """What an actor's words stand with: losses, a presence, a verb that makes it loser or host, its speakers."""
    own = parts[-1].end - 1
    token = tokens[own]
    bare = parts[0].table == "states" and len(parts) == 1
    modifies = token.dep in {"compound", "nmod", "amod", "npadvmod"} and not token.text.isupper()
    noun = owners.find_word(tokens[head].lower)
    kind = noun["kind"] if noun is not None else ""
    if bare and (modifies or kind == "toll"):
        # `Iraq presence`, `Sri Lanka's death toll`: where it is, not whose.
        return "loss" if modifies and kind == "loss" else "place"
    if kind == "toll" and parts[0].table == "organisations":
        return "speaker"  # `the Hamas toll`: who counts, not who is counted
    if kind in _NOUN_TIES:
        return _NOUN_TIES[kind]
    if bare and token.dep == "pobj" and tokens[token.head].lower == "from":
        return _find_origin(tokens, tokens[token.head].head, owners)
    token = tokens[head]
    if token.dep == "nsubj":
        # A capital acts for its state: it has its own forces.
        return _find_subject_tie(tokens, token.head, owners) if parts[0].row.values.get("kind") != "seat" else None
    verb = owners.find_word(tokens[token.head].lower) if token.head != head else None
    if verb is None:
        return None
    return "loser" if verb["kind"] == "loser-object" and token.dep in {"dobj", "dative", "iobj"} else None


def _find_subject_tie(tokens: Sequence[Token], verb: int, owners: Table) -> str | None:
    """What a verb, or the one it leads to (`is to have`), makes of its subject."""
    for at in (verb, *(token.index for token in tokens if token.head == verb and token.dep == "xcomp")):
        row = owners.find_word(tokens[at].lower)
        if row is not None and row["kind"] in _SUBJECT_TIES:
            return _SUBJECT_TIES[row["kind"]]
    return None


def _find_origin(tokens: Sequence[Token], noun: int, owners: Table) -> str | None:
    """Whether `from Kenya` says whence people came, not where they were withdrawn from."""
    named, verb = owners.find_word(tokens[noun].lower), owners.find_word(tokens[tokens[noun].head].lower)
    arrives = tokens[noun].tag in _NOUN_TAGS and verb is not None and verb["kind"] == "arrival"
    return "origin" if arrives or (named is not None and named["kind"] == "migrant") else None


def _read_first(tokens: Sequence[Token], hit: _Hit) -> _Identity:
    """What a phrase's first words say by themselves."""
    row = hit.row
    if hit.table == "organisations":
        return _Identity("organisation", row["country"] or None, row["name"], row["branch"] or None)
    if hit.table == "leaders":
        return _Identity("leader", row["country"] or None, row["organisation"] or None)
    if hit.table == "demonyms":
        token = tokens[hit.end - 1]
        names = token.tag in {"NNS", "NNPS"} or (token.tag in _NOUN_TAGS and token.dep not in _MODIFIERS)
        return _Identity("people" if names else "state", row["iso3"] or None, None if row["iso3"] else row["name"])
    if hit.table == "states":
        return _Identity("seat" if row["kind"] == "seat" else "state", row["iso3"])
    if hit.table == "branches":
        return _Identity("role", branch=row["branch"])
    return _Identity("role", organisation=row["name"] or None)


def _read_role(part: _Hit, role: str | None) -> str | None:
    """The PLOVER sector after one more word: `police chief` stays with the police."""
    if part.table == "organisations":
        sector = part.row["code"][3:6]
        return role or (sector if sector in SECTORS else None)
    if part.table == "branches":
        return "MIL"
    if part.table == "leaders":
        return "GOV"
    if part.table == "actor_roles":
        # `police chief` stays with the police, `national security adviser` not with the nationals.
        return role if role not in {None, "CVL"} and part.row["kind"] == "person" else part.row["role"]
    return role


# ---------------------------------------------------------------- names that countries share


def _settle_shared(mentions: list[ActorMention], lexicon: Lexicon) -> list[ActorMention]:
    """Gives `Marines`, `National Guard` or `Congress` a country only where the report names it elsewhere.

    Two different shared names of one country vouch for each other.
    """
    shared: dict[int, str] = {}
    weights: Counter[str] = Counter()
    seen: set[str] = set()
    for number, mention in enumerate(mentions):
        owner = _find_shared_owner(mention.rules[0], lexicon)
        if owner:
            shared[number] = owner
            weights[owner] += 0 if mention.rules[0] in seen else 1
            seen.add(mention.rules[0])
        elif mention.country:
            weights[mention.country] += 2
    for number, owner in shared.items():
        mention = mentions[number]
        if weights[owner] >= _VOUCHED:
            mentions[number] = replace(mention, country=owner)
        elif mention.country:
            mentions[number] = replace(mention, country=None, organisation=None, kind="role")
    return mentions


def _find_shared_owner(rule: str, lexicon: Lexicon) -> str:
    """The country that usually means itself by a shared name, empty for all other names."""
    row = lexicon.find_rule(rule)
    if row is None:
        return ""
    if rule.split(".")[1] == "branches":
        return row["iso3"]
    return row["country"] if row.values.get("case") == "generic" else ""
