"""Stage 1 of 8. In: gzip, zstd, xz or bzip2 around another input. Out: Source.

Reads a compressed input as the input within it, under the name less its suffix.
"""

from __future__ import annotations

from collections.abc import Iterator

from reportedly.read.growth import Growth, find_growth, to_inner_source
from reportedly.read.members import SUFFIXES, Members, find_method
from reportedly.read.sources import Found, Reader, Source, to_failure


def read_compressed(source: Source) -> Iterator[Found]:
    """Yields the input within; where that is cut short or damaged, it is read so far, then comes a Failure."""
    method = find_method(source.head)
    assert method is not None
    growth = Growth(source.settings, around=find_growth(source))
    members = Members(source.stream, method, growth, source.origin)
    inner = to_inner_source(members, source, origin=source.origin, name=to_inner_name(source.name))
    if inner.head or not members.fault:
        yield inner
    if members.fault:
        yield to_failure(members.fault)


def to_inner_name(name: str) -> str:
    """Takes the suffix of the compression off a file name."""
    suffix = next((suffix for suffix in SUFFIXES if name.lower().endswith(suffix)), "")
    return name[: len(name) - len(suffix)]


def recognise_compressed(head: bytes, name: str) -> bool:
    """Whether an input begins as a compressed one does."""
    return find_method(head) is not None


READER = Reader("compressed", SUFFIXES, recognise_compressed, read_compressed)
