"""Reading: files, folders, standard input, JSON Lines, and everything that can be wrong with them."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest

from reportedly.errors import ReadError
from reportedly.model import Failure, Item
from reportedly.read import READERS, read_items
from reportedly.settings import Settings

SETTINGS = Settings()


def read_bytes(data: bytes, **known: str) -> list[Item | Failure]:
    return list(read_items(["-"], SETTINGS, stdin=io.BytesIO(data), **known))


def read_one(data: bytes, **known: str) -> Item:
    (found,) = read_bytes(data, **known)
    assert isinstance(found, Item), found
    return found


def fail_one(data: bytes, settings: Settings = SETTINGS) -> Failure:
    (found,) = read_items(["-"], settings, stdin=io.BytesIO(data))
    assert isinstance(found, Failure), found
    return found


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
def test_every_encoding_that_real_files_have_gives_the_same_text(encoding: str) -> None:
    text = "The café’s guards said “no” – twice, and went home to the old camp."
    assert read_one(text.encode(encoding)).text == text


def test_bytes_that_cp1252_leaves_undefined_do_not_stop_it() -> None:
    assert read_one(b"caf\xe9 \x81 and \x93more\x94 words").text == "café \x81 and “more” words"


def test_a_stray_cp1252_byte_in_utf8_does_not_spoil_the_rest() -> None:
    assert read_one("the “first” and ".encode() + b"\x93second\x94").text == "the “first” and “second”"


def test_newlines_are_made_plain_and_other_separators_stay() -> None:
    assert read_one("a\r\nb\rc\u2028d\x85e".encode()).text == "a\nb\nc\u2028d\x85e"


@pytest.mark.parametrize(
    ("data", "cause"),
    [
        (b"", "empty"),
        (b" \n\t ", "empty"),
        (b"\x00\x01\x02abc", "binary"),
        (b"%PDF-1.7 and so on", "broken: not a PDF"),
        (b"PK\x03\x04 and so on", "binary: a ZIP"),
        (bytes(range(256)) * 8, "binary"),
    ],
)
def test_what_is_no_text_says_what_it_is(data: bytes, cause: str) -> None:
    assert fail_one(data).cause.startswith(cause)


def test_an_input_over_the_limit_names_both_sizes() -> None:
    assert "100 bytes, the limit is 50" in fail_one(b"x" * 100, Settings(max_bytes=50)).cause


def test_a_report_of_five_megabytes_is_read() -> None:
    assert len(read_one(b"They left the camp at dawn.\n" * 180_000).text) > 5_000_000


def test_a_missing_file_suggests_its_neighbour(tmp_path: Path) -> None:
    (tmp_path / "report.txt").write_text("They left.")
    (found,) = read_items([tmp_path / "reprot.txt"], SETTINGS)
    assert isinstance(found, Failure)
    assert "did you mean" in found.hint
    assert "report.txt" in found.hint


def test_a_folder_is_read_in_sorted_order_without_hidden_files(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "x.txt").write_text("hidden")
    (tmp_path / ".hidden").write_text("hidden")
    (tmp_path / "c.txt").write_text("third")
    (tmp_path / "a.jsonl").write_text('{"text": "first"}\n{"text": "second"}\n')
    (tmp_path / "b" / "z.bin").write_bytes(os.urandom(500) + b"\x00")
    found = list(read_items([tmp_path], SETTINGS))
    assert [getattr(each, "text", "failure") for each in found] == ["first", "second", "third", "failure"]


def test_an_unreadable_file_is_a_row_and_the_rest_goes_on(tmp_path: Path) -> None:
    good = tmp_path / "good.txt"
    good.write_text("They left.")
    found = list(read_items([tmp_path / "none.txt", good], SETTINGS))
    assert [type(each) for each in found] == [Failure, Item]


def test_an_empty_folder_says_so(tmp_path: Path) -> None:
    (found,) = read_items([tmp_path], SETTINGS)
    assert isinstance(found, Failure)
    assert "no files" in found.cause


def test_a_line_that_is_no_report_is_one_failure_with_its_number() -> None:
    lines = [
        '{"text": "one", "id": "a"}',
        "broken",
        '{"id": "b"}',
        '{"text": ""}',
        '{"text": 5}',
        '{"text": "x", "published": "2020-02-30", "id": "c"}',
        '{"text": "x", "publisher": ["y"]}',
        "[1]",
        "",
        '{"text": "two", "id": 7, "unknown": true}',
    ]
    found = read_bytes("\n".join(lines).encode())
    assert [each.external_id for each in found if isinstance(each, Item)] == ["a", "7"]
    causes = {each.origin.rpartition(":")[2]: each for each in found if isinstance(each, Failure)}
    assert sorted(causes) == ["2", "3", "4", "5", "6", "7", "8"]
    assert "no such day" in causes["6"].cause
    assert causes["6"].external_id == "c"
    assert '"publisher" must be a string' in causes["7"].cause


def test_a_line_too_long_is_one_failure_and_the_rest_goes_on() -> None:
    data = b'{"text": "' + b"x" * 300 + b'"}\n{"text": "short"}\n'
    found = list(read_items(["-"], Settings(max_bytes=100), stdin=io.BytesIO(data)))
    assert [type(each) for each in found] == [Failure, Item]


@pytest.mark.parametrize(
    "data",
    [
        b'[{"text": "a b"}, {"text": "c"}]',
        b'[\n {"text": "a b"},\n {"text": "c"}\n]',
        b'{"text": "a b"}\n{"text": "c"}',
    ],
)
def test_an_array_or_lines_of_reports_are_the_same(data: bytes) -> None:
    assert [each.text for each in read_bytes(data) if isinstance(each, Item)] == ["a b", "c"]


def test_one_object_over_several_lines_is_one_report() -> None:
    assert read_one(b'{\n  "text": "a b",\n  "title": "T"\n}').title == "T"


def test_json_lines_in_utf16_and_with_a_mark_are_read() -> None:
    line = '{"text": "café"}\n'
    assert read_one(line.encode("utf-16")).text == read_one(line.encode("utf-8-sig")).text == "café"


def test_a_lone_surrogate_becomes_one_replacement_character() -> None:
    assert read_one(b'{"text": "a\\ud83db"}').text == "a\ufffdb"


def test_deep_nesting_is_a_failure_not_a_crash() -> None:
    (found,) = read_bytes(b'{"text": ' + b"[" * 100_000)
    assert isinstance(found, Failure)


def test_a_text_that_begins_with_a_brace_is_still_text() -> None:
    assert read_one(b"{ this is how the leaflet began, he said").reader == "text"


def test_a_line_of_its_own_publisher_wins_over_the_arguments() -> None:
    data = b'{"text": "a", "publisher": "Own", "published": "28 Aug 2020"}\n{"text": "b"}'
    first, second = read_bytes(data, publisher="Given", published="2021-01-02")
    assert isinstance(first, Item)
    assert (first.publisher, first.published) == ("Own", "2020-08-28")
    assert isinstance(second, Item)
    assert (second.publisher, second.published) == ("Given", "2021-01-02")


def test_an_impossible_publication_date_is_refused_at_once() -> None:
    with pytest.raises(ReadError, match="no such day"):
        read_items(["-"], SETTINGS, published="2020-13-01")


def test_readers_are_named_as_their_keys() -> None:
    assert all(name == reader.name for name, reader in READERS.items())
