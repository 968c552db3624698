"""Stage 1 of 8. In: WARC. Out: Payload for each page, Item for each text, or Failure.

Reads web archives (WARC 1.0 and 1.1, plain, gzip or zstd): pages that a server answered with, pages
kept as resources, and texts made from pages (Common Crawl's WET). All other records are passed over:
requests, metadata, repeats (`revisit`), answers that are no page or not in order, robots.txt.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from urllib.parse import urlsplit

from fastwarc.warc import HeaderMap

from reportedly.errors import ReadError
from reportedly.model import Failure, Item
from reportedly.read.archived_bodies import decode_body
from reportedly.read.encodings import decode_bytes
from reportedly.read.members import find_method, peek_inside
from reportedly.read.sources import Known, Payload, Reader, Source, to_failure
from reportedly.read.warc_records import Record, iter_records, parse_headers

_SUFFIXES = (".warc", ".warc.gz", ".warc.zst", ".wet", ".wet.gz", ".wet.zst")
_END_OF_HEADERS = re.compile(rb"\r?\n\r?\n")
_PAGES = ("text/html", "application/xhtml+xml")
# Labels that say nothing: what comes under them is looked at.
_UNTOLD = ("", "application/octet-stream", "text/plain", "unknown/unknown", "application/unknown", "*/*")
_PAGE = re.compile(
    rb"\s*(?:\xef\xbb\xbf)?\s*(?:<!--.{0,2000}?-->\s*|<\?xml[^>]{0,200}>\s*)*<(?:!doctype\s+html|html|head)\b",
    re.I | re.S,
)
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)
_ROBOTS = "/robots.txt"
# ISO 639-3, as WET has it, to the ISO 639-1 of items: what news archives hold most. Others keep three letters.
_LANGUAGES = {
    "ara": "ar", "ben": "bn", "bul": "bg", "cat": "ca", "ces": "cs", "dan": "da", "deu": "de", "ell": "el", "eng": "en",
    "est": "et", "fas": "fa", "fin": "fi", "fra": "fr", "heb": "he", "hin": "hi", "hrv": "hr", "hun": "hu", "ind": "id",
    "ita": "it", "jpn": "ja", "kor": "ko", "lav": "lv", "lit": "lt", "nld": "nl", "nor": "no", "pol": "pl", "por": "pt",
    "ron": "ro", "rus": "ru", "slk": "sk", "slv": "sl", "spa": "es", "srp": "sr", "swe": "sv", "tha": "th", "tur": "tr",
    "ukr": "uk", "urd": "ur", "vie": "vi", "zho": "zh",
}  # fmt: skip


def read_warc(source: Source) -> Iterator[Payload | Item | Failure]:
    """Yields the pages and texts of a web archive in order."""
    found = 0
    for record in iter_records(source):
        for each in [record] if isinstance(record, Failure) else _read_record(record, source):
            found += 1
            yield each
    if not found:
        yield Failure(origin=source.origin, cause="no pages: a web archive without an answer that is a page")


def recognise_warc(head: bytes, name: str) -> bool:
    """Whether an input begins as a web archive does, compressed or not."""
    if head.startswith(b"WARC/"):
        return True
    inside = peek_inside(head)
    if inside or find_method(head) is None:
        return inside.startswith(b"WARC/")
    return name.lower().endswith(_SUFFIXES)  # too few bytes to see: zstd gives out whole blocks alone


def _read_record(record: Record, source: Source) -> Iterator[Payload | Item | Failure]:
    readers = {"response": _read_response, "resource": _read_resource, "conversion": _read_conversion}
    read = readers.get((record.headers.get("WARC-Type") or "").strip().lower())
    try:
        found = read(record, source) if read else None
    except ReadError as error:
        yield to_failure(error, record.record_id, where=record.where)
        return
    if found is not None:
        yield found


def _read_response(record: Record, source: Source) -> Payload | None:
    label = record.headers.get("Content-Type") or ""
    known = _to_known(record, source)
    if "http" not in label.lower() and not record.block.startswith(b"HTTP/"):
        return None  # the answer of a name server, and the like
    end = _END_OF_HEADERS.search(record.block, 0, 1 << 16)
    head = record.block[: end.start()] if end else b""
    headers = parse_headers(head + b"\r\n\r\n")
    status = headers.status_code
    if status is None or not head.startswith(b"HTTP/"):
        raise ReadError("an answer without valid HTTP headers", where=record.where)
    if status != 200 or _find_path(known.url) == _ROBOTS:
        return None
    kind = _find_kind(headers.get("Content-Type"))
    if kind not in _PAGES and kind not in _UNTOLD:
        return None
    raw = record.block[end.end() :] if end else b""
    body = decode_body(raw, headers, source.max_bytes, record.where)
    if kind not in _PAGES and not _PAGE.match(body, 0, 4096):
        return None
    _check_whole(record)
    return _to_payload(body, headers.get("Content-Type"), known, record)


def _read_resource(record: Record, source: Source) -> Payload | None:
    label = record.headers.get("Content-Type")
    kind = _find_kind(label)
    if kind not in _PAGES and not (kind in _UNTOLD and _PAGE.match(record.block, 0, 4096)):
        return None
    _check_whole(record)
    return _to_payload(record.block, label, _to_known(record, source), record)


def _read_conversion(record: Record, source: Source) -> Item | None:
    if _find_kind(record.headers.get("Content-Type")) != "text/plain":
        return None
    _check_whole(record)
    known = _to_known(record, source)
    language = (record.headers.get("WARC-Identified-Content-Language") or "").split(",")[0].strip().lower()
    return Item(
        text=decode_bytes(record.block, record.where),
        external_id=known.external_id,
        publisher=known.publisher,
        published=known.published,
        url=known.url,
        language=_LANGUAGES.get(language, language) or None,
        reader="warc",
        origin=record.where,
        retrieved=known.retrieved,
        raw_sha256=hashlib.sha256(record.block).hexdigest(),
    )


def _check_whole(record: Record) -> None:
    cut = record.headers.get("WARC-Truncated")
    if cut:
        raise ReadError(f"cut short by whoever archived it: {cut[:40]}", where=record.where)
    if record.headers.get("WARC-Segment-Number"):
        raise ReadError("one part of a page that is kept in several records", where=record.where)


def _to_payload(body: bytes, label: str | None, known: Known, record: Record) -> Payload:
    if not body.strip():
        raise ReadError("empty: a page without bytes", where=record.where)
    charset = _CHARSET.search(label or "")
    known = replace(known, charset=charset[1] if charset else None)
    return Payload(data=body, reader="html", origin=record.where, known=known)


def _to_known(record: Record, source: Source) -> Known:
    url = (record.headers.get("WARC-Target-URI") or "").strip(" <>")
    return replace(
        source.known,
        url=url or None,
        retrieved=_to_time(record.headers),
        external_id=record.record_id,
        identity=None,
    )


def _to_time(headers: HeaderMap) -> str | None:
    try:
        return datetime.fromisoformat((headers.get("WARC-Date") or "").strip()).isoformat()
    except ValueError:
        return None


def _find_kind(label: str | None) -> str:
    return (label or "").partition(";")[0].strip().lower()


def _find_path(url: str | None) -> str:
    """Returns the path of an address; empty where it is none."""
    try:
        return urlsplit(url or "").path
    except ValueError:
        return ""


READER = Reader("warc", _SUFFIXES, recognise_warc, read_warc)
