"""The morning digest: one mail a day to those for whom something came up."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from jobs.calculations import zone_named
from jobs.models import EmailMessage, Notification
from jobs.services.emails import queue_email

MORNING: Final = time(7, 30)


def people_for_digest(now: datetime) -> Iterator[tuple[User, date]]:
    """Those who have something to be told and for whom it is past 07:30, each with the day it is for them."""
    waiting = Notification.objects.awaiting_digest().values("user")
    for user in User.objects.active().filter(pk__in=waiting).order_by("pk").iterator(chunk_size=500):
        local = now.astimezone(zone_named(user.time_zone))
        if local.time() >= MORNING:
            yield user, local.date()


@transaction.atomic
def queue_digest(*, user: User, day: date) -> EmailMessage | None:
    """Put one person's digest of one day into the outbox; None when it was sent, or nothing is left to tell.

    What comes after the digest of a day waits for the next morning.
    """
    key = f"digest:{user.pk}:{day.isoformat()}"
    if EmailMessage.objects.filter(key=key).exists():
        return None
    rows = Notification.objects.awaiting_digest().filter(user=user).select_for_update(skip_locked=True)
    told = list(rows.filter(read_at__isnull=True).values_list("pk", flat=True))
    rows.filter(read_at__isnull=False).update(email="off")  # read on a page: no news any more
    if not told:
        return None
    mail = queue_email(
        key=key,
        user=user,
        template="digest",
        subject=_("Your day: %(count)s new"),
        values={"count": len(told)},
    )
    Notification.objects.filter(pk__in=told).update(message=mail)
    return mail
