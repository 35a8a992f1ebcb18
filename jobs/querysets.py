"""Which jobs, notifications and mails."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Self

from django.apps import apps
from django.db import models
from django.db.models import Case, Exists, JSONField, Q, Value, When
from django.db.models.functions import Now

from jobs.registry import Keys, customer_sight
from kcrm.lib.access import Verb, allows, global_standings

if TYPE_CHECKING:
    from accounts.models import User


class JobQuerySet(models.QuerySet):
    """Jobs. What concerns leases asks the database's clock: workers' clocks may differ."""

    def visible_to(self, user: User) -> Self:
        """One's own jobs; all of them for those whom the matrix lets read every job.

        A token for some customers only sees the jobs that were asked for with it.
        """
        if allows("job", Verb.READ, global_standings(user.roles)):
            return self
        rows = self.filter(requested_by=user)
        token = user.api_token
        if token is not None and token.customer_ids is not None:
            return rows.filter(api_token=token)  # what the person does himself may concern other customers
        return rows

    def live(self) -> Self:
        """Jobs that wait or run."""
        return self.filter(state__in=["queued", "running"])

    def claimable(self) -> Self:
        """Jobs that a worker may take now: due ones, and those whose worker has let its lease run out; none on hold."""
        due = Q(state="queued", run_after__lte=Now()) | Q(state="running", lease_until__lt=Now())
        return self.filter(due, ~Exists(apps.get_model("jobs.Hold").objects.all()))

    def without_hint_for(self, age: timedelta) -> Self:
        """Jobs of which the broker has not been told for so long."""
        return self.filter(Q(hinted_at__isnull=True) | Q(hinted_at__lt=Now() - age))

    def held(self, pk: int, fence: int) -> Self:
        """This job, if it still belongs to the worker with this fence."""
        return self.filter(pk=pk, fence=fence, state="running")

    def finished_before(self, moment: datetime) -> Self:
        """Jobs that ended before the moment."""
        return self.filter(finished_at__lt=moment)

    def without_routine(self) -> Self:
        """Jobs without the system's own that went well: there is one each minute."""
        return self.exclude(requested_by__isnull=True, state="succeeded")

    def for_list(self, user: User) -> Self:
        """What the list of jobs shows; the titles of others' jobs are content and left out."""
        is_own = Q(requested_by=user)
        return self.without_routine().annotate(
            shown_title=Case(When(is_own, then="title"), default=Value("")),
            shown_values=Case(When(is_own, then="title_values"), default=Value({}, JSONField())),
        )


class NotificationQuerySet(models.QuerySet):
    """Notifications."""

    def visible_to(self, user: User) -> Self:
        """One's own, without those about customers whom one may no longer see."""
        return self.filter(user=user).about(customer_sight(user))

    def about(self, customers: Keys | None) -> Self:
        """Those about one of these customers or about none; None for all."""
        if customers is None:
            return self
        return self.filter(Q(customer_id__isnull=True) | Q(customer_id__in=customers))

    def in_app(self) -> Self:
        """Those meant for the pages."""
        return self.filter(in_app=True)

    def unread(self) -> Self:
        """Those not yet read."""
        return self.filter(read_at__isnull=True)

    def awaiting_digest(self) -> Self:
        """Those that the next digest shall tell."""
        return self.filter(email="digest", message__isnull=True)

    def for_list(self) -> Self:
        """Newest first."""
        return self.order_by("-id")


class EmailMessageQuerySet(models.QuerySet):
    """Mails in the outbox."""

    def waiting(self) -> Self:
        """Mails that still have to go out."""
        return self.filter(state="queued")

    def doubtful(self) -> Self:
        """Mails of which nobody knows whether they went out, or that could not."""
        return self.filter(state__in=["unknown", "failed"])
