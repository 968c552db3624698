"""Stage 1 of 8. In: dates as pages write them. Out: ISO 8601.

The time of day and its zone are kept as written. A date before the web or after the page was fetched
is a mistake of the page's and not believed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

from lxml.html import HtmlElement

from reportedly.read import moments

_EARLIEST = 1900
# A page's clock may run ahead of the reader's, and its zone may be 14 hours ahead.
_SLACK = timedelta(hours=26)
_BARE_ZONE = re.compile(r"(?<=\d)\s*(?:Z|UTC|GMT)$", re.IGNORECASE)
_SPACED_ZONE = re.compile(r"(?<=:\d\d)\s(?=[+-]\d)")
_PUBLISHED = (
    "article:published_time", "og:article:published_time", "og:published_time", "article:published", "datepublished",
    "parsely-pub-date", "sailthru.date", "cxenseparse:recs:publishtime", "publish-date", "publish_date", "publishdate",
    "pub_date", "pubdate", "published_time", "publication_date", "citation_publication_date", "dc.date.issued",
    "dcterms.issued", "dcterms.created", "dc.date.created", "dc.date", "dcterms.date", "displaydate",
    "article_date_original", "originalpublicationdate", "ptime", "article.published", "article.created", "date.created",
    "date", "rbpubdate", "bt:pubdate", "shareaholic:article_published_time", "iso-8601-publish-date", "cre",
)  # fmt: skip
_MODIFIED = (
    "article:modified_time", "og:updated_time", "og:article:modified_time", "datemodified", "dateupdated", "lastmod",
    "last-modified", "dcterms.modified", "dc.date.modified", "article.updated", "utime", "revision_date",
)  # fmt: skip
_TIME_PUBLISHED = re.compile(r"publish|posted|created|entry-date|dateline|(?<!up)date", re.IGNORECASE)
_TIME_MODIFIED = re.compile(r"modif|updat|edit", re.IGNORECASE)


def to_moment(text: str, latest: datetime) -> str | None:
    """Turns a page's date into an ISO date or date-time; None if it is none, or cannot be.

    Args:
        text: as written.
        latest: no date after it is believed.
    """
    moment = _read_moment(text.strip()[:80])
    if moment is None or moment.year < _EARLIEST:
        return None
    if (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) > latest + _SLACK:
        return None
    if moment.tzinfo is None and not (moment.hour or moment.minute or moment.second):
        return moment.date().isoformat()
    return moment.replace(microsecond=0).isoformat()


def to_latest(retrieved: str | None) -> datetime:
    """Turns the time of retrieval into the latest that a page's dates can be; without one it is now."""
    try:
        latest = datetime.fromisoformat(retrieved) if retrieved else datetime.now(UTC)
    except ValueError:
        latest = datetime.now(UTC)
    return latest if latest.tzinfo else latest.replace(tzinfo=UTC)


def find_published(tree: HtmlElement, described: str | None, latest: datetime) -> str | None:
    """Finds when a page was published: what JSON-LD says, else `<meta>`, else `<time>`.

    The day is the first that can be; of what says the same day, the first with a time and zone.
    """
    said = _iter_said(tree, described, _PUBLISHED, _TIME_PUBLISHED, _TIME_MODIFIED)
    return _choose(_iter_moments(said, latest))


def find_modified(tree: HtmlElement, described: str | None, latest: datetime, published: str | None) -> str | None:
    """Finds when a page was last changed; a change before or at its publication is none."""
    said = _iter_said(tree, described, _MODIFIED, _TIME_MODIFIED, None)
    moment = _choose(_iter_moments(said, latest))
    if moment is None or (published and (moment == published or moment[:10] < published[:10])):
        return None
    return moment


def _choose(moments: Iterator[str]) -> str | None:
    first = next(moments, None)
    if first is None or _has_zone(first):
        return first
    same_day = [moment for moment in moments if moment[:10] == first[:10]]
    return next((moment for moment in same_day if _has_zone(moment)), first)


def _has_zone(moment: str) -> bool:
    return moment[10:].rfind("+") > 0 or moment[10:].rfind("-") > 0


def _iter_moments(said: Iterable[str], latest: datetime) -> Iterator[str]:
    yield from (moment for text in said if (moment := to_moment(text, latest)))


def _iter_said(
    tree: HtmlElement,
    described: str | None,
    names: tuple[str, ...],
    wanted: re.Pattern[str],
    unwanted: re.Pattern[str] | None,
) -> Iterator[str]:
    if described:
        yield described
    metas: dict[str, str] = {}
    for meta in tree.iter("meta"):
        name = meta.get("property") or meta.get("name") or meta.get("itemprop") or ""
        metas.setdefault(name.lower(), meta.get("content") or "")
    yield from (metas[name] for name in names if metas.get(name))
    times = [time for time in tree.xpath("//time | //abbr[@title]")[:100] if time.get("datetime") or time.get("title")]
    for time in times:
        about = " ".join((time.get("itemprop") or "", time.get("class") or "", "publish" * ("pubdate" in time.attrib)))
        if wanted.search(about) and not (unwanted and unwanted.search(about)):
            yield time.get("datetime") or time.get("title") or ""
    if unwanted is None:
        return
    # A page's only time outside its furniture is its own, whatever it is called.
    plain = [time for time in times if time.tag == "time" and not _is_aside(time)]
    if plain and len({time.get("datetime") for time in plain}) == 1:
        yield plain[0].get("datetime") or ""


def _is_aside(element: HtmlElement) -> bool:
    return next(element.iterancestors("aside", "nav", "footer"), None) is not None


def _read_moment(text: str) -> datetime | None:
    # ISO 8601 but for its zone is common: `2021-03-03 10:15:00 GMT`, `10:15:00 +0100`.
    plain = _SPACED_ZONE.sub("", _BARE_ZONE.sub("+00:00", text)) if text[:4].isdecimal() else text
    moment = moments.to_moment(plain)
    return datetime.fromisoformat(moment) if moment else None
