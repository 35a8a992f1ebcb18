"""The portfolio added up beforehand, for readers who see too many customers to add them up on a page."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from selection.models.scores import TierChoice


class PortfolioCell(models.Model):
    """The customers of one unit in one tier (empty for none), with their sales of twelve months in ledger units.

    `buying_units` and `squares` are the sum, and the sum of squares, over customers with net sales above zero. All rows
    are made anew together, by a job every few minutes and after each scoring; whoever reads them decides by
    `computed_at` whether they are fresh enough.
    """

    org_unit = models.ForeignKey("teams.OrgUnit", on_delete=models.CASCADE, related_name="+", verbose_name=_("unit"))
    tier = models.CharField(_("tier"), max_length=12, choices=TierChoice.choices, blank=True, default="")
    customers = models.PositiveIntegerField(_("customers"))
    net_units = models.BigIntegerField(_("net sales, 12 months"))
    prior_units = models.BigIntegerField(_("net sales, 12 months before"))
    buying_units = models.FloatField()
    squares = models.FloatField()
    computed_at = models.DateTimeField()

    class Meta:
        verbose_name = _("part of the portfolio")
        verbose_name_plural = _("parts of the portfolio")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["org_unit", "tier"], name="selection_portfoliocell_once")
        ]

    def __str__(self) -> str:
        return f"{self.org_unit} {self.tier}"
