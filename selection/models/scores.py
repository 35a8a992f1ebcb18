"""What a scoring run found: one row a customer, with everything needed to open the figure."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from customers.querysets import CustomerPartQuerySet
from selection.models.parts import PartsField
from selection.models.scoring import ScoringModel
from selection.querysets import ScoringRunQuerySet


class TierChoice(models.TextChoices):
    """The pyramid of customers (M14)."""

    KEY = "key", _("Key")
    POTENTIAL = "potential", _("Potential")
    REGULAR = "regular", _("Regular")
    ONE_OFF = "one_off", _("One-off")
    LOSS_MAKING = "loss_making", _("Loss-making")


class ScoringRun(models.Model):
    """One scoring of all customers with one model, on the figures of one month."""

    class State(models.TextChoices):
        RUNNING = "running", _("running")
        FINISHED = "finished", _("finished")

    model = models.ForeignKey(ScoringModel, on_delete=models.PROTECT, related_name="runs", verbose_name=_("model"))
    key = models.CharField(max_length=120, unique=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.RUNNING)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("requested by")
    )
    as_of_month = models.DateField(_("figures up to"), null=True)
    cut = models.DecimalField(_("high from"), max_digits=6, decimal_places=4, null=True)
    cut_basis = models.CharField(max_length=20, blank=True)
    customers = models.PositiveIntegerField(_("customers"), default=0)
    started_at = models.DateTimeField(_("started at"), auto_now_add=True)
    finished_at = models.DateTimeField(_("finished at"), null=True)

    objects = ScoringRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("scoring run")
        verbose_name_plural = _("scoring runs")
        ordering: ClassVar = ["-started_at", "-id"]

    def __str__(self) -> str:
        return f"{self.model} {self.started_at:%Y-%m-%d %H:%M}"


class ScoreValues(models.Model):
    """The figures of a score: None where they are not defined."""

    score = models.DecimalField(_("attractiveness"), max_digits=6, decimal_places=4, null=True)
    index = models.DecimalField(_("index"), max_digits=7, decimal_places=4, null=True)
    coverage = models.DecimalField(_("coverage"), max_digits=5, decimal_places=4, null=True)
    provisional = models.BooleanField(_("provisional"), default=False)
    knocked_out = models.BooleanField(_("knocked out"), default=False)
    rank = models.PositiveIntegerField(_("rank"), null=True)
    tier = models.CharField(_("tier"), max_length=12, choices=TierChoice.choices, blank=True, default="")

    class Meta:
        abstract = True


class Score(ScoreValues):
    """What one run found for one customer; never changed afterwards.

    `explanation` holds the factors in the model's order: key, weight, score, contribution, figure or raters.
    """

    access_resource = "score"

    run = models.ForeignKey(ScoringRun, on_delete=models.CASCADE, related_name="scores", verbose_name=_("run"))
    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, related_name="+", related_query_name="score", verbose_name=_("customer")
    )
    sales_units = models.BigIntegerField(_("net sales, 12 months"), null=True)
    explanation = PartsField(default=list)

    objects = CustomerPartQuerySet.as_manager()

    class Meta:
        verbose_name = _("score")
        verbose_name_plural = _("scores")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["run", "customer"], name="selection_score_once_per_run"),
            models.CheckConstraint(
                condition=Q(score__isnull=True) | Q(score__range=(1, 10)), name="selection_score_on_scale"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["customer", "-run"], name="selection_score_trail")]

    def __str__(self) -> str:
        return f"{self.customer}: {self.score}"


class CurrentScore(ScoreValues):
    """The score in force of a customer: a copy of the newest finished run's row, for lists that sort by it."""

    access_resource = "score"

    customer = models.OneToOneField(
        Customer, on_delete=models.CASCADE, related_name="+", related_query_name="current_score"
    )
    source = models.ForeignKey(Score, on_delete=models.CASCADE, related_name="+", related_query_name="current")

    objects = CustomerPartQuerySet.as_manager()

    class Meta:
        verbose_name = _("score in force")
        verbose_name_plural = _("scores in force")
        indexes: ClassVar = [
            models.Index(fields=["score", "customer"], name="selection_current_by_score"),
            models.Index(fields=["tier"], name="selection_current_by_tier"),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id}: {self.score}"
