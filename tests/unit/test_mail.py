"""Mails and mailboxes: headers, bodies in their several forms, and what wants to do harm."""

from __future__ import annotations

import base64
import io
import time
from pathlib import Path

import pytest
from endless_input import EndlessInput

from reportedly.model import Failure, Item
from reportedly.read import read_items
from reportedly.read.mail import recognise_mail
from reportedly.settings import Settings

SETTINGS = Settings()
HEADER = b"""From: Klow Herald <news@klow.example>
Subject: Twelve held
Date: Wed, 03 Mar 2021 10:15:00 +0200
Message-ID: <a.1@klow.example>
MIME-Version: 1.0
"""
ENVELOPE = b"From news@klow.example Wed Mar  3 10:15:00 2021\n"


def read_bytes(data: bytes, settings: Settings = SETTINGS) -> list[Item | Failure]:
    return list(read_items(["-"], settings, stdin=io.BytesIO(data)))


def read_one(data: bytes) -> Item:
    (found,) = read_bytes(data)
    assert isinstance(found, Item), found
    assert found.reader == "mail"
    return found


def read_body(content_type: str, body: bytes) -> str:
    """The text below the subject."""
    return read_one(HEADER + f"Content-Type: {content_type}\n\n".encode() + body).text.partition("\n\n")[2]


def make_parts(kind: str, *parts: bytes) -> bytes:
    inner = b"".join(b"--xx\n" + part + b"\n" for part in parts)
    return HEADER + f"Content-Type: multipart/{kind}; boundary=xx\n\n".encode() + inner + b"--xx--\n"


def find_regions(item: Item) -> list[tuple[str, str]]:
    return [(region.kind.value, item.text[region.start : region.end]) for region in item.regions]


# ---------------------------------------------------------------- recognising


@pytest.mark.parametrize(
    "head",
    [
        HEADER + b"\nText.",
        HEADER.replace(b"\n", b"\r\n") + b"\r\nText.",
        b"Received: from a\n by b\nFrom: a@b.example\nSubject: x\n\nText.",
        ENVELOPE + b"Subject: x\n\nText.",
        b"\xef\xbb\xbf" + HEADER,
        b"Received: from a\nDate: x\nX-Long: " + b"x" * 9000,
    ],
)
def test_a_mail_is_told_by_its_header(head: bytes) -> None:
    assert recognise_mail(head, "")


@pytest.mark.parametrize(
    "text",
    [
        b"From: our own correspondent\n\nTwelve were held.",
        b"From: our own correspondent in Klow\nTwelve were held, police said.",
        b"From the border there was no news.\nMore: later.",
        b"From: the minister\nTo: the staff\nSubject: leave\nDate: Monday\n\nNobody leaves.",
        b"Subject: leave\nDate: Monday\nStatus: open\n\nNobody leaves.",
        b"From: a\nSubject: b\nnot a header\nMessage-ID: c\n\nText.",
    ],
)
def test_text_that_begins_like_a_mail_stays_text(text: bytes) -> None:
    (item,) = read_bytes(text)
    assert isinstance(item, Item)
    assert item.reader == "text"
    assert item.text == text.decode()


def test_a_mail_without_what_mail_programs_write_is_told_by_its_name(tmp_path: Path) -> None:
    path = tmp_path / "release.eml"
    path.write_bytes(b"From: a@klow.example\nSubject: Held\n\nText.")
    (item,) = read_items([path], SETTINGS)
    assert isinstance(item, Item)
    assert (item.reader, item.publisher, item.text) == ("mail", "klow.example", "Held\n\nText.")


# ---------------------------------------------------------------- headers


def test_the_header_says_who_when_and_what() -> None:
    item = read_one(HEADER + b"Archived-At: <https://lists.example/1>\n\nPolice held twelve.\n")
    assert item.text == "Twelve held\n\nPolice held twelve."
    assert item.title == "Twelve held"
    assert item.publisher == "Klow Herald"
    assert item.published == "2021-03-03T10:15:00+02:00"
    assert (item.external_id, item.identity) == ("a.1@klow.example", "mid:a.1@klow.example")
    assert item.url == "https://lists.example/1"
    assert find_regions(item) == [("headline", "Twelve held")]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("=?utf-8?q?Zo=C3=AB_=E2=80=93_held?=", "Zoë – held"),
        ("=?windows-1252?b?Wm/rIJYgaGVsZA==?=", "Zoë – held"),
        ("=?utf-8?q?Zo=C3?=\n =?utf-8?q?=AB_held?=", "Zoë held"),
        ("Zoë – held", "Zoë – held"),
        ("Zoë\n held", "Zoë held"),
        ("=?klingon?q?held?=", "held"),
    ],
)
def test_a_subject_in_any_spelling_is_read(written: str, read: str) -> None:
    assert read_one(HEADER.replace(b"Twelve held", written.encode()) + b"\nText.").title == read


@pytest.mark.parametrize(
    ("sender", "publisher"),
    [
        ('"Herald, Klow" <a@klow.example>', "Herald, Klow"),
        ("=?utf-8?q?K=C5=82ow?= <a@klow.example>", "Kłow"),
        ("a@Klow.example", "klow.example"),
        ('"a@klow.example" <a@klow.example>', "klow.example"),
        ("<>", None),
        ("(" * 3_000, None),
        (":;" * 1_500, None),
    ],
)
def test_the_sender_is_the_publisher(sender: str, publisher: str | None) -> None:
    header = HEADER.replace(b"Klow Herald <news@klow.example>", sender.encode())
    assert read_one(header + b"\nText.").publisher == publisher


# ---------------------------------------------------------------- bodies


@pytest.mark.parametrize(
    ("label", "data"),
    [
        ("utf-8", "Café – “end”.".encode()),
        ("iso-8859-1", "Café – “end”.".encode("cp1252")),
        ("iso-8859-1", "Café – “end”.".encode()),
        ("us-ascii", "Café – “end”.".encode("cp1252")),
        ("klingon", "Café – “end”.".encode("cp1252")),
    ],
)
def test_wrong_charsets_are_put_right(label: str, data: bytes) -> None:
    assert read_body(f"text/plain; charset={label}", data) == "Café – “end”."


def test_transfer_encodings_are_undone() -> None:
    quoted = b"Content-Transfer-Encoding: quoted-printable\n"
    assert read_one(HEADER + quoted + b"\nheld=\n now =E2=80=93\n").text == "Twelve held\n\nheld now –"
    coded = b"Content-Transfer-Encoding: base64\n"
    assert read_one(HEADER + coded + b"\n" + base64.encodebytes("Now –".encode())).text == "Twelve held\n\nNow –"


def test_lines_that_flow_are_put_together_again() -> None:
    assert read_body("text/plain; format=flowed", b"Twelve \nwere held.\n\n  Indented\n> a \n> b\n") == (
        "Twelve were held.\n\nIndented\n\n> a b"
    )
    assert read_body("text/plain; format=flowed; delsp=yes", b"Twel \nve were held.\n") == "Twelve were held."


def test_the_plain_form_is_preferred() -> None:
    data = make_parts(
        "alternative", b"Content-Type: text/plain\n\nPlain.", b"Content-Type: text/html\n\n<p>Marked up.</p>"
    )
    assert read_one(data).text == "Twelve held\n\nPlain."


@pytest.mark.parametrize("stub", [b"View this email in your browser: https://klow.example", b"", b"Hi."])
def test_a_plain_form_that_says_nothing_gives_way(stub: bytes) -> None:
    page = b"<style>p {}</style><p style='display:none'>Preview</p><p>Police held <b>12</b>.</p><a href='https://k.example'>x</a>"
    item = read_one(
        make_parts("alternative", b"Content-Type: text/plain\n\n" + stub, b"Content-Type: text/html\n\n" + page)
    )
    assert item.text == "Twelve held\n\nPolice held 12.\n\nx"
    assert item.links == ("https://k.example",)


def test_signatures_and_quoted_replies_are_marked_and_kept() -> None:
    quoted = b"On Tue, 2 Mar 2021, Ana Bly\n<a@klow.example> wrote:\n> 40 troops?\n>\n> Or more?\n\n"
    item = read_one(HEADER + b"\nYes.\n\n" + quoted + b"No.\n-- \nBo\nHerald\n")
    assert find_regions(item)[1:] == [
        ("boilerplate", "On Tue, 2 Mar 2021, Ana Bly\n<a@klow.example> wrote:\n> 40 troops?\n>\n> Or more?"),
        ("boilerplate", "-- \nBo\nHerald"),
    ]
    assert "\n\nYes.\n\n" in item.text
    assert "\n\nNo.\n\n" in item.text


def test_two_dashes_in_the_middle_of_a_report_end_nothing() -> None:
    body = b"One.\n--\n" + b"More words.\n\n" * 20
    assert len(find_regions(read_one(HEADER + b"\n" + body))) == 1


def test_attachments_are_passed_over_and_messages_within_are_reports() -> None:
    inner = b"Content-Type: message/rfc822\n\nFrom: Example Wire <w@wire.example>\nSubject: Inner\n\nInner text."
    attached = b"Content-Type: text/plain\nContent-Disposition: attachment; filename=a.txt\n\nAttached."
    found = read_bytes(make_parts("mixed", b"Content-Type: text/plain\n\nSee below.", inner, attached))
    assert [(each.publisher, each.text) for each in found if isinstance(each, Item)] == [
        ("Klow Herald", "Twelve held\n\nSee below."),
        ("Example Wire", "Inner\n\nInner text."),
    ]
    assert [each.origin for each in found] == ["standard input", "standard input.1"]


def test_a_mail_without_text_is_a_failure_that_names_it() -> None:
    (found,) = read_bytes(HEADER + b"Content-Type: image/png\n\nxx")
    assert isinstance(found, Failure)
    assert (found.cause, found.external_id) == ("no text in this mail", "a.1@klow.example")


def test_a_page_that_a_browser_saved_as_a_mail_goes_to_the_reader_of_pages() -> None:
    words = "<p>Police in Klow held twelve people on Monday after a march to the old bridge, officials said.</p>" * 3
    page = f"<html><head><title>Held</title></head><body><article>{words}</article></body></html>"
    data = make_parts("related", b"Content-Type: text/html\n\n" + page.encode())
    data = b"Snapshot-Content-Location: https://klow.example/a\n" + data.replace(b"Klow Herald <", b"<Saved by Blink ")
    (item,) = read_bytes(data)
    assert isinstance(item, Item)
    assert (item.reader, item.url) == ("html", "https://klow.example/a")


# ---------------------------------------------------------------- mailboxes


def test_a_mailbox_is_read_message_by_message() -> None:
    second = b"Subject: Two\nFrom: b@klow.example\n\n>From here on.\n\nFrom there it went on.\n"
    found = read_bytes(
        ENVELOPE + HEADER + b"\nOne.\n\n" + ENVELOPE + second + b"\n" + ENVELOPE + b"Subject: Empty\n\n\n"
    )
    assert [each.text for each in found if isinstance(each, Item)] == [
        "Twelve held\n\nOne.",
        "Two\n\nFrom here on.\n\nFrom there it went on.",
    ]
    assert [type(each) for each in found] == [Item, Item, Failure]
    assert [each.origin for each in found] == ["standard input[1]", "standard input[2]", "standard input[3]"]


def test_a_mailbox_with_the_line_ends_of_mail_is_read() -> None:
    data = ENVELOPE + HEADER + b"\nOne.\n\n" + ENVELOPE + HEADER + b"\nTwo.\n"
    assert len(read_bytes(data.replace(b"\n", b"\r\n"))) == 2


def test_a_message_over_the_limit_is_one_failure_and_the_rest_goes_on() -> None:
    data = ENVELOPE + HEADER + b"\n" + b"x" * 3_000_000 + b"\n\n" + ENVELOPE + HEADER + b"\nTwo.\n"
    found = read_bytes(data, Settings(max_bytes=10_000))
    assert [type(each) for each in found] == [Failure, Item]
    assert isinstance(found[0], Failure)
    assert "the limit is 10,000" in found[0].cause


def test_a_large_mailbox_is_streamed() -> None:
    stream = EndlessInput(b"", ENVELOPE + HEADER + b"\nOne.\n\n")
    found = iter(read_items(["-"], SETTINGS, stdin=io.BufferedReader(stream)))
    assert all(isinstance(next(found), Item) for _ in range(100))
    assert stream.taken < 200_000


# ---------------------------------------------------------------- hostile


def nest(depth: int) -> bytes:
    return b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (at, at) for at in range(depth))


@pytest.mark.parametrize(
    "data",
    [
        HEADER + nest(1_000) + b"\nText.",
        HEADER + nest(90) + b"\nText." * 1_000_000,
        HEADER + b"Content-Type: message/rfc822\n\n" * 20_000 + b"\nText.",
        HEADER + b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 500_000,
        HEADER + b"X-Bomb: " + b"a@b.example, " * 800_000 + b"\n\nText.",
        HEADER + b"X: y\n" * 300_000 + b"\nText.",
    ],
    ids=["nested", "nested and long", "messages", "parts", "header", "headers"],
)
def test_a_mail_made_to_do_harm_is_a_failure_at_once(data: bytes) -> None:
    begin = time.perf_counter()
    (found,) = read_bytes(data)
    assert isinstance(found, Failure)
    assert found.cause.startswith("not a mail: ")
    assert time.perf_counter() - begin < 3


@pytest.mark.parametrize(
    "header",
    [
        b"Subject: " + b"=?utf-8?q?x?= " * 50_000,
        b"Content-Type: text/plain; " + b'a="b;\\" ; ' * 50_000,
        b"Date: " + b"(" * 50_000,
        b"Message-ID: " + b"<" * 50_000,
    ],
    ids=["subject", "type", "date", "id"],
)
def test_a_header_too_long_is_cut_and_over_quickly(header: bytes) -> None:
    others = [line for line in HEADER.splitlines(keepends=True) if line[:6] != header[:6]]
    begin = time.perf_counter()
    assert read_one(b"".join(others) + header + b"\n\nText.").text.endswith("\n\nText.")
    assert time.perf_counter() - begin < 2


def test_many_parts_with_long_headers_are_read_quickly() -> None:
    part = b"--xx\nContent-Type: text/plain; " + b"a=b; " * 90 + b"\n\nWord.\n"
    begin = time.perf_counter()
    item = read_one(HEADER + b"Content-Type: multipart/mixed; boundary=xx\n\n" + part * 500 + b"--xx--\n")
    assert item.text.count("Word.") == 500
    assert time.perf_counter() - begin < 3
