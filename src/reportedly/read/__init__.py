"""Stage 1 of 8. In: paths and bytes. Out: Item, or Failure for what cannot be read.

A kind of input is a file here with a `READER`, and a line in `READERS`.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from reportedly.errors import ReadError
from reportedly.model import Failure, Item
from reportedly.read import jsonl, text
from reportedly.read.encodings import decode_bytes
from reportedly.read.jsonl import to_published
from reportedly.read.sources import Reader, Source, open_stream, to_failure
from reportedly.settings import Settings

__all__ = ["READERS", "Reader", "Source", "read_items", "to_published"]

STANDARD_INPUT = "-"
#: Asked in this order; the first that recognises an input reads it. `text` is last: it takes any text.
READERS: dict[str, Reader] = {
    "jsonl": jsonl.READER,
    "text": text.READER,
}


def read_items(
    paths: Iterable[str | Path],
    settings: Settings,
    *,
    publisher: str | None = None,
    published: str | None = None,
    stdin: BinaryIO | None = None,
) -> Iterator[Item | Failure]:
    """Reads reports from files, folders and standard input (`-`), in the order given.

    Folders are walked in sorted order, hidden files and folders left out. What cannot be read is a
    Failure in its place, and the rest goes on.

    Args:
        paths: files, folders or `-`.
        settings: `max_bytes` limits one report.
        publisher: who published, where the input does not say.
        published: the publication date, where the input does not say.
        stdin: the byte stream that `-` stands for.

    Raises:
        ReadError: at once, if `published` is no date.
    """
    day = to_published(published) if published else None
    return _read_all(list(paths), settings, publisher, day, stdin)


def _read_all(
    paths: list[str | Path], settings: Settings, publisher: str | None, published: str | None, stdin: BinaryIO | None
) -> Iterator[Item | Failure]:
    for path in paths:
        try:
            if str(path) == STANDARD_INPUT:
                if stdin is None:
                    raise ReadError("there is no standard input", where=STANDARD_INPUT)
                yield from _read_stream(stdin, "standard input", "", settings, publisher, published)
            elif Path(path).is_dir():
                yield from _read_folder(Path(path), settings, publisher, published)
            else:
                yield from _read_file(Path(path), settings, publisher, published)
        except ReadError as error:
            yield to_failure(error)


def _read_folder(
    folder: Path, settings: Settings, publisher: str | None, published: str | None
) -> Iterator[Item | Failure]:
    found = False
    for path in walk_folder(folder):
        found = True
        try:
            yield from _read_file(path, settings, publisher, published)
        except ReadError as error:
            yield to_failure(error)
    if not found:
        raise ReadError("no files in this folder", where=str(folder))


def walk_folder(folder: Path) -> Iterator[Path]:
    """Yields the files below a folder in sorted order, without hidden ones."""
    for parent, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            path = Path(parent, name)
            if not name.startswith(".") and path.is_file():
                yield path


def _read_file(
    path: Path, settings: Settings, publisher: str | None, published: str | None
) -> Iterator[Item | Failure]:
    try:
        with path.open("rb") as stream:
            yield from _read_stream(stream, str(path), path.name, settings, publisher, published)
    except FileNotFoundError:
        raise ReadError("no such file or folder", where=str(path), hint=_find_sibling(path)) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ReadError(f"cannot be read: {reason}", where=str(path)) from None


def _read_stream(
    stream: BinaryIO, origin: str, name: str, settings: Settings, publisher: str | None, published: str | None
) -> Iterator[Item | Failure]:
    head, whole = open_stream(stream)
    source = Source(
        origin=origin,
        stream=whole,
        max_bytes=settings.max_bytes,
        head=head,
        publisher=publisher,
        published=published,
    )
    if not head:
        raise ReadError("empty", where=origin, hint="the input has no bytes")
    reader = next((reader for reader in READERS.values() if reader.recognises(head, name)), None)
    if reader is None:
        decode_bytes(head, origin)  # names what it is
        raise ReadError("no reader knows this kind of input", where=origin)
    yield from reader.read(source)


def _find_sibling(path: Path) -> str:
    try:
        names = os.listdir(path.parent)
    except OSError:
        return f"there is no folder {path.parent}"
    near = difflib.get_close_matches(path.name, names, 1)
    return f"did you mean {str(path.parent / near[0])!r}?" if near else ""
