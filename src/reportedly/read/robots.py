"""Stage 1 of 8. In: an address. Out: whether its site lets it be fetched.

The rules of robots.txt (RFC 9309), asked once a site. A site without such a file allows all; one
whose file cannot be read (its server fails or does not answer) allows nothing for now, as the
standard demands.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from protego import Protego

from reportedly.errors import ReadError
from reportedly.read.hosts import AddressRefused

#: RFC 9309 asks for at least 500 KiB; the rest of a larger file is not looked at.
MAX_ROBOTS_BYTES = 512_000
#: A site may ask for so many seconds between two requests; who asks for more gets this. Set by judgement.
LONGEST_CRAWL_DELAY = 30.0

#: Fetches a robots.txt: its bytes, or None where the site has none; ReadError where it cannot be read.
type Fetch = Callable[[str], bytes | None]


class Robots:
    """What the sites of one call allow, by their scheme, host and port.

    Args:
        user_agent: our own name; rules are found by its first word (RFC 9309, product token).
        fetch: fetches a robots.txt.
    """

    def __init__(self, user_agent: str, fetch: Fetch) -> None:
        self._name = to_product_token(user_agent)
        self._fetch = fetch
        self._sites: dict[str, Protego | ReadError] = {}

    def check(self, url: str, site: str) -> float:
        """Checks that a page may be fetched.

        Args:
            url: the page.
            site: its scheme, host and port: `https://example.org:8443`.

        Returns:
            How many seconds the site wants between two requests.

        Raises:
            ReadError: the site forbids it, or its rules cannot be read.
            AddressRefused: the site itself may not be reached.
        """
        rules = self._find_rules(site)
        if isinstance(rules, ReadError):
            cause = f"not fetched: {site}/robots.txt cannot be read ({rules.message})"
            raise ReadError(cause, where=url, hint=rules.hint or "try again later")
        if not rules.can_fetch(url, self._name):
            hint = "ask its owner; with leave, set robots to false"
            raise ReadError(f"not fetched: {site}/robots.txt forbids it", where=url, hint=hint)
        return min(rules.crawl_delay(self._name) or 0.0, LONGEST_CRAWL_DELAY)

    def _find_rules(self, site: str) -> Protego | ReadError:
        if site not in self._sites:
            self._sites[site] = self._read_rules(site)
        return self._sites[site]

    def _read_rules(self, site: str) -> Protego | ReadError:
        try:
            data = self._fetch(f"{site}/robots.txt")
        except AddressRefused:
            raise
        except ReadError as error:
            return error
        text = (data or b"")[:MAX_ROBOTS_BYTES].decode("utf-8", "replace").lstrip("\ufeff")
        try:
            return Protego.parse(text)
        except Exception as error:  # a library may raise anything on hostile bytes
            return ReadError(f"not understood: {type(error).__name__}")


def to_product_token(user_agent: str) -> str:
    """Returns the word by which robots.txt names a program: `reportedly` of `reportedly/1.0 (...)`."""
    match = re.match(r"[A-Za-z_-]+", user_agent)
    return match.group().lower() if match else user_agent.lower()
