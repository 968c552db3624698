"""Stage 4 of 8, the question "where?". In: ParsedReport. Out: PlaceMention.

Names come from our own tables of countries and places; a name that neither knows is asked of
the gazetteer if the tagger or a preposition says that it is a place. What a name is part of
(a newspaper, a person, a people) is no place.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from reportedly.extract.place_choice import choose_place
from reportedly.extract.place_relations import METONYMS, WIDTHS, PlaceWords, find_relation, load_place_words
from reportedly.extract.syntax import find_span_head
from reportedly.lexicon import Lexicon, Row
from reportedly.lexicon.gazetteer import find_candidates, find_counties, load_cities
from reportedly.model import ParsedReport, PlaceMention, Sentence, Token

__all__ = ["choose_place", "find_places"]

_PLACE_ENTITIES = frozenset({"GPE", "LOC", "FAC"})
_PROPER = frozenset({"NNP", "NNPS"})
_DASHES = frozenset({"-", "–", "—", "--", "―", ":"})


def find_places(parsed: ParsedReport, lexicon: Lexicon) -> tuple[PlaceMention, ...]:
    """Finds the words that name a place, and those that stand for one, in reading order.

    Returns:
        Mentions with what the name alone tells (`iso3`, `precision`) and how they stand in
        their sentence. Governments named by their country or capital are flagged `metonym`,
        the place of a dateline `dateline`, `there` and `the city` carry `anaphor`.
    """
    words = load_place_words(lexicon)
    names = _find_names(parsed)
    found: list[PlaceMention] = []
    for sentence in parsed.sentences:
        if sentence.tokens:
            found.extend(_find_in_sentence(parsed, sentence, words, names, lexicon))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class ReportNames:
    """What the tagger says somewhere in the report, for the times when it says nothing or errs:
    the last names of people named in full, and the first words of places."""

    people: frozenset[str]
    places: frozenset[str]


def _find_names(parsed: ParsedReport) -> ReportNames:
    people: set[str] = set()
    places: set[str] = set()
    for sentence in parsed.sentences:
        for token in sentence.tokens:
            if token.entity == "PERSON" and not token.starts_entity and token.tag in _PROPER:
                people.add(token.text)
            elif token.entity == "GPE" and token.starts_entity and token.tag in _PROPER:
                places.add(token.text)
    return ReportNames(frozenset(people), frozenset(places - people))


def _find_in_sentence(
    parsed: ParsedReport, sentence: Sentence, words: PlaceWords, names: ReportNames, lexicon: Lexicon
) -> list[PlaceMention]:
    lower, owners = _split_tokens(sentence)
    taken = [False] * len(sentence.tokens)
    spans: list[tuple[int, int, Row | None, str]] = []
    at = 0
    while at < len(lower):
        index = owners[at]
        hit = None
        if sentence.tokens[index].text[0].isupper() and not taken[index]:
            hit = (
                _find_row(lower, at, words)
                or _find_postal(sentence, lower, at, index, words)
                or _find_soil(lower, at, words)
            )
        if hit is None:
            at += 1
            continue
        stop, row = hit
        first, last = index, owners[stop - 1] + 1
        if _is_place(sentence, first, last, row, " ".join(lower[at:stop]), words, names):
            spans.append((first, last, row, row.rule))
            taken[first:last] = [True] * (last - first)
        at = stop
    spans.extend(_find_unlisted(sentence, words, names, taken, lexicon))
    spans.sort(key=lambda span: span[0])
    mentions = [_to_mention(parsed, sentence, span, words, lexicon) for span in spans]
    mentions = _mark_containers(sentence, mentions, lexicon)
    mentions.extend(_find_anaphors(parsed, sentence, lower, owners, words, taken))
    return sorted(mentions, key=lambda mention: mention.start)


def _split_tokens(sentence: Sentence) -> tuple[list[str], list[int]]:
    """Lower-case words with the token of each: `U.S.-Mexico` is one token but three words,
    and an abbreviation's full stop is dropped as in the tables (`Calif.`)."""
    lower: list[str] = []
    owners: list[int] = []
    for token in sentence.tokens:
        word = token.lower
        if "-" in word and len(word) > 3 and word[0] != "-" and word[-1] != "-":
            head, _, tail = word.partition("-")
            pieces = [head, "-", tail]
        elif word[-1] == "." and word.count(".") == 1 and len(word) > 2:
            pieces = [word[:-1]]
        else:
            pieces = [word]
        lower.extend(pieces)
        owners.extend([token.index] * len(pieces))
    return lower, owners


def _find_row(lower: Sequence[str], at: int, words: PlaceWords) -> tuple[int, Row] | None:
    """The longest name of either table at a word; a country before a place of the same name."""
    country, place = words.countries.find_at(lower, at), words.places.find_at(lower, at)
    hit = country if place is None or (country is not None and country.end >= place.end) else place
    return (hit.end, hit.row) if hit else None


def _find_soil(lower: Sequence[str], at: int, words: PlaceWords) -> tuple[int, Row] | None:
    """A nation's border, soil or waters: `the Ukrainian border`; the row is the nation's."""
    hit = words.demonyms.find_at(lower, at)
    if hit is None or hit.end >= len(lower):
        return None
    noun = words.nouns.find_at(lower, hit.end)
    return (noun.end, hit.row) if noun is not None and noun.row["kind"] == "soil" else None


def _find_postal(
    sentence: Sentence, lower: Sequence[str], at: int, index: int, words: PlaceWords
) -> tuple[int, Row] | None:
    """A state's abbreviation after a comma: `Raleigh, N.C.`, `Austin, TX`."""
    text = sentence.tokens[index].text
    short = text[-1] == "." or (len(text) == 2 and text.isupper())
    if not short or index == 0 or sentence.tokens[index - 1].text != ",":
        return None
    row = words.postal.get(lower[at].rstrip("."))
    return (at + 1, row) if row else None


# ---------------------------------------------------------------- what is a place and what is not


def _is_place(
    sentence: Sentence, first: int, last: int, row: Row, form: str, words: PlaceWords, names: ReportNames
) -> bool:
    """Whether a listed name is used as one: in capitals where it must be, not as an adjective,
    not inside the name of a person, a newspaper or an office."""
    tokens = sentence.tokens
    token = tokens[first]
    short = form in row.values.get("capitals", "").split("|")
    if short and (not token.text.isupper() or _is_shouted(sentence)):
        return False
    if (short or row.slug == "united-states") and _is_adjective(sentence, first, last, words):
        return False
    if last - first > 1 or "capitals" not in row.values:
        return not _opens_organisation(sentence, last, words)
    return not _is_part_of_name(sentence, first, last, words, names, listed=True)


def _opens_organisation(sentence: Sentence, last: int, words: PlaceWords) -> bool:
    """Whether a name of several words goes on as an organisation: `New York Times`."""
    tokens = sentence.tokens
    if last >= len(tokens) or tokens[last - 1].entity != "ORG" or tokens[last].starts_entity:
        return False
    following = tokens[last]
    return following.entity == "ORG" and following.tag in _PROPER and not _ends_in_place_noun(sentence, last, words)


def _is_shouted(sentence: Sentence) -> bool:
    return sentence.text.isupper()


def _is_adjective(sentence: Sentence, first: int, last: int, words: PlaceWords) -> bool:
    """`U.S. troops`, `the US military`: a nationality, but `U.S. soil` and `the U.S. border` are places."""
    tokens = sentence.tokens
    if last >= len(tokens):
        return False
    following = tokens[last]
    head = tokens[find_span_head(sentence, first, last)]
    if head.dep == "pobj" or following.tag == "POS":
        return False
    if following.lower in ("-", "/"):
        return last + 1 < len(tokens) and tokens[last + 1].tag[0] in "NVJ"
    if head.dep in ("compound", "amod", "nmod", "poss", "nummod") and head.head >= last:
        noun = words.nouns.find_word(tokens[head.head].lower)
        return noun is None or noun["kind"] != "soil"
    return following.tag in ("NN", "NNS", "NNP", "NNPS", "JJ") and head.dep not in ("nsubj", "dobj", "appos", "conj")


def _is_part_of_name(
    sentence: Sentence, first: int, last: int, words: PlaceWords, names: ReportNames, *, listed: bool
) -> bool:
    """Whether a single word belongs to a longer name: `Washington Post`, `Michael Jordan`, `Bank of America`."""
    tokens = sentence.tokens
    token, tag = tokens[first], tokens[first].entity
    if _is_person(sentence, first, last, names):
        return True
    following = tokens[last] if last < len(tokens) else None
    titled = _is_title_case(sentence)
    if following is not None and following.text[:1].isupper() and following.tag in _PROPER:
        same = following.entity == tag and not following.starts_entity
        joined = tokens[last - 1].dep in ("compound", "nmod", "amod") and tokens[last - 1].head >= last
        is_noun = words.nouns.find_word(following.lower) is not None
        is_place = following.entity in _PLACE_ENTITIES and tag in _PLACE_ENTITIES and listed and not same
        if not is_noun and not is_place and (same or joined) and not (titled and tag != "ORG"):
            return not _ends_in_place_noun(sentence, last, words)
    before = tokens[first - 1] if first else None
    if before is None:
        return False
    if tag == "ORG" and not token.starts_entity:
        return before.lower not in ("in", "for") and not _follows_direction(sentence, first, words)
    proper = before.text[:1].isupper() and before.tag in _PROPER and before.dep == "compound"
    return (
        proper
        and before.head == token.index
        and not titled
        and not _follows_direction(sentence, first, words)
        and not (before.entity == "GPE" and tag == "GPE" and listed)
        and before.entity == tag
    )


def _is_person(sentence: Sentence, first: int, last: int, names: ReportNames) -> bool:
    tokens = sentence.tokens
    token = tokens[first]
    if token.entity != "PERSON":
        return False
    if token.text in names.people or not token.starts_entity:
        return True
    return last < len(tokens) and tokens[last].entity == "PERSON" and not tokens[last].starts_entity


def _follows_direction(sentence: Sentence, first: int, words: PlaceWords) -> bool:
    return first > 0 and words.directions.find_word(sentence.tokens[first - 1].lower) is not None


def _ends_in_place_noun(sentence: Sentence, at: int, words: PlaceWords) -> bool:
    """Whether the capitalised words from `at` end in a noun for a place: `Kabul International Airport`."""
    for token in sentence.tokens[at : at + 4]:
        if not token.text[:1].isupper():
            return False
        if words.nouns.find_word(token.lower) is not None:
            return True
    return False


def _is_title_case(sentence: Sentence) -> bool:
    """Whether nearly all longer words have capitals, as in many headlines."""
    longer = [token.text for token in sentence.tokens if len(token.text) > 3 and token.text[0].isalpha()]
    return len(longer) > 3 and sum(text[0].isupper() for text in longer) > 0.8 * len(longer)


# ---------------------------------------------------------------- names that our tables do not list


def _find_unlisted(
    sentence: Sentence, words: PlaceWords, names: ReportNames, taken: list[bool], lexicon: Lexicon
) -> Iterator[tuple[int, int, Row | None, str]]:
    """Finds names by the tagger's word or a preposition's, if the gazetteer knows them."""
    tokens = sentence.tokens
    at = 0
    while at < len(tokens):
        stop = _find_run(sentence, at, taken)
        if stop is None:
            at += 1
            continue
        rule = _judge_run(sentence, at, stop, words, names)
        if rule:
            name = _find_known_part(sentence, at, stop, words, lexicon)
            if name is not None:
                taken[name[0] : name[1]] = [True] * (name[1] - name[0])
                yield (*name, None, rule)
        at = stop


def _find_run(sentence: Sentence, at: int, taken: Sequence[bool]) -> int | None:
    """The end of the run of proper nouns that begins at a token, hyphens and clitic-free; None if none does."""
    tokens = sentence.tokens
    first = tokens[at]
    if taken[at] or first.tag not in _PROPER or not first.text[0].isupper():
        return None
    stop = at + 1
    while stop < len(tokens) and not taken[stop]:
        token = tokens[stop]
        inner = token.entity == first.entity and token.entity in _PLACE_ENTITIES and not token.starts_entity
        proper = token.tag in _PROPER and token.text[0].isupper() and not token.starts_entity
        if token.tag == "POS" or not (inner or proper):
            break
        stop += 1
    return stop


def _judge_run(sentence: Sentence, first: int, last: int, words: PlaceWords, names: ReportNames) -> str:
    """The rule by which a run of proper nouns is a place, empty if it is none."""
    tokens = sentence.tokens
    entity = tokens[first].entity
    if entity in _PLACE_ENTITIES:
        return (
            ""
            if last - first == 1 and _is_part_of_name(sentence, first, last, words, names, listed=False)
            else "en.place.named-entity"
        )
    if last - first == 1 and tokens[first].text in names.places and entity in ("", "PERSON", "ORG"):
        part = _is_part_of_name(sentence, first, last, words, names, listed=False)
        return "" if part else "en.place.named-elsewhere"
    if first == 0 or entity not in ("", "ORG", "PERSON") or tokens[first].text in names.people:
        return ""
    before = words.prepositions.find_word(tokens[first - 1].lower)
    local = before is not None and before["sense"] in ("at", "from", "to") and tokens[last - 1].dep == "pobj"
    if not local or (entity and tokens[first - 1].lower not in ("in", "near", "at")):
        return ""
    return "en.place.after-preposition"


def _find_known_part(
    sentence: Sentence, first: int, last: int, words: PlaceWords, lexicon: Lexicon
) -> tuple[int, int] | None:
    """The longest part of a run that the gazetteer knows, without a noun like `Province` at its end."""
    tokens = sentence.tokens
    cities = load_cities()
    if cities is None:
        return None
    if _is_part_of_town(sentence, first, last, words):
        return None
    text = sentence.text
    stop = last
    while stop > first:
        name = text[tokens[first].start - sentence.start : tokens[stop - 1].end - sentence.start]
        noun = words.nouns.find_word(tokens[stop - 1].lower) if stop - first > 1 else None
        if noun is not None and noun["kind"] == "county":
            return (first, stop) if find_counties(name, lexicon) else None
        if len(name) > 2 and cities.knows(name):
            return first, last if stop < last else stop
        if noun is None:
            break
        stop -= 1
    if last - first > 1 and words.directions.find_word(tokens[first].lower) is not None:
        return _find_known_part(sentence, first + 1, last, words, lexicon)
    return None


def _is_part_of_town(sentence: Sentence, first: int, last: int, words: PlaceWords) -> bool:
    """Whether a run is a direction and a common noun: `Southwest Side`, `West End` are no towns of that name."""
    tokens = sentence.tokens
    if words.parts.find_word(tokens[last - 1].lower) is None:
        return False
    before = tokens[first : last - 1] if last - first > 1 else tokens[max(0, first - 1) : first]
    return bool(before) and all(words.directions.find_word(token.lower) is not None for token in before)


# ---------------------------------------------------------------- mentions


def _to_mention(
    parsed: ParsedReport,
    sentence: Sentence,
    span: tuple[int, int, Row | None, str],
    words: PlaceWords,
    lexicon: Lexicon,
) -> PlaceMention:
    first, last, row, rule = span
    tokens = sentence.tokens
    head = find_span_head(sentence, first, last)
    relation = find_relation(sentence, head, words)
    start, end = tokens[first].start, tokens[last - 1].end
    kind = relation.kind
    if kind == "host" and parsed.report.text[tokens[first].start : tokens[last - 1].end] in _find_capitals(words):
        kind = "subject"  # a capital that `has` troops is a government
    iso3, precision = (row["iso3"] or None, row.values.get("precision") or "country") if row else (None, "city")
    text = parsed.report.text[start:end]
    if row is None:
        named = find_candidates(text, lexicon)
        iso3 = named[0].iso3 if named else None
    return PlaceMention(
        text=text,
        start=start,
        end=end,
        sentence=sentence.index,
        first=first,
        last=last,
        rules=(rule,),
        iso3=iso3,
        precision=precision,
        key=row.rule if row else "",
        relation=kind,
        attach=relation.attach,
        metonym=kind in METONYMS,
        dateline=_is_dateline(parsed, sentence, first, last),
    )


@functools.lru_cache(maxsize=4)
def _find_capitals(words: PlaceWords) -> frozenset[str]:
    return frozenset(row["capital"] for row in words.countries.rows.values())


def _is_dateline(parsed: ParsedReport, sentence: Sentence, first: int, last: int) -> bool:
    """Whether the name says where the report was filed: `KABUL, Afghanistan (AP) -`, `BAGHDAD:`."""
    line = parsed.report.dateline
    tokens = sentence.tokens
    if line is not None and line.start is not None and line.end is not None:
        return line.start <= tokens[first].start and tokens[last - 1].end <= line.end
    if first > 4 or not tokens[0].text[:1].isupper() or not (tokens[0].text.isupper() or _has_agency(tokens)):
        return False
    following = tokens[last : last + 9]
    for token in following:
        if token.lower in _DASHES:
            return True
        if token.tag[:2] in ("VB", "MD") or token.lower in ("and", "that"):
            return False
    return False


def _has_agency(tokens: Sequence[Token]) -> bool:
    opened = next((token.index for token in tokens[1:6] if token.text == "("), None)
    return opened is not None and any(token.text == ")" for token in tokens[opened + 2 : opened + 10])


def _mark_containers(sentence: Sentence, mentions: list[PlaceMention], lexicon: Lexicon) -> list[PlaceMention]:
    """Marks the wider place in `Goma, Congo` and `Fort Hood, Texas`."""
    marked: list[PlaceMention] = []
    for mention in mentions:
        before = marked[-1] if marked else None
        if before is not None and not before.container and _contains(sentence, mention, before, lexicon):
            marked[-1] = replace(before, iso3=mention.iso3)
            mention = replace(mention, container=True, relation=before.relation, attach=before.attach)
        marked.append(mention)
    return marked


def _contains(sentence: Sentence, wide: PlaceMention, narrow: PlaceMention, lexicon: Lexicon) -> bool:
    """Whether a name only says where the one just before it, with a comma between, lies."""
    tokens = sentence.tokens
    if wide.first != narrow.last + 1 or tokens[narrow.last].text != ",":
        return False
    if wide.last < len(tokens) and tokens[wide.last].tag == "POS":
        return False
    if WIDTHS.get(wide.precision or "", 3) <= WIDTHS.get(narrow.precision or "", 1):
        return False
    if not narrow.key or narrow.iso3 in (None, wide.iso3):
        return True
    # `Paris, Texas`: a namesake of what our own table lists.
    return narrow.precision == "city" and any(
        item.iso3 == wide.iso3 and not item.alias for item in find_candidates(narrow.text, lexicon)
    )


def _find_anaphors(
    parsed: ParsedReport,
    sentence: Sentence,
    lower: Sequence[str],
    owners: Sequence[int],
    words: PlaceWords,
    taken: Sequence[bool],
) -> Iterator[PlaceMention]:
    """Finds `there`, `the country`, `that city`: words that stand for a place named elsewhere."""
    tokens = sentence.tokens
    for hit in words.anaphors.find(lower):
        first, last = owners[hit.start], owners[hit.end - 1] + 1
        if tokens[first].tag == "EX" or any(taken[first:last]) or tokens[first].dep == "expl":
            continue
        head = find_span_head(sentence, first, last)
        if last - first == 2 and tokens[last - 1].dep == "compound":
            continue
        relation = find_relation(sentence, head, words)
        start, end = tokens[first].start, tokens[last - 1].end
        yield PlaceMention(
            text=parsed.report.text[start:end],
            start=start,
            end=end,
            sentence=sentence.index,
            first=first,
            last=last,
            rules=(hit.row.rule,),
            relation=relation.kind,
            attach=relation.attach,
            metonym=relation.kind in METONYMS,
            anaphor=hit.row["fits"],
        )
