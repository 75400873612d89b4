"""What every printed paper shares: fonts, text that wraps, the grid of a table, the page number.

ReportLab reads static TrueType only; this font has the characters of every common name, which a GB 2312 one lacks.
"""

import io
from collections.abc import Sequence
from functools import cache
from xml.sax.saxutils import escape

from django.conf import settings
from django.utils.translation import gettext as _
from reportlab.lib import colors
from reportlab.lib.enums import TA_LEFT, TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, TableStyle

REGULAR, BOLD = "NotoSansSC", "NotoSansSC-Bold"
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
