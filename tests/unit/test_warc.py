"""Web archives: what is read of them, and what damage costs."""

from __future__ import annotations

import gzip
import io
import random
import zlib

import pytest
import zstandard
from tests.golden.made_archives import HTML, PAGE, make_record, make_zip, to_text_record, warc_news

from reportedly.model import Failure, Item
from reportedly.read import split_inputs
from reportedly.read.sources import Payload
from reportedly.read.warc import recognise_warc
from reportedly.settings import Settings

LONG = HTML + b"<!doctype html><html>" + random.Random(1).randbytes(40_000).hex().encode() + b"</html>"


def split_bytes(data: bytes, settings: Settings | None = None) -> list[Payload | Failure]:
    found = list(split_inputs(["-"], settings or Settings(), stdin=io.BytesIO(data)))
    assert all(isinstance(each, Payload | Failure) for each in found)
    return [each for each in found if isinstance(each, Payload | Failure)]


def name_found(found: list[Payload | Failure]) -> list[int | str]:
    """Names what was found: pages by the number in their address, failures by the beginning of their cause."""
    return [
        int((each.known.url or "").rpartition("/")[2]) if isinstance(each, Payload) else each.cause.split(":")[0]
        for each in found
    ]


def answer(headers: str, body: bytes) -> bytes:
    return f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n{headers}\r\n".encode() + body


@pytest.mark.parametrize("version", ["1.0", "1.1"])
def test_a_page_has_what_its_record_says(version: str) -> None:
    (page,) = split_bytes(make_record(2, version=version))
    assert isinstance(page, Payload)
    assert page.reader == "html"
    assert page.data.startswith(PAGE.encode())
    assert page.origin == "standard input:0"
    assert page.known.url == "https://klow-herald.example/2"
    assert page.known.retrieved == "2021-03-03T10:15:00+00:00"
    assert page.known.charset == "utf-8"
    assert page.known.external_id == "urn:uuid:000000000002"
    assert page.known.identity is None


def test_only_answers_that_are_pages_in_order_are_read() -> None:
    assert name_found(split_bytes(warc_news())) == [2]


def test_an_archive_without_pages_says_so() -> None:
    (failure,) = split_bytes(make_record(1, b"GET / HTTP/1.1\r\n\r\n", kind="request"))
    assert isinstance(failure, Failure)
    assert failure.cause.startswith("no pages")


def test_a_resource_that_is_a_page_is_read() -> None:
    found = split_bytes(make_record(1, PAGE.encode(), kind="resource", label="text/html; charset=utf-8"))
    assert isinstance(found[0], Payload)
    assert found[0].known.charset == "utf-8"


@pytest.mark.parametrize("label", ["", "Content-Type: application/octet-stream\r\n", "Content-Type: text/plain\r\n"])
def test_a_page_under_a_label_that_says_nothing_is_known_by_its_beginning(label: str) -> None:
    block = f"HTTP/1.1 200 OK\r\n{label}\r\n".encode()
    assert name_found(split_bytes(make_record(1, block + PAGE.encode()) + make_record(2, block + b"words"))) == [1]


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ("Transfer-Encoding: chunked\r\n", b"6;x=y\r\n<html>\r\n5\r\nwords\r\n0\r\n\r\n"),
        ("Transfer-Encoding: chunked\r\n", b"<html>words"),
        ("Content-Encoding: gzip\r\n", gzip.compress(b"<html>words", mtime=0)),
        ("Content-Encoding: gzip\r\n", b"<html>words"),
        ("Content-Encoding: deflate\r\n", zlib.compress(b"<html>words")),
        ("Content-Encoding: deflate\r\n", zlib.compress(b"<html>words", wbits=-15)),
        ("Content-Encoding: zstd\r\n", zstandard.ZstdCompressor().compress(b"<html>words")),
        ("Content-Encoding: br\r\n", b"\x0f\x05\x80<html>words\x03"),
    ],
)
def test_codings_are_undone_where_the_archive_kept_them(headers: str, body: bytes) -> None:
    (page,) = split_bytes(make_record(1, answer(headers, body)))
    assert isinstance(page, Payload), page
    assert page.data == b"<html>words"


@pytest.mark.parametrize(
    ("block", "extra", "cause"),
    [
        (answer("Content-Encoding: gzip\r\n", gzip.compress(LONG, mtime=0)[:-99]), "", "damaged"),
        (
            answer("Content-Encoding: gzip\r\n", gzip.compress(b"x" * 2_000_000, mtime=0)),
            "",
            "too large for one report",
        ),
        (answer("Content-Encoding: rot13\r\n", b"uryyb"), "", "coded as 'rot13', which is not known"),
        (answer("Transfer-Encoding: chunked\r\n", b"5\r\nwords\r\nff\r\ncut"), "", "cut short"),
        (answer("", b" \n"), "", "empty"),
        (b"garbage\r\n\r\n<html>", "", "an answer without valid HTTP headers"),
        (HTML + b"<html>words", "WARC-Truncated: length\r\n", "cut short by whoever archived it"),
        (HTML + b"<html>words", "WARC-Segment-Number: 1\r\n", "one part of a page that is kept in several records"),
    ],
)
def test_a_page_that_cannot_be_had_whole_is_a_failure_with_its_id(block: bytes, extra: str, cause: str) -> None:
    found = split_bytes(make_record(1, block, extra=extra) + make_record(2), Settings(max_bytes=1_000_000))
    assert name_found(found) == [cause, 2]
    assert isinstance(found[0], Failure)
    assert found[0].external_id == "urn:uuid:000000000001"


@pytest.mark.parametrize("at", [1, 12, 60, 20_000, -6])
def test_one_damaged_member_among_five_costs_one_record(at: int) -> None:
    members = [gzip.compress(make_record(number, LONG)) for number in range(5)]
    third = bytearray(members[2])
    third[at] ^= 0xFF
    found = split_bytes(b"".join([*members[:2], bytes(third), *members[3:]]))
    assert [name for name in name_found(found) if isinstance(name, int)] == [0, 1, 3, 4]
    assert len(found) == 5


def test_the_first_member_may_be_the_damaged_one() -> None:
    first = bytearray(gzip.compress(make_record(0)))
    first[-6] ^= 0xFF
    assert name_found(split_bytes(bytes(first) + gzip.compress(make_record(1)))) == ["damaged", 1]


def test_damage_in_an_archive_that_is_one_member_costs_what_follows() -> None:
    data = bytearray(gzip.compress(b"".join(make_record(number, LONG) for number in range(5))))
    data[-6] ^= 0xFF
    assert name_found(split_bytes(bytes(data))) == [0, 1, 2, 3, "damaged"]


@pytest.mark.parametrize("cut", [3, 10, 300, 30_000])
def test_an_archive_cut_short_is_read_so_far(cut: int) -> None:
    whole = gzip.compress(make_record(0, LONG)) + gzip.compress(make_record(1, LONG))
    assert name_found(split_bytes(whole[:-cut])) == [0, "cut short"]
    plain = make_record(0, LONG) + make_record(1, LONG)
    assert name_found(split_bytes(plain[: -cut - 4])) == [0, "cut short"]


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
@pytest.mark.parametrize("size", [10**18, 60_000_000, len(LONG) + 5, len(LONG) - 3, 0])
def test_a_wrong_length_costs_one_record(pack: type[bytes], size: int) -> None:
    records = [make_record(0, LONG), make_record(1, LONG, size=size), make_record(2, LONG)]
    found = split_bytes(b"".join(pack(record) for record in records))
    assert name_found(found)[:2] == [0, "a wrong Content-Length"]
    assert name_found(found)[-1] == 2
    assert isinstance(found[1], Failure)
    assert found[1].external_id == "urn:uuid:000000000001"


def test_a_length_beyond_all_bounds_at_the_end_is_a_failure() -> None:
    assert name_found(split_bytes(make_record(0) + make_record(1, size=10**18))) == [0, "cut short"]


def test_a_record_too_large_for_a_report_is_passed_over() -> None:
    records = make_record(0, LONG) + make_record(1, LONG, kind="metadata") + make_record(2, HTML + b"<html>words")
    assert name_found(split_bytes(records, Settings(max_bytes=10_000))) == ["too large for one report", 2]


@pytest.mark.parametrize(
    "between",
    [
        b"garbage\n\n",
        b"WARC/1.0\r\n\r\n",
        b"WARC/1.0\r\nContent-Length: many\r\n\r\n",
        b"WARC/1.0\r\nX: y\r\n",
        b"\0" * 99_999,
    ],
)
def test_garbage_between_records_is_one_failure(between: bytes) -> None:
    found = split_bytes(make_record(0) + between + make_record(1))
    assert [name for name in name_found(found) if isinstance(name, int)] == [0, 1]
    assert len(found) == 3


def test_records_that_claim_each_other_take_no_more_than_their_size() -> None:
    data = b"WARC/1.0\r\nContent-Length: 60000000\r\n\r\n" * 2_000
    assert len(split_bytes(data)) == 2_000


@pytest.mark.parametrize("seed", range(40))
def test_random_damage_never_costs_the_last_record(seed: int) -> None:
    choose = random.Random(seed)
    damaged = bytearray(b"".join(gzip.compress(make_record(number)) for number in range(3)))
    for _ in range(4):
        damaged[choose.randrange(len(damaged))] ^= 1 << choose.randrange(8)
    whole = gzip.compress(make_record(8)) + bytes(damaged) + gzip.compress(make_record(9))
    names = name_found(split_bytes(whole))
    assert names[0] == 8
    assert names[-1] == 9


@pytest.mark.parametrize("is_packed", [True, False])
def test_an_archive_in_zstd_with_a_dictionary_is_read(is_packed: bool) -> None:
    samples = [make_record(number) for number in range(9)] * 20
    dictionary = zstandard.train_dictionary(2_000, samples)
    compressor = zstandard.ZstdCompressor(dict_data=dictionary)
    frame = zstandard.ZstdCompressor().compress(dictionary.as_bytes()) if is_packed else dictionary.as_bytes()
    data = b"\x5d\x2a\x4d\x18" + len(frame).to_bytes(4, "little") + frame
    data += b"".join(compressor.compress(make_record(number)) for number in range(3))
    assert recognise_warc(data[:8192], "news.warc.zst")
    assert name_found(split_bytes(data)) == [0, 1, 2]


def test_a_text_made_from_a_page_that_is_binary_or_empty_is_a_failure() -> None:
    bad = make_record(1, b"\x00\x01", kind="conversion", label="text/plain")
    empty = make_record(2, b" ", kind="conversion", label="text/plain")
    found = list(split_inputs(["-"], Settings(), stdin=io.BytesIO(bad + empty + to_text_record(3))))
    assert [type(each) for each in found] == [Failure, Failure, Item]


def test_an_archive_in_a_collection_is_named_in_the_origin() -> None:
    (page,) = split_bytes(make_zip({"archive/a.warc.gz": warc_news(), "datapackage.json": b"{}"}))
    assert page.origin.startswith("standard input/archive/a.warc.gz:")
