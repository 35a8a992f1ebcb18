"""Tasks."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Self

from django.db.models import Q

from customers.querysets.customers import CustomerPartQuerySet, sight

if TYPE_CHECKING:
    from accounts.models import User


class TaskQuerySet(CustomerPartQuerySet):
    """Things to do for customers."""

    def visible_to(self, user: User, resource: str | None = None) -> Self:
        """Tasks of customers that this person may see, and his own wherever they stand."""
        rows = self.alive().filter(customer__deleted_at__isnull=True)
        condition = sight(user, "task", prefix="customer__")
        return rows if condition is None else rows.filter(condition | Q(assignee=user))

    def open(self) -> Self:
        """Tasks that are still to be done."""
        return self.filter(state="open")

    def overdue(self, today: date) -> Self:
        """Open tasks whose day has passed."""
        return self.open().filter(due_on__lt=today)
