"""docs/reference/cli.md and the parser say the same."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

import pytest

from reportedly.cli import to_parser
from reportedly.cli.reading import FORMAT_NAMES
from reportedly.serve.formats import FORMATS

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "cli.md"


def find_commands(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    """Finds every command that can be run, by its full name; the program's own name first."""
    below = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    found = {parser.prog: parser} if not below or parser.prog == "reportedly" else {}
    for action in below:
        for child in action.choices.values():
            found |= find_commands(child)
    return found


COMMANDS = find_commands(to_parser())


def read_sections() -> dict[str, str]:
    parts = re.split(r"^## `(.+)`$", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_the_page_has_a_section_for_each_command_and_no_other() -> None:
    assert list(read_sections()) == list(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_the_page_lists_each_option_and_no_other(name: str) -> None:
    listed = set(re.findall(r"^\| `(--[\w-]+)", read_sections()[name], re.MULTILINE))
    options = {
        option
        for action in COMMANDS[name]._actions
        for option in action.option_strings
        if option.startswith("--") and (option != "--help" or name == "reportedly")
    }
    assert listed == options


@pytest.mark.parametrize("name", COMMANDS)
def test_the_page_names_each_value_as_the_help_does(name: str) -> None:
    section = read_sections()[name]
    for action in COMMANDS[name]._actions:
        if not isinstance(action, argparse._SubParsersAction) and isinstance(action.metavar, str):
            assert action.metavar in section


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_a_description_and_one_example(name: str) -> None:
    help_text = " ".join(COMMANDS[name].format_help().split())
    assert help_text.count("example: reportedly") == 1
    assert COMMANDS[name].description


def test_the_formats_offered_are_the_formats_there_are() -> None:
    assert set(FORMAT_NAMES) == set(FORMATS)
