"""`reportedly watch`: feeds and folders looked at again and again, on a real server and a real ledger."""

from __future__ import annotations

import http.server
import io
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from reportedly.add import Request
from reportedly.record.ledger import Ledger
from reportedly.settings import Settings
from reportedly.watch import tell, watch

SETTINGS = Settings(workers=1, allow_private=True, delay=0.0, robots=False)
FIRST = "Borduria will send 1,200 troops to Mali next month, the defence ministry said on Monday."
SECOND = "At least 14 people were killed when a bomb went off in Baghdad, police said."


class Site:
    """A small site: paths with their bodies, what was asked of it, and what was posted to it."""

    def __init__(self) -> None:
        self.pages: dict[str, str] = {}
        self.asked: list[tuple[str, int]] = []
        self.posted: list[bytes] = []
        site = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = site.pages.get(self.path)
                etag = f'"{hash(body)}"'
                status = 404 if body is None else 304 if self.headers.get("If-None-Match") == etag else 200
                site.asked.append((self.path, status))
                self.send_response(status)
                self.send_header("ETag", etag)
                self.send_header("Content-Type", "application/rss+xml" if self.path == "/feed.xml" else "text/html")
                self.end_headers()
                if status == 200:
                    self.wfile.write((body or "").encode())

            def do_POST(self) -> None:
                site.posted.append(self.rfile.read(int(self.headers["Content-Length"])))
                self.send_response(204)
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                return

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def publish(self, *texts: str) -> None:
        items = "".join(
            f"<item><guid>{at}</guid><title>Report {at}</title><link>{self.address}/{at}</link>"
            f"<pubDate>Mon, 01 Mar 2021 0{at}:00:00 GMT</pubDate><description>{text}</description></item>"
            for at, text in enumerate(texts)
        )
        self.pages["/feed.xml"] = (
            f'<?xml version="1.0"?><rss version="2.0"><channel><title>Klow Herald</title>{items}</channel></rss>'
        )


@pytest.fixture
def site() -> Iterator[Site]:
    made = Site()
    yield made
    made.close()


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "news.db", create=True)


def look(
    ledger: Ledger, *paths: str, rounds: int = 1, every: float = 0.01, **options: object
) -> list[dict[str, object]]:
    output = io.StringIO()
    requests = [Request(path=path) for path in paths]
    assert watch(requests, ledger, SETTINGS, every=every, rounds=rounds, output=output, **options) == 0  # type: ignore[arg-type]
    return [json.loads(line) for line in output.getvalue().splitlines()]


def find_words(claims: list[dict[str, object]]) -> list[str]:
    return [claim["evidence"]["text"] for claim in claims]  # type: ignore[index]


def test_each_look_prints_what_is_new_and_no_more(site: Site, ledger: Ledger) -> None:
    site.publish(FIRST)
    feed = f"{site.address}/feed.xml"
    assert find_words(look(ledger, feed)) == ["1,200"]
    assert look(ledger, feed) == [], "a watch that starts again knows what was seen"
    assert [status for _, status in site.asked] == [200, 304]
    site.publish(FIRST, SECOND)
    assert find_words(look(ledger, feed)) == ["14"]
    assert {entry.report.publisher for entry in ledger.entries()} == {"Klow Herald"}


def test_an_entry_that_newer_ones_move_on_keeps_its_one_origin(site: Site, ledger: Ledger) -> None:
    feed = f"{site.address}/feed.xml"
    site.publish(FIRST)
    look(ledger, feed)
    site.publish(SECOND, FIRST)
    site.pages["/feed.xml"] = site.pages["/feed.xml"].replace("<guid>0", "<guid>new").replace("<guid>1", "<guid>0")
    look(ledger, feed)
    assert {len(entry.origins) for entry in ledger.entries()} == {1}


def test_what_a_feed_links_to_is_fetched_once(site: Site, ledger: Ledger) -> None:
    site.publish("", "")
    for at, text in enumerate((FIRST, SECOND)):
        more = "The officials did not say when the others would follow, or whether there would be any."
        site.pages[f"/{at}"] = (
            f"<html><head><title>Report {at}</title></head><body><article><p>{text}</p>"
            f"<p>{more}</p></article></body></html>"
        )
    requests = [Request(path=f"{site.address}/feed.xml", linked=True)]
    for _ in range(2):
        watch(requests, ledger, SETTINGS, every=0.01, rounds=1, output=io.StringIO())
        site.publish("", "", "")
    assert sorted(claim.evidence.text for claim in ledger.claims()) == ["1,200", "14"]
    assert [path for path, _ in site.asked] == ["/feed.xml", "/0", "/1", "/feed.xml", "/2"]


def test_a_site_that_is_away_is_a_failure_of_one_look(site: Site, ledger: Ledger) -> None:
    feed = f"{site.address}/feed.xml"
    assert look(ledger, feed) == []
    assert len(ledger.failures()) == 1
    site.publish(FIRST)
    assert find_words(look(ledger, feed)) == ["1,200"]
    assert ledger.failures() == []


def test_a_folder_is_watched_and_a_file_read_once_it_stands_still(ledger: Ledger, tmp_path: Path) -> None:
    folder = tmp_path / "incoming"
    folder.mkdir()
    assert look(ledger, str(folder)) == []
    (folder / "one.txt").write_text(FIRST, encoding="utf-8")
    os.utime(folder / "one.txt", (time.time() - 60,) * 2)
    (folder / "two.txt").write_text(SECOND, encoding="utf-8")
    assert sorted(find_words(look(ledger, str(folder)))) == ["1,200", "14"]
    assert look(ledger, str(folder), rounds=2) == []


def test_a_command_gets_the_new_claims_a_line_each(ledger: Ledger, site: Site, tmp_path: Path) -> None:
    site.publish(FIRST, SECOND)
    target = tmp_path / "new.jsonl"
    look(ledger, f"{site.address}/feed.xml", rounds=2, on_change=f"cat >> '{target}'")
    claims = [json.loads(line) for line in target.read_text(encoding="utf-8").splitlines()]
    assert sorted(find_words(claims)) == ["1,200", "14"]


def test_an_address_gets_the_new_claims_in_one_post(ledger: Ledger, site: Site) -> None:
    site.publish(FIRST, SECOND)
    look(ledger, f"{site.address}/feed.xml", rounds=2, on_change=f"{site.address}/hook")
    (body,) = site.posted
    assert sorted(find_words(json.loads(body)["claims"])) == ["1,200", "14"]


def test_a_command_that_fails_stops_nothing_and_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert not tell("exit 3", [])
    assert "the command ended with 3" in capsys.readouterr().err


def test_a_watch_ends_when_it_is_told_to(tmp_path: Path) -> None:
    (tmp_path / "one.txt").write_text(FIRST, encoding="utf-8")
    os.utime(tmp_path / "one.txt", (time.time() - 60,) * 2)
    command = [sys.executable, "-m", "reportedly", "watch", str(tmp_path / "one.txt"), "--every", "1h"]
    command += ["--ledger", str(tmp_path / "news.db"), "--workers", "1"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        timer = threading.Timer(90, process.kill)
        timer.start()  # a watch that does not end must not hold the tests up
        assert "1,200" in process.stdout.readline()
        process.send_signal(signal.SIGTERM)
        assert process.wait() == 0
        timer.cancel()
