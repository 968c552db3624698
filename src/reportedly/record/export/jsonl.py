"""Stage 6 of 8. In: Claim, Report. Out: JSON records, and back.

The record is the contract of the project: the same names in the same order in every line,
null where the report does not say. `from_record(to_record(claim)) == claim`.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from enum import StrEnum
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from reportedly.errors import ReadError
from reportedly.model import (
    Claim,
    Event,
    Evidence,
    Failure,
    Item,
    Link,
    Quantity,
    Report,
    Run,
    Source,
    Time,
)

#: The order of the record's fields where it is not the order of the dataclass, whose fields
#: with defaults must come last. A field that is missing here follows at the end.
FIELD_ORDER: Mapping[type, Sequence[str]] = {
    Claim: (
        "schema", "external_id", "claim_id", "report_id", "kind", "evidence", "measure", "quantity", "actor",
        "recipient", "place", "time", "event", "status", "factuality", "sources", "relates_to", "confidence",
        "rules", "run_id", "judgement",
    ),
    Evidence: ("start", "end", "text", "sentence_start", "sentence_end"),
    Quantity: ("low", "high", "approx", "hedge", "role", "direction", "unit", "basis", "formation"),
    Time: ("text", "text_start", "text_end", "start", "end", "edtf", "basis"),
    Event: ("type", "mode", "contexts", "cameo", "trigger"),
    Source: ("text", "start", "end", "name", "kind", "role", "affiliation", "country", "anonymous", "cue", "speech"),
    Link: ("claim_id", "relation"),
    Report: (
        "report_id", "external_id", "publisher", "url", "title", "byline", "dateline", "published",
        "published_basis", "published_at", "modified", "language", "text", "regions", "credited", "links", "rights",
        "reader",
    ),
}  # fmt: skip
#: Fields that are for messages alone and never leave the program.
HIDDEN_FIELDS: Mapping[type, frozenset[str]] = {Report: frozenset({"origin"})}


def to_record(claim: Claim) -> dict[str, object]:
    """Turns a claim into its JSON record: every field, in the contract's order, null included."""
    return _to_plain_record(claim)


def to_part_record(part: Source | Link) -> dict[str, object]:
    """Turns a part of a claim into its JSON record, as it stands in the claim's."""
    return _to_plain_record(part)


def to_report_record(report: Report) -> dict[str, object]:
    """Turns a report into its JSON record; the path it was read from stays behind."""
    return _to_plain_record(report)


def to_failure_record(failure: Failure) -> dict[str, object]:
    """Turns a failure into its JSON record."""
    return _to_plain_record(failure)


def to_item_record(item: Item) -> dict[str, object]:
    """Turns an item into its JSON record, the text included."""
    return _to_plain_record(item)


def to_run_record(run: Run) -> dict[str, object]:
    """Turns a run into its JSON record, the settings as an object."""
    return {**_to_plain_record(run), "settings": dict(run.settings)}


def to_line(claim: Claim) -> str:
    """Turns a claim into one line of JSON without the newline; all letters stay as they are."""
    return json.dumps(to_record(claim), ensure_ascii=False)


def from_record(record: Mapping[str, object]) -> Claim:
    """Turns a record back into a claim; fields that this version does not know are left out.

    Raises:
        ReadError: the record breaks the contract.
    """
    return _from_checked(Claim, record, "claim")


def from_report_record(record: Mapping[str, object]) -> Report:
    """Turns a report's record back into a report.

    Raises:
        ReadError: the record breaks the contract.
    """
    return _from_checked(Report, record, "report")


def from_item_record(record: Mapping[str, object]) -> Item:
    """Turns an item's record back into an item.

    Raises:
        ReadError: the record breaks the contract.
    """
    return _from_checked(Item, record, "item")


def from_failure_record(record: Mapping[str, object]) -> Failure:
    """Turns a failure's record back into a failure.

    Raises:
        ReadError: the record breaks the contract.
    """
    return _from_checked(Failure, record, "failure")


def read_records(lines: Iterable[str], *, where: str = "") -> Iterator[Claim]:
    """Reads claims from lines of JSON; blank lines are skipped.

    Raises:
        ReadError: a line is not JSON or no claim; `where` says which.
    """
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
        except ValueError as error:
            raise ReadError(f"not a line of JSON: {error}", where=f"{where}:{number}") from None
        try:
            yield from_record(record)
        except ReadError as error:
            raise ReadError(error.message, where=f"{where}:{number}", hint=error.hint) from None


# ---------------------------------------------------------------- by introspection


@functools.cache
def order_fields(kind: type) -> tuple[str, ...]:
    """Returns a record's field names in the order of the contract."""
    names = [item.name for item in fields(kind)]
    hidden = HIDDEN_FIELDS.get(kind, frozenset())
    ordered = [*FIELD_ORDER.get(kind, ()), *names]
    return tuple(dict.fromkeys(name for name in ordered if name in names and name not in hidden))


@functools.cache
def find_field_types(kind: type) -> Mapping[str, Any]:
    """Returns a dataclass's field types, resolved."""
    return get_type_hints(kind)


def _to_plain_record(value: Any) -> dict[str, object]:
    kind: Any = type(value)
    return {name: _to_plain(getattr(value, name)) for name in order_fields(kind)}


def _to_plain(value: Any) -> object:
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, str):
        return str(value)  # an enum's member is its own spelling
    if isinstance(value, float):
        # 1700, not 1700.0: a count reads as it was written.
        return int(value) if value.is_integer() else value
    if isinstance(value, tuple):
        return [_to_plain(item) for item in value]
    return _to_plain_record(value)


def _from_checked[R](kind: type[R], record: object, noun: str) -> R:
    wanted: Any = kind
    try:
        made: R = _load_converter(wanted)(record)
    except (KeyError, TypeError, ValueError) as error:
        raise ReadError(f"not a {noun} record: {error}", hint="`reportedly schema` prints what one holds") from None
    return made


@functools.cache
def _load_converter(wanted: Any) -> Callable[[Any], Any]:
    """Makes what turns plain values into a type, once a type: a ledger reads claims by the hundred thousand."""
    origin = get_origin(wanted)
    if origin in (Union, UnionType):
        inner = _load_converter(next(part for part in get_args(wanted) if part is not NoneType))
        return lambda value: None if value is None else inner(value)
    if origin is tuple:
        each = _load_converter(get_args(wanted)[0])
        return lambda value: tuple([each(item) for item in value])
    if isinstance(wanted, type) and issubclass(wanted, StrEnum):
        return wanted
    if is_dataclass(wanted):
        return _to_maker(wanted)

    def check(value: Any) -> Any:
        if wanted is float and isinstance(value, int):
            return float(value)
        if not isinstance(value, wanted):
            raise TypeError(f"{value!r} is not {wanted.__name__}")
        return value

    return check


def _to_maker(kind: Any) -> Callable[[Any], Any]:
    converters = {name: _load_converter(wanted) for name, wanted in find_field_types(kind).items()}

    def make(value: Any) -> Any:
        if not isinstance(value, dict):
            raise TypeError("an object was expected")
        return kind(**{name: converters[name](item) for name, item in value.items() if name in converters})

    return make
