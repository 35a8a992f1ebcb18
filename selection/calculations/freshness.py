"""How old the evidence behind a figure is, and how much of it still counts (A9, freshness)."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from selection.calculations.dates import age_in_months
from selection.calculations.figures import exceeds, ratio


class Evidence(StrEnum):
    """Kinds of evidence that age at their own pace."""

    CUSTOMER_VIEW = "customer_view"
    ATTRACTIVENESS = "attractiveness"
    PEOPLE_MAP = "people_map"
    NEED = "need"
    CREDIT_FILE = "credit_file"
    MARKET_MAP = "market_map"


HALF_LIFE_MONTHS: dict[Evidence, float] = {
    Evidence.CUSTOMER_VIEW: 12,
    Evidence.ATTRACTIVENESS: 12,
    Evidence.PEOPLE_MAP: 6,
    Evidence.NEED: 12,
    Evidence.CREDIT_FILE: 12,
    Evidence.MARKET_MAP: 18,
}
"""After so many months a piece of evidence counts half (A9; attractiveness follows its yearly re-score)."""


@dataclass(frozen=True, slots=True)
class Freshness:
    """How fresh a weighted set of evidence is, shown beside its index and never multiplied into it.

    ``fresh_share`` is the weight left after ageing, 0-1; ``stale_share`` the share of weight older than its
    half-life; ``oldest_months`` the age of the oldest piece. All are None where no piece with weight has a date.
    """

    fresh_share: float | None
    stale_share: float | None
    oldest_months: float | None


def remaining_weight(age_months: float, half_life_months: float) -> float:
    """Gives what an observation of this age still counts, 0-1: 0.5 ** (age / half-life) (A9).

    Raises ValueError for a half-life that is not above zero.
    """
    if half_life_months <= 0:
        raise ValueError("a half-life is above zero")
    return float(0.5 ** (age_months / half_life_months))


def freshness(pieces: Iterable[tuple[float, date]], *, half_life_months: float, today: date) -> Freshness:
    """Describes the freshness of pieces of evidence, each a weight and the day it was observed (A9)."""
    aged = [(weight, age_in_months(observed_on, today)) for weight, observed_on in pieces if weight > 0]
    total = math.fsum(weight for weight, _ in aged)
    left = math.fsum(weight * remaining_weight(age, half_life_months) for weight, age in aged)
    stale = math.fsum(weight for weight, age in aged if exceeds(age, half_life_months))
    return Freshness(
        fresh_share=ratio(left, total),
        stale_share=ratio(stale, total),
        oldest_months=max((age for _, age in aged), default=None),
    )
