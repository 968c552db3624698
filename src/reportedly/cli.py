"""The roof: thin commands, no logic. `reportedly COMMAND --help` documents each.

Exit codes: 0 fine, 1 trouble (a report failed, something is missing), 2 usage, 130 interrupted,
141 the reader of a pipe went away.
"""

from __future__ import annotations

import argparse
import contextlib
import difflib
import io
import json
import os
import re
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, NoReturn

from reportedly import __version__
from reportedly.errors import ReadError, ReportedlyError

if TYPE_CHECKING:
    from reportedly.settings import Settings

type _Commands = argparse._SubParsersAction[_Parser]

FORMAT_NAMES = ("table", "jsonl", "json", "html")
FINE, TROUBLE, USAGE, INTERRUPTED, PIPE_CLOSED = 0, 1, 2, 130, 141


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
        print(f"reportedly: error: {_to_message(error)}", file=sys.stderr)
        return TROUBLE


# ---------------------------------------------------------------- the commands


def _read(args: argparse.Namespace) -> int:
    from reportedly.pipeline import code_items, load_tools
    from reportedly.read import read_items
    from reportedly.serve.formats import FORMATS, SUFFIXES, write_all
    from reportedly.serve.progress import Progress

    settings = _load_settings(args)
    asked = args.format or (SUFFIXES.get(Path(args.output).suffix.lower()) if args.output else None)
    name = asked or ("table" if not args.output and sys.stdout.isatty() else "jsonl")
    items = read_items(args.paths, settings, publisher=args.publisher, published=args.published, stdin=sys.stdin.buffer)
    with _open_output(args.output) as stream, Progress(output=stream) as progress:
        tools = load_tools(settings)
        writer = FORMATS[name](stream, tools.run, evidence=args.evidence)
        tally = write_all(code_items(items, tools), writer, progress, min_confidence=args.min_confidence)
    sys.stdout.flush()
    print(f"reportedly: {tally.to_summary()}", file=sys.stderr)
    return TROUBLE if tally.failed else FINE


def _demo(args: argparse.Namespace) -> int:
    from reportedly.serve.demo import NEXT_STEPS, find_demo_reports

    args.paths = find_demo_reports()
    if not args.paths:
        raise ReadError("the sample reports are missing", hint="pip install --force-reinstall reportedly")
    vars(args).update(format="table", output=None, publisher=None, published=None, min_confidence=0.0)
    code = _read(args)
    print(NEXT_STEPS)
    return code


def _explain(args: argparse.Namespace) -> int:
    from reportedly.lexicon import load_lexicon
    from reportedly.model import Item
    from reportedly.serve.explain import explain_claim, find_claim, find_text, read_file, read_written
    from reportedly.serve.wording import to_visible

    if args.file == "-" and sys.stdin.isatty():
        raise ReadError("no claims given", hint="name a file of claims, or pipe `reportedly read ...` into it")
    written = read_written(read_file(args.file, sys.stdin.buffer), where=args.file)
    claim = find_claim(written.claims, args.claim_id)
    report = written.reports.get(claim.report_id)
    texts = [report.text] if report else []
    if args.report:
        from reportedly.read import read_items

        found = read_items([args.report], _load_settings(args), stdin=sys.stdin.buffer)
        texts += [item.text for item in found if isinstance(item, Item)]
        if find_text(claim, texts) is None:
            raise ReadError("the claim's words are not in this report", where=args.report)
    lexicon = load_lexicon("en", Path(args.lexicon) if args.lexicon else None)
    print(to_visible("\n".join(explain_claim(claim, lexicon, find_text(claim, texts)))))
    return FINE


def _schema(args: argparse.Namespace) -> int:
    from reportedly.record.schema import to_report_schema, to_schema

    print(json.dumps(to_report_schema() if args.report else to_schema(), indent=2, ensure_ascii=False))
    return FINE


def _doctor(args: argparse.Namespace) -> int:
    from reportedly.serve.doctor import explain_check, find_checks

    code = FINE
    for check in find_checks(_load_settings(args), __version__):
        print(explain_check(check), flush=True)
        code = code if check.fine else TROUBLE
    return code


def _check_lexicon(args: argparse.Namespace) -> int:
    from reportedly.lexicon import load_lexicon
    from reportedly.lexicon.check import find_gaps, find_problems

    lexicon = load_lexicon(args.language, Path(args.lexicon) if args.lexicon else None)
    problems, gaps = find_problems(lexicon), find_gaps(lexicon)
    for problem in problems:
        print(problem)
    for gap in gaps:
        print(f"{args.language}: no table {gap!r}, which en has")
    rows = sum(len(table.rows) for table in lexicon.tables.values())
    print(f"{len(lexicon.tables)} tables, {rows:,} rows, {len(problems)} problems, {len(gaps)} gaps", file=sys.stderr)
    return TROUBLE if problems else FINE


# ---------------------------------------------------------------- the options


class _Parser(argparse.ArgumentParser):
    """An argument parser whose errors are one line and end with what to try."""

    def error(self, message: str) -> NoReturn:
        """Writes the error and exits with 2."""
        choice = re.match(r".*invalid choice: '(.*?)' \(choose from (.*)\)", message)
        near = difflib.get_close_matches(choice[1], re.findall(r"[\w-]+", choice[2]), 1) if choice else []
        hint = f"did you mean {near[0]!r}?" if near else f"{self.prog} --help"
        self.exit(USAGE, f"reportedly: error: {message} - {hint}\n")


def to_parser() -> argparse.ArgumentParser:
    """Builds the parser of all commands; docs/reference/cli.md is compared with it."""
    parser = _Parser(
        prog="reportedly",
        description="Reads news reports and keeps a ledger of who says how many, of what, where and when.",
        epilog="example: reportedly read report.txt --publisher 'Example Times'",
    )
    parser.add_argument("--version", action="version", version=f"reportedly {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True, parser_class=_Parser)
    _add_read(commands)
    _add_explain(commands)
    schema = _add(commands, "schema", _schema, "print the JSON Schema of a claim")
    schema.epilog = "example: reportedly schema > claim.schema.json"
    schema.add_argument("--report", action="store_true", help="of a report instead")
    demo = _add(commands, "demo", _demo, "read the sample reports that come with the program")
    demo.epilog = "example: reportedly demo --evidence"
    demo.add_argument("--evidence", action="store_true", help="show each claim's id and sentence")
    doctor = _add(commands, "doctor", _doctor, "show versions, model and lexicon, and what is missing")
    doctor.epilog = "example: reportedly doctor"
    lexicon = _add(commands, "lexicon", _check_lexicon, "look after the tables of words")
    lexicon.epilog = "example: reportedly lexicon check"
    below = lexicon.add_subparsers(metavar="check", required=True, parser_class=_Parser)
    check = _add(below, "check", _check_lexicon, "test every row against its examples")
    check.epilog = "example: reportedly lexicon check en"
    check.add_argument(
        "language", nargs="?", default="en", metavar="LANGUAGE", help="a language's code; en if left out"
    )
    for command in (demo, doctor):
        _add_tools(command, model=True)
    _add_tools(check)
    for command in (schema, demo, doctor, check):
        _add_debug(command)
    return parser


def _add_read(commands: _Commands) -> None:
    read = _add(commands, "read", _read, "read reports and print their claims")
    read.epilog = "example: reportedly read report.txt --published 2020-08-28 --format jsonl"
    read.add_argument("paths", nargs="+", metavar="PATH", help="a report, a JSON Lines file, a folder, or - for stdin")
    read.add_argument("--published", metavar="DATE", type=_to_date, help="when it was published, as YYYY-MM-DD")
    read.add_argument("--publisher", metavar="NAME", help="who published it")
    read.add_argument(
        "--format",
        choices=FORMAT_NAMES,
        help="table, jsonl, json or html; if left out, table on a terminal and jsonl elsewhere",
        metavar="FORMAT",
    )
    read.add_argument("--output", metavar="FILE", help="write there; the name's ending chooses the format")
    read.add_argument(
        "--min-confidence", metavar="X", type=_to_share, default=0.0, help="leave out claims below, 0 to 1"
    )
    read.add_argument("--evidence", action="store_true", help="in the table: each claim's id and sentence")
    _add_tools(read, model=True)
    _add_debug(read)


def _add_explain(commands: _Commands) -> None:
    explain = _add(commands, "explain", _explain, "say why a claim says what it says")
    explain.epilog = "example: reportedly explain 3fa2 claims.jsonl --report report.txt"
    explain.add_argument("claim_id", metavar="CLAIM_ID", help="a claim's id, or its beginning")
    explain.add_argument(
        "file", nargs="?", default="-", metavar="FILE", help="claims as jsonl or json; stdin if left out"
    )
    explain.add_argument("--report", metavar="FILE", help="the report itself, for the sentence")
    _add_tools(explain)
    _add_debug(explain)


def _add_tools(parser: argparse.ArgumentParser, *, model: bool = False) -> None:
    parser.add_argument("--lexicon", metavar="DIR", type=_to_directory, help="tables whose rows replace or add to ours")
    if model:
        parser.add_argument("--model", metavar="NAME", help="an installed English pipeline, a package or a path")


def _add_debug(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--debug", action="store_true", help="show the traceback of an error")


def _add(commands: _Commands, name: str, run: Callable[[argparse.Namespace], int], help: str) -> _Parser:
    added = commands.add_parser(name, help=help, description=f"{help[0].upper()}{help[1:]}.")
    added.set_defaults(run=run)
    return added


# ---------------------------------------------------------------- values


def _to_date(value: str) -> str:
    try:
        datetime.fromisoformat(value)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"not a date: {value!r} ({error})") from None
    return value


def _to_share(value: str) -> float:
    try:
        share = float(value)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise argparse.ArgumentTypeError(f"not a number from 0 to 1: {value!r}")
    return share


def _to_directory(value: str) -> str:
    if not Path(value).is_dir():
        raise argparse.ArgumentTypeError(f"no such directory: {value!r}")
    if not any(Path(value).glob("*/*.csv")):
        raise argparse.ArgumentTypeError(f"no tables in {value!r}: one folder a language, such as en/measure_terms.csv")
    return value


def _to_message(error: Exception) -> str:
    if isinstance(error, ReportedlyError):
        place = f" ({error.where})" if error.where else ""
        advice = f" - {error.hint}" if error.hint else ""
        return " ".join(f"{error.message}{place}{advice}".split())
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror}{f' ({error.filename})' if error.filename else ''}"
    return " ".join(f"{type(error).__name__}: {error} - a fault of the program; --debug shows where".split())


def _load_settings(args: argparse.Namespace) -> Settings:
    from reportedly.settings import load_settings

    return load_settings({name: getattr(args, name, None) for name in ("lexicon", "model")})


@contextlib.contextmanager
def _open_output(path: str | None) -> Iterator[IO[str]]:
    if path is None or path == "-":
        yield sys.stdout
        return
    with open(path, "w", encoding="utf-8", errors="backslashreplace", newline="\n") as stream:
        yield stream
