"""Stage 1 of 8. In: a stream. Out: a file that can be read from any place.

ZIP and Parquet have their tables at the end: what comes through a pipe or out of another input is
put into a file of no name first, which is gone when it is closed.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from reportedly.errors import ReadError
from reportedly.read.growth import BLOCK_BYTES
from reportedly.read.sources import Source

# Of the room for temporary files so much is left to others.
_ROOM_LEFT = 500_000_000
# What is looked at between two questions how much room there is.
_ROOM_EVERY = 256_000_000


@contextmanager
def open_seekable(source: Source) -> Iterator[BinaryIO]:
    """Opens an input as a file that can be read from any place.

    Raises:
        ReadError: there is no room for it.
    """
    if source.depth == 0 and source.stream.seekable():
        yield source.stream
        return
    with tempfile.TemporaryFile() as file:
        try:
            copied = 0
            while block := source.stream.read(BLOCK_BYTES):
                if copied % _ROOM_EVERY < len(block) and shutil.disk_usage(tempfile.gettempdir()).free < _ROOM_LEFT:
                    raise OSError("the disk is nearly full")
                copied += file.write(block)
            file.seek(0)
        except OSError as error:
            reason = error.strerror or str(error)
            hint = "unpack it, or set TMPDIR to a folder with more room"
            raise ReadError(f"cannot be put into a temporary file: {reason}", where=source.origin, hint=hint) from None
        yield file
