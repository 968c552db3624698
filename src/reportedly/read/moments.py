"""Stage 1 of 8. In: a date of a feed or a mail. Out: ISO 8601, in the zone it was written in."""

from __future__ import annotations

from datetime import date, datetime
from email.utils import parsedate_to_datetime

from reportedly.dates import to_iso_date

_LONGEST = 100


def to_moment(written: str) -> str | None:
    """Turns a date of ISO 8601 or RFC 822, or one written out, into an ISO date or date-time; None if it is none."""
    plain = " ".join(written[:_LONGEST].split())
    try:
        if len(plain) == 10:
            return date.fromisoformat(plain).isoformat()
        return datetime.fromisoformat(plain).isoformat()
    except ValueError:
        pass
    try:
        return parsedate_to_datetime(plain).isoformat()
    except (ValueError, TypeError, IndexError, OverflowError):
        pass
    try:
        return to_iso_date(plain)
    except ValueError:
        return None
