"""Files on their way in: the batch with its settings and counts, what became of each row, and mappings remembered."""

from __future__ import annotations

import uuid
from pathlib import PurePath
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.querysets.imports import ImportBatchQuerySet
from kcrm.lib.models import VersionedModel


def random_import_name(batch: ImportBatch, name: str) -> str:
    """Where a file is kept: a name nobody can guess, outside the web root, with the suffix only."""
    return f"imports/{uuid.uuid4().hex}{PurePath(name).suffix.lower()[:10]}"


class ImportBatch(VersionedModel):
    """One file, pasted text or call that brings rows in, from its arrival to its undoing.

    `mapping` is {field: number of the column}; `formats` {field: {dates, decimal}}; `replacements` {field: {text in
    the file: text instead, or null to leave the cell empty}}; `constants` {field: text of every row}; `creations`
    {field: texts that are brought in as things of their own before the rows}; `policy` {field: rule}. `position` is the
    number of the last row whose chunk is in: a killed run goes on behind it.
    """

    class State(models.TextChoices):
        UPLOADED = "uploaded", _("uploaded")
        MAPPED = "mapped", _("columns chosen")
        CHECKING = "checking", _("being checked")
        CHECKED = "checked", _("checked")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")
        UNDOING = "undoing", _("being undone")
        UNDONE = "undone", _("undone")

    importable = models.CharField(_("what"), max_length=40)
    source = models.CharField(_("from the system"), max_length=40)
    file = models.FileField(upload_to=random_import_name, blank=True)
    file_name = models.CharField(_("file"), max_length=200, blank=True)
    digest = models.CharField(max_length=64, blank=True)
    form = models.CharField(max_length=10, default="csv")
    encoding = models.CharField(_("encoding"), max_length=20, blank=True)
    delimiter = models.CharField(_("delimiter"), max_length=1, blank=True)
    sheet = models.CharField(_("sheet"), max_length=100, blank=True)
    sheets = models.JSONField(default=list, blank=True)
    header_row = models.PositiveIntegerField(_("row of the headings"), default=1)
    header = models.JSONField(default=list, blank=True)
    mapping = models.JSONField(default=dict, blank=True)
    formats = models.JSONField(default=dict, blank=True)
    replacements = models.JSONField(default=dict, blank=True)
    constants = models.JSONField(default=dict, blank=True)
    creations = models.JSONField(default=dict, blank=True)
    policy = models.JSONField(default=dict, blank=True)
    keys = models.JSONField(default=list, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.UPLOADED)
    checked = models.JSONField(null=True, blank=True)
    error = models.CharField(max_length=500, blank=True)
    position = models.PositiveIntegerField(default=0)
    read = models.PositiveIntegerField(_("rows"), default=0)
    created = models.PositiveIntegerField(_("created"), default=0)
    updated = models.PositiveIntegerField(_("changed"), default=0)
    unchanged = models.PositiveIntegerField(_("unchanged"), default=0)
    rejected = models.PositiveIntegerField(_("refused"), default=0)
    undone = models.PositiveIntegerField(_("taken back"), default=0)
    kept = models.PositiveIntegerField(_("kept"), default=0)
    job = models.ForeignKey("jobs.Job", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("brought in by")
    )
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)

    objects = ImportBatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        indexes: ClassVar = [
            models.Index(fields=["created_by", "-id"], name="customers_import_of_person"),
            models.Index(fields=["-created_at", "-id"], name="customers_import_newest"),
        ]

    def __str__(self) -> str:
        return self.file_name or f"{self.importable} {self.pk}"

    @property
    def is_busy(self) -> bool:
        """Whether a job works on it."""
        return self.state in {self.State.CHECKING, self.State.RUNNING, self.State.UNDOING}

    @property
    def can_be_set_up(self) -> bool:
        """Whether nothing of it is in yet, so that its settings may change."""
        early = {self.State.UPLOADED, self.State.MAPPED, self.State.CHECKED, self.State.FAILED}
        return self.state in early and not self.position


class ImportRow(models.Model):
    """What became of one row: the thing it made or changed with its values before and after, or why it was refused."""

    class Done(models.TextChoices):
        CREATED = "created", _("created")
        UPDATED = "updated", _("changed")
        UNCHANGED = "unchanged", _("unchanged")
        REJECTED = "rejected", _("refused")
        WAITING = "waiting", _("waits for a later row")

    class Undo(models.TextChoices):
        NONE = "", _("not undone")
        DONE = "done", _("taken back")
        KEPT = "kept", _("kept")

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField(_("row"))
    done = models.CharField(_("result"), max_length=10, choices=Done.choices)
    object_id = models.BigIntegerField(null=True, blank=True)
    customer_id = models.BigIntegerField(null=True, blank=True)
    label = models.CharField(_("about"), max_length=200, blank=True)
    column = models.CharField(_("column"), max_length=60, blank=True)
    reason = models.CharField(_("why"), max_length=500, blank=True)
    cells = models.JSONField(null=True, blank=True)
    changes = models.JSONField(default=dict, blank=True)
    images = models.JSONField(default=list, blank=True)
    undo = models.CharField(_("undo"), max_length=5, choices=Undo.choices, blank=True, default="")
    undo_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("row of an import")
        verbose_name_plural = _("rows of imports")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["batch", "number"], name="customers_importrow_once_per_batch")
        ]
        indexes: ClassVar = [models.Index(fields=["batch", "done", "number"], name="customers_importrow_by_result")]

    def __str__(self) -> str:
        return f"{self.batch_id}: {self.number}"


class SavedMapping(models.Model):
    """How a person brought a file in before, so that the next one needs no questions.

    Without a name it is remembered for files of exactly these columns; with one it was kept on purpose. `headings`
    {field: heading} finds the columns again in a file that has them in another order.
    """

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    importable = models.CharField(max_length=40)
    name = models.CharField(_("name"), max_length=60, blank=True)
    signature = models.CharField(max_length=32)
    source = models.CharField(max_length=40)
    headings = models.JSONField(default=dict)
    constants = models.JSONField(default=dict)
    mapping = models.JSONField(default=dict)
    formats = models.JSONField(default=dict)
    replacements = models.JSONField(default=dict)
    policy = models.JSONField(default=dict)
    keys = models.JSONField(default=list)
    used_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["owner", "importable", "signature", "name"], name="customers_savedmapping_once_per_file_shape"
            )
        ]

    def __str__(self) -> str:
        return self.name or f"{self.importable}: {self.source}"
