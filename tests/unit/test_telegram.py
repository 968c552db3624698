"""Telegram exports: posts, where they come from, and exports that are broken or too large."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from endless_input import EndlessInput

from reportedly.model import Failure, Item
from reportedly.read import read_items
from reportedly.read.telegram import recognise_telegram
from reportedly.settings import Settings

SETTINGS = Settings()
POST: dict[str, Any] = {
    "id": 7,
    "type": "message",
    "date": "2021-03-03T12:15:00",
    "date_unixtime": "1614766500",
    "from": "Klow Herald",
    "from_id": "channel1001",
    "text": "Twelve were held.",
    "text_entities": [{"type": "plain", "text": "Twelve were held."}],
}


def make_chat(*posts: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {"name": "Klow Herald", "type": "public_channel", "id": 1001, **fields, "messages": list(posts)}


def read_export(export: object, settings: Settings = SETTINGS) -> list[Item | Failure]:
    data = export if isinstance(export, bytes) else json.dumps(export).encode()
    return list(read_items(["-"], settings, stdin=io.BytesIO(data)))


def read_post(**fields: Any) -> Item:
    (found,) = read_export(make_chat({**POST, **fields}))
    assert isinstance(found, Item), found
    return found


# ---------------------------------------------------------------- recognising


def test_an_export_is_told_without_its_name() -> None:
    assert read_post().reader == "telegram"
    assert recognise_telegram(b'{\n "about": "Here is ...",\n "personal_information": {\n  "user_id": 1', "x")
    assert recognise_telegram(b'{"chats": {"about": "", "list": [', "x")


@pytest.mark.parametrize(
    "data",
    [
        b'{"text": "They left.", "type": "public_channel"}',
        b'{"text": "a", "messages": [], "chats": {}}',
        b'[{"type": "public_channel", "id": 1}]',
        b'The "type": "public_channel", "id": 1',
    ],
)
def test_other_json_stays_what_it_is(data: bytes) -> None:
    assert not recognise_telegram(data, "result.json")


# ---------------------------------------------------------------- posts


def test_a_post_has_its_channel_its_moment_and_its_name() -> None:
    item = read_post(edited="2021-03-03T13:00:00", edited_unixtime="1614769200", author="Ana Bly")
    assert item.publisher == "Klow Herald"
    assert item.byline == "Ana Bly"
    assert item.published == "2021-03-03T10:15:00+00:00"
    assert item.modified == "2021-03-03T11:00:00+00:00"
    assert (item.external_id, item.identity) == ("7", "telegram:1001/7")
    assert item.url is None
    assert item.origin == "standard input#1001/7"


def test_a_date_without_its_number_has_no_zone() -> None:
    assert read_post(date_unixtime=None).published == "2021-03-03T12:15:00"
    assert read_post(date_unixtime="soon", date="today").published is None


@pytest.mark.parametrize(
    "fields",
    [
        {"text": "a link here", "text_entities": None},
        {"text": ["a ", {"type": "bold", "text": "link"}, " here"], "text_entities": []},
        {"text": "", "text_entities": [{"type": "plain", "text": "a "}, {"type": "bold", "text": "link here"}]},
        {"text": ["a link", {"text": {"text": "no"}}, 5, None, " here"], "text_entities": 5},
    ],
)
def test_the_text_may_be_a_string_or_parts(fields: dict[str, Any]) -> None:
    assert read_post(**fields).text == "a link here"


def test_paragraphs_are_kept_and_newlines_made_plain() -> None:
    assert (
        read_post(text_entities=[{"type": "plain", "text": "One\r\ntwo.\n\n \n\nThree.\n"}]).text
        == "One\ntwo.\n\nThree."
    )


def test_the_channel_that_a_post_comes_from_is_credited_in_its_first_line() -> None:
    item = read_post(forwarded_from="Example  Wire")
    assert item.text == "Forwarded from Example Wire\n\nTwelve were held."
    assert item.credited is not None
    assert item.text[item.credited.start : item.credited.end] == item.credited.text == "Example Wire"
    (region,) = item.regions
    assert region.kind == "dateline"
    assert item.text[region.start : region.end] == "Forwarded from Example Wire"


def test_a_post_forwarded_from_nobody_known_credits_nobody() -> None:
    assert read_post(forwarded_from=None).credited is None


def test_links_are_kept_once() -> None:
    parts = [
        {"type": "link", "text": "https://klow.example/a"},
        {"type": "text_link", "text": "more", "href": "https://klow.example/b"},
    ]
    assert read_post(text=parts, text_entities=parts).links == ("https://klow.example/a", "https://klow.example/b")


def test_what_has_no_words_is_passed_over() -> None:
    posts = [
        {**POST, "type": "service", "action": "pin_message"},
        {**POST, "text": "", "text_entities": []},
        {**POST, "text": "", "text_entities": [], "media_type": "sticker"},
        {**POST, "text": " \n ", "text_entities": []},
        {**POST, "id": 8, "photo": "photos/1.jpg"},
    ]
    assert [each.external_id for each in read_export(make_chat(*posts))] == ["8"]


def test_nobody_vouches_for_the_options_of_a_poll() -> None:
    answers = [{"text": "Twelve", "voters": 3, "chosen": False}, {"text": "Forty"}]
    item = read_post(text="", text_entities=[], poll={"question": "How many were held?", "answers": answers})
    assert item.text == "How many were held?\n\nTwelve\nForty"
    assert [(each.kind, item.text[each.start : each.end]) for each in item.regions] == [
        ("boilerplate", "Twelve\nForty")
    ]


def test_in_a_group_the_sender_is_the_byline() -> None:
    (item,) = read_export(make_chat({**POST, "from": "Ana Bly"}, type="public_supergroup"))
    assert isinstance(item, Item)
    assert (item.publisher, item.byline) == ("Klow Herald", "Ana Bly")


def test_a_full_export_gives_each_chat_its_own_name() -> None:
    export = {
        "about": "Here is the data you requested.",
        "personal_information": {"user_id": 1, "messages": [1]},
        "chats": {"about": "", "list": [make_chat(POST), make_chat(POST, name="Second", id=1002), make_chat()]},
        "left_chats": {"about": "", "list": [make_chat(POST, name=None, id=1003)]},
    }
    found = read_export(export)
    assert [each.publisher for each in found if isinstance(each, Item)] == ["Klow Herald", "Second", "Klow Herald"]
    assert [each.identity for each in found if isinstance(each, Item)] == [
        "telegram:1001/7",
        "telegram:1002/7",
        "telegram:1003/7",
    ]


# ---------------------------------------------------------------- broken and hostile


def test_a_message_that_is_none_is_a_failure_and_the_rest_goes_on() -> None:
    found = read_export(make_chat(POST, 5, POST))  # type: ignore[arg-type]
    assert [type(each) for each in found] == [Item, Failure, Item]


def test_an_export_that_is_cut_off_gives_what_came_before() -> None:
    found = read_export(json.dumps(make_chat(POST, POST, POST)).encode()[:-20])
    assert [type(each) for each in found] == [Item, Item, Failure]
    assert isinstance(found[2], Failure)
    assert found[2].cause.startswith("cut off after")


def test_an_export_without_messages_says_so() -> None:
    (found,) = read_export(make_chat())
    assert isinstance(found, Failure)
    assert found.cause == "empty: an export without messages"


def test_a_lone_surrogate_becomes_one_replacement_character() -> None:
    assert read_post(text_entities=[{"type": "plain", "text": "a\ud83db\x00c"}]).text == "a\ufffdbc"


@pytest.mark.parametrize("value", [b"[" * 100_000, b'{"a":' * 100_000, b"1" * 100_000])
def test_deep_nesting_and_long_numbers_are_a_failure_not_a_crash(value: bytes) -> None:
    whole = json.dumps(make_chat(POST)).encode()
    found = read_export(whole[:-2] + b', {"id": ' + value)
    assert [type(each) for each in found] == [Item, Failure]


def test_text_nested_as_deep_as_the_decoder_allows_is_no_crash() -> None:
    nested = b'{"text":' * 900 + b'"x"' + b"}" * 900
    found = read_export(json.dumps(make_chat(POST)).encode()[:-2] + b', {"type": "message", "text": ' + nested + b"}]}")
    assert [type(each) for each in found] == [Item]


def test_a_message_over_the_limit_is_a_failure() -> None:
    found = read_export(make_chat(POST, {**POST, "text": "x" * 3_000_000}), Settings(max_bytes=1_000_000))
    assert [type(each) for each in found] == [Item, Failure]
    assert isinstance(found[1], Failure)
    assert found[1].cause.startswith("too large for one report")


def test_a_large_export_is_streamed() -> None:
    stream = EndlessInput(json.dumps(make_chat()).encode()[:-2], json.dumps(POST).encode() + b",")
    found = iter(read_items(["-"], SETTINGS, stdin=io.BufferedReader(stream)))
    assert all(isinstance(next(found), Item) for _ in range(1_000))
    assert stream.taken < 1_000_000
