"""Stage 6 of 8. In: Query. Out: the numbers of the claims that answer it, in its order.

PostgreSQL plans a question well by itself. SQLite knows little of how often a word is: here it is told in
which order to look, so that a word that is everywhere costs no more than a rare one. What is measured is in
`benchmarks/ledger.py`: a million claims, of which most hold the commonest words.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from reportedly.record.queries import MOST_RANKED, Query, now_, to_match, to_select, to_words_match
from reportedly.record.sql import reports

#: Claims that are looked up in the word index one by one (30 microseconds each): more are found by the words first.
FEW = 500
#: A word in more than this share of the reports says nothing of what a report is about, beside a rarer one.
COMMON = 0.25


def find_numbers(connection: sa.Connection, query: Query) -> Sequence[int]:
    """Finds the numbers of the claims that answer a question.

    Raises:
        LedgerError: a value is none that its field can have.
    """
    if connection.dialect.name == "sqlite" and not query.about and (query.text or query.source):
        return _find_by_words(connection, query)
    return _pack(connection, to_chosen(connection, query))


def to_chosen(connection: sa.Connection, query: Query) -> sa.Select[Any]:
    """Makes the statement of a question that need not be asked in parts."""
    if connection.dialect.name == "sqlite" and query.about:
        query = replace(query, about=_drop_common(connection, query.about))
    return to_select(query, connection.dialect.name)


def _find_by_words(connection: sa.Connection, query: Query) -> Sequence[int]:
    """Looks at the few claims that the other conditions leave, or else at those with the words, newest first."""
    match = to_words_match(query)
    rest = replace(query, text=None, source=None)
    few = to_select(replace(rest, limit=FEW + 1, offset=0), "sqlite")
    numbers = connection.execute(few).scalars().all()
    words = sa.table("claim_words", sa.column("rowid", sa.Integer))
    holds = sa.text("claim_words MATCH :match").bindparams(match=match)
    newest = words.c.rowid.desc()
    if len(numbers) <= FEW:
        chosen = sa.select(words.c.rowid).where(holds, words.c.rowid.in_(numbers)).order_by(newest)
    else:
        chosen = to_select(replace(rest, limit=None, offset=0), "sqlite").select_from(words)
        chosen = chosen.where(holds, words.c.rowid == now_.claim_no).order_by(None).order_by(newest)
    return _pack(connection, chosen.limit(query.limit).offset(query.offset or None))


def _pack(connection: sa.Connection, chosen: sa.Select[Any]) -> Sequence[int]:
    """Reads numbers eight bytes each: all of a million claims would take 150 MB as rows."""
    return array("q", connection.execute(chosen).yield_per(10_000).scalars())


def _drop_common(connection: sa.Connection, about: str) -> str:
    to_match(about, phrase=False)  # refuses what has no word
    words = list(dict.fromkeys(re.findall(r"\w+", about)))
    if len(words) < 2:
        return about
    stored = connection.execute(sa.select(sa.func.max(reports.c.report_no))).scalar() or 0
    most = max(int(stored * COMMON), MOST_RANKED)
    if stored <= most:
        return about
    count = sa.text("SELECT count(*) FROM report_words WHERE report_words MATCH :match")
    told = {word: connection.execute(count, {"match": to_match(word, phrase=False)}).scalar_one() for word in words}
    rare = [word for word in words if told[word] <= most]
    return " ".join(
        rare if any(told[word] for word in rare) else sorted(set(words) - set(rare), key=lambda word: told[word])[:2]
    )
