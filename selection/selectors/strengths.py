"""How a customer sees us against whom it could choose instead, as its page shows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db.models import QuerySet

from accounts.models import User
from customers.models import Customer
from customers.permissions import may
from kcrm.lib.access import Verb
from selection.calculations.freshness import HALF_LIFE_MONTHS, Evidence, Freshness, freshness
from selection.calculations.relative_strength import (
    Alternative as Choice,
)
from selection.calculations.relative_strength import (
    FactorGap,
    RelativeStrength,
    SupplierRating,
    relative_strength,
)
from selection.calculations.scoring import Factor
from selection.calculations.supplier_evidence import EvidenceGrade, solid_until
from selection.calculations.supplier_remarks import AlternativeKind
from selection.calculations.weights import WeightCheck, weight_check
from selection.models import Alternative, CurrentScore, CustomerView, PositionPoint, SupplierScore, ViewFactor
from selection.words import strength_remark

US: Final = "us"
PROSPECTS: Final = frozenset({Customer.LifeCycle.SUSPECT, Customer.LifeCycle.PROSPECT})


@dataclass(frozen=True, slots=True)
class Comparison:
    """Everything recorded of one customer's view, and what it adds up to on a day."""

    factors: Sequence[ViewFactor]
    alternatives: Sequence[Alternative]
    scores: Mapping[tuple[int, int | None], SupplierScore]
    found: RelativeStrength
    solid_until: date | None
    freshness: Freshness


@dataclass(frozen=True, slots=True)
class ScoreCell:
    """What a supplier scores on a factor; `said_by` is empty for readers who may not see contacts."""

    alternative_id: int | None
    supplier: str
    score: SupplierScore | None
    said_by: str
    is_stale: bool
    is_best: bool


@dataclass(frozen=True, slots=True)
class FactorRow:
    """One of the customer's factors with every supplier's score, and the weighted points that we lack."""

    factor: ViewFactor
    said_by: str
    cells: Sequence[ScoreCell]
    gap: FactorGap | None


@dataclass(frozen=True, slots=True)
class StrengthPage:
    """The customer's view of us, opened."""

    view: CustomerView | None
    comparison: Comparison
    rows: Sequence[FactorRow]
    suppliers: Sequence[tuple[Alternative | None, str, float | None]]
    weights: WeightCheck
    to_close: Sequence[tuple[FactorRow, float]]
    remarks: Sequence[str]
    trail: Sequence[PositionPoint]
    attractiveness: CurrentScore | None
    verified_with: str


def comparison_of(customer: Customer, *, sole_source: bool, today: date) -> Comparison:
    """Reads a customer's view and works it out, in three statements."""
    factors = list(ViewFactor.objects.filter(customer=customer).select_related("said_by"))
    alternatives = list(Alternative.objects.filter(customer=customer).select_related("competitor"))
    scores = list(SupplierScore.objects.filter(customer=customer).select_related("said_by", "rated_by"))
    weighted = [Factor(str(factor.pk), float(factor.weight)) for factor in factors]
    ratings = [
        SupplierRating(
            supplier_key(score.alternative_id),
            str(score.factor_id),
            float(score.score),
            EvidenceGrade(score.evidence),
            score.observed_on,
        )
        for score in scores
    ]
    found = relative_strength(
        weighted,
        ratings,
        us=US,
        alternatives=[Choice(supplier_key(one.pk), AlternativeKind(one.kind)) for one in alternatives],
        today=today,
        sole_source=sole_source,
        prospect=customer.life_cycle in PROSPECTS,
    )
    compared = (US, found.best.alternative) if found.best else (US,)
    weight_of = {factor.pk: float(factor.weight) for factor in factors}
    dated = [(weight_of[score.factor_id], score.observed_on) for score in scores if score.observed_on is not None]
    return Comparison(
        factors=factors,
        alternatives=alternatives,
        scores={(score.factor_id, score.alternative_id): score for score in scores},
        found=found,
        solid_until=solid_until(weighted, ratings, suppliers=compared),
        freshness=freshness(dated, half_life_months=HALF_LIFE_MONTHS[Evidence.CUSTOMER_VIEW], today=today),
    )


def strength_page(customer: Customer, *, by: User, today: date) -> StrengthPage:
    """What the page of a customer's view shows; a handful of statements."""
    view = CustomerView.objects.filter(customer=customer).select_related("verified_with").first()
    comparison = comparison_of(customer, sole_source=bool(view and view.sole_source), today=today)
    names_contacts = may(by, "contact", Verb.READ, customer)
    gaps = {gap.factor: gap for gap in comparison.found.gaps}
    rows = [
        _row(factor, comparison, gaps.get(str(factor.pk)), today=today, names_contacts=names_contacts)
        for factor in comparison.factors
    ]
    by_key = {str(row.factor.pk): row for row in rows}
    totals = {one.alternative: one.theirs for one in comparison.found.alternatives}
    suppliers: list[tuple[Alternative | None, str, float | None]] = [(None, "", comparison.found.us.score)]
    suppliers += [(one, str(one), totals.get(supplier_key(one.pk))) for one in comparison.alternatives]
    return StrengthPage(
        view=view,
        comparison=comparison,
        rows=rows,
        suppliers=suppliers,
        weights=weight_check({str(factor.pk): float(factor.weight) for factor in comparison.factors}),
        to_close=[(by_key[gap.factor], gap.weighted) for gap in comparison.found.to_close],
        remarks=[strength_remark(reason) for reason in comparison.found.reasons],
        trail=list(trail_of(customer)[:12]),
        attractiveness=CurrentScore.objects.filter(customer=customer).select_related("source__run").first(),
        verified_with=str(view.verified_with) if view and view.verified_with and names_contacts else "",
    )


def supplier_key(alternative_id: int | None) -> str:
    """The name of a supplier in the calculation."""
    return US if alternative_id is None else str(alternative_id)


def trail_of(customer: Customer) -> QuerySet[PositionPoint]:
    """Where the customer stood, the newest first."""
    rows: QuerySet[PositionPoint] = PositionPoint.objects.filter(customer=customer)
    return rows.order_by("-on")


def _row(
    factor: ViewFactor, comparison: Comparison, gap: FactorGap | None, *, today: date, names_contacts: bool
) -> FactorRow:
    def person(contact: Any) -> str:
        return str(contact) if contact and names_contacts else ""

    cells = []
    best = max(
        (float(score.score) for (pk, _other), score in comparison.scores.items() if pk == factor.pk), default=None
    )
    for key, name in [(None, ""), *((one.pk, str(one)) for one in comparison.alternatives)]:
        score = comparison.scores.get((factor.pk, key))
        cells.append(
            ScoreCell(
                alternative_id=key,
                supplier=name,
                score=score,
                said_by=person(score.said_by) if score else "",
                is_stale=score is not None and (score.observed_on is None or (today - score.observed_on).days > 365),
                is_best=score is not None and best is not None and float(score.score) == best,
            )
        )
    return FactorRow(factor, person(factor.said_by), cells, gap)
