"""Who must be told of a customer that fell silent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db.models import OuterRef, Subquery

from accounts.models import User
from customers.models import Customer
from planning.querysets import newly_silent
from teams.models import TeamMembership

RECENT_DAYS: Final = 14


@dataclass(frozen=True, slots=True)
class Silence:
    """A customer with whom nobody has spoken for too long, and the owner of the account."""

    customer: Any
    owner: User
    since: date
    silent_from: date


def silences(now: datetime) -> Iterator[Silence]:
    """Customers who fell silent within the last two weeks, each with the owner of the account."""
    today = now.date()
    owners = TeamMembership.objects.on_day(today).owners().filter(team=OuterRef("account_team"))
    rows = newly_silent(Customer.objects.alive(), today, RECENT_DAYS).annotate(
        owner_id=Subquery(owners.values("user")[:1])
    )
    found = list(rows.filter(owner_id__isnull=False).only("name").order_by("pk"))
    people = User.objects.active().in_bulk({customer.owner_id for customer in found})
    for customer in found:
        owner = people.get(customer.owner_id)
        if owner is not None:
            yield Silence(customer, owner, customer.since, customer.silent_from)
