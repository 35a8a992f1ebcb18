"""The lists of files and agreements."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy, ngettext_lazy

from customers import permissions
from customers.filters.papers import AgreementFilter, DocumentFilter
from customers.models import Agreement, Document
from kcrm.lib import formats
from kcrm.lib.access import Verb, allows_anywhere
from kcrm.lib.tables import Cell, Column, EmptyState, Kind, ListSpec
from teams.permissions import reach_of

DOCUMENTS_TITLE = gettext_lazy("Files")
AGREEMENTS_TITLE = gettext_lazy("Agreements")


def _value(row: Any) -> str | None:
    return None if row.annual_value is None else formats.money(row.annual_value, row.currency, 0)


DOCUMENTS = ListSpec(
    key="documents",
    title=DOCUMENTS_TITLE,
    columns=(
        Column(
            "title",
            gettext_lazy("Title"),
            needs=("file_name",),
            render=lambda row: Cell(row.title, sub=row.file_name if row.file_name != row.title else ""),
        ),
        Column("customer", gettext_lazy("Customer"), value="customer__name"),
        Column("size", gettext_lazy("Size"), kind=Kind.NUMBER, render=lambda row: formats.size(row.size)),
        Column("uploaded_by", gettext_lazy("Uploaded by"), value="uploaded_by__full_name"),
        Column("created_at", gettext_lazy("Uploaded at"), kind=Kind.MOMENT),
    ),
    queryset=lambda user: Document.objects.visible_to(user),
    default_sort="-created_at",
    filterset_class=DocumentFilter,
    url_name="customers:document-detail",
    noun=ngettext_lazy("%(shown)s file", "%(shown)s files", "count"),
    empty=EmptyState(
        heading=gettext_lazy("No files yet"),
        text=gettext_lazy("Contracts, offers and drawings belong here. Open a customer to upload the first one."),
    ),
)

AGREEMENTS = ListSpec(
    key="agreements",
    title=AGREEMENTS_TITLE,
    columns=(
        Column(
            "title",
            gettext_lazy("Title"),
            needs=("customer__name",),
            render=lambda row: Cell(row.title, sub=row.customer__name),
        ),
        Column("kind", gettext_lazy("Kind"), choices=dict(Agreement.Kind.choices)),
        Column("starts_on", gettext_lazy("From"), kind=Kind.DATE),
        Column("ends_on", gettext_lazy("Until"), kind=Kind.DATE, none=gettext_lazy("without an end")),
        Column("notice_on", gettext_lazy("Notice by"), kind=Kind.DATE),
        Column("renews", gettext_lazy("Renews by itself"), kind=Kind.FLAG),
        Column(
            "annual_value",
            gettext_lazy("Value a year"),
            kind=Kind.NUMBER,
            field_class="F1",
            needs=("currency",),
            render=_value,
        ),
        Column("currency", gettext_lazy("Currency"), field_class="F1", default=False),
        Column("customer", gettext_lazy("Customer"), value="customer__name", default=False),
    ),
    queryset=lambda user: Agreement.objects.visible_to(user).with_notice_day(),
    default_sort="ends_on",
    filterset_class=AgreementFilter,
    url_name="customers:agreement-detail",
    noun=ngettext_lazy("%(shown)s agreement", "%(shown)s agreements", "count"),
    empty=EmptyState(
        heading=gettext_lazy("No agreements yet"),
        text=gettext_lazy("Contracts and price agreements belong here, so that nobody misses a notice day."),
    ),
    allowed_classes=permissions.agreement_classes,
    exportable=lambda user, rows: Agreement.objects.exportable_of(rows, user),
    may_export=lambda user: allows_anywhere("agreement", Verb.EXPORT, reach_of(user).actors()),
)
