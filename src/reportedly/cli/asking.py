"""The commands that ask the ledger: claims, show, stats, runs, failures, diff, export."""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from reportedly.cli.options import (
    FINE,
    Commands,
    Parser,
    add_command,
    add_debug,
    add_ledger,
    load_settings_of,
    to_share,
)
from reportedly.cli.output import open_whole
from reportedly.errors import LedgerError

if TYPE_CHECKING:
    from rich.console import Console

    from reportedly.record.ledger import Ledger
    from reportedly.record.queries import Query

LISTING_NAMES = ("table", "jsonl", "csv", "json", "md")
EXPORT_NAMES = (
    "jsonl", "entries", "csv", "parquet", "geojson", "annotations", "schema-org", "prov", "followthemoney", "gkg",
    "acled", "datasette",
)  # fmt: skip
#: So many claims are shown on a terminal if no other number is asked for.
SHOWN = 50
_FILTERS = (
    ("--measure", "NAME", "what is counted, such as troops"),
    ("--actor", "WHO", "whose: a country's code or name, a code such as USAMIL, or words of the name"),
    ("--place", "WHERE", "a country's code or name, or words of the place's name"),
    ("--status", "STATUS", "happened, ongoing, planned, expected, possible, demanded, hypothetical or denied"),
    ("--role", "ROLE", "level, change, from, to or count"),
    ("--kind", "KIND", "quantity or event"),
    ("--since", "DATE", "what holds then or later: YYYY, YYYY-MM or YYYY-MM-DD"),
    ("--until", "DATE", "what holds then or before"),
    ("--source", "WORDS", "words of a source that is credited"),
    ("--publisher", "NAME", "the publisher, or the beginning of its name"),
    ("--text", "WORDS", "words that stand together in the sentence"),
    ("--about", "WORDS", "free words that the report is about; the best reports come first"),
    ("--report", "ID", "claims of this report, by the beginning of its id"),
    ("--judged", "VERDICT", "standing (not rejected), all, judged, unjudged, accept, reject or amend"),
)


def add_commands(commands: Commands) -> None:
    """Declares the commands."""
    example = "reportedly claims --measure troops --place Iraq --since 2020"
    claims = add_command(commands, "claims", _claims, "list the ledger's claims that match", example=example)
    add_filters(claims, f"{SHOWN} on a terminal, else all")
    _add_format(claims, LISTING_NAMES, "table on a terminal, else by the ending of --output, else jsonl")
    claims.add_argument("--output", metavar="FILE", help="write there; the name's ending chooses the format")
    claims.add_argument("--evidence", action="store_true", help="in the table: each claim's sentence")
    example = "reportedly show 3fa2c1"
    show = add_command(
        commands, "show", _show, "show a claim in its paragraph, or a report with its claims", example=example
    )
    show.add_argument("id", metavar="CLAIM|REPORT", help="its id, or the beginning of it")
    _add_format(show, ("text", "json"), "text")
    stats = add_command(commands, "stats", _stats, "give an overview of the ledger", example="reportedly stats")
    _add_format(stats, ("table", "json"), "table")
    runs = add_command(commands, "runs", _runs, "list the runs that made the claims", example="reportedly runs")
    _add_format(runs, ("table", "jsonl"), "table on a terminal, else jsonl")
    purpose = "list the reports that could not be read or coded"
    failures = add_command(commands, "failures", _failures, purpose, example="reportedly failures --all")
    failures.add_argument("--all", action="store_true", help="also those that a later try mended")
    _add_format(failures, ("table", "jsonl"), "table on a terminal, else jsonl")
    purpose = "show the claims gained, lost and altered between two runs"
    diff = add_command(commands, "diff", _diff, purpose, example="reportedly diff 5b2f 7d18")
    diff.add_argument("old", metavar="RUN", help="a run's id, or the beginning of it")
    diff.add_argument("new", metavar="RUN", help="the run to compare it with")
    _add_format(diff, ("table", "jsonl", "md"), "table on a terminal, else jsonl")
    example = "reportedly export csv --place Iraq --output iraq.csv"
    export = add_command(
        commands, "export", _export, "write claims in a format that other programs read", example=example
    )
    export.add_argument("to", metavar="FORMAT", choices=EXPORT_NAMES, help=", ".join(EXPORT_NAMES))
    add_filters(export, "all")
    export.add_argument("--output", metavar="FILE", help="write there; standard output if left out")
    for command in (claims, show, stats, runs, failures, diff, export):
        add_ledger(command)
        add_debug(command)


def add_filters(parser: Parser, otherwise: str) -> None:
    """Declares what a question to the ledger can ask for; the names are those of `Query`."""
    for option, metavar, meaning in _FILTERS:
        parser.add_argument(option, metavar=metavar, help=meaning)
    parser.add_argument("--min-confidence", metavar="X", type=to_share, help="leave out claims below, 0 to 1")
    most = f"at most so many, 0 for all; if left out, {otherwise}"
    parser.add_argument("--limit", metavar="N", type=to_count, help=most)
    parser.add_argument("--offset", metavar="N", type=to_count, default=0, help="pass over so many first")


def to_count(value: str) -> int:
    """Reads a whole number that is not negative."""
    if not value.isascii() or not value.isdecimal():
        raise argparse.ArgumentTypeError(f"not a whole number: {value!r}")
    return int(value)


def to_query_of(args: argparse.Namespace, *, limit: int | None) -> Query:
    """Makes the question that the options ask; `limit` is the one if none was given, None for all."""
    from reportedly.record.queries import Query

    names = [option.removeprefix("--") for option, _, _ in _FILTERS]
    asked = {name: getattr(args, name) for name in names if getattr(args, name) is not None}
    asked |= {"limit": limit if args.limit is None else args.limit or None, "offset": args.offset}
    return Query(**asked, min_confidence=args.min_confidence or 0.0)


def _add_format(parser: Parser, names: Iterable[str], otherwise: str) -> None:
    listed = list(names)
    words = f"{', '.join(listed[:-1])} or {listed[-1]}; if left out, {otherwise}"
    parser.add_argument("--format", metavar="FORMAT", choices=listed, help=words)


# ---------------------------------------------------------------- the commands


def open_ledger(args: argparse.Namespace) -> Ledger:
    """Opens the ledger that the options and settings name."""
    from reportedly.record.ledger import Ledger

    return Ledger(load_settings_of(args).ledger)


def load_stdout_console() -> Console:
    """Makes the console on standard output."""
    from reportedly.serve.terminal import load_console

    return load_console(sys.stdout)


def _claims(args: argparse.Namespace) -> int:
    from reportedly.serve.claims import show_claims
    from reportedly.serve.listing import LISTINGS, SUFFIXES

    terminal = not args.output and sys.stdout.isatty()
    by_name = SUFFIXES.get(Path(args.output).suffix.lower()) if args.output else None
    name = args.format or by_name or ("table" if terminal else "jsonl")
    query = to_query_of(args, limit=SHOWN if terminal else None)
    with open_ledger(args) as ledger:
        entries = ledger.entries(query)
        if name == "table" and not args.output:
            count = show_claims(load_stdout_console(), entries, evidence=args.evidence)
        else:
            with open_whole(args.output) as stream:
                count = LISTINGS[name](entries, stream, query, evidence=args.evidence)
        _say_how_many(ledger, query, count, written=bool(args.output))
    return FINE


def _say_how_many(ledger: Ledger, query: Query, count: int, *, written: bool) -> None:
    """Says on standard error when nothing matched, or when more matched than were listed."""
    if not count:
        from reportedly.serve.hints import find_hint

        print(f"reportedly: no claim matches{find_hint(ledger, query)}", file=sys.stderr)
    elif count == query.limit or query.offset or written:
        total = ledger.count(query)
        more = "" if count + query.offset >= total else "; --limit 0 for all"
        print(f"reportedly: {count:,} of {total:,} claims{more}", file=sys.stderr)


def _show(args: argparse.Namespace) -> int:
    from reportedly.serve.show import find_shown, show_claim, show_report, to_found_record, to_shown_record

    with open_ledger(args) as ledger:
        kind, whole = ledger.find_target(args.id)
        if kind == "judgement":
            raise LedgerError("this is a judgement's id", where=whole, hint="name the claim that was judged")
        if kind == "claim":
            shown = find_shown(ledger, whole)
            if args.format == "json":
                _print_json(to_shown_record(shown))
            else:
                show_claim(load_stdout_console(), shown)
        else:
            found, versions = ledger.find_report(whole), ledger.versions(whole)
            if args.format == "json":
                _print_json(to_found_record(found, versions))
            else:
                show_report(load_stdout_console(), found, versions)
    return FINE


def _stats(args: argparse.Namespace) -> int:
    from reportedly.record.connections import to_shown
    from reportedly.serve.overview import show_stats, to_stats_record

    with open_ledger(args) as ledger:
        stats = ledger.stats()
        if args.format == "json":
            _print_json(to_stats_record(stats))
        else:
            show_stats(load_stdout_console(), stats, to_shown(ledger.address))
    return FINE


def _runs(args: argparse.Namespace) -> int:
    from reportedly.serve.overview import show_runs, to_run_entry_record

    with open_ledger(args) as ledger:
        runs = ledger.runs()
    return _list(args, [to_run_entry_record(each) for each in runs], lambda console: show_runs(console, runs))


def _failures(args: argparse.Namespace) -> int:
    from reportedly.serve.overview import show_failures, to_failure_entry_record

    with open_ledger(args) as ledger:
        failures = ledger.failures(resolved=args.all)
    if not failures:
        print("reportedly: no failures" + ("" if args.all else " that stand; --all lists mended ones"), file=sys.stderr)
        return FINE
    records = [to_failure_entry_record(each) for each in failures]
    return _list(args, records, lambda console: show_failures(console, failures))


def _diff(args: argparse.Namespace) -> int:
    from reportedly.record.differences import Change
    from reportedly.serve.changes import show_differences, to_counts, to_difference_record, to_markdown
    from reportedly.serve.wording import to_title

    counted: Counter[Change] = Counter()
    with open_ledger(args) as ledger:
        differences = ledger.diff(args.old, args.new)
        if _to_format(args) == "table":
            title = lambda report_id: to_title(ledger.find_report(report_id).report)  # noqa: E731
            counted = show_differences(load_stdout_console(), differences, title)
        elif args.format == "md":
            _write_lines(to_markdown(differences, counted))
        else:
            from reportedly.record.export.writing import to_json

            def to_lines() -> Iterator[str]:
                for each in differences:
                    counted[each.change] += 1
                    yield to_json(to_difference_record(each)).decode()

            _write_lines(to_lines())
    print(f"reportedly: {to_counts(counted)}", file=sys.stderr)
    return FINE


def _export(args: argparse.Namespace) -> int:
    from reportedly.record.export.formats import EXPORTS
    from reportedly.serve.wording import to_count as to_words

    if args.to == "datasette":
        return _export_metadata(args)
    export = EXPORTS[args.to]
    if export.is_binary and not args.output and sys.stdout.isatty():
        raise LedgerError(f"{args.to} is no text for a terminal", hint=f"--output FILE{export.suffix}")
    query = to_query_of(args, limit=None)
    with open_ledger(args) as ledger, open_whole(args.output) as stream:
        count = export.write(ledger.entries(query), stream)
    place = f" written to {args.output}" if args.output and args.output != "-" else ""
    lost = "" if export.loses == "nothing" else f"; not in this format: {export.loses}"
    print(f"reportedly: {to_words(count, 'row')}{place}{lost}", file=sys.stderr)
    return FINE


def _export_metadata(args: argparse.Namespace) -> int:
    from reportedly.record.export.datasette import to_ledger_metadata
    from reportedly.record.export.writing import to_json

    with open_ledger(args) as ledger:
        if "://" in ledger.address:
            raise LedgerError("Datasette opens SQLite files alone", hint="export another format")
        with open_whole(args.output) as stream:
            stream.write(to_json(to_ledger_metadata(Path(ledger.address).stem)) + b"\n")
    place = args.output or "metadata.json"
    print(f"reportedly: next: datasette {ledger.address} --metadata {place}", file=sys.stderr)
    return FINE


# ---------------------------------------------------------------- output


def _to_format(args: argparse.Namespace) -> str:
    name: str = args.format or ("table" if sys.stdout.isatty() else "jsonl")
    return name


def _list(args: argparse.Namespace, records: Iterable[object], show: Callable[[Console], None]) -> int:
    from reportedly.record.export.writing import to_json

    if _to_format(args) == "table":
        show(load_stdout_console())
    else:
        _write_lines(to_json(record).decode() for record in records)
    return FINE


def _write_lines(lines: Iterable[str]) -> None:
    with open_whole(None) as stream:
        for line in lines:
            stream.write(line.encode("utf-8", "replace") + b"\n")


def _print_json(record: object) -> None:
    _write_lines([json.dumps(record, ensure_ascii=False, indent=2)])
