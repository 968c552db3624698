"""The commands beside `read`, and how fast the program starts."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import pytest

from reportedly.cli import main, reading
from reportedly.errors import ReadError
from reportedly.serve.doctor import NEEDED

ROOT = Path(__file__).parents[2]


def test_the_schema_is_json(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in (["schema"], ["schema", "--report"]):
        assert main(arguments) == 0
        assert json.loads(capsys.readouterr().out)["$schema"].endswith("2020-12/schema")


def test_the_demo_ends_in_a_readable_ledger_and_how_to_go_on(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo"]) == 0
    out, err = capsys.readouterr()
    assert out.count("who says so") >= 10
    assert "reportedly read YOUR-REPORT.txt" in out.splitlines()[-6]
    assert "failed" not in err


def test_the_doctor_finds_everything_here(capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["doctor"])
    lines = capsys.readouterr().out.splitlines()
    assert [line for line in lines if line.startswith("MISSING")] == []
    assert code == 0
    assert any("english pipeline" in line for line in lines)


def test_the_doctor_says_what_is_missing_and_what_mends_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--model", "no_such_pipeline"]) == 1
    missing = [line for line in capsys.readouterr().out.splitlines() if line.startswith("MISSING")]
    assert any("pip install no-such-pipeline" in line for line in missing)


def test_the_doctor_looks_for_what_the_package_depends_on() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    named = {re.split(r"[^\w-]", line)[0].lower().replace("_", "-") for line in project["dependencies"]}
    assert {name.lower().replace("_", "-") for _, name, _ in NEEDED} <= named


def test_the_lexicon_checks_itself(capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["lexicon", "check"])
    out, err = capsys.readouterr()
    assert (code, out) == (0, "")
    assert " 0 problems, 0 gaps" in err


def test_an_overlay_with_a_bad_row_is_named_with_its_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "en"
    folder.mkdir()
    (folder / "wares.csv").write_text("id,forms,inflect,example,counterexample\nspoon,spoon,noun,A [fork].,\n")
    assert main(["lexicon", "check", "--lexicon", str(tmp_path)]) == 1
    assert "wares.csv:2: en.wares.spoon: the example does not fire on [fork]" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        (ReadError("odd", where="a.txt", hint="mend it"), 1, "reportedly: error: odd (a.txt) - mend it\n"),
        (KeyboardInterrupt(), 130, ""),
        (BrokenPipeError(), 141, ""),
        (
            ZeroDivisionError("x"),
            1,
            "reportedly: error: ZeroDivisionError: x - a fault of the program; --debug shows where\n",
        ),
    ],
)
def test_what_goes_wrong_has_a_code_and_one_line(
    error: BaseException,
    code: int,
    message: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(args: object) -> int:
        raise error

    monkeypatch.setattr(reading, "_schema", fail)
    assert main(["schema"]) == code
    assert capsys.readouterr().err == message


def test_debug_shows_the_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "abc", "none.jsonl", "--debug"]) == 1
    assert "Traceback" in capsys.readouterr().err


def test_the_version_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as raised:
        main(["--version"])
    assert raised.value.code == 0
    assert capsys.readouterr().out.startswith("reportedly ")


def test_help_is_there_at_once() -> None:
    times = []
    for _ in range(3):
        began = time.monotonic()
        subprocess.run([sys.executable, "-m", "reportedly", "--help"], check=True, capture_output=True)
        times.append(time.monotonic() - began)
    assert min(times) < 0.3
