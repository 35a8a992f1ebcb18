"""A bulk edit: which records were chosen, what is to become of them, and what became of each."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from bulk.querysets import BulkEditQuerySet, BulkRowQuerySet
from kcrm.lib.models import VersionedModel


class BulkEdit(VersionedModel):
    """Records of one list that somebody changes together, frozen when he chose them.

    A later change of the filters, or of the records, adds nobody to it. `values` are the plain values by field that
    every row gets; empty for the act `delete`.
    """

    class State(models.TextChoices):
        CHOSEN = "chosen", pgettext_lazy("bulk edit", "rows chosen")
        READY = "ready", pgettext_lazy("bulk edit", "ready")
        RUNNING = "running", pgettext_lazy("bulk edit", "under way")
        DONE = "done", pgettext_lazy("bulk edit", "done")
        REVERTING = "reverting", pgettext_lazy("bulk edit", "being taken back")
        REVERTED = "reverted", pgettext_lazy("bulk edit", "taken back")

    class Act(models.TextChoices):
        CHANGE = "change", _("Change values")
        DELETE = "delete", _("Put into the bin")

    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("made by")
    )
    list_key = models.CharField(_("list"), max_length=60)
    query = models.TextField(_("filters"), blank=True)
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.CHOSEN)
    act = models.CharField(_("act"), max_length=10, choices=Act.choices, blank=True)
    values = models.JSONField(default=dict, blank=True)
    job = models.ForeignKey("jobs.Job", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    count = models.PositiveIntegerField(_("rows"), default=0)
    changed = models.PositiveIntegerField(_("changed"), default=0)
    unchanged = models.PositiveIntegerField(_("unchanged"), default=0)
    refused = models.PositiveIntegerField(_("left as they are"), default=0)
    undone = models.PositiveIntegerField(_("taken back"), default=0)
    kept = models.PositiveIntegerField(_("kept"), default=0)

    objects = BulkEditQuerySet.as_manager()

    class Meta:
        verbose_name = _("bulk edit")
        verbose_name_plural = _("bulk edits")
        indexes: ClassVar = [models.Index(fields=["created_by", "-id"], name="bulk_edit_of_person")]

    def __str__(self) -> str:
        return f"{self.list_key} {self.pk}"


class BulkRow(models.Model):
    """One record of a bulk edit: the version in which it was chosen, what it was before, and what came of it."""

    edit = models.ForeignKey(BulkEdit, on_delete=models.CASCADE, related_name="rows")
    object_id = models.BigIntegerField()
    chosen_version = models.PositiveIntegerField()
    outcome = models.CharField(max_length=10, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    before = models.JSONField(null=True, blank=True)
    after = models.JSONField(null=True, blank=True)
    undo = models.CharField(max_length=10, blank=True)
    undo_reason = models.CharField(max_length=300, blank=True)

    objects = BulkRowQuerySet.as_manager()

    class Meta:
        verbose_name = _("row of a bulk edit")
        verbose_name_plural = _("rows of bulk edits")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["edit", "object_id"], name="bulk_row_record_once_per_edit")
        ]

    def __str__(self) -> str:
        return f"{self.edit_id}:{self.object_id}"
