"""Stage 1 of 8. In: DOCX. Out: Item.

Reads press releases in Word's format: one file is one report. Its XML is looked over before any of
it is parsed: what unpacks to too much, or defines entities, is refused.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any

from reportedly.errors import ReadError
from reportedly.model import Failure, Item
from reportedly.read.releases import Block, to_item
from reportedly.read.sources import Payload, Reader, Source, to_failure
from reportedly.settings import Settings
from reportedly.vocab import RegionKind

#: No press release has more parts, or more bytes of XML (a tree takes ten times as much). Set by judgement.
MOST_PARTS = 2_000
MOST_XML = 20_000_000
_SMALL = 1_000_000
#: A longer heading is a paragraph in the wrong style; a cell longer than this is no figure of a table.
_LONGEST_HEADING = 300
_LONGEST_CELL = 120
_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
#: Around blocks or runs, without a meaning for the text.
_WRAPPERS = frozenset({"sdt", "sdtContent", "customXml", "smartTag", "ins", "moveTo"})
#: Struck out, moved away, not of the running text, or there twice (an older form for older programs).
_LEFT_OUT = frozenset({"del", "moveFrom", "instrText", "delText", "pPr", "rPr", "Fallback"})
_LETTERS = {"tab": " ", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "ptab": " "}
_PAGE_NUMBER = re.compile(r"(?:page\s*)?\d*\s*(?:(?:of|/)\s*\d*)?", re.IGNORECASE)


def read_docx(source: Source) -> Iterator[Payload | Failure]:
    """Takes the bytes of a Word file; they are opened later."""
    try:
        yield Payload(data=source.read_all(), reader="docx", origin=source.origin, known=source.known)
    except ReadError as error:
        yield to_failure(error)


def open_docx(payload: Payload, settings: Settings) -> Item:
    """Opens a Word file.

    Raises:
        ReadError: it is broken, without text, or too much.
    """
    _check_package(payload, settings)
    from docx import Document as open_package  # 0.1 s that only those pay who need it

    try:
        package = open_package(io.BytesIO(payload.data))
        properties = package.core_properties
        title, author = properties.title, properties.author
        blocks = _read_blocks(package)
    except Exception as error:  # the library raises anything on hostile bytes
        macros = "content type" in str(error)
        cause = "a Word file with macros, or a template" if macros else "broken: not a Word file that can be read"
        raise ReadError(cause, where=payload.origin, hint="save it as .docx again") from error
    if not any(letter.isalnum() for block in blocks for letter in block.text):
        raise ReadError("no text in the Word file", where=payload.origin, hint="it may hold pictures alone")
    return to_item(blocks, payload, title=title or "", author=author or "")


def recognise_docx(head: bytes, name: str) -> bool:
    """Whether an input is a Word file: a ZIP that begins with the parts of one."""
    if not head.startswith(b"PK\x03\x04"):
        return False
    first = head[30 : 30 + int.from_bytes(head[26:28], "little")]
    if not first.startswith((b"[Content_Types].xml", b"_rels/", b"docProps/", b"word/")):
        return False
    return b"word/" in head or name.lower().endswith((".docx", ".docm", ".dotx"))


# ---------------------------------------------------------------- before anything is parsed


def _check_package(payload: Payload, settings: Settings) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(payload.data)) as archive:
            _check_sizes(archive, len(payload.data), payload.origin, settings)
            for part in archive.infolist():
                if part.filename.lower().endswith((".xml", ".rels")):
                    # Without NULs UTF-16 reads the same. Word never writes a document type.
                    if b"<!doctype" in archive.read(part).replace(b"\0", b"").lower():
                        raise ReadError("refused: its XML defines entities", where=payload.origin)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError) as error:
        locked = "password" in str(error)
        cause = "the Word file is locked with a password" if locked else "broken: the Word file's ZIP cannot be read"
        raise ReadError(cause, where=payload.origin, hint="save it again") from error
    except ReadError:
        raise
    except Exception as error:  # zlib.error and its like
        raise ReadError("broken: the Word file's ZIP cannot be read", where=payload.origin) from error


def _check_sizes(archive: zipfile.ZipFile, packed: int, origin: str, settings: Settings) -> None:
    """Checks what the parts declare; reading a part stops at what it declared."""
    parts = archive.infolist()
    if len(parts) > MOST_PARTS:
        raise ReadError(f"a Word file of {len(parts):,} parts: no report", where=origin)
    size = sum(part.file_size for part in parts)
    xml = sum(part.file_size for part in parts if part.filename.lower().endswith((".xml", ".rels")))
    if size > max(_SMALL, packed * settings.max_expansion):
        raise ReadError(f"grows to {size:,} bytes when it is unpacked, from {packed:,}", where=origin)
    if size > settings.max_bytes or xml > MOST_XML:
        raise ReadError(f"too large for one report: {size:,} bytes when it is unpacked", where=origin)


# ---------------------------------------------------------------- blocks


def _read_blocks(package: Any) -> list[Block]:
    headings = _find_headings(package)
    body = package.element.body
    heads = [Block(text, running=True) for text in _read_running(package, "headerReference")]
    feet = [Block(text, running=True) for text in _read_running(package, "footerReference")]
    return [*heads, *_walk(body, headings), *feet]


def _walk(container: Any, headings: frozenset[str]) -> Iterator[Block]:
    for child in container:
        name = _name(child)
        if name == "p":
            text, boxes = _read_paragraph(child)
            is_heading = _is_heading(child, headings) and len(text) <= _LONGEST_HEADING
            yield Block(text, RegionKind.HEADLINE if is_heading else None)
            for box in boxes:
                yield from _walk(box, headings)
        elif name == "tbl":
            yield from _walk_table(child, headings)
        elif name in _WRAPPERS:
            yield from _walk(child, headings)


def _walk_table(table: Any, headings: frozenset[str]) -> Iterator[Block]:
    """Row by row: a row of figures is one block; a table that only places text gives its paragraphs."""
    for row in table.iter(_WORD + "tr"):
        if next(row.iterancestors(_WORD + "tbl")) is not table:
            continue  # of a table in a cell, which is walked there
        cells = [list(_walk(cell, headings)) for cell in row.iter(_WORD + "tc") if _is_of(cell, row)]
        texts = [[block for block in cell if block.text] for cell in cells]
        if all(len(cell) <= 1 and all(len(block.text) <= _LONGEST_CELL for block in cell) for cell in texts):
            yield Block(" | ".join(block.text.replace("\n", " ") for cell in texts for block in cell))
        else:
            yield from (block for cell in texts for block in cell)


def _is_of(cell: Any, row: Any) -> bool:
    return next(cell.iterancestors(_WORD + "tr")) is row


def _read_paragraph(paragraph: Any) -> tuple[str, list[Any]]:
    """Reads the text of a paragraph, and the text boxes that hang on it."""
    held: list[str] = []
    boxes: list[Any] = []
    stack = [iter(paragraph)]
    while stack:
        child = next(stack[-1], None)
        if child is None:
            stack.pop()
            continue
        name = _name(child)
        if name == "t":
            held.append(child.text or "")
        elif name in _LETTERS:
            held.append(_LETTERS[name])
        elif name == "txbxContent":
            boxes.append(child)
        elif name not in _LEFT_OUT and not (name == "r" and _is_hidden(child)):
            stack.append(iter(child))
    lines = (" ".join(line.split(" ")).strip() for line in re.sub(r"[ \t\r]+", " ", "".join(held)).split("\n"))
    return "\n".join(line for line in lines if line), boxes


def _is_hidden(run: Any) -> bool:
    mark = run.find(f"{_WORD}rPr/{_WORD}vanish")
    return mark is not None and mark.get(_WORD + "val", "true") not in ("0", "false", "off")


def _is_heading(paragraph: Any, headings: frozenset[str]) -> bool:
    style = paragraph.find(f"{_WORD}pPr/{_WORD}pStyle")
    level = paragraph.find(f"{_WORD}pPr/{_WORD}outlineLvl")
    if level is not None:
        return str(level.get(_WORD + "val")) in "012345678"
    return style is not None and style.get(_WORD + "val") in headings


def _find_headings(package: Any) -> frozenset[str]:
    """Finds the ids of the styles that are headings, or build on one."""
    based: dict[str, str | None] = {}
    found: set[str] = set()
    for style in package.styles.element.iter(_WORD + "style"):
        key, name, base = style.get(_WORD + "styleId"), style.find(_WORD + "name"), style.find(_WORD + "basedOn")
        based[key] = base.get(_WORD + "val") if base is not None else None
        # Word keeps the English names of its own styles in every language.
        title = str(name.get(_WORD + "val")) if name is not None else ""
        if re.fullmatch(r"title|subtitle|heading \d", title.lower()):
            found.add(key)
    for key in based:
        above: str | None = key
        for _ in range(10):
            above = based.get(above) if above else None
            if above in found:
                found.add(key)
    return frozenset(found)


def _read_running(package: Any, kind: str) -> list[str]:
    """Reads what heads or foots the pages, each text once, page numbers left out."""
    texts: list[str] = []
    for reference in package.element.body.iter(_WORD + kind):
        part = package.part.related_parts.get(reference.get(_RELATION))
        element = getattr(part, "element", None)
        if element is not None:
            texts += [block.text for block in _walk(element, frozenset())]
    return [text for text in dict.fromkeys(texts) if text and not _PAGE_NUMBER.fullmatch(text)]


def _name(element: Any) -> str:
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


READER = Reader("docx", (".docx",), recognise_docx, read_docx, open_docx)
