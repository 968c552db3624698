"""Stage 1 of 8. In: a mail (`.eml`) or a mailbox (`.mbox`). Out: Item.

Reads newsletters and wire copy: the subject is the headline, the sender the publisher. A mailbox is
streamed message by message. Signatures and quoted replies are marked, not cut; attachments are passed
over, but a message within a message is a report of its own. What a web browser saved in the form of a mail
(MHTML) goes to the reader of pages.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import EmailPolicy
from email.utils import parseaddr

from reportedly.errors import ReadError
from reportedly.model import Failure, Item
from reportedly.read.encodings import decode_line
from reportedly.read.fragments import Fragment, join_blocks, to_line, to_link
from reportedly.read.mail_bodies import find_body, iter_parts
from reportedly.read.moments import to_moment
from reportedly.read.sources import Payload, Reader, Source, to_failure, to_size_error

type _Found = Item | Payload | Failure

_SUFFIXES = (".eml", ".mbox", ".mbx")
_BLOCK = 1 << 20
_FROM_LINE = re.compile(rb"From \S+ ")
_HEADER_LINE = re.compile(rb"([!-9;-~]{1,80}):(?:[ \t]|\r?$)")
_QUOTED_FROM = re.compile(rb"^>(>*From )", re.MULTILINE)
# The library's grammar of headers takes a time that grows with their square: 64,000 characters of addresses
# took 0.5 s, 4,000 took 0.03 s. Real ones that we read have a few hundred.
_MOST_HEADER = 4_000
_MOST_HEADER_BYTES = 1 << 20
# The library looks in every line for the end of each multipart around it: 10 million looks take 5 s.
_MOST_MULTIPARTS = 100
_MOST_LOOKS = 10_000_000
_MOST_PARTS = 1_000
_MACHINE_HEADERS = frozenset(
    {"message-id", "mime-version", "received", "return-path", "content-type", "content-transfer-encoding",
     "dkim-signature", "x-mailer", "delivered-to", "list-id", "list-unsubscribe"}
)  # fmt: skip
_SENDERS = frozenset({"from", "received", "return-path"})
_HEADERS = _MACHINE_HEADERS | {"from", "to", "cc", "subject", "date", "reply-to", "sender"}


class _Policy(EmailPolicy):
    """Reads headers as they come, but none so long that reading it would take all day."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        """Cuts a header that is too long, and decodes one that is not ASCII as it must be."""
        if sum(map(len, sourcelines)) > _MOST_HEADER:
            sourcelines = ["".join(sourcelines)[:_MOST_HEADER]]
        name, value = super().header_source_parse(sourcelines)
        return name, value if value.isascii() else decode_line(value.encode("utf-8", "surrogateescape"), "utf-8")

    def header_fetch_parse(self, name: str, value: str) -> str:
        """Leaves the headers of content plain, which each part has and the library reads again and again."""
        if name.lower().startswith("content-"):
            return str(value).replace("\r", "").replace("\n", "")
        return str(super().header_fetch_parse(name, value))


_POLICY = _Policy()


@dataclass(frozen=True, slots=True)
class _Raw:
    """The bytes of one message of an input, and how many it had where they are too many to be kept."""

    data: bytes
    size: int
    where: str


def recognise_mail(head: bytes, name: str) -> bool:
    """Whether an input is a mail: its first lines are headers such as mail programs alone write, or a mailbox's."""
    lines = head.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n").splitlines()
    if lines and _FROM_LINE.match(lines[0]):
        return bool(_find_headers(lines[1:]) & _HEADERS)
    found = _find_headers(lines)
    if not found & _SENDERS:
        return False
    return name.lower().endswith(_SUFFIXES) or (len(found & _HEADERS) > 1 and bool(found & _MACHINE_HEADERS))


def read_mail(source: Source) -> Iterator[_Found]:
    """Reads a mail, or a mailbox message by message; a broken message is one Failure and the rest goes on."""
    try:
        if _FROM_LINE.match(source.head.lstrip(b"\r\n")):
            for raw in _split_mailbox(source):
                yield from _read_message(raw, source)
        else:
            data = source.read_all()
            yield from _read_message(_Raw(data, len(data), source.origin), source)
    except ReadError as error:
        yield to_failure(error, where=source.origin)


def _find_headers(lines: list[bytes]) -> set[str]:
    """Finds the names of the headers that an input begins with; none where something else stands among them."""
    found: set[str] = set()
    for number, line in enumerate(lines):
        if not line.strip():
            break
        match = _HEADER_LINE.match(line)
        if match:
            found.add(match[1].decode("ascii").lower())
        elif number + 1 < len(lines) and not (found and line[:1] in b" \t"):  # the last line may be cut
            return set()
    return found


# ---------------------------------------------------------------- mailboxes


def _split_mailbox(source: Source) -> Iterator[_Raw]:
    """Yields the messages: each begins with a line `From ...` after an empty one, and a header follows it."""
    kept, size, number = bytearray(), 0, 0
    begin: bytes | None = None
    after_blank = at_line_start = True
    while line := source.stream.readline(_BLOCK):
        if begin is not None:
            if _HEADER_LINE.match(line):
                if number:
                    yield _Raw(bytes(kept), size, f"{source.origin}[{number}]")
                kept, size, number = bytearray(), 0, number + 1
            else:
                kept += begin
                size += len(begin)
            begin = None
        if at_line_start and after_blank and _FROM_LINE.match(line):
            begin = line
        else:
            size += len(line)
            if len(kept) <= source.max_bytes:
                kept += line
        after_blank = at_line_start and not line.strip()
        at_line_start = line.endswith(b"\n")
    kept += begin or b""
    yield _Raw(bytes(kept), size, f"{source.origin}[{max(1, number)}]")


# ---------------------------------------------------------------- messages


def _read_message(raw: _Raw, source: Source) -> Iterator[_Found]:
    try:
        if raw.size > source.max_bytes:
            raise to_size_error(raw.size, source.max_bytes, raw.where)
        message = _parse_message(raw)
        yield from _read_parsed(message, hashlib.sha256(raw.data).hexdigest(), raw.where, source)
    except ReadError as error:
        yield to_failure(error, where=raw.where)
    except RecursionError:
        yield Failure(origin=raw.where, cause="not a mail: nested too deep")
    except Exception as error:  # the library meets broken headers and encodings with errors of every kind
        yield Failure(origin=raw.where, cause=f"cannot be read as a mail: {type(error).__name__}: {error}"[:200])


def _parse_message(raw: _Raw) -> EmailMessage:
    data = _QUOTED_FROM.sub(rb"\1", raw.data.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n"))
    end = re.search(rb"\r?\n\r?\n", data)
    header = end.start() if end else len(data)
    if header > _MOST_HEADER_BYTES:
        raise ReadError(f"not a mail: a header of {header:,} bytes", where=raw.where)
    multiparts = data.lower().count(b"boundary=")
    looks = multiparts * data.count(b"\n")
    parts = data.count(b"\n--") if multiparts else 0
    if multiparts > _MOST_MULTIPARTS or looks > _MOST_LOOKS or parts > _MOST_PARTS:
        raise ReadError("not a mail: too many parts within parts", where=raw.where)
    message = BytesParser(EmailMessage, policy=_POLICY).parsebytes(data)
    assert isinstance(message, EmailMessage)
    return message


def _read_parsed(message: EmailMessage, raw_sha256: str, where: str, source: Source) -> Iterator[_Found]:
    """Makes an item of a message and of each message within it; one that only holds others is none."""
    saved = _find_saved_page(message, where, source)
    if saved:
        yield saved
        return
    inner = [part.get_payload(0) for part in iter_parts(message) if _holds_message(part)]
    body = find_body(message)
    if body.blocks or not inner:
        yield _to_item(message, body, raw_sha256, where, source)
    for number, each in enumerate(inner, 1):
        if isinstance(each, EmailMessage):
            yield from _read_parsed(each, raw_sha256, f"{where}.{number}", source)


def _find_saved_page(message: EmailMessage, where: str, source: Source) -> Payload | None:
    """Finds the page in what a web browser saved as one file (MHTML), which has the form of a mail."""
    sender = _find_header(message, "From") or ""
    address = to_link(_find_header(message, "Snapshot-Content-Location"))
    if not address and "saved by" not in sender.lower():
        return None
    for part in iter_parts(message):
        data = part.get_payload(decode=True) if part.get_content_type() == "text/html" else None
        if isinstance(data, bytes):
            label = part.get_param("charset")
            known = replace(
                source.known,
                url=address or to_link(_find_header(part, "Content-Location")),
                charset=label if isinstance(label, str) else None,
                retrieved=source.known.retrieved or to_moment(_find_header(message, "Date") or ""),
            )
            return Payload(data=data, reader="html", origin=where, known=known)
    return None


def _holds_message(part: EmailMessage) -> bool:
    return part.get_content_type() in ("message/rfc822", "message/global") and isinstance(part.get_payload(), list)


def _to_item(message: EmailMessage, body: Fragment, raw_sha256: str, where: str, source: Source) -> Item | Failure:
    key = (_find_header(message, "Message-ID") or "").strip("<> ") or None
    if not body.blocks:
        return Failure(origin=where, cause="no text in this mail", external_id=key)
    known = source.known
    title = _find_header(message, "Subject")
    text, regions = join_blocks(body.blocks, title)
    return Item(
        text=text,
        external_id=key,
        publisher=_find_publisher(message) or known.publisher,
        published=to_moment(_find_header(message, "Date") or "") or known.published,
        url=to_link((_find_header(message, "Archived-At") or "").strip("<> ")),
        title=title,
        reader="mail",
        origin=where,
        regions=regions,
        links=body.links,
        identity=f"mid:{key}" if key else None,
        retrieved=known.retrieved,
        raw_sha256=raw_sha256,
    )


def _find_header(message: EmailMessage, name: str) -> str | None:
    """Returns a header in one line, decoded; as it stands where the library cannot read it."""
    try:
        value = message[name]
    except Exception:  # its grammar of headers fails on broken ones in many ways
        value = next((value for key, value in message.raw_items() if key.lower() == name.lower()), None)
    return to_line(str(value)) or None if value is not None else None


def _find_publisher(message: EmailMessage) -> str | None:
    """The sender's name, else the domain of its address."""
    for name in ("From", "Sender", "Reply-To"):
        try:
            display, address = parseaddr(_find_header(message, name) or "")
        except RecursionError:  # comments within comments
            continue
        domain = address.rpartition("@")[2]
        if display and "@" not in display:
            return to_line(display).strip("'\"")
        if "." in domain:
            return domain.lower()
    return None


READER = Reader("mail", _SUFFIXES, recognise_mail, read_mail)
