"""Throughput and memory of the engines, side by side over the same reports.

    python benchmarks/engines.py [REPORTS.jsonl] [--limit N] [--runs N] [--workers N] [--reports N]

All engines are started, then each run takes them in turn over the same shards with warm workers, so
that ratios are of one run and of one state of the machine. Processor time is that of all processes of
an engine, this one included: on a machine that others use too it tells more than the clock. Memory is
the most that one worker has held. The median of the runs is printed, with the least and the most;
without a file, the sample reports are repeated.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import os
import re
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import reportedly
from reportedly.model import Item
from reportedly.read import read_items
from reportedly.scale import ENGINES, Engine, Shard, parse_engine, split_shards
from reportedly.scale.shards import REPORTS
from reportedly.settings import Settings

SAMPLES = Path(reportedly.__file__).parent / "demo" / "samples.jsonl"


def read_reports(path: Path, limit: int, settings: Settings) -> list[Item]:
    """Reads so many reports, over again if the file has fewer."""
    items = [item for item in read_items([path], settings) if isinstance(item, Item)]
    repeated = itertools.islice(itertools.cycle(items), limit)
    return [replace(item, external_id=f"{number}") for number, item in enumerate(repeated)]


def find_most_memory(pids: Sequence[int]) -> float:
    """The most that one of these processes has held, in MB; 0 where the system does not say."""
    found = []
    for pid in pids:
        with contextlib.suppress(OSError):
            status = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace")
            found += [int(size) / 1024 for size in re.findall(r"VmHWM:\s+(\d+) kB", status)]
    return max(found, default=0.0)


def find_processor_time(pids: Sequence[int]) -> float:
    """Seconds of processor time that these processes have used; 0 where the system does not say."""
    spent = 0.0
    for pid in pids:
        with contextlib.suppress(OSError):
            fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
            spent += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return spent


def warm_up(engine: Engine, shards: Sequence[Shard], workers: int) -> float:
    """Seconds until every worker has coded something: processes, Dask, the parser in each."""
    begun = time.perf_counter()
    few = [Shard(number=shard.number, pieces=shard.pieces[:4], settings=shard.settings) for shard in shards]
    list(engine.map(itertools.islice(itertools.cycle(few), 4 * workers)))
    return time.perf_counter() - begun


def measure_run(engines: Sequence[Engine], shards: Sequence[Shard]) -> dict[str, float]:
    """One run: all engines in turn over the same shards; what they give must be the same."""
    reports = sum(len(shard.pieces) for shard in shards)
    figures: dict[str, float] = {}
    first: list[tuple[int, bytes]] = []
    for engine in engines:
        pids = [os.getpid(), *engine.find_pids()]
        spent, begun = find_processor_time(pids), time.perf_counter()
        files = list(engine.map(shards))
        figures[f"{engine.name}: reports a second"] = reports / (time.perf_counter() - begun)
        figures[f"{engine.name}: processor ms a report"] = 1000 * (find_processor_time(pids) - spent) / reports
        first = first or files
        if files != first:
            raise SystemExit(f"{engine.name} gave other files than {engines[0].name}")
    for one, other in (("pool", "inline"), ("dask", "pool")):
        what = "reports a second"
        figures[f"{one} / {other}: {what}"] = figures[f"{one}: {what}"] / figures[f"{other}: {what}"]
        what = "processor ms a report"
        figures[f"{other} / {one}: {what}"] = figures[f"{other}: {what}"] / figures[f"{one}: {what}"]
    return figures


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the benchmark and prints one line a figure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path, nargs="?", default=SAMPLES)
    parser.add_argument("--limit", type=int, default=320)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--reports", type=int, default=REPORTS, help="reports a shard")
    args = parser.parse_args(argv)
    settings = Settings(workers=args.workers)
    items = read_reports(args.file, args.limit, settings)
    shards = list(split_shards(items, settings, reports=args.reports))
    words = sum(len(item.text.split()) for item in items)
    print(
        f"{args.file.parent.name}: {len(items)} reports, {words:,} words, {len(shards)} shards of {args.reports}, "
        f"{args.workers} workers, {args.runs} runs"
    )
    with contextlib.ExitStack() as opened:
        engines = []
        for name in ENGINES:
            begun = time.perf_counter()
            engines.append(opened.enter_context(parse_engine(name, settings)))
            start = time.perf_counter() - begun + warm_up(engines[-1], shards, args.workers)
            print(f"{name + ': seconds to start and warm':40s} {start:9.2f}")
        runs = [measure_run(engines, shards) for _ in range(args.runs)]
        memory = {engine.name: find_most_memory(engine.find_pids() or [os.getpid()]) for engine in engines}
    for name in runs[0]:
        values = sorted(run[name] for run in runs)
        print(f"{name:40s} {statistics.median(values):9.2f}   ({values[0]:.2f} to {values[-1]:.2f})")
    for name, most in memory.items():
        print(f"{name + ': MB a worker, at most':40s} {most:9.0f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
