"""Does a customer get what its quadrant is entitled to, no less and no more (M04, A9)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from selection.calculations.figures import TOLERANCE, exceeds, ratio, reaches
from selection.calculations.policies import PlanDepth, PriceRule, QuadrantPolicy, ServiceLevel, SponsorRule
from selection.calculations.quadrants import Quadrant

MET_FROM = 0.90
OVER_ABOVE = 1.50
DISCOUNT_SLACK = 0.005

PLAN_ORDER = (PlanDepth.NONE, PlanDepth.ONE_PAGE, PlanDepth.PROJECT, PlanDepth.FULL)
SERVICE_ORDER = (ServiceLevel.BASIC, ServiceLevel.STANDARD, ServiceLevel.PILOT, ServiceLevel.TAILORED)


class PolicyRule(StrEnum):
    """What is compared with the policy."""

    CONTACTS = "contacts"
    STEERING_MEETINGS = "steering_meetings"
    REVIEWS = "reviews"
    SPONSOR = "sponsor"
    PLAN = "plan"
    SERVICE = "service"
    DISCOUNT = "discount"
    COST_TO_SERVE = "cost_to_serve"
    TIME_BOX = "time_box"


class ComplianceVerdict(StrEnum):
    """What came of a comparison; over is as much a breach as short: somebody else goes without."""

    MET = "met"
    SHORT = "short"
    OVER = "over"
    NOT_OWED = "not_owed"
    UNKNOWN = "unknown"


JUDGED = frozenset({ComplianceVerdict.MET, ComplianceVerdict.SHORT, ComplianceVerdict.OVER})


@dataclass(frozen=True, slots=True)
class Practice:
    """What a customer got in a period of so many months; None where it is not known.

    Discounts and cost to serve are shares (0-1) of list value and of net sales. ``price_ends_on`` is the day on which
    a special price ends. ``quarters_in_quadrant`` are full quarters since the customer came into its quadrant.
    """

    months: float
    contacts: int | None = None
    steering_meetings: int | None = None
    reviews: int | None = None
    sponsored: bool | None = None
    plan: PlanDepth | None = None
    service: ServiceLevel | None = None
    discount: float | None = None
    discount_before: float | None = None
    price_ends_on: date | None = None
    cost_to_serve: float | None = None
    quarters_in_quadrant: int | None = None


@dataclass(frozen=True, slots=True)
class ComplianceItem:
    """One comparison: what the policy says, what happened, the verdict. Both are text or number, None where open."""

    rule: PolicyRule
    owed: float | str | None
    actual: float | str | None
    verdict: ComplianceVerdict


@dataclass(frozen=True, slots=True)
class Compliance:
    """All comparisons of one customer; ``share`` is met of those judged, 0-1, None where nothing could be judged."""

    quadrant: Quadrant
    items: tuple[ComplianceItem, ...]
    share: float | None

    @property
    def short(self) -> tuple[ComplianceItem, ...]:
        """Gives what the customer was promised and did not get."""
        return tuple(item for item in self.items if item.verdict is ComplianceVerdict.SHORT)

    @property
    def over(self) -> tuple[ComplianceItem, ...]:
        """Gives what the customer got beyond its policy."""
        return tuple(item for item in self.items if item.verdict is ComplianceVerdict.OVER)


@dataclass(frozen=True, slots=True)
class QuadrantCompliance:
    """How well the policy of a quadrant is kept; ``share`` is None where nothing could be judged."""

    quadrant: Quadrant
    accounts: int
    share: float | None
    short: int
    over: int


def policy_compliance(policy: QuadrantPolicy, practice: Practice, *, today: date) -> Compliance:
    """Compares what a customer got with the policy of its quadrant, rule by rule (M04).

    Contacts, meetings and reviews are owed in proportion to the period and due in whole numbers: met from 90 % of
    what is due, over above 150 % of what is owed and at least one more. Raises ValueError for a period that is not
    above zero.
    """
    if practice.months <= 0:
        raise ValueError("a period has months")
    items = (
        _frequency(PolicyRule.CONTACTS, policy.contacts_a_year, practice.contacts, practice.months),
        _frequency(
            PolicyRule.STEERING_MEETINGS, policy.steering_meetings_a_year, practice.steering_meetings, practice.months
        ),
        _frequency(PolicyRule.REVIEWS, policy.reviews_a_year or None, practice.reviews, practice.months),
        _sponsor(policy.sponsor, practice.sponsored),
        _order(PolicyRule.PLAN, PLAN_ORDER, policy.plan, practice.plan),
        _order(PolicyRule.SERVICE, SERVICE_ORDER, policy.service, practice.service),
        _discount(policy.price, practice, today),
        _at_most(PolicyRule.COST_TO_SERVE, policy.cost_to_serve_cap, practice.cost_to_serve),
        _at_most(PolicyRule.TIME_BOX, policy.cap_quarters, practice.quarters_in_quadrant),
    )
    judged = [item for item in items if item.verdict in JUDGED]
    met = sum(item.verdict is ComplianceVerdict.MET for item in judged)
    return Compliance(quadrant=policy.quadrant, items=items, share=ratio(met, len(judged)))


def compliance_by_quadrant(results: Iterable[Compliance]) -> tuple[QuadrantCompliance, ...]:
    """Sums up compliance by quadrant: of all rules judged for all its customers, the share that was met (M04)."""
    by_quadrant: Mapping[Quadrant, list[Compliance]] = {quadrant: [] for quadrant in Quadrant}
    for result in results:
        by_quadrant[result.quadrant].append(result)

    def summary(quadrant: Quadrant, found: Sequence[Compliance]) -> QuadrantCompliance:
        verdicts = [item.verdict for result in found for item in result.items if item.verdict in JUDGED]
        return QuadrantCompliance(
            quadrant=quadrant,
            accounts=len(found),
            share=ratio(verdicts.count(ComplianceVerdict.MET), len(verdicts)),
            short=verdicts.count(ComplianceVerdict.SHORT),
            over=verdicts.count(ComplianceVerdict.OVER),
        )

    return tuple(summary(quadrant, found) for quadrant, found in by_quadrant.items())


def _frequency(rule: PolicyRule, owed_a_year: int | None, actual: int | None, months: float) -> ComplianceItem:
    if owed_a_year is None:
        return ComplianceItem(rule, None, actual, ComplianceVerdict.NOT_OWED)
    owed = owed_a_year * months / 12
    if actual is None:
        return ComplianceItem(rule, owed, None, ComplianceVerdict.UNKNOWN)
    due = math.floor(owed + TOLERANCE)
    if actual < math.ceil(MET_FROM * due - TOLERANCE):
        return ComplianceItem(rule, owed, actual, ComplianceVerdict.SHORT)
    over = exceeds(actual, OVER_ABOVE * owed) and reaches(actual, owed + 1)
    return ComplianceItem(rule, owed, actual, ComplianceVerdict.OVER if over else ComplianceVerdict.MET)


def _sponsor(rule: SponsorRule, sponsored: bool | None) -> ComplianceItem:
    actual = None if sponsored is None else ("yes" if sponsored else "no")
    if sponsored is None:
        verdict = ComplianceVerdict.UNKNOWN
    elif sponsored is (rule is not SponsorRule.NO):
        verdict = ComplianceVerdict.MET
    else:
        verdict = ComplianceVerdict.OVER if sponsored else ComplianceVerdict.SHORT
    return ComplianceItem(PolicyRule.SPONSOR, rule, actual, verdict)


def _order(rule: PolicyRule, order: Sequence[StrEnum], owed: StrEnum, actual: StrEnum | None) -> ComplianceItem:
    if actual is None:
        return ComplianceItem(rule, owed, None, ComplianceVerdict.UNKNOWN)
    distance = order.index(actual) - order.index(owed)
    verdict = ComplianceVerdict.MET if distance == 0 else ComplianceVerdict.OVER
    return ComplianceItem(rule, owed, actual, ComplianceVerdict.SHORT if distance < 0 else verdict)


def _discount(rule: PriceRule, practice: Practice, today: date) -> ComplianceItem:
    """Value pricing sets no discount; a special price has an end ahead; hold is no more than before; list is none."""
    if rule is PriceRule.VALUE:
        return ComplianceItem(PolicyRule.DISCOUNT, None, practice.discount, ComplianceVerdict.NOT_OWED)
    if practice.discount is None:
        return ComplianceItem(PolicyRule.DISCOUNT, rule, None, ComplianceVerdict.UNKNOWN)
    if rule is PriceRule.INVESTMENT_WITH_END_DATE:
        special = exceeds(practice.discount, DISCOUNT_SLACK)
        ends_ahead = practice.price_ends_on is not None and practice.price_ends_on >= today
        verdict = ComplianceVerdict.MET if ends_ahead or not special else ComplianceVerdict.OVER
        return ComplianceItem(PolicyRule.DISCOUNT, rule, practice.discount, verdict)
    most = practice.discount_before if rule is PriceRule.HOLD else 0.0
    if most is None:
        return ComplianceItem(PolicyRule.DISCOUNT, rule, practice.discount, ComplianceVerdict.UNKNOWN)
    over = exceeds(practice.discount, most + DISCOUNT_SLACK)
    return ComplianceItem(
        PolicyRule.DISCOUNT, most, practice.discount, ComplianceVerdict.OVER if over else ComplianceVerdict.MET
    )


def _at_most(rule: PolicyRule, most: float | None, actual: float | None) -> ComplianceItem:
    if most is None:
        return ComplianceItem(rule, None, actual, ComplianceVerdict.NOT_OWED)
    if actual is None:
        return ComplianceItem(rule, most, None, ComplianceVerdict.UNKNOWN)
    return ComplianceItem(
        rule, most, actual, ComplianceVerdict.OVER if exceeds(actual, most) else ComplianceVerdict.MET
    )
