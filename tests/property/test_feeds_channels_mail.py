"""Whatever is done to a feed, an export or a mail, reading ends in items and failures, and offsets hold."""

from __future__ import annotations

import io
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reportedly.model import Failure, Item
from reportedly.read import read_items
from reportedly.read.fragments import Block, join_blocks, split_html
from reportedly.read.json_parts import walk_json
from reportedly.settings import Settings

FEED = b"""<?xml version="1.0"?><rss version="2.0"><channel><title>Klow Herald</title>
<item><title>Held &amp; freed</title><guid>1</guid>
<description><![CDATA[<p>Police held <b>12</b>.</p>]]></description></item>
<item><title>Second</title><link>https://klow.example/2</link><description>Words.</description></item></channel></rss>"""
EXPORT = json.dumps(
    {
        "name": "Klow Herald",
        "type": "public_channel",
        "id": 1001,
        "messages": [
            {
                "id": at,
                "type": "message",
                "date_unixtime": "1614766500",
                "forwarded_from": "Wire",
                "text": ["Words ", "é"],
            }
            for at in range(3)
        ],
    }
).encode()
MAIL = b"""From: Klow Herald <news@klow.example>
Subject: =?utf-8?q?Held?=
Date: Wed, 03 Mar 2021 10:15:00 +0200
Message-ID: <1>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=xx

--xx
Content-Type: text/plain; format=flowed

Police held\x20
12.
> quoted
--\x20
Bo
--xx
Content-Type: text/html; charset=utf-8

<p>Police</p>
--xx--
"""
SETTINGS = Settings()
MARKUP = [
    "<p>",
    "</p>",
    "<br>",
    "<pre>",
    "<h1>",
    "</h1>",
    "<div hidden>",
    "a",
    "\n",
    "&#0;",
    "&amp;",
    "<a href='http://[",
]
DAMAGE = [b"", b"<", b"&", b"]]>", b'"', b"\\", b"{", b"\n\n", b"\xff", b"</item>", b"--xx\n"]


def check(found: list[Item | Failure]) -> None:
    assert found
    for each in found:
        if isinstance(each, Failure):
            assert each.cause
            assert "\n" not in each.cause
            continue
        assert each.text.strip()
        each.text.encode()
        assert "\x00" not in each.text
        assert all(0 <= region.start < region.end <= len(each.text) for region in each.regions)
        if each.credited:
            assert each.text[each.credited.start : each.credited.end] == each.credited.text


@pytest.mark.parametrize("whole", [FEED, EXPORT, MAIL], ids=["feed", "export", "mail"])
@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_a_damaged_input_ends_in_items_and_failures(whole: bytes, data: st.DataObject) -> None:
    damaged = bytearray(whole)
    for _ in range(data.draw(st.integers(0, 4))):
        at = data.draw(st.integers(40, len(damaged) - 1))
        piece = data.draw(st.sampled_from(DAMAGE))
        damaged[at : at + data.draw(st.integers(0, 30))] = piece
        damaged = damaged if len(damaged) > 60 else bytearray(whole)
    check(list(read_items(["-"], SETTINGS, stdin=io.BytesIO(bytes(damaged)))))


@given(
    value=st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=10,
    ),
    size=st.integers(1, 9),
    indent=st.sampled_from([None, 1]),
)
def test_json_read_in_pieces_is_the_json_that_was_written(value: object, size: int, indent: int | None) -> None:
    text = json.dumps({"a": [value, value], "b": value}, indent=indent)
    blocks = iter([text[at : at + size] for at in range(0, len(text), size)])
    parts = list(walk_json(blocks, lambda path: path in ((), ("a",)), limit=10_000, where=""))
    assert [(part.path, part.value) for part in parts] == [(("a", 0), value), (("a", 1), value), (("b",), value)]
    assert all(json.loads(part.raw) == part.value for part in parts)


@given(st.lists(st.text().map(Block)), st.none() | st.text(min_size=1))
def test_joined_blocks_keep_their_words(blocks: list[Block], title: str | None) -> None:
    text, regions = join_blocks(blocks, title)
    assert all(block.text in text for block in blocks if block.text.strip())
    assert len(regions) == (title is not None)
    for region in regions:
        assert title is not None
        assert text[region.start : region.end].casefold().split() == title.casefold().split()


@given(st.text() | st.lists(st.sampled_from(MARKUP)).map("".join))
def test_any_html_becomes_clean_blocks(html: str) -> None:
    for block in split_html(html, "https://klow.example/").blocks:
        assert block.text == block.text.strip()
        assert block.text
        assert "\n\n" not in block.text
        assert "\x00" not in block.text
