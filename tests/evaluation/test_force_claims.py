"""Scores quantity claims on 104 retellings of real reports; floors only rise."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from scoring import EPSILON, SHARED, find_digest, has_data, read_claims, read_floors, score

NAME = "force-claims"
pytestmark = pytest.mark.skipif(
    not has_data(NAME), reason=f"no data set {NAME} beside the checkout: nothing was scored"
)


@pytest.fixture(scope="module")
def verdict(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the scorer says of the program's output."""
    output = tmp_path_factory.mktemp("evaluation") / "claims.jsonl"
    folder = SHARED / "data" / NAME
    assert read_claims(folder / "reports.jsonl", output) == 0
    return score("score_force_claims.py", folder, output)


@pytest.mark.parametrize("measure", ["found", "core", "ledger"])
def test_no_score_falls_below_its_floor(verdict: dict[str, Any], measure: str) -> None:
    floor = read_floors()[NAME]
    assert floor["digest"] == find_digest(NAME), "the data changed: measure again and write new floors"
    assert verdict[measure]["f1"] >= floor[measure] - EPSILON


def test_the_control_reports_raise_no_alarm(verdict: dict[str, Any]) -> None:
    assert verdict["false_alarms_in_control_reports"] == 0


def test_the_screen_loses_no_gold_sentence() -> None:
    from reportedly.clean import clean_item
    from reportedly.lexicon import load_lexicon
    from reportedly.model import Item
    from reportedly.segment import find_wanted, split_sentences

    lexicon = load_lexicon()
    lost: list[str] = []
    gold: dict[str, list[dict[str, Any]]] = {}
    for line in _lines(SHARED / "data" / NAME / "gold.jsonl"):
        gold.setdefault(line["report"], []).append(line)
    for row in _lines(SHARED / "data" / NAME / "reports.jsonl"):
        report = clean_item(Item(text=row["text"], published=row.get("published")), lexicon)
        sentences = split_sentences(report)
        wanted = find_wanted(sentences, lexicon)
        kept = [sentence for sentence in sentences if sentence.index in wanted]
        for figure in gold.get(row["id"], []):
            if not any(sentence.start <= figure["start"] < sentence.end for sentence in kept):
                lost.append(figure["id"])
    assert lost == []


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line.strip()]
