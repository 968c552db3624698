"""Stage 1 of 8. In: a PDF. Out: its lines.

A program of its own, which `pdf` starts once a PDF: PDF on standard input, JSON on standard output.

PDFium is C++ code that reads what strangers wrote. In a process of its own it may hang, crash or
eat memory, and one report fails. So this file imports nothing of ours, and is run by its path.

    {"pages": [{"height": 842.0, "lines": [[text, left, right, baseline, size], ...]}, ...],
     "title": ..., "author": ..., "unmapped": share}

or `{"error": "..."}`. A line that ends in U+00AD was broken by a hyphen. Units are points.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import sys

import pypdfium2  # type: ignore[import-untyped]
import pypdfium2.raw as pdfium  # type: ignore[import-untyped]

MOST_MEMORY = 1_000_000_000
_HYPHEN = 2
_SAMPLE = 8  # so many letters from one that is asked for its table to the next
_Line = tuple[str, float, float, float, float]


def main() -> None:
    """Reads a PDF; the arguments are how many seconds, pages and characters there may be."""
    seconds, most_pages, most_chars = (int(each) for each in sys.argv[1:4])
    limit_process(seconds)
    json.dump(read_pages(sys.stdin.buffer.read(), most_pages, most_chars), sys.stdout)


def limit_process(seconds: int) -> None:
    """Sets limits to this process, where the system has them."""
    try:
        import resource
    except ImportError:  # Windows: there the one who started us ends us
        return
    for what, limit in ((resource.RLIMIT_AS, MOST_MEMORY), (resource.RLIMIT_CPU, seconds), (resource.RLIMIT_CORE, 0)):
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(what, (limit, limit))


def read_pages(data: bytes, most_pages: int, most_chars: int) -> dict[str, object]:
    """Reads the lines of all pages."""
    try:
        pdf = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        return {"error": "password" if error.err_code == pdfium.FPDF_ERR_PASSWORD else "broken"}
    if len(pdf) > most_pages:
        return {"error": f"pages {len(pdf)}"}
    pages: list[dict[str, object]] = []
    chars = unmapped = 0
    for number in range(len(pdf)):
        try:
            page = pdf[number]
            part = page.get_textpage()
        except pypdfium2.PdfiumError:
            return {"error": "broken"}
        chars += part.count_chars()
        if chars > most_chars:
            return {"error": "text"}
        lines, odd = read_lines(part)
        unmapped += odd
        pages.append({"height": page.get_height(), "lines": lines})
        part.close()
        page.close()
    found: dict[str, object] = {"pages": pages, "unmapped": unmapped / max(chars, 1)}
    return found | {name.lower(): pdf.get_metadata_value(name)[:1_000] for name in ("Title", "Author")}


def read_lines(part: pypdfium2.PdfTextPage) -> tuple[list[_Line], int]:
    """Reads the lines of a page in the order of the PDF, and counts letters that no table explains."""
    lines: list[_Line] = []
    held: list[str] = []
    first = last = -1
    unmapped = 0
    raw, read, is_odd = part.raw, pdfium.FPDFText_GetUnicode, pdfium.FPDFText_HasUnicodeMapError
    for index in range(part.count_chars()):
        code = read(raw, index)
        if code in (10, 13, _HYPHEN):
            if code == _HYPHEN:
                held.append("\xad")
            if first >= 0:
                lines.append(to_line(part, held, first, last))
            held, first = [], -1
            continue
        if index % _SAMPLE == 0:
            unmapped += _SAMPLE * (is_odd(raw, index) == 1)
        if code == 0:
            continue
        letter = chr(code)
        held.append(letter)
        if not letter.isspace():
            first, last = (index if first < 0 else first), index
    if first >= 0:
        lines.append(to_line(part, held, first, last))
    return lines, unmapped


def to_line(part: pypdfium2.PdfTextPage, held: list[str], first: int, last: int) -> _Line:
    """Makes a line of its letters, and of where the first and the last of them stand."""
    x, y = ctypes.c_double(), ctypes.c_double()
    pdfium.FPDFText_GetCharOrigin(part, first, x, y)
    boxes = [part.get_charbox(index, loose=True) for index in (first, (first + last) // 2, last)]
    # The first letter alone may be a bullet of another font.
    sizes = sorted(abs(top - bottom) for _, bottom, _, top in boxes)
    text = "".join(held).encode("utf-16", "surrogatepass").decode("utf-16", "replace").strip()
    return text, boxes[0][0], boxes[2][2], y.value, sizes[1] or sizes[2]


if __name__ == "__main__":
    main()
