"""Golden cases for readers: how they are written, run, and compared with what a reader finds.

A case is one YAML file, `readers/<reader>/<phenomenon>.yaml`:

    note: what the case is about, in a line
    input: page.html            # a file beside the case ... or
    text: |                     # ... the input itself ... or
      {"text": "Twelve were held."}
    make: klow_release          # ... a function `() -> bytes` of made_inputs.py
    name: export.json           # the input's file name; without one (and without `input`) it comes by standard input
    known: {publisher: Klow Herald, published: 2021-03-03, columns: {text: body}, linked: false}   # optional
    items:                      # all items in order; only the fields listed are compared
      - title: Bridge closed
        published: "2021-03-03T10:15:00+00:00"
        text: |                 # the whole text but for newlines at its ends
          Bridge closed

          Twelve were held.
        regions:                # [kind, words]: all of the item's regions in order
          - [headline, Bridge closed]
        credited: Syldavian Wire   # words; null where nobody is credited
    failures:                   # all causes in order, each by its beginning
      - not valid JSON
    expect: wrong               # a known failure: the right answer stands here, the reader fails it

A case quotes words and never holds offsets. Fields are those of `Item`; null: the item has none.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import made_inputs
import yaml

from reportedly.model import Failure, Item
from reportedly.read import read_items
from reportedly.settings import Settings

CASES = Path(__file__).parent / "readers"
SOURCES = ("input", "text", "make")
KNOWN = frozenset({"publisher", "published", "columns", "linked"})
FIELDS = frozenset({"note", *SOURCES, "name", "known", "items", "failures", "expect"})
ITEM_FIELDS = frozenset(field.name for field in fields(Item))


class ReaderCaseError(ValueError):
    """A case that breaks the form above."""


@dataclass(frozen=True)
class ReaderCase:
    """One case; `name` is its reader and its phenomenon."""

    path: Path
    content: Mapping[str, Any]

    @property
    def name(self) -> str:
        """The case's name in the list of tests."""
        return f"{self.path.parent.name}/{self.path.stem}"

    @property
    def is_known_failure(self) -> bool:
        """Whether the reader is known to get it wrong."""
        return self.content.get("expect") == "wrong"


class _Loader(yaml.SafeLoader):
    """Leaves dates as they are written: those of items are strings."""


_Loader.yaml_implicit_resolvers = {
    letter: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for letter, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def read_reader_cases(folder: Path = CASES) -> list[ReaderCase]:
    """Reads all cases below a folder.

    Raises:
        ReaderCaseError: one breaks the form.
    """
    cases = []
    for path in sorted(folder.rglob("*.yaml")):
        case = ReaderCase(path, yaml.load(path.read_text(encoding="utf-8"), _Loader))
        _check(case)
        cases.append(case)
    return cases


def _check(case: ReaderCase) -> None:
    where, content = case.name, case.content
    if not isinstance(content, dict):
        raise ReaderCaseError(f"{where}: no case")
    _refuse_unknown(content, FIELDS, where)
    if not content.get("note"):
        raise ReaderCaseError(f"{where}: no note that says what it is about")
    if sum(source in content for source in SOURCES) != 1:
        raise ReaderCaseError(f"{where}: one of {', '.join(SOURCES)} is needed")
    if "input" in content and not (case.path.parent / content["input"]).is_file():
        raise ReaderCaseError(f"{where}: no file {content['input']!r} beside the case")
    if "make" in content and not callable(getattr(made_inputs, content["make"], None)):
        raise ReaderCaseError(f"{where}: made_inputs.py has no function {content['make']!r}")
    if content.get("expect", "wrong") != "wrong":
        raise ReaderCaseError(f"{where}: `expect` can only be `wrong`")
    _refuse_unknown(content.get("known") or {}, KNOWN, f"{where}: known")
    if not content.get("items") and not content.get("failures"):
        raise ReaderCaseError(f"{where}: it expects nothing")
    for number, wanted in enumerate(content.get("items") or (), 1):
        if not wanted:
            raise ReaderCaseError(f"{where}: item {number} expects nothing")
        _refuse_unknown(wanted, ITEM_FIELDS, f"{where}: item {number}")
    if not all(cause and isinstance(cause, str) for cause in content.get("failures") or ()):
        raise ReaderCaseError(f"{where}: a failure is told by the words its cause begins with")


def _refuse_unknown(found: object, known: frozenset[str], where: str) -> None:
    if not isinstance(found, dict):
        raise ReaderCaseError(f"{where}: fields are expected, not {found!r}")
    unknown = set(found) - known
    if unknown:
        raise ReaderCaseError(f"{where}: unknown fields {sorted(unknown)}")


# ---------------------------------------------------------------- running


def find_input(case: ReaderCase) -> bytes:
    """Returns the bytes of a case's input."""
    content = case.content
    if "input" in content:
        return case.path.with_name(content["input"]).read_bytes()
    if "make" in content:
        made: bytes = getattr(made_inputs, content["make"])()
        return made
    return str(content["text"]).encode()


def read_case(case: ReaderCase, folder: Path) -> list[Item | Failure]:
    """Reads a case's input with the program: from a file of its name in `folder`, else by standard input."""
    content, data = case.content, find_input(case)
    name = content.get("name") or content.get("input")
    known = content.get("known") or {}
    if name is None:
        return list(read_items(["-"], Settings(), stdin=io.BytesIO(data), **known))
    path = folder / Path(name).name
    path.write_bytes(data)
    return list(read_items([path], Settings(), **known))


# ---------------------------------------------------------------- comparing


def find_reader_differences(content: Mapping[str, Any], found: Sequence[Item | Failure]) -> list[str]:
    """Lists where what was found differs from what a case expects, one line each."""
    items = [each for each in found if isinstance(each, Item)]
    causes = [each.cause for each in found if isinstance(each, Failure)]
    wanted_items, wanted_causes = content.get("items") or (), content.get("failures") or ()
    differences = []
    if len(items) != len(wanted_items):
        differences.append(f"{len(items)} items where the case has {len(wanted_items)}")
    for number, (wanted, item) in enumerate(zip(wanted_items, items, strict=False), 1):
        differences += [f"item {number}: {each}" for each in _compare_item(wanted, item)]
    if len(causes) != len(wanted_causes):
        differences.append(f"{len(causes)} failures where the case has {len(wanted_causes)}: {causes}")
    for number, (begins, cause) in enumerate(zip(wanted_causes, causes, strict=False), 1):
        if not cause.startswith(begins):
            differences.append(f"failure {number}: {cause!r} where the case has {begins!r}")
    return differences


def _compare_item(wanted: Mapping[str, Any], item: Item) -> list[str]:
    differences = []
    for name, value in wanted.items():
        actual = _to_comparable(item, name)
        expected = value.strip("\n") if name == "text" else value
        if actual != expected:
            differences.append(f"{name}: {actual!r} where the case has {expected!r}")
    credited = item.credited
    if credited and item.text[credited.start : credited.end] != credited.text:
        differences.append(f"credited: the text has other words than {credited.text!r} at its offsets")
    return differences


def _to_comparable(item: Item, name: str) -> object:
    """Turns a field into what a case writes: words for offsets, lists for tuples."""
    if name == "text":
        return item.text.strip("\n")
    if name == "regions":
        return [[region.kind.value, item.text[region.start : region.end]] for region in item.regions]
    if name == "credited":
        return item.credited.text if item.credited else None
    value = getattr(item, name)
    return list(value) if isinstance(value, tuple) else value
