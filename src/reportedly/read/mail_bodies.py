"""Stage 1 of 8. In: a parsed mail. Out: its text as blocks.

A mail says the same thing in several forms: the plain one is preferred, unless it only says that the
other should be looked at. Signatures and quoted replies are marked, not cut.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from email.message import EmailMessage
from itertools import groupby

from reportedly.read.fragments import Block, Fragment, split_html, split_plain, tidy_text
from reportedly.read.html_charsets import decode_page
from reportedly.vocab import RegionKind

# A plain part so short may be a stub; one that is an abridgement has less than a third of the other's text.
# Set by judgement on made newsletters, not tuned.
_STUB_LENGTH = 600
_STUB_SHARE = 1 / 3
_STUB_WORDS = re.compile(
    r"view (?:this|it|the)?\s*(?:e-?mail|message|newsletter)?\s*(?:online|in (?:your|a) (?:web )?browser)"
    r"|(?:does|do) not (?:support|display) html|html[- ](?:capable|enabled|version)|read (?:it )?online",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"[ \t]{0,3}>")
_INTRODUCTION = re.compile(r"(?:On|Am|Le|El)\b.{4,300}(?:wrote|schrieb|a écrit|escribió)\s?:\s*$", re.DOTALL)
_ORIGINAL = re.compile(r"-{2,}\s*Original Message\s*-{2,}\s*$", re.IGNORECASE)
_SIGNATURE_LINES = 12


def find_body(message: EmailMessage) -> Fragment:
    """Finds the text of a mail, attachments and messages within it apart."""
    plain: list[Block] = []
    pages: list[str] = []
    for part in iter_parts(message):
        kind = part.get_content_type()
        if kind not in ("text/plain", "text/html") or _is_attached(part):
            continue
        text = decode_part(part)
        if kind == "text/html":
            pages.append(text)
        else:
            plain += split_lines(_rejoin_flowed(text, part))
    length = sum(len(block.text) for block in plain)
    if not pages or length > _STUB_LENGTH:
        return Fragment(tuple(plain))
    fragments = [split_html(page) for page in pages]
    blocks = tuple(block for fragment in fragments for block in fragment.blocks)
    is_stub = any(_STUB_WORDS.search(block.text) for block in plain)
    if is_stub or length < sum(len(block.text) for block in blocks) * _STUB_SHARE:
        return Fragment(blocks, tuple(dict.fromkeys(link for fragment in fragments for link in fragment.links)))
    return Fragment(tuple(plain))


def iter_parts(message: EmailMessage) -> Iterator[EmailMessage]:
    """Yields the parts of a mail in order; a message within it is one part and not entered."""
    waiting = [message]
    while waiting:
        part = waiting.pop()
        payload = part.get_payload()
        if isinstance(payload, list) and part.get_content_maintype() == "multipart":
            waiting += reversed([each for each in payload if isinstance(each, EmailMessage)])
        else:
            yield part


def decode_part(part: EmailMessage) -> str:
    """Decodes a part by its transfer encoding and charset; what is mislabelled goes by its bytes."""
    data = part.get_payload(decode=True)
    label = part.get_param("charset")
    known = isinstance(label, str) and _is_charset(label)
    # A page may name its charset itself; unlabelled plain text is western, for want of enough to tell by.
    charset = str(label) if known else None if part.get_content_type() == "text/html" else "cp1252"
    return decode_page(data, charset) if isinstance(data, bytes) else ""


def _is_charset(label: str) -> bool:
    try:
        codecs.lookup(label)
    except (LookupError, ValueError):
        return False
    return True


def split_lines(text: str) -> Iterator[Block]:
    """Splits plain text into paragraphs; signatures and quoted replies are boilerplate."""
    lines = tidy_text(text).split("\n")
    kinds: list[RegionKind | None] = []
    for at, line in enumerate(lines):
        if line == "-- " or (line == "--" and len(lines) - at <= _SIGNATURE_LINES) or _ORIGINAL.match(line):
            kinds += [RegionKind.BOILERPLATE] * (len(lines) - at)
            break
        if _QUOTED.match(line):
            kinds.append(RegionKind.BOILERPLATE)
            _mark_introduction(lines, kinds)
        else:
            kinds.append(None if line.strip() or not kinds else kinds[-1])
    for kind, group in groupby(zip(kinds, lines, strict=True), key=lambda pair: pair[0]):
        yield from split_plain("\n".join(line for _, line in group), kind)


def _mark_introduction(lines: list[str], kinds: list[RegionKind | None]) -> None:
    """Marks the line or two before a quoted reply that say who wrote it when."""
    last = len(kinds) - 2
    while last >= 0 and not lines[last].strip():
        last -= 1
    for first in (last, last - 1):
        if first >= 0 and kinds[first] is None and _INTRODUCTION.match("\n".join(lines[first : last + 1])):
            kinds[first : last + 1] = [RegionKind.BOILERPLATE] * (last + 1 - first)
            return


def _rejoin_flowed(text: str, part: EmailMessage) -> str:
    """Puts the lines of `format=flowed` together again (RFC 3676): a blank at the end means that the line goes on."""
    if str(part.get_param("format") or "").lower() != "flowed":
        return text
    drop = 1 if str(part.get_param("delsp") or "").lower() == "yes" else 0
    rejoined: list[str] = []
    goes_on, depth = False, 0
    for line in text.split("\n"):
        quotes = len(line) - len(line.lstrip(">"))
        words = line[quotes:].removeprefix(" ")
        if goes_on and quotes == depth and words != "-- ":
            rejoined[-1] += words
        else:
            rejoined.append(f"{'>' * quotes} {words}" if quotes else words)
        goes_on, depth = words.endswith(" ") and words != "-- ", quotes
        if goes_on and drop:
            rejoined[-1] = rejoined[-1][:-1]
    return "\n".join(rejoined)


def _is_attached(part: EmailMessage) -> bool:
    return part.get_content_disposition() == "attachment" or bool(part.get_filename())
