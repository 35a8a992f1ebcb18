"""What each quadrant is entitled to, as data: the defaults that an administrator starts from (M04, A9)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from selection.calculations.quadrants import Quadrant
from selection.calculations.selling_modes import SellingMode


class PlanDepth(StrEnum):
    """How much of a plan an account has."""

    FULL = "full"
    PROJECT = "project"
    ONE_PAGE = "one_page"
    NONE = "none"


class SponsorRule(StrEnum):
    """Whether a senior sponsor stands behind the account."""

    YES = "yes"
    UNTIL_DECISION = "until_decision"
    NO = "no"


class ReviewKind(StrEnum):
    """Who sits in the review."""

    JOINT = "joint"
    INTERNAL = "internal"
    NONE = "none"


class ServiceLevel(StrEnum):
    """What service is promised."""

    TAILORED = "tailored"
    PILOT = "pilot"
    STANDARD = "standard"
    BASIC = "basic"


class PriceRule(StrEnum):
    """How prices are made."""

    VALUE = "value"
    INVESTMENT_WITH_END_DATE = "investment_with_end_date"
    HOLD = "hold"
    LIST = "list"


class CreditRule(StrEnum):
    """How credit is given."""

    ASSESSED_LIMIT = "assessed_limit"
    STANDARD_LIMIT = "standard_limit"
    PREPAY_OR_SMALL_LIMIT = "prepay_or_small_limit"


@dataclass(frozen=True, slots=True)
class QuadrantPolicy:
    """What the accounts of one quadrant get.

    ``contacts_a_year`` and ``steering_meetings_a_year`` are the least owed; None where the milestones or the
    customer's enquiries set the rhythm, so that there is nothing to be short of. ``reviews_a_year`` is 0 where there
    is no plan to review. ``cost_to_serve_cap`` is a share of net sales; ``cap_quarters`` says for how many quarters
    it holds, None for good.
    ``owner_load_limit`` is the most accounts of the quadrant one manager may own, None for no limit.
    """

    quadrant: Quadrant
    mode: SellingMode
    contacts_a_year: int | None
    steering_meetings_a_year: int | None
    sponsor: SponsorRule
    plan: PlanDepth
    review: ReviewKind
    reviews_a_year: int
    service: ServiceLevel
    price: PriceRule
    credit: CreditRule
    cost_to_serve_cap: float
    cap_quarters: int | None
    owner_load_limit: int | None


DEFAULT_POLICIES: dict[Quadrant, QuadrantPolicy] = {
    Quadrant.KEY: QuadrantPolicy(
        quadrant=Quadrant.KEY,
        mode=SellingMode.KEY_ACCOUNT,
        contacts_a_year=52,
        steering_meetings_a_year=12,
        sponsor=SponsorRule.YES,
        plan=PlanDepth.FULL,
        review=ReviewKind.JOINT,
        reviews_a_year=4,
        service=ServiceLevel.TAILORED,
        price=PriceRule.VALUE,
        credit=CreditRule.ASSESSED_LIMIT,
        cost_to_serve_cap=0.18,
        cap_quarters=None,
        owner_load_limit=4,
    ),
    Quadrant.KEY_DEVELOPMENT: QuadrantPolicy(
        quadrant=Quadrant.KEY_DEVELOPMENT,
        mode=SellingMode.KEY_ACCOUNT,
        contacts_a_year=None,
        steering_meetings_a_year=None,
        sponsor=SponsorRule.UNTIL_DECISION,
        plan=PlanDepth.PROJECT,
        review=ReviewKind.INTERNAL,
        reviews_a_year=12,
        service=ServiceLevel.PILOT,
        price=PriceRule.INVESTMENT_WITH_END_DATE,
        credit=CreditRule.ASSESSED_LIMIT,
        cost_to_serve_cap=0.25,
        cap_quarters=4,
        owner_load_limit=4,
    ),
    Quadrant.MAINTENANCE: QuadrantPolicy(
        quadrant=Quadrant.MAINTENANCE,
        mode=SellingMode.FARMER,
        contacts_a_year=4,
        steering_meetings_a_year=None,
        sponsor=SponsorRule.NO,
        plan=PlanDepth.ONE_PAGE,
        review=ReviewKind.INTERNAL,
        reviews_a_year=1,
        service=ServiceLevel.STANDARD,
        price=PriceRule.HOLD,
        credit=CreditRule.STANDARD_LIMIT,
        cost_to_serve_cap=0.10,
        cap_quarters=None,
        owner_load_limit=None,
    ),
    Quadrant.OPPORTUNISTIC: QuadrantPolicy(
        quadrant=Quadrant.OPPORTUNISTIC,
        mode=SellingMode.HUNTER,
        contacts_a_year=None,
        steering_meetings_a_year=None,
        sponsor=SponsorRule.NO,
        plan=PlanDepth.NONE,
        review=ReviewKind.NONE,
        reviews_a_year=0,
        service=ServiceLevel.BASIC,
        price=PriceRule.LIST,
        credit=CreditRule.PREPAY_OR_SMALL_LIMIT,
        cost_to_serve_cap=0.06,
        cap_quarters=None,
        owner_load_limit=None,
    ),
}
