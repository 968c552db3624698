"""Stage 6 of 8. In: Extraction, Failure, and a person's questions and judgements. Out: the ledger.

    with Ledger("news.db") as ledger:
        for claim in ledger.claims(measure="troops", actor="USA", since="2020"):
            print(claim.status, claim.evidence.text)

Only this stage writes. Each method that writes is one transaction; a reader sees the ledger as it was
when its question began.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from os import PathLike
from typing import Any, Self

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from reportedly.errors import LedgerError
from reportedly.model import Extraction, Failure, Item, Report, Run
from reportedly.record import answers, judging
from reportedly.record.check import check_ledger
from reportedly.record.connections import explained, is_disconnect, load_engine, reading, to_shown, writing
from reportedly.record.current import rebuild
from reportedly.record.differences import Difference, find_differences
from reportedly.record.entries import Entry
from reportedly.record.frames import ClaimSet
from reportedly.record.queries import Query
from reportedly.record.versions import Version, find_versions
from reportedly.record.writing import Outcome, Result, record_resolutions, record_results
from reportedly.vocab import Verdict

#: Seconds between tries when a server went away in the middle of a write; it may only be restarting.
WAITS = (0.5, 2.0, 5.0, 10.0)


#: A page that a feed still links to is asked for again after so long, in case it changed unsaid.
LOOK_AGAIN = timedelta(days=1)


class Ledger:
    """A ledger of attributed claims in an SQLite file or a PostgreSQL database.

    Args:
        address: a file's path, or `postgresql://USER@HOST/NAME`.
        create: make the ledger where there is none, and upgrade one of an older revision.

    Raises:
        LedgerError: it cannot be opened; the message says why and what to do.
    """

    def __init__(self, address: str | PathLike[str], *, create: bool = False) -> None:
        self.address = str(address)
        self._engine = load_engine(self.address, create=create)
        self._clock: Callable[[], datetime] = lambda: datetime.now(UTC)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Ledger({to_shown(self.address)!r})"

    def close(self) -> None:
        """Closes all connections."""
        self._engine.dispose()

    # ------------------------------------------------------------ writing

    def record(self, run: Run, results: Iterable[Result | Extraction | Failure]) -> Outcome:
        """Records what came of some inputs, all or nothing; what is there already changes nothing.

        Raises:
            LedgerError: the ledger cannot be written; what was recorded before stays.
        """
        batch = [each if isinstance(each, Result) else Result(found=each) for each in results]
        return self._write(lambda connection, now: record_results(connection, run, batch, now))

    def resolve(self, asked: Mapping[str, Any], seen: Iterable[Failure]) -> int:
        """Records which failures of an input did not come again; returns how many."""
        failures = list(seen)
        return self._write(lambda connection, now: record_resolutions(connection, asked, failures, now))

    def judge(
        self, claim: str, verdict: Verdict | str, *, by: str, why: str, changes: Mapping[str, Any] | None = None
    ) -> Entry:
        """Records what a person says of a claim; returns the claim as it now stands.

        Args:
            claim: the claim's id or its beginning.
            verdict: `accept`, `reject` or `amend`.
            by: who judges.
            why: the reason.
            changes: for `amend`: dotted fields and their values (`{"quantity.low": 1200}`).

        Raises:
            LedgerError: there is no such claim, or it does not take the values.
        """
        made = judging.to_checked(verdict, by, why, changes or {})
        claim_id = self._write(lambda connection, now: judging.record_judgement(connection, claim, made, now))
        return self.find_entry(claim_id)

    def withdraw(self, target: str, *, by: str, why: str) -> tuple[str, str]:
        """Takes back a claim, a report or a judgement, by its id: it stays readable and counts no more.

        Returns:
            What it was (`claim`, `report`, `judgement`) and its whole id.

        Raises:
            LedgerError: nothing or more than one thing has this id.
        """
        return self._write(lambda connection, now: judging.record_withdrawal(connection, target, by, why, now))

    def rebuild(self) -> int:
        """Makes the views anew from the rows they are made of; returns how many claims count."""
        return self._write(lambda connection, _: rebuild(connection))

    def check(self) -> Iterator[str]:
        """Finds what is wrong with the ledger, a line each; changes nothing."""
        with explained(self.address):
            yield from check_ledger(self._engine)

    def keep(self, url: str, etag: str | None, last_modified: str | None) -> None:
        """Keeps that a page was recorded and what its server said of it, for asking again only when it changed."""
        self._write(lambda connection, now: answers.keep_validators(connection, url, etag, last_modified, now))

    def optimize(self) -> None:
        """Lets the database look at its indexes, as it should after many new rows."""
        with explained(self.address), self._engine.connect() as connection:
            if self._engine.dialect.name == "sqlite":
                connection.exec_driver_sql("PRAGMA optimize = 0x10002")

    def _write[T](self, change: Callable[[sa.Connection, str], T]) -> T:
        now = self._clock().isoformat(timespec="seconds")
        with explained(self.address):
            for wait in (*WAITS, None):
                try:
                    with writing(self._engine) as connection:
                        return change(connection, now)
                except DBAPIError as error:
                    if wait is None or not is_disconnect(error):
                        raise
                    time.sleep(wait)  # the change was rolled back as a whole, and is made again as a whole
        raise AssertionError("unreachable")

    # ------------------------------------------------------------ asking

    def claims(self, query: Query | None = None, **asked: Any) -> ClaimSet:
        """The claims that count and match, what happened last first.

        Args:
            query: what is asked for; or its fields by name (see `Query`).

        Returns:
            An iterable of `Claim` with `.to_arrow()`, `.to_pandas()`, `.to_polars()`; the database is asked
            when it is iterated.
        """
        return ClaimSet(lambda: self.entries(query, **asked))

    def entries(self, query: Query | None = None, **asked: Any) -> Iterator[Entry]:
        """The same with the report and the run of each claim.

        Raises:
            LedgerError: a value is none that its field can have.
        """
        wanted = query or to_query(asked)
        with self._reading() as connection:
            yield from answers.read_entries(connection, wanted)

    def count(self, query: Query | None = None, **asked: Any) -> int:
        """Counts the claims that match, the limit left aside."""
        with self._reading() as connection:
            return answers.count_claims(connection, query or to_query(asked))

    def find_entry(self, claim: str) -> Entry:
        """Finds a claim by its id or its beginning, also one that does not count any more.

        Raises:
            LedgerError: none or several have it.
        """
        with self._reading() as connection:
            return answers.find_entry(connection, claim)

    def find_report(self, report: str) -> answers.ReportEntry:
        """Finds a report by its id or its beginning: its record, its claims, where it came from, its versions.

        Raises:
            LedgerError: none or several have it.
        """
        with self._reading() as connection:
            return answers.find_report(connection, report)

    def find_target(self, target: str) -> tuple[str, str]:
        """Finds what an id or its beginning names: `claim`, `report` or `judgement`, and the whole id.

        Raises:
            LedgerError: nothing or more than one thing has it.
        """
        with self._reading() as connection:
            return judging.find_target(connection, target)[:2]

    def versions(self, report: str) -> list[Version]:
        """All versions of a report, by its whole id, the one that replaced the others last."""
        with self._reading() as connection:
            return find_versions(connection, report)

    def history(self, claim: str) -> list[judging.Remark]:
        """What persons said of a claim and took back, oldest first."""
        with self._reading() as connection:
            return judging.read_history(connection, claim)

    def runs(self) -> list[answers.RunEntry]:
        """The runs, oldest first, each with how many reports and claims it gave."""
        with self._reading() as connection:
            return answers.read_runs(connection)

    def failures(self, *, resolved: bool = False) -> list[answers.FailureEntry]:
        """The failures that stand, oldest first; with `resolved` also those that a later try mended."""
        with self._reading() as connection:
            return answers.read_failures(connection, resolved=resolved)

    def stats(self) -> answers.Stats:
        """Counts what the ledger holds."""
        with self._reading() as connection:
            return answers.read_stats(connection)

    def diff(self, old: str, new: str) -> Iterator[Difference]:
        """The claims that a run gained, lost and altered against another, over the reports that both coded.

        Raises:
            LedgerError: there is no such run.
        """
        with self._reading() as connection:
            yield from find_differences(connection, old, new)

    # ------------------------------------------------------------ what adding asks

    def find_known(self, run: Run, *, reports: Sequence[str] = (), inputs: Sequence[str] = ()) -> frozenset[str]:
        """Finds which reports (by id) and unopened inputs (by key) a run has coded already."""
        with self._reading() as connection:
            return answers.find_known(connection, run, reports, inputs)

    def find(self, url: str) -> tuple[str | None, str | None] | None:
        """Finds what a server said of a page when it was last recorded: its ETag and its date of change."""
        with self._reading() as connection:
            return answers.find_validators(connection, url)

    def is_read(self, url: str, changed: str | None) -> bool:
        """Whether a page was recorded after it changed last, and less than a day ago.

        Args:
            url: the page's address.
            changed: when it was published or changed, ISO 8601; None where nothing says.
        """
        with self._reading() as connection:
            kept = answers.find_kept_at(connection, url)
        now = self._clock()
        return kept is not None and now - kept < LOOK_AGAIN and (not changed or to_moment(changed) <= kept)

    def items(self, run: Run | None = None) -> Iterator[Item]:
        """The items of the reports that count, as their readers found them, oldest first.

        Args:
            run: leave out the reports that this run has coded already.
        """
        with self._reading() as connection:
            numbers = answers.find_item_numbers(connection, run)
        # A transaction each: one that stays open for hours would keep all that is written meanwhile in the log.
        for chunk in itertools.batched(numbers, answers.CHUNK):
            with self._reading() as connection:
                found = answers.read_items(connection, chunk)
            yield from found

    def reports(self) -> Iterator[Report]:
        """The reports that count, as their latest run read them, oldest first."""
        with self._reading() as connection:
            yield from answers.read_reports(connection)

    @contextmanager
    def _reading(self) -> Iterator[sa.Connection]:
        with explained(self.address), reading(self._engine) as connection:
            yield connection


def to_moment(text: str) -> datetime:
    """Reads an ISO 8601 date or date-time as a moment; without a zone it is taken for UTC."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def to_query(asked: Mapping[str, Any]) -> Query:
    """Makes a query of its fields by name.

    Raises:
        LedgerError: there is no such field.
    """
    try:
        return Query(**asked)
    except TypeError as error:
        fields = ", ".join(Query.__dataclass_fields__)
        raise LedgerError(f"not a question: {error}", hint=f"what can be asked for: {fields}") from None
