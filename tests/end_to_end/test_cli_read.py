"""`reportedly read`, from a file to what a person or program gets."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import reportedly as rp
from reportedly.cli import main

REPORT = """\
Borduria to withdraw 1,700 troops from Iraq

March 3, 2021

BAGHDAD (AP) — Some 2,500 U.S. troops are deployed in Iraq, officials said on Wednesday.

The United States will cut its force in Iraq from 5,200 to about 3,000 troops, Gen. John Doe told reporters.
"""


@pytest.fixture
def report(tmp_path: Path) -> Path:
    path = tmp_path / "report.txt"
    path.write_text(REPORT, encoding="utf-8")
    return path


def read_lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_a_pipe_gets_a_claim_a_line_and_the_summary_on_stderr(report: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["read", str(report), "--publisher", "Klow Herald"]) == 0
    out, err = capsys.readouterr()
    claims = read_lines(out)
    assert {claim["evidence"]["text"] for claim in claims} >= {"2,500", "5,200", "3,000"}
    for claim in claims:
        at = claim["evidence"]
        assert REPORT[at["start"] : at["end"]] == at["text"]
    assert err.splitlines()[-1].startswith("reportedly: 1 report read, 1 coded, ")
    assert err.splitlines()[-1].endswith(" claims")


def test_two_runs_write_the_same_bytes(report: Path, capsys: pytest.CaptureFixture[str]) -> None:
    written = []
    for _ in range(2):
        main(["read", str(report), "--format", "jsonl"])
        written.append(capsys.readouterr().out)
    assert written[0] == written[1]


def test_standard_input_is_read_like_a_file(
    report: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    main(["read", str(report)])
    from_file = capsys.readouterr().out
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(REPORT.encode())))
    assert main(["read", "-"]) == 0
    assert capsys.readouterr().out == from_file


def test_the_table_shows_status_figure_and_source(report: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["read", str(report), "--format", "table", "--evidence"]) == 0
    table = " ".join(capsys.readouterr().out.split())
    for words in ("Borduria to withdraw", "from 5,200", "to ~3,000", "Iraq", "status", "who says so"):
        assert words in table


def test_json_carries_run_report_and_claims(report: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["read", str(report), "--format", "json"]) == 0
    whole = json.loads(capsys.readouterr().out)
    assert whole["reports"][0]["report"]["text"] == REPORT
    assert {claim["run_id"] for claim in whole["reports"][0]["claims"]} == {whole["run"]["run_id"]}


@pytest.mark.parametrize(
    ("name", "begin"),
    [("a.html", "<!DOCTYPE html>"), ("a.json", '{"run"'), ("a.jsonl", '{"schema"'), ("a.txt", "Borduria")],
)
def test_the_name_of_the_output_chooses_its_format(
    report: Path, tmp_path: Path, name: str, begin: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["read", str(report), "--output", str(tmp_path / name)]) == 0
    assert (tmp_path / name).read_text(encoding="utf-8").startswith(begin)
    assert capsys.readouterr().out == ""


def test_a_batch_goes_on_after_a_failure_and_ends_with_one(
    report: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [{"id": "a", "text": REPORT}, {"id": "b"}, {"id": "c", "text": REPORT, "published": "2021-02-31"}]
    lines = tmp_path / "reports.jsonl"
    lines.write_text("".join(json.dumps(row) + "\n" for row in rows) + "{broken\n", encoding="utf-8")
    assert main(["read", str(tmp_path / "none.txt"), str(lines), str(report)]) == 1
    out, err = capsys.readouterr()
    assert len({claim["report_id"] for claim in read_lines(out)}) >= 1
    assert {claim["external_id"] for claim in read_lines(out)} >= {"a", None}
    failed = [line for line in err.splitlines() if line.startswith("reportedly: failed: ")]
    assert len(failed) == 4
    assert "4 failed" in err.splitlines()[-1]


def test_confidence_can_be_asked_for(report: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["read", str(report), "--min-confidence", "1"]) == 0
    assert all(claim["confidence"] == 1 for claim in read_lines(capsys.readouterr().out))


def test_the_claims_explain_themselves(report: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    claims = tmp_path / "claims.jsonl"
    main(["read", str(report), "--output", str(claims)])
    claim = read_lines(claims.read_text(encoding="utf-8"))[-1]
    capsys.readouterr()
    assert main(["explain", claim["claim_id"][:10], str(claims), "--report", str(report)]) == 0
    out = capsys.readouterr().out
    assert f"[{claim['evidence']['text']}]" in out
    assert all(rule in out for rule in claim["rules"])
    assert "not in this version" not in out


def test_explaining_with_another_report_is_an_error(
    report: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    claims, other = tmp_path / "claims.jsonl", tmp_path / "other.txt"
    main(["read", str(report), "--output", str(claims)])
    other.write_text("Nothing of the kind.", encoding="utf-8")
    claim = read_lines(claims.read_text(encoding="utf-8"))[0]
    assert main(["explain", claim["claim_id"], str(claims), "--report", str(other)]) == 1
    assert "the claim's words are not in this report" in capsys.readouterr().err


def test_python_reads_the_same_claims(report: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["read", str(report), "--publisher", "Klow Herald"])
    lines = read_lines(capsys.readouterr().out)
    (result,) = rp.read(report, publisher="Klow Herald")
    assert isinstance(result, rp.Extraction)
    assert [rp.to_record(claim) for claim in result.claims] == lines
    assert [rp.to_record(claim) for claim in rp.read_text(REPORT, publisher="Klow Herald").claims] == lines


def test_a_closed_pipe_is_quiet(report: Path) -> None:
    command = f"{sys.executable} -m reportedly read {report} {report} --format html | head -c 1"
    done = subprocess.run(["bash", "-c", f"{command}; echo ${{PIPESTATUS[0]}}"], capture_output=True, text=True)
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr
