"""Everything that is kept about a person, as one archive: JSON for machines, PDF for people."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import orjson
from django.db.models import Model
from django.utils.translation import gettext as _
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer
from reportlab.platypus.flowables import Flowable

from customers.models import Consent, Contact, Customer, Interaction, Task
from customers.services.privacy.traces import marks_of, places
from kcrm.lib import formats
from kcrm.lib.printing import CHINESE, mixed


def copy_of_person(contact: Contact, now: datetime) -> dict[str, Any]:
    """Every row that points at him, and every text about his customers that names him.

    {"made_at", "person": {column: value}, "sections": [{"kind", "rows": [{column: value}]}]}; values as stored.
    """
    sections = [{"kind": Consent._meta.label_lower, "rows": _rows(Consent.objects.filter(contact=contact))}]
    sections += [
        {"kind": place.label, "rows": _rows(place.model._base_manager.filter(place.condition))}
        for place in places(contact, all_rows=False)
    ]
    meetings = Interaction.objects.filter(contacts=contact) | Interaction.objects.filter(
        pk__in=[row.pk for row in _naming(contact, Interaction, ("subject", "body", "outcome", "next_step"))]
    )
    sections.append({"kind": Interaction._meta.label_lower, "rows": _rows(meetings.distinct())})
    duties = [row.pk for row in _naming(contact, Task, ("title", "detail")) if row.contact_id != contact.pk]
    sections.append({"kind": Task._meta.label_lower, "rows": _rows(Task.objects.filter(pk__in=duties))})
    return {
        "made_at": now.isoformat(timespec="seconds"),
        "person": _row(contact),
        "sections": [section for section in sections if section["rows"]],
    }


def archive_of_person(contact: Contact, now: datetime) -> bytes:
    """The archive: `data.json` and `data.pdf` with the same content."""
    copy = copy_of_person(contact, now)
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("data.json", orjson.dumps(copy, option=orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS))
        archive.writestr("data.pdf", _pdf(copy))
    return target.getvalue()


def _naming(contact: Contact, model: type[Any], texts: Sequence[str]) -> Iterator[Any]:
    """The records of his customers that name him in one of these texts or in a field of the company's own."""
    customers = Customer.objects.filter(contact_roles__contact=contact)
    marks = marks_of(contact)
    for row in model.objects.filter(customer__in=customers).iterator():
        written = "\n".join(str(getattr(row, name)) for name in (*texts, "custom"))
        if any(mark in written for mark in marks):
            yield row


def _rows(rows: Any) -> list[dict[str, Any]]:
    return [_row(row) for row in rows.order_by("pk")]


def _row(row: Model) -> dict[str, Any]:
    values = {field.attname: field.value_from_object(row) for field in row._meta.concrete_fields}
    plain = (int, float, bool, dict, type(None))
    return {name: value if isinstance(value, plain) else str(value) for name, value in values.items()}


def _pdf(copy: dict[str, Any]) -> bytes:
    if CHINESE not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(UnicodeCIDFont(CHINESE))
    heading = ParagraphStyle("heading", fontName=CHINESE, fontSize=13, leading=18, spaceBefore=10)
    line = ParagraphStyle("line", fontName=CHINESE, fontSize=9, leading=13, wordWrap="CJK")
    made = formats.moment(datetime.fromisoformat(copy["made_at"]))
    story: list[Flowable] = [
        Paragraph(_("What is kept about you"), heading),
        Paragraph(_("Made at %(moment)s.") % {"moment": made}, line),
        *_lines(copy["person"], line),
    ]
    for section in copy["sections"]:
        story.append(Paragraph(section["kind"], heading))
        for row in section["rows"]:
            story += [*_lines(row, line), Spacer(1, 6)]
    target = io.BytesIO()
    SimpleDocTemplate(target, pagesize=A4, title=_("What is kept about you")).build(story)
    return target.getvalue()


def _lines(row: dict[str, Any], style: ParagraphStyle) -> list[Flowable]:
    return [
        Paragraph(f"{mixed(name)}: {mixed(str(value)[:4000])}", style)
        for name, value in row.items()
        if value not in (None, "")
    ]
