"""Doubles that the person who made them cannot see: somebody who sees both sides is asked to look."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext, override

from accounts.models import AuditEntry, User
from accounts.services import audit
from customers.models import Customer, Task
from customers.services import search
from teams.models import UnitAssignment

DAYS = 5


def ask_for_review(customer: Customer, hidden_ids: Sequence[int], *, by: User) -> int:
    """A task for the nearest director over both customers, to see whether they are one; returns how many were made.

    It stands at the hidden customer, so that the creator learns nothing of it. Where nobody leads both, the
    programme of merging finds the pair by its key, and nobody is told.
    """
    made = 0
    today = timezone.localdate()
    for hidden in Customer.objects.alive().filter(pk__in=hidden_ids).select_related("org_unit"):
        leader = _leader_over(customer.org_unit.path, hidden.org_unit.path)
        if leader is None:
            continue
        with override(leader.language):
            title = gettext("Is “%(name)s” a double of this customer?") % {"name": customer.name[:120]}
            detail = gettext("%(who)s created a customer that looks like this one, without seeing it.") % {"who": by}
        task = Task.objects.create(
            customer=hidden,
            title=title,
            detail=detail,
            assignee=leader,
            due_on=today + timedelta(days=DAYS),
            created_by=by,
        )
        audit.record(action=AuditEntry.Action.CREATE, by=None, subject=task, customer_id=hidden.pk, via="command")
        search.index("task", task.pk, customer_ids=[hidden.pk], title=task.title)
        made += 1
    return made


def _leader_over(*paths: str) -> User | None:
    """The director lowest in the tree whose part of the organisation holds all these places."""
    leaders = UnitAssignment.objects.on_day(timezone.localdate()).leading_all(paths).select_related("user")
    nearest = leaders.first()
    return nearest.user if nearest else None
