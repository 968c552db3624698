"""Compressed inputs: every method, several members, damage, bombs."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import random
import zlib
from collections.abc import Callable, Iterator

import pytest
import zstandard

from reportedly.model import Failure, Item
from reportedly.read import read_items
from reportedly.read.compressed import recognise_compressed, to_inner_name
from reportedly.settings import Settings

METHODS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "zstd": lambda data: zstandard.ZstdCompressor(write_checksum=True).compress(data),
    "xz": lzma.compress,
    "bzip2": bz2.compress,
}
LINES = b"".join(b'{"text": "Twelve were held in Klow.", "id": %d}\n' % number for number in range(2_000))


def read_bytes(data: bytes, settings: Settings | None = None) -> list[Item | Failure]:
    return list(read_items(["-"], settings or Settings(), stdin=io.BytesIO(data)))


def find_causes(found: list[Item | Failure]) -> list[str]:
    return [each.cause for each in found if isinstance(each, Failure)]


@pytest.mark.parametrize("method", METHODS)
def test_all_members_of_every_method_are_read(method: str) -> None:
    compress = METHODS[method]
    found = read_bytes(compress(LINES) + compress(b"") + compress(LINES) + b"\0" * 512)
    assert len(found) == 4_000
    assert find_causes(found) == []


@pytest.mark.parametrize("method", METHODS)
def test_a_stream_cut_short_gives_what_it_has_and_a_failure(method: str) -> None:
    found = read_bytes(METHODS[method](LINES) + METHODS[method](LINES)[:-9])
    assert sum(isinstance(each, Item) for each in found) >= 2_000
    assert find_causes(found)[-1].startswith(f"cut short: it ends within the {method} member at byte")


@pytest.mark.parametrize("method", METHODS)
def test_a_damaged_stream_gives_what_comes_before_and_a_failure(method: str) -> None:
    second = bytearray(METHODS[method](LINES[:30_000]))
    second[len(second) // 2] ^= 0xFF
    found = read_bytes(METHODS[method](LINES) + bytes(second))
    assert sum(isinstance(each, Item) for each in found) >= 2_000
    assert find_causes(found)[-1].startswith("damaged: ")


def test_bytes_after_the_end_are_not_passed_over_in_silence() -> None:
    found = read_bytes(gzip.compress(LINES) + b"and more")
    assert len(found) == 2_001
    assert "stand bytes that are not gzip" in find_causes(found)[0]


def test_an_empty_compressed_input_says_so() -> None:
    assert find_causes(read_bytes(gzip.compress(b""))) == ["empty"]


def test_the_name_within_has_no_suffix() -> None:
    assert to_inner_name("export.jsonl.GZ") == "export.jsonl"
    assert to_inner_name("export.jsonl") == "export.jsonl"


def test_a_text_that_begins_as_bzip2_does_is_a_text() -> None:
    assert not recognise_compressed(b"BZh is short for nothing", "note.txt")


class _Endless(io.RawIOBase):
    """Gives 10 GB of one sentence again and again, compressed to 1,000th of that, as it is read."""

    def __init__(self) -> None:
        super().__init__()
        deflate = zlib.compressobj(9, zlib.DEFLATED, 31)
        first = deflate.compress(b"They left. " * 80_000) + deflate.flush(zlib.Z_FULL_FLUSH)
        again = deflate.compress(b"They left. " * 80_000) + deflate.flush(zlib.Z_FULL_FLUSH)
        self._blocks: Iterator[bytes] = iter([first] + [again] * 11_000)
        self._rest = b""
        self.taken = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        self._rest = self._rest or next(self._blocks, b"")
        block, self._rest = self._rest[: len(buffer)], self._rest[len(buffer) :]
        buffer[: len(block)] = block
        self.taken += len(block)
        return len(block)


def test_a_bomb_of_ten_gigabytes_is_stopped_while_it_grows() -> None:
    raw = _Endless()
    found = list(read_items(["-"], Settings(max_bytes=200_000), stdin=io.BufferedReader(raw)))
    assert find_causes(found) == ["grows to more than 200 times its size"]
    assert raw.taken < 200_000


@pytest.mark.parametrize("method", METHODS)
def test_a_small_bomb_of_every_method_is_one_failure(method: str) -> None:
    found = read_bytes(METHODS[method](b"a" * 3_000_000), Settings(max_bytes=100_000))
    assert [type(each) for each in found] == [Failure]
    assert find_causes(found) == ["grows to more than 200 times its size"]


def test_a_bomb_in_layers_is_measured_by_its_outermost_size() -> None:
    # The outer layer grows 20-fold, the inner one 30-fold: each alone is within the limit of 100.
    data = random.Random(1).randbytes(2_500).hex().encode()
    for _ in range(2):
        data = gzip.compress(data * 20)
    found = read_bytes(data, Settings(max_bytes=300_000, max_expansion=100))
    assert find_causes(found) == ["grows to more than 100 times its size"]


def test_layers_without_end_are_a_failure() -> None:
    data = b"They left."
    for _ in range(9):
        data = gzip.compress(data)
    assert "deep" in find_causes(read_bytes(data))[0]
