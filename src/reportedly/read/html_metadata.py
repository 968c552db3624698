"""Stage 1 of 8. In: a page's tree. Out: its title, byline, publisher, dates, address and language.

JSON-LD first, since it is written for machines, then OpenGraph and other `<meta>`, then what readers see. What
nothing says stays None.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urldefrag, urljoin, urlsplit

from lxml.html import HtmlElement

from reportedly.read.html_dates import find_modified, find_published, to_latest
from reportedly.read.html_jsonld import Described, find_described, to_bare, to_plain
from reportedly.read.sources import Known

_AUTHORS = ("author", "byl", "parsely-author", "sailthru.author", "dc.creator", "article:author", "dcterms.creator",
            "citation_author", "authors", "creator")  # fmt: skip
_PUBLISHERS = (
    "og:site_name",
    "dc.publisher",
    "publisher",
    "article:publisher",
    "application-name",
    "citation_publisher",
)
_LICENCES = ("dc.rights", "dcterms.rights", "copyright", "rights")
_MOST_LETTERS = 300
_MOST_BYLINE_LETTERS = 120
# `Title | Site`, `Title - Site`: what follows the last such mark is the site.
_SITE = re.compile(r"\s+[|–—·•«»:-]\s+(?!.*\s[|–—·•«»:-]\s)[^|]{2,40}$")
_BY = re.compile(r"^(?:written\s|reported\s|story\s)?by:?\s+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PageFacts:
    """What a page says of itself."""

    title: str | None
    byline: str | None
    publisher: str | None
    published: str | None
    modified: str | None
    url: str | None
    language: str | None
    rights: str | None
    body: str | None


class Metas:
    """A page's `<meta>` elements by their lower-case name, the first of each."""

    def __init__(self, tree: HtmlElement) -> None:
        self._content: dict[str, str] = {}
        for meta in tree.iter("meta"):
            for key in ("property", "name", "itemprop", "http-equiv"):
                name, content = (meta.get(key) or "").lower(), (meta.get("content") or "").strip()
                if name and content:
                    self._content.setdefault(name, content)

    def find(self, *names: str) -> str | None:
        """Finds the content of the first of these that the page has."""
        return next((self._content[name] for name in names if name in self._content), None)


def find_facts(tree: HtmlElement, known: Known) -> PageFacts:
    """Finds what a page says of itself; what is known from outside fills the gaps."""
    metas = Metas(tree)
    url = find_address(tree, metas, known.url)
    shown = [text for text in (to_line(h1) for h1 in tree.xpath("(//h1)[position() <= 20]")) if text]
    told = [text for text in (metas.find("og:title"), metas.find("twitter:title"), _find_head_title(tree)) if text]
    described = find_described(
        tree, [*shown, *told, *(_SITE.sub("", text) for text in told)], [each for each in (url, known.url) if each]
    )
    latest = to_latest(known.retrieved)
    published = find_published(tree, described.find_text("datePublished", "dateCreated"), latest)
    publisher = next(iter(described.find_names("publisher")), None) or metas.find(*_PUBLISHERS)
    return PageFacts(
        title=_choose_title(shown, told, described) or known.title,
        byline=_find_byline(tree, metas, described),
        publisher=_to_name(publisher) or known.publisher,
        published=published or known.published,
        modified=find_modified(tree, described.find_text("dateModified"), latest, published),
        url=url or known.url,
        language=_find_language(tree, metas, described),
        rights=_to_name(metas.find(*_LICENCES) or described.find_text("license", "copyrightNotice")),
        body=described.find_text("articleBody"),
    )


# ---------------------------------------------------------------- title


def _choose_title(shown: list[str], told: list[str], described: Described) -> str | None:
    """What readers see as the title; where the page's only `<h1>` is its masthead, what it tells machines."""
    headline = described.find_text("headline", "name")
    names = [text for text in (headline and to_text(headline), *told) if text]
    for heading in shown:
        if any(_is_alike(heading, name) for name in names):
            return heading
    if not names:
        return shown[0] if shown else None
    if headline:
        return to_text(headline)
    return _SITE.sub("", told[0]).strip() or told[0]


def _is_alike(heading: str, name: str) -> bool:
    one, other = to_plain(heading), to_plain(name)
    if not one or not other:
        return False
    if one in other or other in one:
        return min(len(one), len(other)) * 2 >= max(len(one), len(other))
    words, others = set(heading.lower().split()), set(name.lower().split())
    return 2 * len(words & others) > max(len(words), len(others)) > 2


def _find_head_title(tree: HtmlElement) -> str | None:
    title = tree.find(".//head/title")
    return to_line(title) if title is not None else None


# ---------------------------------------------------------------- byline, publisher, language


def _find_byline(tree: HtmlElement, metas: Metas, described: Described) -> str | None:
    names = [name for each in described.find_names("author") if (name := _to_person(each))]
    if not names and (said := _to_person(metas.find(*_AUTHORS))):
        names = [said]
    if not names:
        shown = tree.xpath('(//*[@rel="author" or @itemprop="author" or @itemprop="creator"])[position() <= 5]')
        names = list(dict.fromkeys(name for each in shown if (name := _to_person(to_line(each)))))
    if not names:
        shown = tree.xpath(
            '(//*[contains(concat(" ", @class, " "), " byline ") or contains(concat(" ", @class, " "), " author ")'
            ' or contains(@class, "author-name") or contains(@class, "byline__name")])[position() <= 3]'
        )
        names = [name for each in shown if (name := _to_person(to_line(each)))][:1]
    return ", ".join(names) or None


def _to_person(text: str | None) -> str | None:
    name = _BY.sub("", to_text(text or "")).strip(" ,;|")
    if not name or len(name) > _MOST_BYLINE_LETTERS or "://" in name or name.startswith(("@", "www.")):
        return None
    return name if any(letter.isalpha() for letter in name) else None


def _to_name(text: str | None) -> str | None:
    name = to_text(text or "")
    if not name or len(name) > _MOST_LETTERS or "://" in name:
        return None
    return name.removeprefix("@")


def _find_language(tree: HtmlElement, metas: Metas, described: Described) -> str | None:
    root = tree.get("lang") or tree.get("{http://www.w3.org/XML/1998/namespace}lang") or tree.get("xml:lang")
    said = root or described.find_text("inLanguage") or metas.find("content-language", "og:locale", "language")
    code = re.match(r"([A-Za-z]{2,3})(?![A-Za-z])", said or "")
    return code[1].lower() if code else None


# ---------------------------------------------------------------- address


def find_address(tree: HtmlElement, metas: Metas, known: str | None) -> str | None:
    """Finds the page's canonical address; one that only names the site's front page is not believed."""
    base = known or metas.find("og:url") or ""
    link = next((each for each in tree.iter("link") if "canonical" in (each.get("rel") or "").lower().split()), None)
    for said in (link.get("href") if link is not None else None, metas.find("og:url")):
        address = to_address(said, base) if said else None
        if address and not (known and _is_front(address) and not _is_front(known)):
            return address
    return None


def to_address(text: str, base: str) -> str | None:
    """Makes a whole http(s) address of a link, without its fragment; None where it is no such link."""
    try:
        address = urldefrag(urljoin(base, text.strip())).url
        parts = urlsplit(address)
        host = parts.hostname
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not host or "." not in host or any(map(str.isspace, address)):
        return None
    return address


def _is_front(url: str) -> bool:
    return "/" not in to_bare(url)


# ---------------------------------------------------------------- text


def to_line(element: HtmlElement) -> str:
    """Returns an element's text in one line, cut where it is too long for a title or a name."""
    parts: list[str] = []
    size = 0
    for part in element.itertext():
        parts.append(part)
        size += len(part)
        if size > 2 * _MOST_LETTERS:
            return ""
    return to_text("".join(parts))


def to_text(text: str) -> str:
    """Returns a text of metadata in one line, its entities resolved and its markup dropped."""
    import html

    for _ in range(2):  # `&amp;amp;` is common
        text = html.unescape(text)
    return " ".join(re.sub(r"</?[a-zA-Z][^<>]{0,200}>", "", text).replace("\ufffe", "").split())
