"""Stage 1 of 8. In: a Telegram Desktop export (`result.json`). Out: Item.

Reads the posts of one chat, or of all chats of a full export. The chat is the publisher; the channel
that a post was forwarded from is credited in a first line of its own. Service messages, stickers and
posts without words are passed over. Posts are streamed: memory holds one at a time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from reportedly.dates import to_iso_date
from reportedly.errors import ReadError
from reportedly.model import Failure, Item, Words
from reportedly.read.encodings import decode_line, find_encoding, is_text
from reportedly.read.fragments import Block, join_blocks, split_plain, tidy_text, to_line
from reportedly.read.json_parts import Part, Path, read_text_blocks, walk_json
from reportedly.read.sources import Reader, Source, to_failure
from reportedly.vocab import RegionKind

_FORWARDED = "Forwarded from "
_CHAT_TYPES = (
    "personal_chat|bot_chat|saved_messages|replies|verification_codes"
    "|(?:private|public)_(?:group|supergroup|channel)"
)  # fmt: skip
_ONE_CHAT = re.compile(rf'"type"\s*:\s*"(?:{_CHAT_TYPES})".{{0,200}}?"(?:id|messages)"\s*:', re.DOTALL)
_ALL_CHATS = re.compile(r'"(?:personal_information|chats|left_chats)"\s*:\s*\{')
_ABOUT = re.compile(r'\{\s*"(?:about|personal_information|chats|left_chats)"\s*:')


def recognise_telegram(head: bytes, name: str) -> bool:
    """Whether an input is a Telegram export: a chat with its type, or the chats of an account."""
    if not is_text(head):
        return False
    encoding, mark = find_encoding(head)
    text = decode_line(head[mark:], encoding).lstrip()
    if not text.startswith("{"):
        return False
    return bool(_ONE_CHAT.search(text) or (_ABOUT.match(text) and _ALL_CHATS.search(text)))


def read_telegram(source: Source) -> Iterator[Item | Failure]:
    """Reads an export post by post; broken JSON is one Failure after the posts before it."""
    chat: dict[str, object] = {}
    chat_path: Path = ()
    empty = True
    blocks = read_text_blocks(source.stream, source.head)
    try:
        for part in walk_json(blocks, _is_opened, limit=source.max_bytes, where=source.origin):
            is_post = "messages" in part.path
            of_chat = part.path[:-2] if is_post else part.path[:-1]
            if of_chat != chat_path:
                chat, chat_path = {}, of_chat
            if not is_post:
                chat[str(part.path[-1]) if part.path else ""] = part.value
                continue
            empty = False
            if (found := _read_post(part, chat, source)) is not None:
                yield found
        if empty:
            raise ReadError("empty: an export without messages", where=source.origin)
    except ReadError as error:
        yield to_failure(error, where=source.origin)


def _is_opened(path: Path) -> bool:
    """Containers that hold chats and messages; a chat is at the top or in one of the two lists."""
    if path[:1] in (("chats",), ("left_chats",)):
        if len(path) < 3:
            return len(path) == 1 or path[1] == "list"
        path = path[3:]
    return path in ((), ("messages",))


def _read_post(part: Part, chat: Mapping[str, object], source: Source) -> Item | Failure | None:
    """Makes an item of a post; None where it has no words of its own."""
    post = part.value
    chat_id = _to_text(chat.get("id"))
    if not isinstance(post, dict):
        return Failure(origin=f"{source.origin}#{chat_id}[{part.path[-1]}]", cause="not a message of an export")
    if post.get("type") != "message":
        return None
    post_id = _to_text(post.get("id"))
    where = f"{source.origin}#{chat_id}/{post_id}"
    blocks = [*split_plain(_find_words(post)), *_find_poll(post.get("poll"))]
    if not blocks:
        return None
    publisher, sender = _to_name(chat.get("name")), _to_name(post.get("from"))
    origin = _to_name(post.get("forwarded_from"))
    if origin:
        blocks.insert(0, Block(_FORWARDED + origin, RegionKind.DATELINE))
    text, regions = join_blocks(blocks)
    known = source.known
    return Item(
        text=text,
        external_id=post_id or None,
        publisher=publisher or sender or known.publisher,
        published=_to_moment(post, "date") or known.published,
        modified=_to_moment(post, "edited"),
        byline=_to_name(post.get("author")) or (sender if sender != publisher else None),
        reader="telegram",
        origin=where,
        regions=regions,
        credited=Words(text=origin, start=len(_FORWARDED), end=len(_FORWARDED) + len(origin)) if origin else None,
        links=_find_links(post),
        identity=f"telegram:{chat_id}/{post_id}" if chat_id and post_id else None,
        retrieved=known.retrieved,
        raw_sha256=part.raw_sha256,
    )


def _find_words(post: Mapping[str, object]) -> str:
    """The words of a post: the parts of `text_entities`, else of `text`, which old exports have alone."""
    return _join_parts(post.get("text_entities")) or _join_parts(post.get("text"))


def _join_parts(value: object) -> str:
    """Joins a text that is a string, a list of strings and objects, or an object with either."""
    if isinstance(value, dict):
        value = value.get("text")
    parts = value if isinstance(value, list) else [value]
    words = [part.get("text") if isinstance(part, dict) else part for part in parts]
    return "".join(word for word in words if isinstance(word, str))


def _find_poll(poll: object) -> Iterator[Block]:
    """A poll's question, and its options, which nobody vouches for."""
    if isinstance(poll, dict):
        yield from split_plain(_join_parts(poll.get("question")))
        answers = poll.get("answers")
        options = [_join_parts(each) for each in answers if isinstance(each, dict)] if isinstance(answers, list) else []
        yield from split_plain("\n".join(options), RegionKind.BOILERPLATE)


def _find_links(post: Mapping[str, object]) -> tuple[str, ...]:
    links = []
    for name in ("text_entities", "text"):
        parts = post.get(name)
        for part in parts if isinstance(parts, list) else ():
            if isinstance(part, dict) and part.get("type") in ("link", "text_link"):
                links.append(to_line(_to_text(part.get("href")) or _to_text(part.get("text"))))
    return tuple(dict.fromkeys(link for link in links if link))


def _to_moment(post: Mapping[str, object], name: str) -> str | None:
    """A moment in UTC, else the time of day of the exporting machine, whose zone is not told."""
    seconds = _to_text(post.get(f"{name}_unixtime"))
    try:
        return datetime.fromtimestamp(int(seconds), UTC).isoformat()
    except (ValueError, OverflowError, OSError):
        pass
    written = _to_text(post.get(name))
    try:
        return datetime.fromisoformat(written).isoformat()
    except ValueError:
        pass
    try:
        return to_iso_date(written)
    except ValueError:
        return None


def _to_name(value: object) -> str | None:
    return to_line(value) or None if isinstance(value, str) else None


def _to_text(value: object) -> str:
    """An id or a number of seconds, which exports write as a number or as a string."""
    return tidy_text(str(value)) if isinstance(value, str | int) and not isinstance(value, bool) else ""


READER = Reader("telegram", (".json",), recognise_telegram, read_telegram)
