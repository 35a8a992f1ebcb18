"""When recurring work is due, and which parts of the system showed that they live."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Schedule(models.Model):
    """How far the scheduler has looked along one recurring rule; the rule itself is declared in code."""

    key = models.CharField(max_length=60, unique=True)
    checked_until = models.DateTimeField()

    class Meta:
        verbose_name = _("schedule")
        verbose_name_plural = _("schedules")

    def __str__(self) -> str:
        return self.key


class Occurrence(models.Model):
    """One moment at which a schedule was due; the database refuses a second row for the same moment."""

    schedule = models.ForeignKey(Schedule, on_delete=models.CASCADE, related_name="occurrences")
    due_at = models.DateTimeField()
    job = models.ForeignKey("jobs.Job", on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("occurrence")
        verbose_name_plural = _("occurrences")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["schedule", "due_at"], name="jobs_occurrence_once_per_moment")
        ]
        indexes: ClassVar = [models.Index(fields=["due_at"], name="jobs_occurrence_by_moment")]

    def __str__(self) -> str:
        return f"{self.schedule_id} {self.due_at:%Y-%m-%d %H:%M}"


class Heartbeat(models.Model):
    """The last moment, by the database's clock, at which a part of the system showed that it lives."""

    name = models.CharField(max_length=60, primary_key=True)
    at = models.DateTimeField(db_default=Now())
    detail = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("heartbeat")
        verbose_name_plural = _("heartbeats")

    def __str__(self) -> str:
        return self.name
