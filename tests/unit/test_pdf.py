"""PDF: layout by layout, and files that mean harm."""

from __future__ import annotations

import io
import subprocess
import sys

import pytest
from tests.golden.made_releases import SPEECH, draw_lines, make_pdf

from reportedly.model import Failure, Item
from reportedly.read import open_payload, pdf, read_items, split_inputs
from reportedly.read.pdf_layout import Line, to_paragraphs
from reportedly.read.releases import find_said
from reportedly.read.sources import Payload
from reportedly.settings import Settings

SETTINGS = Settings()


def read_one(data: bytes) -> Item | Failure:
    (found,) = read_items(["-"], SETTINGS, stdin=io.BytesIO(data))
    return found


def to_page(texts: list[str], page: int = 0, *, top: float = 700, left: float = 72, lead: float = 14) -> list[Line]:
    """Sets lines in a type of which each letter is 5 points wide."""
    return [
        Line(text, left, left + 5 * len(text.strip("\xad")), top - lead * number, 11, page)
        for number, text in enumerate(texts)
    ]


def find_texts(*pages: list[Line]) -> list[str]:
    return [paragraph.text for paragraph in to_paragraphs(pages, [842.0] * len(pages))]


NEXT = "The others followed on the next day and took with them all that they"
FULL = "They left the camp at dawn, and by the evening they had gone over"  # a full line, in mid-sentence


def test_splitting_only_takes_the_bytes_and_opening_reads_them() -> None:
    data = make_pdf([draw_lines([SPEECH])])
    (payload,) = split_inputs(["-"], SETTINGS, published="2021-03-03", stdin=io.BytesIO(data))
    assert isinstance(payload, Payload)
    item = open_payload(payload, SETTINGS)
    assert isinstance(item, Item)
    assert (item.text, item.published, item.raw_sha256) == (SPEECH, "2021-03-03", payload.raw_sha256)


def test_a_line_that_ends_before_it_was_full_ends_a_paragraph() -> None:
    assert find_texts(to_page([FULL, "the river.", FULL, "the hills."])) == [f"{FULL} the river.", f"{FULL} the hills."]


def test_lines_set_apart_are_paragraphs_though_they_are_full() -> None:
    page = to_page([FULL, FULL]) + to_page([FULL, FULL], top=640)
    assert find_texts(page) == [f"{FULL} {FULL}", f"{FULL} {FULL}"]


def test_an_indent_begins_a_paragraph() -> None:
    full = FULL.replace("gone over", "gone away.")
    page = [*to_page([FULL, full]), *to_page([FULL], top=672, left=92)]
    assert find_texts(page) == [f"{FULL} {full}", FULL]


def test_lines_beside_a_picture_are_still_one_paragraph() -> None:
    narrow = [
        "They left the camp at dawn",
        "and by evening they had all",
        "gone over the river, where",
        "the others were.",
    ]
    assert find_texts(to_page([FULL, FULL], top=728) + to_page(narrow)) == [" ".join([FULL, FULL, *narrow])]


def test_a_sentence_runs_on_to_the_next_page_and_a_full_stop_does_not() -> None:
    assert find_texts(to_page([FULL]), to_page(["the river."], 1)) == [f"{FULL} the river."]
    assert find_texts(to_page([FULL, "the river."]), to_page([NEXT], 1)) == [f"{FULL} the river.", NEXT]


@pytest.mark.parametrize(
    ("before", "after", "others", "joined"),
    [
        ("some sol\xad", "diers left", ["all soldiers"], "some soldiers left"),
        ("a long\xad", "term plan", ["the long-term plan"], "a long-term plan"),
        ("a long\xad", "term plan", ["nothing else"], "a long-term plan"),
        ("the ex\xad", "King left", [], "the ex-King left"),
        ("the en\xad", "campment", ["a de\xad", "tachment", "the gov\xad", "ernment"], "the encampment"),
    ],
)
def test_a_broken_word_is_made_whole_where_the_report_says_so(
    before: str, after: str, others: list[str], joined: str
) -> None:
    assert joined in find_texts(to_page([before, after]) + to_page(others, top=500))


def test_what_heads_and_foots_the_pages_stands_once_and_page_numbers_do_not() -> None:
    def make_page(number: int) -> list[Line]:
        foot = to_page([f"Klow Herald, sheet {number + 4}"], number, top=60)
        return (
            to_page(["PRESS OFFICE"], number, top=810)
            + to_page([(FULL, "the river.")[number]], number)
            + foot
            + to_page(["- 3 -"], number, top=30)
        )

    paragraphs = to_paragraphs([make_page(0), make_page(1)], [842.0, 842.0])
    assert [(each.text, each.running) for each in paragraphs] == [
        ("PRESS OFFICE", True),
        (f"{FULL} the river.", False),
        ("Klow Herald, sheet 4", True),
    ]


def test_rows_that_differ_in_their_figures_are_not_taken_for_a_running_head() -> None:
    texts = find_texts(to_page(["Killed: 12 men."]), to_page(["Killed: 40 men."], 1))
    assert texts == ["Killed: 12 men.", "Killed: 40 men."]


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("Soldiers leave Klow", "Soldiers leave Klow"),
        ("SOLDIERS  leave\nKlow!", "SOLDIERS leave Klow!"),
        ("Microsoft Word - klow_v3.doc", None),
        ("Klow", None),
        ("diers leave Klow", None),
        ("", None),
    ],
)
def test_metadata_are_believed_where_the_report_has_their_words(said: str, found: str | None) -> None:
    assert find_said(said, "NEWS\nSoldiers leave Klow today") == found


GOOD = make_pdf([draw_lines([SPEECH])])
LOCK = b" /Encrypt << /Filter /Standard /V 1 /R 2 /O (%s) /U (%s) /P -4 >> /ID [(a) (a)]" % (b"x" * 32, b"y" * 32)
HOSTILE = {
    "a name and no more": (b"%PDF-1.7 and so on", "broken"),
    "no pages": (make_pdf([]), "broken"),
    "too many pages": (make_pdf([b""] * 501), "more than 500 pages"),
    "locked": (make_pdf([draw_lines([SPEECH])], extra=LOCK), "the PDF is locked"),
    "a tree of arrays": (b"%PDF-1.4\n1 0 obj\n" + b"[" * 200_000 + b"\nendobj\ntrailer << /Root 1 0 R >>", "broken"),
    "random bytes": (b"%PDF-1.4\n" + bytes(range(256)) * 400, "broken"),
}


@pytest.mark.parametrize(("data", "cause"), HOSTILE.values(), ids=HOSTILE)
def test_a_pdf_that_is_none_is_a_failure(data: bytes, cause: str) -> None:
    found = read_one(data)
    assert isinstance(found, Failure)
    assert found.cause.startswith(cause)


def test_a_reading_that_never_ends_is_ended(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    monkeypatch.setattr(pdf, "LONGEST_READING", 0.05)
    found = read_one(make_pdf([draw_lines([SPEECH])]))
    assert isinstance(found, Failure)
    assert found.cause.startswith("the PDF takes more than")


def test_a_crash_of_the_library_costs_one_report(monkeypatch: pytest.MonkeyPatch) -> None:
    run = subprocess.run

    def crash(command: list[str], **options: object) -> object:
        return run([sys.executable, "-c", "import os; os.abort()"], **options)  # type: ignore[call-overload]

    monkeypatch.setattr(pdf.subprocess, "run", crash)
    found = read_one(make_pdf([draw_lines([SPEECH])]))
    assert isinstance(found, Failure)
    assert "crash" in found.cause
