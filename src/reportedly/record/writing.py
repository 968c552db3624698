"""Stage 6 of 8. In: Extraction, Failure. Out: rows, in one transaction of the one writer.

Recording the same thing twice changes nothing: a report is known by its id, a coding by report and
run, a failure by its words.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from reportedly.model import Claim, Extraction, Failure, Item, Run, to_id, to_report_id
from reportedly.record.current import is_replaced, refresh
from reportedly.record.rows import (
    Row,
    to_claim_row,
    to_coding_row,
    to_json,
    to_map,
    to_report_row,
    to_run_row,
    to_storable,
)
from reportedly.record.sql import (
    claims,
    codings,
    failures,
    origins,
    replacements,
    reports,
    resolutions,
    runs,
)

#: Results that are looked up at once: databases take so many values in a statement, and no more.
CHUNK = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What came of one input. `input_key` tells it unopened; `asked` is what to try again: path and options.

    An Item is a report that is there already, come from another place.
    """

    found: Extraction | Failure | Item
    input_key: str | None = None
    asked: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What recording some results changed. `added` are the ids of the new reports."""

    added: frozenset[str] = frozenset()
    new: int = 0
    known: int = 0
    replacing: int = 0
    claims: int = 0
    failed: int = 0

    def __add__(self, other: Outcome) -> Outcome:
        """Puts two together."""
        return Outcome(
            added=self.added | other.added,
            new=self.new + other.new,
            known=self.known + other.known,
            replacing=self.replacing + other.replacing,
            claims=self.claims + other.claims,
            failed=self.failed + other.failed,
        )


def number_after(connection: sa.Connection, column: sa.Column[int]) -> itertools.count[int]:
    """Gives out the numbers after the highest of a table; only a writer under its lock may."""
    highest = connection.execute(sa.select(sa.func.max(column))).scalar()
    return itertools.count((highest or 0) + 1)


def find_run_no(connection: sa.Connection, run: Run, now: str) -> int:
    """Finds a run's number, and records the run at its first use."""
    found = connection.execute(sa.select(runs.c.run_no).where(runs.c.run_id == run.run_id)).scalar()
    if found is None:
        found = next(number_after(connection, runs.c.run_no))
        connection.execute(sa.insert(runs), [to_run_row(found, run, now)])
    return found


def record_results(connection: sa.Connection, run: Run, results: Sequence[Result], now: str) -> Outcome:
    """Records what came of some inputs, in their order.

    Args:
        connection: a writer's.
        run: what made the claims.
        results: what came; a report that is there already gets its new origins alone.
        now: the time of recording, ISO 8601 in UTC.
    """
    outcome = Outcome()
    run_no = find_run_no(connection, run, now)
    for some in itertools.batched(results, CHUNK):
        outcome += _record_some(connection, run_no, some, now)
    return outcome


def _record_some(connection: sa.Connection, run_no: int, results: Sequence[Result], now: str) -> Outcome:
    failed = record_failures(connection, [each for each in results if isinstance(each.found, Failure)], now)
    read = [(each, each.found) for each in results if isinstance(each.found, Extraction)]
    seen = [(each, each.found) for each in results if isinstance(each.found, Item)]
    if not read and not seen:
        return Outcome(failed=failed)
    batch = _Batch(connection, now)
    numbers = batch.record_reports([found for _, found in read])
    batch.record_origins([(numbers[found.report.report_id], each) for each, found in read])
    elsewhere = batch.find_numbers([to_report_id(found) for _, found in seen])
    batch.record_origins([(elsewhere[to_report_id(found)], each) for each, found in seen])
    come = [(numbers[found.report.report_id], _to_item(found)) for _, found in read]
    come += [(elsewhere[to_report_id(found)], found) for _, found in seen]
    replaced = batch.record_versions(come)
    coded = batch.record_codings(run_no, {numbers[found.report.report_id]: found for _, found in read})
    refresh(connection, [*batch.coded_reports, *batch.added, *replaced], coded)
    return Outcome(
        added=frozenset(name for name, number in numbers.items() if number in batch.added),
        new=len(batch.added),
        known=len(read) + len(seen) - len(batch.added),
        replacing=len(replaced) // 2,
        claims=sum(len(found) for found in coded.values()),
        failed=failed,
    )


class _Batch:
    """The reports of one transaction."""

    def __init__(self, connection: sa.Connection, now: str) -> None:
        self.connection = connection
        self.now = now
        self.added: set[int] = set()
        self.coded_reports: list[int] = []

    def find_numbers(self, report_ids: Iterable[str]) -> dict[str, int]:
        """Finds the numbers of the reports that are there."""
        chosen = sa.select(reports.c.report_id, reports.c.report_no).where(reports.c.report_id.in_(list(report_ids)))
        return to_map(self.connection.execute(chosen))

    def record_reports(self, extractions: Iterable[Extraction]) -> dict[str, int]:
        """Records reports that are not there; returns the numbers of all by their ids."""
        by_id = {each.report.report_id: each for each in extractions}
        numbers = self.find_numbers(by_id)
        fresh = number_after(self.connection, reports.c.report_no)
        rows: list[Row] = []
        for report_id, extraction in by_id.items():
            if report_id not in numbers:
                numbers[report_id] = next(fresh)
                item = _to_item(extraction)
                row = to_report_row(numbers[report_id], extraction, item, self.now)
                rows.append(row | {"identity_key": to_id(item.identity) if item.identity else None})
        if rows:
            self.connection.execute(sa.insert(reports), rows)
        self.added = {row["report_no"] for row in rows}
        return numbers

    def record_origins(self, results: Sequence[tuple[int, Result]]) -> None:
        """Records where reports came from, each place once."""
        chosen = sa.select(origins.c.report_no, origins.c.origin_key, origins.c.input_key).where(
            origins.c.report_no.in_({number for number, _ in results})
        )
        known = {(number, key) for number, key, _ in self.connection.execute(chosen)}
        fresh = number_after(self.connection, origins.c.origin_no)
        rows: list[Row] = []
        for number, result in results:
            assert not isinstance(result.found, Failure)
            item = result.found if isinstance(result.found, Item) else _to_item(result.found)
            # Of one file or feed once: a line or an entry moves on when another comes before it.
            key = to_id(result.asked.get("path") or item.origin)
            if (number, key) not in known:
                known.add((number, key))
                rows.append(
                    {
                        "origin_no": next(fresh),
                        "report_no": number,
                        "origin": to_storable(item.origin) or "",
                        "origin_key": key,
                        "external_id": to_storable(item.external_id),
                        "raw_sha256": item.raw_sha256,
                        "input_key": result.input_key,
                        "retrieved": item.retrieved,
                        "added_at": self.now,
                    }
                )
        if rows:
            self.connection.execute(sa.insert(origins), rows)

    def record_versions(self, come: Sequence[tuple[int, Item]]) -> list[int]:
        """Records which reports replace which: of the same thing, the one retrieved last counts.

        A report that was replaced counts again when it is retrieved anew after the one that replaced it.

        Returns:
            The numbers of both reports of each replacement.
        """
        fresh = number_after(self.connection, replacements.c.replacement_no)
        touched: list[int] = []
        waiting = set(self.added)
        for number, item in come:
            head = self._find_head(to_id(item.identity), number) if item.identity else None
            is_new = number in waiting
            waiting.discard(number)
            if head is None:
                continue
            before, now = self._find_moment(head), to_moment(item.retrieved)
            late = bool(before and now and now < before)
            if not is_new and not (before and now and now > before):
                continue  # it is there already, and nothing says that it came back
            row = {
                "replacement_no": next(fresh),
                "report_no": head if late else number,
                "replaces": number if late else head,
                "retrieved": None if late else item.retrieved,
                "recorded_at": self.now,
            }
            self.connection.execute(sa.insert(replacements), [row])
            touched += (head, number)
        return touched

    def _find_head(self, identity_key: str, number: int) -> int | None:
        """The version of a thing that counts, if it is another; of those of this batch only an earlier one."""
        chosen = (
            sa.select(reports.c.report_no)
            .where(
                reports.c.identity_key == identity_key,
                reports.c.report_no != number,
                sa.not_(is_replaced(reports.c.report_no)),
            )
            .order_by(reports.c.report_no.desc())
        )
        found = self.connection.execute(chosen).scalars()
        return next((head for head in found if head < number or head not in self.added), None)

    def _find_moment(self, number: int) -> datetime | None:
        """When a report was retrieved last."""
        at_first = sa.select(origins.c.retrieved).where(origins.c.report_no == number)
        again = sa.select(replacements.c.retrieved).where(replacements.c.report_no == number)
        moments = map(to_moment, self.connection.execute(at_first.union_all(again)).scalars())
        return max(filter(None, moments), default=None)

    def record_codings(self, run_no: int, extractions: Mapping[int, Extraction]) -> dict[int, list[tuple[int, Claim]]]:
        """Records the codings and claims of reports that this run has not coded before."""
        chosen = sa.select(codings.c.report_no).where(
            codings.c.run_no == run_no, codings.c.report_no.in_(list(extractions))
        )
        done = set(self.connection.execute(chosen).scalars())
        waiting = {number: each for number, each in extractions.items() if number not in done}
        coding_nos = number_after(self.connection, codings.c.coding_no)
        claim_nos = number_after(self.connection, claims.c.claim_no)
        coding_rows: list[Row] = []
        claim_rows: list[Row] = []
        coded: dict[int, list[tuple[int, Claim]]] = {}
        for number, extraction in waiting.items():
            coding_no = next(coding_nos)
            coding_rows.append(to_coding_row(coding_no, number, run_no, extraction, self.now))
            kept = coded[coding_no] = []
            for claim in extraction.claims:
                claim_no = next(claim_nos)
                kept.append((claim_no, claim))
                claim_rows.append(to_claim_row(claim_no, coding_no, claim, extraction.report.text))
        for table, rows in ((codings, coding_rows), (claims, claim_rows)):
            if rows:
                self.connection.execute(sa.insert(table), rows)
        self.coded_reports = list(waiting)
        return coded


def to_moment(text: str | None) -> datetime | None:
    """Reads an ISO 8601 date-time, one without a zone as UTC; None where it is none."""
    try:
        found = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _to_item(extraction: Extraction) -> Item:
    """What the reader found; of an extraction that lacks it, what its report still tells."""
    if extraction.item is not None:
        return extraction.item
    report = extraction.report
    return Item(
        text=report.text,
        external_id=report.external_id,
        publisher=report.publisher,
        published=report.published_at or report.published,
        url=report.url,
        title=report.title,
        reader=report.reader,
        origin=report.origin,
    )


# ---------------------------------------------------------------- failures


def record_failures(connection: sa.Connection, results: Sequence[Result], now: str) -> int:
    """Records failures that do not stand already; returns how many were given."""
    fresh = number_after(connection, failures.c.failure_no)
    for result in results:
        failure = result.found
        assert isinstance(failure, Failure)
        key = to_failure_id(failure)
        mended = sa.select(resolutions.c.failure_no)
        stands = sa.select(failures.c.failure_no).where(
            failures.c.failure_id == key, failures.c.failure_no.not_in(mended)
        )
        if connection.execute(stands).first():
            continue
        row = {
            "failure_no": next(fresh),
            "failure_id": key,
            "origin": to_storable(failure.origin) or "",
            "external_id": to_storable(failure.external_id),
            "cause": to_storable(failure.cause) or "",
            "error": failure.error,
            "hint": to_storable(failure.hint) or "",
            "asked": to_json(dict(result.asked)),
            "asked_key": to_asked_key(result.asked),
            "failed_at": now,
        }
        connection.execute(sa.insert(failures), [row])
    return len(results)


def record_resolutions(connection: sa.Connection, asked: Mapping[str, Any], seen: Iterable[Failure], now: str) -> int:
    """Records that failures of an input did not come again when it was read to its end; returns how many."""
    again = {to_failure_id(failure) for failure in seen}
    chosen = sa.select(failures.c.failure_no, failures.c.failure_id).where(
        failures.c.asked_key == to_asked_key(asked), failures.c.failure_no.not_in(sa.select(resolutions.c.failure_no))
    )
    mended = [number for number, key in connection.execute(chosen) if key not in again]
    fresh = number_after(connection, resolutions.c.resolution_no)
    if mended:
        rows = [{"resolution_no": next(fresh), "failure_no": number, "resolved_at": now} for number in mended]
        connection.execute(sa.insert(resolutions), rows)
    return len(mended)


def to_failure_id(failure: Failure) -> str:
    """Names a failure by its words."""
    return to_id("failure", failure.origin, failure.external_id, failure.cause)


def to_asked_key(asked: Mapping[str, Any]) -> str:
    """Names what was asked for: the path or address alone, so that other options can mend it."""
    return to_id("asked", asked.get("path"))
