"""Where a customer stood on a day: the trail behind its bubble."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from customers.querysets import CustomerPartQuerySet


class PositionPoint(models.Model):
    """A customer's figures on one day, written when one of them changed; a later change of the day replaces it.

    `attractiveness` is 1-10, `ratio` RS, `gap` RD in points, `status` the relationship status of 0-100. Each is null
    where it was not known or not to be classified.
    """

    access_resource = "score"

    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, related_name="+", related_query_name="position", db_index=False
    )
    on = models.DateField(_("on"))
    attractiveness = models.DecimalField(_("attractiveness"), max_digits=6, decimal_places=4, null=True)
    ratio = models.DecimalField(_("relative strength"), max_digits=8, decimal_places=4, null=True)
    gap = models.DecimalField(_("lead in points"), max_digits=6, decimal_places=4, null=True)
    status = models.DecimalField(_("status of the relationship"), max_digits=7, decimal_places=4, null=True)

    objects = CustomerPartQuerySet.as_manager()

    class Meta:
        verbose_name = _("position")
        verbose_name_plural = _("positions")
        ordering: ClassVar = ["customer", "on"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["customer", "on"], name="selection_positionpoint_once_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.on}"
