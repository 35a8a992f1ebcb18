"""What-ifs that somebody wants to keep: who would move, and what there would be to serve with."""

from __future__ import annotations

from typing import ClassVar

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from customers.querysets import CustomerPartQuerySet
from kcrm.lib.models import VersionedModel
from selection.models.decisions import Snapshot
from selection.models.policies import QuadrantChoice
from selection.querysets import ScenarioQuerySet


@pghistory.track()
class Scenario(VersionedModel):
    """A named portfolio that could be: its moves, and days that differ. Always worked out on the figures of the day.

    `capacity` maps functions to days a year, `effort` quadrants to {function: days an account takes}; what they leave
    out is as it is today. `snapshot` is the newest one when the moves were last thought through: a newer one says
    that customers have moved since.
    """

    access_resource = "scenario"

    name = models.CharField(_("name"), max_length=100)
    note = models.TextField(_("note"), blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("owner")
    )
    snapshot = models.ForeignKey(
        Snapshot, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("thought through on")
    )
    capacity = models.JSONField(_("days there would be"), default=dict)
    effort = models.JSONField(_("days an account would take"), default=dict)

    objects = ScenarioQuerySet.as_manager()

    class Meta:
        verbose_name = _("scenario")
        verbose_name_plural = _("scenarios")
        ordering: ClassVar = ["-updated_at", "-id"]

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class ScenarioMove(VersionedModel):
    """A customer that a scenario puts into another quadrant, with the sales expected there; null: as they are today."""

    access_resource = "scenario"

    scenario = models.ForeignKey(Scenario, on_delete=models.CASCADE, related_name="moves", verbose_name=_("scenario"))
    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, related_name="+", related_query_name="scenario_move",
        verbose_name=_("customer"),
    )  # fmt: skip
    quadrant = models.CharField(_("quadrant"), max_length=16, choices=QuadrantChoice.choices)
    sales = models.DecimalField(_("expected net sales a year"), max_digits=16, decimal_places=2, null=True, blank=True)

    objects = CustomerPartQuerySet.as_manager()

    class Meta:
        verbose_name = _("move of a scenario")
        verbose_name_plural = _("moves of scenarios")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["scenario", "customer"], name="selection_scenariomove_once"),
            models.CheckConstraint(
                condition=Q(sales__isnull=True) | Q(sales__gte=0), name="selection_scenariomove_sales_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id}: {self.quadrant}"
