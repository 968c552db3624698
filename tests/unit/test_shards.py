"""Shards: how a stream is cut, what crosses between processes, and what a lost worker costs."""

from __future__ import annotations

import dataclasses
import itertools
import json
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from reportedly import pipeline
from reportedly.errors import ModelMissing, ReadError, SettingsError
from reportedly.model import Extraction, Failure, Item
from reportedly.pipeline import code_items, load_tools
from reportedly.read import READERS, Payload, Unchanged, read_items, split_inputs
from reportedly.read.sources import Reader
from reportedly.scale import (
    ENGINES,
    Shard,
    code_file,
    code_frames,
    code_shard,
    parse_engine,
    read_run,
    read_shard,
    split_shards,
)
from reportedly.scale.engines import WorkerDied, code_survivors, map_in_order
from reportedly.scale.frames import SPARK_SCHEMA
from reportedly.scale.rows import COLUMNS, Result, join_rows, write_rows
from reportedly.settings import Settings

SAMPLES = Path(pipeline.__file__).parent / "demo" / "samples.jsonl"
SETTINGS = Settings()


def make_items(count: int, text: str = "All was quiet in Gao.") -> list[Item]:
    return [Item(text=text, origin=f"made:{number}") for number in range(count)]


def make_shard(*pieces: Item | Payload | Failure, settings: Settings = SETTINGS) -> Shard:
    return Shard(number=0, pieces=pieces, settings=settings)


def find_origins(shard: Shard) -> list[str]:
    return [piece.origin for piece in shard.pieces]


# ---------------------------------------------------------------- cutting


def test_a_stream_is_cut_by_reports_and_numbered_in_order() -> None:
    shards = list(split_shards(make_items(7), SETTINGS, reports=3))
    assert [(shard.number, len(shard.pieces)) for shard in shards] == [(0, 3), (1, 3), (2, 1)]
    assert [origin for shard in shards for origin in find_origins(shard)] == [f"made:{n}" for n in range(7)]


def test_large_reports_make_small_shards() -> None:
    payloads = [Payload(data=b"x" * 60, reader="text", origin=str(number)) for number in range(4)]
    assert [len(shard.pieces) for shard in split_shards(payloads, SETTINGS, max_bytes=100)] == [2, 2]
    assert [len(shard.pieces) for shard in split_shards(payloads, SETTINGS, max_bytes=10)] == [1, 1, 1, 1]


def test_an_endless_stream_is_cut_as_it_comes() -> None:
    taken = itertools.count()
    endless = (Item(text="quiet", origin=str(next(taken))) for _ in itertools.count())
    shards = split_shards(endless, SETTINGS, reports=5)
    assert next(shards).number == 0
    assert next(taken) == 5


def test_what_has_nothing_to_code_is_left_out() -> None:
    found = [Unchanged(url="https://example.org/", origin="feed"), *make_items(1)]
    assert [find_origins(shard) for shard in split_shards(found, SETTINGS)] == [["made:0"]]
    assert list(split_shards([], SETTINGS)) == []


# ---------------------------------------------------------------- coding


def test_a_coded_shard_holds_what_coding_in_this_process_gives(tmp_path: Path) -> None:
    missing = tmp_path / "missing.txt"
    expected = list(code_items(read_items([SAMPLES, missing], SETTINGS), load_tools(SETTINGS)))
    (shard,) = split_shards(split_inputs([SAMPLES, missing], SETTINGS), SETTINGS)
    data = code_shard(shard)
    assert list(read_shard(data)) == expected
    assert read_run(data) == load_tools(SETTINGS).run
    assert sum(len(result.claims) for result in expected if isinstance(result, Extraction)) > 10
    assert isinstance(expected[-1], Failure)


def test_a_text_stands_in_its_row_once() -> None:
    text = "The harbour was quiet all day. " * 9
    row = pq.read_table(pa.BufferReader(code_shard(make_shard(Item(text=text))))).to_pylist()[0]
    assert [name for name, cell in row.items() if cell and text in cell] == ["report"]


def test_a_payload_is_opened_where_it_is_coded(monkeypatch: pytest.MonkeyPatch) -> None:
    def open_made(payload: Payload, settings: Settings) -> Item:
        if payload.data == b"bad":
            raise RuntimeError("broken inside")
        return Item(text=payload.data.decode(), origin=payload.origin, raw_sha256=payload.raw_sha256)

    made = Reader("made", (), lambda head, name: False, lambda source: iter(()), open_made)
    monkeypatch.setitem(READERS, "made", made)
    good = Payload(data=b"Two soldiers were killed near Gao.", reader="made", origin="page:1")
    bad = Payload(data=b"bad", reader="made", origin="page:2")
    data = code_shard(make_shard(good, bad))
    read, failed = read_shard(data)
    assert isinstance(read, Extraction)
    assert read.item is not None
    assert (read.item.text, len(read.claims)) == ("Two soldiers were killed near Gao.", 1)
    assert failed == Failure(origin="page:2", cause="cannot be read as made: RuntimeError: broken inside")
    rows = pq.read_table(pa.BufferReader(data)).to_pylist()
    assert [row["origin"] for row in rows] == ["page:1", "page:2"]
    assert rows[0]["raw_sha256"] == good.raw_sha256


def test_an_error_in_the_shared_parse_falls_on_the_report_that_has_it(monkeypatch: pytest.MonkeyPatch) -> None:
    split = pipeline.split_reports

    def break_on_bad(reports: list[Item], *rest: object, **more: object) -> object:
        if any("bad" in report.text for report in reports):
            raise MemoryError("no room")
        return split(reports, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(pipeline, "split_reports", break_on_bad)
    items = [*make_items(5), Item(text="a bad one", external_id="x", origin="made:bad"), *make_items(2)]
    results = list(read_shard(code_shard(make_shard(*items))))
    failure = Failure(origin="made:bad", cause="MemoryError: no room", external_id="x", error="MemoryError")
    assert [result for result in results if isinstance(result, Failure)] == [failure]
    assert results.index(failure) == 5
    assert len(results) == 8


def test_a_missing_parser_stops_all_and_is_no_failure_of_a_report() -> None:
    shard = make_shard(Item(text="Two soldiers were killed."), settings=Settings(model="no_such_model"))
    with pytest.raises(ModelMissing):
        code_shard(shard)


# ---------------------------------------------------------------- files


def test_one_input_file_becomes_one_file_of_results(tmp_path: Path) -> None:
    target = tmp_path / "samples.parquet"
    expected = list(code_items(read_items([SAMPLES], SETTINGS), load_tools(SETTINGS)))
    assert code_file(SAMPLES, target, SETTINGS) == len(expected)
    assert list(read_shard(target)) == expected
    assert read_run(target) == load_tools(SETTINGS).run
    assert [path.name for path in tmp_path.iterdir()] == [target.name]


def test_an_input_that_cannot_be_read_is_a_row_of_its_file(tmp_path: Path) -> None:
    target = tmp_path / "none.parquet"
    assert code_file(tmp_path / "none.jsonl", target, SETTINGS) == 1
    (failure,) = read_shard(target)
    assert isinstance(failure, Failure)
    assert failure.cause == "no such file or folder"


def test_coding_that_stops_leaves_no_half_file(tmp_path: Path) -> None:
    target = tmp_path / "out.parquet"
    target.write_bytes(b"the old one")
    with pytest.raises(ModelMissing):
        code_file(SAMPLES, target, Settings(model="no_such_model"))
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"the old one"]


def test_a_name_that_is_no_unicode_comes_back_as_it_was() -> None:
    failure = Failure(origin="caf\udce9.txt", cause="empty", external_id="\ud800")
    run = load_tools(SETTINGS).run
    assert list(read_shard(write_rows([failure], run))) == [failure]


def make_broken(kind: str) -> bytes:
    whole = code_shard(make_shard(*make_items(2)))
    sink = pa.BufferOutputStream()
    pq.write_table(pa.table({"text": ["a"]}), sink)
    foreign: bytes = sink.getvalue().to_pybytes()
    return {"empty": b"", "text": b"no such thing", "cut": whole[: len(whole) // 2], "foreign": foreign}[kind]


@pytest.mark.parametrize("kind", ["empty", "text", "cut", "foreign"])
def test_what_is_no_file_of_results_is_refused_in_one_line(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    path.write_bytes(make_broken(kind))
    with pytest.raises(ReadError, match=r"^\S*x\.parquet: not a (Parquet file|file of results): ") as caught:
        list(read_shard(path))
    assert "\n" not in str(caught.value)


def test_a_file_that_two_versions_made_names_no_run() -> None:
    run = load_tools(SETTINGS).run
    failure = Failure(origin="a", cause="empty")
    other = dataclasses.replace(run, run_id="of another day")
    assert read_run(write_rows([], run)) is None
    assert read_run(write_rows([failure, failure], run)) == run
    with pytest.raises(ReadError, match="2 runs made it"):
        read_run(join_rows([write_rows([failure], run), write_rows([failure], other)]))


def test_a_missing_file_of_results_is_named(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="no such file"):
        list(read_shard(tmp_path / "none.parquet"))


def test_a_row_with_a_broken_cell_is_refused() -> None:
    row = dict.fromkeys(COLUMNS.names) | {"origin": "a", "report": '{"text": 1}', "claims": []}
    sink = pa.BufferOutputStream()
    pq.write_table(pa.Table.from_pylist([row], schema=COLUMNS), sink)
    with pytest.raises(ReadError, match="not a"):
        list(read_shard(sink.getvalue().to_pybytes()))


# ---------------------------------------------------------------- frames


def code_frame(frame: pd.DataFrame) -> list[Result]:
    tables = [pa.Table.from_pandas(coded, schema=COLUMNS) for coded in code_frames(iter([frame]), SETTINGS)]
    sink = pa.BufferOutputStream()
    pq.write_table(pa.concat_tables(tables), sink)
    return list(read_shard(sink.getvalue().to_pybytes()))


def test_a_frame_gives_what_the_same_records_in_a_file_give() -> None:
    records = [json.loads(line) for line in SAMPLES.read_text(encoding="utf-8").splitlines()]
    inputs = [{**record, "id": record.get("id") or f"n{number}"} for number, record in enumerate(records)]
    coded = code_frame(pd.DataFrame(inputs))
    expected = list(code_items(read_items([SAMPLES], SETTINGS), load_tools(SETTINGS)))
    assert [result.claims for result in coded if isinstance(result, Extraction)] != []
    for ours, theirs, record in zip(coded, expected, inputs, strict=True):
        assert isinstance(ours, Extraction)
        assert isinstance(theirs, Extraction)
        assert [claim.claim_id for claim in ours.claims] == [claim.claim_id for claim in theirs.claims]
        assert ours.report.external_id == record["id"]


def test_missing_cells_dates_and_numbers_of_a_frame_are_understood() -> None:
    frame = pd.DataFrame(
        {
            "text": ["All was quiet.", None, "All was well.", 7],
            "id": [12, None, 14, 15],
            "published": [date(2024, 5, 6), pd.NaT, pd.Timestamp("2024-05-07"), None],
            "other": [1, 2, 3, 4],
        }
    )
    first, second, third, fourth = code_frame(frame)
    assert isinstance(first, Extraction)
    assert isinstance(third, Extraction)
    assert (first.report.external_id, first.report.published) == ("12", "2024-05-06")
    assert (third.report.external_id, third.report.published) == ("14", "2024-05-07")
    assert second == Failure(origin="row 2", cause='no "text"', hint='an object with a "text" is expected')
    assert isinstance(fourth, Failure)
    assert fourth.cause == '"text" must be a string, not a number'


def test_spark_is_told_the_columns_that_the_rows_have() -> None:
    assert [part.split()[0] for part in SPARK_SCHEMA.split(", ")] == COLUMNS.names


# ---------------------------------------------------------------- engines


def test_an_engine_is_told_by_its_name() -> None:
    assert [parse_engine(name, SETTINGS).name for name in ENGINES] == list(ENGINES)
    assert parse_engine("", Settings(workers=2)).name == "pool"
    assert parse_engine("", Settings(workers=1)).name == "inline"
    assert parse_engine(" DASK://node-1.example:8786/ ", SETTINGS).address == "node-1.example:8786"  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("dusk", "did you mean 'dask'?"),
        ("ray", "the engines are inline, pool, dask"),
        ("pool://here:1", "the engine 'pool' takes no address"),
        ("dask://", "write it as dask://HOST:PORT"),
        ("dask://host", "write it as dask://HOST:PORT"),
        ("dask://host:http", "write it as dask://HOST:PORT"),
    ],
)
def test_a_wrong_engine_is_refused_with_advice(text: str, said: str) -> None:
    with pytest.raises(SettingsError, match=r"engine|address") as caught:
        parse_engine(text, SETTINGS)
    assert said in str(caught.value)


def test_a_missing_dask_is_named_with_the_command_that_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(SettingsError, match=r"pip install 'reportedly\[cluster\]'"), parse_engine("dask", SETTINGS):
        pass


class Held:
    """A result that is there when it is asked for."""

    def __init__(self, shard: Shard, cancelled: list[int]) -> None:
        self.shard = shard
        self.cancelled = cancelled

    def result(self) -> bytes:
        return b"%d" % self.shard.number

    def cancel(self) -> None:
        self.cancelled.append(self.shard.number)


def test_results_come_in_order_and_no_shard_is_taken_ahead_of_the_window() -> None:
    taken: list[int] = []
    cancelled: list[int] = []

    def take() -> Iterator[Shard]:
        for number in itertools.count():
            taken.append(number)
            yield Shard(number=number, pieces=(), settings=SETTINGS)

    results = map_in_order(lambda shard: Held(shard, cancelled), take(), lambda: 4)
    assert [next(results) for _ in range(3)] == [(0, b"0"), (1, b"1"), (2, b"2")]
    assert taken == [0, 1, 2, 3, 4, 5]
    results.close()  # type: ignore[attr-defined]
    assert cancelled == [3, 4, 5]


def attempt_with(poison: frozenset[str], tried: list[list[str]], deaths: int = 10**6) -> object:
    """An attempt that loses its worker to the reports named, for so many times."""
    left = itertools.count(deaths, -1)

    def attempt(shard: Shard) -> bytes:
        tried.append(find_origins(shard))
        if poison & set(find_origins(shard)) and next(left) > 0:
            raise WorkerDied
        run = load_tools(SETTINGS).run
        return write_rows([Failure(origin=origin, cause="seen") for origin in find_origins(shard)], run)

    return attempt


def test_a_report_that_kills_every_worker_is_found_and_the_others_are_coded() -> None:
    tried: list[list[str]] = []
    attempt = attempt_with(frozenset({"made:5", "made:6"}), tried)
    results = list(read_shard(code_survivors(make_shard(*make_items(16)), attempt)))  # type: ignore[arg-type]
    assert [result.origin for result in results if isinstance(result, Failure)] == [f"made:{n}" for n in range(16)]
    died = [result for result in results if isinstance(result, Failure) and result.cause != "seen"]
    assert [failure.origin for failure in died] == ["made:5", "made:6"]
    assert {failure.cause for failure in died} == {"the worker died while coding it"}
    assert all(tried.count([origin]) == 2 for origin in ("made:5", "made:6"))


@pytest.mark.parametrize("count", [1, 8])
def test_a_worker_that_is_killed_once_costs_no_report(count: int) -> None:
    tried: list[list[str]] = []
    attempt = attempt_with(frozenset({"made:0"}), tried, deaths=1)
    results = list(read_shard(code_survivors(make_shard(*make_items(count)), attempt)))  # type: ignore[arg-type]
    assert {result.cause for result in results if isinstance(result, Failure)} == {"seen"}
    assert (len(results), len(tried)) == (count, 2)
