"""Fetching: manners, limits and refusals, against a real server on this machine and no other."""

from __future__ import annotations

import gzip
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from reportedly.errors import ReadError
from reportedly.model import Failure, Item
from reportedly.read import Receipt, hosts, read_items, split_inputs
from reportedly.read.sources import Known, Unchanged
from reportedly.read.web import Fetched, Web
from reportedly.settings import Settings

OPEN = Settings(allow_private=True, delay=0, timeout=2, retries=2, max_fetch_bytes=2_000_000)
STORY = b"The ministry said 300 soldiers left the camp at Klow on Friday."
type Route = Callable[[BaseHTTPRequestHandler], None]


class Site:
    """A web server whose routes a test sets, and the requests that came."""

    def __init__(self) -> None:
        self.routes: dict[str, Route] = {}
        self.requests: list[tuple[str, dict[str, str]]] = []
        self.times: list[float] = []
        site = self

        class Answering(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                site.requests.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
                site.times.append(time.monotonic())
                self.close_connection = True
                with suppress(OSError):  # the client may have heard enough
                    site.routes.get(self.path.partition("?")[0], say(404))(self)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def paths(self) -> list[str]:
        return [path for path, _ in self.requests]


def say(status: int, body: bytes = b"", **headers: str) -> Route:
    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        for name, value in ({"Content_Length": str(len(body))} | headers).items():
            request.send_header(name.replace("_", "-"), value)
        request.end_headers()
        request.wfile.write(body)

    return answer


def one_after_another(*routes: Route) -> Route:
    left = list(routes)
    return lambda request: (left.pop(0) if len(left) > 1 else left[0])(request)


@pytest.fixture
def site() -> Iterator[Site]:
    made = Site()
    yield made
    made.server.shutdown()
    made.server.server_close()


class Memory:
    """Validators that are kept in a dictionary."""

    def __init__(self) -> None:
        self.kept: dict[str, tuple[str | None, str | None]] = {}

    def find(self, url: str) -> tuple[str | None, str | None] | None:
        return self.kept.get(url)

    def keep(self, url: str, etag: str | None, last_modified: str | None) -> None:
        self.kept[url] = (etag, last_modified)


def fetch(url: str, settings: Settings = OPEN, **parts: object) -> tuple[bytes, Fetched]:
    with Web(settings, **parts) as web:  # type: ignore[arg-type]
        fetched = web.open(url)
    assert isinstance(fetched, Fetched)
    return fetched.source.stream.read(), fetched


def refuse(url: str, settings: Settings = OPEN, **parts: object) -> ReadError:
    with Web(settings, **parts) as web, pytest.raises(ReadError) as caught:  # type: ignore[arg-type]
        web.open(url)
    assert caught.value.where == url
    return caught.value


# ---------------------------------------------------------------- the plain path


def test_a_page_is_fetched_with_its_address_time_and_charset(site: Site) -> None:
    site.routes["/news/a.html"] = say(200, STORY, Content_Type='text/html; charset="ISO-8859-2"')
    body, fetched = fetch(f"{site.url}/news/a.html#part")
    known = fetched.source.known
    assert body == STORY
    assert (known.url, known.charset) == (f"{site.url}/news/a.html", "iso-8859-2")
    assert known.retrieved is not None
    assert known.retrieved.endswith("+00:00")
    assert fetched.source.name == "a.html"


def test_the_program_says_its_name_and_keeps_no_cookies(site: Site) -> None:
    site.routes["/a"] = say(200, STORY, Set_Cookie="who=you")
    with Web(OPEN) as web:
        web.open(f"{site.url}/a")
        web.open(f"{site.url}/a")
    assert site.requests[1][1]["user-agent"].startswith("reportedly/")
    assert all("cookie" not in headers for _, headers in site.requests)


def test_what_is_known_already_stays_known(site: Site) -> None:
    site.routes["/a"] = say(200, STORY)
    with Web(OPEN) as web:
        fetched = web.open(f"{site.url}/a", known=Known(publisher="Klow Herald", external_id="7"))
    assert isinstance(fetched, Fetched)
    assert (fetched.source.known.publisher, fetched.source.known.external_id) == ("Klow Herald", "7")


def test_an_address_is_read_among_files_and_its_failure_is_a_row(site: Site) -> None:
    site.routes["/a.txt"] = say(200, STORY, Content_Type="application/x-made-up")
    found = list(read_items([f"{site.url}/none", f"{site.url}/a.txt"], OPEN))
    assert isinstance(found[0], Failure)
    assert (found[0].origin, found[0].cause) == (f"{site.url}/none", "there is no such page (404)")
    assert isinstance(found[1], Item)
    assert found[1].text.encode() == STORY


def test_other_schemes_are_refused_by_name() -> None:
    (found,) = read_items(["ftp://example.org/a.txt"], Settings())
    assert isinstance(found, Failure)
    assert "ftp is neither http nor https" in found.cause


FEED = """<?xml version="1.0"?><rss version="2.0"><channel><title>Klow Herald</title>
<item><title>One</title><link>{url}/one.txt</link><guid>g1</guid><description>Short.</description></item>
<item><title>Two</title><link>{url}/gone</link><guid>g2</guid><description>Short.</description></item>
<item><title>Three</title><link>http://169.254.169.254/x</link><guid>g3</guid><description>Short.</description></item>
</channel></rss>"""


def test_pages_that_a_feed_links_to_are_fetched_if_asked_for_and_each_fails_alone(site: Site) -> None:
    site.routes["/feed"] = say(200, FEED.format(url=site.url).encode(), Content_Type="application/rss+xml")
    site.routes["/one.txt"] = say(200, STORY)
    found = list(read_items([f"{site.url}/feed"], OPEN, linked=True))
    assert [type(each) for each in found] == [Item, Failure, Failure]
    assert [each.cause for each in found if isinstance(each, Failure)] == [
        "there is no such page (404)",
        "refused: 169.254.169.254 is a cloud's metadata service",
    ]


# ---------------------------------------------------------------- redirects


def test_redirects_are_followed_to_the_final_address(site: Site) -> None:
    site.routes["/a"] = say(301, Location="/b")
    site.routes["/b"] = say(302, Location=f"{site.url}/c?x=1")
    site.routes["/c"] = say(200, STORY)
    body, fetched = fetch(f"{site.url}/a")
    assert body == STORY
    assert fetched.source.known.url == f"{site.url}/c?x=1"
    assert fetched.source.origin == f"{site.url}/a"


def test_a_circle_of_redirects_ends(site: Site) -> None:
    site.routes["/a"] = say(302, Location="/b")
    site.routes["/b"] = say(302, Location="/a")
    assert refuse(f"{site.url}/a").message == "redirects for ever"


def test_redirects_without_end_end(site: Site) -> None:
    def onward(request: BaseHTTPRequestHandler) -> None:
        say(302, Location=f"/a?{len(site.requests)}")(request)

    site.routes["/a"] = onward
    assert (
        refuse(f"{site.url}/a", Settings(allow_private=True, delay=0, max_redirects=3)).message == "redirects for ever"
    )
    assert site.paths().count("/robots.txt") == 1
    assert len(site.requests) == 5


@pytest.mark.parametrize(
    ("target", "cause"),
    [
        ("ftp://example.org/x", "neither http nor https"),
        ("file:///etc/passwd", "neither http nor https"),
        ("http://user:word@127.0.0.1/", "a name or a password"),
    ],
)
def test_a_redirect_to_what_is_no_page_is_refused(site: Site, target: str, cause: str) -> None:
    site.routes["/a"] = say(302, Location=target)
    error = refuse(f"{site.url}/a")
    assert error.message.startswith("redirects to")
    assert cause in error.message


# ---------------------------------------------------------------- what may not be reached


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "[::1]", "2130706433", "0x7f.1", "127.1", "10.1.2.3", "169.254.169.254", "100.64.0.1",
     "[::ffff:127.0.0.1]", "[64:ff9b::a9fe:a9fe]", "[fe80::1]", "0.0.0.0", "①②⑦.⓪.⓪.①"],
)  # fmt: skip
def test_addresses_inside_are_refused_however_they_are_spelt(host: str) -> None:
    error = refuse(f"http://{host}:8000/x", Settings(delay=0))
    assert error.message.startswith(("refused", "not an address", "no such host"))


def test_a_server_on_this_machine_is_not_even_asked(site: Site) -> None:
    assert refuse(f"{site.url}/a", Settings(delay=0)).message.startswith("refused: 127.0.0.1")
    assert site.requests == []


@pytest.mark.parametrize("inside", ["127.0.0.2", "169.254.169.254", "[::1]", "inside.example"])
def test_a_redirect_from_a_public_host_to_the_inside_is_refused(
    site: Site, inside: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # This server's address is called public here, and nothing else is.
    monkeypatch.setattr(hosts, "is_public", lambda ip: ip == "127.0.0.1")
    site.routes["/a"] = say(302, Location=f"http://{inside}:{site.server.server_port}/secret")
    names = {"public.example": ["127.0.0.1"], "inside.example": ["127.0.0.2"]}
    error = refuse(
        f"http://public.example:{site.server.server_port}/a",
        Settings(delay=0, robots=False),
        resolver=lambda host, _: names.get(host, [host]),
    )
    assert error.message.startswith("refused")
    assert site.paths() == ["/a"]


def test_a_name_that_changes_to_the_inside_gains_nothing(site: Site) -> None:
    answers = [["127.0.0.1"], ["127.0.0.2"]]
    asked: list[str] = []

    def resolver(host: str, port: int) -> list[str]:
        asked.append(host)
        return answers[min(len(asked), len(answers)) - 1]

    site.routes["/a"] = say(200, STORY)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hosts, "is_public", lambda ip: ip == "127.0.0.1")
        url = f"http://rebinding.example:{site.server.server_port}/a"
        settings = Settings(delay=0, robots=False)
        with Web(settings, resolver=resolver) as web:
            # One look-up a connection: what was judged is what is connected to.
            fetched = web.open(url)
            assert isinstance(fetched, Fetched)
            assert fetched.source.stream.read() == STORY
            assert asked == ["rebinding.example"]
            with pytest.raises(ReadError, match="refused"):
                web.open(url)
    assert site.requests[0][1]["host"] == f"rebinding.example:{site.server.server_port}"
    assert len(site.requests) == 1


def test_the_environments_proxies_are_not_asked(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    site.routes["/a"] = say(200, STORY)
    assert fetch(f"{site.url}/a")[0] == STORY


@pytest.mark.parametrize(
    "url", ["http://x.example:25/", "https://user@x.example/", "http:///a", "http://[::1", "http://"]
)
def test_odd_addresses_are_refused_before_anyone_is_asked(url: str) -> None:
    def resolver(host: str, port: int) -> list[str]:
        raise AssertionError("looked up")

    assert refuse(url, Settings(delay=0), resolver=resolver).message


# ---------------------------------------------------------------- manners


def test_robots_txt_is_asked_once_and_obeyed(site: Site) -> None:
    site.routes["/robots.txt"] = say(
        200, b"User-agent: *\nDisallow: /closed/\n\nUser-agent: reportedly\nDisallow: /ours\n"
    )
    site.routes["/closed/a"] = say(200, STORY)
    with Web(OPEN) as web:
        web.open(f"{site.url}/closed/a")  # the rules for all do not hold where we have our own
        with pytest.raises(ReadError, match=r"robots\.txt forbids it"):
            web.open(f"{site.url}/ours")
    assert site.paths() == ["/robots.txt", "/closed/a"]


def test_robots_txt_is_obeyed_after_a_redirect(site: Site) -> None:
    site.routes["/robots.txt"] = say(200, b"User-agent: *\nDisallow: /closed/\n")
    site.routes["/a"] = say(302, Location="/closed/a")
    assert "forbids it" in refuse(f"{site.url}/a").message


def test_robots_txt_is_left_alone_if_so_set(site: Site) -> None:
    site.routes["/robots.txt"] = say(200, b"User-agent: *\nDisallow: /\n")
    site.routes["/a"] = say(200, STORY)
    assert fetch(f"{site.url}/a", Settings(allow_private=True, delay=0, robots=False))[0] == STORY
    assert site.paths() == ["/a"]


def test_a_site_whose_rules_cannot_be_read_is_not_fetched(site: Site) -> None:
    site.routes["/robots.txt"] = say(500)
    site.routes["/a"] = say(200, STORY)
    error = refuse(f"{site.url}/a", sleep=lambda _: None)
    assert error.message == f"not fetched: {site.url}/robots.txt cannot be read (the server answers 500)"
    assert "/a" not in site.paths()


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_a_site_without_rules_allows_all(site: Site, status: int) -> None:
    site.routes["/robots.txt"] = say(status)
    site.routes["/a"] = say(200, STORY)
    assert fetch(f"{site.url}/a")[0] == STORY


def test_garbage_for_rules_does_no_harm(site: Site) -> None:
    site.routes["/robots.txt"] = say(200, bytes(range(256)) * 100 + b"\nCrawl-delay: nan\nDisallow: %zz\n")
    site.routes["/a"] = say(200, STORY)
    assert fetch(f"{site.url}/a")[0] == STORY


def test_a_host_is_not_asked_faster_than_the_delay_or_its_own_wish(site: Site) -> None:
    site.routes["/robots.txt"] = say(200, b"User-agent: *\nCrawl-delay: 7\n")
    site.routes["/a"] = say(200, STORY)
    waits: list[float] = []
    with Web(Settings(allow_private=True, delay=2), sleep=waits.append) as web:
        web.open(f"{site.url}/a")
        web.open(f"{site.url}/a")
    assert [round(wait) for wait in waits] == [7]


def test_a_busy_server_is_asked_again_when_it_says(site: Site) -> None:
    site.routes["/a"] = one_after_another(say(429, Retry_After="4"), say(503), say(200, STORY))
    waits: list[float] = []
    assert fetch(f"{site.url}/a", sleep=waits.append)[0] == STORY
    assert waits[0] == 4
    assert 1.5 <= waits[1] <= 2.5  # the second of the growing pauses


def test_a_server_that_wants_a_long_pause_is_not_asked_again(site: Site) -> None:
    site.routes["/a"] = say(429, Retry_After="86400")
    error = refuse(f"{site.url}/a", sleep=lambda _: None)
    assert error.message == "the server is asked too often (429)"
    assert "86,400 seconds" in error.hint
    assert site.paths().count("/a") == 1


@pytest.mark.parametrize(("status", "times"), [(404, 1), (403, 1), (501, 1), (500, 3), (502, 3)])
def test_only_what_may_pass_is_tried_again(site: Site, status: int, times: int) -> None:
    site.routes["/a"] = say(status)
    assert f"{status}" in refuse(f"{site.url}/a", sleep=lambda _: None).message
    assert site.paths().count("/a") == times


def test_what_has_not_changed_is_not_fetched_again(site: Site) -> None:
    def page(request: BaseHTTPRequestHandler) -> None:
        known = request.headers["If-None-Match"] == '"v1"'
        (say(304) if known else say(200, STORY, ETag='"v1"'))(request)

    site.routes["/moved"] = say(301, Location="/a.txt")
    site.routes["/a.txt"] = page
    memory = Memory()
    found = list(split_inputs([f"{site.url}/moved"], OPEN, seen=memory))
    assert found[-1] == Receipt(url=f"{site.url}/a.txt", origin=f"{site.url}/moved", etag='"v1"')
    assert memory.kept == {}  # reading keeps nothing: the content is not recorded yet
    memory.keep(f"{site.url}/a.txt", '"v1"', None)
    again = list(split_inputs([f"{site.url}/moved"], OPEN, seen=memory))
    assert again == [Unchanged(url=f"{site.url}/a.txt", origin=f"{site.url}/moved")]


def test_a_date_is_a_validator_where_there_is_no_tag(site: Site) -> None:
    day = "Fri, 05 Mar 2021 10:00:00 GMT"
    site.routes["/a"] = say(200, STORY, Last_Modified=day)
    memory = Memory()
    memory.keep(f"{site.url}/a", None, day)
    fetch(f"{site.url}/a", seen=memory)
    assert site.requests[-1][1]["if-modified-since"] == day


def test_there_is_no_receipt_for_what_could_not_be_read(site: Site) -> None:
    site.routes["/a.jsonl"] = say(200, b'{"text": "They left."}\nbroken\n', ETag='"v1"')
    found = list(split_inputs([f"{site.url}/a.jsonl"], OPEN, seen=Memory()))
    assert [type(each) for each in found] == [Item, Failure]


# ---------------------------------------------------------------- servers that fail, or mean harm


def test_a_server_that_is_not_there_is_named(site: Site) -> None:
    site.server.shutdown()
    site.server.server_close()
    error = refuse(f"{site.url}/a", Settings(allow_private=True, delay=0, robots=False), sleep=lambda _: None)
    assert error.message == "cannot be reached: connection refused"


@pytest.mark.parametrize("in_header", [True, False])
def test_an_answer_that_trickles_ends_at_the_time_limit(site: Site, in_header: bool) -> None:
    def trickle(request: BaseHTTPRequestHandler) -> None:
        request.wfile.write(b"HTTP/1.1 200 OK\r\nX-Long: " if in_header else b"HTTP/1.1 200 OK\r\n\r\n")
        for _ in range(100):
            request.wfile.write(b"x")
            request.wfile.flush()
            time.sleep(0.02)

    site.routes["/a"] = trickle
    started = time.monotonic()
    settings = Settings(allow_private=True, delay=0, robots=False, timeout=0.15, retries=0)
    assert refuse(f"{site.url}/a", settings).message == "no complete answer within 0.15 seconds"
    assert time.monotonic() - started < 0.6


def test_a_page_that_ends_too_early_is_no_page(site: Site) -> None:
    site.routes["/a"] = say(200, STORY, Content_Length="5000")
    assert refuse(f"{site.url}/a", sleep=lambda _: None).message == "ends too early"


def test_a_page_that_says_that_it_is_too_large_is_not_read(site: Site) -> None:
    site.routes["/a"] = say(200, STORY, Content_Length="999999999999")
    assert "larger than 2,000,000 bytes" in refuse(f"{site.url}/a").message


def test_a_page_that_is_too_large_without_saying_so_is_stopped(site: Site) -> None:
    def endless(request: BaseHTTPRequestHandler) -> None:
        request.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            request.wfile.write(b"x" * 65536)

    site.routes["/a"] = endless
    assert "larger than 2,000,000 bytes" in refuse(f"{site.url}/a").message


@pytest.mark.parametrize("size", [1_500_000, 20_000_000])
def test_a_bomb_in_gzip_is_stopped_while_it_grows(site: Site, size: int) -> None:
    packed = make_zeros(size)
    site.routes["/a"] = say(200, packed, Content_Encoding="gzip", Content_Type="text/html")
    started = time.monotonic()
    cause = refuse(f"{site.url}/a").message
    assert "larger than" in cause or "more than 200 times" in cause
    assert time.monotonic() - started < 0.5


def make_zeros(size: int) -> bytes:
    packer = zlib.compressobj(9, wbits=31)
    block = bytes(1_000_000)
    whole = b"".join(packer.compress(block) for _ in range(size // len(block)))
    return whole + packer.compress(bytes(size % len(block))) + packer.flush()


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", gzip.compress(STORY * 5_000, mtime=0)),
        ("x-gzip", gzip.compress(STORY * 4_000, mtime=0) + gzip.compress(STORY * 1_000, mtime=0)),
        ("gzip", gzip.compress(STORY * 5_000, mtime=0) + b"\0" * 512),
        ("deflate", zlib.compress(STORY * 5_000)),
        ("deflate", zlib.compress(STORY * 5_000)[2:-4]),
        ("identity", STORY * 5_000),
    ],
)
def test_encodings_that_servers_use_are_undone(site: Site, encoding: str, body: bytes) -> None:
    site.routes["/a"] = say(200, body, Content_Encoding=encoding)
    assert fetch(f"{site.url}/a")[0] == STORY * 5_000


@pytest.mark.parametrize(
    ("encoding", "body", "cause"),
    [
        ("gzip", STORY, "not valid gzip"),
        ("gzip", gzip.compress(STORY, mtime=0)[:-9], "ends too early"),
        ("br", STORY, "an encoding that was not asked for"),
        ("gzip, gzip", STORY, "an encoding that was not asked for"),
    ],
)
def test_encodings_that_do_not_hold_are_failures(site: Site, encoding: str, body: bytes, cause: str) -> None:
    site.routes["/a"] = say(200, body, Content_Encoding=encoding)
    assert cause in refuse(f"{site.url}/a").message


def test_pictures_and_films_are_not_read_at_all(site: Site) -> None:
    site.routes["/a"] = say(200, b"x" * 100, Content_Type="video/mp4; codecs=x")
    assert refuse(f"{site.url}/a").message == "no report: video/mp4"


def test_an_answer_that_is_no_http_is_a_failure(site: Site) -> None:
    site.routes["/a"] = lambda request: request.wfile.write(b"SSH-2.0-x\r\n\r\n") and None
    assert "not a valid answer" in refuse(f"{site.url}/a", sleep=lambda _: None).message
