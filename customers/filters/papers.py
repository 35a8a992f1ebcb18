"""Which of the visible files and agreements?"""

from __future__ import annotations

import django_filters
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.filters.choices import CustomerChoice
from customers.models import Agreement, Document
from kcrm.lib import words
from kcrm.lib.filters import StrictFilterSet

SOON = (
    ("notice", _("notice within 30 days")),
    ("quarter", _("ends within 90 days")),
    ("ended", _("ended")),
    ("in-force", _("in force")),
)


class DocumentFilter(StrictFilterSet):
    """Files by title, name and customer."""

    q = django_filters.CharFilter(label=_("Find a file"), method="find")
    customer = CustomerChoice()

    def find(self, rows: QuerySet[Document], name: str, value: str) -> QuerySet[Document]:
        """Part of the title or of the file name."""
        return rows.filter(Q(title__icontains=value) | Q(file_name__icontains=value))


class AgreementFilter(StrictFilterSet):
    """Agreements by title, customer, kind and how soon something must be decided."""

    q = django_filters.CharFilter(label=_("Find an agreement"), method="find")
    customer = CustomerChoice()
    kind = django_filters.MultipleChoiceFilter(label=_("Kind"), choices=Agreement.Kind.choices)
    soon = django_filters.ChoiceFilter(label=_("Soon"), choices=SOON, method="due_soon")
    ends_on = django_filters.DateFromToRangeFilter(label=_("Until"))
    renews = django_filters.BooleanFilter(label=_("Renews by itself"))

    def find(self, rows: QuerySet[Agreement], name: str, value: str) -> QuerySet[Agreement]:
        """Part of the title or of the customer's name."""
        return rows.filter(Q(title__icontains=value) | Q(customer__name_key__contains=words.name_key(value)))

    def due_soon(self, rows: QuerySet[Agreement], name: str, value: str) -> QuerySet[Agreement]:
        """What must be decided next; a filter is a door, so it may read the clock."""
        today = timezone.localdate()
        if value == "notice":
            return rows.notice_within(today, 30)  # type: ignore[attr-defined]  # AgreementQuerySet
        if value == "quarter":
            return rows.ending_within(today, 90)  # type: ignore[attr-defined]  # the same
        if value == "ended":
            return rows.filter(ends_on__lte=today)
        return rows.in_force(today)  # type: ignore[attr-defined]  # the same
