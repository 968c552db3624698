"""The pages hold: links lead somewhere, commands exist, and examples print what stands there."""

from __future__ import annotations

import html
import json
import re
import shlex
import sys
from pathlib import Path
from typing import Any

import pytest

from reportedly import cli, read_text, to_record
from reportedly.cli import options

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
sys.path.insert(0, str(DOCS))  # where the two programs of the pages lie

import examples  # noqa: E402
import generate  # noqa: E402

PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])
NAMES = [str(page.relative_to(ROOT)) for page in PAGES]
_LINK = re.compile(r"(?<!\\)!?\[[^\]]*\]\(([^)\s]+)\)")
_FENCE = re.compile(r"^```(\w*).*?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
STALE = "make it anew: python docs/generate.py"


def read_page(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def find_anchors(page: str) -> set[str]:
    """The anchors of a page's headings, made as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", _FENCE.sub("", page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


def find_commands(page: str) -> list[str]:
    """The command lines that a page shows in blocks, fenced or indented."""
    blocks = [body for kind, body in _FENCE.findall(page) if kind in ("sh", "console")]
    blocks.append("\n".join(re.findall(r"^ {4}(.+)$", _FENCE.sub("", page), re.MULTILINE)))
    lines = "\n".join(blocks).splitlines()
    bare = [re.split(r" {2,}| #", line)[0] for line in lines]  # without what explains it
    parts = [part.strip().removeprefix("$ ") for line in bare for part in re.split(r" [|] | > ", line)]
    return [part for part in parts if part]


def is_part(shown: Any, whole: Any) -> bool:
    """Whether what a page shows of a record is in it: every field shown, no other value."""
    if isinstance(shown, dict):
        return isinstance(whole, dict) and all(key in whole and is_part(shown[key], whole[key]) for key in shown)
    if isinstance(shown, list):
        return len(shown) == len(whole) and all(map(is_part, shown, whole))
    return bool(shown == whole)


# ---------------------------------------------------------------- links and commands


@pytest.mark.parametrize("name", NAMES)
def test_every_internal_link_leads_somewhere(name: str) -> None:
    broken = []
    for target in _LINK.findall(_FENCE.sub("", read_page(name))):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        file = (ROOT / name).parent / path if path else ROOT / name
        missing = anchor and file.suffix == ".md" and anchor not in find_anchors(file.read_text(encoding="utf-8"))
        if not file.exists() or missing:
            broken.append(target)
    assert broken == []


@pytest.mark.parametrize("name", NAMES)
def test_every_command_shown_exists(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(options, "to_directory", str)  # the folders of the examples are not here
    targets = set(re.findall(r"^(\w+):", read_page("Makefile"), re.MULTILINE))
    for command in find_commands(read_page(name)):
        if command.startswith("reportedly "):
            cli.to_parser().parse_args(shlex.split(command)[1:])
        elif command.startswith("make "):
            assert {word for word in command.split()[1:] if "=" not in word} <= targets, command


@pytest.mark.parametrize("name", NAMES)
def test_every_command_named_in_a_sentence_exists(name: str) -> None:
    known = set(re.findall(r"^## `reportedly (\w+)", read_page("docs/reference/cli.md"), re.MULTILINE))
    named = set(re.findall(r"`reportedly ([a-z]+)", _FENCE.sub("", read_page(name))))
    assert named <= known


def test_the_architecture_names_every_module_and_no_other() -> None:
    page = read_page("ARCHITECTURE.md")
    package = ROOT / "src" / "reportedly"
    known = {path.stem for path in package.rglob("*.py")} | {path.name for path in package.iterdir() if path.is_dir()}
    questions = page.split("## Stage 4, by question")[1].split("\n## ")[0]
    rows = [line for line in questions.splitlines() if line.startswith("| ")]
    assert {name for line in rows for name in re.findall(r"`(\w+)`", line)} == {
        path.stem for path in (package / "extract").glob("*.py")
    } - {"__init__", "claims"}
    layers = re.findall(r"^ {4}(\w+(?: {2}\w+)*)", page, re.MULTILINE)
    top = {path.stem for path in package.glob("*.py")} | {path.parent.name for path in package.glob("*/__init__.py")}
    assert {name for line in layers for name in line.split()} == top - {"__init__", "__main__"}
    for path in re.findall(r"`((?:\w+/)+|(?:\w+/)*\w+\.(?:py|csv|yaml))`", page):
        assert path.rstrip("/") in known or any((base / path).exists() for base in (package, ROOT)), path


# ---------------------------------------------------------------- what the program prints


@pytest.mark.parametrize("name", generate.MADE)
def test_a_made_page_says_what_the_program_says(name: str) -> None:
    assert generate.is_current(name, generate.MADE[name]()), STALE


@pytest.mark.parametrize("name", generate.find_pages())
def test_the_examples_print_what_stands_there(name: str) -> None:
    for example in examples.run_examples((DOCS / name).read_text(encoding="utf-8")):
        assert example.is_current(), f"{STALE}\n{example.written}\nnow:\n{example.printed}"


def test_the_readme_shows_the_sample_report_and_its_record() -> None:
    page = read_page("README.md")
    row = json.loads(generate.SAMPLES.read_text(encoding="utf-8").splitlines()[generate.SHOWN - 1])
    quoted = " ".join(re.sub(r"^> ?|\*\*", "", line) for line in page.splitlines() if line.startswith(">"))
    assert quoted.split() == row["text"].split()
    assert f"sed -n {generate.SHOWN}p" in page
    shown = json.loads(dict(_FENCE.findall(page))["json"])
    read = read_text(row["text"], publisher=row["publisher"], published=row["published"], title=row["title"])
    records = [json.loads(json.dumps(to_record(claim))) for claim in read.claims]
    (record,) = [one for one in records if one["evidence"]["start"] == shown["evidence"]["start"]]
    assert set(shown.pop("rules")) <= set(record["rules"])
    assert is_part(shown, record)


def test_the_picture_of_the_readme_is_told_in_words_too() -> None:
    pictures = re.findall(r"!\[([^\]]*)\]\(([^)]+)\)", read_page("README.md"))
    assert all(told and not file.startswith("http") for told, file in pictures)
    told = next(told for told, file in pictures if file.endswith("ledger.svg")).lower()
    shown = html.unescape((DOCS / "images" / "ledger.svg").read_text(encoding="utf-8")).replace(
        "\N{NO-BREAK SPACE}", " "
    )
    for figure in re.findall(r"\d+,\d{3}", shown):
        assert figure in told
    for status in map(str, generate.STATUS_MEANING):
        assert (f">{status}<" in shown) <= (status in told), status


# ---------------------------------------------------------------- each check can fail


def test_what_is_left_out_differs_from_what_is_wrong() -> None:
    assert is_part({"a": {"b": 1}, "c": [{"d": 2}]}, {"a": {"b": 1, "x": 0}, "c": [{"d": 2, "e": 3}]})
    assert not is_part({"a": {"b": 2}}, {"a": {"b": 1}})
    assert not is_part({"c": [1]}, {"c": [1, 2]})


def test_an_example_is_compared_but_for_blanks_and_what_moves() -> None:
    def is_current(written: str, printed: str) -> bool:
        return examples.Example(0, 0, written, printed).is_current()

    assert is_current("a  b   .91\n\nx.py:12\n", "a b .88\nx.py:14\n")
    assert is_current("a\n...\nd\n", "a\nb\nc\nd\n")
    assert not is_current("planned 500", "ongoing 500")
    assert not is_current("a\n...\nd\n", "a\nb\n")


def test_an_anchor_is_made_as_on_the_web() -> None:
    assert find_anchors("# A `code` word\n## What for?\n```sh\n# no heading\n```\n") == {"a-code-word", "what-for"}


def test_commands_are_found_in_blocks_of_both_kinds() -> None:
    page = "```sh\nsed -n 8p x | reportedly read - > y\nmake demo    # all\n```\n\n    reportedly schema\n"
    assert find_commands(page) == ["sed -n 8p x", "reportedly read -", "y", "make demo", "reportedly schema"]
