"""What people must be reminded of: tasks that are due, agreements whose notice day comes near."""

from __future__ import annotations

import zoneinfo
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from django.db.models import OuterRef, Subquery

from accounts.models import User
from customers.models import Agreement, Task
from teams.models import TeamMembership

MORNING: Final = time(7)
LATE: Final = timedelta(days=14)  # older ones have been told, or are nobody's news any more
NOTICE_LEAD: Final = timedelta(days=14)


def morning_of(day: date, user: User) -> datetime:
    """Seven in the morning of a day where the person lives."""
    return datetime.combine(day, MORNING, tzinfo=zoneinfo.ZoneInfo(user.time_zone))


def tasks_to_remind(now: datetime) -> Iterator[tuple[Task, date]]:
    """Open tasks that fell due in the last two weeks, with assignee and customer, each with its day."""
    last = now.date() + timedelta(days=1)  # it is tomorrow already for people further east
    rows = Task.objects.alive().open().filter(due_on__gte=now.date() - LATE, due_on__lte=last)
    rows = rows.filter(customer__deleted_at__isnull=True, assignee__is_active=True)
    for task in rows.select_related("assignee", "customer").order_by("pk").iterator(chunk_size=500):
        if task.due_on is not None:
            yield task, task.due_on


@dataclass(frozen=True, slots=True)
class NoticeDay:
    """An agreement to decide about, and the owner of the account who decides."""

    agreement: Agreement
    owner: User
    notice_on: date


def agreements_to_remind(now: datetime) -> Iterator[NoticeDay]:
    """Agreements whose notice day lies within the next two weeks, with the owner of the account, if there is one."""
    today = now.date()
    owners = TeamMembership.objects.on_day(today).owners().filter(team=OuterRef("customer__account_team"))
    rows = (
        Agreement.objects.alive()
        .filter(customer__deleted_at__isnull=True)
        .notice_within(today, NOTICE_LEAD.days)
        .annotate(owner_id=Subquery(owners.values("user")[:1]))
        .filter(owner_id__isnull=False)
        .select_related("customer")
        .order_by("pk")
    )
    agreements = list(rows)
    people = User.objects.active().in_bulk({agreement.owner_id for agreement in agreements})
    for agreement in agreements:
        owner = people.get(agreement.owner_id)
        if owner is not None:
            yield NoticeDay(agreement, owner, agreement.notice_on)
