"""Stage 1 of 8. In: RSS, Atom or JSON Feed. Out: Item, or Address.

Reads each entry of a feed: its full text where the feed has it, else its summary or, on request, the
page that it links to. The entries are found by our own splitter and read one by one by `feedparser`,
which is given bytes alone and so fetches nothing. The feed is the publisher, or the feed that an entry
names as its source.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from typing import Any

from reportedly.errors import ReadError
from reportedly.model import Failure, Item
from reportedly.read.encodings import decode_bytes, decode_line, find_encoding, is_text
from reportedly.read.feed_entries import FeedEntry, from_json_entry, from_parsed, parse_feed
from reportedly.read.feed_xml import FeedSplitter, read_utf8_blocks
from reportedly.read.fragments import join_blocks, to_line
from reportedly.read.json_parts import Path, walk_json
from reportedly.read.sources import Address, Known, Reader, Source, to_failure

type _Found = Item | Address | Failure

_SUFFIXES = (".rss", ".atom", ".rdf")
_BEFORE_ROOT = re.compile(
    r"\s+|<\?.*?\?>|<!--.*?-->|<!DOCTYPE\s+(?!rss|rdf:RDF|feed)[^\[>]*>", re.DOTALL | re.IGNORECASE
)
_ROOT = re.compile(
    r"<!DOCTYPE\s+(?:rss|rdf:RDF|feed)\b|<(?:[\w.-]+:)?(?P<root>rss|RDF|feed)(?P<attributes>[\s>][^>]*)", re.IGNORECASE
)
_NAMESPACE = re.compile(
    r"purl\.org/(?:rss|atom|net/rss)|my\.netscape\.com/rdf|w3\.org/2005/Atom|backend\.userland", re.I
)
_JSON_FEED = re.compile(r'"version"\s*:\s*"https?:\\?/\\?/(?:www\.)?jsonfeed\.org\\?/version')
#: Where a JSON Feed says what it is.
_ADDRESSES = ("feed_url", "home_page_url")


def recognise_feed(head: bytes, name: str) -> bool:
    """Whether an input is a feed: by the root of its XML, or the version that a JSON Feed must state."""
    if not is_text(head):
        return False
    encoding, mark = find_encoding(head)
    text = decode_line(head[mark:], encoding).lstrip("\ufeff \t\r\n")
    if text.startswith("{"):
        return _JSON_FEED.search(text) is not None
    if not text.startswith("<"):
        return False
    at = 0
    while passed := _BEFORE_ROOT.match(text, at):
        at = passed.end()
    match = _ROOT.match(text, at)
    if match is None:
        return name.lower().endswith(_SUFFIXES)
    return match["root"] is None or match["root"] == "rss" or _NAMESPACE.search(match["attributes"]) is not None


def read_feed(source: Source) -> Iterator[_Found]:
    """Reads a feed entry by entry; where it is broken off, a Failure says so after the entries before."""
    encoding, mark = find_encoding(source.head)
    is_json = decode_line(source.head[mark:], encoding).lstrip("\ufeff \t\r\n").startswith("{")
    empty = True
    try:
        for found in _read_json(source) if is_json else _read_xml(source):
            empty = False
            yield found
        if empty:
            raise ReadError("empty: a feed without entries", where=source.origin)
    except ReadError as error:
        yield to_failure(error, where=source.origin)


def _to_found(entry: FeedEntry, feed_id: str, where: str, raw_sha256: str, source: Source) -> _Found:
    """Makes an item of an entry that has text; the page that it links to is asked for where that is all."""
    known = source.known
    # By its own name, not its place: every new entry moves the others on.
    name = entry.external_id or entry.link
    where = f"{source.origin}#{name}" if name else where
    publisher, published = entry.publisher or known.publisher, entry.published or known.published
    identity = entry.link
    if not identity and entry.external_id:
        identity = f"{feed_id or known.url or source.origin} {entry.external_id}"
    if known.linked and entry.link and not entry.is_full:
        return Address(
            url=entry.link,
            origin=where,
            known=Known(
                external_id=entry.external_id,
                publisher=publisher,
                published=published,
                url=entry.link,
                title=entry.title,
                modified=entry.modified or entry.published,
                identity=identity,
                columns=known.columns,
            ),
        )
    if not entry.body.blocks:
        hint = "ask for the page that it links to" if entry.link else ""
        return Failure(origin=where, cause="no text in this entry", external_id=entry.external_id, hint=hint)
    text, regions = join_blocks(entry.body.blocks, entry.title)
    return Item(
        text=text,
        external_id=entry.external_id,
        publisher=publisher,
        published=published,
        url=entry.link,
        title=entry.title,
        byline=entry.byline,
        language=entry.language,
        rights=entry.rights,
        reader="feed",
        origin=where,
        regions=regions,
        links=entry.body.links,
        modified=entry.modified,
        identity=identity,
        retrieved=known.retrieved,
        raw_sha256=raw_sha256,
    )


def _read_xml(source: Source) -> Iterator[_Found]:
    splitter = FeedSplitter(source.max_bytes, source.origin)
    address = source.known.url
    feed: Mapping[str, Any] = {}
    for number, raw in enumerate(splitter.split(read_utf8_blocks(source)), 1):
        where = f"{source.origin}[{number}]"
        try:
            if number == 1:
                feed = parse_feed(splitter.head + splitter.after, address, source.origin)["feed"]
            entries = parse_feed(splitter.before + raw + splitter.after, address, where)["entries"]
        except ReadError as error:
            yield to_failure(error, where=where)
        except Exception as error:  # feedparser meets broken entries with errors of every kind
            yield Failure(origin=where, cause=f"cannot be read as an entry: {type(error).__name__}: {error}"[:200])
        else:
            feed_id = to_line(feed.get("id") or feed.get("link") or "")
            # More than one only where an entry has no end of its own.
            for entry in [from_parsed(each, feed, address) for each in entries] or [FeedEntry()]:
                yield _to_found(entry, feed_id, where, hashlib.sha256(raw).hexdigest(), source)


def _read_json(source: Source) -> Iterator[_Found]:
    """Walks through the feed twice: its own title may stand after its entries."""
    text = decode_bytes(source.read_all(), source.origin)
    address = source.known.url
    feed: dict[str, object] = {}
    try:
        for part in walk_json(iter([text]), _is_opened, limit=len(text), where=source.origin):
            if len(part.path) == 1:
                feed[str(part.path[0])] = part.value
    except ReadError:
        pass  # said when the entries before it have been read
    feed_id = next((to_line(each) for name in _ADDRESSES if isinstance(each := feed.get(name), str)), "")
    for part in walk_json(iter([text]), _is_opened, limit=len(text), where=source.origin):
        where = f"{source.origin}[{part.path[-1]}]"
        if len(part.path) == 2 and isinstance(part.value, dict):
            entry = from_json_entry(part.value, feed, feed_id or address)
            yield _to_found(entry, feed_id, where, part.raw_sha256, source)
        elif len(part.path) == 2:
            yield Failure(origin=where, cause="not an entry of a feed")


def _is_opened(path: Path) -> bool:
    return path in ((), ("items",))


READER = Reader("feed", (*_SUFFIXES, ".xml", ".json"), recognise_feed, read_feed)
