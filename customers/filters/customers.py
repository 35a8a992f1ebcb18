"""Which of the visible customers? The same keys for the page, the export and the API."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from customers.querysets.customers import units_below
from kcrm.lib.filters import StrictFilterSet
from teams.models import OrgUnit

SCOPES = (("mine", _("mine")), ("team", _("my teams")), ("portfolio", _("my portfolio")))
HEARD = (("overdue", _("longer ago than agreed")), ("never", _("never")))
LONGEST = 36_500


def units(request: HttpRequest | None) -> QuerySet[OrgUnit]:
    """The units to choose from, in the order of the tree."""
    return OrgUnit.objects.visible_to(request.user) if request else OrgUnit.objects.none()


class CustomerFilter(StrictFilterSet):
    """Customers by name, by who looks after them, by what they are, by how long they are silent."""

    q = django_filters.CharFilter(label=_("Find a customer"), method="find")
    scope = django_filters.ChoiceFilter(label=_("Whose"), choices=SCOPES, method="of_reader")
    unit = django_filters.ModelChoiceFilter(label=_("Unit with all below"), queryset=units, method="in_unit")
    life_cycle = django_filters.MultipleChoiceFilter(label=_("Life cycle"), choices=Customer.LifeCycle.choices)
    relation = django_filters.MultipleChoiceFilter(label=_("Relation"), choices=Customer.Relation.choices)
    country = django_filters.CharFilter(label=_("Country"), method="in_country", help_text=_("ISO code of two letters"))
    industry = django_filters.CharFilter(label=_("Industry"), field_name="industry", lookup_expr="icontains")
    tag = django_filters.CharFilter(label=_("Tag"), method="tagged")
    heard = django_filters.ChoiceFilter(label=_("Last contact"), choices=HEARD, method="by_contact")
    silent = django_filters.NumberFilter(
        label=_("Silent for more days than"),
        method="silent_for",
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        min_value=0,
        max_value=LONGEST,
    )
    group = django_filters.NumberFilter(
        label=_("Company with its subsidiaries"), method="in_group", widget=forms.HiddenInput
    )

    def find(self, rows: QuerySet[Customer], name: str, value: str) -> Any:
        """Customers found by part of a name, two Chinese characters, pinyin, domain or a key in another system."""
        return rows.found_by(value)

    def of_reader(self, rows: Any, name: str, value: str) -> Any:
        """Customers that the reader owns, works on, or directs."""
        return rows.of(self.request.user, value)

    def in_unit(self, rows: Any, name: str, value: OrgUnit) -> Any:
        """Customers of a unit and of all units below it."""
        return rows.filter(org_unit__in=units_below(value.path))

    def in_country(self, rows: Any, name: str, value: str) -> Any:
        """Customers of a country, given by its two letters in any case."""
        return rows.filter(country=value.strip().upper())

    def tagged(self, rows: Any, name: str, value: str) -> Any:
        """Customers with a tag of this name."""
        return rows.tagged(value)

    def by_contact(self, rows: Any, name: str, value: str) -> Any:
        """Customers who were never contacted, or whose silence is longer than agreed."""
        if value == "never":
            return rows.filter(last_interaction_on__isnull=True)
        return rows.overdue_for_contact(timezone.localdate())

    def silent_for(self, rows: Any, name: str, value: Any) -> Any:
        """Customers without a contact in the last so many days."""
        return rows.silent_since(timezone.localdate() - timedelta(days=int(value)))

    def in_group(self, rows: Any, name: str, value: Any) -> Any:
        """A customer with all companies below it, of those that the reader sees."""
        return rows.below(int(value))
