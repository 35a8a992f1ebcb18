"""Agreements."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Self

from django.db.models import DateField, F, Func, Q, Value
from django.db.models.functions import Coalesce

from customers.querysets.customers import CustomerPartQuerySet
from kcrm.lib.access import Actor, Verb, allows_anywhere
from teams.permissions import reach_of

if TYPE_CHECKING:
    from accounts.models import User


class AgreementQuerySet(CustomerPartQuerySet):
    """Contracts and price agreements."""

    def visible_to(self, user: User, resource: str | None = None) -> Self:
        """Agreements of customers that this person may see; whoever only serves them sees service levels alone."""
        rows = super().visible_to(user, resource)
        return rows if _reads_all_kinds(user) else rows.filter(kind="service")

    def with_notice_day(self) -> Self:
        """Each with `notice_on`, the last day on which notice can be given; None for one without an end."""
        days = Coalesce(F("notice_days"), Value(0))
        last = Func(F("ends_on"), days, template="(%(expressions)s)", arg_joiner=" - ", output_field=DateField())
        return self.annotate(notice_on=last)

    def in_force(self, today: date) -> Self:
        """Agreements that hold on this day."""
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=today), starts_on__lte=today)

    def ending_within(self, today: date, days: int) -> Self:
        """Agreements that still hold and end within so many days."""
        return self.filter(ends_on__gt=today, ends_on__lte=today + timedelta(days=days))

    def notice_within(self, today: date, days: int) -> Self:
        """Agreements for which notice can still be given, and must be within so many days."""
        return self.with_notice_day().filter(notice_on__gte=today, notice_on__lte=today + timedelta(days=days))


def _reads_all_kinds(user: User) -> bool:
    return allows_anywhere("agreement", Verb.READ, reach_of(user).actors() - {Actor.SERVICE_AGENT})


def reads_values(user: User) -> bool:
    """Whether the user reads what agreements are worth: whoever reads all kinds of them, but never a token."""
    return getattr(user, "api_token", None) is None and _reads_all_kinds(user)
