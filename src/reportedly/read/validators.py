"""Stage 1 of 8. In: an answer's headers. Out: Receipt.

What lets an address be asked again politely: the validators that its server gave (ETag,
Last-Modified), who remembers them, and when they may be remembered.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """Says that an address has been read to its end, and with which validators.

    `split_inputs(..., seen=...)` yields it after all that came from the address. It is to be kept
    (`seen.keep(receipt.url, receipt.etag, receipt.last_modified)`) only once everything that came
    before it is safely recorded, and not at all if a payload with `known.url == receipt.url` could
    not be opened: a server that answers "unchanged" later would hide what was lost. Where reading
    failed already, no receipt comes. `url` is the address that gave the validators (the last of
    the redirects), `origin` the one that was asked for.
    """

    url: str
    origin: str
    etag: str | None = None
    last_modified: str | None = None


class Validators(Protocol):
    """Who remembers validators between runs: the ledger."""

    def find(self, url: str) -> tuple[str | None, str | None] | None:
        """Finds the ETag and Last-Modified that were kept for an address."""
        ...

    def is_read(self, url: str, changed: str | None) -> bool:
        """Whether a page that a feed links to was read after it changed last, and not long ago.

        Args:
            url: the page's address, as the feed has it.
            changed: when the feed says that the page was published or changed, ISO 8601.
        """
        ...

    def keep(self, url: str, etag: str | None, last_modified: str | None) -> None:
        """Keeps what an address gave; reading never calls this, only who has recorded its content."""
        ...
