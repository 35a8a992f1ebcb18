"""Filters of the list of imports."""

from __future__ import annotations

import django_filters
from django.utils.translation import gettext_lazy as _

from customers.models import ImportBatch
from kcrm.lib.filters import StrictFilterSet
from kcrm.lib.imports import all_importables


class ImportBatchFilter(StrictFilterSet):
    """By what, state and system."""

    importable = django_filters.ChoiceFilter(
        label=_("What"), choices=lambda: [(thing.key, thing.label) for thing in all_importables()]
    )
    state = django_filters.ChoiceFilter(label=_("State"), choices=ImportBatch.State.choices)
    source = django_filters.CharFilter(label=_("From the system"), lookup_expr="iexact")
