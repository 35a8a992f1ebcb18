"""Where the tiers are cut."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

import pghistory
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kcrm.lib.models import VersionedModel
from selection.querysets import SettingQuerySet


@pghistory.track()
class TierRule(VersionedModel):
    """Up to which share of the customers the key tier reaches, and the key and potential tiers together (M14)."""

    access_resource = "scoring_model"

    key_share = models.DecimalField(
        _("key tier, share of customers"), max_digits=5, decimal_places=4, default=Decimal("0.05")
    )
    potential_share = models.DecimalField(
        _("key and potential tiers, share of customers"), max_digits=5, decimal_places=4, default=Decimal("0.20")
    )

    objects = SettingQuerySet.as_manager()

    class Meta:
        verbose_name = _("rule of the tiers")
        verbose_name_plural = _("rules of the tiers")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(key_share__gt=0, potential_share__lt=1) & Q(key_share__lt=F("potential_share")),
                name="selection_tierrule_cuts_in_order",
            )
        ]

    def __str__(self) -> str:
        return f"{self.key_share} {self.potential_share}"
