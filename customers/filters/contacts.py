"""Which of the visible people?"""

from __future__ import annotations

import django_filters
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from customers.filters.choices import CustomerChoice
from customers.models import Contact, ContactRole, Customer
from kcrm.lib import words
from kcrm.lib.filters import StrictFilterSet

STATES = (("here", _("still there")), ("left", _("left the company")))


class ContactFilter(StrictFilterSet):
    """People by name, customer, work e-mail and whether they left."""

    q = django_filters.CharFilter(label=_("Find a contact"), method="find")
    customer = CustomerChoice(method="at_customer")
    email = django_filters.CharFilter(label=_("Work e-mail"), lookup_expr="iexact")
    state = django_filters.ChoiceFilter(label=_("State"), choices=STATES, method="in_state")
    primary = django_filters.BooleanFilter(label=_("First person to call"), method="called_first")

    def find(self, rows: QuerySet[Contact], name: str, value: str) -> QuerySet[Contact]:
        """Part of the name or of the work e-mail."""
        return rows.filter(Q(name_key__contains=words.name_key(value)) | Q(email__icontains=value))

    def at_customer(self, rows: QuerySet[Contact], name: str, value: Customer) -> QuerySet[Contact]:
        """With a role there, past ones too."""
        return rows.filter(Exists(ContactRole.objects.filter(contact=OuterRef("pk"), customer=value)))

    def in_state(self, rows: QuerySet[Contact], name: str, value: str) -> QuerySet[Contact]:
        """Still there, or gone."""
        return rows.filter(left_on__isnull=value == "here")

    def called_first(self, rows: QuerySet[Contact], name: str, value: bool) -> QuerySet[Contact]:
        """The first to call at some customer that the reader sees."""
        roles = ContactRole.objects.visible_to(self.request.user) if self.request else ContactRole.objects.none()
        first = Exists(roles.filter(contact=OuterRef("pk"), is_primary=True))
        return rows.filter(first if value else ~first)


class ContactRoleFilter(StrictFilterSet):
    """Roles by person and customer."""

    contact = django_filters.NumberFilter(label=_("Contact number"))
    customer = CustomerChoice()
    is_primary = django_filters.BooleanFilter(label=_("First person to call"))
