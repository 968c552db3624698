"""The commands that need no ledger: read, demo, explain, schema, doctor, lexicon."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from reportedly import __version__
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
    open_output,
    to_columns,
    to_date,
    to_share,
)
from reportedly.errors import ReadError

if TYPE_CHECKING:
    from reportedly.settings import Settings

FORMAT_NAMES = ("table", "jsonl", "json", "html")


def add_commands(commands: Commands) -> None:
    """Declares the commands."""
    _add_read(commands)
    _add_explain(commands)
    example = "reportedly schema > claim.schema.json"
    schema = add_command(commands, "schema", _schema, "print the JSON Schema of a claim", example=example)
    schema.add_argument("--report", action="store_true", help="of a report instead")
    example = "reportedly demo --evidence"
    demo = add_command(commands, "demo", _demo, "read the sample reports that come with the program", example=example)
    demo.add_argument("--evidence", action="store_true", help="show each claim's id and sentence")
    purpose = "show versions, model and lexicon, and what is missing"
    doctor = add_command(commands, "doctor", _doctor, purpose, example="reportedly doctor")
    example = "reportedly lexicon check"
    lexicon = add_command(commands, "lexicon", _check_lexicon, "look after the tables of words", example=example)
    below = lexicon.add_subparsers(metavar="check", required=True, parser_class=Parser)
    purpose = "test every row against its examples"
    check = add_command(below, "check", _check_lexicon, purpose, example="reportedly lexicon check en")
    check.add_argument(
        "language", nargs="?", default="en", metavar="LANGUAGE", help="a language's code; en if left out"
    )
    for command in (demo, doctor):
        add_tools(command, model=True)
    add_tools(check)
    for command in (schema, demo, doctor, check):
        add_debug(command)


def _read(args: argparse.Namespace) -> int:
    from reportedly.pipeline import code_items, load_tools
    from reportedly.read import read_items
    from reportedly.serve.formats import FORMATS, SUFFIXES, write_all
    from reportedly.serve.progress import Progress

    settings = load_settings_of(args)
    asked = args.format or (SUFFIXES.get(Path(args.output).suffix.lower()) if args.output else None)
    name = asked or ("table" if not args.output and sys.stdout.isatty() else "jsonl")
    items = read_items(
        args.paths,
        settings,
        publisher=args.publisher,
        published=args.published,
        columns=args.map,
        linked=args.linked,
        stdin=sys.stdin.buffer,
    )
    with open_output(args.output) as stream, Progress(output=stream) as progress:
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
    vars(args).update(format="table", output=None, publisher=None, published=None, map={}, linked=False)
    args.min_confidence = 0.0
    code = _read(args)
    print(NEXT_STEPS)
    return code


def _explain(args: argparse.Namespace) -> int:
    from reportedly.lexicon import load_lexicon
    from reportedly.model import Item
    from reportedly.serve.explain import explain_claim, find_claim, find_text, read_file, read_written
    from reportedly.serve.wording import to_visible

    settings = load_settings_of(args)
    if args.ledger and args.file:
        raise ReadError("claims are read from a file or from the ledger, not both", hint="leave out FILE or --ledger")
    if args.ledger or (args.file is None and sys.stdin.isatty() and _has_ledger(settings)):
        return _explain_recorded(args, settings)
    args.file = args.file or "-"
    if args.file == "-" and sys.stdin.isatty():
        hint = "name a file of claims, pipe `reportedly read ...` into it, or name a ledger: --ledger FILE"
        raise ReadError("no claims given", hint=hint)
    written = read_written(read_file(args.file, sys.stdin.buffer), where=args.file)
    claim = find_claim(written.claims, args.claim_id)
    report = written.reports.get(claim.report_id)
    texts = [report.text] if report else []
    if args.report:
        from reportedly.read import read_items

        found = read_items([args.report], settings, stdin=sys.stdin.buffer)
        texts += [item.text for item in found if isinstance(item, Item)]
        if find_text(claim, texts) is None:
            raise ReadError("the claim's words are not in this report", where=args.report)
    lexicon = load_lexicon("en", Path(args.lexicon) if args.lexicon else None)
    print(to_visible("\n".join(explain_claim(claim, lexicon, find_text(claim, texts)))))
    return FINE


def _has_ledger(settings: Settings) -> bool:
    from reportedly.record.connections import has_ledger

    return has_ledger(settings.ledger)


def _explain_recorded(args: argparse.Namespace, settings: Settings) -> int:
    from reportedly.lexicon import load_lexicon
    from reportedly.record.ledger import Ledger
    from reportedly.serve.explain import explain_recorded
    from reportedly.serve.wording import to_visible

    with Ledger(settings.ledger) as ledger:
        entry, history = ledger.find_entry(args.claim_id), ledger.history(args.claim_id)
    lexicon = load_lexicon("en", Path(args.lexicon) if args.lexicon else None)
    print(to_visible("\n".join(explain_recorded(entry, history, lexicon))))
    return FINE


def _schema(args: argparse.Namespace) -> int:
    from reportedly.record.schema import to_report_schema, to_schema

    print(json.dumps(to_report_schema() if args.report else to_schema(), indent=2, ensure_ascii=False))
    return FINE


def _doctor(args: argparse.Namespace) -> int:
    from reportedly.serve.doctor import explain_check, find_checks

    code = FINE
    for check in find_checks(load_settings_of(args), __version__):
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


def _add_read(commands: Commands) -> None:
    example = "reportedly read report.txt --published 2020-08-28 --format jsonl"
    read = add_command(commands, "read", _read, "read reports and print their claims", example=example)
    read.add_argument("paths", nargs="+", metavar="PATH|URL", help="a file, a folder, an archive, an address, or -")
    read.add_argument("--published", metavar="DATE", type=to_date, help="when it was published, as YYYY-MM-DD")
    read.add_argument("--publisher", metavar="NAME", help="who published it")
    read.add_argument(
        "--map", metavar="FIELD=COLUMN,...", type=to_columns, default={}, help="for tables: text=body,published=date"
    )
    read.add_argument("--linked", action="store_true", help="fetch the pages that a feed's entries link to")
    read.add_argument(
        "--format",
        choices=FORMAT_NAMES,
        help="table, jsonl, json or html; if left out, table on a terminal and jsonl elsewhere",
        metavar="FORMAT",
    )
    read.add_argument("--output", metavar="FILE", help="write there; the name's ending chooses the format")
    read.add_argument(
        "--min-confidence", metavar="X", type=to_share, default=0.0, help="leave out claims below, 0 to 1"
    )
    read.add_argument("--evidence", action="store_true", help="in the table: each claim's id and sentence")
    add_tools(read, model=True)
    add_debug(read)


def _add_explain(commands: Commands) -> None:
    example = "reportedly explain 3fa2 claims.jsonl --report report.txt"
    explain = add_command(commands, "explain", _explain, "say why a claim says what it says", example=example)
    explain.add_argument("claim_id", metavar="CLAIM_ID", help="a claim's id, or its beginning")
    explain.add_argument(
        "file",
        nargs="?",
        metavar="FILE",
        help="claims as jsonl or json; if left out, standard input, or where that is a terminal the ledger",
    )
    explain.add_argument("--report", metavar="FILE", help="the report itself, for the sentence")
    add_ledger(explain)
    add_tools(explain)
    add_debug(explain)
