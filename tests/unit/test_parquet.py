"""Parquet: types of cells, nested columns, damage, and tables that fill memory."""

from __future__ import annotations

import io
import random
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
import pytest
from tests.golden.made_archives import make_parquet, parquet_table

from reportedly.model import Failure, Item
from reportedly.read import read_items
from reportedly.settings import Settings


def read_bytes(data: bytes, settings: Settings | None = None, **columns: str) -> list[Item | Failure]:
    return list(read_items(["-"], settings or Settings(), columns=columns, stdin=io.BytesIO(data)))


@pytest.mark.parametrize(
    ("column", "published"),
    [
        (pa.array([datetime(2021, 3, 3, 10, 15, tzinfo=UTC)], pa.timestamp("us", "UTC")), "2021-03-03T10:15:00+00:00"),
        (pa.array([1614766500123456789], pa.timestamp("ns")), "2021-03-03T10:15:00.123456"),
        (pa.array([date(2021, 3, 3)]), "2021-03-03"),
        (pa.array(["3 March 2021"]), "2021-03-03"),
        (pa.array(["2021-03-03"]).dictionary_encode(), "2021-03-03"),
        (pa.array([None], pa.string()), None),
    ],
)
def test_times_of_every_type_become_iso(column: pa.Array, published: str | None) -> None:
    (item,) = read_bytes(make_parquet(pa.table({"text": ["Twelve were held."], "date": column})))
    assert isinstance(item, Item), item
    assert item.published == published


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string(), pa.binary()])
def test_texts_of_every_type_are_read(kind: pa.DataType) -> None:
    (item,) = read_bytes(make_parquet(pa.table({"text": pa.array([b"Twelve\r\nheld."], pa.binary()).cast(kind)})))
    assert isinstance(item, Item), item
    assert item.text == "Twelve\nheld."


def test_rows_are_numbered_through_the_row_groups() -> None:
    found = read_bytes(parquet_table())
    assert [each.origin.rpartition(":")[2] for each in found] == ["1", "2", "3"]
    assert [each.external_id for each in found] == ["1", "2", "3"]


def test_a_column_that_holds_no_text_is_a_failure_a_row() -> None:
    causes = [each.cause for each in read_bytes(parquet_table(), text="meta") if isinstance(each, Failure)]
    assert causes == ['"meta" must be a string, not an object', 'no "meta"', '"meta" must be a string, not an object']
    listed = make_parquet(pa.table({"text": [["a", "b"]]}))
    (failure,) = read_bytes(listed)
    assert isinstance(failure, Failure)
    assert failure.cause == '"text" must be a string, not an array'


def test_a_table_in_a_file_is_read_as_one_from_a_pipe(tmp_path: Path) -> None:
    path = tmp_path / "table.bin"
    path.write_bytes(parquet_table())
    assert [type(each) for each in read_items([path], Settings())] == [Item, Failure, Item]


def test_a_damaged_row_group_costs_its_rows() -> None:
    data = bytearray(parquet_table())
    data[8:24] = b"\xff" * 16
    found = read_bytes(bytes(data))
    assert isinstance(found[0], Failure)
    assert found[0].cause.startswith("damaged: 2 rows of row group 1 cannot be read as Parquet")
    assert found[-1].external_id == "3"


@pytest.mark.parametrize("cut", [1, 200])
def test_a_table_cut_short_is_one_failure(cut: int) -> None:
    (failure,) = read_bytes(parquet_table()[:-cut])
    assert isinstance(failure, Failure)
    assert failure.cause.startswith("damaged: cannot be read as Parquet")


def test_a_table_without_rows_says_so() -> None:
    (failure,) = read_bytes(make_parquet(pa.table({"text": pa.array([], pa.string())})))
    assert isinstance(failure, Failure)
    assert failure.cause.startswith("empty")


def test_random_damage_never_raises() -> None:
    whole = parquet_table()
    for seed in range(60):
        choose = random.Random(seed)
        damaged = bytearray(whole)
        for _ in range(3):
            damaged[choose.randrange(4, len(damaged))] = choose.randrange(256)
        assert all(isinstance(each, Item | Failure) for each in read_bytes(bytes(damaged)))


def test_a_column_that_declares_too_much_is_refused_unread() -> None:
    data = make_parquet(pa.table({"text": ["They left. " * 400_000]}), compression="zstd")
    (failure,) = read_bytes(data, Settings(max_bytes=1_000_000))
    assert isinstance(failure, Failure)
    assert failure.cause == "grows to more than 200 times its size"


def test_one_text_that_all_rows_share_does_not_fill_memory() -> None:
    shared = pa.DictionaryArray.from_arrays(pa.array([0] * 5_000), pa.array(["They left. " * 20_000]))
    found = read_bytes(make_parquet(pa.table({"text": shared})), Settings(max_bytes=1_000_000))
    assert isinstance(found[-1], Failure)
    assert found[-1].cause == "grows to more than 200 times its size"
    assert len(found) < 5_000
