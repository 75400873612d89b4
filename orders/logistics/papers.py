"""What every printed paper shares: fonts, text that wraps, the grid of a table, the page number.

ReportLab reads static TrueType only; this font has the characters of every common name, which a GB 2312 one lacks.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from xml.sax.saxutils import escape

import segno
from django.conf import settings
from django.utils.translation import gettext as _
from reportlab.graphics.shapes import Drawing, Rect
from reportlab.lib import colors
from reportlab.lib.enums import TA_LEFT, TA_RIGHT
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    NextPageTemplate,
    PageBreak,
    PageTemplate,
    Paragraph,
    SimpleDocTemplate,
    TableStyle,
)

REGULAR, BOLD = "NotoSansSC", "NotoSansSC-Bold"
PASS_GREEN = colors.HexColor("#cfe8cf")  # light enough for a black-and-white printer
GRID = TableStyle(
    [
        ("GRID", (0, 0), (-1, -1), 0.5, colors.grey),
        ("BACKGROUND", (0, 0), (-1, 0), colors.whitesmoke),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("TOPPADDING", (0, 0), (-1, -1), 3),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 4),
    ]
)


@cache
def register_fonts() -> None:
    """Once a process, before the first text."""
    folder = settings.PDF_FONTS_DIR
    pdfmetrics.registerFont(TTFont(REGULAR, str(folder / "400Regular/NotoSansSC_400Regular.ttf")))
    pdfmetrics.registerFont(TTFont(BOLD, str(folder / "700Bold/NotoSansSC_700Bold.ttf")))


def print_a4(title: str, story: Sequence[Flowable]) -> bytes:
    """The paper as a PDF, with the number on each page; `title` is what a reader shows in its bar."""
    register_fonts()
    paper = io.BytesIO()
    document = SimpleDocTemplate(
        paper,
        pagesize=A4,
        leftMargin=14 * mm,
        rightMargin=14 * mm,
        topMargin=12 * mm,
        bottomMargin=14 * mm,
        title=title,
        author=_("绿通集市"),
    )
    document.build(list(story), onFirstPage=_page_number, onLaterPages=_page_number)
    return paper.getvalue()


@dataclass(frozen=True)
class Sheet:
    """One paper of a pack. `green` is A4 landscape on green, others are A4 upright; `foot` stands at the foot of every page."""

    story: Sequence[Flowable]
    foot: str
    green: bool = False


def print_pack(title: str, sheets: Sequence[Sheet]) -> bytes:
    """Several papers as one PDF, each beginning on a page of its own, with its foot and page numbers."""
    register_fonts()
    paper = io.BytesIO()
    document = BaseDocTemplate(paper, pagesize=A4, title=title, author=_("绿通集市"))
    document.addPageTemplates([_template(str(n), sheet) for n, sheet in enumerate(sheets)])
    story: list[Flowable] = []
    for n, sheet in enumerate(sheets):
        story += [NextPageTemplate(str(n)), PageBreak()] if n else []
        story += sheet.story
    document.build(story)
    return paper.getvalue()


def _template(name: str, sheet: Sheet) -> PageTemplate:
    width, height = landscape(A4) if sheet.green else A4
    side, top, bottom = 12 * mm, 10 * mm, 13 * mm

    def draw(canvas: Any, document: Any) -> None:
        canvas.saveState()
        if sheet.green:
            canvas.setFillColor(PASS_GREEN)
            canvas.rect(0, 0, width, height, stroke=0, fill=1)
            canvas.setFillColor(colors.black)
        canvas.setFont(REGULAR, 8)
        canvas.drawString(side, 7 * mm, sheet.foot)
        canvas.drawRightString(width - side, 7 * mm, f"{document.page}")
        canvas.restoreState()

    frame = Frame(side, bottom, width - 2 * side, height - top - bottom, 0, 0, 0, 0)
    return PageTemplate(name, [frame], onPage=draw, pagesize=(width, height))


def qr_drawing(text: str, side: float, *, error: str = "m", quiet: int = 2) -> Drawing:
    """A code drawn square by square: no picture file, sharp on any printer. `side` is that of the code without its quiet
    zone of `quiet` modules, which is white."""
    rows = [
        list(row) for row in segno.make(text, error=error, micro=False, boost_error=False).matrix_iter(border=quiet)
    ]
    module = side / (len(rows) - 2 * quiet)
    whole = module * len(rows)
    drawing = Drawing(whole, whole)
    drawing.add(Rect(0, 0, whole, whole, strokeWidth=0, strokeColor=None, fillColor=colors.white))
    for y, row in enumerate(rows):
        for x, dark in enumerate(row):
            if dark:
                square = (x * module, whole - (y + 1) * module, module, module)
                drawing.add(Rect(*square, strokeWidth=0, strokeColor=None, fillColor=colors.black))
    return drawing


def text_of(text: str, *, bold: bool = False, size: float = 10, right: bool = False) -> Paragraph:
    register_fonts()
    style = ParagraphStyle(
        f"{bold}{size}{right}",
        fontName=BOLD if bold else REGULAR,
        fontSize=size,
        leading=size * 1.45,
        wordWrap="CJK",
        alignment=TA_RIGHT if right else TA_LEFT,
    )
    return Paragraph(escape(text).replace("\n", "<br/>"), style)


def _page_number(canvas: object, document: object) -> None:
    canvas.setFont(REGULAR, 8)  # type: ignore[attr-defined]
    canvas.drawRightString(196 * mm, 8 * mm, f"{document.page}")  # type: ignore[attr-defined]
