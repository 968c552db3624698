"""A process that is killed at any instant loses what it had in hand and no more, and the next one goes on."""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from tests.unit.made_ledgers import RUN, hash_rows, make_many, read_rows, read_views

from reportedly.record.ledger import Ledger
from reportedly.record.sql import claims, codings, current_claims, current_reports, metadata, origins, reports

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL here")

LONG = bool(os.environ.get("REPORTEDLY_LONG_TESTS"))
SPAWN = multiprocessing.get_context("spawn")
FORK = multiprocessing.get_context("fork") if sys.platform == "linux" else SPAWN
KILLS = 50
BATCH = 8
#: Columns that say when; the rest must be as in a run that nobody killed.
TIMES = ("added_at", "coded_at", "started_at", "recorded_at")


def add_for_ever(path: str, seed: int) -> None:
    """Records batches from the start, known ones first, judges now and then, until it is killed."""
    rng = random.Random(seed)
    with Ledger(path, create=True) as ledger:
        at = max(0, ledger.stats().versions - 3 * BATCH)
        while True:
            ledger.record(RUN, make_many(BATCH, first=at))
            at += BATCH
            if rng.random() < 0.1:
                claim = next(iter(ledger.claims(limit=1, judged="unjudged")))
                ledger.judge(claim.claim_id, "accept", by="Ann", why="so")


def kill_at(process: Any, seconds: float) -> None:
    """Kills a process that runs, after a while."""
    process.start()
    time.sleep(seconds)
    assert process.exitcode is None, "it ended by itself"
    os.kill(process.pid, signal.SIGKILL)
    process.join()


def is_made(path: Path) -> bool:
    """Whether the ledger's tables are there; they come all at once, and a kill may come before."""
    if not path.exists():
        return False
    with sqlite3.connect(path) as connection:
        found = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    connection.close()
    return bool(found)


def check_whole(path: Path) -> int:
    """The file is sound, no report is without its coding, claims and views; returns how many reports there are."""
    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        for words in ("claim_words", "report_words"):
            connection.execute(f"INSERT INTO {words}({words}, rank) VALUES ('integrity-check', 1)")
        count = connection.execute("SELECT count(*) FROM reports").fetchone()[0]
        uncoded = "SELECT count(*) FROM reports WHERE report_no NOT IN (SELECT report_no FROM codings)"
        short = (
            "SELECT count(*) FROM codings c WHERE c.claims <>"
            " (SELECT count(*) FROM claims WHERE coding_no = c.coding_no)"
        )
        homeless = "SELECT count(*) FROM reports WHERE report_no NOT IN (SELECT report_no FROM origins)"
        for statement in (uncoded, short, homeless):
            assert connection.execute(statement).fetchone()[0] == 0, statement
    connection.close()
    return int(count)


def read_untimed(ledger: Ledger) -> dict[str, list[tuple[Any, ...]]]:
    """The rows of what was recorded, without the times of recording."""
    tables = (reports, origins, codings, claims, current_claims, current_reports)
    keep = {
        table.name: [n for n, column in enumerate(table.columns) if column.name not in (*TIMES, "verdict")]
        for table in tables
    }
    return {
        name: [tuple(row[n] for n in keep[name]) for row in rows] for name, rows in read_rows(ledger, tables).items()
    }


def test_fifty_kills_lose_and_double_nothing(tmp_path: Path) -> None:
    path, rng = tmp_path / "news.db", random.Random(50)
    before, count = {}, 0
    for number in range(KILLS):
        process = FORK.Process(target=add_for_ever, args=(str(path), number))
        kill_at(process, rng.uniform(0.01, 0.25))
        if not is_made(path):
            assert count == 0, "the ledger is gone"
            continue
        if number % 10 == 0 or number == KILLS - 1:
            assert check_whole(path) >= count
        with Ledger(path, create=True) as ledger:
            after = hash_rows(ledger)
            assert before.items() <= after.items(), "something that was recorded is gone or changed"
            before, count = after, ledger.stats().versions
            assert count % BATCH == 0
            assert ledger.count() == count * 3
    assert count > 0
    with Ledger(path, create=True) as ledger, Ledger(tmp_path / "other.db", create=True) as unkilled:
        ledger.record(RUN, make_many(count + BATCH))
        unkilled.record(RUN, make_many(count + BATCH))
        assert ledger.stats().versions == count + BATCH
        assert read_untimed(ledger) == read_untimed(unkilled)
        views = read_views(ledger)
        ledger.rebuild()
        assert read_views(ledger) == views
    check_whole(path)


def make_at_once(path: str) -> None:
    """Makes a ledger and ends."""
    Ledger(path, create=True).close()


def test_a_kill_while_a_ledger_is_made_leaves_one_that_can_be_made(tmp_path: Path) -> None:
    rng = random.Random(7)
    for number in range(12):
        path = tmp_path / f"{number}.db"
        process = FORK.Process(target=make_at_once, args=(str(path),))
        process.start()
        time.sleep(rng.uniform(0.0, 0.12))
        process.kill()
        process.join()
        with Ledger(path, create=True) as ledger:
            assert ledger.record(RUN, make_many(1)).new == 1
            assert {table.name for table in metadata.sorted_tables} <= set(read_rows(ledger, metadata.sorted_tables))


def test_many_that_make_one_ledger_at_once_make_one(tmp_path: Path) -> None:
    path = tmp_path / "news.db"
    processes = [FORK.Process(target=make_at_once, args=(str(path),)) for _ in range(6)]
    for each in processes:
        each.start()
    for each in processes:
        each.join()
        assert each.exitcode == 0
    with Ledger(path) as ledger:
        assert ledger.count() == 0


# ---------------------------------------------------------------- the command itself


def write_reports(path: Path, count: int) -> None:
    """Writes reports as JSON Lines, some of them broken, some twice."""
    lines = []
    for number in range(count):
        text = f"Borduria has {number + 1000:,} troops in Syldavia, officials in Klow said on Monday. Report {number}."
        lines.append(json.dumps({"id": str(number), "text": text, "published": "2021-03-01"}))
        if number % 20 == 7:
            lines.append('{"id": "broken", "text": ')
        if number % 20 == 9:
            lines.append(lines[0])
    path.write_text("\n".join(lines), encoding="utf-8")


def run_add(source: Path, ledger: Path, settings: Sequence[str] = ()) -> subprocess.Popen[bytes]:
    """Starts `reportedly add` in a session of its own, so that its workers die with it."""
    command = [sys.executable, "-m", "reportedly", "add", str(source), "--ledger", str(ledger), *settings]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True)


def test_the_command_that_is_killed_goes_on_where_it_was(tmp_path: Path) -> None:
    source, path, rng = tmp_path / "reports.jsonl", tmp_path / "news.db", random.Random(3)
    write_reports(source, 600 if LONG else 60)
    whole = run_add(source, tmp_path / "whole.db")
    began = time.monotonic()
    _, said = whole.communicate(timeout=300)
    took = time.monotonic() - began
    assert whole.returncode == 1, said  # some lines are broken
    counts = []
    for _ in range(50 if LONG else 3):
        process = run_add(source, path)
        time.sleep(rng.uniform(0.3, 1.05) * min(took, 8.0))
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        if path.exists() and path.stat().st_size:
            with sqlite3.connect(path) as connection:
                made = connection.execute("SELECT count(*) FROM sqlite_master WHERE name = 'reports'").fetchone()[0]
            connection.close()
            counts.append(check_whole(path) if made else 0)
    assert counts == sorted(counts)
    last = run_add(source, path)
    _, said = last.communicate(timeout=300)
    assert last.returncode == 1, said
    with Ledger(path) as ledger, Ledger(tmp_path / "whole.db") as unkilled:
        assert {claim.claim_id for claim in ledger.claims()} == {claim.claim_id for claim in unkilled.claims()}
        assert ledger.count() == unkilled.count()
        one, two = ledger.stats(), unkilled.stats()
        assert (one.reports, one.versions, one.failures, one.runs) == (
            two.reports,
            two.versions,
            two.failures,
            two.runs,
        )
        views = read_views(ledger)
    check_whole(path)
    with Ledger(path, create=True) as ledger:
        ledger.rebuild()
        assert read_views(ledger) == views
