"""Press releases in PDF and DOCX, built in code; all that they tell is made up."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence

from docx import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

SPEECH = "The ministry of defence said on Wednesday that about 300 soldiers had left the camp at Klow."


def make_pdf(pages: Sequence[bytes], info: dict[str, str] | None = None, extra: bytes = b"") -> bytes:
    """Makes a PDF of the content streams of its pages; `extra` goes into the trailer."""
    count = len(pages)
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [%s] /Count %d >>" % (b" ".join(b"%d 0 R" % (4 + 2 * i) for i in range(count)), count),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for index, content in enumerate(pages):
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >>"
            b" /Contents %d 0 R >>" % (5 + 2 * index)
        )
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content))
    if info:
        pairs = b" ".join(b"/%s (%s)" % (name.encode(), _escape(value)) for name, value in info.items())
        objects.append(b"<< %s >>" % pairs)
        extra += b" /Info %d 0 R" % len(objects)
    made, places = b"%PDF-1.4\n", []
    for number, each in enumerate(objects, 1):
        places.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    made += b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, table) + (
        b"trailer\n<< /Size %d /Root 1 0 R%s >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, extra, len(made))
    )
    return made


def draw_lines(lines: Iterable[str], *, x: float = 72, y: float = 700, size: float = 11, lead: float = 14) -> bytes:
    """Draws lines of text one below the other, the first at a height of `y` points."""
    drawn = b"BT /F1 %g Tf\n" % size
    for number, line in enumerate(lines):
        drawn += b"1 0 0 1 %g %g Tm (%s) Tj\n" % (x, y - number * lead, _escape(line))
    return drawn + b"ET\n"


def _escape(text: str) -> bytes:
    return text.encode("cp1252").replace(b"\\", rb"\\").replace(b"(", rb"\(").replace(b")", rb"\)")


def pdf_release() -> bytes:
    """A release of two pages: running head and foot, a sentence that runs over the page, hyphens, a list."""
    head = draw_lines(["MINISTRY OF DEFENCE OF SYLDAVIA"], y=800, size=9)
    first = (
        head
        + draw_lines(["Soldiers leave the camp at Klow"], y=740, size=18)
        + draw_lines(
            [
                "KLOW, 3 March 2021 – The ministry of defence said on Wednesday that about 300 sol-",
                "diers had left the camp at Klow and that 1,200 more would follow by the end of May. The",
                "long-term plan is unchanged, said Colonel Ottokar Brod.",
            ]
        )
        + draw_lines(
            [
                "He added that two battalions of soldiers would stay at the border, where the govern-",
                "ment of Borduria has stationed",
            ],
            y=640,
        )
        + draw_lines(["Page 1 of 2"], x=260, y=40, size=9)
        + draw_lines(["press office, Klow"], y=26, size=9)
    )
    second = (
        head
        + draw_lines(["about 4,000 of its own, “for the time being”."], y=740)
        + draw_lines(["• 300 soldiers have left since Mon-", "day morning", "• 1,200 soldiers will follow"], y=700)
        + draw_lines(["Page 2 of 2"], x=260, y=40, size=9)
        + draw_lines(["press office, Klow"], y=26, size=9)
    )
    info = {
        "Title": "Soldiers leave the camp at Klow",
        "Author": "admin",
        "CreationDate": "D:20190101120000+01'00'",
    }
    return make_pdf([first, second], info)


def pdf_columns() -> bytes:
    """Wire copy in two columns: the paragraph runs from the foot of one to the top of the other."""
    left = ["Twelve people were hurt when a", "rocket struck a market in Klow on", "Monday, police said. Soldiers"]
    right = ["closed the bridge and the square.", "The army said that it had fired", "nothing."]
    return make_pdf([draw_lines(left, x=72) + draw_lines(right, x=320)], {"Title": "Microsoft Word - klow_v3.doc"})


def pdf_scan() -> bytes:
    """A page without text: a drawn box, as a scanner's picture would be."""
    return make_pdf([b"0.5 g 72 72 400 600 re f\n"])


def docx_release() -> bytes:
    """A release with all that Word adds: styles, table, text box, tracked changes, comments' marks, a header."""
    made = Document()
    made.core_properties.title = "Template 2009"
    made.core_properties.author = "Irma Vogel"
    made.sections[0].header.paragraphs[0].text = "Ministry of Defence of Syldavia"
    made.sections[0].footer.paragraphs[0].text = "Press release 12, 3 March 2021"
    made.add_heading("Soldiers leave the camp at Klow", 0)
    made.add_paragraph("By Irma Vogel")
    first = made.add_paragraph("The ministry of defence said that about ")
    first.add_run("300 soldiers").bold = True
    first.add_run(" had left the camp")
    _track(first, "del", "delText", " and the town")
    _track(first, "ins", "t", " at Klow")
    first.add_run(" on Wednesday.")
    hidden = first.add_run(" Check this with Otto!")
    hidden.font.hidden = True
    made.add_heading("Who goes where", 2)
    table = made.add_table(rows=2, cols=2)
    for cell, text in zip([*table.rows[0].cells, *table.rows[1].cells], ["Unit", "Men", "Guards", "120"], strict=True):
        cell.text = text
    made.add_paragraph("300 soldiers have left", style="List Bullet")
    made.add_paragraph("The rest\twill\nfollow in May.")
    return _save(made)


def _track(paragraph: object, change: str, tag: str, text: str) -> None:
    """Adds a tracked change to a paragraph."""
    mark, run, words = OxmlElement(f"w:{change}"), OxmlElement("w:r"), OxmlElement(f"w:{tag}")
    words.text = text
    words.set(qn("xml:space"), "preserve")
    run.append(words)
    mark.append(run)
    paragraph._p.append(mark)  # type: ignore[attr-defined]


def docx_layout() -> bytes:
    """A release that is set in a table, with its text box: paragraphs in cells are paragraphs."""
    made = Document()
    (row,) = made.add_table(rows=1, cols=2).rows
    row.cells[0].text = "For immediate release"
    row.cells[1].text = SPEECH
    row.cells[1].add_paragraph("It named no reason for the withdrawal, which came as a surprise to the towns nearby.")
    box = made.add_paragraph("")._p
    content, inner, run, words = (OxmlElement(f"w:{tag}") for tag in ("txbxContent", "p", "r", "t"))
    words.text = "Twelve were detained."
    run.append(words)
    inner.append(run)
    content.append(inner)
    outer = OxmlElement("w:r")
    outer.append(content)
    box.append(outer)
    return _save(made)


def _save(made: object) -> bytes:
    held = io.BytesIO()
    made.save(held)  # type: ignore[attr-defined]
    return held.getvalue()
