"""Stage 1 of 8. In: paths, addresses and bytes. Out: Item, or Failure for what cannot be read.

A kind of input is a file here with a `READER`, and a line in `READERS`. Formats are told by their
first bytes; the name decides only where the bytes leave it open.
"""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from reportedly.errors import ReadError
from reportedly.model import Failure, Item
from reportedly.read import (
    compressed,
    csv,
    docx,
    feed,
    html,
    jsonl,
    mail,
    parquet,
    pdf,
    telegram,
    text,
    wacz,
    warc,
    zipped,
)
from reportedly.read.encodings import decode_bytes
from reportedly.read.jsonl import to_published
from reportedly.read.sources import (
    Address,
    Found,
    Known,
    Payload,
    Reader,
    Source,
    Unchanged,
    to_failure,
    to_source,
)
from reportedly.read.validators import Receipt, Validators
from reportedly.settings import Settings

if TYPE_CHECKING:
    from reportedly.read.web import Web

__all__ = [
    "READERS",
    "Payload",
    "Reader",
    "Receipt",
    "Source",
    "Unchanged",
    "Validators",
    "open_payload",
    "read_items",
    "split_inputs",
]

type Split = Item | Payload | Unchanged | Receipt | Failure

STANDARD_INPUT = "-"
#: Inputs within inputs (an archive in a compressed archive) are followed so deep.
DEEPEST = 4
#: Asked in this order; the first that recognises an input reads it. `text` is last: it takes any text.
READERS: dict[str, Reader] = {
    "warc": warc.READER,
    "wacz": wacz.READER,
    "pdf": pdf.READER,
    "docx": docx.READER,
    "feed": feed.READER,
    "telegram": telegram.READER,
    "mail": mail.READER,
    "html": html.READER,
    "jsonl": jsonl.READER,
    "csv": csv.READER,
    "parquet": parquet.READER,
    "zip": zipped.READER,
    "compressed": compressed.READER,
    "text": text.READER,
}


_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]+://", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What holds for all inputs of one call; `web` is made when the first address comes."""

    settings: Settings
    known: Known
    stdin: BinaryIO | None = field(default=None, repr=False)
    seen: Validators | None = None
    web: Callable[[], Web]
    held: ExitStack


def read_items(
    paths: Iterable[str | Path],
    settings: Settings,
    *,
    publisher: str | None = None,
    published: str | None = None,
    columns: Mapping[str, str] | None = None,
    linked: bool = False,
    stdin: BinaryIO | None = None,
    seen: Validators | None = None,
) -> Iterator[Item | Failure]:
    """Reads reports from files, folders, addresses and standard input (`-`), in the order given.

    Folders are walked in sorted order, hidden files and folders left out. What cannot be read is a
    Failure in its place, and the rest goes on.

    Args:
        paths: files, folders, http(s) addresses or `-`.
        settings: `max_bytes` limits one report.
        publisher: who published, where the input does not say.
        published: the publication date, where the input does not say.
        columns: our field -> the input's column, for inputs that are tables.
        linked: whether the pages that a feed's entries link to are fetched.
        stdin: the byte stream that `-` stands for.
        seen: who remembers which addresses have not changed; those are passed over.

    Raises:
        ReadError: at once, if `published` is no date.
    """
    found = split_inputs(
        paths,
        settings,
        publisher=publisher,
        published=published,
        columns=columns,
        linked=linked,
        stdin=stdin,
        seen=seen,
    )
    return _open_all(found, settings)


def split_inputs(
    paths: Iterable[str | Path],
    settings: Settings,
    *,
    publisher: str | None = None,
    published: str | None = None,
    columns: Mapping[str, str] | None = None,
    linked: bool = False,
    stdin: BinaryIO | None = None,
    seen: Validators | None = None,
) -> Iterator[Split]:
    """Does what `read_items` does, but leaves payloads unopened: `open_payload` does that, in any process.

    With `seen`, what came from an address is followed by its `Receipt` (which says when to keep it).

    Raises:
        ReadError: at once, if `published` is no date.
    """
    day = to_published(published) if published else None
    known = Known(publisher=publisher, published=day, columns=columns or {}, linked=linked)
    held = ExitStack()

    @cache
    def open_web() -> Web:
        from reportedly.read.web import Web  # 0.15 s that only those pay who fetch

        return held.enter_context(Web(settings, seen))

    asked = Asked(settings=settings, known=known, stdin=stdin, seen=seen, web=open_web, held=held)
    return _split_all(paths, asked)


def open_payload(payload: Payload, settings: Settings) -> Item | Failure:
    """Opens one payload with its reader; what cannot be opened is a Failure."""
    reader = READERS[payload.reader]
    try:
        if reader.open is None:
            raise ReadError(f"the reader {reader.name!r} opens no payloads", where=payload.origin)
        return reader.open(payload, settings)
    except ReadError as error:
        return to_failure(error, payload.known.external_id, where=payload.origin)
    except Exception as error:  # a library may raise anything on hostile bytes
        cause = f"cannot be read as {payload.reader}: {type(error).__name__}: {error}"
        return Failure(origin=payload.origin, cause=cause, external_id=payload.known.external_id)


def _open_all(found: Iterable[Split], settings: Settings) -> Iterator[Item | Failure]:
    for each in found:
        if isinstance(each, Payload):
            yield open_payload(each, settings)
        elif isinstance(each, Item | Failure):
            yield each


def _split_all(paths: Iterable[str | Path], asked: Asked) -> Iterator[Split]:
    with asked.held:
        for path in paths:
            try:
                yield from _split_path(path, asked)
            except ReadError as error:
                yield to_failure(error, where=str(path))


def _split_path(path: str | Path, asked: Asked) -> Iterator[Split]:
    if str(path) == STANDARD_INPUT:
        if asked.stdin is None:
            raise ReadError("there is no standard input", where=STANDARD_INPUT)
        yield from _split_stream(asked.stdin, "standard input", "", asked)
    elif isinstance(path, str) and _ADDRESS.match(path):
        yield from _split_address(Address(url=path, origin=path, known=asked.known), asked, 0)
    elif Path(path).is_dir():
        yield from _split_folder(Path(path), asked)
    else:
        yield from _split_file(Path(path), asked)


def _split_folder(folder: Path, asked: Asked) -> Iterator[Split]:
    found = False
    for path in walk_folder(folder):
        found = True
        try:
            yield from _split_file(path, asked)
        except ReadError as error:
            yield to_failure(error, where=str(path))
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


def _split_file(path: Path, asked: Asked) -> Iterator[Split]:
    try:
        with path.open("rb") as stream:
            yield from _split_stream(stream, str(path), path.name, asked)
    except FileNotFoundError:
        raise ReadError("no such file or folder", where=str(path), hint=_find_sibling(path)) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ReadError(f"cannot be read: {reason}", where=str(path)) from None


def _split_stream(stream: BinaryIO, origin: str, name: str, asked: Asked) -> Iterator[Split]:
    source = to_source(stream, origin=origin, name=name, settings=asked.settings, known=asked.known)
    yield from _split_source(source, asked)


def _split_source(source: Source, asked: Asked) -> Iterator[Split]:
    """Reads one input with the reader that knows it, and the inputs within it with theirs."""
    if not source.head:
        raise ReadError("empty", where=source.origin, hint="the input has no bytes")
    reader = find_reader(source.head, source.name)
    if reader is None:
        decode_bytes(source.head, source.origin)  # names what it is
        raise ReadError("no reader knows this kind of input", where=source.origin)
    found = reader.read(source)
    while True:
        try:
            each = next(found, None)
        except (ReadError, OSError):
            raise
        except Exception as error:  # a library may raise anything on hostile bytes
            cause = f"cannot be read as {reader.name}: {type(error).__name__}: {error}"
            raise ReadError(" ".join(cause.split()), where=source.origin) from error
        if each is None:
            return
        yield from _follow(each, asked, source.depth)


def _follow(found: Found, asked: Asked, depth: int) -> Iterator[Split]:
    if isinstance(found, Source):
        try:
            if depth >= DEEPEST:
                raise ReadError(f"inputs within inputs, more than {DEEPEST} deep", where=found.origin)
            yield from _split_source(replace(found, depth=depth + 1), asked)
        except ReadError as error:
            yield to_failure(error, found.known.external_id, where=found.origin)
    elif isinstance(found, Address):
        # One step only: links of links would lead through the whole of the web.
        yield from _split_address(replace(found, known=replace(found.known, linked=False)), asked, depth + 1)
    else:
        yield found


def _split_address(address: Address, asked: Asked, depth: int) -> Iterator[Split]:
    """Reads what an address gives; what fails is a row under the address."""
    try:
        # A feed is looked at every few minutes, what it links to once.
        if depth and asked.seen is not None and asked.seen.is_read(address.url, address.known.modified):
            yield Unchanged(url=address.url, origin=address.url)
            return
        fetched = asked.web().open(address.url, known=address.known)
        if isinstance(fetched, Unchanged):
            yield fetched
            return
        is_whole = True
        for each in _split_source(replace(fetched.source, depth=depth), asked):
            is_whole = is_whole and not isinstance(each, Failure)
            yield each
        if asked.seen is not None and is_whole:
            yield fetched.receipt
    except ReadError as error:
        yield to_failure(error, address.known.external_id, where=address.url)


def find_reader(head: bytes, name: str) -> Reader | None:
    """Finds the reader that knows an input by its first bytes and its name."""
    return next((reader for reader in READERS.values() if reader.recognises(head, name)), None)


def _find_sibling(path: Path) -> str:
    try:
        names = os.listdir(path.parent)
    except OSError:
        return f"there is no folder {path.parent}"
    near = difflib.get_close_matches(path.name, names, 1)
    return f"did you mean {str(path.parent / near[0])!r}?" if near else ""
