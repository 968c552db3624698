"""Runs the program over development data and asks that data's own scorer.

The data may not be redistributed and does not belong to this project: the evaluation reads
it from `../shared` beside the checkout, or from REPORTEDLY_SHARED, and says plainly when it
is not there.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
SHARED = Path(os.environ.get("REPORTEDLY_SHARED", ROOT.parent / "shared"))
FLOORS = Path(__file__).with_name("floors.json")
#: A score may fall by this much before the gate fails: one figure in two hundred.
EPSILON = 0.005


def has_data(name: str) -> bool:
    """Whether a data set is there."""
    return (SHARED / "data" / name).is_dir()


def find_digest(name: str) -> str:
    """Names the exact content of a data set."""
    digest = hashlib.sha256()
    for path in sorted((SHARED / "data" / name).glob("*.jsonl")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def read_claims(path: Path, output: Path, *options: str) -> int:
    """Runs `reportedly read PATH --format jsonl` into a file; returns the exit code."""
    from reportedly.cli import main

    with (
        output.open("w", encoding="utf-8") as out,
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(io.StringIO()),
    ):
        return main(["read", str(path), "--format", "jsonl", *options])


def score(tool: str, *arguments: Path) -> dict[str, Any]:
    """Asks a scorer for its verdict."""
    command = [sys.executable, str(SHARED / "tools" / tool), *map(str, arguments), "--json"]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    verdict: dict[str, Any] = json.loads(done.stdout)
    return verdict


def read_floors() -> dict[str, Any]:
    """The scores that must not fall, by data set."""
    floors: dict[str, Any] = json.loads(FLOORS.read_text(encoding="utf-8"))
    return floors
