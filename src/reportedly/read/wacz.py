"""Stage 1 of 8. In: a WACZ. Out: Source.

Reads a web archive collection, a ZIP with `datapackage.json` and WARCs in `archive/` (WACZ 1.1.1,
https://specs.webrecorder.net/wacz/1.1.1/), as the WARCs within it. Its indexes and page lists say
nothing that the records do not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from reportedly.errors import ReadError
from reportedly.read.sources import Found, Reader, Source, to_failure
from reportedly.read.zipped import open_zip, read_members

_ARCHIVE = re.compile(r"archive/[^/]+\.warc(?:\.gz|\.zst)?", re.IGNORECASE)
# How the ZIP's members are called, in whatever order a writer puts them.
_FIRST_MEMBER = re.compile(
    rb"datapackage\.json|archive/[^/]+\.warc(?:\.gz|\.zst)?|pages/\w+\.jsonl|indexes/.+\.(?:cdxj?|idx)(?:\.gz)?"
)


def read_wacz(source: Source) -> Iterator[Found]:
    """Yields each WARC of a collection as an input."""
    try:
        with open_zip(source) as archive:
            members = [each for each in archive.infolist() if _ARCHIVE.fullmatch(each.filename)]
            if not members:
                raise ReadError("a web archive collection without a WARC in archive/", where=source.origin)
            yield from read_members(archive, members, source)
    except ReadError as error:
        yield to_failure(error, where=source.origin)


def recognise_wacz(head: bytes, name: str) -> bool:
    """Whether an input is a ZIP that is named or begins as a WACZ."""
    if not head.startswith(b"PK\x03\x04"):
        return False
    first = head[30 : 30 + int.from_bytes(head[26:28], "little")]
    return name.lower().endswith(".wacz") or _FIRST_MEMBER.fullmatch(first) is not None


READER = Reader("wacz", (".wacz",), recognise_wacz, read_wacz)
