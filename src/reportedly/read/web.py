"""Stage 1 of 8. In: an address. Out: Source.

Fetches pages politely: under a stated name, as robots.txt allows, not too fast, not twice what has
not changed; and safely: only from the open internet, only so much, only for so long.
"""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.cookiejar import CookieJar, DefaultCookiePolicy
from importlib.metadata import PackageNotFoundError, version
from types import TracebackType
from typing import BinaryIO, Self
from urllib.parse import unquote

import httpx

from reportedly.errors import ReadError
from reportedly.read.bodies import ENCODINGS, read_body, to_fetch_size_error
from reportedly.read.connections import CheckedTransport, Deadline
from reportedly.read.hosts import SCHEMES, AddressRefused, Resolver, check_port, look_up
from reportedly.read.robots import MAX_ROBOTS_BYTES, Robots
from reportedly.read.sources import Known, Source, Unchanged, to_source
from reportedly.read.validators import Receipt, Validators
from reportedly.settings import Settings

#: The first wait before a page is asked for again, in seconds; it doubles. Set by judgement.
FIRST_WAIT = 1.0
#: A server that asks for a longer pause than this is not asked again in this run. Set by judgement.
LONGEST_WAIT = 60.0
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_AGAIN = frozenset({429, 500, 502, 503, 504})
_NEVER_TEXT = ("image/", "audio/", "video/", "font/")
_LONGEST_VALIDATOR = 1_000
_STATUSES = {
    401: "the server wants a password (401)",
    403: "the server forbids it (403)",
    404: "there is no such page (404)",
    410: "the page is gone (410)",
    429: "the server is asked too often (429)",
    451: "withheld for legal reasons (451)",
    503: "the server is busy (503)",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What an address gave, and the receipt for it (see `Receipt`)."""

    source: Source
    receipt: Receipt


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    """An answer with its content, if it has one that was asked for."""

    url: httpx.URL
    status: int
    headers: httpx.Headers
    body: BinaryIO | None = None


@dataclass(slots=True)
class _Budget:
    """How many tries are left for one page, all its redirects together."""

    left: int
    waits: int = 0


class _Trouble(Exception):
    """A try that failed; `again`: whether another could succeed, `wait`: when, in seconds."""

    def __init__(self, cause: str, *, again: bool, wait: float | None = None) -> None:
        super().__init__(cause)
        self.cause = cause
        self.again = again
        self.wait = wait


class Web:
    """Fetches addresses, one after another; to be closed, or used as a context.

    Args:
        settings: user agent, limits, manners.
        seen: who remembers validators; with it, what has not changed is not fetched again.
        resolver: looks names up; tests bring their own.
        sleep: waits so many seconds.
    """

    def __init__(
        self,
        settings: Settings,
        seen: Validators | None = None,
        *,
        resolver: Resolver = look_up,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._settings = settings
        self._seen = seen
        self._sleep = sleep
        self._deadline = Deadline()
        self._asked: dict[str, float] = {}  # when each host was last asked, in monotonic seconds
        agent = settings.user_agent or to_user_agent()
        self._robots = Robots(agent, self._fetch_robots)
        self._client = httpx.Client(
            transport=CheckedTransport(self._deadline, resolver=resolver, allow_private=settings.allow_private),
            headers={
                "User-Agent": agent,
                "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
                "Accept-Encoding": ", ".join(ENCODINGS),
                "Connection": "close",
            },
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
            timeout=settings.timeout,
            follow_redirects=False,
            trust_env=False,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Closes all connections."""
        self._client.close()

    def open(self, url: str, *, known: Known | None = None) -> Fetched | Unchanged:
        """Fetches an address.

        Args:
            url: an http or https address.
            known: what is known of the page already.

        Returns:
            The source, with its final address, the time, and the charset that the server named; or
            that nothing has changed since `seen` kept the page's validators.

        Raises:
            ReadError: it may not be fetched, or cannot be.
        """
        try:
            answer = self._follow(url)
        except ReadError as error:
            raise ReadError(error.message, where=url, hint=error.hint) from error
        if answer.status == 304:
            return Unchanged(url=str(answer.url), origin=url)
        assert answer.body is not None
        return self._to_fetched(answer, answer.body, url, known or Known())

    def _to_fetched(self, answer: _Answer, body: BinaryIO, asked: str, known: Known) -> Fetched:
        final = str(answer.url)
        charset = re.search(r"charset\s*=\s*[\"']?([\w.:-]+)", answer.headers.get("content-type", ""), re.IGNORECASE)
        known = replace(
            known,
            url=final,
            charset=charset.group(1).lower() if charset else None,
            retrieved=datetime.now(UTC).isoformat(timespec="seconds"),
        )
        name = unquote(answer.url.path).rpartition("/")[2]
        etag = _to_validator(answer.headers.get("etag"))
        modified = _to_validator(answer.headers.get("last-modified"))
        receipt = Receipt(url=final, origin=asked, etag=etag, last_modified=modified)
        source = to_source(body, origin=asked, name=name, settings=self._settings, known=known)
        return Fetched(source=source, receipt=receipt)

    # ------------------------------------------------------------ from one address to the next

    def _follow(self, asked: str, *, for_rules: bool = False) -> _Answer:
        """Asks an address and those that it redirects to, each checked like the first.

        `for_rules`: it is a robots.txt, which no rules forbid and for which nobody waits.
        """
        url, visited = _to_url(asked, self._settings.allow_private), set[str]()
        budget = _Budget(self._settings.retries)
        while True:
            if str(url) in visited or len(visited) > self._settings.max_redirects:
                raise ReadError("redirects for ever", hint=f"the last of {len(visited)} redirects leads to {url}")
            visited.add(str(url))
            if for_rules:
                answer = self._ask(url, budget, for_rules=True)
            else:
                wanted = self._robots.check(str(url), _to_site(url)) if self._settings.robots else 0.0
                self._keep_pace(url.host, max(self._settings.delay, wanted))
                answer = self._ask(url, budget)
            if answer.status not in _REDIRECTS:
                return answer
            target = answer.headers.get("location", "")
            try:
                joined = str(url.join(target))
            except (httpx.InvalidURL, ValueError):
                joined = target
            try:
                url = _to_url(joined, self._settings.allow_private)
            except ReadError as error:
                raise ReadError(f"redirects to {joined[:200]}: {error.message}", hint=error.hint) from None

    def _fetch_robots(self, url: str) -> bytes | None:
        answer = self._follow(url, for_rules=True)
        return answer.body.read(MAX_ROBOTS_BYTES) if answer.body else None

    # ------------------------------------------------------------ one address

    def _keep_pace(self, host: str, delay: float) -> None:
        if host in self._asked:
            self._wait(self._asked[host] + delay - time.monotonic())

    def _ask(self, url: httpx.URL, budget: _Budget, *, for_rules: bool = False) -> _Answer:
        """Asks one address, again where that could help, with growing pauses."""
        while True:
            try:
                return self._try(url, for_rules)
            except _Trouble as trouble:
                wait = trouble.wait if trouble.wait is not None else self._find_backoff(budget)
                if not trouble.again or budget.left <= 0 or wait > LONGEST_WAIT:
                    later = f"it asks to be left alone for {wait:,.0f} seconds" if wait > LONGEST_WAIT else ""
                    raise ReadError(trouble.cause, hint=later) from trouble
                budget.left -= 1
                budget.waits += 1
            finally:
                if not for_rules:
                    self._asked[url.host] = time.monotonic()
            self._wait(max(wait, 0.0 if for_rules else self._settings.delay))

    def _find_backoff(self, budget: _Budget) -> float:
        # The jitter keeps many readers that failed together from returning together.
        return min(FIRST_WAIT * 2.0**budget.waits * random.uniform(0.75, 1.25), LONGEST_WAIT)

    def _wait(self, seconds: float) -> None:
        if seconds > 0:
            self._sleep(seconds)

    def _try(self, url: httpx.URL, for_rules: bool) -> _Answer:
        headers = {} if for_rules else self._to_conditions(str(url))
        self._deadline.start(self._settings.timeout)
        try:
            with self._client.stream("GET", url, headers=headers) as response:
                return self._read_answer(url, response, bool(headers), for_rules)
        except httpx.TimeoutException:
            raise _Trouble(f"no complete answer within {self._settings.timeout:g} seconds", again=True) from None
        except httpx.ConnectError as error:
            certificate = "certificate" in str(error).lower()
            cause = "its certificate does not hold" if certificate else f"cannot be reached: {_to_words(error)}"
            raise _Trouble(cause, again=not certificate) from None
        except httpx.RemoteProtocolError as error:
            cause = "ends too early" if "complete" in str(error) else f"not a valid answer: {_to_words(error)}"
            raise _Trouble(cause, again=True) from None
        except httpx.TransportError as error:
            raise _Trouble(f"the connection broke: {_to_words(error)}", again=True) from None
        except httpx.HTTPError as error:
            raise _Trouble(f"cannot be fetched: {_to_words(error)}", again=False) from None

    def _to_conditions(self, url: str) -> dict[str, str]:
        etag, modified = (self._seen.find(url) if self._seen else None) or (None, None)
        return {"If-None-Match": etag} if etag else {"If-Modified-Since": modified} if modified else {}

    def _read_answer(self, url: httpx.URL, response: httpx.Response, conditional: bool, for_rules: bool) -> _Answer:
        status, headers = response.status_code, response.headers
        answer = _Answer(url=url, status=status, headers=headers)
        if (status in _REDIRECTS and headers.get("location")) or (status == 304 and conditional):
            return answer
        if for_rules and 400 <= status < 500 and status != 429:
            return answer
        if status not in (200, 203):
            cause = _STATUSES.get(status, f"the server answers {status}")
            raise _Trouble(cause, again=status in _AGAIN, wait=_to_wait(headers.get("retry-after")))
        kind = headers.get("content-type", "").strip().lower()
        if kind.startswith(_NEVER_TEXT):
            raise ReadError(f"no report: {kind.partition(';')[0]}")
        limit = self._settings.max_fetch_bytes
        length = headers.get("content-length", "")
        if length.isascii() and length.isdigit() and int(length[:18]) > limit:
            raise to_fetch_size_error(limit)
        encoding = headers.get("content-encoding", "")
        expansion = self._settings.max_expansion
        return replace(answer, body=read_body(response.iter_raw(), encoding, max_bytes=limit, max_expansion=expansion))


def to_user_agent() -> str:
    """Returns the name under which pages are fetched where none is set."""
    try:
        number = version("reportedly")
    except PackageNotFoundError:
        number = "0"
    return f"reportedly/{number} (news research; offline ledger)"


def _to_url(text: str, allow_private: bool) -> httpx.URL:
    """Takes an address apart and refuses what is none for us."""
    try:
        url = httpx.URL(text.strip()).copy_with(fragment=None)
    except (httpx.InvalidURL, ValueError, TypeError) as error:
        raise ReadError(f"not an address: {str(error)[:100]}") from None
    if url.scheme not in SCHEMES:
        raise AddressRefused(f"refused: {url.scheme or 'no scheme'} is neither http nor https")
    if not url.host:
        raise ReadError("not an address: it names no host")
    if url.userinfo:
        raise AddressRefused("refused: the address holds a name or a password", hint="addresses are kept in the ledger")
    if not allow_private:
        check_port(url.port, text)
    return url


def _to_site(url: httpx.URL) -> str:
    return f"{url.scheme}://{url.netloc.decode('ascii')}"


def _to_validator(value: str | None) -> str | None:
    return value if value and len(value) <= _LONGEST_VALIDATOR and value.isascii() and value.isprintable() else None


def _to_wait(value: str | None) -> float | None:
    """Reads Retry-After: seconds or a date."""
    if not value:
        return None
    if value.isascii() and value.strip().isdigit():
        return float(value.strip()[:9])
    try:
        return max(0.0, (parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError, OverflowError):
        return None


def _to_words(error: Exception) -> str:
    words = re.sub(r"\[Errno -?\d+\] ?", "", str(error)).strip()
    return words[:1].lower() + words[1:120] if words else type(error).__name__
