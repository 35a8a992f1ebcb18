"""How much hangs on how few (M05 c, e): shares of the largest, Herfindahl-Hirschman index, spread over groups."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from selection.calculations.figures import Amount, exceeds, ratio, reaches

MODERATE_FROM = 1500.0
HIGH_ABOVE = 2500.0
LARGE_FROM = 0.10


class ConcentrationLevel(StrEnum):
    """How concentrated sales are."""

    LOW = "low"
    MODERATE = "moderate"
    HIGH = "high"


@dataclass(frozen=True, slots=True)
class Share:
    """One customer's or one group's part of the whole, 0-1."""

    key: str
    share: float


@dataclass(frozen=True, slots=True)
class Concentration:
    """How sales spread over those who buy.

    ``shares`` are the largest first; ``large`` those of at least 10 %. ``hhi`` runs from 0 to 10,000. All shares, the
    index and the level are None or empty where nobody buys. ``left_out`` are those whose sales are zero or negative
    (credit notes): they have no share.
    """

    total: Amount
    shares: tuple[Share, ...]
    top_1: float | None
    top_5: float | None
    top_10: float | None
    hhi: float | None
    level: ConcentrationLevel | None
    large: tuple[Share, ...]
    left_out: tuple[str, ...]


def concentration(sales: Mapping[str, Amount]) -> Concentration:
    """Measures the concentration of sales over customers, or over any groups (M05 c).

    HHI = SUM((100 * share)^2): below 1500 low, from 1500 moderate, above 2500 high. All sales are in one currency.
    """
    buying = {key: amount for key, amount in sales.items() if amount > 0}
    total: Amount = sum(buying.values())
    shares = tuple(
        Share(key, float(amount) / float(total))
        for key, amount in sorted(buying.items(), key=lambda pair: pair[1], reverse=True)
    )
    hhi = math.fsum((100 * one.share) ** 2 for one in shares) if shares else None
    return Concentration(
        total=total,
        shares=shares,
        top_1=_top(buying, total, 1),
        top_5=_top(buying, total, 5),
        top_10=_top(buying, total, 10),
        hhi=hhi,
        level=concentration_level(hhi),
        large=tuple(one for one in shares if reaches(one.share, LARGE_FROM)),
        left_out=tuple(key for key in sales if key not in buying),
    )


def concentration_level(hhi: float | None) -> ConcentrationLevel | None:
    """Gives the level of a Herfindahl-Hirschman index of 0-10,000; None for no index."""
    if hhi is None:
        return None
    if exceeds(hhi, HIGH_ABOVE):
        return ConcentrationLevel.HIGH
    return ConcentrationLevel.MODERATE if reaches(hhi, MODERATE_FROM) else ConcentrationLevel.LOW


def concentration_by_group(sales: Mapping[str, Amount], groups: Mapping[str, str]) -> Concentration:
    """Measures how sales spread over segments, regions or currencies (M05 e).

    ``groups`` maps each customer to its group; a customer without one counts under the empty key.
    """
    by_group: dict[str, Amount] = {}
    for key, amount in sales.items():
        group = groups.get(key, "")
        by_group[group] = by_group.get(group, 0) + amount
    return concentration(by_group)


def _top(buying: Mapping[str, Amount], total: Amount, count: int) -> float | None:
    largest: Amount = sum(sorted(buying.values(), reverse=True)[:count])
    return ratio(largest, total)
