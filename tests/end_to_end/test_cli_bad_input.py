"""Bad input: a clear error or an honest empty result, the right exit code, never a traceback."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from reportedly.cli import main

ENGLISH = "The United States has about 2,500 troops in Iraq, an official said on Tuesday. "
GERMAN = (
    "Die Regierung erklärte am Dienstag, dass die Soldaten nicht vor dem Ende des Jahres aus dem Land abgezogen "
    "werden sollen. Nach Angaben des Ministeriums sind noch rund 900 von ihnen dort, und weitere werden erwartet. "
)


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    try:
        code = main(list(arguments))
    except SystemExit as exit:
        code = int(str(exit.code))
    out, err = capsys.readouterr()
    assert "Traceback" not in err
    return code, out, err


@pytest.mark.parametrize(
    ("data", "cause"),
    [
        (b"", "empty"),
        (b" \n\n\t ", "empty"),
        (b"\x7fELF\x00\x01\x02\x03" * 400, "binary"),
        (b"%PDF-1.7\n" + bytes(range(256)), "PDF"),
        (b"\x89PNG\r\n\x1a\n" + bytes(4000), "PNG"),
    ],
)
@pytest.mark.parametrize("form", ["jsonl", "json", "table", "html"])
def test_what_is_no_text_is_a_failure_with_its_cause(
    data: bytes, cause: str, form: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "input.txt"
    path.write_bytes(data)
    code, out, err = run(capsys, "read", str(path), "--format", form)
    assert code == 1
    assert cause in (err if form == "jsonl" else out)
    assert "1 failed" in err.splitlines()[-1]


def test_a_file_that_is_not_there_is_a_failure(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = run(capsys, "read", str(tmp_path / "none.txt"))
    assert code == 1
    assert "none.txt" in err


def test_a_report_of_five_megabytes_is_coded_or_refused_in_time(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # Nothing counted in most of it, so that the test does not wait for the parser.
    filler = "The minister spoke at length about roads, schools and the weather, as he does every spring.\n"
    path = tmp_path / "large.txt"
    path.write_text(ENGLISH + "\n\n" + filler * (5_000_000 // len(filler)), encoding="utf-8")
    began = time.monotonic()
    code, out, _ = run(capsys, "read", str(path))
    assert time.monotonic() - began < 60
    assert code in (0, 1)
    assert code == 1 or json.loads(out.splitlines()[0])["evidence"]["text"] == "2,500"


def test_one_line_of_200_000_letters_is_coded(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "line.txt"
    path.write_text(ENGLISH + "word and word, " * 13_400, encoding="utf-8")
    code, out, _ = run(capsys, "read", str(path))
    assert code == 0
    assert "2,500" in {json.loads(line)["evidence"]["text"] for line in out.splitlines()}


def test_200_000_letters_without_a_blank_do_not_hang(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "line.txt"
    path.write_text("x7," * 66_667, encoding="utf-8")
    began = time.monotonic()
    code, _, _ = run(capsys, "read", str(path))
    assert time.monotonic() - began < 30
    assert code in (0, 1)


def test_a_report_that_is_not_english_is_empty_and_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "deutsch.txt"
    path.write_text(GERMAN * 3, encoding="utf-8")
    code, out, err = run(capsys, "read", str(path))
    assert code == 0
    assert out == ""
    assert "not English" in err


def test_a_report_without_figures_is_empty_and_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "calm.txt"
    path.write_text(
        "The minister spoke about the weather and said that he liked it very much indeed.", encoding="utf-8"
    )
    code, out, err = run(capsys, "read", str(path))
    assert (code, out) == (0, "")
    assert err.startswith("reportedly: no claims: ")


@pytest.mark.parametrize("day", ["2020-02-31", "yesterday", "28/08/2020", "0000-00-00", ""])
def test_a_date_that_cannot_be_is_wrong_usage(day: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "report.txt"
    path.write_text(ENGLISH, encoding="utf-8")
    code, out, err = run(capsys, "read", str(path), "--published", day)
    assert (code, out) == (2, "")
    assert err.startswith("reportedly: error: argument --published: not a date")


def test_a_date_that_cannot_be_in_a_row_is_that_rows_failure(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "reports.jsonl"
    rows = [{"text": ENGLISH, "published": "2020-13-01"}, {"text": ENGLISH, "published": "2020-12-01"}]
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    code, out, err = run(capsys, "read", str(path))
    assert code == 1
    assert out
    assert "2020-13-01" in err


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("read",),
        ("raed", "x"),
        ("read", "x", "--format", "xml"),
        ("read", "x", "--min-confidence", "2"),
        ("read", "x", "--lexicon", "/no/such/folder"),
        ("read", "x", "--lexicon", str(Path(__file__).parent)),
        ("lexicon",),
        ("explain",),
    ],
)
def test_wrong_usage_is_one_line_and_exits_with_2(
    arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = run(capsys, *arguments)
    assert (code, out) == (2, "")
    assert err.startswith("reportedly: error: ")
    assert len(err.splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("lexicon", "check", "xx"), "no tables for language 'xx'"),
        (("explain", "abc", "none.jsonl"), "No such file or directory (none.jsonl)"),
        (("read", "-", "--output", "/no/such/folder/x.jsonl"), "No such file or directory (/no/such/folder/x.jsonl)"),
        (("read", "-", "--model", "no_such_pipeline"), "pip install no-such-pipeline"),
    ],
)
def test_trouble_is_one_line_and_exits_with_1(
    arguments: tuple[str, ...], words: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    import io
    import sys

    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(ENGLISH.encode())))
    code, _, err = run(capsys, *arguments)
    assert code == 1
    assert err.startswith("reportedly: error: ")
    assert words in err
    assert len(err.splitlines()) == 1


def test_a_report_with_too_much_to_parse_is_named_and_not_coded(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REPORTEDLY_MAX_PARSED_CHARS", "1000")
    path = tmp_path / "endless.txt"
    path.write_text("At least 14 people were killed in Gao, police said.\n\n" * 30, encoding="utf-8")
    code, out, err = run(capsys, "read", str(path))
    assert (code, out) == (0, "")
    assert "more to parse than max_parsed_chars (1,000): recorded, not coded" in err
