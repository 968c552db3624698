"""Stage 8 of 8. In: Stats, RunEntry, FailureEntry. Out: what a ledger holds, who made it, what failed."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterator, Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from reportedly.record.answers import FailureEntry, RunEntry, Stats
from reportedly.record.export.countries import find_country
from reportedly.record.export.jsonl import to_run_record
from reportedly.serve import wording
from reportedly.serve.terminal import to_text

#: Letters of the longest bar.
BAR = 10
#: Columns that a list takes, with room for most names.
ACROSS = 33
#: Words that are listed of each kind, the most first.
MOST = 8
_LISTS = (
    ("measures", "what is counted"), ("statuses", "how far along"), ("places", "where"), ("actors", "whose"),
    ("publishers", "published by"), ("languages", "language"), ("readers", "read by"), ("uncoded", "no claims because"),
)  # fmt: skip


def show_stats(console: Console, stats: Stats, address: str) -> None:
    """Writes an overview: the counts in words, then what there is most of, side by side."""
    console.print(to_text(address, "bold"))
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True, style="dim")
    table.add_column()
    for name, words in _to_counts(stats):
        table.add_row(Text(name), to_text(words))
    console.print(Padding(table, (0, 0, 1, 2)))
    lists = [(heading, getattr(stats, name)) for name, heading in _LISTS if getattr(stats, name)]
    beside = Table.grid(padding=(0, 4, 0, 0))
    for row in itertools.batched(lists, max(1, console.width // ACROSS)):
        beside.add_row(*(Padding(_to_bars(heading, pairs), (0, 0, 1, 0)) for heading, pairs in row))
    console.print(Padding(beside, (0, 0, 0, 2)))


def _to_counts(stats: Stats) -> Iterator[tuple[str, str]]:
    older = stats.versions - stats.reports
    more = f", and {wording.to_count(older, 'older or withdrawn version')}" if older else ""
    yield "reports", f"{stats.reports:,}{more}"
    if stats.first_published and stats.last_published:
        first, last = wording.to_day(stats.first_published), wording.to_day(stats.last_published)
        yield "published", first if first == last else f"{first} – {last}"
    yield "claims", f"{stats.claims:,}" + (f", and {stats.rejected:,} rejected by a person" if stats.rejected else "")
    yield "judgements", f"{stats.judged:,}" if stats.judged else "none yet: `reportedly judge`"
    if stats.withdrawn:
        yield "withdrawals", f"{stats.withdrawn:,}"
    yield "failures", f"{stats.failures:,}: `reportedly failures` lists them" if stats.failures else "none"
    yield "runs", f"{stats.runs:,}"


def _to_word(heading: str, word: str) -> str:
    country = find_country(word) if heading in ("where", "whose") else None
    return country.name if country else word.replace("_", " ")


def _to_bars(heading: str, pairs: Sequence[tuple[str, int]]) -> Table:
    """Writes words with their counts, and a bar each that is as long as its share of the first one."""
    table = Table(box=None, padding=(0, 1, 0, 0), pad_edge=False, header_style="bold")
    table.add_column(heading, max_width=22)
    table.add_column("", justify="right", no_wrap=True)
    table.add_column("", no_wrap=True, style="cyan", min_width=BAR)
    most = max(count for _, count in pairs)
    for word, count in pairs[:MOST]:
        bar = "█" * max(1, round(BAR * count / most))
        table.add_row(to_text(_to_word(heading, word)), f"{count:,}", bar)
    if len(pairs) > MOST:
        table.add_row(Text("…", style="dim"), "", "")
    return table


def to_stats_record(stats: Stats) -> dict[str, object]:
    """Turns counts into a JSON record; each list is an object from word to count."""
    record = dataclasses.asdict(stats)
    return {name: dict(value) if isinstance(value, tuple) else value for name, value in record.items()}


# ---------------------------------------------------------------- runs


def show_runs(console: Console, runs: Sequence[RunEntry]) -> None:
    """Writes the runs as a table, oldest first."""
    table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0), show_edge=False, pad_edge=False, header_style="dim")
    table.add_column("run", no_wrap=True)
    table.add_column("begun", no_wrap=True)
    table.add_column("reports", justify="right")
    table.add_column("claims", justify="right")
    table.add_column("version", no_wrap=True)
    table.add_column("lexicon", no_wrap=True, style="dim")
    table.add_column("model", style="dim")
    for each in runs:
        run = each.run
        table.add_row(
            Text(run.run_id, style="bold"),
            to_text(wording.to_minute(each.started_at)),
            f"{each.reports:,}",
            f"{each.claims:,}",
            to_text(run.version),
            to_text(run.lexicon[:8]),
            to_text(run.model),
        )
    console.print(table)


def to_run_entry_record(entry: RunEntry) -> dict[str, object]:
    """Turns a run and its counts into a JSON record."""
    return {**to_run_record(entry.run), "started_at": entry.started_at, "reports": entry.reports,
            "claims": entry.claims}  # fmt: skip


# ---------------------------------------------------------------- failures


def show_failures(console: Console, failures: Sequence[FailureEntry]) -> None:
    """Writes the failures as a table, oldest first; those that a later try mended say so."""
    table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0), show_edge=False, pad_edge=False, header_style="dim")
    table.add_column("failed", no_wrap=True)
    table.add_column("what", max_width=44, overflow="fold")
    table.add_column("why")
    for each in failures:
        name = each.origin if each.external_id is None else f"{each.origin}, id {each.external_id}"
        why = to_text(" ".join(each.cause.split()))
        if each.hint:
            why.append_text(to_text(f" - {' '.join(each.hint.split())}", "dim"))
        if each.resolved_at:
            why.append(f" (mended {wording.to_minute(each.resolved_at)})", style="green")
        table.add_row(to_text(wording.to_minute(each.failed_at)), to_text(name), why)
    console.print(table)


def to_failure_entry_record(entry: FailureEntry) -> dict[str, object]:
    """Turns a failure of the ledger into a JSON record."""
    return {**dataclasses.asdict(entry), "asked": dict(entry.asked)}
