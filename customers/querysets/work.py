"""Tasks."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Self

from django.db.models import Q

from customers.querysets.customers import CustomerPartQuerySet, sight
from kcrm.lib.access import Verb, allows, global_standings
from teams.permissions import reach_of

if TYPE_CHECKING:
    from accounts.models import User


class TaskQuerySet(CustomerPartQuerySet):
    """Things to do for customers."""

    def visible_to(self, user: User, resource: str | None = None) -> Self:
        """Tasks of customers whose tasks this person may see; where his role reads its own tasks only, these too.

        A former member of an account team has no such role: his sight of its tasks ends with the membership.
        """
        rows = self.alive().filter(customer__deleted_at__isnull=True)
        condition = sight(user, "task", prefix="customer__")
        if condition is None:
            return rows
        own = global_standings(reach_of(user).roles, is_self=True)
        token = getattr(user, "api_token", None)
        if allows("task", Verb.READ, own) and (token is None or token.customer_ids is None):
            condition |= Q(assignee=user)
        return rows.filter(condition)

    def assigned_to(self, user: User) -> Self:
        """Tasks that this person is to do."""
        return self.filter(assignee=user)

    def open(self) -> Self:
        """Tasks that are still to be done."""
        return self.filter(state="open")

    def overdue(self, today: date) -> Self:
        """Open tasks whose day has passed."""
        return self.open().filter(due_on__lt=today)
