"""The scoring model: a versioned set of weighted factors, the same for all customers it scores (M02)."""

from __future__ import annotations

from typing import ClassVar

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kcrm.lib.models import VersionedModel
from selection.models.segments import Segment
from selection.querysets import ScoringModelQuerySet

TWO_PERSONS = """
    IF NEW.state = 'active' AND (TG_OP = 'INSERT' OR OLD.state <> 'active')
       AND (NEW.asked_by_id IS NULL OR NEW.decided_by_id IS NULL) THEN
        RAISE EXCEPTION 'A second person puts an edition into force.' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'selection_scoringmodel_second_person';
    END IF;
    RETURN NEW;
"""
DRAFTS_ALONE = """
    IF TG_OP = 'UPDATE' AND (NEW.model_id, NEW.key, NEW.kind, NEW.metric, NEW.scale, NEW.anchors, NEW.weight,
                             NEW.minimum, NEW.horizon) IS NOT DISTINCT FROM
                            (OLD.model_id, OLD.key, OLD.kind, OLD.metric, OLD.scale, OLD.anchors, OLD.weight,
                             OLD.minimum, OLD.horizon) THEN
        RETURN NEW;
    END IF;
    IF EXISTS (
        SELECT 1 FROM selection_scoringmodel
        WHERE id = CASE WHEN TG_OP = 'DELETE' THEN OLD.model_id ELSE NEW.model_id END AND state <> 'draft'
    ) THEN
        RAISE EXCEPTION 'The factors of an edition that is asked for or in force stay.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'selection_modelfactor_of_drafts';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
"""


@pghistory.track()
class ScoringModel(VersionedModel):
    """One edition of a factor set. Once it has scored customers it stays as it is; the next edition supersedes it.

    Two persons put it into force: one asks, another, who did not write it either, approves it or sends it back.

    It scores the customers of its segment; without one it scores everybody whose segment has no model of its own. One
    edition is in force for each segment, and one for the rest (M09).
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        ASKED = "asked", pgettext_lazy("scoring model", "waits for approval")
        ACTIVE = "active", _("in force")
        RETIRED = "retired", _("retired")

    name = models.CharField(_("name"), max_length=120)
    purpose = models.TextField(_("purpose"), blank=True)
    edition = models.PositiveSmallIntegerField(_("edition"), default=1)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.DRAFT)
    segment = models.ForeignKey(
        Segment, on_delete=models.PROTECT, null=True, blank=True, related_name="scoring_models",
        verbose_name=_("segment"),
        help_text=_("Empty: for everybody whose segment has no model of its own."),
    )  # fmt: skip
    comparisons = models.JSONField(
        _("comparisons"),
        default=list,
        blank=True,
        editable=False,
        help_text=_("Pairs of factors and how many times the first counts as much as the second."),
    )
    supersedes = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="successors", editable=False
    )

    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+",
        verbose_name=_("last written by"),
    )  # fmt: skip
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+",
        verbose_name=_("asked for by"),
    )  # fmt: skip
    asked_at = models.DateTimeField(_("asked for at"), null=True, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+",
        verbose_name=_("decided by"),
    )  # fmt: skip
    decided_at = models.DateTimeField(_("decided at"), null=True, editable=False)
    remark = models.CharField(_("remark"), max_length=500, blank=True, editable=False)

    objects = ScoringModelQuerySet.as_manager()

    class Meta:
        verbose_name = _("scoring model")
        verbose_name_plural = _("scoring models")
        ordering: ClassVar = ["name", "-edition"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["name", "edition"], name="selection_scoringmodel_edition_once"),
            models.UniqueConstraint(
                fields=["segment"],
                condition=Q(state="active"),
                name="selection_scoringmodel_one_in_force_a_segment",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(state="draft")
                | Q(decided_by__isnull=True)
                | ~(Q(decided_by=F("asked_by")) | Q(decided_by=F("written_by"))),
                name="selection_scoringmodel_two_persons",
            ),
            models.CheckConstraint(
                condition=~Q(state="asked") | Q(asked_by__isnull=False, asked_at__isnull=False, decided_by=None),
                name="selection_scoringmodel_asked_by_somebody",
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.Trigger(
                name="second_person", when=pgtrigger.Before, operation=pgtrigger.Insert | pgtrigger.Update,
                func=TWO_PERSONS,
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.name} {self.edition}"


@pghistory.track()
class ModelFactor(VersionedModel):
    """One factor of a model: measured from figures or judged by people, with its weight and its scale.

    `scale` says how a figure becomes 1-10: {"kind": "place", "more_is_better": true}, {"kind": "curve",
    "points": [[figure, score], ...]} or {"kind": "bands", "below": score, "steps": [[from, score], ...]}.
    `anchors` puts into words what 1, 4, 7 and 10 mean for judged factors.
    """

    class Kind(models.TextChoices):
        METRIC = "metric", _("measured")
        JUDGED = "judged", _("judged")

    class Horizon(models.TextChoices):
        PAST_SALES = "past_sales", _("past sales")
        PRESENT = "present", _("the present")
        FUTURE = "future", _("future")

    model = models.ForeignKey(ScoringModel, on_delete=models.CASCADE, related_name="factors", verbose_name=_("model"))
    key = models.SlugField(_("key"), max_length=40)
    name = models.CharField(_("name"), max_length=120, blank=True, help_text=_("Empty: the name from the library."))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    metric = models.CharField(_("figure"), max_length=40, blank=True)
    scale = models.JSONField(_("scale"), default=dict, blank=True)
    anchors = models.JSONField(_("anchors"), default=dict, blank=True)
    weight = models.DecimalField(_("weight"), max_digits=5, decimal_places=2)
    minimum = models.DecimalField(_("knock-out below"), max_digits=4, decimal_places=2, null=True, blank=True)
    horizon = models.CharField(_("looks at"), max_length=10, choices=Horizon.choices, default=Horizon.PRESENT)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("factor")
        verbose_name_plural = _("factors")
        ordering: ClassVar = ["position", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["model", "key"], name="selection_modelfactor_once"),
            models.CheckConstraint(condition=Q(weight__gte=0), name="selection_modelfactor_weight_not_negative"),
            models.CheckConstraint(
                condition=Q(minimum__isnull=True) | Q(minimum__range=(1, 10)),
                name="selection_modelfactor_minimum_on_scale",
            ),
            models.CheckConstraint(
                condition=(Q(kind="metric") & ~Q(metric="")) | Q(kind="judged", metric=""),
                name="selection_modelfactor_metric_names_a_figure",
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.Trigger(
                name="drafts_alone",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                func=DRAFTS_ALONE,
            )
        ]

    def __str__(self) -> str:
        return self.name or self.key
