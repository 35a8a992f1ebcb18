"""Scoring models as their pages show them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Max, Q, QuerySet

from accounts.models import User
from selection.calculations.factor_sets import FactorDesign, FactorSetCheck, FactorSetReason, Horizon, factor_set_check
from selection.models import ModelFactor, ScoringModel, ScoringRun
from selection.words import METRIC_NAMES, REMARKS, factor_name


@dataclass(frozen=True, slots=True)
class FactorRow:
    """One factor as its page shows it."""

    name: str
    factor: ModelFactor
    source: str


@dataclass(frozen=True, slots=True)
class ModelPage:
    """An edition with its factors, its checks and its runs."""

    model: ScoringModel
    factors: Sequence[FactorRow]
    check: FactorSetCheck
    remarks: Sequence[str]
    runs: Sequence[ScoringRun]


def model_rows(user: User) -> QuerySet[ScoringModel]:
    """Editions with the number of their factors and their last run, the one in force first."""
    rows: QuerySet[ScoringModel] = (
        ScoringModel.objects.visible_to(user)
        .select_related("segment")
        .annotate(
            factor_count=Count("factors", distinct=True),
            last_run_at=Max("runs__finished_at", filter=Q(runs__state=ScoringRun.State.FINISHED)),
        )
    )
    return rows.order_by("state", "name", "-edition")


def model_page(model: ScoringModel) -> ModelPage:
    """What the page of an edition shows, in two statements."""
    factors = list(model.factors.all())
    rows = [
        FactorRow(factor_name(factor.key, factor.name), factor, str(METRIC_NAMES.get(factor.metric, "")))
        for factor in factors
    ]
    check = factor_set_check(
        [FactorDesign(factor.key, float(factor.weight), Horizon(factor.horizon)) for factor in factors]
    )
    remarks = [str(REMARKS[FactorSetReason(reason.code)]) for reason in check.reasons]
    runs = model.runs.exclude(pk__in=ScoringRun.objects.given_up()).select_related("requested_by")
    return ModelPage(model, rows, check, remarks, list(runs[:10]))
