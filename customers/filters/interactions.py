"""Which of the visible interactions?"""

from __future__ import annotations

import django_filters
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from customers.filters.choices import CustomerChoice, colleagues
from customers.models import Interaction, InteractionContact, InteractionPerson
from kcrm.lib import words
from kcrm.lib.filters import StrictFilterSet


class InteractionFilter(StrictFilterSet):
    """Interactions by customer, kind, who, when and outcome."""

    q = django_filters.CharFilter(label=_("Find an interaction"), method="find")
    customer = CustomerChoice()
    kind = django_filters.MultipleChoiceFilter(label=_("Kind"), choices=Interaction.Kind.choices)
    person = django_filters.ModelChoiceFilter(label=_("Who of us"), queryset=colleagues, method="of_person")
    contact = django_filters.NumberFilter(label=_("Contact number"), method="with_contact")
    happened_at = django_filters.DateFromToRangeFilter(label=_("When"))
    outcome = django_filters.MultipleChoiceFilter(
        label=_("Outcome"), choices=[choice for choice in Interaction.Outcome.choices if choice[0]]
    )

    def find(self, rows: QuerySet[Interaction], name: str, value: str) -> QuerySet[Interaction]:
        """Part of the subject or of the customer's name."""
        return rows.filter(Q(subject__icontains=value) | Q(customer__name_key__contains=words.name_key(value)))

    def of_person(self, rows: QuerySet[Interaction], name: str, value: User) -> QuerySet[Interaction]:
        """Recorded by a person of ours, or with him."""
        took_part = InteractionPerson.objects.filter(interaction=OuterRef("pk"), user=value)
        return rows.filter(Q(recorded_by=value) | Exists(took_part))

    def with_contact(self, rows: QuerySet[Interaction], name: str, value: int) -> QuerySet[Interaction]:
        """With a person of the customer."""
        return rows.filter(Exists(InteractionContact.objects.filter(interaction=OuterRef("pk"), contact=value)))
