"""Stage 1 of 8. In: a page's tree and the blocks of its text. Out: the blocks with captions, and the links.

The extractor leaves captions out and lists of links in. Here the page is walked in its own order beside the
blocks found in it: a caption stands where it stood, a link counts if its paragraph does, and paragraphs that
are nothing but links to other pages are taken out where they stand as a list.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from lxml.html import HtmlElement

from reportedly.read.html_blocks import Block, to_clean
from reportedly.read.html_metadata import to_address
from reportedly.vocab import RegionKind

MOST_LINKS = 200
_MOST_CAPTIONS = 60
# A paragraph is nothing but a link if so much of it is; punctuation and arrows may stand outside.
_LINKED_SHARE = 0.9
_LEAST_LIST = 2
_MOST_LABEL_LETTERS = 60
_LABEL = re.compile(
    r"(?:(?:also\s)?read(?:\s(?:more|also|next))?|see\s(?:also|more)|watch(?:\s(?:also|more))?|don[’']?t miss"
    r"|related(?:\s\w+)?|more(?:\s(?:on|from|in)\b[^:.]{0,30})?)\s*:\s*|also on \S+\s+",
    re.IGNORECASE,
)
_LIST_HEADING = re.compile(r"\b(?:more|related|also|recommended|popular|latest|trending|further|miss|read)\b", re.I)
_MOST_CAPTION_LETTERS = 1_500
_KEY_LETTERS = 60
_NO_LETTERS = re.compile(r"[\W_]+")
_PARAGRAPHS = frozenset(
    {"p", "li", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "td", "div", "section", "dd", "span"}
)
_WHOLE = _PARAGRAPHS - {"div", "section", "td", "span"}
_LISTED = frozenset({"p", "li", "dd"})  # a linked heading heads something
_ASIDE = re.compile(
    r"related|promo|teaser|recirc|sidebar|newsletter|most-?read|recommend|advert|footer|trending|author-?bio|comment",
    re.IGNORECASE,
)
_CREDIT_CLASS = re.compile(r"credit|copyright|photographer|attribution|byline|source", re.IGNORECASE)
_CREDIT_TEXT = re.compile(
    r"\s*[(\[|–—-]?\s*\b(?:photo(?:graph)?|image|picture|credit|courtesy|file photo)s?\b"
    r"(?: credit| by| courtesy)?\s*[:/©][^.]{2,80}\.?[)\]]?$|\s*©[^.]{2,80}$",
    re.IGNORECASE,
)
_CAPTION = '//figcaption | //*[contains(@class, "caption-text") or @itemprop="caption"][not(ancestor::figcaption)]'


@dataclass(slots=True)
class _Walk:
    """What has been passed: the last block that was met, and the captions met before each."""

    captions: dict[int, list[Block]] = field(default_factory=dict)
    waiting: list[tuple[HtmlElement, list[Block]]] = field(default_factory=list)
    links: dict[str, int] = field(default_factory=dict)
    linked: set[int] = field(default_factory=set)
    followed: set[int] = field(default_factory=set)
    passed: Counter[int] = field(default_factory=Counter)
    last: int = -1
    last_element: HtmlElement | None = None


def add_captions(blocks: Sequence[Block], tree: HtmlElement, url: str | None) -> tuple[list[Block], tuple[str, ...]]:
    """Puts a page's captions between the blocks of its text where they stood, and lists the text's links."""
    keys: dict[str, int] = {}
    for index, block in enumerate(blocks):
        keys.setdefault(_to_key(block.text), index)
    captions = {
        element: parts for element in tree.xpath(_CAPTION)[:_MOST_CAPTIONS] if (parts := _read_caption(element))
    }
    walk = _Walk()
    for element in tree.iter():
        if element in captions:
            walk.waiting.append((element, captions[element]))
        elif element.tag in _PARAGRAPHS and (met := keys.get(_find_key(element))) is not None:
            _settle(walk, met, element)
            _note_links(walk, met, element, url)
        elif element.tag in _LISTED and walk.last not in walk.followed and _is_linked(element):
            walk.passed[walk.last] += 1  # the extractor left the list out, and perhaps its heading in
    _settle(walk, len(blocks), None)
    dropped = find_link_lists(blocks, walk.linked)
    headings = [index for index, links in walk.passed.items() if index > 0 and links >= _LEAST_LIST]
    dropped |= {index for index in headings if blocks[index].kind and _LIST_HEADING.search(blocks[index].text)}
    placed: list[Block] = []
    seen = {_to_key(block.text) for block in blocks}
    for index in range(len(blocks) + 1):
        placed += _drop_repeats(walk.captions.get(index, []), seen)
        if index not in dropped:
            placed += blocks[index : index + 1]
    return placed, tuple(link for link, index in walk.links.items() if index not in dropped)


def find_link_lists(blocks: Sequence[Block], linked: set[int]) -> set[int]:
    """Finds the blocks that are lists of links: two in a row or more, or at the end, with the heading over them.

    A page that would lose half its text is made of such lists, and loses none of it.
    """
    dropped: set[int] = set()
    at = 0
    while at < len(blocks):
        end = at
        while end < len(blocks) and end in linked:
            end += 1
        labelled = end > at and _LABEL.match(blocks[at].text) is not None
        if end - at >= _LEAST_LIST or (end > at and end == len(blocks)) or labelled:
            dropped.update(range(at, end))
            if at and _is_list_heading(blocks[at - 1]) and at - 1 not in dropped:
                dropped.add(at - 1)
        at = end + 1
    size = sum(len(block.text) for block in blocks)
    lost = sum(len(blocks[index].text) for index in dropped)
    return dropped if 2 * lost < size else set()


def _is_list_heading(block: Block) -> bool:
    return len(block.text) < _MOST_LABEL_LETTERS and not block.text.endswith((".", "!", '"', "”"))


def _settle(walk: _Walk, index: int, element: HtmlElement | None) -> None:
    """Gives the captions that wait their place: before this block, or after the last one in its article."""
    for caption, parts in walk.waiting:
        neighbour = element if element is not None else walk.last_element
        between = walk.last >= 0 and element is not None
        if between or (neighbour is not None and _is_together(caption, neighbour)):
            walk.captions.setdefault(max(index, walk.last + 1) if element is not None else walk.last + 1, []).extend(
                parts
            )
    walk.waiting.clear()
    walk.followed.update((walk.last, index - 1))
    if element is not None and index >= walk.last:
        walk.last, walk.last_element = index, element


def _is_together(caption: HtmlElement, element: HtmlElement) -> bool:
    """Whether both stand in one article."""
    article = next(caption.iterancestors("article", "main"), None)
    return article is not None and any(each is article for each in element.iterancestors("article", "main"))


def _drop_repeats(parts: Sequence[Block], seen: set[str]) -> Iterator[Block]:
    for part in parts:
        key = _to_key(part.text)
        if key and key not in seen:
            seen.add(key)
            yield part


def _read_caption(element: HtmlElement) -> list[Block]:
    """Reads a caption and its credit; nothing where it belongs to other matter."""
    for around in islice(element.iterancestors(), 8):
        if around.tag in ("aside", "nav", "footer", "a") or _ASIDE.search(around.get("class") or ""):
            return []
        if around.tag in ("article", "main"):
            break
    credits = [each for each in element.iter() if each is not element and _is_credit(each)]
    credit = " ".join(text for each in credits[:1] if (text := _to_words(each.itertext())))
    inside = {part for each in credits for part in each.iter()}
    words = _to_words(_iter_text(element, inside))
    if len(words) > _MOST_CAPTION_LETTERS:
        return []
    if match := _CREDIT_TEXT.search(words):
        words, credit = words[: match.start()], credit or words[match.start() :]
    parts = [Block(words.strip(), RegionKind.CAPTION), Block(credit.strip(), RegionKind.CREDIT)]
    return [part for part in parts if any(map(str.isalnum, part.text))]


def _is_credit(element: HtmlElement) -> bool:
    about = f"{element.get('class') or ''} {element.get('itemprop') or ''}"
    return element.tag in ("cite", "small") or _CREDIT_CLASS.search(about) is not None


def _iter_text(element: HtmlElement, without: set[HtmlElement]) -> Iterator[str]:
    for each in element.iter():
        if each not in without and each.text:
            yield each.text
        if each is not element and each.tail and each.getparent() not in without:
            yield each.tail


def _note_links(walk: _Walk, index: int, element: HtmlElement, url: str | None) -> None:
    whole = element.tag in _WHOLE
    links = list(islice(element.iter("a"), MOST_LINKS)) if whole else list(islice(element.iterfind("./a"), MOST_LINKS))
    for link in links:
        address = to_address(link.get("href") or "", url or "")
        if address and len(walk.links) < MOST_LINKS:
            walk.links.setdefault(address, index)
    if element.tag in _LISTED and index not in walk.linked and _is_linked(element):
        walk.linked.add(index)


def _is_linked(element: HtmlElement) -> bool:
    """Whether an element is nothing but links, but for a label before them."""
    links = list(islice(element.iter("a"), MOST_LINKS))
    if not links:
        return False
    words = _to_words(element.itertext())
    label = _LABEL.match(words)
    inside = sum(len(_to_words(link.itertext())) for link in links)
    return 0 < _LINKED_SHARE * (len(words) - (label.end() if label else 0)) <= inside


def _find_key(element: HtmlElement) -> str:
    """The key of an element's text, reading no more of it than that takes."""
    letters = ""
    for part in element.itertext():
        letters += _to_key(part)
        if len(letters) >= _KEY_LETTERS:
            break
    return letters[:_KEY_LETTERS]


def _to_key(text: str) -> str:
    return _NO_LETTERS.sub("", text[: 4 * _KEY_LETTERS].lower())[:_KEY_LETTERS]


def _to_words(parts: Iterator[str]) -> str:
    return to_clean(" ".join("".join(parts).split()))
