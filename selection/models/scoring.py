"""The scoring model: a versioned set of weighted factors, the same for all customers it scores (M02)."""

from __future__ import annotations

from typing import ClassVar

import pghistory
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kcrm.lib.models import VersionedModel
from selection.models.segments import Segment
from selection.querysets import ScoringModelQuerySet


@pghistory.track()
class ScoringModel(VersionedModel):
    """One edition of a factor set. Once it has scored customers it stays as it is; the next edition supersedes it.

    It scores the customers of its segment; without one it scores everybody whose segment has no model of its own. One
    edition is in force for each segment, and one for the rest (M09).
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
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
        ]

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

    def __str__(self) -> str:
        return self.name or self.key
