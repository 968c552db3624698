"""Checks the lexicon both ways: each example fires its row, no counterexample does.

`reportedly lexicon check [LANGUAGE]` prints what this finds; a test runs the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from reportedly.lexicon.tables import LEXICON_DIRECTORY, WORD_SETS, Lexicon, Row, Table, split_words

_BRACKETS = re.compile(r"\[([^\[\]]+)\]")


def find_problems(lexicon: Lexicon) -> list[str]:
    """Lists everything that is wrong with a lexicon's tables, one line each."""
    problems: list[str] = []
    for table in lexicon.tables.values():
        for row in table.rows.values():
            problems += [f"{row.where}: {row.rule}: {problem}" for problem in _check_row(table, row)]
        problems += _find_unreachable(table)
    return problems


def find_gaps(lexicon: Lexicon, reference: str = "en") -> list[str]:
    """Lists the tables that a language lacks beside the reference language."""
    wanted = {path.stem for path in (LEXICON_DIRECTORY / reference).glob("*.csv")}
    return sorted(wanted - set(lexicon.tables))


def _check_row(table: Table, row: Row) -> Iterator[str]:
    marked = _BRACKETS.findall(row.example)
    if not marked:
        yield "the example marks no words in [brackets]"
        return
    plain = _BRACKETS.sub(r"\1", row.example)
    words = split_words(plain)
    fired = {tuple(words[start:end]) for start, end in _find_spans(table, row, words)}
    for phrase in marked:
        if tuple(split_words(phrase)) not in fired:
            yield f"the example does not fire on [{phrase}]"
    if row.counterexample:
        words = split_words(_BRACKETS.sub(r"\1", row.counterexample))
        if any(_find_spans(table, row, words)):
            yield "the counterexample fires"


def _find_spans(table: Table, row: Row, words: list[str]) -> Iterator[tuple[int, int]]:
    """Finds where a row stands in words: as its table would, or any form of a set."""
    if table.name != WORD_SETS:
        yield from ((hit.start, hit.end) for hit in table.find(words) if hit.row.rule == row.rule)
        return
    for form in map(split_words, row.forms):
        for start in range(len(words) - len(form) + 1):
            if words[start : start + len(form)] == form:
                yield start, start + len(form)


def _find_unreachable(table: Table) -> Iterator[str]:
    """Finds forms that another row takes first. Sets of words are exempt: they have no index,
    each is asked for by its own name, and one word may be in many."""
    owners: dict[tuple[str, ...], Row] = {}
    for form, row in table.iter_forms():
        owner = owners.setdefault(form, row)
        if owner.rule != row.rule:
            yield f"{row.where}: {row.rule}: form {' '.join(form)!r} already belongs to {owner.rule} ({owner.where})"
