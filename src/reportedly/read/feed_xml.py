"""Stage 1 of 8. In: a stream of RSS or Atom. Out: its entries as bytes, one by one.

Finds where each entry of a feed begins and ends, so that a feed of any length is read entry by entry
and an ill-formed entry spoils none of the others. Nothing is fetched, and a feed whose document type
declares entities is refused before anything is expanded.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator
from xml.parsers import expat

from reportedly.errors import ReadError
from reportedly.read.encodings import decode_line, find_encoding
from reportedly.read.sources import Source, to_size_error

# Expat looks again at a tag that is not whole yet with each block, so blocks are not small.
_BLOCK = 1 << 19
_MOST_HEAD_BYTES = 1 << 20
# The deepest of real entries (tables within tables in XHTML) stay below 50.
_DEEPEST = 500
_ENTRY_START = re.compile(rb"<(?:[\w.-]+:)?(?:item|entry)(?=[\s>])")
_ENTRY_END = re.compile(rb"</(?:[\w.-]+:)?(?:item|entry)\s*>")
_ROOT = re.compile(rb"<(?:[\w.-]+:)?(?:rss|RDF|feed)\b[^<>]*>")
_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*?\?>")
_DECLARED = re.compile(rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]{1,40})["']""")
_ENTITY = re.compile(rb"<!ENTITY", re.IGNORECASE)
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
# The encodings that feeds declare; Python knows others, which are no encodings of text.
_ENCODINGS = re.compile(
    r"utf-?8|utf-?16(?:le|be)?|us-?ascii|iso-?8859-?\d{1,2}|latin-?1|windows-?\d{3,4}|cp-?\d{3,4}|koi8-?[rut]"
    r"|big5|gb2312|gbk|gb18030|shift[-_]jis|euc-(?:jp|kr)|mac-?\w+",
    re.IGNORECASE,
)


class FeedSplitter:
    """Splits a feed into its head and its entries.

    Each entry that `split` yields is XML as it stands in the feed, in UTF-8. `head` is what comes
    before the first; `before` and `after` are the tags that open and close around an entry, so that
    `before + entry + after` is a feed of one entry.
    """

    def __init__(self, limit: int, where: str) -> None:
        self.limit = limit
        self.where = where
        self.head = self.before = self.after = b""
        self.entries = 0
        self._has_head = self._closed = False
        self._buffer = bytearray()  # from the last entry's end; offsets below count from the feed's begin
        self._base = self._parsed = self._searched = 0
        self._entry: int | None = None
        self._sick: int | None = None
        self._open: list[tuple[str, int]] = []
        self._found: list[bytes] = []
        self._shift = 0
        self._parser = self._make_parser()

    def split(self, blocks: Iterator[bytes]) -> Iterator[bytes]:
        """Yields the entries.

        Raises:
            ReadError: the feed declares entities, nests too deep, is cut off, or an entry is too large;
                the entries before it were yielded.
        """
        for block in blocks:
            self._buffer += block
            yield from self._parse()
            if self._closed:  # what follows the feed (comments, a server's warnings) is none of it
                return
            self._check_size()
        yield from self._take_found()
        if not self._has_head and not self._open:
            raise ReadError("not valid XML: no feed", where=self.where)
        raise ReadError(f"the feed is broken off after {self.entries:,} entries", where=self.where)

    # ------------------------------------------------------------ the walk

    def _parse(self) -> Iterator[bytes]:
        while not self._closed:
            if self._sick is not None and not self._heal():
                break
            pending = bytes(self._buffer[self._parsed - self._base :])
            try:
                self._parser.Parse(pending, False)
            except expat.ExpatError:
                yield from self._take_found()
                self._sick = self._find_sick()
                self._searched = self._sick
                continue
            except ReadError:
                yield from self._take_found()
                raise
            self._parsed += len(pending)
            break
        yield from self._take_found()
        if self._has_head and self._sick is None:
            self._forget(self._entry if self._entry is not None else self._parser.CurrentByteIndex + self._shift)

    def _find_sick(self) -> int:
        if self._entry is not None:
            return self._entry
        at = max(self._base, self._parser.ErrorByteIndex + self._shift)
        # The tag that opens an entry may be ill-formed itself.
        tag = self._base + self._buffer.rfind(b"<", 0, at + 1 - self._base)
        if _ENTRY_START.match(self._buffer, max(0, tag - self._base)):
            at = tag
            self._entry = tag
            if not self._has_head:
                self._end_sick_head(tag)
        return at

    def _heal(self) -> bool:
        """Goes on after what is ill-formed: at the end of its entry, or at the next that begins."""
        assert self._sick is not None
        in_entry = self._entry is not None
        pattern = _ENTRY_END if in_entry else _ENTRY_START
        match = pattern.search(self._buffer, self._searched - self._base)
        if match is None:
            self._searched = max(self._sick, self._base + len(self._buffer) - 80)
            return False
        if in_entry:
            self._emit(self._sick, self._base + match.end())
        at = self._base + (match.end() if in_entry else match.start())
        if not self._has_head:
            self._end_sick_head(at)
        self._sick = self._entry = None
        self._restart(at)
        return True

    def _restart(self, at: int) -> None:
        self._forget(at)
        self._parsed = at
        self._open = []
        self._parser = self._make_parser()
        self._has_head = True
        self._shift = at - len(self.before)
        try:
            self._parser.Parse(self.before, False)
        except expat.ExpatError:
            self.before, self.after = b"<rss><channel>", b"</channel></rss>"
            self._restart(at)

    def _make_parser(self) -> expat.XMLParserType:
        parser = expat.ParserCreate("utf-8")
        parser.UseForeignDTD(True)  # names of characters that XML does not have (&nbsp;) are no errors then
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.EntityDeclHandler = self._refuse_entity
        return parser

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        at = self._parser.CurrentByteIndex + self._shift
        if self._entry is None and name.rpartition(":")[2] in ("item", "entry") and self._open:
            if not self._has_head:
                self._end_head(at)
            self._entry = at
        self._open.append((name, at))
        if len(self._open) > _DEEPEST:
            raise ReadError(f"nested too deep: more than {_DEEPEST} tags within each other", where=self.where)

    def _end(self, name: str) -> None:
        _, start = self._open.pop()
        if start == self._entry:
            at = self._parser.CurrentByteIndex + self._shift - self._base
            self._emit(start, self._base + self._buffer.find(b">", at) + 1)
            self._entry = None
        self._closed = not self._open

    def _refuse_entity(self, *declared: object) -> None:
        raise to_entity_error(self.where)

    # ------------------------------------------------------------ the head

    def _end_head(self, at: int) -> None:
        self._has_head = True
        self.head = bytes(self._buffer[: at - self._base])
        if _ENTITY.search(self.head):
            raise to_entity_error(self.where)
        starts = [self._buffer[start : self._buffer.find(b">", start) + 1] for _, start in self._open]
        self.before = b"".join(starts)
        self.after = b"".join(b"</%s>" % name.encode() for name, _ in reversed(self._open))

    def _end_sick_head(self, at: int) -> None:
        """Makes the best of a head that is ill-formed: its root tag, and the channel of RSS."""
        self.head = bytes(self._buffer[: at - self._base])
        if _ENTITY.search(self.head):
            raise to_entity_error(self.where)
        match = _ROOT.search(self.head)
        self.before = match.group() if match else b"<rss>"
        root = re.match(rb"<([\w.:-]+)", self.before)
        self.after = b"</%s>" % root.group(1) if root else b""
        if b"rss" in self.before[:5]:
            self.before, self.after = self.before + b"<channel>", b"</channel>" + self.after

    # ------------------------------------------------------------ the buffer

    def _emit(self, start: int, end: int) -> None:
        self._found.append(bytes(self._buffer[start - self._base : end - self._base]))
        self.entries += 1

    def _take_found(self) -> Iterator[bytes]:
        found, self._found = self._found, []
        yield from found

    def _forget(self, before: int) -> None:
        del self._buffer[: max(0, before - self._base)]
        self._base = max(self._base, before)

    def _check_size(self) -> None:
        if not self._has_head and len(self._buffer) > _MOST_HEAD_BYTES + _BLOCK:
            if _ENTITY.search(self._buffer):
                raise to_entity_error(self.where)
            raise ReadError("no entry in the first megabyte of the feed", where=self.where)
        if len(self._buffer) > self.limit + _BLOCK:
            raise to_size_error(len(self._buffer), self.limit, self.where)


def to_entity_error(where: str) -> ReadError:
    """Makes the error for a feed whose document type declares entities."""
    return ReadError(
        "the feed declares entities of its own, which may expand without end",
        where=where,
        hint="feeds need none; take the <!ENTITY ...> lines out if you trust it",
    )


def read_utf8_blocks(source: Source) -> Iterator[bytes]:
    """Reads a feed as UTF-8 without its XML declaration and without characters that XML forbids."""
    decode = _find_decoder(source)
    first = True
    for text in decode():
        if first:
            text = _DECLARATION.sub("", text.removeprefix("\ufeff"))
            first = False
        yield _FORBIDDEN.sub("", text).encode()


def _find_decoder(source: Source) -> Callable[[], Iterator[str]]:
    encoding, mark = find_encoding(source.head)
    source.stream.read(mark)
    declared = _DECLARED.search(source.head)
    name = declared.group(1).decode() if declared else source.known.charset or ""
    if encoding != "utf-8" or not _ENCODINGS.fullmatch(name) or name.lower().startswith(("utf", "us")):
        return (lambda: _decode_utf8(source)) if encoding == "utf-8" else (lambda: _decode_as(source, encoding))
    # As in web browsers, Latin-1 means cp1252.
    latin = re.fullmatch(r"iso-?8859-?1|latin-?1", name, re.IGNORECASE)
    return lambda: _decode_as(source, "cp1252" if latin else name)


def _decode_as(source: Source, encoding: str) -> Iterator[str]:
    try:
        decoder = codecs.getincrementaldecoder(encoding)("replace")
    except LookupError:
        yield from _decode_utf8(source)
        return
    while block := source.stream.read(_BLOCK):
        yield decoder.decode(block)
    yield decoder.decode(b"", True)


def _decode_utf8(source: Source) -> Iterator[str]:
    """Decodes UTF-8 with stray bytes of cp1252, in blocks that end with a tag, never within a character."""
    rest = b""
    while block := source.stream.read(_BLOCK):
        whole, tag, part = (rest + block).rpartition(b">")
        if tag or len(part) > 4 * _BLOCK:
            yield decode_line(whole + tag if tag else part, "utf-8")
            part = part if tag else b""
        rest = part
    yield decode_line(rest, "utf-8")
