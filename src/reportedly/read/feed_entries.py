"""Stage 1 of 8. In: one entry of a feed. Out: what the feed says of it.

RSS and Atom entries are read by `feedparser`, which is given bytes alone and so fetches nothing;
JSON Feed entries are plain objects.
"""

from __future__ import annotations

import io
import re
from calendar import timegm
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from xml.parsers import expat

from reportedly.read.fragments import Fragment, split_html, split_plain, to_line, to_link
from reportedly.read.moments import to_moment
from reportedly.read.sources import to_size_error

_HTML = ("text/html", "application/xhtml+xml")
_BARE_AMPERSAND = re.compile(rb"&(?!#?\w{1,10};)")
# An ill-formed entry costs more to read; a larger one is no entry but what is left of a broken feed.
_MOST_ILL_FORMED = 1 << 20

NO_TEXT = Fragment()


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedEntry:
    """What a feed says of one entry; `is_full` tells a full text from a summary."""

    external_id: str | None = None
    title: str | None = None
    link: str | None = None
    publisher: str | None = None
    byline: str | None = None
    published: str | None = None
    modified: str | None = None
    language: str | None = None
    rights: str | None = None
    body: Fragment = NO_TEXT
    is_full: bool = False


def parse_feed(data: bytes, address: str | None, where: str) -> Mapping[str, Any]:
    """Reads a feed of RSS or Atom with feedparser.

    Args:
        data: UTF-8 without entity declarations; small, as all of it is held.
        address: where the feed came from; relative links count from it.
        where: for messages.

    Raises:
        ReadError: it is ill-formed and large.
    """
    import feedparser  # type: ignore[import-untyped]  # takes 90 ms, which other readers need not pay

    if not _is_well_formed(data):
        if len(data) > _MOST_ILL_FORMED:
            raise to_size_error(len(data), _MOST_ILL_FORMED, where)
        data = _BARE_AMPERSAND.sub(b"&amp;", data)
    headers = {"content-type": "application/xml; charset=utf-8", "content-location": address or ""}
    # A string would be taken for a file or an address; a stream cannot be.
    parsed: Mapping[str, Any] = feedparser.parse(
        io.BytesIO(data), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
    )
    return parsed


def from_parsed(entry: dict[str, Any], feed: Mapping[str, Any], address: str | None) -> FeedEntry:
    """Takes from feedparser's entry what counts; what the entry leaves open the feed says."""
    link = to_link(entry.get("link"), feed.get("link") or address)
    contents = [each for each in entry.get("content") or () if each.get("value")]
    body = max((_to_fragment(each, link) for each in contents), key=_measure, default=NO_TEXT)
    is_full = bool(body.blocks)
    credited = entry.get("source") or {}
    # An entry's only date is when the text at hand was issued, be it called `updated` or `dc:date`.
    published = _to_moment(entry, "published") or _to_moment(entry, "created")
    updated = _to_moment(entry, "updated")
    languages = [each.get("language") for each in (*contents, entry.get("title_detail") or {}, feed)]
    return FeedEntry(
        external_id=to_line(entry.get("id") or "") or None,
        title=_to_title(entry),
        link=link,
        publisher=_to_title(credited) or _to_title(feed),
        byline=_find_names(entry),
        published=published or updated,
        modified=updated if published and updated != published else None,
        language=to_language(next((each for each in languages if each), None)),
        rights=to_line(entry.get("rights") or feed.get("rights") or "") or None,
        body=body if is_full else _to_fragment(entry.get("summary_detail") or {}, link),
        is_full=is_full,
    )


def from_json_entry(entry: Mapping[str, object], feed: Mapping[str, object], address: str | None) -> FeedEntry:
    """Takes from a JSON Feed's entry what counts."""
    link = to_link(entry.get("url"), address) or to_link(entry.get("external_url"), address)
    html, plain, summary = (_to_string(entry.get(name)) for name in ("content_html", "content_text", "summary"))
    body = split_html(html, link) if html else Fragment(split_plain(plain))
    is_full = bool(body.blocks)
    external_id = entry.get("id")
    return FeedEntry(
        external_id=to_line(str(external_id)) or None if isinstance(external_id, str | int) else None,
        title=to_line(_to_string(entry.get("title"))) or None,
        link=link,
        publisher=to_line(_to_string(feed.get("title"))) or None,
        byline=_find_json_names(entry) or _find_json_names(feed),
        published=to_moment(_to_string(entry.get("date_published"))),
        modified=to_moment(_to_string(entry.get("date_modified"))),
        language=to_language(entry.get("language") or feed.get("language")),
        body=body if is_full else Fragment(split_plain(summary)),
        is_full=is_full,
    )


def to_language(value: object) -> str | None:
    """The language of a tag such as `en-GB`."""
    return re.split(r"[-_]", value.strip().lower())[0] or None if isinstance(value, str) else None


def _is_well_formed(data: bytes) -> bool:
    try:
        expat.ParserCreate("utf-8", " ").Parse(data, True)
    except expat.ExpatError:
        return False
    return True


def _to_fragment(detail: Mapping[str, Any], link: str | None) -> Fragment:
    value = detail.get("value") or ""
    return split_html(value, link) if detail.get("type") in _HTML else Fragment(split_plain(value))


def _measure(fragment: Fragment) -> int:
    return sum(len(block.text) for block in fragment.blocks)


def _to_title(thing: Mapping[str, Any]) -> str | None:
    """Makes one line of a title, which may be HTML whatever its feed says."""
    detail = thing.get("title_detail") or {"value": thing.get("title")}
    value = to_line(detail.get("value") or "")
    if detail.get("type") in _HTML:
        value = to_line(" ".join(block.text for block in split_html(value).blocks))
    return value or None


def _find_names(entry: Mapping[str, Any]) -> str | None:
    names = [to_line(each.get("name") or "") for each in entry.get("authors") or ()]
    return ", ".join(dict.fromkeys(name for name in names if name)) or to_line(entry.get("author") or "") or None


def _find_json_names(thing: Mapping[str, object]) -> str | None:
    authors = thing.get("authors") or [thing.get("author")]  # `author` is version 1.0
    names = (
        [_to_string(each.get("name")) for each in authors if isinstance(each, dict)]
        if isinstance(authors, list)
        else []
    )
    return ", ".join(dict.fromkeys(to_line(name) for name in names if name.strip())) or None


def _to_moment(entry: dict[str, Any], name: str) -> str | None:
    """A date in the zone it was written in; what only feedparser can read is in UTC."""
    # A plain dict's `get`: feedparser's own gives one date for another that is missing.
    moment = to_moment(str(dict.get(entry, name) or ""))
    parsed = dict.get(entry, f"{name}_parsed")
    if moment or not parsed:
        return moment
    try:
        return datetime.fromtimestamp(timegm(parsed), UTC).isoformat()
    except (ValueError, TypeError, OverflowError, OSError):
        return None


def _to_string(value: object) -> str:
    return value if isinstance(value, str) else ""
