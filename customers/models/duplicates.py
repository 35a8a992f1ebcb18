"""Pairs that may be one, merges, and what each merge did row by row so that it can be taken back."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.querysets.duplicates import DuplicatePairQuerySet, MergeQuerySet


class RecordKind(models.TextChoices):
    """What can be merged."""

    CUSTOMER = "customer", _("Customer")
    CONTACT = "contact", _("Contact")


class DuplicatePair(models.Model):
    """Two records that may be one, the lower number on the left. An answer of a person outlives every later scan."""

    class State(models.TextChoices):
        OPEN = "open", _("open")
        DISMISSED = "dismissed", _("not a duplicate")
        MERGED = "merged", _("merged")

    kind = models.CharField(_("what"), max_length=10, choices=RecordKind.choices)
    left_id = models.BigIntegerField()
    right_id = models.BigIntegerField()
    score = models.PositiveSmallIntegerField(_("likeness"))
    reasons = models.JSONField(_("why"), default=list)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.OPEN)
    later_until = models.DateField(_("put off until"), null=True, blank=True)
    found_at = models.DateTimeField(_("found"), default=timezone.now)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("decided by"),
    )  # fmt: skip
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)

    objects = DuplicatePairQuerySet.as_manager()

    class Meta:
        verbose_name = _("possible duplicate")
        verbose_name_plural = _("possible duplicates")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "left_id", "right_id"], name="customers_duplicatepair_once"),
            models.CheckConstraint(
                condition=models.Q(left_id__lt=models.F("right_id")), name="customers_duplicatepair_ordered"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["state", "-score", "-id"], name="customers_duplicatepair_queue"),
            models.Index(fields=["kind", "right_id"], name="customers_duplicatepair_right"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.left_id} / {self.right_id}"


class Merge(models.Model):
    """Several records made one: which stayed, which became its aliases, and how much moved."""

    kind = models.CharField(_("what"), max_length=10, choices=RecordKind.choices)
    winner_id = models.BigIntegerField()
    loser_ids = models.JSONField(default=list)
    label = models.CharField(_("stays"), max_length=250)
    counts = models.JSONField(default=dict)
    merged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("merged by")
    )
    merged_at = models.DateTimeField(_("merged at"), default=timezone.now)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("undone by"),
    )  # fmt: skip
    undone_at = models.DateTimeField(_("undone at"), null=True, blank=True)

    objects = MergeQuerySet.as_manager()

    class Meta:
        verbose_name = _("merge")
        verbose_name_plural = _("merges")
        indexes: ClassVar = [models.Index(fields=["kind", "winner_id", "-id"], name="customers_merge_of_winner")]

    def __str__(self) -> str:
        return self.label


class MergeRow(models.Model):
    """What a merge did to one row of one table: columns changed, or the row dropped, as it was before."""

    class Act(models.TextChoices):
        CHANGED = "changed", _("moved or changed")
        DROPPED = "dropped", _("dropped: the winner had it already")

    merge = models.ForeignKey(Merge, on_delete=models.CASCADE, related_name="rows")
    model = models.CharField(max_length=80)
    row_id = models.BigIntegerField()
    act = models.CharField(max_length=7, choices=Act.choices)
    before = models.JSONField()
    after = models.JSONField(default=dict)
    kept = models.BooleanField(_("not taken back"), default=False)

    class Meta:
        verbose_name = _("row of a merge")
        verbose_name_plural = _("rows of merges")
        indexes: ClassVar = [models.Index(fields=["merge", "model", "row_id"], name="customers_mergerow_of_merge")]

    def __str__(self) -> str:
        return f"{self.model} {self.row_id}"
