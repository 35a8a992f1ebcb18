"""Which of the visible exports?"""

from __future__ import annotations

import django_filters
from django.utils.translation import gettext_lazy as _

from exports.models import ExportRequest
from kcrm.lib.filters import StrictFilterSet


class ExportRequestFilter(StrictFilterSet):
    """Exports by state."""

    state = django_filters.MultipleChoiceFilter(label=_("State"), choices=ExportRequest.State.choices)
