"""Engines, with real processes: the same files from all of them, whoever dies in mid-run."""

from __future__ import annotations

import contextlib
import itertools
import os
import signal
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from reportedly import pipeline, tools
from reportedly.errors import ModelMissing, ReportedlyError, SettingsError
from reportedly.model import Failure, Item
from reportedly.read import split_inputs
from reportedly.scale import Engine, Shard, code_shard, parse_engine, read_shard, split_shards
from reportedly.scale.cluster import Cluster
from reportedly.scale.engines import Inline
from reportedly.scale.pool import Pool
from reportedly.scale.rows import write_rows
from reportedly.settings import Settings

SAMPLES = Path(pipeline.__file__).parent / "demo" / "samples.jsonl"
SETTINGS = Settings(workers=2)
needs_proc = pytest.mark.skipif(not Path("/proc/self").exists(), reason="reads /proc")


@pytest.fixture(autouse=True)
def within_a_minute() -> Iterator[None]:
    """A test that hangs ends in an error, not in a build that never ends."""

    def stop(*_: object) -> None:
        raise TimeoutError("longer than a minute")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(60)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


def needs_dask() -> None:
    pytest.importorskip("distributed", reason="pip install 'reportedly[cluster]'")


# ---------------------------------------------------------------- what workers run in place of `code_shard`


def code_quickly(shard: Shard) -> bytes:
    """Needs no parser. A report that says `poison` kills the process; `slow` takes its time."""
    text = " ".join(piece.text for piece in shard.pieces if isinstance(piece, Item))
    if "slow" in text:
        time.sleep(0.3)
    if "poison" in text:
        os.kill(os.getpid(), signal.SIGKILL)
    rows = [Failure(origin=piece.origin, cause="quick") for piece in shard.pieces]
    return write_rows(rows, tools.load_tools(shard.settings).run)


def name_process(shard: Shard) -> bytes:
    return b"%d %s" % (os.getpid(), os.environ["OPENBLAS_NUM_THREADS"].encode())


def break_down(shard: Shard) -> bytes:
    raise ZeroDivisionError("inside the worker")


# ---------------------------------------------------------------- inputs and outcomes


def split_samples(copies: int = 1, reports: int = 3) -> Iterator[Shard]:
    return split_shards(split_inputs([SAMPLES] * copies, SETTINGS), SETTINGS, reports=reports)


def make_shards(*texts: str, reports: int = 1) -> Iterator[Shard]:
    items = (Item(text=text, origin=f"made:{number}") for number, text in enumerate(texts))
    return split_shards(items, SETTINGS, reports=reports)


def find_causes(engine: Engine, shards: Iterator[Shard]) -> list[str]:
    found = [result for _, data in engine.map(shards) for result in read_shard(data)]
    assert [one.origin for one in found if isinstance(one, Failure)] == [f"made:{n}" for n in range(len(found))]
    return [one.cause for one in found if isinstance(one, Failure)]


def is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"  # a dead process that nobody has asked after yet


def wait_until(holds: Callable[[], bool], seconds: float = 10.0) -> bool:
    until = time.monotonic() + seconds
    while not holds() and time.monotonic() < until:
        time.sleep(0.05)
    return holds()


@pytest.fixture(scope="module")
def expected() -> list[tuple[int, bytes]]:
    with Inline(SETTINGS) as engine:
        return list(engine.map(split_samples(copies=4)))


# ---------------------------------------------------------------- the same from all


def run_and_kill(engine: Engine) -> list[tuple[int, bytes]]:
    """Runs the samples and kills a worker after the third file; the dead one must be replaced."""
    results = engine.map(split_samples(copies=4))
    found = list(itertools.islice(results, 3))
    before = engine.find_pids()
    assert len(before) == 2
    os.kill(before[0], signal.SIGKILL)
    found += results
    assert wait_until(lambda: len(set(engine.find_pids()) - set(before)) == 1)
    return found


def test_the_pool_gives_the_same_bytes_though_a_worker_is_killed(expected: list[tuple[int, bytes]]) -> None:
    with parse_engine("pool", SETTINGS) as engine:
        assert run_and_kill(engine) == expected
        pids = engine.find_pids()
    assert len(pids) == 2
    assert wait_until(lambda: not any(map(is_running, pids)))


def test_dask_gives_the_same_bytes_though_a_worker_is_killed(expected: list[tuple[int, bytes]]) -> None:
    needs_dask()
    with parse_engine("dask", SETTINGS) as started:
        assert isinstance(started, Cluster)
        with parse_engine(f"dask://{started.find_address()}", SETTINGS) as engine:
            assert run_and_kill(engine) == expected
        pids = started.find_pids()  # a cluster that was there already stays when it is left
    assert len(pids) == 2
    assert wait_until(lambda: not any(map(is_running, pids)))


def test_a_report_that_kills_its_worker_becomes_one_failure_in_the_pool() -> None:
    texts = ["fine"] * 5 + ["poison"] + ["fine"] * 6
    with Pool(SETTINGS, code_quickly) as engine:
        causes = find_causes(engine, make_shards(*texts, reports=4))
    assert causes == ["the worker died while coding it" if text == "poison" else "quick" for text in texts]


def test_a_report_that_kills_its_worker_becomes_one_failure_on_dask() -> None:
    needs_dask()
    texts = ["fine", "poison", "fine", "fine"]
    with Cluster(SETTINGS, code=code_quickly) as engine:
        causes = find_causes(engine, make_shards(*texts, reports=2))
    assert causes == ["the worker died while coding it" if text == "poison" else "quick" for text in texts]


# ---------------------------------------------------------------- the pool


def test_an_endless_input_is_not_read_ahead() -> None:
    taken = itertools.count()
    items = (Item(text="fine", origin=str(next(taken))) for _ in itertools.count())
    with Pool(SETTINGS, code_quickly) as engine:
        numbers = [number for number, _ in itertools.islice(engine.map(split_shards(items, SETTINGS, reports=1)), 20)]
        assert numbers == list(range(20))
        assert next(taken) <= 20 + 2 * engine.workers
        assert next(engine.map(make_shards("fine")))[0] == 0  # one that was left early can be asked again


def test_a_slow_shard_does_not_change_the_order() -> None:
    with Pool(SETTINGS, code_quickly) as engine:
        assert [number for number, _ in engine.map(make_shards("slow", *["fine"] * 5))] == list(range(6))


def test_workers_use_one_thread_and_make_way_when_they_hold_too_much() -> None:
    before = dict(os.environ)
    with Pool(Settings(workers=1), name_process, retire_bytes=1) as engine:
        told = [data.split() for _, data in engine.map(make_shards("a", "b"))]
    with Pool(Settings(workers=1), name_process) as engine:
        kept = [data for _, data in engine.map(make_shards("a", "b"))]
    assert len({pid for pid, _ in told}) == 2
    assert len(set(kept)) == 1
    assert {threads for _, threads in told} == {b"1"}
    assert dict(os.environ) == before


def test_an_error_of_the_input_ends_the_workers() -> None:
    engine = Pool(SETTINGS, code_quickly)
    pids: list[int] = []

    def fail() -> Iterator[Shard]:
        yield from make_shards("slow", "slow", "slow")
        assert wait_until(lambda: len(engine.find_pids()) == 2)
        pids.extend(engine.find_pids())
        raise OSError("the disk is gone")

    def run() -> None:
        with engine:
            list(engine.map(fail()))

    with pytest.raises(OSError, match="the disk is gone"):
        run()
    assert len(pids) == 2
    assert wait_until(lambda: not any(map(is_running, pids)))


def test_an_error_of_the_code_comes_back_in_words() -> None:
    with (
        pytest.raises(ReportedlyError, match="ZeroDivisionError: inside the worker"),
        Pool(SETTINGS, break_down) as pool,
    ):
        list(pool.map(make_shards("a")))


def test_a_missing_parser_is_said_once_by_every_engine() -> None:
    settings = Settings(workers=2, model="no_such_model")
    for name in ("inline", "pool"):
        shards = split_shards([Item(text="Two soldiers were killed.")], settings)
        with (
            pytest.raises(ModelMissing, match="'no_such_model' is not installed"),
            parse_engine(name, settings) as engine,
        ):
            list(engine.map(shards))


# ---------------------------------------------------------------- the parent


SCRIPT = """
    import itertools, sys
    sys.path.insert(0, {folder!r})
    from reportedly.model import Item
    from reportedly.scale import split_shards
    from reportedly.scale.cluster import Cluster
    from reportedly.scale.pool import Pool
    from reportedly.settings import Settings
    from test_engines import code_quickly

    def run(settings=Settings(workers=2)):
        with {engine} as engine:
            items = (Item(text="slow") for _ in itertools.count())
            results = engine.map(split_shards(items, settings, reports=1))
            for _ in itertools.islice(results, 3): pass
            print(*engine.find_pids(), flush=True)
            for _ in results: pass

    {guard}run()
"""


@contextlib.contextmanager
def start_script(engine: str, guard: str = "if __name__ == '__main__': ") -> Iterator[subprocess.Popen[str]]:
    """Starts a program of its own, and its own group of processes, that codes for ever."""
    with contextlib.ExitStack() as stack:
        path = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "script.py"
        text = textwrap.dedent(SCRIPT).format(folder=str(Path(__file__).parent), engine=engine, guard=guard)
        path.write_text(text, encoding="utf-8")
        process = subprocess.Popen(
            [sys.executable, str(path)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        try:
            yield process
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.communicate()


@needs_proc
@pytest.mark.parametrize("engine", ["Pool(settings, code_quickly)", "Cluster(settings, code=code_quickly)"])
def test_no_worker_outlives_a_parent_that_was_killed(engine: str) -> None:
    if "Cluster" in engine:
        needs_dask()
    with start_script(engine) as process:
        assert process.stdout is not None
        pids = [int(word) for word in process.stdout.readline().split()]
        assert len(pids) == 2
        assert all(map(is_running, pids))
        process.kill()
        assert wait_until(lambda: not any(map(is_running, pids)))


@needs_proc
@pytest.mark.parametrize("engine", ["Pool(settings, code_quickly)", "Cluster(settings, code=code_quickly)"])
def test_an_interrupt_from_the_terminal_ends_all_and_no_worker_complains(engine: str) -> None:
    if "Cluster" in engine:
        needs_dask()
    with start_script(engine) as process:
        assert process.stdout is not None
        pids = [int(word) for word in process.stdout.readline().split()]
        os.killpg(process.pid, signal.SIGINT)
        _, said = process.communicate(timeout=10)
        assert not any(map(is_running, pids))
        assert said.count("Traceback") == said.count("KeyboardInterrupt") == 1
        assert process.returncode == -signal.SIGINT


def test_a_script_without_a_guard_is_told_what_is_wrong() -> None:
    with start_script("Pool(settings, code_quickly)", guard="") as process:
        _, said = process.communicate(timeout=30)
        assert "a worker process cannot start" in said.splitlines()[-1]
        assert "if __name__ == '__main__':" in said.splitlines()[-1]


# ---------------------------------------------------------------- a cluster that is there already


def test_workers_with_other_code_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    needs_dask()
    settings = Settings(workers=1, timeout=19.0)  # not asked for before in this process
    monkeypatch.setattr(tools, "find_code_digest", lambda: "of another day")
    with pytest.raises(SettingsError, match="would make another run"), Cluster(settings):
        pass


def test_an_address_where_nothing_answers_is_named() -> None:
    needs_dask()
    engine = parse_engine("dask://127.0.0.1:9", Settings(timeout=0.5))
    with pytest.raises(SettingsError, match=r"no Dask scheduler answers at '127\.0\.0\.1:9'"), engine:
        pass


def test_coding_is_what_engines_do_unless_told_otherwise() -> None:
    assert list(Inline(SETTINGS).map(split_samples())) == [(s.number, code_shard(s)) for s in split_samples()]
