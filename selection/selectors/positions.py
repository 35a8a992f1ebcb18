"""Where one customer stands on the KAISM matrix, and whether it gets what that entitles it to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from customers.models import Customer
from kcrm.lib.money import from_units
from profitability.models import SalesSummary
from selection.calculations.compliance import Compliance
from selection.calculations.quadrants import Quadrant, quadrant_of
from selection.models import CurrentScore, CustomerView, PositionPoint, Potential
from selection.selectors.compliance import compliance_of
from selection.selectors.policies import Entitlement, entitlements
from selection.selectors.strengths import trail_of
from selection.words import QUADRANT_NAMES, RULE_NAMES, VERDICT_NAMES, policy_word


@dataclass(frozen=True, slots=True)
class PolicyLine:
    """One rule of the policy: what is owed, what happened, what came of it."""

    name: str
    owed: str
    actual: str
    verdict: str
    css: str


@dataclass(frozen=True, slots=True)
class CustomerPlace:
    """A customer's place; `quadrant` is None where an axis is missing, and `policy` then empty."""

    quadrant: Quadrant | None
    quadrant_name: str
    score: CurrentScore | None
    view: CustomerView | None
    cut: Decimal | None
    potential: Potential | None
    current: Decimal | None
    entitlement: Entitlement | None
    compliance: Compliance | None
    lines: Sequence[PolicyLine]
    trail: Sequence[PositionPoint]


CSS = {"met": "good", "short": "bad", "over": "warn"}


def position_of(customer: Customer, *, today: date) -> CustomerPlace:
    """The place of one customer with its policy, in a dozen statements."""
    score = CurrentScore.objects.filter(customer=customer).select_related("source__run__model").first()
    view = CustomerView.objects.filter(customer=customer).first()
    cut = score.source.run.cut if score else None
    classified = score is not None and score.rank is not None and score.score is not None and cut is not None
    quadrant = quadrant_of(
        high=score.score >= cut if classified and score and score.score is not None and cut is not None else None,
        strong=view.is_strong if view else None,
    )
    rules = entitlements()
    kept = compliance_of({customer.pk: quadrant}, rules, today=today)[customer.pk] if quadrant else None
    summary = SalesSummary.objects.filter(customer=customer).first()
    return CustomerPlace(
        quadrant=quadrant,
        quadrant_name=str(QUADRANT_NAMES[quadrant]) if quadrant else "",
        score=score,
        view=view,
        cut=cut,
        potential=Potential.objects.filter(customer=customer).select_related("estimated_by").first(),
        current=from_units(summary.net_12m_units) if summary else None,
        entitlement=rules[quadrant] if quadrant else None,
        compliance=kept,
        lines=[_line(item) for item in kept.items] if kept else (),
        trail=list(trail_of(customer)[:12]),
    )


def _line(item: Any) -> PolicyLine:
    return PolicyLine(
        name=str(RULE_NAMES[item.rule]),
        owed=policy_word(item.owed),
        actual=policy_word(item.actual),
        verdict=str(VERDICT_NAMES[item.verdict]),
        css=CSS.get(item.verdict.value, ""),
    )
