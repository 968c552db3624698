"""Stage 6 of 8. In: JSON-ready records. Out: bytes on a stream, one record at a time.

All exports write bytes: UTF-8, "\\n" line ends but for CSV, letters as they are. A lone surrogate, which no
encoding can hold, becomes a question mark instead of an error in the middle of a file.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Mapping
from tempfile import SpooledTemporaryFile
from typing import BinaryIO

#: What a section may hold in memory before it goes to a file, in bytes.
_IN_MEMORY = 1 << 20


def to_json(value: object) -> bytes:
    """Writes a value as one line of JSON without the newline."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False).encode("utf-8", "replace")


def write_lines(records: Iterable[object], stream: BinaryIO) -> int:
    """Writes records as JSON Lines and counts them."""
    count = 0
    for record in records:
        stream.write(to_json(record) + b"\n")
        count += 1
    return count


def write_list(records: Iterable[object], stream: BinaryIO) -> int:
    """Writes records as a JSON array, a record a line, and counts them."""
    count = 0
    stream.write(b"[")
    for record in records:
        stream.write((b",\n" if count else b"\n") + to_json(record))
        count += 1
    stream.write(b"\n]")
    return count


class Sections:
    """An object of objects that is filled in any order and written at the end.

    A format that groups records by kind cannot be written as they come: each section waits in a file of
    its own, and memory holds no more than the keys.
    """

    def __init__(self) -> None:
        self._files: dict[str, SpooledTemporaryFile[bytes]] = {}
        self._keys: dict[str, set[str]] = {}

    def add(self, section: str, key: str, record: Mapping[str, object]) -> None:
        """Adds a record; a key that is there already is left as it is."""
        keys = self._keys.setdefault(section, set())
        if key not in keys:
            keys.add(key)
            self.append(section, key, record)

    def append(self, section: str, key: str, record: Mapping[str, object]) -> None:
        """Adds a record whose key is known to be new, and does not keep the key."""
        if section not in self._files:
            self._files[section] = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - closed by `write`
        file = self._files[section]
        file.write((b",\n" if file.tell() else b"\n") + to_json(key) + b": " + to_json(record))

    def write(self, stream: BinaryIO, head: Mapping[str, object]) -> None:
        """Writes the object, `head` first, and lets go of the files."""
        stream.write(to_json(head)[:-1])
        for section, file in self._files.items():
            stream.write(b",\n" + to_json(section) + b": {")
            file.seek(0)
            shutil.copyfileobj(file, stream)
            stream.write(b"\n}")
            file.close()
        stream.write(b"}\n")
