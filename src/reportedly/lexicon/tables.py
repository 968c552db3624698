"""Loads, checks and compiles the lexicon's tables.

A table is a CSV file whose rows are phrases. Every table has these columns:

    id              slug, unique in its table; the rule id is `<language>.<table>.<slug>`
    forms           alternatives divided by `|`, in lower case; several words by blanks
    inflect         empty; `verb` adds the first form's regular inflections; `noun` adds every
                    form's regular plural
    example         a sentence with the words that must match in [brackets]
    counterexample  a sentence in which the row must not match, or empty

All other columns are the table's own values. The rows of `word_sets` are not phrases to find
but sets of words that the grammar asks for by name (`Lexicon.words`).

An overlay directory (`--lexicon DIR`) has the same files; its rows replace rows of the same
id and add the others.
"""

from __future__ import annotations

import csv
import difflib
import functools
import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from reportedly.errors import LexiconError

LEXICON_DIRECTORY = Path(__file__).parent
#: The table whose rows are sets of words, asked for by name; its sets may overlap.
WORD_SETS = "word_sets"
REQUIRED = ("id", "forms", "inflect", "example", "counterexample")

# Splits as the parser does: hyphens and clitics apart, abbreviations and decimals whole.
_WORD = re.compile(
    r"(?:[a-z]\.){2,}|[a-z]+(?=n't\b)|n't\b|'(?:s|re|ve|ll|d|m)\b|\d[\d,.]*\d|\w(?:[\w]|\.(?=\w{2}))*|[^\w\s]",
    re.IGNORECASE,
)
#: One letter for one, so that offsets stay: curly quotes and odd blanks to ASCII.
FOLD = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "\u00a0": " ", "\u202f": " ", "‑": "-"})


def split_words(text: str) -> list[str]:
    """Splits text into lower-case words the way the parser's tokens are split."""
    return _WORD.findall(text.translate(FOLD).lower())


def to_choice(words: Iterable[str]) -> str:
    """Writes words as the alternatives of a regular expression, the longest first."""
    return "|".join(re.escape(word) for word in sorted(words, key=lambda word: (-len(word), word)))


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table. `where` is file:line for `reportedly explain`."""

    rule: str
    slug: str
    forms: tuple[str, ...]
    values: Mapping[str, str]
    where: str
    example: str = ""
    counterexample: str = ""

    def __getitem__(self, column: str) -> str:
        return self.values[column]


@dataclass(frozen=True, slots=True)
class Hit:
    """A row found at words[start:end]."""

    start: int
    end: int
    row: Row


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """A compiled table: longest match first, left to right, no overlaps."""

    name: str
    rows: Mapping[str, Row]
    _index: dict[str, tuple[tuple[tuple[str, ...], Row], ...]] = field(repr=False)

    def find(self, words: Sequence[str]) -> list[Hit]:
        """Finds the rows in a sequence of lower-case words."""
        hits: list[Hit] = []
        index, size, at = self._index, len(words), 0
        if index.keys().isdisjoint(words):
            return hits
        while at < size:
            candidates = index.get(words[at])
            step = 1
            if candidates is not None:
                for form, row in candidates:
                    stop = at + len(form)
                    if stop <= size and (len(form) == 1 or tuple(words[at:stop]) == form):
                        hits.append(Hit(at, stop, row))
                        step = len(form)
                        break
            at += step
        return hits

    def find_at(self, words: Sequence[str], at: int) -> Hit | None:
        """Finds the longest row that begins at words[at]."""
        for form, row in self._index.get(words[at], ()):
            if tuple(words[at : at + len(form)]) == form:
                return Hit(at, at + len(form), row)
        return None

    def find_word(self, word: str) -> Row | None:
        """Finds the row of a single lower-case word."""
        for form, row in self._index.get(word, ()):
            if len(form) == 1:
                return row
        return None

    def iter_forms(self) -> Iterator[tuple[tuple[str, ...], Row]]:
        """Yields every form, split into words, with its row."""
        for candidates in self._index.values():
            yield from candidates


class WordSets(dict[str, frozenset[str]]):
    """The sets of `word_sets` by id, forms as written: a dictionary whose missing keys explain themselves."""

    def __missing__(self, slug: str) -> frozenset[str]:
        near = difflib.get_close_matches(slug, self, 1)
        hint = f"did you mean {near[0]!r}?" if near else "add a row of that id"
        raise LexiconError(f"no set of words {slug!r}", where=f"{WORD_SETS}.csv", hint=hint)


@dataclass(frozen=True, slots=True, eq=False)
class Lexicon:
    """All tables of one language and the measures. `digest` names its exact content.

    Hashed by identity, so that what is compiled from it can be cached per lexicon.
    """

    language: str
    tables: Mapping[str, Table]
    measures: Mapping[str, Mapping[str, object]]
    digest: str
    sets: WordSets = field(default_factory=WordSets, repr=False)

    def words(self, slug: str) -> frozenset[str]:
        """Returns the forms of a set of `word_sets`, single words and phrases as written.

        Raises:
            LexiconError: there is no such set; the hint names the nearest.
        """
        return self.sets[slug]

    def table(self, name: str) -> Table:
        """Returns a table by its file's name without the suffix."""
        try:
            return self.tables[name]
        except KeyError:
            raise LexiconError(f"no table {name!r} in language {self.language!r}") from None

    def find_rule(self, rule: str) -> Row | None:
        """Finds a row by its rule id."""
        parts = rule.split(".", 2)
        table = self.tables.get(parts[1]) if len(parts) == 3 else None
        return table.rows.get(parts[2]) if table else None


@functools.cache
def load_lexicon(language: str = "en", overlay: Path | None = None) -> Lexicon:
    """Loads and compiles the tables of a language, with an overlay directory on top.

    Raises:
        LexiconError: a table breaks the rules above; `where` says file and line.
    """
    folder = LEXICON_DIRECTORY / language
    if not folder.is_dir():
        raise LexiconError(f"no tables for language {language!r}", where=str(LEXICON_DIRECTORY))
    extra = {path.stem: path for path in sorted((overlay / language).glob("*.csv"))} if overlay else {}
    digest = hashlib.sha256()
    tables: dict[str, Table] = {}
    own = {path.stem: path for path in sorted(folder.glob("*.csv"))}
    for name in sorted(own | extra):
        rows: dict[str, Row] = {}
        for path in (own.get(name), extra.get(name)):
            if path is not None:
                digest.update(path.read_bytes())
                rows |= {row.slug: row for row in read_rows(path, language)}
        # Sets of words are looked up by name, never searched for in a sentence: they need no index.
        tables[name] = Table(name, rows, {}) if name == WORD_SETS else compile_table(name, rows)
    measures = read_measures(LEXICON_DIRECTORY / "measures.yaml")
    digest.update((LEXICON_DIRECTORY / "measures.yaml").read_bytes())
    known = tables[WORD_SETS].rows if WORD_SETS in tables else {}
    sets = WordSets({slug: frozenset(row.forms) for slug, row in known.items()})
    return Lexicon(language, tables, measures, digest.hexdigest()[:16], sets)


def read_rows(path: Path, language: str) -> list[Row]:
    """Reads a CSV table's rows.

    Raises:
        LexiconError: a column is missing, an id stands twice, a row has no form.
    """
    rows: list[Row] = []
    seen: set[str] = set()
    with path.open(encoding="utf-8", newline="") as lines:
        reader = csv.DictReader(lines)
        missing = [name for name in REQUIRED if name not in (reader.fieldnames or ())]
        if missing:
            raise LexiconError(f"columns missing: {', '.join(missing)}", where=f"{path}:1")
        for cells in reader:
            own = path.parent == LEXICON_DIRECTORY / language
            where = f"{language}/{path.name}:{reader.line_num}" if own else f"{path}:{reader.line_num}"
            if None in cells or None in cells.values():
                raise LexiconError("the row has more or fewer cells than the header", where=where)
            slug = cells["id"].strip()
            if not slug or slug in seen:
                raise LexiconError(f"id empty or used twice: {slug!r}", where=where)
            seen.add(slug)
            forms = tuple(form.strip() for form in cells["forms"].split("|") if form.strip())
            if not forms:
                raise LexiconError(f"row {slug!r} has no form", where=where)
            rows.append(
                Row(
                    rule=f"{language}.{path.stem}.{slug}",
                    slug=slug,
                    forms=_inflect(forms, cells["inflect"].strip(), where),
                    values={key: value.strip() for key, value in cells.items()},
                    where=where,
                    example=cells["example"],
                    counterexample=cells["counterexample"],
                )
            )
    return rows


def read_measures(path: Path) -> dict[str, Mapping[str, object]]:
    """Reads the measures, what can be counted, by id."""
    loaded = yaml.load(path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    if not isinstance(loaded, dict):
        raise LexiconError("a mapping of measures was expected", where=str(path))
    return {str(key): value for key, value in loaded.items()}


def compile_table(name: str, rows: Mapping[str, Row]) -> Table:
    """Builds a table's index: first word -> forms, longest first."""
    index: dict[str, list[tuple[tuple[str, ...], Row]]] = {}
    for row in rows.values():
        for form in row.forms:
            words = tuple(split_words(form))
            index.setdefault(words[0], []).append((words, row))
    ordered = {word: tuple(sorted(forms, key=lambda pair: -len(pair[0]))) for word, forms in index.items()}
    return Table(name, dict(rows), ordered)


_VOWELS = "aeiou"
# Verbs that double their last letter though they have two syllables or more.
_DOUBLING = frozenset(
    {
        "admit",
        "allot",
        "commit",
        "compel",
        "defer",
        "deter",
        "expel",
        "occur",
        "omit",
        "permit",
        "prefer",
        "rebel",
        "rebut",
        "refer",
        "regret",
        "repel",
        "submit",
        "transfer",
    }
)


def _inflect(forms: tuple[str, ...], kind: str, where: str) -> tuple[str, ...]:
    """Adds regular inflections: a verb's first word is inflected, a noun's last word."""
    if not kind:
        return forms
    if kind == "noun":
        plurals = (f"{start}{space}{_add_s(last)}" for start, space, last in (form.rpartition(" ") for form in forms))
        return tuple(dict.fromkeys((*forms, *plurals)))
    if kind != "verb":
        raise LexiconError(f"inflect must be empty, 'verb' or 'noun', not {kind!r}", where=where)
    head, _, tail = forms[0].partition(" ")
    tail = f" {tail}" if tail else ""
    made = (_add_s(head), _add_suffix(head, "ed"), _add_suffix(head, "ing"))
    return tuple(dict.fromkeys((*forms, *(f"{word}{tail}" for word in made))))


def _add_s(word: str) -> str:
    if word.endswith(("s", "x", "z", "ch", "sh")):
        return word + "es"
    if word.endswith("y") and word[-2:-1] not in _VOWELS:
        return word[:-1] + "ies"
    return word + "s"


def _add_suffix(word: str, suffix: str) -> str:
    if word.endswith("e") and not word.endswith(("ee", "oe", "ye")):
        return word[:-1] + suffix
    if word.endswith("y") and word[-2:-1] not in _VOWELS:
        return (word[:-1] + "i" if suffix == "ed" else word) + suffix
    short = len(word) > 2 and word[-1] not in _VOWELS + "wxy" and word[-2] in _VOWELS and word[-3] not in _VOWELS
    if short and (sum(letter in _VOWELS for letter in word) == 1 or word in _DOUBLING):
        return word + word[-1] + suffix
    return word + suffix
