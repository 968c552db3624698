"""The commands that fill the ledger: add, watch, retry, recode, merge."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from reportedly.cli.options import (
    FINE,
    TROUBLE,
    Commands,
    Parser,
    add_command,
    add_debug,
    add_ledger,
    add_tools,
    load_settings_of,
    to_columns,
    to_date,
)

if TYPE_CHECKING:
    from reportedly.add import Request, Tally
    from reportedly.model import Extraction
    from reportedly.serve.progress import Progress

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def add_commands(commands: Commands) -> None:
    """Declares the commands."""
    example = "reportedly add reports/ --ledger news.db"
    add = add_command(commands, "add", _add, "read and code reports and record them in the ledger", example=example)
    add.add_argument("paths", nargs="+", metavar="PATH|URL", help="a file, a folder, an archive, an address, or -")
    _add_inputs(add)
    example = "reportedly watch https://example.org/feed.xml --every 15m"
    watch = add_command(commands, "watch", _watch, "add again and again, and print what is new", example=example)
    watch.add_argument("paths", nargs="+", metavar="FEED|URL|FOLDER", help="feeds, pages and folders to look at")
    _add_inputs(watch)
    watch.add_argument(
        "--every", metavar="TIME", type=to_seconds, default=900.0, help="how often: 90s, 15m, 2h, 1d; 15m if left out"
    )
    watch.add_argument(
        "--on-change",
        metavar="TARGET",
        help="gets the new claims as JSON: a command a claim a line on its standard input, an address one POST",
    )
    watch.add_argument("--rounds", metavar="N", type=to_rounds, default=None, help="end after so many looks")
    purpose = "try again what failed"
    retry = add_command(commands, "retry", _retry, purpose, example="reportedly retry --ledger news.db")
    purpose = "code the stored reports anew with today's rules"
    recode = add_command(commands, "recode", _recode, purpose, example="reportedly recode --ledger news.db")
    purpose = "record what was coded elsewhere, file by file"
    merge = add_command(commands, "merge", _merge, purpose, example="reportedly merge coded/*.parquet --ledger news.db")
    merge.add_argument("paths", nargs="+", metavar="FILE", help="files that code_file or Spark wrote")
    add_ledger(merge)
    add_debug(merge)
    for command in (add, watch, retry, recode):
        add_ledger(command)
        command.add_argument("--engine", metavar="NAME", default="", help="inline, pool, dask or dask://HOST:PORT")
        command.add_argument(
            "--workers", metavar="N", type=to_rounds, help="processes that code; one a core if left out"
        )
        add_tools(command, model=True)
        add_debug(command)


def _add_inputs(parser: Parser) -> None:
    parser.add_argument("--publisher", metavar="NAME", help="who published reports that do not name theirs")
    parser.add_argument("--published", metavar="DATE", type=to_date, help="when those were that do not say, YYYY-MM-DD")
    parser.add_argument(
        "--map", metavar="FIELD=COLUMN,...", type=to_columns, default={}, help="for tables: text=body,published=date"
    )
    parser.add_argument("--linked", action="store_true", help="fetch the pages that a feed's entries link to")


# ---------------------------------------------------------------- the commands


def _add(args: argparse.Namespace) -> int:
    from reportedly.add import add_reports
    from reportedly.record.ledger import Ledger
    from reportedly.serve.progress import Progress

    settings = load_settings_of(args)
    with Ledger(settings.ledger, create=True) as ledger, Progress() as progress:
        tally = add_reports(
            _to_requests(args),
            ledger,
            settings,
            engine=args.engine,
            stdin=sys.stdin.buffer,
            observer=_Watcher(progress),
        )
        ledger.optimize()
    return _end(tally, settings.ledger)


def _retry(args: argparse.Namespace) -> int:
    from reportedly.add import retry_failures
    from reportedly.record.ledger import Ledger
    from reportedly.serve.progress import Progress
    from reportedly.serve.wording import to_count

    settings = load_settings_of(args)
    with Ledger(settings.ledger) as ledger, Progress() as progress:
        tally, lost = retry_failures(ledger, settings, engine=args.engine, observer=_Watcher(progress))
    if lost:
        said = f"{to_count(len(lost), 'failure')} of standard input or of files coded elsewhere: give these again"
        print(f"reportedly: {said}", file=sys.stderr)
    return _end(tally, settings.ledger)


def _recode(args: argparse.Namespace) -> int:
    from reportedly.add import recode_reports
    from reportedly.record.ledger import Ledger
    from reportedly.serve.progress import Progress
    from reportedly.tools import load_tools

    settings = load_settings_of(args)
    with Ledger(settings.ledger, create=True) as ledger, Progress() as progress:
        tally = recode_reports(ledger, settings, engine=args.engine, observer=_Watcher(progress))
        ledger.optimize()
    run_id = load_tools(settings).run.run_id
    print(f"reportedly: run {run_id}: {tally.known:,} coded anew, {tally.claims:,} claims", file=sys.stderr)
    return TROUBLE if tally.failed else FINE


def _merge(args: argparse.Namespace) -> int:
    from reportedly.add import merge_files
    from reportedly.record.ledger import Ledger
    from reportedly.serve.progress import Progress

    settings = load_settings_of(args)
    with Ledger(settings.ledger, create=True) as ledger, Progress() as progress:
        tally = merge_files(args.paths, ledger, observer=_Watcher(progress))
        ledger.optimize()
    return _end(tally, settings.ledger)


def _watch(args: argparse.Namespace) -> int:
    from reportedly.record.ledger import Ledger
    from reportedly.watch import watch

    settings = load_settings_of(args)
    with Ledger(settings.ledger, create=True) as ledger:
        return watch(
            _to_requests(args),
            ledger,
            settings,
            every=args.every,
            rounds=args.rounds,
            on_change=args.on_change,
            engine=args.engine,
        )


def _to_requests(args: argparse.Namespace) -> list[Request]:
    from reportedly.add import Request

    columns = tuple(args.map.items())
    return [
        Request(path=path, publisher=args.publisher, published=args.published, columns=columns, linked=args.linked)
        for path in args.paths
    ]


def _end(tally: Tally, ledger: str) -> int:
    from reportedly.record.connections import to_shown

    sys.stdout.flush()
    print(f"reportedly: {tally.to_summary()} ({to_shown(ledger)})", file=sys.stderr)
    if tally.failed:
        print("reportedly: `reportedly failures` lists what failed, `reportedly retry` tries again", file=sys.stderr)
    return TROUBLE if tally.failed else FINE


class _Watcher:
    """Shows on the progress line what was recorded."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress

    def __call__(self, tally: Tally, fresh: Sequence[Extraction]) -> None:
        failed = tally.failed.total()
        self._progress.show(tally.reports - failed, tally.claims, failed)


# ---------------------------------------------------------------- values


def to_seconds(value: str) -> float:
    """Reads a stretch of time: `90s`, `15m`, `2h`, `1d`; a bare number is seconds."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([smhd]?)", value.strip().lower())
    if not match or float(match[1]) <= 0:
        raise argparse.ArgumentTypeError(f"not a stretch of time: {value!r}, such as 90s, 15m or 2h")
    return float(match[1]) * _UNITS[match[2] or "s"]


def to_rounds(value: str) -> int:
    """Reads a whole number above zero."""
    if not value.isdecimal() or int(value) < 1:
        raise argparse.ArgumentTypeError(f"not a whole number above zero: {value!r}")
    return int(value)
