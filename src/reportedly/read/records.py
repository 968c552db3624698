"""Stage 1 of 8. In: a record of a table (JSON object, row). Out: Item.

What JSON Lines, CSV and Parquet share: which field of a record is which field of an item, and what
must hold of it. `Known.columns` says so (our field -> the input's name for it); without one the
fields are found by their own names, and in tables by those that others give them.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from reportedly.dates import to_iso_date
from reportedly.errors import ReadError
from reportedly.model import Item
from reportedly.read.encodings import to_plain_newlines
from reportedly.read.sources import Source, to_size_error

#: The fields of an item that a column may fill.
FIELDS = ("text", "id", "publisher", "published", "url", "title", "byline", "language", "rights")
#: What tables call them too, the likelier first.
SYNONYMS: Mapping[str, tuple[str, ...]] = {
    "text": ("body", "content", "article", "full_text", "fulltext", "article_text", "maintext"),
    "id": ("article_id", "report_id", "guid", "uuid"),
    "publisher": ("source", "outlet", "publication", "site", "newspaper"),
    "published": ("date", "published_at", "publication_date", "pub_date", "pubdate", "date_published", "datetime"),
    "url": ("link", "uri", "article_url", "web_url"),
    "title": ("headline",),
    "byline": ("author", "authors"),
    "language": ("lang",),
    "rights": ("copyright", "license", "licence"),
}
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_HINT = 'an object with a "text" is expected'


@dataclass(frozen=True, slots=True)
class Columns:
    """Which column of a table fills which of our fields. A column's name may be a path (`meta.title`)."""

    by_field: Mapping[str, str]

    def find(self, record: Mapping[str, object], field: str) -> object:
        """Returns what a record has for one of our fields, None if nothing."""
        name = self.by_field.get(field)
        return None if name is None else find_value(record, name)

    def name(self, field: str) -> str:
        """Returns what a field is called in the input, for messages."""
        return self.by_field.get(field, field)


def find_value(record: Mapping[str, object], name: str) -> object:
    """Finds a value by its name, or by its path through objects within the record."""
    if name in record:
        return record[name]
    value: object = record
    for part in name.split("."):
        if not isinstance(value, Mapping) or part not in value:
            return None
        value = value[part]
    return value


def to_columns(given: Mapping[str, str], names: Iterable[str] | None, where: str = "") -> Columns:
    """Settles which column fills which field.

    Args:
        given: our field -> the input's column, as asked for; empty where nothing was.
        names: the columns that there are; None where each record has its own.
        where: the input, for messages.

    Raises:
        ReadError: a field or a column that there is not, or no column for the text.
    """
    for field in given:
        if field not in FIELDS:
            raise ReadError(f"no field {field!r} to map a column to", where=where, hint=_suggest(field, FIELDS))
    if names is None:
        return Columns({field: given.get(field, field) for field in FIELDS})
    known = list(names)
    for column in given.values():
        if column not in known:
            raise ReadError(f"no column {column!r}", where=where, hint=_suggest(column, known))
    folded = {_fold(name): name for name in reversed(known)}
    taken = set(given.values())
    found = dict(given)
    for field in FIELDS:
        if field in found:
            continue
        called = [folded.get(_fold(name)) for name in (field, *SYNONYMS[field])]
        free = [each for each in called if each is not None and each not in taken]
        if free:
            found[field] = free[0]
            taken.add(free[0])
    if "text" not in found:
        listed = ", ".join(known[:12])[:200]
        raise ReadError("no column for the text", where=where, hint=f"--map text=COLUMN with one of: {listed}")
    return Columns(found)


def find_fields(names: Iterable[str]) -> set[str]:
    """Finds which of our fields a line of column names would fill."""
    folded = {_fold(name) for name in names}
    return {field for field in FIELDS if any(_fold(name) in folded for name in (field, *SYNONYMS[field]))}


def to_item(record: Mapping[str, object], columns: Columns, where: str, source: Source, reader: str) -> Item:
    """Turns a record into an item.

    Raises:
        ReadError: a field does not hold what it should.
    """
    text = columns.find(record, "text")
    name = columns.name("text")
    if text is None:
        raise ReadError(f'no "{name}"', where=where, hint=_HINT if reader == "jsonl" else "")
    if not isinstance(text, str):
        raise ReadError(f'"{name}" must be a string, not {name_type(text)}', where=where)
    if not text.strip():
        raise ReadError(f'empty "{name}"', where=where)
    if len(text) > source.max_bytes:
        raise to_size_error(len(text), source.max_bytes, where)
    key = columns.find(record, "id")
    if key is not None and to_external_id(key) is None:
        raise ReadError(f'"{columns.name("id")}" must be a string or a whole number, not {name_type(key)}', where=where)
    if "\x00" in text:
        raise ReadError(f'binary: "{name}" holds NUL characters', where=where)

    def read(field: str) -> str | None:
        return _read_string(columns.find(record, field), columns.name(field), where)

    published, language = read("published"), read("language")
    return Item(
        text=to_plain_newlines(_LONE_SURROGATE.sub("\ufffd", text)),
        external_id=to_external_id(key),
        publisher=read("publisher") or source.known.publisher,
        published=to_moment(published, where) if published else source.known.published,
        url=read("url") or source.known.url,
        title=read("title"),
        byline=read("byline"),
        language=re.split(r"[-_]", language.lower())[0] if language else None,
        rights=read("rights"),
        reader=reader,
        origin=where,
    )


def to_external_id(key: object) -> str | None:
    """Returns an id as a string; None if it is no string and no whole number."""
    return str(key) if isinstance(key, str | int) and not isinstance(key, bool) else None


def to_published(text: str, where: str = "") -> str:
    """Turns a publication date into an ISO date.

    Raises:
        ReadError: it is no date, or there is no such day.
    """
    try:
        return to_iso_date(text)
    except ValueError as error:
        raise ReadError(f"published: {error}", where=where, hint="write it as YYYY-MM-DD") from None


def to_moment(text: str, where: str = "") -> str:
    """Turns a publication date into an ISO date, or date-time where it is one of ISO 8601.

    Raises:
        ReadError: it is no date, or there is no such day.
    """
    if re.match(r"\d{4}-\d\d-\d\d[T ]\d\d:?\d\d", text):
        try:
            return datetime.fromisoformat(text).isoformat()
        except ValueError:
            pass
    return to_published(text, where)


def name_type(value: object) -> str:
    """Names what kind of JSON value this is."""
    names = {"NoneType": "null", "bool": "true or false", "int": "a number", "float": "a number", "str": "a string",
             "list": "an array", "dict": "an object"}  # fmt: skip
    return names.get(type(value).__name__, type(value).__name__)


def _read_string(cell: object, name: str, where: str) -> str | None:
    if cell is None:
        return None
    if not isinstance(cell, str):
        raise ReadError(f'"{name}" must be a string, not {name_type(cell)}', where=where)
    return _LONE_SURROGATE.sub("\ufffd", cell).strip() or None


def _suggest(name: str, known: Iterable[str]) -> str:
    among = list(known)
    near = difflib.get_close_matches(name.lower(), [each.lower() for each in among], 1)
    meant = next((each for each in among if near and each.lower() == near[0]), None)
    return f"did you mean {meant!r}?" if meant else f"there are: {', '.join(among[:12])[:200]}"


def _fold(name: str) -> str:
    return re.sub(r"[\s-]+", "_", name.strip().lower())
