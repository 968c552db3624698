"""Stage 6 of 8. In: a ledger. Out: what is wrong with it, a line each.

The file is whole, every row points to rows that exist, every claim's offsets hold its words, and the views say
what `rebuild` would make them say. Nothing is changed: the views are made anew in transactions that are
rolled back, some reports at a time, so that other writers wait no longer than for one another.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from reportedly.errors import ReportedlyError
from reportedly.model import to_report_id
from reportedly.record.connections import reading, writing
from reportedly.record.current import CHUNK, refresh
from reportedly.record.rows import from_report_row, to_map
from reportedly.record.sql import claims, codings, current_claims, current_reports, judgements, reports

#: So many problems of one kind are named; more of the same say nothing new.
MOST = 20
#: A cell in which letters were replaced that no database stores: the report's id was made of those.
_REPLACED = "\ufffd"


def check_ledger(engine: sa.Engine) -> Iterator[str]:
    """Finds what is wrong with a ledger."""
    if engine.dialect.name == "sqlite":
        yield from _few(_check_file(engine))
    yield from _few(_check_reports(engine))
    yield from _few(_check_claims(engine))
    yield from _few(_check_judgements(engine))
    yield from _few(_check_views(engine))


def _few(problems: Iterator[str]) -> Iterator[str]:
    yield from itertools.islice(problems, MOST)
    rest = sum(1 for _ in problems)
    if rest:
        yield f"... and {rest:,} more of this kind"


# ---------------------------------------------------------------- the file


def _check_file(engine: sa.Engine) -> Iterator[str]:
    with reading(engine) as connection:
        for (found,) in connection.exec_driver_sql("PRAGMA integrity_check"):
            if found != "ok":
                yield f"the file is damaged: {found}"
        for table, row, other, _ in connection.exec_driver_sql("PRAGMA foreign_key_check"):
            yield f"row {row} of {table} points to a row of {other} that is not there"
        words = sa.text("SELECT name FROM sqlite_master WHERE sql LIKE 'CREATE VIRTUAL TABLE%fts5%'")
        indexes = connection.execute(words).scalars().all()
    for name in indexes:
        try:
            with writing(engine) as connection:
                connection.exec_driver_sql(f"INSERT INTO {name}({name}, rank) VALUES ('integrity-check', 1)")
                connection.rollback()
        except DBAPIError as error:
            yield f"the index of words {name} does not hold what its table says: {error.orig}"


# ---------------------------------------------------------------- reports and claims


def _check_reports(engine: sa.Engine) -> Iterator[str]:
    """A report's id is a hash of its content, so altered content shows."""
    for numbers in _find_numbers(engine):
        with reading(engine) as connection:
            chosen = sa.select(reports).where(reports.c.report_no.in_(numbers)).order_by(reports.c.report_no)
            rows = connection.execute(chosen).mappings().all()
        for row in rows:
            try:
                item = from_report_row(row)
            except (ReportedlyError, ValueError) as error:
                yield f"report {row['report_id']} cannot be read: {error}"
                continue
            altered = _REPLACED in f"{item.text}{item.publisher}{item.url}"
            if not altered and to_report_id(item) != row["report_id"]:
                yield f"report {row['report_id']}: its text, publisher, address or date is not what its id was made of"


def _check_claims(engine: sa.Engine) -> Iterator[str]:
    for numbers in _find_numbers(engine):
        with reading(engine) as connection:
            chosen = (
                sa.select(claims, codings.c.report_no)
                .join(codings, codings.c.coding_no == claims.c.coding_no)
                .where(codings.c.report_no.in_(numbers))
                .order_by(claims.c.claim_no)
            )
            rows = connection.execute(chosen).mappings().all()
            texts = sa.select(reports.c.report_no, reports.c.text).where(reports.c.report_no.in_(numbers))
            text_of: dict[int, str] = to_map(connection.execute(texts))
            counted = sa.select(codings.c.coding_no, codings.c.claims).where(codings.c.report_no.in_(numbers))
            promised: dict[int, int] = to_map(connection.execute(counted))
        own = dict.fromkeys(promised, 0)
        for row in rows:
            own[row["coding_no"]] += 1
            yield from (f"claim {row['claim_id']}: {said}" for said in _check_claim(row, text_of[row["report_no"]]))
        for number, count in promised.items():
            if own[number] != count:
                yield f"coding {number} gave {count:,} claims, and {own[number]:,} are there"


def _check_claim(row: Mapping[Any, Any], text: str) -> Iterator[str]:
    try:
        record = json.loads(row["record"])
        at = record["evidence"]
        spans = {"evidence": at}
        spans |= {name: record[name] for name in ("actor", "recipient", "place") if record.get(name)}
        for number, source in enumerate(record.get("sources") or ()):
            spans |= {f"sources.{number}": source}
            spans |= {f"sources.{number}.cue": source["cue"]} if source.get("cue") else {}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        yield f"its record cannot be read: {error}"
        return
    if (record.get("claim_id"), at.get("start"), at.get("end"), at.get("text")) != (
        row["claim_id"], row["start"], row["end"], row["evidence"]
    ):  # fmt: skip
        yield "its record says something else than its row"
    for name, span in spans.items():
        if text[span.get("start") or 0 : span.get("end") or 0] != span.get("text"):
            yield f"the words of {name} do not stand in the report at {span.get('start')} to {span.get('end')}"


def _check_judgements(engine: sa.Engine) -> Iterator[str]:
    with reading(engine) as connection:
        chosen = sa.select(judgements.c.judgement_id, judgements.c.claim_id).where(
            judgements.c.claim_id.not_in(sa.select(claims.c.claim_id))
        )
        for judgement_id, claim_id in connection.execute(chosen):
            yield f"judgement {judgement_id} is of claim {claim_id}, which is not there"


# ---------------------------------------------------------------- the views


def _check_views(engine: sa.Engine) -> Iterator[str]:
    for numbers in _find_numbers(engine):
        try:
            with writing(engine) as connection:
                before = _read_views(connection, numbers)
                refresh(connection, numbers)
                after = _read_views(connection, numbers)
                connection.rollback()
        except ReportedlyError as error:
            yield f"the tables of reports {numbers[0]} to {numbers[-1]} cannot be made anew: {error}"
            continue
        for key in dict.fromkeys((*before, *after)):
            if before.get(key) != after.get(key):
                yield f"{key[0]} {key[1]} is not what a rebuild would make - `reportedly ledger rebuild`"


def _read_views(connection: sa.Connection, numbers: Sequence[int]) -> dict[tuple[str, int], Mapping[Any, Any]]:
    found: dict[tuple[str, int], Mapping[Any, Any]] = {}
    for table, key in ((current_reports, "report_no"), (current_claims, "claim_no")):
        chosen = sa.select(table).where(table.c.report_no.in_(numbers))
        found |= {(f"row of {table.name}", row[key]): dict(row) for row in connection.execute(chosen).mappings()}
    return found


def _find_numbers(engine: sa.Engine) -> Iterator[tuple[int, ...]]:
    """The numbers of all reports, some at a time."""
    with reading(engine) as connection:
        numbers = connection.execute(sa.select(reports.c.report_no).order_by(reports.c.report_no)).scalars().all()
    yield from itertools.batched(numbers, CHUNK)
