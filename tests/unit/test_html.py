"""The reader of web pages: what it takes from a page, and how it ends on pages that are none."""

from __future__ import annotations

import hashlib
import io
import pickle
import time

import pytest

from reportedly.errors import ReadError
from reportedly.model import Failure, Item
from reportedly.read import read_items
from reportedly.read.html import READER, recognise_html
from reportedly.read.html_charsets import decode_page
from reportedly.read.html_dates import to_latest, to_moment
from reportedly.read.html_tree import MOST_LETTERS
from reportedly.read.sources import Known, Payload
from reportedly.settings import Settings
from reportedly.vocab import RegionKind

FIRST = "Twelve soldiers were killed near Klow on Monday when a convoy was hit by a roadside bomb, officials said."
SECOND = "About 1,700 troops will leave the province by March, the ministry of defence said in a statement on Tuesday."
THIRD = "A spokesman for the army declined to say how many of them would stay behind in the camps along the border."
PARAGRAPHS = f"<p>{FIRST}</p><p>{SECOND}</p><p>{THIRD}</p>"
TITLE = "Convoy hit near Klow"
#: Hostile pages end within so many seconds on a busy machine; alone they take a fraction of it.
PATIENCE = 20.0


def make_page(body: str = PARAGRAPHS, head: str = "", title: str = TITLE) -> bytes:
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>{head}</head>'
        f"<body><article><h1>{title}</h1>{body}</article></body></html>"
    ).encode()


def open_page(data: bytes, **known: str) -> Item:
    assert READER.open is not None
    item = READER.open(Payload(data=data, reader="html", origin="page.html", known=Known(**known)), Settings())
    for region in item.regions:
        assert item.text[region.start : region.end].strip()
    return item


def read(data: bytes) -> list[Item | Failure]:
    return list(read_items(["-"], Settings(), stdin=io.BytesIO(data)))


def find_regions(item: Item, kind: RegionKind) -> list[str]:
    return [item.text[region.start : region.end] for region in item.regions if region.kind is kind]


# ---------------------------------------------------------------- telling pages from other input


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (b"<!DOCTYPE html><html>", ""),
        (b"\xef\xbb\xbf  <html lang=en>", "page"),
        (b"<!-- saved from url=(0042) -->\n<!doctype html>", "page.txt"),
        (b'<?xml version="1.0"?>\n<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0">', "page.jsonl"),
        ("<!doctype html>".encode("utf-16"), ""),
        (b"<p>Twelve were held.</p>", ""),
        (b"Twelve <b>were</b> held.", "page.html"),
        (b"<!--" + b"x" * 9000, "page.htm"),
    ],
)
def test_a_page_is_told_by_how_it_begins(head: bytes, name: str) -> None:
    assert recognise_html(head, name)


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (b'{"text": "<html>"}', "page.jsonl"),
        (b"Twelve were held in Klow.", "report.txt"),
        (b"Twelve were held in Klow.", "report.html"),
        (b"5 < 6 and 7 > 3", ""),
        (b'<?xml version="1.0"?><rss version="2.0"><channel>', "feed.html"),
        (b"<feed xmlns='http://www.w3.org/2005/Atom'>", ""),
        (b"%PDF-1.7 <html>", "page.html"),
        (b"<place> was hit", ""),
    ],
)
def test_other_input_is_not_taken_for_a_page(head: bytes, name: str) -> None:
    assert not recognise_html(head, name)


# ---------------------------------------------------------------- text


def test_the_text_is_the_title_and_the_paragraphs_with_empty_lines_between() -> None:
    item = open_page(make_page())
    assert item.text == "\n\n".join((TITLE, FIRST, SECOND, THIRD))
    assert find_regions(item, RegionKind.HEADLINE) == [TITLE]
    assert item.title == TITLE


def test_the_hash_is_of_the_bytes_as_they_came() -> None:
    data = make_page()
    assert open_page(data).raw_sha256 == hashlib.sha256(data).hexdigest()


def test_what_the_page_is_read_from_travels_between_processes() -> None:
    item = open_page(pickle.loads(pickle.dumps(make_page())))
    assert pickle.loads(pickle.dumps(item)) == item


def test_no_entity_is_left_in_the_text() -> None:
    item = open_page(
        make_page(f"<p>Police &amp;amp; army: &#146;We&nbsp;left&rsquo;, &amp;quot;all&amp;quot;.</p>{PARAGRAPHS}")
    )
    assert "Police & army: ’We" in item.text
    assert "&" not in item.text.replace("Police & army", "")


def test_a_raised_note_does_not_become_part_of_the_figure() -> None:
    item = open_page(
        make_page(f"<p>The force has 1,700<sup>2</sup> men on the border, and it has said so.</p>{PARAGRAPHS}")
    )
    assert "1,700² men" in item.text


def test_a_text_that_advertisements_cut_in_two_is_put_together() -> None:
    part = '<div class="row"><div class="article__body">{}</div></div>'
    item = open_page(
        make_page(part.format(f"<p>{FIRST}</p><p>{SECOND}</p>") + "<div>Ad</div>" + part.format(f"<p>{THIRD}</p>"))
    )
    assert THIRD in item.text


def test_several_posts_with_pages_of_their_own_are_not_put_together() -> None:
    post = '<div><h2><a href=/x>{}</a></h2><div class="post-body"><p>{}</p></div></div>'
    page = post.format("One", FIRST + SECOND + SECOND) + post.format(
        "Two", "<b>Nothing</b> of this belongs to the first."
    )
    assert "belongs to the first" not in open_page(f"<html><body>{page}</body></html>".encode()).text


def test_a_post_quoted_in_a_report_stays() -> None:
    said = "We have sent forty more men to the bridge."
    quote = f'<div class="social-embed"><blockquote class="twitter-tweet"><p>{said}</p></blockquote></div>'
    assert said in open_page(make_page(f"<p>{FIRST}</p><p>{SECOND}</p>{quote}<p>{THIRD}</p>")).text


def test_a_caption_stands_where_it_stood_and_its_credit_apart() -> None:
    caption = "Soldiers at the bridge. <span class=credit>Photo: A. Roe</span>"
    figure = f"<figure><img src=a.jpg><figcaption>{caption}</figcaption></figure>"
    item = open_page(make_page(f"<p>{FIRST}</p>{figure}<p>{SECOND}</p><p>{THIRD}</p>"))
    assert item.text.split("\n\n")[1:4] == [FIRST, "Soldiers at the bridge.", "Photo: A. Roe"]
    assert find_regions(item, RegionKind.CAPTION) == ["Soldiers at the bridge."]
    assert find_regions(item, RegionKind.CREDIT) == ["Photo: A. Roe"]


def test_the_deck_under_the_title_is_headline_matter() -> None:
    deck = "The ministry of defence says that most of the force will be gone by March."
    item = open_page(
        make_page(f'<p class="article__standfirst">{deck}</p>{PARAGRAPHS}').replace(b"standfirst", b"summary")
    )
    assert find_regions(item, RegionKind.HEADLINE)[0] == TITLE
    assert item.text.count(deck) == 1
    header = f'<header><h1>{TITLE}</h1><div class="dek">{deck}</div></header>'.encode()
    item = open_page(make_page().replace(f"<h1>{TITLE}</h1>".encode(), header))
    assert find_regions(item, RegionKind.HEADLINE) == [TITLE, deck]
    assert item.text.split("\n\n")[2] == FIRST


def test_captions_of_related_matter_stay_out() -> None:
    figure = "<figure><img src=a.jpg><figcaption>Another report altogether</figcaption></figure>"
    page = make_page().replace(b"</article>", f'</article><div class="related">{figure}</div>'.encode())
    assert "Another report" not in open_page(page).text


def test_links_are_those_of_the_main_text() -> None:
    links = '<a href="/a">More</a> <a href="https://other.example/b#x">here</a> <a href="mailto:x@y.z">x</a>'
    body = f"<p>{FIRST} {links}</p>"
    page = make_page(body + PARAGRAPHS).replace(b"<body>", b'<body><nav><a href="/menu">Menu</a></nav>')
    item = open_page(page, url="https://klow.example/news/1")
    assert item.links == ("https://klow.example/a", "https://other.example/b")


# ---------------------------------------------------------------- what a page says of itself

LD = '<script type="application/ld+json">{}</script>'


def test_metadata_come_from_json_ld() -> None:
    graph = (
        '{"@context":"https://schema.org","@graph":[{"@type":"Organization","@id":"#o","name":"Klow Herald"},'
        '{"@type":"Person","@id":"#p","name":"Ana Roe"},'
        f'{{"@type":["NewsArticle"],"headline":"{TITLE}","author":[{{"@id":"#p"}},{{"name":"Ben Doe"}}],'
        '"publisher":{"@id":"#o"},"datePublished":"2021-03-03T10:15:00+0100","dateModified":"2021-03-04T08:00:00Z"}}]}}'
    ).replace("}}]}}", "}]}")
    item = open_page(make_page(head=LD.format(graph)))
    assert (item.byline, item.publisher) == ("Ana Roe, Ben Doe", "Klow Herald")
    assert (item.published, item.modified) == ("2021-03-03T10:15:00+01:00", "2021-03-04T08:00:00+00:00")


def test_of_several_articles_in_json_ld_the_one_with_the_pages_title_counts() -> None:
    other = '{"@type":"NewsArticle","headline":"Other news","datePublished":"2019-01-01"}'
    own = f'{{"@type":"NewsArticle","headline":"{TITLE}","datePublished":"2021-03-03"}}'
    assert open_page(make_page(head=LD.format(f"[{other},{own}]"))).published == "2021-03-03"


def test_broken_json_ld_is_passed_over() -> None:
    assert open_page(make_page(head=LD.format('{"@type": "NewsArticle", "datePublished":'))).published is None


def test_the_title_is_the_articles_where_the_only_heading_is_the_masthead() -> None:
    page = make_page(head=f'<meta property="og:title" content="{TITLE}">').replace(
        f"<h1>{TITLE}</h1>".encode(), b"<h1>The Klow Herald</h1>"
    )
    assert open_page(page).title == TITLE


@pytest.mark.parametrize(
    ("head", "known", "url"),
    [
        ('<link rel="canonical" href="https://klow.example/1#top">', None, "https://klow.example/1"),
        ('<link rel="canonical" href="/1">', "https://klow.example/amp/1", "https://klow.example/1"),
        (
            '<meta property="og:url" content="https://klow.example/1">',
            "https://klow.example/1?x=1",
            "https://klow.example/1",
        ),
        ('<link rel="canonical" href="https://klow.example/">', "https://klow.example/1", "https://klow.example/1"),
        ('<link rel="canonical" href="http://[broken">', "https://klow.example/1", "https://klow.example/1"),
        ("", None, None),
    ],
)
def test_the_canonical_address_names_the_page(head: str, known: str | None, url: str | None) -> None:
    item = open_page(make_page(head=head), **({"url": known} if known else {}))
    assert (item.url, item.identity) == (url, url)


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2021-03-03T10:15:00.123Z", "2021-03-03T10:15:00+00:00"),
        ("2021-03-03 10:15:00 +0100", "2021-03-03T10:15:00+01:00"),
        ("Wed, 03 Mar 2021 10:15:00 GMT", "2021-03-03T10:15:00+00:00"),
        ("2021-03-03 10:15:00 GMT", "2021-03-03T10:15:00+00:00"),
        ("2021-03-03T10:15", "2021-03-03T10:15:00"),
        ("2021-03-03T00:00:00", "2021-03-03"),
        ("March 3, 2021", "2021-03-03"),
        ("20210303", "2021-03-03"),
        ("2999-01-01", None),
        ("0001-01-01T00:00:00Z", None),
        ("2021-13-45", None),
        ("soon", None),
    ],
)
def test_dates_keep_their_time_and_zone_and_impossible_ones_are_not_believed(written: str, moment: str | None) -> None:
    assert to_moment(written, to_latest("2022-01-01T00:00:00+00:00")) == moment


def test_a_date_after_the_page_was_fetched_gives_way_to_the_next() -> None:
    head = (
        '<meta property="article:published_time" content="2031-01-01T00:00:00Z">'
        '<meta name="pubdate" content="2021-03-03T09:00:00Z">'
    )
    item = open_page(make_page(head=head), retrieved="2021-03-05T00:00:00+00:00")
    assert (item.published, item.retrieved) == ("2021-03-03T09:00:00+00:00", "2021-03-05T00:00:00+00:00")


def test_what_is_known_from_outside_fills_the_gaps() -> None:
    item = open_page(make_page(), publisher="Klow Herald", published="2021-03-03", external_id="7")
    assert (item.publisher, item.published, item.external_id) == ("Klow Herald", "2021-03-03", "7")


# ---------------------------------------------------------------- charsets

CAFE = "Zoë’s café – “closed”"


@pytest.mark.parametrize(
    ("text", "encoding", "label", "meta"),
    [
        (CAFE, "utf-8", None, "iso-8859-1"),
        (CAFE, "utf-8", "windows-1252", ""),
        (CAFE, "cp1252", None, "utf-8"),
        (CAFE, "cp1252", "iso-8859-1", ""),
        (CAFE, "cp1252", None, ""),
        (CAFE, "utf-16", None, "utf-8"),
        ("Двенадцать человек задержаны в Клове", "cp1251", "windows-1251", ""),
        ("Двенадцать человек задержаны в Клове", "koi8-r", None, "koi8-r"),
        ("Двенадцать человек задержаны", "utf-8", "windows-1251", "windows-1251"),
        ("クロウで十二人が拘束された", "shift_jis", None, "shift_jis"),
        ("クロウで十二人が拘束された", "iso-2022-jp", "iso-2022-jp", ""),
        ("十二人被捕，警方说", "gb18030", None, "gb2312"),
        (CAFE, "cp1252", "no-such-charset", "hex"),
    ],
)
def test_a_page_is_decoded_by_its_bytes_before_its_labels(
    text: str, encoding: str, label: str | None, meta: str
) -> None:
    data = f'<html><meta charset="{meta}"><p>{text}</p>'.encode(encoding)
    assert f"<p>{text}</p>" in decode_page(data, label)


def test_a_page_cut_within_a_character_is_still_utf_8() -> None:
    assert CAFE in decode_page(f"<p>{CAFE}</p>".encode() + "ë".encode()[:1], "iso-8859-1")


# ---------------------------------------------------------------- pages that are none


@pytest.mark.parametrize(
    ("body", "hint"),
    [
        ("", "once it is shown"),
        ("<script>var text = 'Twelve were killed in Klow on Monday.';</script><div id=root></div>", "once it is shown"),
        ("<noscript>You need to enable JavaScript to run this app.</noscript>", "once it is shown"),
        (
            "<h2>Log in</h2><p>Please sign in or subscribe to continue reading.</p><form><input type=password></form>",
            "log in",
        ),
        ("<p>Checking your browser before accessing klow.example.</p>", "speaks of itself"),
    ],
)
def test_a_page_without_a_report_is_a_failure_with_a_hint(body: str, hint: str) -> None:
    (failure,) = read(f"<!doctype html><html><head><title>Klow</title></head><body>{body}</body></html>".encode())
    assert isinstance(failure, Failure)
    assert failure.cause == "no text found in the page"
    assert hint in failure.hint


def test_a_page_of_frames_says_which_file_to_save() -> None:
    frames = b"<frameset cols='1,2'><frame src=a.html><frame src=b.html></frameset>"
    (failure,) = read(b"<html><head><title>Klow</title></head>" + frames + b"</html>")
    assert isinstance(failure, Failure)
    assert "frame" in failure.hint


def test_a_short_report_that_speaks_of_passwords_is_not_a_login_wall() -> None:
    sold, freed = (
        "Twelve soldiers were held in Klow for selling passwords.",
        "The army said on Monday that all were free.",
    )
    assert sold in open_page(make_page(f"<p>{sold}</p><p>{freed}</p>")).text


def test_a_page_whose_text_is_only_in_its_json_ld_is_read_from_there() -> None:
    body = f"{FIRST}\\n\\n{SECOND}\\n\\n{THIRD}"
    head = LD.format(f'{{"@type":"NewsArticle","headline":"{TITLE}","articleBody":"{body}"}}')
    item = open_page(f"<html><head>{head}</head><body><div id=root></div></body></html>".encode())
    assert FIRST in item.text
    assert THIRD in item.text


def test_a_truncated_page_gives_what_there_is() -> None:
    data = make_page()
    assert FIRST in open_page(data[: data.index(THIRD.encode()) + 20]).text


def test_nul_and_control_characters_do_not_reach_the_text() -> None:
    item = open_page(make_page(f"<p>{FIRST[:20]}\0\x01\x1b{FIRST[20:]}&#0;&#55357;</p>{PARAGRAPHS}"))
    assert FIRST in item.text
    assert not set(item.text) & set("\0\x01\x1b\ud83d")


def test_xhtml_is_read_like_html() -> None:
    page = (
        '<?xml version="1.0" encoding="UTF-8"?><!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "x.dtd">'
        f'<html xmlns="http://www.w3.org/1999/xhtml" xml:lang="en"><head><title>{TITLE}</title></head>'
        f"<body><h1>{TITLE}</h1>{PARAGRAPHS}<br /></body></html>"
    )
    item = open_page(page.encode())
    assert item.text.split("\n\n")[:2] == [TITLE, FIRST]
    assert item.language == "en"


@pytest.mark.parametrize("depth", [50, 300, 5_000])
@pytest.mark.parametrize("tag", ["div", "span", "blockquote", "table><tr><td"])
def test_nesting_however_deep_loses_no_text(depth: int, tag: str) -> None:
    start = time.monotonic()
    item = open_page(make_page(f"<{tag}>" * depth + PARAGRAPHS))
    assert FIRST in item.text
    assert THIRD in item.text
    assert time.monotonic() - start < PATIENCE


@pytest.mark.parametrize(
    "body",
    [
        "<p>" + f"{FIRST} " * 10_000 + "</p>",
        "<b>x</b>" * 21_000 + PARAGRAPHS,
        f"<script>{'x = 1;' * 1_700_000}</script>{PARAGRAPHS}",
        f'<div class="{"a " * 1_500_000}">{PARAGRAPHS}</div>',
    ],
    ids=["one paragraph", "many elements", "scripts", "a class name"],
)
def test_a_large_page_in_a_single_line_is_read_in_bounded_time(body: str) -> None:
    start = time.monotonic()
    assert FIRST in open_page(make_page(body)).text
    assert time.monotonic() - start < PATIENCE


def test_a_page_larger_than_any_report_is_refused() -> None:
    with pytest.raises(ReadError, match="too large for a page"):
        open_page(b"<html><p>" + b"x" * MOST_LETTERS)
