"""What a relationship adds up to, for one customer or for many at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from customers.models import Customer
from customers.permissions import may
from kcrm.lib.access import Verb
from kcrm.lib.money import from_units
from profitability.models import SalesSummary
from selection.calculations.bonds import BondKind, BondStatus, LockedIn, SwitchingCost, SwitchingItem, bond_status
from selection.calculations.bonds import switching_cost as cost_of_leaving
from selection.calculations.dependence import CustomerDependence, DependencePosition, OurDependence, dependence_position
from selection.calculations.nine_cell import RelationshipStatus, relationship_status
from selection.calculations.relationship_quality import Dimension, QualityGap, RelationshipQuality, quality_gap
from selection.calculations.relationship_quality import relationship_quality as quality_of
from selection.calculations.stages import StageGap, StageItem, StageResult, stage_gap, stage_index, stage_result
from selection.models import (
    Bond,
    DependenceAssessment,
    Potential,
    QualityResponse,
    Relationship,
    SideChoice,
    StageAssessment,
)

DAYS_OF_A_YEAR: Final = 365.25


@dataclass(frozen=True, slots=True)
class RelationshipFigures:
    """Everything that is known of one relationship, worked out."""

    bonds: BondStatus
    stages: Mapping[str, StageResult]
    stage_gap: StageGap
    quality: Mapping[str, RelationshipQuality]
    quality_gap: QualityGap
    share_of_wallet: float | None
    tenure_years: float | None
    status: RelationshipStatus
    dependence: DependencePosition

    @property
    def stage_counted(self) -> StageResult:
        """The customer's view where there is one, ours otherwise: it is the customer who leaves."""
        theirs = self.stages[SideChoice.CUSTOMER]
        return theirs if theirs.stage is not None else self.stages[SideChoice.US]

    @property
    def quality_counted(self) -> RelationshipQuality:
        """The same of quality."""
        theirs = self.quality[SideChoice.CUSTOMER]
        return theirs if theirs.index is not None else self.quality[SideChoice.US]


@dataclass(frozen=True, slots=True)
class RelationshipPage:
    """A relationship opened: figures, the rows behind them, and what leaving would cost."""

    head: Relationship | None
    figures: RelationshipFigures
    bonds: Mapping[str, Bond]
    stages: Mapping[str, StageAssessment]
    responses: Sequence[QualityResponse]
    dependence: DependenceAssessment | None
    cost: SwitchingCost
    names_contacts: bool


def figures_for(customer_ids: Sequence[int], *, today: date) -> dict[int, RelationshipFigures]:
    """The figures of these customers, in seven statements."""
    bonds: dict[int, dict[BondKind, int]] = {}
    for pk, kind, score in Bond.objects.filter(customer__in=customer_ids).values_list("customer_id", "kind", "score"):
        bonds.setdefault(pk, {})[BondKind(kind)] = score
    stages = {
        (pk, side): answers
        for pk, side, answers in StageAssessment.objects.filter(customer__in=customer_ids).values_list(
            "customer_id", "side", "answers"
        )
    }
    voices: dict[tuple[int, str], list[dict[Dimension, list[int]]]] = {}
    for pk, side, answers in QualityResponse.objects.filter(customer__in=customer_ids).values_list(
        "customer_id", "side", "answers"
    ):
        voices.setdefault((pk, side), []).append({Dimension(name): given for name, given in answers.items()})
    dependences = dict(
        DependenceAssessment.objects.filter(customer__in=customer_ids).values_list("customer_id", "answers")
    )
    spends = dict(Potential.objects.filter(customer__in=customer_ids).values_list("customer_id", "category_spend"))
    sales = {
        pk: (units, first)
        for pk, units, first in SalesSummary.objects.filter(customer__in=customer_ids).values_list(
            "customer_id", "net_12m_units", "first_document_on"
        )
    }
    return {
        pk: _figures(
            bonds.get(pk, {}),
            {side: stages.get((pk, side), {}) for side in SideChoice.values},
            {side: voices.get((pk, side), []) for side in SideChoice.values},
            dependences.get(pk, {}),
            spends.get(pk),
            *sales.get(pk, (0, None)),
            today=today,
        )
        for pk in customer_ids
    }


def relationship_page(customer: Customer, *, by: Any, today: date) -> RelationshipPage:
    """What the page of a relationship shows."""
    head = Relationship.objects.filter(customer=customer).first()
    summary = SalesSummary.objects.filter(customer=customer).first()
    items = {item: getattr(head, item.value) if head else None for item in SwitchingItem}
    return RelationshipPage(
        head=head,
        figures=figures_for([customer.pk], today=today)[customer.pk],
        bonds={bond.kind: bond for bond in Bond.objects.filter(customer=customer).select_related("assessed_by")},
        stages={
            row.side: row
            for row in StageAssessment.objects.filter(customer=customer).select_related("assessed_by", "said_by")
        },
        responses=list(
            QualityResponse.objects.filter(customer=customer)
            .select_related("assessed_by", "said_by")
            .order_by("side", "-answered_on")
        ),
        dependence=DependenceAssessment.objects.filter(customer=customer).select_related("assessed_by").first(),
        cost=cost_of_leaving(
            items,
            locked_in=LockedIn(head.locked_in) if head and head.locked_in else None,
            annual_purchases=from_units(summary.net_12m_units) if summary else None,
        ),
        names_contacts=may(by, "contact", Verb.READ, customer),
    )


def _figures(
    bonds: Mapping[BondKind, int],
    stages: Mapping[str, Mapping[str, int]],
    voices: Mapping[str, Sequence[Mapping[Dimension, Sequence[int]]]],
    dependence: Mapping[str, int],
    spend: Decimal | None,
    net_units: int,
    first_on: date | None,
    *,
    today: date,
) -> RelationshipFigures:
    found_bonds = bond_status(bonds)
    trading = first_on is not None
    found_stages = {
        side: stage_result({item: answers.get(item.value) for item in StageItem}, trading=trading or not answers)
        for side, answers in stages.items()
    }
    quality = {side: quality_of(given) for side, given in voices.items()}
    share = float(from_units(net_units) / spend) if spend else None
    tenure = (today - first_on).days / DAYS_OF_A_YEAR if first_on and first_on <= today else None
    theirs, ours = found_stages[SideChoice.CUSTOMER], found_stages[SideChoice.US]
    seen = quality[SideChoice.CUSTOMER].index
    return RelationshipFigures(
        bonds=found_bonds,
        stages=found_stages,
        stage_gap=stage_gap(ours, theirs),
        quality=quality,
        quality_gap=quality_gap(quality[SideChoice.US], quality[SideChoice.CUSTOMER]),
        share_of_wallet=share,
        tenure_years=tenure,
        status=relationship_status(
            bond_index=found_bonds.index,
            share_of_wallet=share,
            stage_index=stage_index(theirs.stage if theirs.stage is not None else ours.stage),
            quality_index=seen if seen is not None else quality[SideChoice.US].index,
            tenure_years=tenure,
        ),
        dependence=dependence_position(
            {item: dependence.get(item.value) for item in CustomerDependence},
            {item: dependence.get(item.value) for item in OurDependence},
        ),
    )
