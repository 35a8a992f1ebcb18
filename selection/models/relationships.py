"""What ties a customer and us: bonds, the cost of leaving, stage, quality, dependence, and what they add up to."""

from __future__ import annotations

from typing import Any, ClassVar

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.models import Contact, Customer
from customers.querysets import CustomerPartQuerySet
from kcrm.lib.models import VersionedModel
from selection.querysets import SettingQuerySet


def _customer(query_name: str) -> models.ForeignKey[Any, Any]:
    return models.ForeignKey(
        Customer, on_delete=models.CASCADE, related_name="+", related_query_name=query_name, verbose_name=_("customer")
    )


def _person() -> models.ForeignKey[Any, Any]:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("written down by")
    )


def _contact() -> models.ForeignKey[Any, Any]:
    return models.ForeignKey(
        Contact, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("said by")
    )


def _cost(label: Any) -> models.DecimalField[Any, Any]:
    return models.DecimalField(label, max_digits=14, decimal_places=2, null=True, blank=True)


class SideChoice(models.TextChoices):
    """Whose view an answer is."""

    US = "us", _("our view")
    CUSTOMER = "customer", _("the customer's view")


class StageChoice(models.TextChoices):
    """How far a relationship has come (M12)."""

    EXPLORATORY = "exploratory", _("Exploratory")
    BASIC = "basic", _("Basic")
    COOPERATIVE = "cooperative", _("Cooperative")
    INTERDEPENDENT = "interdependent", _("Interdependent")
    INTEGRATED = "integrated", _("Integrated")


class DependenceChoice(models.TextChoices):
    """Who needs whom (M13)."""

    INTERDEPENDENT = "interdependent", _("Interdependent partners")
    WE_LEAD = "we_lead", _("We lead")
    CAPTIVE_SUPPLIER = "captive_supplier", _("Captive supplier")
    MARKET_EXCHANGE = "market_exchange", _("Market exchange")


@pghistory.track()
class Relationship(VersionedModel):
    """The head of a relationship: what leaving would cost the customer, and what everything below adds up to.

    Costs are in the reporting currency. The figures from `bond_index` on are worked out by `services.relationships`;
    the status counts the customer's own view of stage and quality where there is one, and ours otherwise.
    """

    class LockedIn(models.TextChoices):
        US = "us", _("us")
        THEM = "them", _("the customer")
        BOTH = "both", _("both")

    access_resource = "score"

    customer = models.OneToOneField(
        Customer, on_delete=models.CASCADE, related_name="+", related_query_name="relationship",
        verbose_name=_("customer"),
    )  # fmt: skip
    requalification = _cost(_("requalification"))
    tooling = _cost(_("tooling"))
    training = _cost(_("training"))
    data_migration = _cost(_("data migration"))
    dual_running = _cost(_("running two suppliers for a time"))
    penalties = _cost(_("penalties"))
    locked_in = models.CharField(_("who is locked in"), max_length=5, choices=LockedIn.choices, blank=True)
    note = models.TextField(_("where it comes from"), blank=True)
    bond_index = models.DecimalField(max_digits=7, decimal_places=4, null=True, editable=False)
    has_key_person_risk = models.BooleanField(default=False, editable=False)
    our_stage = models.CharField(max_length=15, choices=StageChoice.choices, blank=True, editable=False)
    their_stage = models.CharField(max_length=15, choices=StageChoice.choices, blank=True, editable=False)
    quality_index = models.DecimalField(max_digits=7, decimal_places=4, null=True, editable=False)
    share_of_wallet = models.DecimalField(max_digits=9, decimal_places=4, null=True, editable=False)
    tenure_years = models.DecimalField(max_digits=6, decimal_places=2, null=True, editable=False)
    status = models.DecimalField(_("status"), max_digits=7, decimal_places=4, null=True, editable=False)
    status_coverage = models.DecimalField(max_digits=5, decimal_places=4, null=True, editable=False)
    is_provisional = models.BooleanField(default=True, editable=False)
    customer_dependence = models.DecimalField(max_digits=4, decimal_places=2, null=True, editable=False)
    our_dependence = models.DecimalField(max_digits=4, decimal_places=2, null=True, editable=False)
    dependence = models.CharField(max_length=16, choices=DependenceChoice.choices, blank=True, editable=False)

    objects = CustomerPartQuerySet.as_manager()

    class Meta:
        verbose_name = _("relationship")
        verbose_name_plural = _("relationships")

    def __str__(self) -> str:
        return f"{self.customer_id}: {self.status}"


@pghistory.track()
class Bond(VersionedModel):
    """One kind of tie with a customer, and how far it is there: 0 none, 1 wanted, 2 one place, 3 several, 4 mutual."""

    class Kind(models.TextChoices):
        PERSONAL = "personal", _("Personal ties")
        COMMERCIAL_TERMS = "commercial_terms", _("Commercial terms")
        CONTRACT = "contract", _("Contract")
        TECHNICAL = "technical", _("Technical fit")
        DATA = "data", _("Linked systems")
        LOGISTICS = "logistics", _("Logistics and processes")
        KNOWLEDGE = "knowledge", _("Knowledge and development")
        PLANNING = "planning", _("Joint planning")
        BRAND = "brand", _("Brand and marketing")
        GEOGRAPHIC = "geographic", _("Nearness")
        STRATEGIC = "strategic", _("Strategy and equity")

    access_resource = "score_sheet"

    customer = _customer("bond")
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    score = models.PositiveSmallIntegerField(_("strength"))
    note = models.TextField(_("what ties us"), blank=True)
    assessed_on = models.DateField(_("assessed on"))
    assessed_by = _person()

    objects = CustomerPartQuerySet.as_manager()

    class Meta:
        verbose_name = _("bond")
        verbose_name_plural = _("bonds")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["customer", "kind"], name="selection_bond_once"),
            models.CheckConstraint(condition=Q(score__range=(0, 4)), name="selection_bond_on_scale"),
        ]

    def __str__(self) -> str:
        return str(self.get_kind_display())


@pghistory.track()
class StageAssessment(VersionedModel):
    """The six answers, 1 to 4 each, that say how far the relationship has come as one side sees it."""

    access_resource = "score_sheet"

    customer = _customer("stage_assessment")
    side = models.CharField(_("whose view"), max_length=10, choices=SideChoice.choices)
    answers = models.JSONField(default=dict)
    said_by = _contact()
    note = models.TextField(_("why"), blank=True)
    assessed_on = models.DateField(_("assessed on"))
    assessed_by = _person()

    objects = CustomerPartQuerySet.as_manager()

    class Meta:
        verbose_name = _("stage assessment")
        verbose_name_plural = _("stage assessments")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["customer", "side"], name="selection_stage_once_a_side")
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.side}"


@pghistory.track()
class QualityResponse(VersionedModel):
    """One respondent's answers, 1 to 7, about the quality of the relationship: {dimension: [answer, answer]}."""

    access_resource = "score_sheet"

    customer = _customer("quality_response")
    side = models.CharField(_("whose view"), max_length=10, choices=SideChoice.choices)
    said_by = _contact()
    answers = models.JSONField(default=dict)
    answered_on = models.DateField(_("answered on"))
    assessed_by = _person()

    objects = CustomerPartQuerySet.as_manager()

    class Meta:
        verbose_name = _("answers on the relationship")
        verbose_name_plural = _("answers on the relationship")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer", "side", "said_by", "assessed_by"],
                nulls_distinct=False,
                name="selection_quality_once_a_respondent",
            )
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.side}"


@pghistory.track()
class DependenceAssessment(VersionedModel):
    """Eight answers, 1 to 5, on who needs whom, and two on where our goods sit in the buyer's portfolio."""

    access_resource = "score_sheet"

    customer = models.OneToOneField(
        Customer, on_delete=models.CASCADE, related_name="+", related_query_name="dependence_assessment",
        verbose_name=_("customer"),
    )  # fmt: skip
    answers = models.JSONField(default=dict)
    profit_impact = models.PositiveSmallIntegerField(_("effect on its profit"), null=True, blank=True)
    supply_risk = models.PositiveSmallIntegerField(_("risk of supply"), null=True, blank=True)
    note = models.TextField(_("why"), blank=True)
    assessed_on = models.DateField(_("assessed on"))
    assessed_by = _person()

    objects = CustomerPartQuerySet.as_manager()

    class Meta:
        verbose_name = _("dependence")
        verbose_name_plural = _("dependences")

    def __str__(self) -> str:
        return f"{self.customer_id}"


class BandChoice(models.TextChoices):
    """A third of an index of 0-100."""

    HIGH = "high", _("high")
    MEDIUM = "medium", _("medium")
    LOW = "low", _("low")


@pghistory.track()
class CellText(VersionedModel):
    """What the company does with the customers of one of the nine cells, in its own words."""

    access_resource = "scoring_model"

    attractiveness = models.CharField(_("attractiveness"), max_length=6, choices=BandChoice.choices)
    status = models.CharField(_("status"), max_length=6, choices=BandChoice.choices)
    text = models.TextField(_("what we do here"))

    objects = SettingQuerySet.as_manager()

    class Meta:
        verbose_name = _("strategy of a cell")
        verbose_name_plural = _("strategies of cells")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["attractiveness", "status"], name="selection_celltext_once")
        ]

    def __str__(self) -> str:
        return f"{self.attractiveness}/{self.status}"
