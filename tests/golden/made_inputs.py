"""Inputs of golden cases that are not text: each function builds one in code, `() -> bytes`.

Everything in them is made up. A case names its function: `make: page_with_wrong_charset`.
"""

from __future__ import annotations

from made_archives import (  # noqa: F401 - named by cases
    jsonl_gzip,
    jsonl_gzip_cut,
    parquet_table,
    wacz_collection,
    warc_damaged,
    warc_news,
    warc_texts_zstd,
    zip_of_reports,
)
from made_releases import docx_layout, docx_release, pdf_columns, pdf_release, pdf_scan  # noqa: F401 - named by cases


def page_with_wrong_charset() -> bytes:
    """A page in UTF-8 that calls itself ISO-8859-1."""
    return (
        '<!doctype html><html lang="en"><head><meta charset="iso-8859-1"><title>Café in Klow hit</title></head>'
        "<body><article><h1>Café in Klow hit</h1>"
        "<p>Twelve people were hurt when a rocket struck a café in Klow’s old town on Monday, police said.</p>"
        "<p>“We heard two blasts,” said Zoë Müller, who lives nearby. Soldiers closed the bridge – and the square.</p>"
        "</article></body></html>"
    ).encode()
