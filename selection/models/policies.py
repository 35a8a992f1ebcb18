"""What a quadrant is entitled to, what there is to serve with, and what a customer could buy."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

import pghistory
from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from customers.querysets import CustomerPartQuerySet
from kcrm.lib.models import VersionedModel
from selection.models.ratings import Rating
from selection.querysets import SettingQuerySet
from teams.models import TeamMembership


class QuadrantChoice(models.TextChoices):
    """The four quadrants of the KAISM matrix (M04)."""

    KEY = "key", _("Key")
    KEY_DEVELOPMENT = "key_development", _("Key development")
    MAINTENANCE = "maintenance", _("Maintenance")
    OPPORTUNISTIC = "opportunistic", _("Opportunistic")


@pghistory.track()
class QuadrantRule(VersionedModel):
    """What the company says about a quadrant instead of the default policy, and the days an account of it takes.

    `effort` maps functions of account teams to days a year. A null figure is owed by no number.
    """

    access_resource = "scoring_model"

    quadrant = models.CharField(_("quadrant"), max_length=20, choices=QuadrantChoice.choices, unique=True)
    contacts_a_year = models.PositiveSmallIntegerField(_("contacts a year, at least"), null=True, blank=True)
    steering_meetings_a_year = models.PositiveSmallIntegerField(_("steering meetings a year"), null=True, blank=True)
    reviews_a_year = models.PositiveSmallIntegerField(_("reviews a year"), default=0)
    cost_to_serve_cap = models.DecimalField(
        _("cost to serve, at most"),
        max_digits=5,
        decimal_places=4,
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(1))],
    )
    owner_load_limit = models.PositiveSmallIntegerField(_("accounts per manager, at most"), null=True, blank=True)
    effort = models.JSONField(_("days a year by function"), default=dict)
    text = models.TextField(_("in our own words"), blank=True)

    objects = SettingQuerySet.as_manager()

    class Meta:
        verbose_name = _("policy of a quadrant")
        verbose_name_plural = _("policies of quadrants")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(cost_to_serve_cap__range=(0, 1)), name="selection_quadrantrule_cap_is_a_share"
            )
        ]

    def __str__(self) -> str:
        return str(self.get_quadrant_display())


@pghistory.track()
class Capacity(VersionedModel):
    """The days a year that a function has for accounts, and what one of its days costs in the reporting currency."""

    access_resource = "scoring_model"

    function = models.CharField(_("function"), max_length=30, choices=TeamMembership.Function.choices, unique=True)
    days_a_year = models.DecimalField(_("days a year"), max_digits=8, decimal_places=1)
    day_rate = models.DecimalField(_("cost of a day"), max_digits=12, decimal_places=2, null=True, blank=True)

    objects = SettingQuerySet.as_manager()

    class Meta:
        verbose_name = _("capacity")
        verbose_name_plural = _("capacities")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(days_a_year__gte=0) & (Q(day_rate__isnull=True) | Q(day_rate__gte=0)),
                name="selection_capacity_not_negative",
            )
        ]

    def __str__(self) -> str:
        return str(self.get_function_display())


@pghistory.track()
class Potential(VersionedModel):
    """What a customer could buy, in the reporting currency: the bubble's area and the share of wallet rest on it.

    `available_sales` are those of the three years ahead that we could win in all; `category_spend` what the customer
    spends in a year on what we sell, with whomever.
    """

    access_resource = "score_sheet"

    customer = models.OneToOneField(
        Customer, on_delete=models.CASCADE, related_name="+", related_query_name="potential", verbose_name=_("customer")
    )
    available_sales = models.DecimalField(
        _("available sales, three years"), max_digits=16, decimal_places=2, null=True, blank=True
    )
    category_spend = models.DecimalField(
        _("spend on what we sell, a year"), max_digits=16, decimal_places=2, null=True, blank=True
    )
    evidence = models.CharField(
        _("evidence"), max_length=10, choices=Rating.Evidence.choices, default=Rating.Evidence.GUESS
    )
    note = models.TextField(_("where it comes from"), blank=True)
    estimated_on = models.DateField(_("estimated on"))
    estimated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("estimated by")
    )

    objects = CustomerPartQuerySet.as_manager()

    class Meta:
        verbose_name = _("potential")
        verbose_name_plural = _("potentials")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=(Q(available_sales__isnull=True) | Q(available_sales__gte=0))
                & (Q(category_spend__isnull=True) | Q(category_spend__gte=0)),
                name="selection_potential_not_negative",
            )
        ]

    def __str__(self) -> str:
        return f"{self.customer_id}"
