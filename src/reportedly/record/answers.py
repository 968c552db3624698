"""Stage 6 of 8. In: the ledger's rows. Out: Entry, and what else a person asks to see."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from reportedly.errors import LedgerError
from reportedly.model import Claim, Item, Report, Run, to_id
from reportedly.record.current import is_replaced, read_claims
from reportedly.record.entries import Entry
from reportedly.record.judgements import Judged, apply_judged, find_judged, match_judged
from reportedly.record.queries import Query, begins_with, find_conditions
from reportedly.record.rows import from_claim_row, from_coding_row, from_report_row, from_run_row, to_map, to_storable
from reportedly.record.searches import find_numbers, to_chosen
from reportedly.record.sql import (
    claims,
    codings,
    current_claims,
    current_reports,
    failures,
    judgements,
    origins,
    replacements,
    reports,
    resolutions,
    runs,
    validators,
    withdrawals,
)

#: Claims that are read with their reports at once: memory holds so many reports' texts.
CHUNK = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportEntry:
    """One report of the ledger.

    `replaces` and `replaced_by` are ids of its other versions, `withdrawn` is why it was taken back;
    `withdrawn_claims` says why for those of its claims that were.
    """

    report: Report
    claims: tuple[Claim, ...]
    origins: tuple[str, ...]
    reason: str | None
    run_id: str
    added_at: str
    raw_sha256: str | None = None
    replaces: tuple[str, ...] = ()
    replaced_by: str | None = None
    withdrawn: str | None = None
    withdrawn_claims: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunEntry:
    """One run of the ledger, how many reports it coded and how many claims they gave."""

    run: Run
    started_at: str
    reports: int
    claims: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FailureEntry:
    """One failure of the ledger. `asked` is what to try again; `resolved_at` None while it stands."""

    failure_no: int
    origin: str
    external_id: str | None
    cause: str
    hint: str
    error: str
    asked: Mapping[str, Any]
    failed_at: str
    resolved_at: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stats:
    """What the ledger holds. Each list is of pairs (word, count), the most first."""

    reports: int
    versions: int
    claims: int
    judged: int
    rejected: int
    withdrawn: int
    failures: int
    runs: int
    first_published: str | None
    last_published: str | None
    measures: tuple[tuple[str, int], ...] = ()
    statuses: tuple[tuple[str, int], ...] = ()
    places: tuple[tuple[str, int], ...] = ()
    actors: tuple[tuple[str, int], ...] = ()
    publishers: tuple[tuple[str, int], ...] = ()
    languages: tuple[tuple[str, int], ...] = ()
    readers: tuple[tuple[str, int], ...] = ()
    uncoded: tuple[tuple[str, int], ...] = field(default=())


# ---------------------------------------------------------------- claims


def read_entries(connection: sa.Connection, query: Query) -> Iterator[Entry]:
    """Reads the claims of a query with their reports and runs, in the query's order."""
    numbers = find_numbers(connection, query)
    for at in range(0, len(numbers), CHUNK):
        chunk = numbers[at : at + CHUNK]
        found = dict(_read_numbered(connection, chunk))
        yield from (found[number] for number in chunk)


def count_claims(connection: sa.Connection, query: Query) -> int:
    """Counts the claims of a query."""
    chosen = sa.select(sa.func.count()).select_from(current_claims)
    for condition in find_conditions(query, connection.dialect.name):
        chosen = chosen.where(condition)
    if query.about:
        chosen = sa.select(sa.func.count()).select_from(to_chosen(connection, _without_bounds(query)).subquery())
    return connection.execute(chosen).scalar_one()


def _without_bounds(query: Query) -> Query:
    return replace(query, limit=None, offset=0)


def find_entry(connection: sa.Connection, claim: str) -> Entry:
    """Finds a claim by its id or its beginning; of several codings the latest.

    Raises:
        LedgerError: none or several have it.
    """
    claim_id = find_claim_id(connection, claim)
    chosen = sa.select(claims.c.claim_no).where(claims.c.claim_id == claim_id).order_by(claims.c.claim_no.desc())
    number = connection.execute(chosen).scalars().first()
    assert number is not None
    return next(entry for _, entry in _read_numbered(connection, [number]))


def find_claim_id(connection: sa.Connection, claim: str) -> str:
    """Completes the beginning of a claim's id.

    Raises:
        LedgerError: none or several begin so.
    """
    return _find_one(connection, claims.c.claim_id, claim, "claim", "`reportedly claims` lists ids")


def _find_one(connection: sa.Connection, column: sa.Column[str], value: str, noun: str, hint: str) -> str:
    begins = begins_with(column, value.strip().lower(), connection.dialect.name)
    found = connection.execute(sa.select(column).where(begins).distinct().order_by(column).limit(4)).scalars().all()
    if value in found:
        return value
    if not found or not value.strip():
        raise LedgerError(f"no {noun} has the id {value!r}", hint=hint)
    if len(found) > 1:
        raise LedgerError(f"several {noun}s begin with {value!r}", hint=f"such as {', '.join(found[:3])}")
    return found[0]


def _read_numbered(connection: sa.Connection, numbers: Sequence[int]) -> Iterator[tuple[int, Entry]]:
    chosen = (
        sa.select(
            claims.c.claim_no,
            claims.c.record,
            codings.c.report.label("coded"),
            codings.c.coding_no,
            codings.c.run_no,
            reports.c.report_no,
            reports.c.report_id,
            reports.c.text,
        )
        .join(codings, codings.c.coding_no == claims.c.coding_no)
        .join(reports, reports.c.report_no == codings.c.report_no)
        .where(claims.c.claim_no.in_(numbers))
        .order_by(claims.c.claim_no)
    )
    rows = connection.execute(chosen).mappings().all()
    around = _Around(connection, {row["report_no"]: row["report_id"] for row in rows}, {row["run_no"] for row in rows})
    texts: dict[tuple[int, int], Report] = {}
    for row in rows:
        number = row["report_no"]
        key = (number, row["run_no"])
        if key not in texts:
            texts[key] = from_coding_row(row["coded"], row["text"])
        claim = around.judge(number, row["coding_no"], from_claim_row(row["record"]))
        yield row["claim_no"], around.to_entry(number, row["run_no"], claim, texts[key])


class _Around:
    """What stands around the claims of some reports: judgements, origins, versions, withdrawals, runs."""

    def __init__(self, connection: sa.Connection, report_ids: Mapping[int, str], run_nos: set[int]) -> None:
        self.connection = connection
        numbers = list(report_ids)
        self.judged = find_judged(connection, numbers)
        self.matched: dict[int, dict[str, list[Judged]]] = {}
        self.runs = {
            row["run_no"]: from_run_row(row)
            for row in connection.execute(sa.select(runs).where(runs.c.run_no.in_(run_nos))).mappings()
        }
        self.origins: dict[int, list[tuple[str, str | None]]] = {}
        chosen = sa.select(origins).where(origins.c.report_no.in_(numbers)).order_by(origins.c.origin_no)
        for row in connection.execute(chosen).mappings():
            self.origins.setdefault(row["report_no"], []).append((row["origin"], row["raw_sha256"]))
        newer = reports.alias()
        versions = (
            sa.select(replacements.c.replaces, newer.c.report_id)
            .join(newer, newer.c.report_no == replacements.c.report_no)
            .where(replacements.c.replaces.in_(numbers), is_replaced(replacements.c.replaces))
            .order_by(replacements.c.replacement_no)
        )
        self.replaced_by: dict[int, str] = to_map(connection.execute(versions))
        self.withdrawn = find_withdrawn(connection)
        self.report_ids = report_ids

    def judge(self, report_no: int, coding_no: int, claim: Claim) -> Claim:
        """Gives a claim what persons said of it; a judgement is matched with all claims of the coding."""
        judged = self.judged.get(report_no)
        if not judged:
            return claim
        if coding_no not in self.matched:
            numbered = read_claims(self.connection, [coding_no]).get(coding_no, [])
            self.matched[coding_no], _ = match_judged([each for _, each in numbered], judged)
        return apply_judged(claim, self.matched[coding_no].get(claim.claim_id, ()))

    def to_entry(self, report_no: int, run_no: int, claim: Claim, report: Report) -> Entry:
        """Puts an entry together."""
        places = self.origins.get(report_no, [])
        report_id = self.report_ids[report_no]
        return Entry(
            claim=claim,
            report=report,
            run=self.runs[run_no],
            origins=tuple(origin for origin, _ in places),
            raw_sha256=next((digest for _, digest in places if digest), None),
            replaced_by=self.replaced_by.get(report_no),
            withdrawn=self.withdrawn.get(claim.claim_id) or self.withdrawn.get(report_id),
        )


def find_withdrawn(connection: sa.Connection) -> dict[str, str]:
    """Finds what was taken back: id to reason."""
    chosen = sa.select(withdrawals.c.target_id, withdrawals.c.why).order_by(withdrawals.c.withdrawal_no)
    return to_map(connection.execute(chosen))


# ---------------------------------------------------------------- reports


def find_report(connection: sa.Connection, report: str) -> ReportEntry:
    """Finds a report by its id or its beginning.

    Raises:
        LedgerError: none or several have it.
    """
    report_id = _find_one(connection, reports.c.report_id, report, "report", "`reportedly show CLAIM` names its report")
    row = connection.execute(sa.select(reports).where(reports.c.report_id == report_id)).mappings().one()
    number = row["report_no"]
    latest = (
        sa.select(codings, runs.c.run_id)
        .join(runs, runs.c.run_no == codings.c.run_no)
        .where(codings.c.report_no == number)
        .order_by(codings.c.coding_no.desc())
    )
    coding = connection.execute(latest).mappings().first()
    assert coding is not None  # a report and its first coding are recorded in one transaction
    coded = sa.select(claims.c.claim_no).where(claims.c.coding_no == coding["coding_no"])
    kept = sa.select(current_claims.c.claim_no).where(current_claims.c.report_no == number)  # also of older codings
    entries = dict(_read_numbered(connection, connection.execute(coded.union(kept)).scalars().all()))
    older = (
        sa.select(reports.c.report_id)
        .join(replacements, replacements.c.replaces == reports.c.report_no)
        .where(replacements.c.report_no == number, is_replaced(reports.c.report_no))
        .distinct()
    )
    around = _Around(connection, {number: report_id}, set())
    places = around.origins.get(number, [])
    return ReportEntry(
        report=from_coding_row(coding["report"], row["text"]),
        claims=tuple(sorted((each.claim for each in entries.values()), key=lambda claim: claim.evidence.start)),
        origins=tuple(origin for origin, _ in places),
        reason=coding["reason"],
        run_id=coding["run_id"],
        added_at=row["added_at"],
        raw_sha256=next((digest for _, digest in places if digest), None),
        replaces=tuple(connection.execute(older).scalars()),
        replaced_by=around.replaced_by.get(number),
        withdrawn=around.withdrawn.get(report_id),
        withdrawn_claims={
            each.claim.claim_id: around.withdrawn[each.claim.claim_id]
            for each in entries.values()
            if each.claim.claim_id in around.withdrawn
        },
    )


def find_item_numbers(connection: sa.Connection, run: Run | None) -> list[int]:
    """Finds the numbers of the reports that count, oldest first; without those that a run has coded."""
    chosen = sa.select(reports.c.report_no).join(current_reports, current_reports.c.report_no == reports.c.report_no)
    if run is not None:
        done = sa.select(codings.c.report_no).join(runs).where(runs.c.run_id == run.run_id)
        chosen = chosen.where(reports.c.report_no.not_in(done))
    return list(connection.execute(chosen.order_by(reports.c.report_no)).scalars())


def read_items(connection: sa.Connection, numbers: Sequence[int]) -> list[Item]:
    """Reads the items that some reports were coded from, in order."""
    chosen = sa.select(reports).where(reports.c.report_no.in_(numbers)).order_by(reports.c.report_no)
    return [from_report_row(row) for row in connection.execute(chosen).mappings()]


def read_reports(connection: sa.Connection) -> Iterator[Report]:
    """Reads the reports that count, as their latest run read them, oldest first."""
    chosen = (
        sa.select(codings.c.report, reports.c.text)
        .join(current_reports, current_reports.c.report_no == reports.c.report_no)
        .join(codings, codings.c.coding_no == current_reports.c.coding_no)
        .order_by(reports.c.report_no)
    )
    for record, text in connection.execute(chosen):
        yield from_coding_row(record, text)


# ---------------------------------------------------------------- runs, failures, counts


def read_runs(connection: sa.Connection) -> list[RunEntry]:
    """Reads the runs, oldest first."""
    counted = (
        sa.select(codings.c.run_no, sa.func.count().label("reports"), sa.func.sum(codings.c.claims).label("claims"))
        .group_by(codings.c.run_no)
        .subquery()
    )
    chosen = sa.select(runs, counted.c.reports, counted.c.claims).outerjoin(counted, counted.c.run_no == runs.c.run_no)
    return [
        RunEntry(
            run=from_run_row(row),
            started_at=row["started_at"],
            reports=row["reports"] or 0,
            claims=int(row["claims"] or 0),
        )
        for row in connection.execute(chosen.order_by(runs.c.run_no)).mappings()
    ]


def read_failures(connection: sa.Connection, *, resolved: bool) -> list[FailureEntry]:
    """Reads the failures, oldest first."""
    mended = (
        sa.select(resolutions.c.failure_no, sa.func.max(resolutions.c.resolved_at).label("resolved_at"))
        .group_by(resolutions.c.failure_no)
        .subquery()
    )
    chosen = sa.select(failures, mended.c.resolved_at).outerjoin(mended, mended.c.failure_no == failures.c.failure_no)
    if not resolved:
        chosen = chosen.where(mended.c.resolved_at.is_(None))
    wanted = ("failure_no", "origin", "external_id", "cause", "hint", "error", "failed_at", "resolved_at")
    return [
        FailureEntry(asked=json.loads(row["asked"]), **{name: row[name] for name in wanted})
        for row in connection.execute(chosen.order_by(failures.c.failure_no)).mappings()
    ]


def read_stats(connection: sa.Connection) -> Stats:
    """Counts what the ledger holds."""

    def count(table: sa.FromClause, *conditions: sa.ColumnElement[bool]) -> int:
        return connection.execute(sa.select(sa.func.count()).select_from(table).where(*conditions)).scalar_one()

    def most(column: sa.ColumnElement[Any], table: sa.FromClause, most: int = 10) -> tuple[tuple[str, int], ...]:
        counted = sa.func.count().label("counted")
        chosen = sa.select(column, counted).select_from(table).where(column.is_not(None))
        rows = connection.execute(chosen.group_by(column).order_by(counted.desc(), column).limit(most))
        return tuple((str(word), number) for word, number in rows)

    now_ = current_claims.c
    standing = current_reports.join(reports, reports.c.report_no == current_reports.c.report_no)
    coded = current_reports.join(codings, codings.c.coding_no == current_reports.c.coding_no)
    first, last = connection.execute(
        sa.select(sa.func.min(reports.c.published), sa.func.max(reports.c.published)).select_from(standing)
    ).one()
    mended = sa.select(resolutions.c.failure_no)
    return Stats(
        reports=count(current_reports),
        versions=count(reports),
        claims=count(current_claims, sa.or_(now_.verdict.is_(None), now_.verdict != "reject")),
        judged=count(judgements),
        rejected=count(current_claims, now_.verdict == "reject"),
        withdrawn=count(withdrawals),
        failures=count(failures, failures.c.failure_no.not_in(mended)),
        runs=count(runs),
        first_published=first,
        last_published=last,
        measures=most(now_.measure, current_claims),
        statuses=most(now_.status, current_claims),
        places=most(now_.place_country, current_claims),
        actors=most(now_.actor_country, current_claims),
        publishers=most(reports.c.publisher, standing),
        languages=most(reports.c.language, standing),
        readers=most(reports.c.reader, standing),
        uncoded=most(codings.c.reason, coded),
    )


# ---------------------------------------------------------------- what adding asks


def find_known(
    connection: sa.Connection, run: Run, report_ids: Sequence[str], input_keys: Sequence[str]
) -> frozenset[str]:
    """Finds which reports and unopened inputs a run has coded already."""
    coded = sa.select(codings.c.report_no).join(runs).where(runs.c.run_id == run.run_id)
    known: set[str] = set()
    if report_ids:
        chosen = sa.select(reports.c.report_id).where(
            reports.c.report_id.in_(report_ids), reports.c.report_no.in_(coded)
        )
        known |= set(connection.execute(chosen).scalars())
    if input_keys:
        chosen = sa.select(origins.c.input_key).where(
            origins.c.input_key.in_(input_keys), origins.c.report_no.in_(coded)
        )
        known |= set(connection.execute(chosen).scalars())
    return frozenset(known)


def find_validators(connection: sa.Connection, url: str) -> tuple[str | None, str | None] | None:
    """Finds what was kept of a page's ETag and date of change."""
    chosen = sa.select(validators.c.etag, validators.c.last_modified).where(validators.c.url_key == to_id(url))
    found = connection.execute(chosen).first()
    return (found[0], found[1]) if found else None


def find_kept_at(connection: sa.Connection, url: str) -> datetime | None:
    """Finds when a page was last recorded from its address."""
    chosen = sa.select(validators.c.kept_at).where(validators.c.url_key == to_id(url))
    found = connection.execute(chosen).scalar()
    return datetime.fromisoformat(found) if found else None


def keep_validators(connection: sa.Connection, url: str, etag: str | None, last_modified: str | None, now: str) -> None:
    """Keeps a page's ETag and date of change."""
    key = to_id(url)
    connection.execute(sa.delete(validators).where(validators.c.url_key == key))
    row = {
        "url_key": key,
        "url": to_storable(url),
        "etag": to_storable(etag),
        "last_modified": to_storable(last_modified),
        "kept_at": now,
    }
    connection.execute(sa.insert(validators), [row])
