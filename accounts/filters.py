"""Which of the visible people and entries?"""

from __future__ import annotations

import django_filters
from django.db.models import Q, QuerySet
from django.forms import HiddenInput
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import AuditEntry, User
from accounts.models.users import Role
from kcrm.lib.filters import StrictFilterSet

STATES = (("active", _("active")), ("inactive", _("deactivated")))
NO_ROLE = ("none", _("no role for the whole company"))


class UserFilter(StrictFilterSet):
    """People by name, role and whether they may sign in."""

    q = django_filters.CharFilter(label=_("Find a person"), method="find")
    role = django_filters.ChoiceFilter(label=_("Role"), choices=[*Role.choices, NO_ROLE], method="with_role")
    state = django_filters.ChoiceFilter(label=_("State"), choices=STATES, method="in_state")

    def find(self, rows: QuerySet[User], name: str, value: str) -> QuerySet[User]:
        """Part of the name or of the e-mail."""
        return rows.filter(Q(full_name__icontains=value) | Q(email__icontains=value))

    def with_role(self, rows: QuerySet[User], name: str, value: str) -> QuerySet[User]:
        """People with this role, or without any."""
        return rows.filter(roles=[]) if value == NO_ROLE[0] else rows.filter(roles__contains=[value])

    def in_state(self, rows: QuerySet[User], name: str, value: str) -> QuerySet[User]:
        """People who may sign in, or may not any more."""
        return rows.filter(is_active=value == "active")


class AuditEntryFilter(StrictFilterSet):
    """Entries by who, what, when and act."""

    who = django_filters.CharFilter(
        label=pgettext_lazy("audit", "Who"), field_name="actor__full_name", lookup_expr="icontains"
    )
    actor = django_filters.NumberFilter(label=_("Person number"), field_name="actor_id", widget=HiddenInput)
    action = django_filters.MultipleChoiceFilter(label=_("Act"), choices=AuditEntry.Action.choices)
    subject_type = django_filters.CharFilter(label=_("Kind"), help_text=_("For instance customers.customer"))
    subject_id = django_filters.NumberFilter(label=_("Number"))
    what = django_filters.CharFilter(label=_("What"), field_name="subject_label", lookup_expr="icontains")
    customer = django_filters.NumberFilter(label=_("Customer number"), field_name="customer_id")
    at = django_filters.DateFromToRangeFilter(label=_("When"))
    request_id = django_filters.CharFilter(label=_("Request"))
