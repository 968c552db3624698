"""ZIPs: what is in them, and what is done to them to do harm."""

from __future__ import annotations

import gzip
import io
import struct
import zipfile

import pytest
from tests.golden.made_archives import make_zip

from reportedly.model import Failure, Item
from reportedly.read import find_reader, read_items
from reportedly.read.zipped import MOST_MEMBERS, is_content, recognise_zip
from reportedly.settings import Settings


def read_bytes(data: bytes, settings: Settings | None = None) -> list[Item | Failure]:
    return list(read_items(["-"], settings or Settings(), stdin=io.BytesIO(data)))


def find_causes(found: list[Item | Failure]) -> list[str]:
    return [each.cause for each in found if isinstance(each, Failure)]


def test_the_members_are_named_in_the_origin() -> None:
    (item,) = read_bytes(make_zip({"a/../one.txt": b"Twelve were held."}))
    assert isinstance(item, Item)
    assert item.origin == "standard input/a/../one.txt"


@pytest.mark.parametrize("name", ["a/", ".hidden", "a/.git/x.txt", "__MACOSX/a.txt"])
def test_folders_and_hidden_members_are_passed_over(name: str) -> None:
    assert not is_content(name)


def test_an_encrypted_member_is_a_failure_and_the_rest_goes_on() -> None:
    data = bytearray(make_zip({"a.txt": b"secret", "b.txt": b"Twelve were held."}))
    at = data.find(b"PK\x01\x02")
    data[6] |= 1
    data[at + 8] |= 1
    found = read_bytes(bytes(data))
    assert find_causes(found) == ["encrypted"]
    assert len(found) == 2


def test_a_damaged_member_is_a_failure_and_the_rest_goes_on() -> None:
    data = bytearray(make_zip({"a.txt": b"They left the camp at dawn." * 9, "b.txt": b"Twelve were held."}))
    data[40] ^= 0xFF
    found = read_bytes(bytes(data))
    assert any(cause.startswith("damaged: ") for cause in find_causes(found))
    assert [each.text for each in found if isinstance(each, Item)][-1] == "Twelve were held."


@pytest.mark.parametrize("cut", [5, 40])
def test_a_zip_cut_short_is_one_failure(cut: int) -> None:
    (cause,) = find_causes(read_bytes(make_zip({"a.txt": b"Twelve were held."})[:-cut]))
    assert cause.startswith("not a ZIP that can be read")


def test_an_empty_zip_says_so() -> None:
    assert find_causes(read_bytes(make_zip({}))) == ["empty: a ZIP without files"]


def test_a_member_that_declares_too_much_is_refused_unread() -> None:
    found = read_bytes(make_zip({"a.txt": b" " * 3_000_000, "b.txt": b"They left."}), Settings(max_bytes=1_000_000))
    assert find_causes(found) == ["grows to more than 200 times its size"]
    assert isinstance(found[1], Item)


def test_a_member_that_declares_less_than_it_has_is_stopped() -> None:
    data = bytearray(make_zip({"a.txt": b" " * 3_000_000}))
    at = data.find(b"PK\x01\x02")
    data[at + 24 : at + 28] = struct.pack("<I", 100)
    found = read_bytes(bytes(data), Settings(max_bytes=1_000_000))
    assert all(isinstance(each, Failure) for each in found)
    assert found


def test_many_small_bombs_are_stopped_together() -> None:
    # 100 KB each, 1,000-fold: each is below the limit, all of them are not.
    members = {f"{number}.csv": b"text,id\n" + b" " * 99_000 for number in range(60)}
    found = read_bytes(make_zip(members), Settings(max_bytes=1_000_000))
    assert "grows to more than 200 times its size" in find_causes(found)


def test_members_that_share_their_bytes_are_refused() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", b"They left. " * 1_000)
        archive.writestr("b.txt", b"They left. " * 1_000)
        archive.filelist[1].header_offset = 0
    assert find_causes(read_bytes(file.getvalue())) == ["made to do harm: its members overlap"]


def test_more_members_than_memory_holds_are_refused_before_the_table_is_read() -> None:
    entry = struct.pack("<4s6H3L5H2L", b"PK\x01\x02", 20, 20, 0, 0, 0, 33, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0) + b"a"
    count = 2 * MOST_MEMBERS
    table = entry * count
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, len(table), 30, 0)
    first = make_zip({"a": b""})[:31]
    wide = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, count, count, len(table), 31)
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, 31 + len(table), 1)
    (cause,) = find_causes(read_bytes(first + table + wide + locator + end))
    assert cause == f"too many: {count:,} members, the limit is {MOST_MEMBERS:,}"


def test_zips_within_zips_without_end_are_a_failure() -> None:
    data = make_zip({"a.txt": b"They left."})
    for _ in range(8):
        data = make_zip({"a.zip": data}, zipfile.ZIP_STORED)
    assert "deep" in find_causes(read_bytes(data))[0]


def test_a_zip_within_gzip_is_read() -> None:
    (item,) = read_bytes(gzip.compress(make_zip({"a.txt": b"They left."})))
    assert isinstance(item, Item)
    assert item.text == "They left."


@pytest.mark.parametrize("first", ["[Content_Types].xml", "mimetype", "META-INF/MANIFEST.MF"])
def test_an_office_file_a_book_or_a_program_is_no_archive_of_reports(first: str) -> None:
    assert not recognise_zip(make_zip({first: b"x"}), "")


def test_a_collection_of_web_archives_is_told_from_a_zip() -> None:
    for name in ("datapackage.json", "archive/data.warc.gz", "pages/pages.jsonl"):
        reader = find_reader(make_zip({name: b"x"}), "")
        assert reader is not None
        assert reader.name == "wacz"
