"""Who needs whom: dependence on both sides, our goods in the buyer's portfolio, the buyer in ours (M13)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from selection.calculations.figures import reaches
from selection.calculations.samples import mean

MIDDLE = 3.0
LOWEST_ANSWER = 1
HIGHEST_ANSWER = 5


class CustomerDependence(StrEnum):
    """What makes the customer depend on us; 1 not at all, 5 entirely."""

    INDISPENSABLE_FLOW = "indispensable_flow"
    NEED_FOR_OUR_KNOWLEDGE = "need_for_our_knowledge"
    FEW_OTHER_SUPPLIERS = "few_other_suppliers"
    ITS_SWITCHING_COST = "its_switching_cost"


class OurDependence(StrEnum):
    """What makes us depend on the customer; 1 not at all, 5 entirely."""

    MONEY = "money"
    NEED_FOR_ITS_KNOWLEDGE = "need_for_its_knowledge"
    FEW_OTHER_BUYERS = "few_other_buyers"
    OUR_SWITCHING_COST = "our_switching_cost"


class Dependence(StrEnum):
    """The four positions between two firms."""

    INTERDEPENDENT = "interdependent"
    WE_LEAD = "we_lead"
    CAPTIVE_SUPPLIER = "captive_supplier"
    MARKET_EXCHANGE = "market_exchange"


class PurchaseCategory(StrEnum):
    """Where our goods sit in the buyer's portfolio."""

    STRATEGIC = "strategic"
    LEVERAGE = "leverage"
    BOTTLENECK = "bottleneck"
    ROUTINE = "routine"


class SupplierView(StrEnum):
    """What our own behaviour makes the buyer: how a supplier sees an account."""

    CORE = "core"
    DEVELOPMENT = "development"
    EXPLOITABLE = "exploitable"
    NUISANCE = "nuisance"


@dataclass(frozen=True, slots=True)
class DependencePosition:
    """Both dependences, 1-5, and the position between the firms; None where a side has an answer missing."""

    customer: float | None
    ours: float | None
    position: Dependence | None
    missing: tuple[str, ...]


def dependence_position(
    customer: Mapping[CustomerDependence, int | None],
    ours: Mapping[OurDependence, int | None],
    *,
    cut: float = MIDDLE,
) -> DependencePosition:
    """Places both firms by the means of four answers each, cut at 3 (M13).

    Every answer runs towards dependence: few alternatives are a 5. A mean at the cut counts as dependent, because a
    dependence overlooked costs more than one overstated. Raises ValueError for an answer outside 1-5.
    """
    customer_answers = {str(item): customer.get(item) for item in CustomerDependence}
    our_answers = {str(item): ours.get(item) for item in OurDependence}
    theirs, own = _mean_of_all(customer_answers), _mean_of_all(our_answers)
    missing = tuple(item for item, answer in (customer_answers | our_answers).items() if answer is None)
    return DependencePosition(theirs, own, _position(theirs, own, cut), missing)


def purchase_category(
    *, profit_impact: float | None, supply_risk: float | None, cut: float = MIDDLE
) -> PurchaseCategory | None:
    """Mirrors the buyer's view of what we sell: effect on its profit against risk of supply, each 1-5 (M13).

    None where either is not known; a figure at the cut counts as high.
    """
    if profit_impact is None or supply_risk is None:
        return None
    if reaches(_checked(profit_impact), cut):
        return PurchaseCategory.STRATEGIC if reaches(_checked(supply_risk), cut) else PurchaseCategory.LEVERAGE
    return PurchaseCategory.BOTTLENECK if reaches(_checked(supply_risk), cut) else PurchaseCategory.ROUTINE


def supplier_view(
    *, attractiveness: float | None, relative_value: float | None, cut: float = MIDDLE
) -> SupplierView | None:
    """Says what the buyer is to us as a supplier: attractiveness against its part of our sales, each 1-5 (M13).

    None where either is not known; a figure at the cut counts as high.
    """
    if attractiveness is None or relative_value is None:
        return None
    if reaches(_checked(attractiveness), cut):
        return SupplierView.CORE if reaches(_checked(relative_value), cut) else SupplierView.DEVELOPMENT
    return SupplierView.EXPLOITABLE if reaches(_checked(relative_value), cut) else SupplierView.NUISANCE


def _checked(answer: float) -> float:
    if not LOWEST_ANSWER <= answer <= HIGHEST_ANSWER:
        raise ValueError("an answer lies between 1 and 5")
    return answer


def _mean_of_all(answers: Mapping[str, int | None]) -> float | None:
    known = [_checked(answer) for answer in answers.values() if answer is not None]
    return mean(known) if len(known) == len(answers) else None


def _position(customer: float | None, ours: float | None, cut: float) -> Dependence | None:
    if customer is None or ours is None:
        return None
    if reaches(customer, cut):
        return Dependence.INTERDEPENDENT if reaches(ours, cut) else Dependence.WE_LEAD
    return Dependence.CAPTIVE_SUPPLIER if reaches(ours, cut) else Dependence.MARKET_EXCHANGE
