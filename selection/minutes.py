"""The minutes of a decision as PDF and as slides: what was decided, on what figures, against which of them, by whom."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import Any, Final

from django.utils.translation import gettext as _
from pptx import Presentation
from pptx.util import Inches, Pt
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from kcrm.lib import formats
from kcrm.lib.printing import CHINESE, mixed
from selection.models import DecisionLine
from selection.selectors.decisions import DecisionSheet

ROWS_A_SLIDE: Final = 12
INK: Final = colors.HexColor("#1d2433")
RULE: Final = colors.HexColor("#c9ced8")


def headings() -> list[str]:
    """The columns of the table of customers."""
    return [
        _("Customer"),
        _("Attractiveness"),
        _("Relative strength"),
        _("By the figures"),
        _("Until now"),
        _("Decided"),
        _("Why it differs"),
    ]


def row_of(line: DecisionLine, sheet: DecisionSheet) -> list[str]:
    """One customer."""
    place = sheet.positions.get(line.customer_id)
    reason = line.reason
    if line.override_until:
        reason = _("%(reason)s (until %(day)s)") % {"reason": line.reason, "day": formats.day(line.override_until)}
    return [
        line.customer.name,
        formats.number(place.score, 2) if place and place.score is not None else "–",
        formats.number(place.ratio, 2) if place and place.ratio is not None else "–",
        line.get_calculated_display() if line.calculated else _("not placed"),
        line.get_former_display() if line.former else "–",
        line.get_chosen_display(),
        reason,
    ]


def facts_of(sheet: DecisionSheet) -> list[tuple[str, str]]:
    """What stands above the table."""
    decision = sheet.decision
    share = formats.percent(sheet.override_share, 0) if sheet.override_share is not None else "–"
    facts = [
        (_("State"), decision.get_state_display()),
        (_("In force from"), formats.day(decision.effective_on)),
        (_("Snapshot"), f"{decision.snapshot} · {formats.moment(decision.snapshot.made_at)}"),
        (_("Proposed by"), str(decision.drafted_by)),
        (_("Decided by"), str(decision.decided_by) if decision.decided_by else "–"),
        (_("Against the figures"), f"{sheet.overrides} ({share})"),
    ]
    if decision.purpose:
        facts.append((_("Purpose"), decision.purpose))
    if decision.remark:
        facts.append((_("Remark, dissent"), decision.remark))
    return facts


def as_pdf(sheet: DecisionSheet) -> bytes:
    """The minutes on paper."""
    if CHINESE not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(UnicodeCIDFont(CHINESE))
    title = ParagraphStyle("title", fontName=CHINESE, fontSize=18, leading=24, textColor=INK)
    heading = ParagraphStyle("heading", fontName=CHINESE, fontSize=12, leading=18, spaceBefore=8, textColor=INK)
    cell = ParagraphStyle("cell", fontName=CHINESE, fontSize=8.5, leading=11.5, wordWrap="CJK", textColor=INK)

    def table(rows: Iterable[Sequence[str]], widths: Sequence[float], *, head: bool) -> Table:
        drawn = Table([[Paragraph(mixed(text), cell) for text in row] for row in rows], widths, repeatRows=int(head))
        lines: list[Any] = [("LINEBELOW", (0, 0), (-1, -1), 0.4, RULE), ("VALIGN", (0, 0), (-1, -1), "TOP")]
        if head:
            lines.append(("BACKGROUND", (0, 0), (-1, 0), colors.HexColor("#eef1f6")))
        drawn.setStyle(TableStyle(lines))
        return drawn

    story: list[Any] = [Paragraph(mixed(sheet.decision.title), title), Spacer(1, 4 * mm)]
    story.append(table(facts_of(sheet), [45 * mm, 215 * mm], head=False))
    story.append(Paragraph(mixed(_("Customers")), heading))
    widths = [52 * mm, 25 * mm, 25 * mm, 36 * mm, 36 * mm, 36 * mm, 50 * mm]
    story.append(table([headings(), *(row_of(line, sheet) for line in sheet.lines)], widths, head=True))
    if sheet.notices:
        story.append(Paragraph(mixed(_("Who is told")), heading))
        told = [[_("Person"), _("What it means for this function"), _("Told"), _("Acknowledged")]]
        told += [
            [
                str(notice.person),
                notice.duty,
                formats.moment(notice.told_at) if notice.told_at else "–",
                formats.moment(notice.acknowledged_at) if notice.acknowledged_at else "–",
            ]
            for notice in sheet.notices
        ]
        story.append(table(told, [55 * mm, 115 * mm, 45 * mm, 45 * mm], head=True))
    target = io.BytesIO()
    page = SimpleDocTemplate(
        target, pagesize=landscape(A4), title=sheet.decision.title, leftMargin=18 * mm, rightMargin=18 * mm,
        topMargin=16 * mm, bottomMargin=16 * mm,
    )  # fmt: skip
    page.build(story)
    return target.getvalue()


def as_slides(sheet: DecisionSheet) -> bytes:
    """The minutes as slides: the decision, how many in each class, the customers, who is told."""
    deck = Presentation()
    deck.slide_width, deck.slide_height = Inches(13.333), Inches(7.5)
    first = deck.slides.add_slide(deck.slide_layouts[0])
    first.shapes.title.text = sheet.decision.title
    first.placeholders[1].text = "\n".join(f"{label}: {value}" for label, value in facts_of(sheet)[:3])
    counts = [[_("Class"), _("Customers")], *([label, str(count)] for label, count in sheet.counts)]
    _table_slide(deck, _("What is decided"), counts)
    rows = [row_of(line, sheet) for line in sheet.lines]
    for start in range(0, len(rows), ROWS_A_SLIDE):
        _table_slide(deck, _("Customers"), [headings(), *rows[start : start + ROWS_A_SLIDE]])
    if sheet.notices:
        told = [[_("Person"), _("What it means for this function")]]
        _table_slide(deck, _("Who is told"), [*told, *([str(item.person), item.duty] for item in sheet.notices)])
    target = io.BytesIO()
    deck.save(target)
    return target.getvalue()


def _table_slide(deck: Any, title: str, rows: Sequence[Sequence[str]]) -> None:
    slide = deck.slides.add_slide(deck.slide_layouts[5])
    slide.shapes.title.text = title
    height = Inches(min(5.4, 0.42 * len(rows)))
    table = slide.shapes.add_table(len(rows), len(rows[0]), Inches(0.6), Inches(1.6), Inches(12.1), height).table
    for y, row in enumerate(rows):
        for x, text in enumerate(row):
            cell = table.cell(y, x)
            cell.text = text
            for paragraph in cell.text_frame.paragraphs:
                paragraph.font.size = Pt(12)
                paragraph.font.bold = y == 0
