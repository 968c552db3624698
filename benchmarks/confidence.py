"""Fits the weights of a claim's confidence and shows how far they hold on unseen stories.

    python benchmarks/confidence.py GOLD_DIR CLAIMS.jsonl

GOLD_DIR holds the development retellings (reports.jsonl, gold.jsonl), CLAIMS.jsonl what
`reportedly read GOLD_DIR/reports.jsonl --format jsonl` printed; the verdict on each claim is
the data's own scorer's. Prints the share of right claims by predicted confidence, each story
predicted by weights fitted on all others, and the weights fitted on all.
"""

from __future__ import annotations

import argparse
import collections
import importlib.util
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from reportedly.resolve.confidence import WEIGHTS

#: Ridge penalty: pulls the weights of rare rules towards nothing.
PENALTY = 2.0
CORE = ("value", "role", "measure", "place")


def load_scorer(gold: Path) -> Any:
    """Loads the data's scorer, which lies two folders up in tools/."""
    path = gold.resolve().parents[1] / "tools" / "score_force_claims.py"
    spec = importlib.util.spec_from_file_location("score_force_claims", path)
    if spec is None or spec.loader is None:
        raise SystemExit(f"no scorer at {path}")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def find_verdicts(scorer: Any, gold: Path, claims_path: Path) -> list[tuple[str, frozenset[str], bool]]:
    """Says of each claim: its story, its rules, whether value, role, measure and country are right."""
    golds: dict[str, list[Any]] = collections.defaultdict(list)
    for figure in scorer.lines(gold / "gold.jsonl"):
        golds[figure["report"]].append(figure)
    claims: dict[str, list[Any]] = collections.defaultdict(list)
    for claim in scorer.lines(claims_path):
        claims[str(claim["external_id"])].append(claim)
    verdicts = []
    for report in scorer.lines(gold / "reports.jsonl"):
        left = sorted(golds[report["id"]], key=lambda figure: figure["start"])
        for claim in sorted(claims[report["id"]], key=lambda claim: claim["evidence"]["start"]):
            start, end = claim["evidence"]["start"], claim["evidence"]["end"]
            hits = [figure for figure in left if figure["start"] < end and start < figure["end"]]
            if hits and "borderline" in hits[0]["notes"]:
                left.remove(hits[0])
                continue
            right = False
            if hits:
                best = max(
                    hits, key=lambda figure: sum(value is True for value in scorer.fields(claim, figure).values())
                )
                left.remove(best)
                said = scorer.fields(claim, best)
                right = all(said[name] is not False for name in CORE)
            verdicts.append((report["group"], frozenset(claim["rules"]), right))
    return verdicts


def fit(features: Any, right: Any) -> Any:
    """Fits log-odds by Newton's method with a ridge penalty on all weights but the first."""
    weights = np.zeros(features.shape[1])
    ridge = np.r_[1e-6, np.full(features.shape[1] - 1, PENALTY)]
    for _ in range(50):
        said = 1 / (1 + np.exp(-features @ weights))
        slope = features.T @ (said - right) + ridge * np.r_[0, weights[1:]]
        bend = (features * (said * (1 - said))[:, None]).T @ features + np.diag(ridge)
        weights -= np.linalg.solve(bend, slope)
    return weights


def main(argv: Sequence[str] | None = None) -> int:
    """Prints the calibration on left-out stories and the weights fitted on all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gold", type=Path)
    parser.add_argument("claims", type=Path)
    args = parser.parse_args(argv)
    verdicts = find_verdicts(load_scorer(args.gold), args.gold, args.claims)
    names = list(WEIGHTS)
    features = np.array([[1.0, *(float(name in rules) for name in names)] for _, rules, _ in verdicts])
    right = np.array([float(verdict) for *_, verdict in verdicts])
    stories = np.array([story for story, *_ in verdicts])
    said = np.zeros(len(right))
    for story in sorted(set(stories)):
        held = stories == story
        said[held] = 1 / (1 + np.exp(-features[held] @ fit(features[~held], right[~held])))
    print(f"{len(right)} claims of {len(set(stories))} stories, {right.mean():.3f} right; each from the others")
    print(f"mean squared error {np.mean((said - right) ** 2):.3f}, of always saying the mean {right.var():.3f}")
    for low, high in ((0.0, 0.6), (0.6, 0.75), (0.75, 0.85), (0.85, 0.9), (0.9, 1.0)):
        part = (said >= low) & (said < high)
        if part.any():
            kept, hit = said[part].mean(), right[part].mean()
            print(f"  said {low:.2f} to {high:.2f}: {part.sum():4d} claims, said {kept:.2f}, right {hit:.2f}")
    for name, weight in zip(["START", *names], fit(features, right), strict=True):
        print(f"{weight:+.2f}  {name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
