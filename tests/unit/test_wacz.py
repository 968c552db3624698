"""Web archive collections: which of their members are read, and what damage costs."""

from __future__ import annotations

import io

import pytest
from tests.golden.made_archives import make_zip, to_text_record, wacz_collection

from reportedly.model import Failure, Item
from reportedly.read import read_items
from reportedly.settings import Settings


def read_bytes(data: bytes) -> list[Item | Failure]:
    return list(read_items(["-"], Settings(), stdin=io.BytesIO(data)))


def test_only_the_archives_are_read() -> None:
    found = read_bytes(wacz_collection())
    assert [type(each) for each in found] == [Item, Item]
    assert [each.origin for each in found] == [
        "standard input/archive/one.warc.gz:0",
        "standard input/archive/two.warc:0",
    ]


@pytest.mark.parametrize("cut", [10, 300])
def test_a_collection_cut_short_is_one_failure(cut: int) -> None:
    (failure,) = read_bytes(wacz_collection()[:-cut])
    assert isinstance(failure, Failure)
    assert failure.cause.startswith("not a ZIP that can be read")
    assert failure.origin == "standard input"


def test_a_collection_without_archives_says_so() -> None:
    (failure,) = read_bytes(make_zip({"datapackage.json": b"{}"}))
    assert isinstance(failure, Failure)
    assert "without a WARC" in failure.cause


def test_a_damaged_archive_costs_itself_alone() -> None:
    data = make_zip({"archive/a.warc.gz": b"no archive", "archive/b.warc": to_text_record(1)})
    assert isinstance(read_bytes(data)[-1], Item)
