"""Scoring rounds: who scores which customers by when, each for himself, and what was agreed afterwards (M07)."""

from __future__ import annotations

from typing import ClassVar

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from kcrm.lib.models import VersionedModel
from selection.models.ratings import Rating
from selection.models.scoring import ScoringModel
from selection.querysets import ScoringRoundQuerySet, SheetScoreQuerySet


@pghistory.track()
class ScoringRound(VersionedModel):
    """A number of people scoring the same customers with the same factors, blind until it is released."""

    class State(models.TextChoices):
        OPEN = "open", _("being scored")
        RELEASED = "released", _("being discussed")
        CLOSED = "closed", _("agreed")
        CANCELLED = "cancelled", _("called off")

    name = models.CharField(_("name"), max_length=120)
    purpose = models.TextField(_("purpose"), blank=True)
    model = models.ForeignKey(ScoringModel, on_delete=models.PROTECT, related_name="rounds", verbose_name=_("model"))
    chair = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("chair")
    )
    due_on = models.DateField(_("due on"))
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.OPEN)
    released_at = models.DateTimeField(_("released at"), null=True, editable=False)
    closed_at = models.DateTimeField(_("closed at"), null=True, editable=False)
    customers: models.ManyToManyField[Customer, RoundCustomer] = models.ManyToManyField(
        Customer, through="RoundCustomer", related_name="+", verbose_name=_("customers")
    )

    objects = ScoringRoundQuerySet.as_manager()

    class Meta:
        verbose_name = _("scoring round")
        verbose_name_plural = _("scoring rounds")
        ordering: ClassVar = ["-created_at", "-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=["open", "cancelled"]) | Q(released_at__isnull=False),
                name="selection_scoringround_released_before_agreed",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_blind(self) -> bool:
        """Whether everybody sees his own scores alone."""
        return self.released_at is None


class RoundCustomer(models.Model):
    """A customer that a round scores."""

    round = models.ForeignKey(ScoringRound, on_delete=models.CASCADE, related_name="candidates")
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+", related_query_name="round_place")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["round", "customer"], name="selection_roundcustomer_once")
        ]

    def __str__(self) -> str:
        return str(self.customer)


@pghistory.track()
class RoundRater(VersionedModel):
    """A person who scores in a round. Who leaves keeps what he gave, and gives no more."""

    round = models.ForeignKey(ScoringRound, on_delete=models.CASCADE, related_name="raters")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", related_query_name="round_seat"
    )
    left_on = models.DateField(_("left on"), null=True, editable=False)

    class Meta:
        verbose_name = _("rater")
        verbose_name_plural = _("raters")
        constraints: ClassVar = [models.UniqueConstraint(fields=["round", "user"], name="selection_roundrater_once")]

    def __str__(self) -> str:
        return str(self.user)


@pghistory.track()
class SheetScore(VersionedModel):
    """One cell of a rater's sheet: a score, a "don't know", or emptied again; its version guards this cell alone.

    The factor is named by its key, so that a round may go on with the model's next edition and keep what was typed.
    """

    round = models.ForeignKey(ScoringRound, on_delete=models.CASCADE, related_name="scores")
    rater = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("rater")
    )
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+", related_query_name="sheet_score")
    factor_key = models.SlugField(_("factor"), max_length=40)
    score = models.DecimalField(_("score"), max_digits=4, decimal_places=2, null=True)
    unknown = models.BooleanField(_("don't know"), default=False)
    evidence = models.CharField(
        _("evidence"), max_length=10, choices=Rating.Evidence.choices, default=Rating.Evidence.GUESS
    )
    source = models.CharField(_("source"), max_length=200, blank=True)
    note = models.TextField(_("why"), blank=True)

    objects = SheetScoreQuerySet.as_manager()

    class Meta:
        verbose_name = _("score of a sheet")
        verbose_name_plural = _("scores of a sheet")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["round", "rater", "customer", "factor_key"], name="selection_sheetscore_once"
            ),
            models.CheckConstraint(
                condition=Q(score__isnull=True) | Q(score__range=(1, 10), unknown=False),
                name="selection_sheetscore_on_scale_or_unknown",
            ),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def text(self) -> str:
        """The cell as it is typed: 7, 7.5, ? or nothing."""
        if self.unknown:
            return "?"
        return "" if self.score is None else f"{self.score.normalize():f}"


@pghistory.track()
class Consensus(VersionedModel):
    """What the raters agreed on for one customer and factor, with the reason; it replaces their mean."""

    round = models.ForeignKey(ScoringRound, on_delete=models.CASCADE, related_name="agreed")
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+", related_query_name="consensus")
    factor_key = models.SlugField(_("factor"), max_length=40)
    score = models.DecimalField(_("score"), max_digits=4, decimal_places=2)
    note = models.TextField(_("why"), blank=True)
    agreed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("written down by")
    )

    class Meta:
        verbose_name = _("agreed score")
        verbose_name_plural = _("agreed scores")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["round", "customer", "factor_key"], name="selection_consensus_once"),
            models.CheckConstraint(condition=Q(score__range=(1, 10)), name="selection_consensus_on_scale"),
        ]

    def __str__(self) -> str:
        return str(self.score)
