"""Who earns and who stays: the profit-loyalty matrix, the kinds of loyalty, the ladder (M15)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from selection.calculations.figures import Amount, reaches
from selection.calculations.samples import SMALLEST_FOR_MEDIAN, median

RETENTION_CUT = 0.80
TENURE_CUT_YEARS = 3.0
INACTIVE_AFTER_INTERVALS = 3.0
INACTIVE_AFTER_DAYS = 365
CLIENT_FROM_ORDERS = 5
CLIENT_WITHIN_INTERVALS = 2.0


class ProfitLoyalty(StrEnum):
    """The four fields of profit against loyalty."""

    TRUE_FRIEND = "true_friend"
    BUTTERFLY = "butterfly"
    BARNACLE = "barnacle"
    STRANGER = "stranger"


class LoyaltyKind(StrEnum):
    """The kinds of loyalty by attachment and repeat buying."""

    PREMIUM = "premium"
    LATENT = "latent"
    INERTIA = "inertia"
    NONE = "none"


class Rung(StrEnum):
    """A rung of the ladder of customers."""

    SUSPECT = "suspect"
    DISQUALIFIED = "disqualified"
    PROSPECT = "prospect"
    FIRST_TIME = "first_time"
    REPEAT = "repeat"
    CLIENT = "client"
    ADVOCATE = "advocate"
    INACTIVE = "inactive"


@dataclass(frozen=True, slots=True)
class BuyingHistory:
    """What the ladder looks at.

    ``qualified`` is None before anybody judged; ``median_interval_days`` None where there are too few orders for one
    (``ledger_metrics.median_interval``); ``days_since_last`` None without an order; ``references`` are those given.
    """

    orders: int
    qualified: bool | None = None
    days_since_last: int | None = None
    median_interval_days: float | None = None
    references: int = 0


def loyalty_cut(
    values: Sequence[float], *, fallback: float = RETENTION_CUT, smallest: int = SMALLEST_FOR_MEDIAN
) -> float:
    """Finds where long loyalty begins: the median of at least eight customers, else the fallback (M15).

    The fallback is a predicted retention of 0.80; for tenure give three years.
    """
    middle = median(values, smallest=smallest)
    return fallback if middle is None else middle


def profit_loyalty(
    contribution: Amount | None,
    loyalty: float | None,
    *,
    contribution_cut: Amount = 0,
    loyalty_cut: float = RETENTION_CUT,
) -> ProfitLoyalty | None:
    """Places a customer by its contribution (CM4) and its predicted retention or tenure (M15).

    None where either is not known. A contribution at the cut, zero by default, counts as profitable, and a loyalty at
    its cut as long.
    """
    if contribution is None or loyalty is None:
        return None
    if contribution >= contribution_cut:
        return ProfitLoyalty.TRUE_FRIEND if reaches(loyalty, loyalty_cut) else ProfitLoyalty.BUTTERFLY
    return ProfitLoyalty.BARNACLE if reaches(loyalty, loyalty_cut) else ProfitLoyalty.STRANGER


def loyalty_kind(*, attached: bool | None, repeats: bool | None) -> LoyaltyKind | None:
    """Names the kind of loyalty: attached and repeating is premium, one without the other latent or inertia (M15)."""
    if attached is None or repeats is None:
        return None
    if attached:
        return LoyaltyKind.PREMIUM if repeats else LoyaltyKind.LATENT
    return LoyaltyKind.INERTIA if repeats else LoyaltyKind.NONE


def rung(history: BuyingHistory) -> Rung:
    """Finds the rung on which a customer stands (M15).

    Inactive after three of its own median intervals, or a year where it has none. A client has five orders and bought
    within two intervals; an advocate bought again and gave a reference. Raises ValueError for less than no orders.
    """
    if history.orders < 0:
        raise ValueError("orders are never fewer than none")
    if history.orders == 0:
        if history.qualified is None:
            return Rung.SUSPECT
        return Rung.PROSPECT if history.qualified else Rung.DISQUALIFIED
    if _is_inactive(history):
        return Rung.INACTIVE
    if history.orders == 1:
        return Rung.FIRST_TIME
    if history.references > 0:
        return Rung.ADVOCATE
    return Rung.CLIENT if _is_client(history) else Rung.REPEAT


def _is_inactive(history: BuyingHistory) -> bool:
    if history.days_since_last is None:
        return False
    if not history.median_interval_days:
        return history.days_since_last > INACTIVE_AFTER_DAYS
    return history.days_since_last > INACTIVE_AFTER_INTERVALS * history.median_interval_days


def _is_client(history: BuyingHistory) -> bool:
    if history.orders < CLIENT_FROM_ORDERS or history.days_since_last is None or not history.median_interval_days:
        return False
    return history.days_since_last <= CLIENT_WITHIN_INTERVALS * history.median_interval_days
