"""What people think of a customer on a judged factor."""

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
from selection.models.scoring import ModelFactor


@pghistory.track()
class Rating(VersionedModel):
    """One person's score of one customer on one judged factor, with the evidence."""

    class Evidence(models.TextChoices):
        TOLD = "told", _("told by the customer")
        OBSERVED = "observed", _("observed")
        GUESS = "guess", _("our guess")

    access_resource = "score_sheet"

    factor = models.ForeignKey(ModelFactor, on_delete=models.CASCADE, related_name="ratings", verbose_name=_("factor"))
    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, related_name="+", related_query_name="rating", verbose_name=_("customer")
    )
    rater = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("rater")
    )
    score = models.DecimalField(_("score"), max_digits=4, decimal_places=2)
    evidence = models.CharField(_("evidence"), max_length=10, choices=Evidence.choices, default=Evidence.GUESS)
    note = models.TextField(_("why"), blank=True)
    rated_on = models.DateField(_("rated on"))

    objects = CustomerPartQuerySet.as_manager()

    class Meta:
        verbose_name = _("rating")
        verbose_name_plural = _("ratings")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["factor", "customer", "rater"], name="selection_rating_once_per_rater"),
            models.CheckConstraint(condition=Q(score__range=(1, 10)), name="selection_rating_on_scale"),
        ]

    def __str__(self) -> str:
        return f"{self.score}"
