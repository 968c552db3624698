"""Stage 6 of 8. In: the records of the model. Out: their JSON Schema (2020-12).

Made from the dataclasses and enums, never kept by hand: types and order from the code,
descriptions from its docstrings.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import StrEnum
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin

from reportedly.model import Claim, Report
from reportedly.record.export.jsonl import find_field_types, order_fields

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_PRIMITIVES: Mapping[type, str] = {str: "string", bool: "boolean", int: "integer", float: "number"}
#: Bounds that a type cannot say: offsets count code points, a confidence is a probability.
_BOUNDS: Mapping[str, Mapping[str, object]] = {
    "confidence": {"minimum": 0, "maximum": 1},
    "lat": {"minimum": -90, "maximum": 90},
    "lon": {"minimum": -180, "maximum": 180},
}
_ARGUMENT = re.compile(r"^ {4}(?: {4})?(\w+): (.+(?:\n {8,}.+)*)", re.MULTILINE)


def to_schema() -> dict[str, object]:
    """Makes the JSON Schema of the claim record."""
    return _to_root(Claim, "A claim of reportedly")


def to_report_schema() -> dict[str, object]:
    """Makes the JSON Schema of the report record."""
    return _to_root(Report, "A report of reportedly")


def _to_root(kind: type, title: str) -> dict[str, object]:
    definitions: dict[str, object] = {}
    body = _to_object(kind, definitions)
    schema: dict[str, object] = {"$schema": DIALECT, "title": title, **body}
    if definitions:
        schema["$defs"] = dict(sorted(definitions.items()))
    return schema


def _to_object(kind: type, definitions: dict[str, object]) -> dict[str, object]:
    types = find_field_types(kind)
    described = find_descriptions(kind)
    properties: dict[str, object] = {}
    for name in order_fields(kind):
        entry = _to_type(types[name], definitions)
        bounds = _BOUNDS.get(name)
        if bounds is None and types[name] is int and name.endswith(("start", "end")):
            bounds = {"minimum": 0}
        entry |= bounds or {}
        if kind is Claim and name == "schema":
            entry = {"const": next(item.default for item in fields(kind) if item.name == name)}
        if name in described:
            entry["description"] = described[name]
        properties[name] = entry
    return {
        "description": _first_paragraph(kind),
        "type": "object",
        "properties": properties,
        "required": list(properties),
    }


def _to_type(wanted: Any, definitions: dict[str, object]) -> dict[str, object]:
    origin = get_origin(wanted)
    if origin in (Union, UnionType):
        kinds = [_to_type(part, definitions) for part in get_args(wanted) if part is not NoneType]
        if len(kinds) == 1 and "type" in kinds[0]:
            return {**kinds[0], "type": [kinds[0]["type"], "null"]}
        return {"anyOf": [*kinds, {"type": "null"}]}
    if origin is tuple:
        return {"type": "array", "items": _to_type(get_args(wanted)[0], definitions)}
    if isinstance(wanted, type) and issubclass(wanted, StrEnum):
        definitions.setdefault(
            wanted.__name__,
            {"description": _first_paragraph(wanted), "type": "string", "enum": [str(member) for member in wanted]},
        )
        return {"$ref": f"#/$defs/{wanted.__name__}"}
    if is_dataclass(wanted) and isinstance(wanted, type):
        if wanted.__name__ not in definitions:
            definitions[wanted.__name__] = {}  # holds the place while its own fields are read
            definitions[wanted.__name__] = _to_object(wanted, definitions)
        return {"$ref": f"#/$defs/{wanted.__name__}"}
    return {"type": _PRIMITIVES[wanted]}


# ---------------------------------------------------------------- descriptions


def find_descriptions(kind: type) -> dict[str, str]:
    """Finds what a dataclass's docstring says of each field: the lines of its `Args:`
    section, else the sentences that name the field in `backquotes`."""
    text = inspect.getdoc(kind) or ""
    names = {item.name for item in fields(kind)}
    found = {match[1]: _join(match[2]) for match in _ARGUMENT.finditer(text) if match[1] in names}
    prose = _join(text.split("Args:")[0])
    for sentence in re.split(r"(?<=[.;])\s+", prose):
        for name in re.findall(r"`(\w+)`", sentence):
            if name in names and name not in found:
                found[name] = sentence.rstrip(";.") + "."
    return found


def _first_paragraph(kind: type) -> str:
    return _join((inspect.getdoc(kind) or kind.__name__).split("\n\n")[0])


def _join(text: str) -> str:
    return " ".join(text.split())
