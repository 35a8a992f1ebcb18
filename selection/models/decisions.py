"""What was decided about customers: snapshots of where they stood, decisions of two persons, classes in force."""

from __future__ import annotations

from typing import ClassVar

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.models import Customer
from customers.querysets import CustomerPartQuerySet
from kcrm.lib.models import VersionedModel
from selection.models.scores import ScoringRun, TierChoice
from selection.querysets import DecisionQuerySet, SnapshotQuerySet


class ClassChoice(models.TextChoices):
    """What a customer is to us: a quadrant of the matrix (M04)."""

    KEY = "key", _("Key account")
    KEY_DEVELOPMENT = "key_development", _("Key development account")
    MAINTENANCE = "maintenance", _("Maintenance account")
    OPPORTUNISTIC = "opportunistic", _("Opportunistic account")


class Snapshot(models.Model):
    """Where every customer stood at one moment. Written once; the database refuses to change it."""

    access_resource = "selection_decision"

    name = models.CharField(_("name"), max_length=100)
    note = models.TextField(_("note"), blank=True)
    run = models.ForeignKey(ScoringRun, on_delete=models.PROTECT, related_name="+", verbose_name=_("scoring run"))
    cut = models.DecimalField(_("high from"), max_digits=6, decimal_places=4, null=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("taken by")
    )
    made_at = models.DateTimeField(_("taken at"), default=timezone.now)

    objects = SnapshotQuerySet.as_manager()

    class Meta:
        verbose_name = _("snapshot")
        verbose_name_plural = _("snapshots")
        ordering: ClassVar = ["-made_at", "-id"]
        triggers: ClassVar = [pgtrigger.Protect(name="keep", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return self.name


class SnapshotRow(models.Model):
    """One customer in a snapshot: attractiveness 1-10, relative strength, quadrant; null where not known."""

    access_resource = "selection_decision"

    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, related_name="rows", verbose_name=_("snapshot"))
    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, related_name="+", related_query_name="snapshot", verbose_name=_("customer")
    )
    score = models.DecimalField(_("attractiveness"), max_digits=6, decimal_places=4, null=True)
    rank = models.PositiveIntegerField(_("rank"), null=True)
    tier = models.CharField(_("tier"), max_length=12, choices=TierChoice.choices, blank=True, default="")
    ratio = models.DecimalField(_("relative strength"), max_digits=8, decimal_places=4, null=True)
    gap = models.DecimalField(_("lead in points"), max_digits=6, decimal_places=4, null=True)
    is_hollow = models.BooleanField(_("mostly guessed"), default=False)
    quadrant = models.CharField(_("quadrant"), max_length=16, choices=ClassChoice.choices, blank=True, default="")
    sales_units = models.BigIntegerField(_("net sales, 12 months"), null=True)

    objects = CustomerPartQuerySet.as_manager()

    class Meta:
        verbose_name = _("row of a snapshot")
        verbose_name_plural = _("rows of snapshots")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["snapshot", "customer"], name="selection_snapshotrow_once")
        ]
        indexes: ClassVar = [models.Index(fields=["snapshot", "quadrant"], name="selection_snapshot_quadrant")]
        triggers: ClassVar = [pgtrigger.Protect(name="keep", operation=pgtrigger.Update)]

    def __str__(self) -> str:
        return f"{self.snapshot_id}: {self.customer_id}"


@pghistory.track()
class Decision(VersionedModel):
    """Which customers are what from a day on: drafted and proposed by one person, approved by another."""

    class State(models.TextChoices):
        """How far it is."""

        DRAFT = "draft", _("draft")
        PROPOSED = "proposed", pgettext_lazy("decision", "proposed")
        APPROVED = "approved", pgettext_lazy("decision", "approved")
        IN_FORCE = "in_force", _("in force")
        REJECTED = "rejected", pgettext_lazy("decision", "rejected")
        WITHDRAWN = "withdrawn", pgettext_lazy("decision", "withdrawn")

    access_resource = "selection_decision"

    title = models.CharField(_("title"), max_length=150)
    purpose = models.TextField(_("purpose"), blank=True)
    snapshot = models.ForeignKey(
        Snapshot, on_delete=models.PROTECT, related_name="decisions", verbose_name=_("snapshot")
    )
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.DRAFT)
    effective_on = models.DateField(_("in force from"))
    drafted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("drafted by")
    )
    proposed_at = models.DateTimeField(_("proposed at"), null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided at"), null=True)
    remark = models.TextField(_("remark, dissent"), blank=True)
    applied_at = models.DateTimeField(_("put into force at"), null=True)

    objects = DecisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        ordering: ClassVar = ["-created_at", "-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("drafted_by")),
                name="selection_decision_two_persons",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["approved", "in_force", "rejected"]) | Q(decided_by__isnull=False),
                name="selection_decision_is_decided",
            ),
        ]

    def __str__(self) -> str:
        return self.title


@pghistory.track()
class DecisionLine(VersionedModel):
    """One customer in a decision: what the figures say, what is chosen, and why it differs."""

    access_resource = "selection_decision"

    decision = models.ForeignKey(Decision, on_delete=models.CASCADE, related_name="lines", verbose_name=_("decision"))
    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, related_name="+", related_query_name="decision_line",
        verbose_name=_("customer"),
    )  # fmt: skip
    calculated = models.CharField(
        _("by the figures"), max_length=16, choices=ClassChoice.choices, blank=True, default=""
    )
    former = models.CharField(_("until now"), max_length=16, choices=ClassChoice.choices, blank=True, default="")
    chosen = models.CharField(_("chosen"), max_length=16, choices=ClassChoice.choices)
    reason = models.CharField(_("why it differs"), max_length=300, blank=True)
    override_until = models.DateField(_("differs until"), null=True, blank=True)

    objects = CustomerPartQuerySet.as_manager()

    class Meta:
        verbose_name = _("line of a decision")
        verbose_name_plural = _("lines of decisions")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["decision", "customer"], name="selection_decisionline_once"),
            models.CheckConstraint(
                condition=Q(chosen=F("calculated")) | (~Q(reason="") & Q(override_until__isnull=False)),
                name="selection_decisionline_override_has_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id}: {self.chosen}"

    @property
    def is_override(self) -> bool:
        """Whether people chose otherwise than the figures."""
        return self.chosen != self.calculated


@pghistory.track()
class Classification(VersionedModel):
    """What a customer is to us now, and by which decision; an override that ran out fell back to the figures."""

    access_resource = "selection_decision"

    customer = models.OneToOneField(
        Customer, on_delete=models.CASCADE, related_name="+", related_query_name="classification",
        verbose_name=_("customer"),
    )  # fmt: skip
    kind = models.CharField(_("class"), max_length=16, choices=ClassChoice.choices)
    since = models.DateField(_("since"))
    line = models.ForeignKey(DecisionLine, on_delete=models.PROTECT, related_name="+", verbose_name=_("decided by"))
    override_until = models.DateField(_("differs until"), null=True)

    objects = CustomerPartQuerySet.as_manager()

    class Meta:
        verbose_name = _("class of a customer")
        verbose_name_plural = _("classes of customers")
        indexes: ClassVar = [
            models.Index(fields=["kind"], name="selection_class_by_kind"),
            models.Index(
                fields=["override_until"], condition=Q(override_until__isnull=False), name="selection_class_overrides"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id}: {self.kind}"


class Notice(models.Model):
    """Somebody who must know of a decision, and when he said that he does."""

    decision = models.ForeignKey(Decision, on_delete=models.CASCADE, related_name="notices", verbose_name=_("decision"))
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("person")
    )
    duty = models.CharField(_("what it means for this function"), max_length=200, blank=True)
    told_at = models.DateTimeField(_("told at"), null=True)
    acknowledged_at = models.DateTimeField(_("acknowledged at"), null=True)

    class Meta:
        verbose_name = _("who is told")
        verbose_name_plural = _("who is told")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["decision", "person"], name="selection_notice_once"),
            models.CheckConstraint(
                condition=Q(acknowledged_at__isnull=True) | Q(told_at__isnull=False), name="selection_notice_told_first"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.decision_id}: {self.person_id}"
