"""The pyramid of customers by what they contribute (M14)."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from selection.calculations.figures import TOLERANCE, Amount, ratio


class Tier(StrEnum):
    """Where a customer stands in the pyramid, or beside it."""

    KEY = "key"
    POTENTIAL = "potential"
    REGULAR = "regular"
    ONE_OFF = "one_off"
    LOSS_MAKING = "loss_making"


class TierAim(StrEnum):
    """What we want with the customers of a tier."""

    FINANCIAL_INTEREST = "financial_interest"
    CUSTOMER_VALUE = "customer_value"
    SATISFACTION = "satisfaction"


PYRAMID = (Tier.KEY, Tier.POTENTIAL, Tier.REGULAR)
AIM_OF_TIER: dict[Tier, TierAim] = {
    Tier.KEY: TierAim.FINANCIAL_INTEREST,
    Tier.POTENTIAL: TierAim.CUSTOMER_VALUE,
    Tier.REGULAR: TierAim.SATISFACTION,
}
EXPECTED_COUNT: dict[Tier, float] = {Tier.KEY: 0.05, Tier.POTENTIAL: 0.15, Tier.REGULAR: 0.80}
EXPECTED_PROFIT: dict[Tier, float] = {Tier.KEY: 0.80, Tier.POTENTIAL: 0.15, Tier.REGULAR: 0.05}
"""The textbook pyramid, shown beside the actual one."""


@dataclass(frozen=True, slots=True)
class TierCuts:
    """Up to which share of customers the key tier reaches, and the key and potential tiers together."""

    key: float = 0.05
    potential: float = 0.20

    def __post_init__(self) -> None:
        """Refuses cuts out of order."""
        if not 0 < self.key < self.potential < 1:
            raise ValueError("the cuts lie between 0 and 1, the key one below the potential one")


DEFAULT_CUTS = TierCuts()


@dataclass(frozen=True, slots=True)
class TierCandidate:
    """A customer with its contribution of twelve months, None where it is not known."""

    key: str
    contribution: Amount | None
    one_off: bool = False


@dataclass(frozen=True, slots=True)
class TierPlace:
    """A customer's tier and rank; both are None where its contribution is not known, the rank for one-offs as well."""

    key: str
    tier: Tier | None
    rank: int | None
    contribution: Amount | None


@dataclass(frozen=True, slots=True)
class TierShare:
    """What a tier holds: customers and profit, beside what the textbook expects.

    ``profit_share`` is of the profit of the three tiers, so that they total 1; None where that profit is zero.
    """

    tier: Tier
    count: int
    count_share: float | None
    expected_count_share: float
    profit: Amount
    profit_share: float | None
    expected_profit_share: float


@dataclass(frozen=True, slots=True)
class TierPyramid:
    """All customers in their tiers, best first; loss makers, one-offs and the unknown after them."""

    places: tuple[TierPlace, ...]
    shares: tuple[TierShare, ...]
    losses: Amount
    unknown: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TierChange:
    """A customer whose tier would change; ``rises`` is None where one side is beside the pyramid."""

    key: str
    before: Tier | None
    after: Tier | None
    rises: bool | None


def tier_pyramid(candidates: Sequence[TierCandidate], cuts: TierCuts = DEFAULT_CUTS) -> TierPyramid:
    """Ranks customers by contribution and cuts by count at 5 % and 20 % (M14).

    The count is of all who buy repeatedly, loss makers included, rounded down, but each tier has at least one
    customer while there are any. Loss makers, one-offs and customers of unknown contribution stand apart. Equal
    contributions keep the order given.
    """
    repeat = [one for one in candidates if not one.one_off and one.contribution is not None]
    ranked = sorted(repeat, key=_contribution, reverse=True)
    earning = [one for one in ranked if _contribution(one) >= 0]
    losing = [one for one in ranked if _contribution(one) < 0]
    tiers = _tiers(len(ranked), len(earning), cuts)
    places = [
        TierPlace(one.key, tier, rank, one.contribution)
        for rank, (one, tier) in enumerate(zip(earning, tiers, strict=True), start=1)
    ]
    places += [
        TierPlace(one.key, Tier.LOSS_MAKING, rank, one.contribution)
        for rank, one in enumerate(losing, start=len(earning) + 1)
    ]
    places += [TierPlace(one.key, Tier.ONE_OFF, None, one.contribution) for one in candidates if one.one_off]
    unknown = [one.key for one in candidates if not one.one_off and one.contribution is None]
    places += [TierPlace(key, None, None, None) for key in unknown]
    total: Amount = sum(_contribution(one) for one in earning)
    return TierPyramid(
        places=tuple(places),
        shares=tuple(_share(tier, places, len(ranked), total) for tier in PYRAMID),
        losses=sum(_contribution(one) for one in losing),
        unknown=tuple(unknown),
    )


def tier_changes(before: Mapping[str, Tier | None], after: TierPyramid) -> tuple[TierChange, ...]:
    """Names the customers whose tier would change, the effect to look at before tiers are applied (M14)."""

    def change(place: TierPlace) -> TierChange:
        old = before.get(place.key)
        inside = old in PYRAMID and place.tier in PYRAMID
        rises = PYRAMID.index(place.tier) < PYRAMID.index(old) if inside and old and place.tier else None
        return TierChange(place.key, old, place.tier, rises)

    return tuple(change(place) for place in after.places if before.get(place.key) is not place.tier)


def _contribution(candidate: TierCandidate) -> Amount:
    return candidate.contribution or 0


def tier_sizes(ranked: int, earning: int, cuts: TierCuts = DEFAULT_CUTS) -> tuple[int, int]:
    """How many customers the key and the potential tier hold, of all ranked ones and those among them that earn."""
    # The tolerance keeps 0.05 * 140 = 7.000000000000001 and its like on the right side of the floor.
    key = min(earning, max(1, math.floor(ranked * cuts.key + TOLERANCE)))
    return key, min(earning - key, max(1, math.floor(ranked * cuts.potential + TOLERANCE) - key))


def _tiers(ranked: int, earning: int, cuts: TierCuts) -> list[Tier]:
    key, potential = tier_sizes(ranked, earning, cuts)
    return [Tier.KEY] * key + [Tier.POTENTIAL] * potential + [Tier.REGULAR] * (earning - key - potential)


def _share(tier: Tier, places: Sequence[TierPlace], ranked: int, total: Amount) -> TierShare:
    inside = [place for place in places if place.tier is tier]
    profit: Amount = sum(place.contribution or 0 for place in inside)
    return TierShare(
        tier=tier,
        count=len(inside),
        count_share=ratio(len(inside), ranked),
        expected_count_share=EXPECTED_COUNT[tier],
        profit=profit,
        profit_share=ratio(profit, total),
        expected_profit_share=EXPECTED_PROFIT[tier],
    )
