"""Golden cases: how they are written, compared with what the program says, and brought up to date.

A case is one YAML document in `cases/`, named for its phenomenon; a file may hold several (`---`):

    note: what the case is about, in a line
    report:
      text: |
        Officials said about 1,700 troops will leave Iraq.
      publisher: Example Times        # also published, title: all optional
    claims:
      - figure: "1,700"               # the words of the figure as the text has them
        nth: 1                        # which of several occurrences; 1 if left out
        measure: troops               # from here on contract fields, dotted where they are nested
        quantity.role: change
        sources.-1.text: Officials    # lists by number, from the end where negative
        place: null                   # null: the claim has none
      - figure: "2011"
        absent: true                  # no claim comes from these words
    only: true                        # no other quantity claims than these
    expect: wrong                     # a known failure: the right answer stands here, the program fails it

A case quotes words and never holds offsets.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

CASES = Path(__file__).parent / "cases"
FIELDS = frozenset({"name", "note", "report", "claims", "only", "expect"})
REPORT_FIELDS = frozenset({"text", "publisher", "published", "title"})
#: Keys of an expected claim that are no fields of the contract.
PLACES = frozenset({"figure", "nth", "absent"})
_OFFSETS = re.compile(r"(?:^|[._])(?:start|end)$")
_TIME_FIELDS = frozenset({"time.start", "time.end"})  # dates, no offsets

type Record = Mapping[str, Any]


class CaseError(ValueError):
    """A case that breaks the form above."""


@dataclass(frozen=True)
class Case:
    """One case: `number` counts the documents of its file from 0."""

    path: Path
    number: int
    content: Mapping[str, Any]

    @property
    def name(self) -> str:
        """The case's name in the list of tests."""
        stem = self.path.stem
        return (
            f"{stem}/{self.content.get('name', self.number + 1)}" if self.content.get("name") or self.number else stem
        )

    @property
    def is_known_failure(self) -> bool:
        """Whether the program is known to get it wrong."""
        return self.content.get("expect") == "wrong"


def read_cases(folder: Path = CASES) -> list[Case]:
    """Reads all cases below a folder.

    Raises:
        CaseError: one breaks the form.
    """
    cases = []
    for path in sorted(folder.rglob("*.yaml")):
        for number, content in enumerate(yaml.load_all(path.read_text(encoding="utf-8"), _Loader)):
            case = Case(path, number, content)
            _check(case)
            cases.append(case)
    return cases


class _Loader(yaml.SafeLoader):
    """Leaves dates as they are written: the contract's are strings."""


_Loader.yaml_implicit_resolvers = {
    letter: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for letter, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _check(case: Case) -> None:
    where, content = f"{case.path.name}, case {case.number + 1}", case.content
    if not isinstance(content, dict) or not isinstance(content.get("report"), dict):
        raise CaseError(f"{where}: no report")
    unknown = (set(content) - FIELDS) | (set(content["report"]) - REPORT_FIELDS)
    if unknown:
        raise CaseError(f"{where}: unknown fields {sorted(unknown)}")
    if content.get("expect", "wrong") != "wrong":
        raise CaseError(f"{where}: `expect` can only be `wrong`")
    if not content.get("note"):
        raise CaseError(f"{where}: no note that says what it is about")
    if not content.get("claims") and not content.get("only"):
        raise CaseError(f"{where}: it expects nothing")
    for wanted in content.get("claims") or ():
        if not isinstance(wanted.get("figure"), str):
            raise CaseError(f'{where}: `figure` must be quoted words: "{wanted.get("figure")}"')
        offsets = [name for name in wanted if _OFFSETS.search(name) and name not in _TIME_FIELDS]
        if offsets:
            raise CaseError(f"{where}: cases hold no offsets: {offsets}")
        find_words(content["report"]["text"], wanted["figure"], wanted.get("nth", 1), where)


# ---------------------------------------------------------------- comparing


def find_words(text: str, words: str, nth: int, where: str = "") -> tuple[int, int]:
    """Finds the nth occurrence of words that stand alone: no `5` in `1,500` or `5th`.

    Raises:
        CaseError: there are fewer.
    """
    pattern = rf"(?<!\w)(?<!\d[.,]){re.escape(words)}(?!\w)(?![.,]\d)"
    found = [match.span() for match in re.finditer(pattern, text)]
    if len(found) < nth:
        raise CaseError(f"{where}: {words!r} stands {len(found)} times in the text, not {nth}")
    return found[nth - 1]


def find_value(record: object, path: str) -> object:
    """Finds what stands at a dotted path; None where the way there ends."""
    value: Any = record
    for step in path.split("."):
        if isinstance(value, Mapping):
            if step not in value:
                raise CaseError(f"no field {path!r} in a claim: {step!r} is not one of {sorted(value)}")
            value = value[step]
        elif isinstance(value, Sequence) and not isinstance(value, str):
            at = int(step)
            value = value[at] if -len(value) <= at < len(value) else None
        elif value is None:
            return None
        else:
            raise CaseError(f"no field {path!r} in a claim: {value!r} has no parts")
    return value


def find_differences(content: Mapping[str, Any], text: str, records: Sequence[Record]) -> list[str]:
    """Lists where a report's claim records differ from what a case expects, one line each.

    Args:
        content: the case.
        text: the report's stored text.
        records: its claims as `to_record` gives them.
    """
    quantities = [record for record in records if record["kind"] == "quantity"]
    differences: list[str] = []
    expected: set[tuple[int, int]] = set()
    for wanted in content.get("claims") or ():
        span = find_words(text, wanted["figure"], wanted.get("nth", 1))
        label = wanted["figure"] + (f" (no. {wanted['nth']})" if "nth" in wanted else "")
        if wanted.get("absent"):
            if any(_overlaps(record, span) for record in quantities):
                differences.append(f"{label}: a claim where none should be")
            continue
        expected.add(span)
        record = find_claim(quantities, span)
        if record is None:
            differences.append(f"{label}: no claim ({_list_figures(quantities)})")
            continue
        for path, value in iter_fields(wanted):
            actual = find_value(record, path)
            if actual != value:
                differences.append(f"{label}: {path}: {actual!r} where the case has {value!r}")
    if content.get("only"):
        for record in quantities:
            if _span(record) not in expected:
                differences.append(f"{record['evidence']['text']}: a claim that the case does not have")
    return differences


def find_claim(records: Sequence[Record], span: tuple[int, int]) -> Record | None:
    """Finds the claim whose evidence is exactly this span."""
    return next((record for record in records if _span(record) == span), None)


def iter_fields(wanted: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yields the contract fields of an expected claim."""
    yield from ((name, value) for name, value in wanted.items() if name not in PLACES)


def _span(record: Record) -> tuple[int, int]:
    return record["evidence"]["start"], record["evidence"]["end"]


def _overlaps(record: Record, span: tuple[int, int]) -> bool:
    start, end = _span(record)
    return start < span[1] and span[0] < end


def _list_figures(records: Sequence[Record]) -> str:
    figures = ", ".join(repr(record["evidence"]["text"]) for record in records)
    return f"claims come from {figures}" if figures else "there is none at all"


# ---------------------------------------------------------------- bringing up to date


def to_updated(content: Mapping[str, Any], text: str, records: Sequence[Record]) -> dict[str, Any]:
    """Sets the fields that a case already lists to what the program says; a claim that is not there stays."""
    quantities = [record for record in records if record["kind"] == "quantity"]
    claims = []
    for wanted in content.get("claims") or ():
        record = find_claim(quantities, find_words(text, wanted["figure"], wanted.get("nth", 1)))
        actual = {path: find_value(record, path) for path, _ in iter_fields(wanted)} if record else {}
        claims.append({**wanted, **actual})
    return {**content, "claims": claims}


def write_case(case: Case, content: Mapping[str, Any]) -> None:
    """Writes a case's new content into its file; comments at its head stay, others are lost."""
    text = case.path.read_text(encoding="utf-8")
    documents = list(yaml.load_all(text, _Loader))
    documents[case.number] = content
    head = re.match(r"(?:#.*\n)*", text)
    body = "---\n".join(to_yaml(document) for document in documents)
    case.path.write_text((head.group() if head else "") + body, encoding="utf-8")


def to_yaml(content: Mapping[str, Any]) -> str:
    """Writes a case in the form that cases have: order kept, texts of several lines as blocks."""
    return yaml.dump(dict(content), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110)


class _Dumper(yaml.SafeDumper):
    """Dumps texts of several lines as blocks, figures in quotes, dates without, and lists indented."""

    yaml_implicit_resolvers = _Loader.yaml_implicit_resolvers

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


def _represent_text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    figure = text[:1].isdigit() and not re.fullmatch(r"\d{4}-\d\d-\d\d", text)
    style = "|" if "\n" in text else '"' if figure else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _represent_text)
