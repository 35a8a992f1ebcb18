"""Requests for exports that leave as a job."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from exports.querysets import ExportRequestQuerySet


class ExportRequest(models.Model):
    """Somebody wants a list as a file that is too large to leave unasked or too slow to be waited for.

    It names the list by its address: what is in it is read when the file is written, with the rights of that moment.
    `needs_approval` says whether a second person had to decide. `rights` is the fingerprint of the rights that the
    file was written with; with other rights it can no longer be fetched.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waits for approval")
        APPROVED = "approved", _("approved")
        REFUSED = "refused", pgettext_lazy("export", "refused")

    access_resource = "export_job"

    list_key = models.CharField(max_length=60)
    title = models.CharField(_("list"), max_length=200)
    path = models.CharField(max_length=500)
    query = models.TextField(blank=True)
    form = models.CharField(_("form"), max_length=10)
    filters = models.TextField(_("filters"), blank=True)
    columns = models.JSONField(_("columns"), default=list)
    row_count = models.PositiveIntegerField(_("rows"))
    reason = models.CharField(_("what for"), max_length=500, blank=True)
    needs_approval = models.BooleanField(default=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.WAITING)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("asked by")
    )
    requested_at = models.DateTimeField(_("asked at"), default=timezone.now)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided at"), null=True)
    decision = models.CharField(_("why not"), max_length=500, blank=True)
    job = models.ForeignKey("jobs.Job", on_delete=models.SET_NULL, null=True, related_name="+")
    rights = models.CharField(max_length=64, blank=True)

    objects = ExportRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("export")
        verbose_name_plural = _("exports")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("requested_by")),
                name="exports_request_decided_by_another",
            ),
            models.CheckConstraint(
                condition=~Q(state="approved", needs_approval=True) | Q(decided_by__isnull=False),
                name="exports_request_approved_by_somebody",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["requested_by", "-id"], name="exports_request_of_person"),
            models.Index(fields=["id"], condition=Q(state="waiting"), name="exports_request_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.form})"

    @property
    def is_waiting(self) -> bool:
        """Whether somebody has to decide."""
        return self.state == self.State.WAITING

    @property
    def address(self) -> str:
        """The list as its reader had it."""
        return f"{self.path}?{self.query}" if self.query else self.path
