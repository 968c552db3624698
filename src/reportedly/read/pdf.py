"""Stage 1 of 8. In: PDF. Out: Item.

Reads press releases and wire copy in PDF: one file is one report. Splitting only takes the bytes;
opening has them read by a process of its own (`pdf_pages`), so that a PDF which hangs or breaks the
library costs one report and no batch.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from reportedly.errors import ReadError
from reportedly.model import Failure, Item
from reportedly.read.pdf_layout import Line, to_paragraphs
from reportedly.read.releases import Block, to_item
from reportedly.read.sources import Payload, Reader, Source, to_failure
from reportedly.settings import Settings

#: No press release has more pages or letters; books and bombs have. Set by judgement.
MOST_PAGES = 500
MOST_CHARS = 3_000_000
#: Seconds that a PDF may take: 500 dense pages took 5 on an idle machine and 15 on a busy one.
LONGEST_READING = 45
#: Above this share of letters that no table of the PDF explains, its text is noise. Set by judgement.
_MOST_UNMAPPED = 0.3
_PROGRAM = Path(__file__).with_name("pdf_pages.py")
_CAUSES = {
    "password": ("the PDF is locked with a password", "save it without one"),
    "broken": ("broken: not a PDF that can be read", "fetch or export it again"),
    "text": (f"more than {MOST_CHARS:,} letters: no report", "split it into one report a file"),
}


def read_pdf(source: Source) -> Iterator[Payload | Failure]:
    """Takes the bytes of a PDF; they are opened later."""
    try:
        yield Payload(data=source.read_all(), reader="pdf", origin=source.origin, known=source.known)
    except ReadError as error:
        yield to_failure(error)


def open_pdf(payload: Payload, settings: Settings) -> Item:
    """Opens a PDF.

    Raises:
        ReadError: it is locked, broken, without text, or too much.
    """
    found = _run(payload.data, payload.origin)
    pages = [
        [_to_line(values, number) for values in page["lines"] if values[0]]
        for number, page in enumerate(found["pages"])
    ]
    if not any(letter.isalpha() for page in pages for line in page for letter in line.text):
        hint = "run it through text recognition (OCR) first"
        raise ReadError("no text in the PDF: it seems to be a scan", where=payload.origin, hint=hint)
    if found["unmapped"] > _MOST_UNMAPPED:
        hint = "its fonts do not say which letters they are: run it through text recognition (OCR)"
        raise ReadError("no readable text in the PDF", where=payload.origin, hint=hint)
    paragraphs = to_paragraphs(pages, [page["height"] for page in found["pages"]])
    blocks = [Block(paragraph.text, running=paragraph.running) for paragraph in paragraphs]
    return to_item(blocks, payload, title=str(found["title"]), author=str(found["author"]))


def recognise_pdf(head: bytes, name: str) -> bool:
    """Whether an input is a PDF, by its mark."""
    return head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"%PDF-")


def _run(data: bytes, origin: str) -> Any:
    """Has a PDF read by a process of its own."""
    limits = [str(each) for each in (LONGEST_READING, MOST_PAGES, MOST_CHARS)]
    # -P keeps this folder, whose files are called html and text, off the path of imports.
    command = [sys.executable, "-P", str(_PROGRAM), *limits]
    try:
        ended = subprocess.run(
            command,
            input=data,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=LONGEST_READING,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise ReadError(f"the PDF takes more than {LONGEST_READING} seconds", where=origin) from None
    except OSError as error:
        raise ReadError(f"the PDF cannot be read now: {error.strerror}", where=origin) from None
    try:
        found = json.loads(ended.stdout)
    except ValueError:
        hint = f"its process ended with {ended.returncode}"
        raise ReadError("broken: reading the PDF takes too much, or ends in a crash", where=origin, hint=hint) from None
    problem = found.get("error")
    if problem:
        cause, hint = _CAUSES.get(problem, (f"more than {MOST_PAGES} pages: no report", "split it"))
        raise ReadError(cause, where=origin, hint=hint)
    return found


def _to_line(values: list[Any], page: int) -> Line:
    text, left, right, base, size = values
    return Line(text, left, right, base, max(size, 0.1), page)


READER = Reader("pdf", (".pdf",), recognise_pdf, read_pdf, open_pdf)
