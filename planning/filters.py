"""Which of the silent customers, which of the rules?"""

from __future__ import annotations

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from kcrm.lib import words
from kcrm.lib.filters import StrictFilterSet
from selection.models.scores import TierChoice
from teams.permissions import reach_of


class SilentFilter(StrictFilterSet):
    """Silent customers by name and by whether they are the reader's own."""

    q = django_filters.CharFilter(label=_("Find a customer"), method="find")
    mine = django_filters.BooleanFilter(label=_("My customers"), method="of_reader")

    def find(self, rows: QuerySet[Customer], name: str, value: str) -> QuerySet[Customer]:
        """Part of the name."""
        return rows.filter(name_key__contains=words.name_key(value))

    def of_reader(self, rows: QuerySet[Customer], name: str, value: bool) -> QuerySet[Customer]:
        """Those in whose team the reader works, or all others."""
        teams = [*reach_of(self.request.user).teams] if self.request else []
        return rows.filter(account_team__in=teams) if value else rows.exclude(account_team__in=teams)


class CoverageRuleFilter(StrictFilterSet):
    """Rules by tier."""

    tier = django_filters.ChoiceFilter(choices=TierChoice.choices)
