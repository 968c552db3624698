"""`reportedly add`, `retry` and `recode`: from inputs to a ledger that loses nothing and doubles nothing."""

from __future__ import annotations

import io
import json
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from reportedly import add as adding
from reportedly.add import Request, Tally, add_reports, expand, recode_reports, retry_failures
from reportedly.cli import main
from reportedly.errors import SettingsError
from reportedly.record.ledger import Ledger
from reportedly.scale import code_file
from reportedly.settings import Settings
from reportedly.tools import Tools, load_tools

SETTINGS = Settings(workers=1)
TEXTS = (
    "Borduria will send 1,200 troops to Mali next month, the defence ministry said on Monday.",
    "At least 14 people were killed when a bomb went off in Baghdad, police said.",
    "The mission has about 900 soldiers in Syria, two officials told the Klow Herald.",
)


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "news.db", create=True)


def write_lines(path: Path, texts: tuple[str, ...] = TEXTS, **fields: str) -> Path:
    rows = [{"id": str(at), "text": text, "published": "2021-03-01", **fields} for at, text in enumerate(texts)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def add(ledger: Ledger, *paths: Path | str, **options: object) -> Tally:
    requests = [Request(path=str(path), **options) for path in paths]  # type: ignore[arg-type]
    return add_reports(requests, ledger, SETTINGS)


def test_adding_again_changes_nothing(ledger: Ledger, tmp_path: Path) -> None:
    path = write_lines(tmp_path / "reports.jsonl")
    first = add(ledger, path)
    assert (first.new, first.known, first.claims) == (3, 0, 3)
    before = [(entry.claim, entry.report.report_id) for entry in ledger.entries()]
    second = add(ledger, path)
    assert (second.new, second.known, second.claims) == (0, 3, 0)
    assert [(entry.claim, entry.report.report_id) for entry in ledger.entries()] == before


def test_the_same_report_from_another_path_is_one_report_with_two_origins(ledger: Ledger, tmp_path: Path) -> None:
    one, two = write_lines(tmp_path / "one.jsonl"), write_lines(tmp_path / "two.jsonl")
    add(ledger, one)
    assert add(ledger, two).known == 3
    assert ledger.stats().reports == 3
    for entry in ledger.entries():
        assert [origin.rpartition("/")[2].partition(":")[0] for origin in entry.origins] == ["one.jsonl", "two.jsonl"]


def test_a_line_that_moves_on_in_its_file_keeps_its_one_origin(ledger: Ledger, tmp_path: Path) -> None:
    path = write_lines(tmp_path / "reports.jsonl")
    add(ledger, path)
    path.write_text(json.dumps({"text": "Nothing new."}) + "\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    assert add(ledger, path).new == 1
    assert [len(entry.origins) for entry in ledger.entries()] == [1, 1, 1]


def test_every_claim_holds_its_words_in_the_stored_text(ledger: Ledger, tmp_path: Path) -> None:
    add(ledger, write_lines(tmp_path / "reports.jsonl"))
    for entry in ledger.entries():
        at = entry.claim.evidence
        assert entry.report.text[at.start : at.end] == at.text


def test_a_folder_is_a_request_for_each_file(tmp_path: Path) -> None:
    for name in ("b.txt", "a.txt", ".hidden"):
        (tmp_path / name).write_text("They left.", encoding="utf-8")
    (tmp_path / "empty").mkdir()
    asked = [Request(path=str(tmp_path), publisher="P"), Request(path=str(tmp_path / "empty")), Request(path="-")]
    found = list(expand(asked))
    assert [Path(each.path).name for each in found] == ["a.txt", "b.txt", "empty", "-"]
    assert [each.publisher for each in found] == ["P", "P", None, None]


def test_a_failure_stands_until_a_retry_mends_it(ledger: Ledger, tmp_path: Path) -> None:
    folder = tmp_path / "reports"
    folder.mkdir()
    write_lines(folder / "good.jsonl")
    (folder / "bad.txt").write_bytes(b"\x00\x01\x02")
    (folder / "worse.txt").write_bytes(b"")
    tally = add(ledger, folder, publisher="Klow Herald")
    assert (tally.new, tally.failed.total()) == (3, 2)
    add(ledger, folder, publisher="Klow Herald")
    assert len(ledger.failures()) == 2, "the same failure twice is one failure"
    (folder / "bad.txt").write_text(TEXTS[0], encoding="utf-8")
    tally, lost = retry_failures(ledger, SETTINGS)
    assert (tally.new, tally.failed.total(), tally.mended, lost) == (1, 1, 1, [])
    assert [Path(each.origin).name for each in ledger.failures()] == ["worse.txt"]
    assert len(ledger.failures(resolved=True)) == 2
    mended = next(entry for entry in ledger.entries() if entry.origins[0].endswith("bad.txt"))
    assert mended.report.publisher == "Klow Herald", "a retry reads as it was asked for"


def test_a_failure_of_standard_input_cannot_be_tried_again(ledger: Ledger) -> None:
    add_reports([Request(path="-")], ledger, SETTINGS, stdin=io.BytesIO(b""))
    tally, lost = retry_failures(ledger, SETTINGS)
    assert tally.reports == 0
    assert [each.cause for each in lost] == ["empty"]


def test_a_report_that_is_not_english_is_recorded_and_counted(ledger: Ledger, tmp_path: Path) -> None:
    text = (
        "Le ministère a dit que les soldats sont dans la ville et que les autres ne sont pas avec eux pour le moment."
    )
    tally = add(ledger, write_lines(tmp_path / "reports.jsonl", (text,)))
    assert dict(tally.uncoded) == {"not English (fr): recorded, not coded": 1}
    assert ledger.stats().languages == (("fr", 1),)


def test_recoding_is_a_new_run_and_leaves_the_old_one_readable(
    ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(ledger, write_lines(tmp_path / "reports.jsonl"))
    old = load_tools(SETTINGS)
    judged = next(iter(ledger.claims(measure="troops", status="planned")))
    ledger.judge(judged.claim_id, "amend", by="Ann", why="the ministry corrected it", changes={"quantity.low": 1300})
    assert recode_reports(ledger, SETTINGS).reports == 0, "this run has coded them already"
    new = Tools(old.settings, old.lexicon, replace(old.run, run_id="f" * 16, version="9.9"))
    monkeypatch.setattr(adding, "load_tools", lambda _: new)
    assert recode_reports(ledger, SETTINGS).claims == 3
    assert [(entry.run.run_id, entry.reports) for entry in ledger.runs()] == [(old.run.run_id, 3), ("f" * 16, 3)]
    assert {entry.run.run_id for entry in ledger.entries()} == {"f" * 16}
    assert list(ledger.diff(old.run.run_id, "ffff")) == []
    kept = ledger.find_entry(judged.claim_id).claim
    assert kept.quantity is not None
    assert kept.judgement is not None
    assert (kept.quantity.low, kept.judgement.by) == (1300, "Ann")


def test_a_changed_page_is_a_new_version_that_replaces_the_old(ledger: Ledger, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    template = (
        '<html><head><title>Bomb in Baghdad</title><link rel="canonical" href="https://klow.example/bomb">'
        "</head><body><article><h1>Bomb in Baghdad</h1><p>{}</p><p>The blast was heard across the city, and"
        " shops near the market stayed closed for the rest of the day.</p></article></body></html>"
    )
    page.write_text(template.format(TEXTS[1]), encoding="utf-8")
    assert add(ledger, page).new == 1
    page.write_text(template.format(TEXTS[1].replace("14", "19")), encoding="utf-8")
    tally = add(ledger, page)
    assert (tally.new, tally.replacing) == (1, 1)
    assert [claim.evidence.text for claim in ledger.claims()] == ["19"]
    newer = ledger.find_report(next(iter(ledger.entries())).report.report_id)
    older = ledger.find_report(newer.replaces[0])
    assert older.replaced_by == newer.report.report_id
    assert [claim.evidence.text for claim in older.claims] == ["14"]


def test_files_that_were_coded_elsewhere_are_merged_once(
    ledger: Ledger, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = write_lines(tmp_path / "reports.jsonl", (*TEXTS, ""))
    code_file(source, tmp_path / "coded.parquet", SETTINGS)
    (tmp_path / "cut.parquet").write_bytes((tmp_path / "coded.parquet").read_bytes()[:-50])
    files = [str(tmp_path / "cut.parquet"), str(tmp_path / "coded.parquet")]
    assert main(["merge", *files, "--ledger", ledger.address]) == 1
    assert "3 new, 0 known, 2 failed" in capsys.readouterr().err
    assert main(["merge", files[1], "--ledger", ledger.address]) == 1
    assert "0 new, 3 known, 1 failed" in capsys.readouterr().err
    merged = [entry.claim for entry in ledger.entries()]
    add(ledger, source)
    assert [entry.claim for entry in ledger.entries()] == merged


def test_an_unknown_engine_is_an_error_before_anything_is_read(ledger: Ledger, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="no engine 'daks'"):
        add_reports([Request(path=str(tmp_path))], ledger, SETTINGS, engine="daks")


def test_the_command_says_what_was_new_known_and_failed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, ledger = write_lines(tmp_path / "reports.jsonl"), str(tmp_path / "news.db")
    assert main(["add", str(path), "--ledger", ledger, "--workers", "1"]) == 0
    assert "3 new, 0 known, 3 new claims" in capsys.readouterr().err
    assert main(["add", str(path), str(tmp_path / "none.txt"), "--ledger", ledger, "--workers", "1"]) == 1
    err = capsys.readouterr().err
    assert "0 new, 3 known, 1 failed (no such file or folder: 1), 0 new claims" in err
    assert "`reportedly failures`" in err
    (tmp_path / "none.txt").write_text(TEXTS[2], encoding="utf-8")
    assert main(["retry", "--ledger", ledger, "--workers", "1"]) == 0
    assert "1 new, 0 known, 1 earlier failure mended, 1 new claim" in capsys.readouterr().err
    assert main(["recode", "--ledger", ledger, "--workers", "1"]) == 0


def test_columns_can_be_mapped(tmp_path: Path) -> None:
    path, ledger = tmp_path / "reports.jsonl", tmp_path / "news.db"
    path.write_text(json.dumps({"body": TEXTS[0], "date": "2021-03-01"}) + "\n", encoding="utf-8")
    options = ["--map", "text=body,published=date", "--ledger", str(ledger), "--workers", "1"]
    assert main(["add", str(path), *options]) == 0
    with Ledger(ledger) as opened:
        (entry,) = opened.entries()
        assert entry.report.published == "2021-03-01"


def test_a_ledger_that_is_no_database_is_left_as_it_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("my notes, not a database, and long enough to be looked at as one\n" * 20, encoding="utf-8")
    before = path.read_bytes()
    assert main(["add", str(write_lines(tmp_path / "reports.jsonl")), "--ledger", str(path)]) == 1
    assert capsys.readouterr().err.count("\n") == 1
    assert path.read_bytes() == before


def test_anyone_can_open_the_ledger_with_sqlite(ledger: Ledger, tmp_path: Path) -> None:
    add(ledger, write_lines(tmp_path / "reports.jsonl"))
    with sqlite3.connect(tmp_path / "news.db") as connection:
        found = connection.execute("SELECT low FROM current_claims WHERE measure = 'killed'").fetchall()
        words = connection.execute("SELECT rowid FROM report_words WHERE report_words MATCH 'baghdad'").fetchall()
    assert found == [(14.0,)]
    assert len(words) == 1
