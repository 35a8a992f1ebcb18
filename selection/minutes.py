"""The minutes of a decision as PDF and as slides: what was decided, on what figures, against which of them, by whom."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any, Final

from django.utils.translation import gettext as _
from pptx import Presentation
from pptx.util import Inches, Pt

from kcrm.lib import formats
from selection import papers
from selection.models import DecisionLine
from selection.papers import Sheet
from selection.selectors.decisions import DecisionSheet
from selection.selectors.projects import waivers_behind

ROWS_A_SLIDE: Final = 12


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
    return facts + [(_("Passed with open conditions"), text) for text in waivers_behind(decision)]


def as_pdf(sheet: DecisionSheet) -> bytes:
    """The minutes on paper."""
    sheets = [Sheet("", facts_of(sheet), [45, 215], head=False)]
    rows = [headings(), *(row_of(line, sheet) for line in sheet.lines)]
    sheets.append(Sheet(_("Customers"), rows, [52, 25, 25, 36, 36, 36, 50]))
    if sheet.notices:
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
        sheets.append(Sheet(_("Who is told"), told, [55, 115, 45, 45]))
    return papers.as_pdf(sheet.decision.title, sheets)


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
