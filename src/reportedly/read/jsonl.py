"""Stage 1 of 8. In: JSON Lines. Out: Item.

Reads JSON Lines of reports, and one JSON object or array of such objects.

A line is an object with `text` and, if known, `id`, `publisher`, `published`, `url`, `title`,
`byline`, `language`, `rights`, or with what `Known.columns` maps to these (a key, or a path to one:
`meta.title`); other keys are passed over. A line that is no report becomes a
Failure with its number, and the rest goes on. Lines are streamed: memory holds one at a time.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator

from reportedly.errors import ReadError
from reportedly.model import Failure, Item
from reportedly.read.encodings import decode_line, find_encoding, is_text, to_plain_newlines
from reportedly.read.records import name_type, to_columns, to_external_id, to_item, to_published
from reportedly.read.sources import HEAD_BYTES, Reader, Source, to_failure, to_size_error

__all__ = ["READER", "read_jsonl", "recognise_jsonl", "to_published"]

_SUFFIXES = (".jsonl", ".ndjson", ".json")
_Line = tuple[int, str | ReadError]
_SHAPE = 'an object with a "text" is expected'


def read_jsonl(source: Source) -> Iterator[Item | Failure]:
    """Reads an input as JSON Lines, one JSON object or one JSON array of reports."""
    try:
        to_columns(source.known.columns, None, source.origin)
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
        return Failure(origin=where, cause=f"not a report: {name_type(value)}", hint=_SHAPE)
    columns = to_columns(source.known.columns, None)
    try:
        _check_names(value, source, where)
        return to_item(value, columns, where, source, "jsonl")
    except ReadError as error:
        return to_failure(error, to_external_id(columns.find(value, "id")))


def _check_names(value: dict[str, object], source: Source, where: str) -> None:
    """A text under another name than was asked for has a message of its own: it is most likely misspelt."""
    asked = source.known.columns.get("text")
    if asked is not None and asked not in value and asked.partition(".")[0] not in value:
        to_columns({"text": asked}, value, where)


def _loads(text: str) -> dict[str, object] | list[object] | None:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict | list) else None


READER = Reader("jsonl", _SUFFIXES, recognise_jsonl, read_jsonl)
