"""DOCX: what counts as text, and files that mean harm."""

from __future__ import annotations

import io
import zipfile

import pytest
from tests.golden.made_releases import docx_release

from reportedly.model import Failure, Item
from reportedly.read import docx, read_items
from reportedly.read.docx import recognise_docx
from reportedly.settings import Settings

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def read_one(data: bytes, settings: Settings | None = None) -> Item | Failure:
    (found,) = read_items(["-"], settings or Settings(), stdin=io.BytesIO(data))
    return found


def alter(replaced: dict[str, bytes], *, level: int = 9) -> bytes:
    """Makes a release some of whose parts are others."""
    held = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(docx_release())) as old,
        zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as new,
    ):
        for name in old.namelist():
            if name not in replaced:
                new.writestr(name, old.read(name))
        for name, data in replaced.items():
            new.writestr(name, data)
    return held.getvalue()


def with_body(inner: str, head: str = "") -> bytes:
    """Makes a release whose body is the XML given."""
    xml = f'<?xml version="1.0"?>{head}<w:document xmlns:w="{WORD}"><w:body>{inner}</w:body></w:document>'
    return alter({"word/document.xml": xml.encode()})


@pytest.mark.parametrize(
    ("inner", "text"),
    [
        ("<w:p><w:r><w:t>One</w:t></w:r></w:p><w:sdt><w:sdtContent><w:p><w:r><w:t>two</w:t></w:r></w:p></w:sdtContent></w:sdt>",
         "One\n\ntwo"),
        ("<w:p><w:hyperlink><w:r><w:t>linked</w:t></w:r></w:hyperlink><w:r><w:noBreakHyphen/><w:t>word</w:t></w:r></w:p>",
         "linked-word"),
        ("<w:p><w:r><w:t>kept</w:t></w:r><w:moveFrom><w:r><w:t>moved</w:t></w:r></w:moveFrom></w:p>", "kept"),
        ("<w:p><w:r><w:instrText>PAGE</w:instrText><w:t>text</w:t></w:r></w:p>", "text"),
        ("<w:p><w:r><w:t>co</w:t><w:softHyphen/><w:t>operate 🚀</w:t></w:r></w:p>", "cooperate 🚀"),
        ("<w:tbl><w:tr><w:tc><w:p/></w:tc><w:tc><w:tbl><w:tr><w:tc><w:p><w:r><w:t>inner</w:t></w:r></w:p></w:tc></w:tr>"
         "</w:tbl></w:tc></w:tr></w:tbl>", "inner"),
    ],
)  # fmt: skip
def test_text_is_what_a_reader_sees(inner: str, text: str) -> None:
    found = read_one(with_body(inner))
    assert isinstance(found, Item), found
    assert found.text == text


def test_a_word_file_is_told_by_its_parts_and_not_by_its_name() -> None:
    head = docx_release()[:8192]
    assert recognise_docx(head, "")
    assert not recognise_docx(head.replace(b"word/", b"xl///"), "x.xlsx")
    assert not recognise_docx(b"PK\x03\x04" + bytes(22) + b"\x05\0\0\0a.txt", "a.docx")


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    found = read_one(alter({"word/media/a.bin": bytes(25_000_000)}))
    assert isinstance(found, Failure)
    assert found.cause.startswith("grows to 25,")


def test_too_much_xml_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(docx, "MOST_XML", 10_000)
    found = read_one(docx_release())
    assert isinstance(found, Failure)
    assert found.cause.startswith("too large for one report")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_are_refused(encoding: str) -> None:
    bomb = "<!DOCTYPE a [<!ENTITY b 'bbbb'><!ENTITY c '&b;&b;&b;'>]>"
    xml = f'{bomb}<w:document xmlns:w="{WORD}"><w:body><w:p><w:r><w:t>&c;</w:t></w:r></w:p></w:body></w:document>'
    found = read_one(alter({"word/document.xml": xml.encode(encoding)}))
    assert isinstance(found, Failure)
    assert found.cause == "refused: its XML defines entities"


@pytest.mark.parametrize(
    ("data", "cause"),
    [
        (docx_release()[:6000], "broken"),
        (docx_release()[:-30], "broken"),
        (alter({"word/document.xml": b"<w:document"}), "broken"),
        (alter({"_rels/.rels": b"<a/>"}), "broken"),
        (with_body("<w:sdt>" * 5_000 + "</w:sdt>" * 5_000), "broken"),
        (alter({f"word/{number}.bin": b"" for number in range(2_100)}), "a Word file of 2,1"),
    ],
    ids=["cut", "no directory", "broken xml", "no relations", "too deep", "too many parts"],
)
def test_a_word_file_that_is_none_is_a_failure(data: bytes, cause: str) -> None:
    found = read_one(data)
    assert isinstance(found, Failure)
    assert found.cause.startswith(cause)


def test_a_word_file_with_bytes_turned_over_never_ends_the_batch() -> None:
    good = docx_release()
    for place in range(0, len(good), len(good) // 40):
        found = read_one(good[:place] + bytes([good[place] ^ 0xFF]) + good[place + 1 :])
        assert isinstance(found, Item | Failure)


def test_a_word_file_without_text_says_so() -> None:
    held = alter({"word/document.xml": f'<w:document xmlns:w="{WORD}"><w:body/></w:document>'.encode()})
    found = read_one(held)
    assert isinstance(found, Failure)
    assert found.cause == "no text in the Word file"


def test_an_old_word_file_says_what_it_is() -> None:
    found = read_one(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    assert isinstance(found, Failure)
    assert found.cause == "binary: an old or locked Office file, not text"
