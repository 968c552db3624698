"""Stage 5 of 8, who a source is. In: Sources as written. Out: Sources with name, role, country.

A short name is completed from the report's own full mention, an outlet from its table; a
country is read from a demonym, a country or a known body in the source's own words. What
the report does not say stays None.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from reportedly.lexicon import Lexicon, Row
from reportedly.lexicon.tables import split_words
from reportedly.model import ParsedReport, Source
from reportedly.vocab import SourceKind

_NAME = r"[A-Z][\w'’.-]*"
#: How many words before a surname may belong to its full mention: `chief Pentagon spokesperson Sean Parnell`.
_REACH = 8
_WORD_BEFORE = re.compile(r"([\w.'’&-]+)[ \u00a0]+$")
_APPOSITION = re.compile(r",\s+(?:the |a |an |its |their |his |her )?([^,.;()\"“”]{3,80})[,.;]")
_INDEFINITE = ("a ", "an ", "one ", "another ", "some ", "several ", "two ", "three ", "many ")
_BEYOND_HEAD = re.compile(r",| (?:of|for|in|at|with|from|who|on|to) ")
_PARTICLES = frozenset(
    {"de", "la", "del", "van", "von", "bin", "al", "el", "der", "di", "da", "ben", "abu", "ibn", "le"}
)
_COUNTRY_TABLES = (("organisations", "country"), ("organisations", "iso3"), ("demonyms", "iso3"), ("countries", "iso3"))


@dataclass(frozen=True, slots=True, kw_only=True)
class FullName:
    """A person's mention in full: `titled` also for ranks, `role` for offices alone; `end` is its offset."""

    name: str
    role: str | None
    titled: bool
    end: int

    def fullness(self) -> tuple[bool, bool]:
        """How much a mention tells: a given name first, then a title."""
        return " " in self.name, self.titled


def resolve_sources(sources: tuple[Source, ...], parsed: ParsedReport, lexicon: Lexicon) -> tuple[Source, ...]:
    """Fills name, role, affiliation and country of a chain's sources from the report and the tables.

    Args:
        sources: a claim's chain as extracted, nearest to the report first.
        parsed: the report they stand in.
        lexicon: the tables `agencies`, `person_titles`, `demonyms`, `countries`; any may be missing.
    """
    return tuple(_resolve(source, parsed, lexicon) for source in sources)


def _resolve(source: Source, parsed: ParsedReport, lexicon: Lexicon) -> Source:
    if source.kind is SourceKind.NEWS:
        return _resolve_outlet(source, parsed, lexicon)
    text = parsed.report.text
    titles = lexicon.tables.get("person_titles")
    unnamed = source.name is None or (titles is not None and titles.find_word(source.name.lower()) is not None)
    if unnamed and source.kind in {SourceKind.PERSON, SourceKind.OFFICIALS}:
        source = _resolve_description(source, text, lexicon)
    elif source.kind is SourceKind.PERSON and source.name and source.name[:1].isupper():
        source = _resolve_person(source, text, lexicon)
    elif source.kind is SourceKind.ORGANISATION and _is_lone_name(source.text) and not _find_country(source, lexicon):
        source = _resolve_surname(source, text, lexicon)
    elif source.kind is SourceKind.ORGANISATION:
        source = _resolve_body(source, text)
    return replace(source, country=source.country or _find_country(source, lexicon))


# ---------------------------------------------------------------- outlets


def _resolve_outlet(source: Source, parsed: ParsedReport, lexicon: Lexicon) -> Source:
    row = _find_outlet(source.name or source.text, lexicon) or _find_outlet(source.text, lexicon)
    if row is None:
        longer = _find_longer_name(parsed.report.text, source)
        row = _find_outlet(longer, lexicon) if longer else None
        if row is None:
            return replace(source, name=longer or source.name)
    return replace(source, name=row.values.get("name") or source.name, country=row.values.get("country") or None)


def _find_outlet(text: str, lexicon: Lexicon) -> Row | None:
    table = lexicon.tables.get("agencies")
    hits = table.find(split_words(text)) if table else []
    return hits[0].row if hits else None


def _find_longer_name(text: str, source: Source) -> str | None:
    """`the Journal` is the last longer name before it that ends in the same word."""
    short = source.text.split(" ")[-1]
    if not short[:1].isupper():
        return None
    found = re.findall(rf"((?:{_NAME} )+{re.escape(short)})\b", text[: source.start])
    return found[-1].removeprefix("The ") if found else None


# ---------------------------------------------------------------- persons


def _resolve_person(source: Source, text: str, lexicon: Lexicon) -> Source:
    source = _drop_title(source, lexicon)
    name = source.name or ""
    if source.role and " " in name:
        return source
    full = _find_full_mention(text, name, source.start, lexicon)
    if full is None:
        return source
    role = source.role or full.role or _find_apposed_role(text, full.end, lexicon)
    return replace(source, name=full.name, role=role)


def _drop_title(source: Source, lexicon: Lexicon) -> Source:
    """`Colonel Aminata Diallo` is called Aminata Diallo; an office before the name is the role."""
    table = lexicon.tables.get("person_titles")
    words = (source.name or "").split(" ")
    hits = table.find([word.rstrip(".").lower() for word in words]) if table else []
    end = 0
    for hit in hits:
        end = hit.end if hit.start == end else end
    if not 0 < end < len(words):
        return source
    offices = any(hit.end <= end and hit.row["kind"] == "office" for hit in hits)
    role = source.role or (" ".join(words[:end]) if offices else None)
    return replace(source, name=" ".join(words[end:]), role=role)


def _is_lone_name(text: str) -> bool:
    return text[:1].isupper() and text[1:].islower() and " " not in text


def _resolve_surname(source: Source, text: str, lexicon: Lexicon) -> Source:
    """One capitalised word taken for a body is a person where the report gives it a title and given name."""
    full = _find_full_mention(text, source.text, source.start, lexicon)
    if full is None or not full.titled or " " not in full.name:
        return source
    return replace(source, kind=SourceKind.PERSON, name=full.name, role=full.role)


def _resolve_description(source: Source, text: str, lexicon: Lexicon) -> Source:
    """`the top U.S. general` is whoever alone bears that title by name in the report."""
    table = lexicon.tables.get("person_titles")
    if table is None or source.text.lower().startswith(_INDEFINITE):
        return source
    words = split_words(_BEYOND_HEAD.split(source.text)[0])
    hits = [hit for hit in table.find(words) if hit.end == len(words)]
    if not hits:
        return source
    forms = "|".join(re.escape(form) for form in hits[-1].row.forms)
    named = re.findall(rf"(?:(?<=[ \n(])|^)(?i:{forms})\.? ((?:{_NAME} ){{0,4}}{_NAME})", text)
    names = {" ".join(_strip_titles(name, lexicon)) for name in named}
    names = {name for name in names if name}
    # A surname alone and the full name are one person.
    longest = max(names, key=len, default="")
    if not longest or any(name.split()[-1] != longest.split()[-1] for name in names):
        return source
    return replace(source, name=longest, role=source.role or source.text.removeprefix("the ").removeprefix("The "))


def _strip_titles(name: str, lexicon: Lexicon) -> list[str]:
    words = name.replace("’s", "").replace("'s", "").split()
    table = lexicon.tables["person_titles"]
    hits = table.find([word.rstrip(".").lower() for word in words])
    return words[max((hit.end for hit in hits), default=0) :][:3]


def _find_full_mention(text: str, name: str, before: int, lexicon: Lexicon) -> FullName | None:
    """The nearest mention before the source with a given name and title, else one after it."""
    places = [match.start() for match in re.finditer(rf"\b{re.escape(name)}\b", text)]
    best: FullName | None = None
    for start in sorted(places, key=lambda place: (place > before, abs(before - place))):
        found = _read_mention(text, start, name, lexicon)
        if best is None or found.fullness() > best.fullness():
            best = found
    return best


def _read_mention(text: str, start: int, name: str, lexicon: Lexicon) -> FullName:
    """Full name and role from the words before a surname, as far as they are names or titles."""
    table = lexicon.tables.get("person_titles")
    words: list[str] = []
    at = start
    while len(words) < _REACH:
        match = _WORD_BEFORE.search(text, max(0, at - 40), at)
        if match is None:
            break
        word = match.group(1)
        bare = word.rstrip(".").lower()
        titled = table is not None and table.find_word(bare) is not None
        if not (word[:1].isupper() or titled or bare in _PARTICLES) or (word.endswith(".") and len(bare) > 5):
            break
        words.insert(0, word)
        at = match.start(1)
    hits = table.find([word.rstrip(".").lower() for word in words]) if table else []
    given = words[max((hit.end for hit in hits), default=0) :]
    offices = [hit for hit in hits if hit.row["kind"] == "office"]
    role = " ".join(words[: max(hit.end for hit in offices)]) if offices else None
    if role and role.split(" ")[0] in {"The", "A", "An"}:
        role = role.split(" ", 1)[1]
    full = " ".join([*_trim_given(given), name])
    return FullName(name=full, role=role, titled=bool(hits), end=start + len(name))


def _trim_given(words: Sequence[str]) -> list[str]:
    """Given names only: what stands before a sentence's first word or an abbreviation's stop is none."""
    kept: list[str] = []
    for word in reversed(words):
        if len(kept) == 3 or word in {"The", "A", "An", "In", "On", "But", "And", "For", "With", "When", "As"}:
            break
        kept.insert(0, word)
    return kept


def _find_apposed_role(text: str, after: int, lexicon: Lexicon) -> str | None:
    """`Frank McKenzie, the head of U.S. Central Command, ...`"""
    match = _APPOSITION.match(text, after)
    table = lexicon.tables.get("person_titles")
    if match is None or table is None:
        return None
    words = split_words(match.group(1))
    return match.group(1) if any(hit.start <= 4 and hit.row["kind"] == "office" for hit in table.find(words)) else None


# ---------------------------------------------------------------- bodies


def _resolve_body(source: Source, text: str) -> Source:
    """A body's full name with its abbreviation, as the report introduces it: `Office of Roads (OR)`."""
    own = (source.name or source.text).removeprefix("the ").removeprefix("The ").removesuffix("'s").removesuffix("’s")
    if not own or not any(letter.isupper() for letter in own):
        return source
    after = re.search(rf"{re.escape(own)} ?\(([A-Z][\w&.-]{{1,14}})\)", text)
    if after:
        return replace(source, name=f"{own} ({after.group(1)})")
    if own.isupper() and len(own) > 1:
        before = re.search(rf"((?:(?:{_NAME}|of|for|the|and|on|in) ){{1,9}})\({re.escape(own)}\)", text)
        longer = re.sub(r"^(?:(?:of|for|the|and|on|in|The|A|An) )+", "", before.group(1)).strip() if before else ""
        return replace(source, name=f"{longer} ({own})" if longer else source.name or own)
    return source


# ---------------------------------------------------------------- countries


def _find_country(source: Source, lexicon: Lexicon) -> str | None:
    """The one country that a source's own words name; None for none or several."""
    found: list[str] = []
    for text in (source.affiliation, source.role, source.text, source.name):
        if not text:
            continue
        words = split_words(text)
        for name, column in _COUNTRY_TABLES:
            table = lexicon.tables.get(name)
            for hit in table.find(words) if table else ():
                if hit.row.values.get(column) and _has_case(text, words[hit.start], hit.row):
                    found.append(hit.row.values[column])
        if found:
            break
    return found[0] if len(set(found)) == 1 else None


def _has_case(text: str, word: str, row: Row) -> bool:
    """Whether a word stands in the case its row asks for: `PLAN` is a navy, `the plan` is not."""
    case = row.values.get("case")
    if case not in {"upper", "capital"}:
        return True
    written = [other for other in re.findall(r"[\w.]+", text) if other.lower() == word]
    return any(other.isupper() if case == "upper" else other[:1].isupper() for other in written)
