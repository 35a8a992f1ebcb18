"""The jobs of the feed: publish, deliver, forget."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.utils.translation import gettext_lazy as _

from feed.models import Change, Delivery
from feed.services.delivering import KIND, ask_for_deliveries, deliver
from feed.services.outbox import publish
from jobs.handlers import handler
from jobs.running import RunningJob
from jobs.schedules import each_turn, schedule
from jobs.services.schedules import database_now

CHANGES_KEPT: Final = timedelta(days=90)
DELIVERIES_KEPT: Final = timedelta(days=30)


@each_turn
def publish_and_ask(now: datetime) -> None:
    """Every other second: what was committed gets its number, and endpoints with something due a job."""
    publish()
    ask_for_deliveries(now)


@handler(KIND, title=_("Deliver webhooks"), max_attempts=2)
def deliver_webhooks(job: RunningJob) -> dict[str, int]:
    """Send what waits for one endpoint."""
    return deliver(endpoint_id=int(job.args["endpoint"]), check=job.check)


@schedule("feed.purge", kind="feed.purge", cron="50 2 * * *")
@handler("feed.purge", title=_("Forget old changes and deliveries"), heavy=True)
def forget_old_changes(job: RunningJob) -> dict[str, int]:
    """Ninety days of changes and thirty of deliveries are kept."""
    now = database_now()
    deliveries, _counts = Delivery.objects.exclude(state="waiting").filter(since__lt=now - DELIVERIES_KEPT).delete()
    changes, _counts = Change.objects.older_than(now - CHANGES_KEPT).delete()
    return {"deliveries": deliveries, "changes": changes}
