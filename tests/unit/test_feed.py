"""Feeds: RSS, Atom and JSON Feed, what is ill-formed in them, and what wants to do harm."""

from __future__ import annotations

import io
import json
import time

import pytest
from endless_input import EndlessInput

from reportedly.model import Failure, Item
from reportedly.read import read_items
from reportedly.read.feed import read_feed, recognise_feed
from reportedly.read.sources import Address, Known, to_source
from reportedly.settings import Settings

SETTINGS = Settings()
BEFORE = b'<rss version="2.0"><channel><title>Klow Herald</title><link>https://klow.example/</link>'
AFTER = b"</channel></rss>"


def read_bytes(data: bytes, settings: Settings = SETTINGS) -> list[Item | Failure]:
    return list(read_items(["-"], settings, stdin=io.BytesIO(data)))


def read_linked(data: bytes) -> list[object]:
    source = to_source(
        io.BytesIO(data), origin="feed", name="", settings=SETTINGS, known=Known(linked=True, columns={"text": "body"})
    )
    return list(read_feed(source))


def make_entry(body: bytes, title: bytes = b"A title", number: int = 1) -> bytes:
    return (
        b"<item><title>%s</title><link>https://klow.example/%d</link><description>%s</description></item>"
        % (title, number, body)
    )  # fmt: skip


def make_feed(*entries: bytes) -> bytes:
    return BEFORE + b"".join(entries) + AFTER


def find_causes(found: list[Item | Failure]) -> list[str]:
    return [each.cause for each in found if isinstance(each, Failure)]


def find_bodies(found: list[Item | Failure]) -> list[str]:
    return [each.text.partition("\n\n")[2] for each in found if isinstance(each, Item)]


# ---------------------------------------------------------------- recognising


@pytest.mark.parametrize(
    "head",
    [
        b'<?xml version="1.0"?>\n<!-- made --><rss version="2.0"><channel>',
        b"\xef\xbb\xbf<rss><channel>",
        '<?xml version="1.0" encoding="utf-16"?><rss version="2.0">'.encode("utf-16"),
        b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">',
        b'<feed xmlns="http://www.w3.org/2005/Atom">',
        b'<a:feed xmlns:a="http://www.w3.org/2005/Atom">',
        b'<!DOCTYPE rss [<!ENTITY a "b">',
        b'{"version": "https://jsonfeed.org/version/1.1", "title": "K"',
        rb'{"title": "K", "version":"https:\/\/jsonfeed.org\/version\/1"',
    ],
)
def test_a_feed_is_told_by_its_content(head: bytes) -> None:
    assert recognise_feed(head, "")


@pytest.mark.parametrize(
    "head",
    [
        b"<!DOCTYPE html><html><head><title>rss</title>",
        b"<feedback>no</feedback>",
        b'<feed xmlns="https://example.org/fish">',
        b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><owl/>',
        b"The <rss> element is the root of a feed.",
        b'{"version": "1.1", "text": "a"}',
        b"\x89PNG<rss>",
    ],
)
def test_what_is_no_feed_is_left_to_others(head: bytes) -> None:
    assert not recognise_feed(head, "x.html")


# ---------------------------------------------------------------- entries


def test_the_full_text_is_read_before_the_summary() -> None:
    content = b"<content:encoded><![CDATA[<p>Whole.</p><p>Text.</p>]]></content:encoded>"
    feed = make_feed(make_entry(b"Short.").replace(b"</item>", content + b"</item>"))
    feed = feed.replace(b"<rss", b'<rss xmlns:content="http://purl.org/rss/1.0/modules/content/"')
    assert find_bodies(read_bytes(feed)) == ["Whole.\n\nText."]


def test_a_title_that_the_text_begins_with_stands_there_once() -> None:
    (item,) = read_bytes(make_feed(make_entry(b"&lt;h1&gt;A title&lt;/h1&gt;&lt;p&gt;Words.&lt;/p&gt;")))
    assert isinstance(item, Item)
    assert item.text == "A title\n\nWords."
    assert [(region.kind, region.start, region.end) for region in item.regions] == [("headline", 0, 7)]


def test_only_a_summary_asks_for_the_page_where_that_is_wanted() -> None:
    (found,) = read_linked(make_feed(make_entry(b"Short.").replace(b"</item>", b"<guid>g</guid></item>")))
    assert isinstance(found, Address)
    assert (found.url, found.origin) == ("https://klow.example/1", "feed#g")
    assert (found.known.title, found.known.publisher, found.known.external_id) == ("A title", "Klow Herald", "g")
    assert found.known.columns == {"text": "body"}
    assert not found.known.linked


def test_a_full_text_asks_for_no_page() -> None:
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "items": [{"url": "https://k.example/1", "content_text": "W."}],
    }
    assert [type(each) for each in read_linked(json.dumps(feed).encode())] == [Item]


def test_an_entry_without_text_is_a_failure_that_names_it() -> None:
    found = read_bytes(make_feed(b"<item><title>Alone</title><guid>g-7</guid></item>", make_entry(b"Words.")))
    assert isinstance(found[0], Failure)
    assert (found[0].cause, found[0].external_id) == ("no text in this entry", "g-7")
    assert find_bodies(found) == ["Words."]


def test_the_identity_is_the_link_or_else_the_feed_and_the_guid() -> None:
    bare = b"<item><guid isPermaLink='false'>g</guid><description>Words.</description></item>"
    found = read_bytes(make_feed(make_entry(b"Words."), bare))
    identities = [each.identity for each in found if isinstance(each, Item)]
    assert identities == ["https://klow.example/1", "https://klow.example/ g"]


def test_the_same_entry_has_the_same_hash_in_another_feed() -> None:
    first, second = read_bytes(make_feed(make_entry(b"A."), make_entry(b"B.")))
    (alone,) = read_bytes(make_feed(make_entry(b"B.")))
    hashes = [each.raw_sha256 for each in (first, second, alone) if isinstance(each, Item)]
    assert hashes[0] != hashes[1] == hashes[2]


def test_a_json_feeds_title_may_stand_after_its_items() -> None:
    feed = b'{"version": "https://jsonfeed.org/version/1.1", "items": [{"id": 7, "content_text": "W."}], "title": "K"}'
    (item,) = read_bytes(feed)
    assert isinstance(item, Item)
    assert (item.publisher, item.external_id) == ("K", "7")


# ---------------------------------------------------------------- encodings


@pytest.mark.parametrize(
    ("declared", "written"),
    [
        ("utf-8", "utf-8"),
        ("ISO-8859-1", "cp1252"),
        ("windows-1252", "cp1252"),
        ("utf-16", "utf-16"),
        ("utf-8", "cp1252"),
    ],
)
def test_encodings_and_wrong_labels_give_the_same_text(declared: str, written: str) -> None:
    feed = f'<?xml version="1.0" encoding="{declared}"?>' + make_feed(make_entry("The café’s “end”.".encode())).decode()
    assert find_bodies(read_bytes(feed.encode(written))) == ["The café’s “end”."]


def test_control_characters_that_xml_forbids_spoil_nothing() -> None:
    assert find_bodies(read_bytes(make_feed(make_entry(b"Some\x0b words.")))) == ["Some words."]


# ---------------------------------------------------------------- ill-formed


@pytest.mark.parametrize(
    "sick",
    [
        make_entry(b"Smith & Sons"),
        make_entry(b"one&nbsp;two"),
        make_entry(b"<p>one<br>two"),
        make_entry(b"words").replace(b"<item>", b"<item new>"),
        make_entry(b"words <b>bold</i>"),
    ],
)
def test_an_ill_formed_entry_is_read_and_spoils_none_of_the_others(sick: bytes) -> None:
    found = read_bytes(make_feed(make_entry(b"First."), sick, make_entry(b"Last.")))
    assert len(found) == 3
    bodies = find_bodies(found)
    assert (len(bodies), bodies[0], bodies[2]) == (3, "First.", "Last.")


def test_an_ill_formed_head_costs_no_entry() -> None:
    feed = make_feed(make_entry(b"First."), make_entry(b"Last.")).replace(b"Klow Herald", b"Smith & Sons")
    found = read_bytes(feed)
    assert find_bodies(found) == ["First.", "Last."]
    assert {each.publisher for each in found if isinstance(each, Item)} == {"Smith & Sons"}


def test_what_is_ill_formed_between_entries_costs_none() -> None:
    found = read_bytes(make_feed(make_entry(b"First."), b"<x>a & b</x>", make_entry(b"Last.")))
    assert find_bodies(found) == ["First.", "Last."]


def test_an_entry_without_an_end_does_not_swallow_the_next() -> None:
    open_entry = make_entry(b"First.").removesuffix(b"</item>")
    assert find_bodies(read_bytes(make_feed(open_entry, make_entry(b"Last.")))) == ["First.", "Last."]


def test_a_feed_that_is_broken_off_says_so_after_its_whole_entries() -> None:
    whole = make_feed(make_entry(b"First."), make_entry(b"Second."), make_entry(b"Third."))
    found = read_bytes(whole[:-60])
    assert find_bodies(found) == ["First.", "Second."]
    assert find_causes(found) == ["the feed is broken off after 2 entries"]


def test_every_cut_of_a_feed_ends_in_whole_entries_and_one_failure() -> None:
    whole = make_feed(make_entry(b"First."), make_entry(b"Second."))
    for end in range(len(BEFORE), len(whole) - 7, 5):
        found = read_bytes(whole[:end])
        assert find_bodies(found) == ["First.", "Second."][: len(found) - 1]
        assert len(find_causes(found)) == 1


def test_what_follows_the_feed_is_no_part_of_it() -> None:
    assert find_causes(read_bytes(make_feed(make_entry(b"First.")) + b"\n<br>Warning: a & b")) == []


def test_a_feed_without_entries_is_a_failure() -> None:
    assert find_causes(read_bytes(make_feed())) == ["empty: a feed without entries"]


def test_a_json_feed_that_is_cut_off_gives_what_came_before() -> None:
    feed = {"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "a", "content_text": "Words."}] * 3}
    found = read_bytes(json.dumps(feed).encode()[:-30])
    assert [type(each) for each in found] == [Item, Item, Failure]
    assert find_causes(found)[0].startswith("cut off after")


# ---------------------------------------------------------------- hostile


def make_bomb() -> bytes:
    lines = [b'<!ENTITY a0 "ha">', *(b'<!ENTITY a%d "%s">' % (at, b"&a%d;" % (at - 1) * 10) for at in range(1, 12))]
    return b"<!DOCTYPE rss [" + b"".join(lines) + b"]>"


@pytest.mark.parametrize(
    "doctype",
    [
        make_bomb(),
        b'<!DOCTYPE rss [<!ENTITY a "' + b"x" * 10_000_000 + b'">]>',
        b"<!DOCTYPE rss [" + b"<!-- x -->" * 1_000_000 + b'<!ENTITY a "b">]>',
        b'<!DOCTYPE rss [<!ENTITY a SYSTEM "file:///etc/hostname">]>',
        b'<!DOCTYPE rss [<!ENTITY % p SYSTEM "http://127.0.0.1:9/x"> %p;]>',
    ],
    ids=["laughs", "large", "hidden", "file", "parameter"],
)
def test_entities_of_its_own_are_refused_at_once(doctype: bytes) -> None:
    begin = time.perf_counter()
    (found,) = read_bytes(doctype + make_feed(make_entry(b"&a;" * 1000)))
    assert isinstance(found, Failure)
    assert found.cause.startswith(("the feed declares entities", "no entry in the first megabyte"))
    assert time.perf_counter() - begin < 2


def test_an_outer_document_type_is_not_fetched() -> None:
    doctype = b'<!DOCTYPE rss SYSTEM "file:///etc/hostname">'
    assert find_bodies(read_bytes(doctype + make_feed(make_entry(b"a &eacute; &own; b")))) == ["a é &own; b"]


def test_deep_nesting_is_a_failure_after_the_entries_before() -> None:
    found = read_bytes(make_feed(make_entry(b"First."), make_entry(b"<b>" * 100_000)))
    assert find_bodies(found) == ["First."]
    assert find_causes(found) == ["nested too deep: more than 500 tags within each other"]


@pytest.mark.parametrize(
    "body",
    [b"& " + b"<!--" * 50_000, b"& " + b"<a " * 5_000, b"&" * 30_000, b"& <a b='" + b"\"'" * 50_000, b"\n" * 100_000],
    ids=["comments", "tags", "ampersands", "quotes", "blanks"],
)
def test_garbage_in_an_entry_is_over_quickly(body: bytes) -> None:
    begin = time.perf_counter()
    found = read_bytes(make_feed(make_entry(body), make_entry(b"Last.")))
    assert find_bodies(found)[-1] == "Last."
    assert time.perf_counter() - begin < 5


def test_an_entry_over_the_limit_is_a_failure() -> None:
    found = read_bytes(make_feed(make_entry(b"First."), make_entry(b"x" * 3_000_000)), Settings(max_bytes=1_000_000))
    assert find_bodies(found) == ["First."]
    assert find_causes(found)[0].startswith("too large for one report")


def test_a_long_feed_is_streamed() -> None:
    stream = EndlessInput(BEFORE, make_entry(b"Words.") * 1_000)
    found = iter(read_items(["-"], SETTINGS, stdin=io.BufferedReader(stream)))
    assert all(isinstance(next(found), Item) for _ in range(100))
    assert stream.taken < 2_000_000
