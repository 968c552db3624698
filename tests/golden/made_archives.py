"""Web archives, compressed files and tables, built in code: for golden cases and unit tests.

Everything in them is made up.
"""

from __future__ import annotations

import gzip
import io
import zipfile
from datetime import UTC, date, datetime

import pyarrow as pa
import pyarrow.parquet as pq
import zstandard

HTML = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
PAGE = (
    "<!doctype html><html lang='en'><head><title>Bridge at Klow closed</title></head><body><article>"
    "<h1>Bridge at Klow closed</h1><p>About 300 soldiers closed the bridge at Klow on Monday, the army said.</p>"
    "<p>Twelve people were detained near the old town, and two of them were later let go, police said.</p>"
    "</article></body></html>"
)


def make_record(
    number: int,
    block: bytes | None = None,
    *,
    kind: str = "response",
    label: str = "application/http; msgtype=response",
    url: str = "",
    extra: str = "",
    size: int | None = None,
    version: str = "1.1",
) -> bytes:
    """Makes one WARC record; by default an answer with a page. `size` is a Content-Length that may be wrong."""
    block = HTML + PAGE.encode() + b"<!-- %d -->" % number if block is None else block
    return (
        f"WARC/{version}\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <urn:uuid:{number:012}>\r\n"
        f"WARC-Date: 2021-03-0{number % 9 + 1}T10:15:00Z\r\n"
        f"WARC-Target-URI: {url or f'https://klow-herald.example/{number}'}\r\n"
        f"Content-Type: {label}\r\n{extra}Content-Length: {len(block) if size is None else size}\r\n\r\n"
    ).encode() + (block + b"\r\n\r\n")


def warc_news() -> bytes:
    """An archive as news crawls are laid out: one gzip member a record, answers and what goes with them."""
    records = [
        make_record(0, b"software: made\r\n", kind="warcinfo", label="application/warc-fields"),
        make_record(1, b"GET / HTTP/1.1\r\n\r\n", kind="request", label="application/http; msgtype=request"),
        make_record(2),
        make_record(3, b"HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\n\r\n<html>gone</html>"),
        make_record(4, b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\n\x89PNG"),
        make_record(5, HTML + b"<html>User-agent: *</html>", url="https://klow-herald.example/robots.txt"),
        make_record(6, b"", kind="revisit"),
    ]
    return b"".join(gzip.compress(record) for record in records)


def warc_damaged() -> bytes:
    """Five texts, one gzip member each; the third member is damaged."""
    members = [gzip.compress(to_text_record(number)) for number in range(1, 6)]
    third = bytearray(members[2])
    third[40] ^= 0xFF
    return b"".join([*members[:2], bytes(third), *members[3:]])


def warc_texts_zstd() -> bytes:
    """Texts made from pages (WET) in zstd, one frame a record."""
    return b"".join(zstandard.ZstdCompressor().compress(to_text_record(number)) for number in (1, 2))


def to_text_record(number: int) -> bytes:
    """Makes a record of a text that was made from a page."""
    text = f"Bridge at Klow closed\nAbout {number}00 soldiers closed the bridge at Klow on Monday, the army said.\n"
    language = "WARC-Identified-Content-Language: eng,fra\r\n"
    return make_record(number, text.encode(), kind="conversion", label="text/plain", extra=language)


def wacz_collection() -> bytes:
    """A web archive collection with two WARCs, a page list and an index."""
    return make_zip(
        {
            "archive/one.warc.gz": gzip.compress(to_text_record(1)),
            "archive/two.warc": to_text_record(2),
            "indexes/index.cdx.gz": gzip.compress(b"example,klow-herald)/ 20210303 {}\n"),
            "pages/pages.jsonl": b'{"format": "json-pages-1.0", "id": "pages", "title": "All"}\n',
            "datapackage.json": b'{"profile": "data-package", "wacz_version": "1.1.1", "resources": []}',
        }
    )


def zip_of_reports() -> bytes:
    """A ZIP with a text, a compressed table and what a Mac leaves in every folder."""
    return make_zip(
        {
            "reports/one.txt": b"Twelve were held in Klow.",
            "__MACOSX/reports/._one.txt": b"\x00\x05\x16\x07",
            "reports/.DS_Store": b"\x00",
            "reports/more.csv.gz": gzip.compress(b"text,id\nThirteen were held in Klow.,b\n"),
        }
    )


def jsonl_gzip() -> bytes:
    """JSON Lines in gzip, of two members, as files are when others are appended to them."""
    return gzip.compress(b'{"text": "Twelve were held."}\n') + gzip.compress(b'{"text": "Two were let go."}\n')


def jsonl_gzip_cut() -> bytes:
    """JSON Lines in gzip that was cut short in its second member."""
    return jsonl_gzip()[:-12]


def parquet_table() -> bytes:
    """A table with times, dates, nulls and a column within a column, in two row groups."""
    zoned = datetime(2021, 3, 3, 10, 15, tzinfo=UTC)
    table = pa.table(
        {
            "body": ["Twelve were held in Klow.", None, "Two were let go."],
            "published_at": pa.array([zoned, zoned, None], pa.timestamp("ns", "UTC")),
            "day": pa.array([date(2021, 3, 4)] * 3),
            "article_id": [1, 2, 3],
            "meta": [{"title": "Held"}, None, {"title": "Let go"}],
        }
    )
    return make_parquet(table, row_group_size=2)


def make_parquet(table: pa.Table, row_group_size: int = 1000, compression: str = "snappy") -> bytes:
    """Writes a table as Parquet."""
    file = io.BytesIO()
    pq.write_table(table, file, row_group_size=row_group_size, compression=compression)
    return file.getvalue()


def make_zip(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Makes a ZIP of members."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return file.getvalue()
