"""Stage 4 of 8. In: Sentence. Out: stretches of tokens that are times.

Every token becomes one letter for what it can be in a time (a month, a unit, a small
number); one regular expression over those letters is the grammar, so a match at [i, j)
is the tokens [i, j). The words of each letter are rows of `time_words.csv`.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from reportedly.lexicon.tables import Lexicon, Row, Table, split_words
from reportedly.model import Token

#: What the kinds of `time_words.csv` are in the grammar below.
LETTERS = {
    "month": "M", "weekday": "W", "unit": "U", "year": "y", "quarter": "Q", "century": "c", "weekend": "E",
    "season": "S", "part": "P", "ordinal": "O", "day": "T", "day_night": "T", "this": "t", "last": "l",
    "next": "n", "following": "g", "that": "h", "edge": "e", "side": "b", "bound": "r", "ago": "G", "age": "k",
    "long": "z", "approx": "q", "reference": "X", "repeat": "K", "frequency": "Z", "zone": "v", "half_day": "p",
    "fiscal": "F", "half": "H", "vague": "V", "vague_of": "V", "more": "m", "the": "d", "of": "o", "in": "i",
    "link": "j", "holiday": "L", "year_end": "R", "month_end": "R", "period": "I",
    "current": "5", "recent": "6", "for": "4",
}  # fmt: skip
_NUMBER_LETTERS = {"unit": "w", "ten": "w", "scale": "x", "article": "a"}
_PUNCTUATION = {",": ",", "-": "-", "–": "-", "'s": "s", "(": "7", ")": "7"}

# Letters made from the shape of a token: 1 a number that can be a day, 9 another, Y a year,
# A a year with its edge (mid-2021), D a decade, C a clock time, J a whole date, f a fiscal
# year, B a quarter (Q3), N two years (2003–2011), u a fraction; _ continues a phrase.
_SHAPES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (letter, re.compile(pattern))
    for letter, pattern in (
        ("Y", r"(?:1[5-9]|20)\d\d"),
        ("1", r"0?[1-9]|[12]\d|3[01]"),
        ("9", r"\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?"),
        ("O", r"(?:0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)"),
        ("D", r"(?:(?:early|mid|late)-)?(?:(?:1[5-9]|20)\d0|'[1-9]0)s"),
        ("C", r"(?:[01]?\d|2[0-4]):[0-5]\d(?:[ap]m)?"),
        ("N", r"(?:1[5-9]|20)\d\d[–-](?:(?:1[5-9]|20)\d\d|\d\d)"),
        ("J", r"(?:1[5-9]|20)\d\d[-/.]\d\d[-/.]\d\d|\d{1,2}[/.]\d{1,2}[/.](?:1[5-9]|20)\d\d"),
        ("A", r"(?:early|mid|late|end)-(?:1[5-9]|20)\d\d"),
        ("f", r"fy-?(?:20)?\d\d"),
        ("B", r"q[1-4]"),
        ("u", r"1/2"),
    )
)

_NUM = r"(?:a?x|w(?:-?[wx])*|[19Y]x*)"
_AMOUNT = rf"(?:a?V_*o?|{_NUM}(?:-?j-?{_NUM}|-{_NUM})?u?|a)"
_EDGE = r"(?:d?e(?:[o-])?d?|d?bod?|b-)?"
_OF_YEAR = r"(?:,?o?d?(?:F?y?(?:7F7)?Y|A|[tlngh]F?y))"
#: The grammar: rule ids and their patterns; the first that matches wins.
RULES: tuple[tuple[str, str], ...] = (
    ("iso-date", r"Y-1-1(?!\d)|J"),
    ("clock", r"(?:Cp?|[1w]p)(?:v_*)?(?:,?(?:W|T_*))?|P(?:W|T)"),
    ("day-of-month", rf"(?:W,?d?)?{_EDGE}M(?:[1O](?:-1|j1(?=[,d4i]|$))|[1O])(?:,?(?:Y(?!-?[UyQPm])))?"),
    ("day-before-month", r"(?:W,?)?d?(?:1-)?(?:O|1)o?M(?:,?Y)?"),
    ("month-of-year", rf"{_EDGE}M{_OF_YEAR}"),
    ("month", rf"(?:{_EDGE}|r)(?:[tln]|dh)?M"),
    ("season", rf"{_EDGE}(?:[tlng]S(?:,?Y)?|d?S{_OF_YEAR}|dS)|d?e[o-]?d?S|(?<=[io])S"),
    ("quarter-of-relative-year", r"d?[tln]F?yso?d?F?O-?F?[QH]"),
    (
        "quarter",
        rf"d?Y?F?O-?F?Q(?:[oi]?d?{_OF_YEAR})?|d?O-?F?H(?:[oi]d?{_OF_YEAR})|d?l[QI]|dYQ|d[tln5]?F?Q|[tln5]F?Q"
        rf"|B{_OF_YEAR}?|YB",
    ),
    ("weekday", r"(?:d?eU?o|e-?|r)?(?:[tlng]|dh)?W(?:,?P)?"),
    ("ago", rf"(?:q_*)*{_AMOUNT}m?-?[UyQPcS][Gr]_*|[Uyc]G(?!_)"),
    ("year-ago", r"d?a?y-[Gr](?:Q|I)?"),
    ("window", rf"d?[tlng6]{_AMOUNT}m?[UyQP](?!-?k)"),
    ("first-amount", rf"d?O{_AMOUNT}[Uy](?!-?k)"),
    ("relative-unit", rf"(?:{_EDGE}|r)(?:d?[tlng56]|d?h_*)n?(?:F?y|U|Q|E|P|c|I)"),
    ("holiday", r"[tln]?L_*(?:,?Y)?"),
    ("year-end", rf"{_EDGE}R_*(?:o?Y)?"),
    ("weekend", r"d?E"),
    ("repeat", rf"K(?:O|{_NUM})?[UyWMQPE]"),
    ("fiscal-year", rf"{_EDGE}d?(?:Fy?Y|f)"),
    ("duration", rf"(?:q_*)*(?:d(?!a))?{_AMOUNT}m?-?[UyQPc](?:-?z)?(?!-?k)|[Uyc]-z|(?<=[4i])[Uyc](?:j[Uyc])?"),
    ("decade", rf"{_EDGE}d?D"),
    ("century", r"d?(?:e-?)?O-?c|[tln]c"),
    ("day-word", r"(?:e|r|b)?T_*P?"),
    ("frequency", r"Z"),
    ("side-of-unit", r"d?(?:e|bo)d?[Uy]"),
    ("year-range", r"Y-[Y91]|N"),
    ("day-alone", r"dO(?=[.,]|$)"),
    ("year", rf"{_EDGE}(?:dy)?Y|A"),
    ("reference", r"X_*|[56]|dl(?=[.,s]|$)"),
)
_GRAMMAR = re.compile("|".join(f"(?P<{slug.replace('-', '_')}>{pattern})" for slug, pattern in RULES))
# A sentence without one of these letters holds no time.
_ANCHOR = re.compile(r"[MWUyQcEPTXZYADCJfBRLSN56]|dO|dl(?:[.,]|$)")


@dataclass(frozen=True, slots=True)
class Word:
    """What a token is in the grammar: its letter, and its value there."""

    letter: str
    kind: str
    value: str
    capital: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class TimeWords:
    """The time tables of a language, compiled to look-ups."""

    words: Mapping[str, Word]
    phrases: Mapping[str, tuple[tuple[tuple[str, ...], Word], ...]]
    relations: Mapping[tuple[str, ...], str]
    sayings: frozenset[str]
    saying_nouns: frozenset[str]
    changes: frozenset[str]
    aspects: frozenset[str]
    events: Table
    event_nouns: frozenset[str]


@dataclass(frozen=True, slots=True)
class Stretch:
    """Tokens [first, last) that are a time by a rule of the grammar."""

    rule: str
    first: int
    last: int
    letters: str
    words: tuple[Word, ...]


@functools.cache
def load_time_words(lexicon: Lexicon) -> TimeWords:
    """Compiles the lexicon's time tables."""
    words: dict[str, Word] = {}
    phrases: dict[str, list[tuple[tuple[str, ...], Word]]] = {}
    for row in lexicon.table("number_words").rows.values():
        letter = _NUMBER_LETTERS[row["kind"]]
        words.update((form, Word(letter, "number", row["value"])) for form in row.forms)
    for mark, letter in _PUNCTUATION.items():
        words[mark] = Word(letter, "punctuation", "")
    for row in lexicon.table("time_words").rows.values():
        _add_row(row, words, phrases)
    relations = {
        tuple(split_words(form)): row["relation"]
        for row in lexicon.table("time_relations").rows.values()
        for form in row.forms
    }
    ordered = {first: tuple(sorted(forms, key=lambda pair: -len(pair[0]))) for first, forms in phrases.items()}
    aspects = _to_single(lexicon.table("time_aspects").rows.values())
    return TimeWords(words, ordered, relations, *_load_context_words(lexicon), aspects, *_load_events(lexicon))


def _load_events(lexicon: Lexicon) -> tuple[Table, frozenset[str]]:
    """Days that stand for one event (`the Sept. 11 attacks`), and the nouns that follow them."""
    events = lexicon.table("time_events")
    return events, frozenset(noun for row in events.rows.values() for noun in row["nouns"].split("|"))


#: Cue classes whose verbs say something, and so may have a time of their own.
_SAYING = frozenset({"say", "announce", "confirm", "report", "claim", "deny", "estimate", "warn"})


def _load_context_words(lexicon: Lexicon) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """The single words of saying, its nouns, and of changes and happenings."""
    cues = (
        row
        for row in lexicon.table("cues").rows.values()
        if row["class"] in _SAYING and "clause" in row["frames"].split()
    )
    nouns = (row for row in lexicon.table("cue_nouns").rows.values() if row["class"] in _SAYING)
    changes = [*lexicon.table("change_words").rows.values(), *lexicon.table("happenings").rows.values()]
    return _to_single(cues), _to_single(nouns), _to_single(changes)


def _to_single(rows: Iterable[Row]) -> frozenset[str]:
    return frozenset(form for row in rows for form in row.forms if " " not in form)


def _add_row(row: Row, words: dict[str, Word], phrases: dict[str, list[tuple[tuple[str, ...], Word]]]) -> None:
    word = Word(LETTERS[row["kind"]], row["kind"], row["value"], row["case"] == "capital")
    for form in row.forms:
        parts = tuple(split_words(form)) if " " in form or "-" in form else (form,)
        if len(parts) == 1:
            words[form] = word
            # The parser keeps the full stop of an abbreviation with it.
            words.setdefault(f"{form}.", word)
        else:
            phrases.setdefault(parts[0], []).append((parts, word))


def find_stretches(tokens: Sequence[Token], words: TimeWords) -> Iterator[Stretch]:
    """Yields the stretches of a sentence's tokens that are times, left to right."""
    found = [words.words.get(token.lower) for token in tokens]
    letters = "".join(["." if word is None else word.letter for word in found])
    letters = _read_shapes(tokens, letters, found)
    letters = _read_phrases(tokens, letters, found, words)
    if _ANCHOR.search(letters) is None:
        return
    for match in _GRAMMAR.finditer(letters):
        first, last = match.span()
        inside = tuple(word for word in found[first:last] if word is not None)
        yield Stretch((match.lastgroup or "").replace("_", "-"), first, last, match.group(), inside)


def _read_shapes(tokens: Sequence[Token], letters: str, found: list[Word | None]) -> str:
    """Reads the tokens that the tables do not hold by their shape, and drops false months."""
    out: list[str] | None = None
    for at, word in enumerate(found):
        if word is not None:
            if not word.capital or _is_name(tokens, at):
                continue
            made: Word | None = None
        else:
            text = tokens[at].lower
            if not (text[0] in "0123456789'" or text[-1] in "0123456789"):
                continue
            made = read_shape(text)
        if made is word:
            continue
        out = out or list(letters)
        found[at] = made
        out[at] = made.letter if made else "."
    return "".join(out) if out else letters


# Entities that a month's word is part of: `March Lane`, `Sun Microsystems`.
_NAMES = frozenset({"PERSON", "ORG", "GPE", "LOC", "FAC", "PRODUCT"})


def _is_name(tokens: Sequence[Token], at: int) -> bool:
    """Whether a month's or weekday's word is its name: `May` the modal and `march` are not."""
    token = tokens[at]
    if not token.text[0].isupper():
        return False
    if _beside_number(tokens, at):
        return True
    if token.tag in {"MD", "VB", "VBP", "VBD"}:
        return False
    before = tokens[at - 1].tag if at else ""
    if token.entity in _NAMES and before != "IN":
        return False
    # `Sun` and `Jan` are names unless a full stop shortens them.
    if len(token.lower) == 3 and token.lower != "may":
        return False
    # `the Women's March`, `the March of the Mothers`.
    if token.lower == "march" and before != "IN":
        after = tokens[at + 1].lower if at + 1 < len(tokens) else ""
        return token.tag == "NNP" and before != "POS" and after not in {"of", "for", "on"}
    return token.tag not in {"NN", "JJ"} or before in {"IN", "JJ", "DT"} or len(token.lower) > 5


def _beside_number(tokens: Sequence[Token], at: int) -> bool:
    return any(tokens[i].text[0].isdigit() for i in (at - 1, at + 1) if 0 <= i < len(tokens))


@functools.lru_cache(maxsize=4096)
def read_shape(text: str) -> Word | None:
    """Reads a token of digits (`15`, `2021`, `1990s`, `6:30`, `mid-2021`) by its shape."""
    for letter, pattern in _SHAPES:
        if pattern.fullmatch(text):
            return Word(letter, "shape", text)
    return None


def _read_phrases(tokens: Sequence[Token], letters: str, found: list[Word | None], words: TimeWords) -> str:
    """Marks phrases of several words (`at present`, `New Year's Day`): a letter, then `_`."""
    out: list[str] | None = None
    skip = 0
    for at, token in enumerate(tokens):
        if at < skip:
            continue
        for parts, word in words.phrases.get(token.lower, ()):
            stop = at + len(parts)
            if tuple(item.lower for item in tokens[at:stop]) == parts:
                out = out or list(letters)
                out[at:stop] = word.letter + "_" * (len(parts) - 1)
                found[at:stop] = [word] + [Word("_", "", "")] * (len(parts) - 1)
                skip = stop
                break
    return "".join(out) if out else letters
