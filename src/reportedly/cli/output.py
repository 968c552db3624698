"""Where bytes go: a file that is there whole or not at all, standard output, or a terminal that must not obey them."""

from __future__ import annotations

import codecs
import contextlib
import io
import os
import sys
from collections.abc import Buffer, Iterator
from pathlib import Path
from typing import BinaryIO, cast

from reportedly.errors import LedgerError

_SQLITE = b"SQLite format 3\0"


@contextlib.contextmanager
def open_whole(path: str | None) -> Iterator[BinaryIO]:
    """Opens a file for writing that takes its name when it is complete, or standard output.

    Raises:
        LedgerError: the file is a database, which no output may overwrite.
        OSError: it cannot be written; what was there before stays.
    """
    if path is None or path == "-":
        sys.stdout.flush()
        # A report's words must not steer the terminal; a file or pipe gets them as they are.
        stream = cast(BinaryIO, Visible()) if sys.stdout.isatty() else sys.stdout.buffer
        yield stream
        stream.flush()
        return
    target = Path(os.path.realpath(path))
    if target.exists() and not target.is_file():
        with open(target, "wb") as stream:  # a pipe or a device has nothing to be renamed over
            yield stream
        return
    _refuse_database(target)
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with open(part, "xb") as stream:
            yield stream
        os.replace(part, target)
    except OSError as error:
        if error.filename == str(part):
            error.filename = path
        raise
    finally:
        part.unlink(missing_ok=True)


def _refuse_database(target: Path) -> None:
    if target.is_file():
        with open(target, "rb") as stream:
            if stream.read(len(_SQLITE)) == _SQLITE:
                raise LedgerError("this would overwrite a database", where=str(target), hint="name another file")


class Visible(io.RawIOBase):
    """A stream of UTF-8 bytes to the terminal on which what a terminal would obey is shown instead."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def writable(self) -> bool:
        """It is."""
        return True

    def write(self, data: Buffer, /) -> int:
        """Writes some bytes; a letter that is cut between two of them waits for its rest."""
        from reportedly.serve.wording import to_visible

        chunk = bytes(data)
        sys.stdout.write(to_visible(self._decoder.decode(chunk).replace("\r\n", "\n")))
        return len(chunk)

    def flush(self) -> None:
        """Hands everything on."""
        if not self.closed:
            sys.stdout.flush()
