"""What every printed paper shares: fonts, text that wraps, the grid of a table, the page number.

ReportLab reads static TrueType only; this font has the characters of every common name, which a GB 2312 one lacks.
"""

from functools import cache
from xml.sax.saxutils import escape

from django.conf import settings
from reportlab.lib import colors
from reportlab.lib.enums import TA_LEFT, TA_RIGHT
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Paragraph, TableStyle

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
    folder = settings.PDF_FONTS_DIR
    pdfmetrics.registerFont(TTFont(REGULAR, str(folder / "400Regular/NotoSansSC_400Regular.ttf")))
    pdfmetrics.registerFont(TTFont(BOLD, str(folder / "700Bold/NotoSansSC_700Bold.ttf")))


def text_of(text: str, *, bold: bool = False, size: float = 10, right: bool = False) -> Paragraph:
    style = ParagraphStyle(
        f"{bold}{size}{right}",
        fontName=BOLD if bold else REGULAR,
        fontSize=size,
        leading=size * 1.45,
        wordWrap="CJK",
        alignment=TA_RIGHT if right else TA_LEFT,
    )
    return Paragraph(escape(text).replace("\n", "<br/>"), style)


def page_number(canvas: object, document: object) -> None:
    canvas.setFont(REGULAR, 8)  # type: ignore[attr-defined]
    canvas.drawRightString(196 * mm, 8 * mm, f"{document.page}")  # type: ignore[attr-defined]
