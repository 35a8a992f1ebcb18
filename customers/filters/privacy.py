"""Which of the visible privacy requests?"""

from __future__ import annotations

import django_filters
from django.utils.translation import gettext_lazy as _

from customers.filters.choices import CustomerChoice
from customers.models import PrivacyRequest, Purpose
from kcrm.lib.filters import StrictFilterSet


class PrivacyRequestFilter(StrictFilterSet):
    """Requests by state, kind, customer and day."""

    state = django_filters.MultipleChoiceFilter(label=_("State"), choices=PrivacyRequest.State.choices)
    kind = django_filters.MultipleChoiceFilter(label=_("Asks for"), choices=PrivacyRequest.Kind.choices)
    customer = CustomerChoice()
    due_on = django_filters.DateFromToRangeFilter(label=_("Answer due on"))


class ConsentFilter(StrictFilterSet):
    """Consents by person and purpose."""

    contact = django_filters.NumberFilter(label=_("Contact"))
    purpose = django_filters.MultipleChoiceFilter(label=_("Purpose"), choices=Purpose.choices)
