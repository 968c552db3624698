"""What people see of a ledger: tables of claims, Markdown, overviews, differences, and where bytes go."""

from __future__ import annotations

import io
import json
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from made_reports import RUN, make_claim, make_extraction, make_report
from markdown_it import MarkdownIt

from reportedly.cli.output import Visible, open_whole
from reportedly.errors import LedgerError
from reportedly.model import Judgement
from reportedly.record.answers import FailureEntry, Stats
from reportedly.record.differences import Change, Difference
from reportedly.record.entries import Entry
from reportedly.serve import changes, markdown, overview, wording
from reportedly.serve.claims import PAGE, WIDE, show_claims
from reportedly.serve.terminal import load_console, show_extraction
from reportedly.vocab import Verdict

EVIL = "a|b `c` *d* <e> \\ [f](http://g.h) ~~i~~ &amp; $j$ \x1b[2J \u202eK\nl | m"


def make_judgement(verdict: Verdict = Verdict.AMEND, **more: object) -> Judgement:
    made = Judgement(judgement_id="j" * 16, verdict=verdict, by="Ann", why="misread", at="2025-05-03T10:00:00+00:00",
                     amended=("measure",) if verdict is Verdict.AMEND else ())  # fmt: skip
    return replace(made, **more)  # type: ignore[arg-type]


def make_entries(**more: object) -> list[Entry]:
    report = make_report(**more)
    return [Entry(claim=claim, report=report, run=RUN) for claim in make_extraction().claims]


def write_table(entries: list[Entry], width: int, *, evidence: bool = False) -> str:
    stream = io.StringIO()
    count = show_claims(load_console(stream, width=width), entries, evidence=evidence)
    assert count == len(entries)
    return stream.getvalue().replace("\N{NO-BREAK SPACE}", " ")


# ---------------------------------------------------------------- the table


@pytest.mark.parametrize("width", [80, 100, WIDE, 200])
def test_the_table_of_claims_fits_its_width_and_holds_every_answer(width: int) -> None:
    entries = make_entries()
    table = write_table(entries, width, evidence=True)
    assert max(map(len, table.splitlines())) <= width
    words = " ".join(table.split())
    for answer in (
        "planned",
        "about −1,700",
        "Borduria",
        "Syldavia",
        "an official",
        "Klow Herald",
        ".87",
        "own account",
    ):
        assert answer in words
    assert all(table.count(entry.claim.claim_id[:8]) == 2 for entry in entries)


@pytest.mark.parametrize("width", [80, WIDE])
@pytest.mark.parametrize("verdict", Verdict)
def test_a_verdict_stands_in_the_table_as_a_mark_and_a_word(verdict: Verdict, width: int) -> None:
    (first, *rest) = make_entries()
    judged = replace(first, claim=replace(first.claim, judgement=make_judgement(verdict)))
    assert write_table([judged, *rest], width).count(wording.VERDICT_MARK[verdict]) == 1
    assert "judged" not in write_table(rest, width)


def test_many_claims_come_in_tables_of_some_rows() -> None:
    table = write_table(make_entries() * PAGE, 100)
    assert table.count("who says so") == 4


def test_the_table_of_one_report_shows_verdicts_too() -> None:
    extraction = make_extraction()
    judged = replace(extraction.claims[0], judgement=make_judgement(Verdict.REJECT))
    stream = io.StringIO()
    show_extraction(load_console(stream, width=80), replace(extraction, claims=(judged, *extraction.claims[1:])))
    assert "✗ rejected" in stream.getvalue()


def test_a_judgement_is_said_in_a_line() -> None:
    assert wording.to_judgement(make_judgement()) == "✎ amended by Ann, 3\xa0May\xa02025 (measure): misread"
    accepted = make_judgement(Verdict.ACCEPT, amended=("measure",), why="seen\n it")
    assert wording.to_judgement(accepted).endswith("(with the amended measure): seen it")


# ---------------------------------------------------------------- Markdown


def test_no_words_break_out_of_a_markdown_cell() -> None:
    row = (EVIL, "plain, −1,700 (U.S.)", "")
    lines = "\n".join(markdown.to_markdown_rows(("one", "two", "three"), [row]))
    tokens = MarkdownIt("commonmark").enable("table").parse(lines)
    cells = [tokens[at + 1] for at, token in enumerate(tokens) if token.type == "td_open"]
    assert len(cells) == 3
    for cell, words in zip(cells, row, strict=True):
        assert {child.type for child in cell.children or ()} <= {"text", "text_special"}
        shown = "".join(child.content for child in cell.children or ())
        assert shown == wording.to_visible(" ".join(words.split()))


def test_a_plain_cell_is_left_as_it_is() -> None:
    assert markdown.to_markdown_cell("about −1,700 troops (U.S.), 3.5 %") == "about −1,700 troops (U.S.), 3.5 %"


def test_claims_become_rows_with_their_words() -> None:
    heading, _, *rows = markdown.to_claim_rows(make_entries(publisher="Klow | Herald"))
    assert len(rows) == 4
    assert rows[0].count(" | ") == heading.count(" | ")
    assert "Klow \\| Herald" in rows[0]


# ---------------------------------------------------------------- overview and differences


def test_an_overview_names_countries_and_what_to_ask_next() -> None:
    stats = Stats(
        reports=2, versions=3, claims=1_234, judged=0, rejected=1, withdrawn=1, failures=2, runs=1,
        first_published="2020-01-01", last_published="2020-02-01", measures=(("fighter_jets", 1_000), ("x", 1)),
        places=(("IRQ", 5), ("ZZZ", 1)),
    )  # fmt: skip
    for width in (60, 80, 100):
        stream = io.StringIO()
        overview.show_stats(load_console(stream, width=width), stats, "news.db")
        shown = " ".join(stream.getvalue().split())
        assert max(map(len, stream.getvalue().splitlines())) <= width
        for words in ("1,234, and 1 rejected", "1 older or withdrawn version", "Iraq", "ZZZ", "fighter jets",
                      "`reportedly judge`", "`reportedly failures`"):  # fmt: skip
            assert words in shown
    record = json.loads(json.dumps(overview.to_stats_record(stats)))
    assert record["places"] == {"IRQ": 5, "ZZZ": 1}


def test_a_failure_with_a_long_name_is_told_whole() -> None:
    name = "https://example.org/" + "x" * 200
    entry = FailureEntry(
        failure_no=1, origin=name, external_id=None, cause="odd", hint="mend it", error="ReadError", asked={},
        failed_at="2020-08-28T10:00:00+00:00", resolved_at="2020-08-29T10:00:00",
    )  # fmt: skip
    stream = io.StringIO()
    overview.show_failures(load_console(stream, width=80), [entry])
    shown = stream.getvalue()
    assert shown.count("x") >= 200
    assert all(words in shown for words in ("odd - mend it", "(mended", "2020-08-29"))


def test_an_altered_claim_says_which_part_of_a_field_changed() -> None:
    old = make_claim()
    assert old.quantity
    assert old.place
    new = replace(old, quantity=replace(old.quantity, low=1_000.0), place=None, status=make_claim().status)
    difference = Difference(change=Change.ALTERED, old=old, new=new, fields=("quantity", "place"))
    changed = list(changes.find_changed(difference))
    assert changed[0] == ("quantity.low", 1700, 1000)
    assert [name for name, _, _ in changed] == ["quantity.low", "place"]
    counted: Counter[Change] = Counter()
    rows = list(changes.to_markdown([difference, Difference(change=Change.LOST, old=old)], counted))
    assert len(rows) == 4
    assert changes.to_counts(counted) == "0 gained, 1 lost, 1 altered"


# ---------------------------------------------------------------- where bytes go


def test_a_file_is_there_whole_or_not_at_all(tmp_path: Path) -> None:
    target = tmp_path / "out.csv"
    target.write_text("before")
    with pytest.raises(OSError, match="full"), open_whole(str(target)) as stream:  # noqa: PT012
        stream.write(b"half")
        raise OSError("the disk is full")
    assert target.read_text() == "before"
    with open_whole(str(target)) as stream:
        stream.write(b"whole")
        assert target.read_text() == "before"
    assert target.read_text() == "whole"
    assert [path.name for path in tmp_path.iterdir()] == ["out.csv"]


def test_a_link_stays_a_link_and_its_file_is_written(tmp_path: Path) -> None:
    (tmp_path / "real").write_text("before")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    with open_whole(str(tmp_path / "link")) as stream:
        stream.write(b"after")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_text() == "after"


def test_a_database_is_never_overwritten(tmp_path: Path) -> None:
    target = tmp_path / "some.db"
    target.write_bytes(b"SQLite format 3\0and more")
    with pytest.raises(LedgerError, match="overwrite a database"), open_whole(str(target)):
        raise AssertionError("unreachable")
    assert target.read_bytes().startswith(b"SQLite format 3\0and")


def test_a_missing_folder_is_named_as_it_was_given(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file") as caught, open_whole(str(tmp_path / "no" / "x.csv")):
        raise AssertionError("unreachable")
    assert caught.value.filename == str(tmp_path / "no" / "x.csv")


def test_a_terminal_is_shown_bytes_that_it_would_obey(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    with open_whole(None) as stream:
        whole = "é\x1b[2J\x9b \u202e|\r\nb".encode()
        for at in range(len(whole)):
            stream.write(whole[at : at + 1])
    assert isinstance(stream, Visible)
    assert not {"\x1b", "\x9b", "\u202e"} & set(capsys.readouterr().out)
