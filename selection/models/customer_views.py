"""How a customer sees its suppliers: its own factors and weights, us and whom it could choose instead (M03)."""

from __future__ import annotations

from typing import Any, ClassVar

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from customers.models import Contact, Customer
from customers.querysets import CustomerPartQuerySet
from kcrm.lib.models import VersionedModel
from selection.models.ratings import Rating
from selection.querysets import CustomerViewQuerySet


def _customer(query_name: str) -> models.ForeignKey[Any, Any]:
    return models.ForeignKey(
        Customer, on_delete=models.CASCADE, related_name="+", related_query_name=query_name, verbose_name=_("customer")
    )


def _said_by() -> models.ForeignKey[Any, Any]:
    return models.ForeignKey(
        Contact, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("said by")
    )


@pghistory.track()
class Competitor(VersionedModel):
    """A firm that customers could buy from instead of us."""

    name = models.CharField(_("name"), max_length=150)

    class Meta:
        verbose_name = _("competitor")
        verbose_name_plural = _("competitors")
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [models.UniqueConstraint(Upper("name"), name="selection_competitor_name_any_case")]

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class CustomerView(VersionedModel):
    """The head of a customer's view: what was agreed about it, and what it adds up to.

    The figures below `verified_with` are worked out by `services.customer_views` with each change. `ratio` (RS), `gap`
    (RD) and `place` (0-100 on the picture) are null in unknown territory, and `reason` then says why. `solid_until` is
    the last day on which no more than half of the weight rests on evidence older than a year.
    """

    access_resource = "score"

    customer = models.OneToOneField(
        Customer,
        on_delete=models.CASCADE,
        related_name="+",
        related_query_name="customer_view",
        verbose_name=_("customer"),
    )
    sole_source = models.BooleanField(_("we are the only source"), default=False)
    verified_on = models.DateField(_("confirmed by the customer on"), null=True, blank=True)
    verified_with = models.ForeignKey(
        Contact, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("confirmed with")
    )
    ratio = models.DecimalField(_("relative strength"), max_digits=8, decimal_places=4, null=True, editable=False)
    gap = models.DecimalField(_("lead in points"), max_digits=6, decimal_places=4, null=True, editable=False)
    place = models.DecimalField(max_digits=7, decimal_places=4, null=True, editable=False)
    our_score = models.DecimalField(_("our score"), max_digits=6, decimal_places=4, null=True, editable=False)
    best_score = models.DecimalField(
        _("best alternative's score"), max_digits=6, decimal_places=4, null=True, editable=False
    )
    best_name = models.CharField(_("best alternative"), max_length=150, blank=True, editable=False)
    is_strong = models.BooleanField(_("strong"), null=True, editable=False)
    confidence = models.DecimalField(
        _("known rather than guessed"), max_digits=5, decimal_places=4, null=True, editable=False
    )
    is_hollow = models.BooleanField(_("mostly guessed"), default=True, editable=False)
    solid_until = models.DateField(_("fresh until"), null=True, editable=False)
    oldest_on = models.DateField(_("oldest evidence"), null=True, editable=False)
    reason = models.CharField(max_length=40, blank=True, editable=False)

    objects = CustomerViewQuerySet.as_manager()

    class Meta:
        verbose_name = _("customer's view")
        verbose_name_plural = _("customers' views")
        indexes: ClassVar = [models.Index(fields=["gap", "customer"], name="selection_view_by_gap")]

    def __str__(self) -> str:
        return f"{self.customer_id}: {self.ratio}"


@pghistory.track()
class ViewFactor(VersionedModel):
    """One thing by which a customer judges its suppliers, with the weight that it gives it and how we know."""

    access_resource = "score_sheet"

    customer = _customer("view_factor")
    name = models.CharField(_("what the customer looks at"), max_length=120)
    weight = models.DecimalField(_("weight"), max_digits=5, decimal_places=2)
    evidence = models.CharField(
        _("how we know the weight"), max_length=10, choices=Rating.Evidence.choices, default=Rating.Evidence.GUESS
    )
    said_by = _said_by()
    said_on = models.DateField(_("said on"), null=True, blank=True)
    note = models.TextField(_("what was said"), blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    objects = CustomerPartQuerySet.as_manager()

    class Meta:
        verbose_name = _("customer's factor")
        verbose_name_plural = _("customer's factors")
        ordering: ClassVar = ["position", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(F("customer"), Upper("name"), name="selection_viewfactor_once"),
            models.CheckConstraint(condition=Q(weight__range=(0, 100)), name="selection_viewfactor_weight_in_range"),
        ]

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class Alternative(VersionedModel):
    """Whom or what a customer could choose instead of us: a rival by name, its own production, doing nothing."""

    class Kind(models.TextChoices):
        RIVAL = "rival", _("Rival")
        IN_HOUSE = "in_house", _("The customer's own production")
        SUBSTITUTE = "substitute", _("Another product altogether")
        DO_NOTHING = "do_nothing", _("Doing without")

    access_resource = "score_sheet"

    customer = _customer("alternative")
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices, default=Kind.RIVAL)
    competitor = models.ForeignKey(
        Competitor,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="alternatives",
        verbose_name=_("competitor"),
    )

    objects = CustomerPartQuerySet.as_manager()

    class Meta:
        verbose_name = _("alternative")
        verbose_name_plural = _("alternatives")
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer", "kind", "competitor"], nulls_distinct=False, name="selection_alternative_once"
            ),
            models.CheckConstraint(
                condition=(Q(kind="rival") & Q(competitor__isnull=False))
                | (~Q(kind="rival") & Q(competitor__isnull=True)),
                name="selection_alternative_rival_has_a_name",
            ),
        ]

    def __str__(self) -> str:
        return str(self.competitor) if self.competitor_id else str(self.get_kind_display())


@pghistory.track()
class SupplierScore(VersionedModel):
    """The customer's score of us (no `alternative`) or of an alternative on one of its factors, and how we know."""

    access_resource = "score_sheet"

    customer = _customer("supplier_score")
    factor = models.ForeignKey(ViewFactor, on_delete=models.CASCADE, related_name="scores", verbose_name=_("factor"))
    alternative = models.ForeignKey(
        Alternative,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="scores",
        verbose_name=_("supplier"),
    )
    score = models.DecimalField(_("score"), max_digits=4, decimal_places=2)
    evidence = models.CharField(
        _("evidence"), max_length=10, choices=Rating.Evidence.choices, default=Rating.Evidence.GUESS
    )
    said_by = _said_by()
    observed_on = models.DateField(_("as of"), null=True, blank=True)
    note = models.TextField(_("what was said or seen"), blank=True)
    rated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("written down by")
    )

    objects = CustomerPartQuerySet.as_manager()

    class Meta:
        verbose_name = _("score of a supplier")
        verbose_name_plural = _("scores of suppliers")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["factor", "alternative"], nulls_distinct=False, name="selection_supplierscore_once"
            ),
            models.CheckConstraint(condition=Q(score__range=(1, 10)), name="selection_supplierscore_on_scale"),
        ]

    def __str__(self) -> str:
        return f"{self.score}"
