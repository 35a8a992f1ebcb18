"""The coverage plan."""

from __future__ import annotations

from typing import ClassVar

import pghistory
from django.db import models
from django.utils.translation import gettext_lazy as _

from kcrm.lib.models import VersionedModel
from planning.querysets import CoverageRuleQuerySet
from selection.models.scores import TierChoice


@pghistory.track()
class CoverageRule(VersionedModel):
    """How often we speak with the customers of a tier at least; the empty tier is for customers without a score.

    A customer's own cadence, where one was agreed, goes before the rule of his tier.
    """

    tier = models.CharField(_("tier"), max_length=12, choices=TierChoice.choices, blank=True, default="", unique=True)
    days = models.PositiveSmallIntegerField(_("days between contacts"))

    objects = CoverageRuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("coverage rule")
        verbose_name_plural = _("coverage rules")
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(days__range=(1, 730)), name="planning_coveragerule_days_sensible")
        ]

    def __str__(self) -> str:
        return f"{self.get_tier_display() or _('without a score')}: {self.days}"
