"""Let what the services just did have happened on an earlier day: the demo tells of a quarter that is over."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any, Final

import pgtrigger
from django.db.models import DurationField, F, Model, QuerySet, Value
from django.utils import timezone

from jobs.models import EmailMessage, Job, Notification
from selection.models import PositionPoint, Snapshot

SNAPSHOTS_KEPT: Final = "selection.Snapshot:keep"
TOLD: Final = (
    "round-appointed",
    "round-released",
    "selection.decided",
    "selection.to-decide",
    "selection.model-to-approve",
    "selection.model-answered",
)


def move_back(rows: QuerySet[Any], fields: Iterable[str], *, days: int) -> None:
    """Move these moments of these rows back; an empty one stays empty."""
    back = Value(timedelta(days=days), output_field=DurationField())
    rows.update(**{name: F(name) - back for name in fields})


def move_one_back(row: Model, *fields: str, days: int) -> None:
    """Move these moments of one row back, and read it anew."""
    move_back(type(row)._default_manager.filter(pk=row.pk), fields, days=days)
    row.refresh_from_db()


def move_snapshot_back(snapshot: Snapshot, *, days: int) -> None:
    """Move the day of a snapshot back, which the database refuses to everybody else."""
    with pgtrigger.ignore(SNAPSHOTS_KEPT):
        move_one_back(snapshot, "made_at", days=days)


def move_trail_back(day: date) -> None:
    """Let the points that today's scoring left on the trails lie on an earlier day."""
    left = PositionPoint.objects.filter(on=timezone.localdate())
    PositionPoint.objects.filter(on=day, customer__in=list(left.values_list("customer", flat=True))).delete()
    left.update(on=day)


def let_notices_be_read(*, days: int) -> None:
    """What people were told of selection so far came that long ago, was read the same day, and is mailed no more."""
    then = timezone.now() - timedelta(days=days)
    notices = Notification.objects.filter(kind__in=TOLD, read_at=None)
    mails = list(notices.exclude(message=None).values_list("message", flat=True))
    notices.update(created_at=then, read_at=then, message=None)
    Job.objects.filter(key__in=[f"email:{pk}" for pk in mails]).delete()
    EmailMessage.objects.filter(pk__in=mails).delete()
