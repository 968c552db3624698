"""What the commands share: how options are declared, what values they take, where output goes."""

from __future__ import annotations

import argparse
import contextlib
import difflib
import re
import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from reportedly.settings import Settings

FINE, TROUBLE, USAGE, INTERRUPTED, PIPE_CLOSED = 0, 1, 2, 130, 141


class Parser(argparse.ArgumentParser):
    """An argument parser whose errors are one line and end with what to try."""

    def error(self, message: str) -> NoReturn:
        """Writes the error and exits with 2."""
        choice = re.match(r".*invalid choice: '(.*?)' \(choose from (.*)\)", message)
        near = difflib.get_close_matches(choice[1], re.findall(r"[\w-]+", choice[2]), 1) if choice else []
        hint = f"did you mean {near[0]!r}?" if near else f"{self.prog} --help"
        self.exit(USAGE, f"reportedly: error: {message} - {hint}\n")


type Commands = argparse._SubParsersAction[Parser]


def add_command(
    commands: Commands, name: str, run: Callable[[argparse.Namespace], int], help: str, *, example: str
) -> Parser:
    """Declares a command; `run` gets its options and returns the exit code."""
    added = commands.add_parser(name, help=help, description=f"{help[0].upper()}{help[1:]}.")
    added.set_defaults(run=run)
    added.epilog = f"example: {example}"
    return added


def add_tools(parser: argparse.ArgumentParser, *, model: bool = False) -> None:
    """Declares the options that say with what reports are coded."""
    parser.add_argument("--lexicon", metavar="DIR", type=to_directory, help="tables whose rows replace or add to ours")
    if model:
        parser.add_argument("--model", metavar="NAME", help="an installed English pipeline, a package or a path")


def add_ledger(parser: argparse.ArgumentParser) -> None:
    """Declares the option that says which ledger is meant."""
    parser.add_argument(
        "--ledger",
        metavar="LEDGER",
        help="the ledger: a file, or postgresql://USER@HOST/NAME; if left out, the setting `ledger`: reportedly.db",
    )


def add_debug(parser: argparse.ArgumentParser) -> None:
    """Declares --debug, which every command has."""
    parser.add_argument("--debug", action="store_true", help="show the traceback of an error")


# ---------------------------------------------------------------- values


def to_date(value: str) -> str:
    """Checks an ISO date."""
    try:
        datetime.fromisoformat(value)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"not a date: {value!r} ({error})") from None
    return value


def to_share(value: str) -> float:
    """Reads a number from 0 to 1."""
    try:
        share = float(value)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise argparse.ArgumentTypeError(f"not a number from 0 to 1: {value!r}")
    return share


def to_directory(value: str) -> str:
    """Checks a folder of overlay tables."""
    if not Path(value).is_dir():
        raise argparse.ArgumentTypeError(f"no such directory: {value!r}")
    if not any(Path(value).glob("*/*.csv")):
        raise argparse.ArgumentTypeError(f"no tables in {value!r}: one folder a language, such as en/measure_terms.csv")
    return value


def to_columns(value: str) -> dict[str, str]:
    """Reads `text=body,published=date`: our field and the input's column."""
    columns: dict[str, str] = {}
    for pair in value.split(","):
        name, mark, column = (part.strip() for part in pair.partition("="))
        if not (name and mark and column):
            raise argparse.ArgumentTypeError(f"not FIELD=COLUMN: {pair!r}, such as text=body,published=date")
        columns[name] = column
    return columns


# ---------------------------------------------------------------- settings and output


def load_settings_of(args: argparse.Namespace) -> Settings:
    """Loads the settings, with the options that name one on top."""
    from reportedly.settings import load_settings

    return load_settings({name: getattr(args, name, None) for name in ("lexicon", "model", "ledger", "workers")})


@contextlib.contextmanager
def open_output(path: str | None) -> Iterator[IO[str]]:
    """Opens a text file for writing, or standard output."""
    if path is None or path == "-":
        yield sys.stdout
        return
    with open(path, "w", encoding="utf-8", errors="backslashreplace", newline="\n") as stream:
        yield stream
