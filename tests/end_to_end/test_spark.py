"""The Spark recipe of the how-to, run as it stands there on a local Spark.

Spark and Java are no part of the development set-up (490 MB): `.ci/run setup spark` brings them and runs this.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from reportedly import pipeline
from reportedly.model import Extraction
from reportedly.pipeline import code_items, load_tools
from reportedly.read import read_items
from reportedly.scale import read_run, read_shard
from reportedly.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "how-to" / "run-on-a-cluster.md"
SAMPLES = Path(pipeline.__file__).parent / "demo" / "samples.jsonl"
SETTINGS = Settings()


def find_job() -> str:
    """The program that the page shows."""
    found = re.search(r"^```python spark_job\.py\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.M | re.S)
    assert found
    return found.group(1)


def test_the_page_shows_a_program_for_spark() -> None:
    names = compile(find_job(), "spark_job.py", "exec").co_names
    assert {"mapInPandas", "code_frames", "SPARK_SCHEMA"} <= set(names)


@pytest.mark.skipif(importlib.util.find_spec("pyspark") is None, reason="pyspark is not installed")
@pytest.mark.skipif(shutil.which("java") is None, reason="Java is not installed")
def test_the_recipe_for_spark_gives_the_same_claims(tmp_path: Path) -> None:
    job, target = tmp_path / "spark_job.py", tmp_path / "coded"
    job.write_text(find_job(), encoding="utf-8")
    source = tmp_path / "reports.jsonl"
    broken = '{"id": "broken", "publisher": "Example Times"}\n'
    source.write_text(SAMPLES.read_text(encoding="utf-8") + broken, encoding="utf-8")
    environment = os.environ | {"PYSPARK_PYTHON": sys.executable, "SPARK_LOCAL_IP": "127.0.0.1"}
    done = subprocess.run(
        [sys.executable, job, source, target], env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    files = sorted(target.glob("*.parquet"))
    coded = [result for file in files for result in read_shard(file)]
    expected = list(code_items(read_items([source], SETTINGS), load_tools(SETTINGS)))
    claims = [
        sorted(c.claim_id for r in found if isinstance(r, Extraction) for c in r.claims) for found in (coded, expected)
    ]
    assert claims[0] == claims[1] != []
    assert [result.external_id for result in coded if not isinstance(result, Extraction)] == ["broken"]
    assert len(coded) == len(expected)
    assert {read_run(file) for file in files} == {load_tools(SETTINGS).run}
