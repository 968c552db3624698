"""Every golden case gives the claims it must give; `--update-golden` brings the cases up to date."""

from __future__ import annotations

import difflib
import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from golden_cases import CASES, Case, Record, find_differences, read_cases, to_updated, write_case

from reportedly.model import Item


def to_parameter(case: Case) -> Any:
    """Makes a test's parameter of a case; a known failure must fail, or it is known no longer."""
    wrong = pytest.mark.xfail(strict=True, raises=AssertionError, reason=str(case.content["note"]))
    return pytest.param(case, id=case.name, marks=[wrong] if case.is_known_failure else [])


@functools.cache
def read_claims(text: str, rest: tuple[tuple[str, str], ...]) -> tuple[str, tuple[Record, ...]]:
    """Runs the program on a case's report: its stored text and its claim records."""
    from reportedly.pipeline import code_report, load_tools
    from reportedly.record.export.jsonl import to_record

    extraction = code_report(Item(text=text, **dict(rest)), load_tools())
    return extraction.report.text, tuple(to_record(claim) for claim in extraction.claims)


@pytest.fixture
def show_update(capsys: pytest.CaptureFixture[str]) -> Callable[[Path, str], None]:
    """Prints how a file differs from what it was, past pytest's capture."""

    def show(path: Path, before: str) -> None:
        after = path.read_text(encoding="utf-8")
        name = str(path.relative_to(CASES))
        lines = difflib.unified_diff(before.splitlines(True), after.splitlines(True), name, name, n=2)
        with capsys.disabled():
            print("\n" + "".join(lines), end="")

    return show


@pytest.mark.parametrize("case", [to_parameter(case) for case in read_cases()])
def test_a_golden_case_gives_its_claims(
    case: Case, pytestconfig: pytest.Config, show_update: Callable[[Path, str], None]
) -> None:
    report = {name: value for name, value in case.content["report"].items() if name != "text"}
    text, records = read_claims(case.content["report"]["text"], tuple(report.items()))
    content = case.content
    if pytestconfig.getoption("--update-golden") and not case.is_known_failure:
        content = to_updated(case.content, text, records)
        if content != case.content:
            before = case.path.read_text(encoding="utf-8")
            write_case(case, content)
            show_update(case.path, before)
    differences = find_differences(content, text, records)
    assert not differences, "\n".join([str(case.path.name), *differences])
