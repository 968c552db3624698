"""Stage 1 of 8. In: JSON Lines. Out: Item.

Reads JSON Lines of reports, and one JSON object or array of such objects.

A line is an object with `text` and, if known, `id`, `publisher`, `published`, `url`, `title`,
`byline`, `language`, `rights`; other keys are passed over. A line that is no report becomes a
Failure with its number, and the rest goes on. Lines are streamed: memory holds one at a time.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator

from reportedly.dates import to_iso_date
from reportedly.errors import ReadError
from reportedly.model import Failure, Item
from reportedly.read.encodings import decode_line, find_encoding, is_text, to_plain_newlines
from reportedly.read.sources import HEAD_BYTES, Reader, Source, to_failure, to_size_error

_SUFFIXES = (".jsonl", ".ndjson", ".json")
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_Line = tuple[int, str | ReadError]
_SHAPE = 'an object with a "text" is expected'


def read_jsonl(source: Source) -> Iterator[Item | Failure]:
    """Reads an input as JSON Lines, one JSON object or one JSON array of reports."""
    try:
        yield from _read_stream(source)
    except ReadError as error:
        yield to_failure(error)


def recognise_jsonl(head: bytes, name: str) -> bool:
    """Whether an input is JSON of reports: by its name, else by its first line."""
    if not is_text(head):
        return False
    if name.lower().endswith(_SUFFIXES):
        return True
    encoding, mark = find_encoding(head)
    text = decode_line(head[mark:], encoding).lstrip()
    line = text.partition("\n")[0].strip()
    if line in ("{", "[", "[{") or re.match(r"\[?\s*\{\s*\"\w+\"\s*:", text):
        return len(text) >= HEAD_BYTES // 4 or _loads(text) is not None or _loads(line) is not None
    return False


def _read_stream(source: Source) -> Iterator[Item | Failure]:
    lines = _split_lines(source)
    first = next((each for each in lines if isinstance(each[1], ReadError) or each[1].strip()), None)
    if first is None:
        raise ReadError("empty", where=source.origin, hint="the input has no lines")
    line = first[1]
    held: list[_Line] = [first]
    if isinstance(line, str) and line.lstrip()[:1] in ("{", "["):
        value = _loads(line)
        if value is None:
            # Perhaps one value over several lines. Else it is a broken line, and the others still count.
            held += _take(lines, source.max_bytes)
            value = _loads("\n".join(text for _, text in held if isinstance(text, str)))
            whole = value is not None
        else:
            whole = isinstance(value, list)
        if whole:
            yield from _read_value(value, source)
            held = []
    yield from _read_lines(held, source)
    yield from _read_lines(lines, source)


def _take(lines: Iterator[_Line], max_bytes: int) -> list[_Line]:
    taken: list[_Line] = []
    size = 0
    for each in lines:
        taken.append(each)
        size += len(str(each[1]))
        if size > max_bytes:
            break
    return taken


def _split_lines(source: Source) -> Iterator[_Line]:
    """Yields the numbered lines; a line too long for a report is an error in its place."""
    stream = source.stream
    encoding, mark = find_encoding(source.head)
    stream.read(mark)
    if encoding != "utf-8":
        yield from enumerate(to_plain_newlines(decode_line(source.read_all(), encoding)).split("\n"), 1)
        return
    number = 0
    while line := stream.readline(source.max_bytes + 1):
        number += 1
        if len(line) <= source.max_bytes:
            yield number, decode_line(line, encoding).rstrip("\r\n")
            continue
        size = len(line)
        while not line.endswith(b"\n") and (line := stream.readline(1 << 20)):
            size += len(line)
        yield number, to_size_error(size, source.max_bytes, f"{source.origin}:{number}")


def _read_value(value: object, source: Source) -> Iterator[Item | Failure]:
    values = value if isinstance(value, list) else [value]
    if not values:
        raise ReadError("empty: a JSON array without reports", where=source.origin)
    for number, each in enumerate(values, 1):
        yield _read_record(each, f"{source.origin}[{number}]", source)


def _read_lines(lines: Iterable[_Line], source: Source) -> Iterator[Item | Failure]:
    for number, line in lines:
        if isinstance(line, ReadError):
            yield to_failure(line)
        elif line.strip():
            yield _read_line(line, f"{source.origin}:{number}", source)


def _read_line(line: str, where: str, source: Source) -> Item | Failure:
    try:
        value = json.loads(line)
    except json.JSONDecodeError as error:
        return Failure(origin=where, cause=f"not valid JSON: {error.msg} at column {error.colno}", hint=_SHAPE)
    except (ValueError, RecursionError):
        return Failure(origin=where, cause="not valid JSON: nested too deep or a number too long", hint=_SHAPE)
    return _read_record(value, where, source)


def _read_record(value: object, where: str, source: Source) -> Item | Failure:
    if not isinstance(value, dict):
        return Failure(origin=where, cause=f"not a report: {_name_type(value)}", hint=_SHAPE)
    key = value.get("id")
    external_id = str(key) if isinstance(key, str | int) and not isinstance(key, bool) else None
    try:
        return _to_item(value, external_id, where, source)
    except ReadError as error:
        return to_failure(error, external_id)


def _to_item(value: dict[str, object], external_id: str | None, where: str, source: Source) -> Item:
    text = value.get("text")
    if text is None:
        raise ReadError('no "text"', where=where, hint=_SHAPE)
    if not isinstance(text, str):
        raise ReadError(f'"text" must be a string, not {_name_type(text)}', where=where)
    if not text.strip():
        raise ReadError('empty "text"', where=where)
    if value.get("id") is not None and external_id is None:
        raise ReadError(f'"id" must be a string or a whole number, not {_name_type(value["id"])}', where=where)
    if "\x00" in text:
        raise ReadError('binary: "text" holds NUL characters', where=where)
    published, language = _read_string(value, "published", where), _read_string(value, "language", where)
    return Item(
        text=to_plain_newlines(_LONE_SURROGATE.sub("\ufffd", text)),
        external_id=external_id,
        publisher=_read_string(value, "publisher", where) or source.known.publisher,
        published=to_published(published, where) if published else source.known.published,
        url=_read_string(value, "url", where),
        title=_read_string(value, "title", where),
        byline=_read_string(value, "byline", where),
        language=re.split(r"[-_]", language.lower())[0] if language else None,
        rights=_read_string(value, "rights", where),
        reader="jsonl",
        origin=where,
    )


def to_published(text: str, where: str = "") -> str:
    """Turns a publication date into an ISO date.

    Raises:
        ReadError: it is no date, or there is no such day.
    """
    try:
        return to_iso_date(text)
    except ValueError as error:
        raise ReadError(f"published: {error}", where=where, hint="write it as YYYY-MM-DD") from None


def _read_string(value: dict[str, object], name: str, where: str) -> str | None:
    cell = value.get(name)
    if cell is None:
        return None
    if not isinstance(cell, str):
        raise ReadError(f'"{name}" must be a string, not {_name_type(cell)}', where=where)
    return _LONE_SURROGATE.sub("\ufffd", cell).strip() or None


def _name_type(value: object) -> str:
    names = {"NoneType": "null", "bool": "true or false", "int": "a number", "float": "a number", "str": "a string",
             "list": "an array", "dict": "an object"}  # fmt: skip
    return names.get(type(value).__name__, type(value).__name__)


def _loads(text: str) -> dict[str, object] | list[object] | None:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict | list) else None


READER = Reader("jsonl", _SUFFIXES, recognise_jsonl, read_jsonl)
