"""Which of the visible pairs?"""

from __future__ import annotations

import django_filters
from django.utils.translation import gettext_lazy as _

from customers.models import DuplicatePair, RecordKind
from kcrm.lib.filters import StrictFilterSet


class DuplicatePairFilter(StrictFilterSet):
    """Pairs by kind, state and likeness."""

    kind = django_filters.ChoiceFilter(label=_("What"), choices=RecordKind.choices)
    state = django_filters.ChoiceFilter(label=_("State"), choices=DuplicatePair.State.choices)
    score = django_filters.NumberFilter(label=_("Likeness from"), lookup_expr="gte")
