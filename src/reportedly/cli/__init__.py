"""The roof: thin commands, no logic. `reportedly COMMAND --help` documents each.

Exit codes: 0 fine, 1 trouble (a report failed, something is missing), 2 usage, 130 interrupted,
141 the reader of a pipe went away.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import sys
import traceback
from collections.abc import Sequence

from reportedly import __version__
from reportedly.cli import adding, ledger, reading
from reportedly.cli.options import INTERRUPTED, PIPE_CLOSED, TROUBLE, Parser
from reportedly.errors import ReportedlyError


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit code; never ends in a traceback without --debug."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A lone surrogate becomes \udc80, which is its spelling in JSON too.
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    args = to_parser().parse_args(argv)
    try:
        code: int = args.run(args)
        sys.stdout.flush()
        return code
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        with contextlib.suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return PIPE_CLOSED
    except Exception as error:
        if args.debug:
            traceback.print_exc()
        from reportedly.serve.wording import to_visible  # a message may quote what a report or a person wrote

        print(f"reportedly: error: {to_visible(_to_message(error))}", file=sys.stderr)
        return TROUBLE


def to_parser() -> argparse.ArgumentParser:
    """Builds the parser of all commands; docs/reference/cli.md is compared with it."""
    parser = Parser(
        prog="reportedly",
        description="Reads news reports and keeps a ledger of who says how many, of what, where and when.",
        epilog="example: reportedly read report.txt --publisher 'Example Times'",
    )
    parser.add_argument("--version", action="version", version=f"reportedly {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True, parser_class=Parser)
    reading.add_commands(commands)
    adding.add_commands(commands)
    ledger.add_commands(commands)
    return parser


def _to_message(error: Exception) -> str:
    if isinstance(error, ReportedlyError):
        place = f" ({error.where})" if error.where else ""
        advice = f" - {error.hint}" if error.hint else ""
        return " ".join(f"{error.message}{place}{advice}".split())
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror}{f' ({error.filename})' if error.filename else ''}"
    return " ".join(f"{type(error).__name__}: {error} - a fault of the program; --debug shows where".split())
