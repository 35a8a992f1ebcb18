"""Deliver what waits for one endpoint, at least once, each endpoint for itself."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from feed.calculations import FAILURES_TO_OPEN, is_over, pause_before, signature
from feed.models import Delivery, Endpoint
from feed.services.outbox import payload
from jobs.notices import notification_kind
from jobs.services.notifications import notify
from jobs.services.queue import enqueue
from jobs.services.schedules import database_now
from kcrm.lib import outbound
from kcrm.lib.api.rendering import dumps
from kcrm.lib.sealing import unseal

KIND: Final = "feed.deliver"
CUT_OFF: Final = notification_kind("feed.cut-off", _("A webhook was cut off after many failures"), email="now")
WORK_SECONDS: Final = 30.0
State = Delivery.State


def ask_for_deliveries(now: datetime) -> int:
    """One job for each endpoint that has something to be sent; returns how many. Those under way are not doubled."""
    due = list(Endpoint.objects.with_due(now).values_list("pk", flat=True))
    for pk in due:
        enqueue(kind=KIND, args={"endpoint": pk}, key=f"{KIND}:{pk}")
    return len(due)


def deliver(*, endpoint_id: int, check: Callable[[], None] = lambda: None) -> dict[str, int]:
    """Send what is due, the oldest first, for half a minute at most.

    A receiver that cannot be reached ends the turn: the rest waits with it, and no worker waits for it again.
    """
    counts = {"sent": 0, "failed": 0}
    ends = time.monotonic() + WORK_SECONDS
    while time.monotonic() < ends:
        check()
        now = database_now()
        endpoint = Endpoint.objects.with_due(now).filter(pk=endpoint_id).first()
        if endpoint is None:
            break
        delivery = _next(endpoint, now)
        if delivery is None:
            continue
        reply, error = _send(endpoint, delivery, now)
        taken = reply is not None and reply.is_success
        _note(endpoint, delivery, reply, error)
        counts["sent" if taken else "failed"] += 1
        if reply is None:
            break
    return counts


def _next(endpoint: Endpoint, now: datetime) -> Delivery | None:
    """The delivery that waits longest; those that waited for a day are given up on the way."""
    due = Delivery.objects.due(now).filter(endpoint=endpoint).select_related("change").order_by("next_at", "pk")
    for delivery in due[:100]:
        if not is_over(delivery.since, now):
            return delivery
        _close(delivery, state=State.FAILED)
    return None


def _send(endpoint: Endpoint, delivery: Delivery, now: datetime) -> tuple[outbound.Reply | None, str]:
    secrets = _secrets(endpoint, now)
    if not secrets:
        return None, "The secret cannot be read any more: rotate it."
    body = dumps(payload(delivery.change))
    message_id, timestamp = f"msg_{delivery.change_id}", int(now.timestamp())
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "KCRM-Webhooks/1",
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signature(secrets, message_id, timestamp, body),
    }
    try:
        reply = outbound.post(endpoint.url, body, headers)
    except outbound.Refused as refused:
        return None, str(refused)
    return reply, "" if reply.is_success else f"HTTP {reply.status}"


def _secrets(endpoint: Endpoint, now: datetime) -> Sequence[str]:
    found = [unseal(endpoint.secret)]
    if endpoint.former_secret and endpoint.former_until and endpoint.former_until > now:
        found.append(unseal(endpoint.former_secret))
    return [secret for secret in found if secret]


@transaction.atomic
def _note(endpoint: Endpoint, delivery: Delivery, reply: outbound.Reply | None, error: str) -> None:
    """What came of an attempt, for the delivery and for the endpoint."""
    now = database_now()
    delivery.attempts += 1
    delivery.status = reply.status if reply else None
    delivery.seconds = round(reply.seconds, 3) if reply else None
    delivery.error = error[:300]
    if reply is not None and reply.is_success:
        _close(delivery, state=State.DELIVERED, delivered_at=now)
        Endpoint.objects.filter(pk=endpoint.pk).update(failures=0, open_until=None, last_success_at=now)
        return
    pause = pause_before(delivery.attempts, random.random())  # noqa: S311 - spreads load, guards nothing
    gone = is_over(delivery.since, now + pause)
    _close(delivery, state=State.FAILED if gone else State.WAITING, next_at=now + pause)
    _count_failure(endpoint, now)


def _count_failure(endpoint: Endpoint, now: datetime) -> None:
    Endpoint.objects.filter(pk=endpoint.pk).update(failures=F("failures") + 1)
    endpoint.refresh_from_db(fields=["failures"])
    beyond = endpoint.failures - FAILURES_TO_OPEN
    if beyond < 0:
        return
    Endpoint.objects.filter(pk=endpoint.pk).update(open_until=now + pause_before(5 + beyond, 0.5))
    if beyond == 0:
        for administrator in User.objects.active().filter(roles__contains=["administrator"]):
            notify(
                user=administrator,
                kind=CUT_OFF,
                key=f"{CUT_OFF}:{endpoint.pk}:{now:%Y-%m-%d}",
                subject=_("The webhook “%(name)s” was cut off after %(count)s failures"),
                params={"name": endpoint.name, "count": FAILURES_TO_OPEN},
                url=reverse("feed:endpoint-detail", args=[endpoint.pk]),
                urgent=True,
            )


def _close(delivery: Delivery, **values: Any) -> None:
    for name, value in values.items():
        setattr(delivery, name, value)
    delivery.save(update_fields=["attempts", "status", "seconds", "error", *values])
