"""A halt of all work."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Hold(models.Model):
    """While its one row exists no worker takes a job. Jobs go on being written down and start when it is gone."""

    class Reason(models.TextChoices):
        """Why work stands still."""

        RESTORED = "restored", _("the database was restored from a back-up")
        MAINTENANCE = "maintenance", _("maintenance")

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    since = models.DateTimeField(db_default=Now())
    reason = models.CharField(max_length=20, choices=Reason)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("halt of all jobs")
        verbose_name_plural = _("halts of all jobs")
        constraints: ClassVar = [models.CheckConstraint(condition=models.Q(id=1), name="jobs_hold_is_one")]

    def __str__(self) -> str:
        return str(self.get_reason_display())
