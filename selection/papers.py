"""How this app prints: a title, then sheets of rows, in the fonts that hold Latin and Chinese side by side."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from kcrm.lib.printing import CHINESE, mixed

INK: Final = colors.HexColor("#1d2433")
RULE: Final = colors.HexColor("#c9ced8")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table of a paper: its heading, empty for none, the widths in millimetres, whether its first row is a head."""

    heading: str
    rows: Sequence[Sequence[str]]
    widths: Sequence[float]
    head: bool = True


def as_pdf(title: str, sheets: Iterable[Sheet]) -> bytes:
    """The paper, A4 on its side."""
    if CHINESE not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(UnicodeCIDFont(CHINESE))
    top = ParagraphStyle("title", fontName=CHINESE, fontSize=18, leading=24, textColor=INK)
    heading = ParagraphStyle("heading", fontName=CHINESE, fontSize=12, leading=18, spaceBefore=8, textColor=INK)
    story: list[Any] = [Paragraph(mixed(title), top), Spacer(1, 4 * mm)]
    for sheet in sheets:
        if sheet.heading:
            story.append(Paragraph(mixed(sheet.heading), heading))
        story.append(_table(sheet))
    target = io.BytesIO()
    page = SimpleDocTemplate(
        target, pagesize=landscape(A4), title=title, leftMargin=18 * mm, rightMargin=18 * mm,
        topMargin=16 * mm, bottomMargin=16 * mm,
    )  # fmt: skip
    page.build(story)
    return target.getvalue()


def _table(sheet: Sheet) -> Table:
    cell = ParagraphStyle("cell", fontName=CHINESE, fontSize=8.5, leading=11.5, wordWrap="CJK", textColor=INK)
    rows = [[Paragraph(mixed(text), cell) for text in row] for row in sheet.rows]
    drawn = Table(rows, [width * mm for width in sheet.widths], repeatRows=int(sheet.head))
    lines: list[Any] = [("LINEBELOW", (0, 0), (-1, -1), 0.4, RULE), ("VALIGN", (0, 0), (-1, -1), "TOP")]
    if sheet.head:
        lines.append(("BACKGROUND", (0, 0), (-1, 0), colors.HexColor("#eef1f6")))
    drawn.setStyle(TableStyle(lines))
    return drawn
