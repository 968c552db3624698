"""The commands on the ledger: those that ask it (`asking`), those that judge it, those that look after it."""

from __future__ import annotations

import argparse
import sys

from reportedly.cli import asking
from reportedly.cli.asking import load_stdout_console, open_ledger
from reportedly.cli.options import FINE, TROUBLE, Commands, Parser, add_command, add_debug, add_ledger

VERDICTS = ("accept", "reject", "amend")


def add_commands(commands: Commands) -> None:
    """Declares the commands."""
    asking.add_commands(commands)
    example = "reportedly judge 3fa2c1 amend quantity.low=1200 --why 'the figure is of both forces' --by Ann"
    judge = add_command(commands, "judge", _judge, "say whether a claim is right, or what is", example=example)
    judge.add_argument("claim", metavar="CLAIM", help="its id, or the beginning of it")
    judge.add_argument("verdict", metavar="VERDICT", choices=VERDICTS, help="accept, reject or amend")
    judge.add_argument("changes", metavar="FIELD=VALUE", nargs="*", help="for amend: measure=killed, quantity.low=1200")
    example = "reportedly withdraw 5b2f44 --why 'the outlet took it back' --by Ann"
    purpose = "take back a claim, a report or a judgement: it stays readable and counts no more"
    withdraw = add_command(commands, "withdraw", _withdraw, purpose, example=example)
    withdraw.add_argument("id", metavar="ID", help="the id of what is taken back, or the beginning of it")
    for command in (judge, withdraw):
        command.add_argument("--why", metavar="TEXT", required=True, help="the reason")
        command.add_argument("--by", metavar="NAME", required=True, help="who decides")
    purpose = "look after the ledger"
    ledger = add_command(commands, "ledger", _check, purpose, example="reportedly ledger check")
    below = ledger.add_subparsers(metavar="rebuild|check", required=True, parser_class=Parser)
    purpose = "make the tables that questions are asked of anew from the others"
    rebuild = add_command(below, "rebuild", _rebuild, purpose, example="reportedly ledger rebuild")
    purpose = "test that the ledger is whole and every claim stands on its words"
    check = add_command(below, "check", _check, purpose, example="reportedly ledger check")
    for command in (judge, withdraw, rebuild, check):
        add_ledger(command)
        add_debug(command)


def _judge(args: argparse.Namespace) -> int:
    from reportedly.record.judgements import from_written
    from reportedly.serve.claims import show_judged

    changes = from_written(args.changes)
    with open_ledger(args) as ledger:
        entry = ledger.judge(args.claim, args.verdict, by=args.by, why=args.why, changes=changes)
    show_judged(load_stdout_console(), entry)
    return FINE


def _withdraw(args: argparse.Namespace) -> int:
    with open_ledger(args) as ledger:
        kind, whole = ledger.withdraw(args.id, by=args.by, why=args.why)
    print(f"{kind} {whole} is withdrawn: it stays readable and counts no more")
    return FINE


def _rebuild(args: argparse.Namespace) -> int:
    from reportedly.serve.wording import to_count

    with open_ledger(args) as ledger:
        count = ledger.rebuild()
    print(f"reportedly: {to_count(count, 'claim')} in the tables that questions are asked of", file=sys.stderr)
    return FINE


def _check(args: argparse.Namespace) -> int:
    from reportedly.serve.wording import to_count, to_visible

    problems = 0
    with open_ledger(args) as ledger:
        for problem in ledger.check():
            print(to_visible(problem), flush=True)
            problems += 1
        stats = ledger.stats()
    counts = f"{to_count(stats.versions, 'report')}, {to_count(stats.claims, 'claim')}"
    print(f"reportedly: {counts} looked at, {to_count(problems, 'problem')}", file=sys.stderr)
    return TROUBLE if problems else FINE
