"""A piece of work that outlives the request that asked for it."""

from __future__ import annotations

import uuid
from pathlib import PurePath
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from jobs import messages
from jobs.querysets import JobQuerySet


def random_file_name(job: Job, name: str) -> str:
    """Where a job's file is kept: a name nobody can guess, outside the web root, with the suffix only."""
    return f"jobs/{uuid.uuid4().hex}{PurePath(name).suffix.lower()[:10]}"


class Job(models.Model):
    """One piece of work: the row is the truth, a broker message only the hint that it waits.

    A worker owns a running job while `lease_until` lies ahead and `fence` is the number it got when it took the job;
    whoever takes an abandoned job raises the fence, and the former owner can write no more.
    `key` names the business act: of jobs with the same key only one is queued or running.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("waiting")
        RUNNING = "running", _("running")
        SUCCEEDED = "succeeded", _("done")
        FAILED = "failed", _("failed")
        CANCELLED = "cancelled", _("cancelled")
        DEAD = "dead", _("given up")

    LIVE: ClassVar = (State.QUEUED, State.RUNNING)

    kind = models.CharField(_("kind"), max_length=60)
    key = models.CharField(max_length=200, null=True, blank=True)  # noqa: DJ001 - null: no key, so no rival
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.QUEUED)
    title = models.CharField(max_length=200, blank=True)
    title_values = models.JSONField(default=dict, blank=True)
    args = models.JSONField(default=dict, blank=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("requested by"),
    )
    api_token = models.ForeignKey(
        "accounts.ApiToken", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    customer_id = models.BigIntegerField(null=True, blank=True)
    is_heavy = models.BooleanField(default=False)

    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    max_attempts = models.PositiveSmallIntegerField(default=5)
    run_after = models.DateTimeField(db_default=Now())
    hinted_at = models.DateTimeField(null=True, blank=True)
    fence = models.PositiveIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    cancel_requested_at = models.DateTimeField(null=True, blank=True)

    progress_done = models.PositiveIntegerField(default=0)
    progress_total = models.PositiveIntegerField(null=True, blank=True)
    progress_note = models.CharField(max_length=200, blank=True)

    result = models.JSONField(null=True, blank=True)
    error = models.TextField(blank=True)
    error_kind = models.CharField(max_length=120, blank=True)
    file = models.FileField(upload_to=random_file_name, blank=True)
    file_name = models.CharField(max_length=200, blank=True)

    created_at = models.DateTimeField(_("requested at"), db_default=Now())
    started_at = models.DateTimeField(_("started at"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["key"], condition=Q(state__in=["queued", "running"]), name="jobs_job_one_live_per_key"
            ),
            models.CheckConstraint(
                condition=~Q(state="running") | Q(lease_until__isnull=False), name="jobs_job_runs_under_a_lease"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["queued", "running"], finished_at__isnull=True)
                | Q(state__in=["succeeded", "failed", "cancelled", "dead"], finished_at__isnull=False),
                name="jobs_job_is_finished_when_not_live",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["run_after"], condition=Q(state="queued"), name="jobs_job_due"),
            models.Index(fields=["lease_until"], condition=Q(state="running"), name="jobs_job_leases"),
            models.Index(fields=["requested_by", "-id"], name="jobs_job_of_person"),
            models.Index(fields=["finished_at"], name="jobs_job_finished"),
            models.Index(fields=["state"], condition=Q(state="dead"), name="jobs_job_dead"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def is_live(self) -> bool:
        """Whether it waits or runs."""
        return self.state in self.LIVE

    @property
    def heading(self) -> str:
        """What it does, in the reader's language; empty where its kind must say it."""
        return messages.readable(self.title, self.title_values)
