"""Times of a set of reports as TIMEX3, one JSON line each, for a scorer of TempEval's kind.

    python benchmarks/times.py REPORTS.jsonl OUT.jsonl

REPORTS.jsonl has `id`, `text` and `published` (the day that relative times count from). The
share of the time that our own code takes, in microseconds a token, goes to standard error.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

from reportedly.extract.times import find_times
from reportedly.lexicon import load_lexicon
from reportedly.model import Region, Report
from reportedly.resolve.times import to_timex
from reportedly.segment import load_parser, split_report
from reportedly.vocab import RegionKind


def main() -> None:
    """Reads the reports, writes their times."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("reports", type=Path)
    parser.add_argument("out", type=Path)
    arguments = parser.parse_args()
    lexicon, pipeline = load_lexicon(), load_parser()
    seconds, tokens = 0.0, 0
    with arguments.out.open("w", encoding="utf-8") as out:
        for line in arguments.reports.read_text(encoding="utf-8").split("\n"):
            if not line.strip():
                continue
            row = json.loads(line)
            body = Region(kind=RegionKind.BODY, start=0, end=len(row["text"]))
            report = Report(report_id=row["id"], text=row["text"], regions=(body,), published=row.get("published"))
            parsed = split_report(report, pipeline)
            start = time.process_time()
            mentions = find_times(parsed, lexicon)
            values = [to_timex(mention, report.published, mentions) for mention in mentions]
            seconds += time.process_time() - start
            tokens += sum(len(sentence.tokens) for sentence in parsed.sentences)
            for mention, (kind, value) in zip(mentions, values, strict=True):
                found = {"doc": row["id"], "start": mention.start, "end": mention.end, "type": kind, "value": value}
                out.write(json.dumps(found) + "\n")
    print(f"{1e6 * seconds / max(1, tokens):.2f} microseconds a token, {tokens} tokens", file=sys.stderr)


if __name__ == "__main__":
    main()
