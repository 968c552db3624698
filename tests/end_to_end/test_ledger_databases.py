"""The ledger over real connections: the same on both databases, with several at work, and with a server that stops."""

from __future__ import annotations

import dataclasses
import multiprocessing
import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.end_to_end.conftest import Server
from tests.unit.made_ledgers import (
    RUN,
    hash_rows,
    make_actor,
    make_claim,
    make_extraction,
    make_item,
    make_many,
    make_place,
    make_run,
    make_source,
    make_time,
    read_rows,
    read_views,
)

from reportedly.errors import LedgerError
from reportedly.model import Extraction, Failure
from reportedly.record import ledger as ledger_module
from reportedly.record.ledger import Ledger
from reportedly.record.queries import Query
from reportedly.record.sql import metadata
from reportedly.record.writing import Result
from reportedly.vocab import Role, Status

LATER = make_run("two")
SPAWN = multiprocessing.get_context("spawn")
ACTORS = (None, make_actor("Émile's 100% army", "BRD"), make_actor("US forces", "USA", "USAMIL"))
PLACES = (None, make_place("Klow_West", "SYL"), make_place("Mosul", "IRQ"), make_place("Łódź"))
SAID = {"by": "Ann", "why": "it says so"}


def make_varied(count: int, run: object = RUN) -> list[Extraction]:
    """Makes reports whose claims differ in all that can be asked for."""
    rng = random.Random(7)
    words = ("gulf", "river", "zlip", "camp", "troops", "soldiers", "the", "Łódź")
    made = []
    for number in range(count):
        text = "\n\n".join(
            f"{each + 10} {' '.join(rng.choices(words, k=4))}, the {rng.choice(words)} said." for each in range(3)
        )
        item = make_item(
            f"{text}\n\nN{number} 🗞.",
            publisher=rng.choice(("Klow Herald", "Klow Post", "klow herald", "Élan", "_x", None)),
            published=rng.choice(("2020-08-28", "2021-03-03", None)),
            title=rng.choice((None, "Gulf & river", "Zlip")),
            origin=f"/a/{number}",
            identity=f"page {number % 17}" if number % 3 == 0 else None,
        )
        claims = [
            make_claim(
                item,
                str(each + 10),
                run=run,  # type: ignore[arg-type]
                role=rng.choice(list(Role)),
                measure=rng.choice(("troops", "killed", None)),
                status=rng.choice((Status.ONGOING, Status.PLANNED)),
                confidence=rng.choice((0.2, 0.5, 0.9)),
                actor=rng.choice(
                    (None, make_actor("Émile's 100% army", "BRD"), make_actor("US forces", "USA", "USAMIL"))
                ),
                place=rng.choice(
                    (None, make_place("Klow_West", "SYL"), make_place("Mosul", "IRQ"), make_place("Łódź"))
                ),
                time=rng.choice((None, make_time("2020-08-01", None), make_time("2021-01-01", "2021-12-31"))),
                sources=rng.choice(((), (make_source("gulf officials"), make_source("zlip", name="River Camp")))),
            )
            for each in range(3)
        ]
        made.append(make_extraction(item, claims=claims, run=run))  # type: ignore[arg-type]
    return made


def draw_query(rng: random.Random) -> Query:
    """Draws a question of one to three conditions."""
    values: dict[str, tuple[Any, ...]] = {
        "measure": ("troops", "none"),
        "actor": ("USA", "USAMIL", "army", "ÉMILE", "100%", "_"),
        "place": ("Iraq", "klow", "w_w", "ŁÓDŹ", "SYL"),
        "status": ("planned",),
        "role": ("change", "level"),
        "since": ("2020", "2020-09", "2021-03-04"),
        "until": ("2020-08", "2020-12-31"),
        "source": ("gulf", "river camp", "officials zlip"),
        "publisher": ("Klow", "klow", "É", "_", "%"),
        "text": ("gulf", "river zlip", "the troops", "soldier"),
        "about": ("gulf", "camp nothing"),
        "judged": ("all", "judged", "unjudged", "reject", "amend"),
        "min_confidence": (0.5,),
        "offset": (3,),
    }
    fields = rng.sample(list(values), rng.randint(1, 3))
    return Query(**{name: rng.choice(values[name]) for name in fields})


def fill(ledger: Ledger) -> None:
    """Records, judges, withdraws and codes anew, at a time that stands still."""
    ledger._clock = lambda: datetime(2021, 5, 1, tzinfo=UTC)
    made = make_varied(60)
    for at in range(0, 60, 20):
        ledger.record(RUN, made[at : at + 20])
    ledger.record(RUN, [Result(found=Failure(origin="/b", cause="broken", hint="mend it"), asked={"path": "/b"})])
    claims = list(ledger.claims())
    for number, claim in enumerate(claims[:30:3]):
        verdict = ("accept", "reject", "amend")[number % 3]
        changes = {"measure": "advisers", "quantity.low": 7} if verdict == "amend" else None
        ledger.judge(claim.claim_id, verdict, changes=changes, **SAID)
    ledger.withdraw(claims[31].claim_id, **SAID)
    ledger.withdraw(claims[40].report_id, **SAID)
    ledger.keep("https://example.org", '"etag"', None)
    again = [
        dataclasses.replace(
            each,
            claims=tuple(dataclasses.replace(one, run_id=LATER.run_id, measure="tanks") for one in each.claims[:2]),
        )
        for each in made[::2]
    ]
    ledger.record(LATER, again)


def tell(ledger: Ledger) -> dict[str, object]:
    """All that a ledger says when it is asked, but for the order that words are ranked in."""
    first = next(iter(ledger.claims(judged="amend")))
    return {
        "entries": list(ledger.entries(judged="all")),
        "stats": ledger.stats(),
        "runs": ledger.runs(),
        "failures": ledger.failures(),
        "diff": list(ledger.diff(RUN.run_id, LATER.run_id)),
        "items": list(ledger.items()),
        "reports": list(ledger.reports()),
        "history": ledger.history(first.claim_id),
        "report": ledger.find_report(first.report_id),
        "page": ledger.find("https://example.org"),
        "known": ledger.find_known(RUN, reports=[first.report_id]),
    }


def test_a_ledger_is_the_same_on_both_databases(tmp_path: Path, postgresql_address: str) -> None:
    with ExitStack() as stack:
        one, two = (
            stack.enter_context(Ledger(address, create=True)) for address in (tmp_path / "news.db", postgresql_address)
        )
        fill(one)
        fill(two)
        assert read_rows(one, metadata.sorted_tables) == read_rows(two, metadata.sorted_tables)
        said, also = tell(one), tell(two)
        for name in said:
            assert said[name] == also[name], name
        rng = random.Random(3)
        for query in [draw_query(rng) for _ in range(150)]:
            left, right = ([claim.claim_id for claim in each.claims(query)] for each in (one, two))
            if query.about:
                assert len(left) == len(right), query
            elif query.offset and (query.text or query.source):
                assert len(left) == len(right), query
            else:
                assert left == right, query
            assert one.count(query) == two.count(query), query


def test_views_made_anew_are_the_same(ledger_address: str) -> None:
    with Ledger(ledger_address, create=True) as ledger:
        fill(ledger)
        before = read_views(ledger)
        ledger.rebuild()
        assert read_views(ledger) == before
        ledger.optimize()


def test_recording_again_changes_nothing(ledger_address: str) -> None:
    with Ledger(ledger_address, create=True) as ledger:
        fill(ledger)
    with Ledger(ledger_address, create=True) as ledger:
        before = hash_rows(ledger)
        outcome = ledger.record(RUN, make_varied(60))
        assert (outcome.new, outcome.known, outcome.claims) == (0, 60, 0)
        assert hash_rows(ledger) == before


def ask[T](question: Callable[[], T]) -> tuple[T | None, str]:
    """What a question gives, or the one line that refuses it."""
    try:
        return question(), ""
    except LedgerError as error:
        return None, error.message


@pytest.mark.parametrize("words", ["\x00", "\udcff", "x" * 100_000, "a & b | !c <-> (d", "''", "%_\\"])
def test_hostile_words_end_in_an_answer_or_one_line(ledger_address: str, words: str) -> None:
    with Ledger(ledger_address, create=True) as ledger:
        ledger.record(RUN, make_many(2))
        for field in ("measure", "actor", "place", "publisher", "text", "source", "about", "report", "claim"):
            found, said = ask(
                lambda field=field: (len(list(ledger.claims(**{field: words}))), ledger.count(**{field: words}))
            )
            assert "\n" not in said
            assert found is None or found[0] == found[1]


# ---------------------------------------------------------------- several at once


def add_many(address: str, first: int, count: int, start: Any) -> None:
    """Adds reports in small batches, in a process of its own."""
    start.wait(60)
    with Ledger(address, create=True) as ledger:
        for at in range(first, first + count, 5):
            ledger.record(RUN, make_many(5, first=at))


def read_all(address: str) -> int:
    """Reads all claims, and checks that whole batches of whole reports are seen."""
    with Ledger(address) as reader:
        claims, entries = reader.count(), list(reader.entries())
    assert claims % 15 == 0, "half a batch was seen"
    assert set(Counter(entry.report.report_id for entry in entries).values()) <= {3}, "half a report was seen"
    return len(entries)


def test_two_writers_and_a_reader_lose_and_double_nothing(ledger_address: str) -> None:
    start = SPAWN.Event()
    writers = [SPAWN.Process(target=add_many, args=(ledger_address, first, 100, start)) for first in (0, 50)]
    for each in writers:
        each.start()
    start.set()
    seen: list[int] = []
    while any(each.is_alive() for each in writers):
        found, said = ask(lambda: read_all(ledger_address))
        assert found is not None or "no ledger here" in said
        seen.append(found or 0)
        time.sleep(0.02)
    for each in writers:
        each.join()
        assert each.exitcode == 0
    assert seen == sorted(seen)
    with Ledger(ledger_address) as ledger:
        assert (ledger.stats().versions, ledger.count()) == (150, 450)
        assert [(run.reports, run.claims) for run in ledger.runs()] == [(150, 450)]
        before = hash_rows(ledger)
    with Ledger(ledger_address, create=True) as ledger:
        assert ledger.record(RUN, make_many(150)).new == 0
        assert hash_rows(ledger) == before


def test_a_question_sees_one_state_while_others_write(ledger_address: str) -> None:
    with Ledger(ledger_address, create=True) as writer, Ledger(ledger_address) as reader:
        writer.record(RUN, make_many(300))
        asked = reader.entries()
        first = next(asked)
        writer.withdraw(make_many(1)[0].report.report_id, by="Ann", why="no")
        writer.record(RUN, make_many(10, first=300))
        assert len([first, *asked]) == 900
        assert reader.count() == 927


# ---------------------------------------------------------------- a server that goes away


@pytest.fixture
def restarted(private_server: Server, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The private server, running again after the test."""
    monkeypatch.delenv("REPORTEDLY_TEST_POSTGRESQL", raising=False)
    yield private_server
    with suppress(RuntimeError):  # it may be stopped already
        private_server.stop()
    private_server.start()


def stop_while(server: Server, work: Callable[[], object], delay: float) -> None:
    """Stops the server while something works."""
    stopper = threading.Timer(delay, server.stop)
    stopper.start()
    try:
        work()
    finally:
        stopper.join()


def record_on(ledger: Ledger) -> None:
    """Records until something goes wrong."""
    for at in range(0, 100_000, 5):
        ledger.record(RUN, make_many(5, first=at))


def check_whole(address: str) -> int:
    """Every report has its coding and its claims; returns how many there are."""
    with Ledger(address, create=True) as ledger:
        stats = ledger.stats()
        assert stats.versions % 5 == 0
        assert ledger.count() == stats.versions * 3
        before = read_views(ledger)
        ledger.rebuild()
        assert read_views(ledger) == before
        return stats.versions


def test_a_server_that_stops_ends_in_one_line_and_the_ledger_is_whole(
    restarted: Server, postgresql_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger_module, "WAITS", (0.1, 0.2))
    with Ledger(postgresql_address, create=True) as ledger:
        ledger.record(RUN, make_many(5))
        with pytest.raises(LedgerError, match="cannot be reached") as caught:
            stop_while(restarted, lambda: record_on(ledger), 0.4)
        assert "\n" not in str(caught.value)
        with pytest.raises(LedgerError, match="cannot be reached"):
            ledger.count()
        restarted.start()
        count = check_whole(postgresql_address)
        assert count >= 5
        assert ledger.record(RUN, make_many(count + 5)).new == 5


def test_a_server_that_starts_again_soon_is_waited_for(
    restarted: Server, postgresql_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger_module, "WAITS", (0.5,) * 20)
    done = threading.Event()

    def bounce() -> None:
        restarted.stop()
        restarted.start()
        done.set()

    with Ledger(postgresql_address, create=True) as ledger:
        bouncer = threading.Timer(0.3, bounce)
        bouncer.start()
        at = 0
        while not done.is_set() or at < 20:
            ledger.record(RUN, make_many(5, first=at))
            at += 5
        bouncer.join()
    assert check_whole(postgresql_address) == at


def test_a_database_that_is_not_there_is_said_so(postgresql_address: str) -> None:
    with pytest.raises(LedgerError, match="no such database"):
        Ledger(f"{postgresql_address}_no", create=True)
    with pytest.raises(LedgerError, match="no ledger here"):
        Ledger(postgresql_address)
