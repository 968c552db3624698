"""The table on the terminal."""

from __future__ import annotations

import io

import pytest
from made_reports import make_extraction, make_report

from reportedly.model import Extraction, Failure
from reportedly.serve.terminal import STATUS_STYLE, load_console, show_extraction, show_failure
from reportedly.vocab import Status


def write_table(width: int, *, evidence: bool = False) -> str:
    stream = io.StringIO()
    show_extraction(load_console(stream, width=width), make_extraction(), evidence=evidence)
    return stream.getvalue()


@pytest.mark.parametrize("width", [80, 100, 160])
def test_the_table_fits_its_width(width: int) -> None:
    assert max(map(len, write_table(width, evidence=True).splitlines())) <= width


@pytest.mark.parametrize("width", [80, 100])
def test_every_answer_is_there_at_every_width(width: int) -> None:
    table = write_table(width).replace("\N{NO-BREAK SPACE}", " ")
    for words in ("Borduria to cut garrison", "Klow Herald · 28 Aug 2020", "about −1,700", "from 5,200", "Klow Post"):
        assert words in table
    for words in ("own account", ".87"):
        assert words in table


def test_status_stands_in_words_without_colour() -> None:
    table = write_table(100)
    assert "\x1b" not in table
    assert "planned" in table
    assert "ongoing" in table


def test_every_status_has_a_colour() -> None:
    assert set(STATUS_STYLE) == set(Status)


def test_evidence_shows_each_sentence_once_with_the_ids_of_its_claims() -> None:
    table = " ".join(write_table(100, evidence=True).split())
    assert table.count("The garrison in Syldavia will fall") == 1
    assert all(table.count(claim.claim_id[:6]) == 2 for claim in make_extraction().claims)


def test_a_report_without_claims_says_why() -> None:
    stream = io.StringIO()
    show_extraction(load_console(stream), Extraction(report=make_report(), reason="not English"))
    assert "no claims: not English" in stream.getvalue()


def test_what_a_terminal_would_obey_is_shown_instead() -> None:
    stream = io.StringIO()
    report = make_report(title="Calm\x1b]0;owned\x07\x9b2J \u202egnorw")
    show_extraction(load_console(stream), Extraction(report=report))
    assert not {"\x1b", "\x07", "\x9b", "\u202e"} & set(stream.getvalue())


def test_markup_in_a_report_is_text() -> None:
    stream = io.StringIO()
    show_failure(load_console(stream), Failure(origin="[bold]x.txt", cause="[red]odd"))
    assert "failed [red]odd ([bold]x.txt)" in stream.getvalue()
