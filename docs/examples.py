"""Runs the examples of the pages as a reader would and compares what comes with what stands there.

A page's blocks are run from top to bottom in one empty folder, in which `src` is the project's:

    ```text NAME, ```csv NAME     a file to be saved under that name
    ```console                    commands after `$ `, each with what it prints (standard error last)
    ```python, then ```output     a program and what it prints

A line `...` stands for any number of lines. Blanks, confidences, line numbers and the lexicon's size are not compared:
widths, fits and tables move. `python docs/generate.py` writes what has changed; a block with a `...` it can only name.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

ROOT = Path(__file__).resolve().parents[1]
_BLOCK = re.compile(r"^```(\w+)(?: ([\w./-]+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_ANY = "..."
#: Confidences, line numbers, the size of the lexicon.
_MOVING = re.compile(r"(?<![\w.])\.\d\d\b|\b0\.\d+|(?<=\.py):\d+|(?<=\.csv):\d+|\d+ tables, [\d,]+ rows")


@dataclass(frozen=True, slots=True)
class Example:
    """A block whose output was asked for: its offsets in the page, what stands there, what comes now."""

    start: int
    end: int
    written: str
    printed: str

    def is_current(self) -> bool:
        """Whether what stands there is what comes, as far as it is compared."""
        wanted, found = _to_plain(self.written), _to_plain(self.printed)
        pattern = "\n".join(".*" if line == _ANY else re.escape(line) for line in wanted)
        return re.fullmatch(pattern, "\n".join(found), re.DOTALL) is not None


def run_examples(page: str) -> list[Example]:
    """Runs a page's blocks and returns those that show an output."""
    found: list[Example] = []
    with _in_empty_folder() as folder:
        program = ""
        for block in _BLOCK.finditer(page):
            kind, name, body = block.groups()
            start, end = block.span(3)
            if name:
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                (folder / name).write_text(body, encoding="utf-8")
            elif kind == "console":
                found.append(Example(start, end, body, _run_console(body)))
            elif kind == "python":
                program = body
            elif kind == "output":
                found.append(Example(start, end, body, _run_python(program)))
    return found


def update_page(page: str) -> tuple[str, list[str]]:
    """Writes into a page what its examples print now.

    Returns:
        The page, and the first lines of those examples that must be mended by hand: they leave lines out.
    """
    left = []
    for example in reversed(run_examples(page)):
        if example.is_current():
            continue
        if _ANY in example.written.splitlines():
            left.append(example.written.splitlines()[0])
        else:
            page = page[: example.start] + example.printed + page[example.end :]
    return page, left


# ---------------------------------------------------------------- running


@contextlib.contextmanager
def _in_empty_folder() -> Iterator[Path]:
    before = Path.cwd()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "src").symlink_to(ROOT / "src")
        os.chdir(folder)
        try:
            yield folder
        finally:
            os.chdir(before)


def _run_console(body: str) -> str:
    """Runs a block's commands; returns the block as it should be."""
    printed = []
    for line in body.splitlines():
        if line.startswith("$ "):
            output, errors = run_command(line[2:])
            shown = [line, *output.rstrip("\n").splitlines(), *errors.rstrip("\n").splitlines()]
            printed.append("\n".join(part.rstrip() for part in shown))
    return "\n".join(printed) + "\n"


def run_command(line: str) -> tuple[str, str]:
    """Runs `a | b > FILE`: `reportedly` within this process, everything else as a program of its own."""
    commands, _, target = line.partition(" > ")
    output, errors = b"", ""
    for command in commands.split(" | "):
        words = shlex.split(command)
        if words[0] == "reportedly":
            output, said = _run_reportedly(words[1:], output)
            errors += said
        else:
            output = subprocess.run(words, input=output, capture_output=True, check=True).stdout
    if target:
        Path(target).write_bytes(output)
        output = b""
    return output.decode("utf-8"), errors


def _run_reportedly(arguments: list[str], given: bytes) -> tuple[bytes, str]:
    from reportedly.cli import main

    stdout, errors = io.TextIOWrapper(io.BytesIO(), encoding="utf-8"), io.StringIO()
    stdin = io.TextIOWrapper(io.BytesIO(given), encoding="utf-8")
    with (
        mock.patch.object(sys, "stdin", stdin),
        contextlib.redirect_stdout(stdout),
        contextlib.redirect_stderr(errors),
        contextlib.suppress(SystemExit),
    ):
        main(arguments)
    stdout.flush()
    assert isinstance(stdout.buffer, io.BytesIO)
    return stdout.buffer.getvalue(), errors.getvalue()


def _run_python(program: str) -> str:
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        exec(compile(program, "<example>", "exec"), {"__name__": "example"})
    return output.getvalue()


def _to_plain(text: str) -> list[str]:
    lines = (" ".join(line.replace("─", "").split()) for line in text.splitlines())
    return [_MOVING.sub("#", line) for line in lines if line]
