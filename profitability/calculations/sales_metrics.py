"""Figures of the ledger that describe a customer: growth, rhythm, breadth, discount, freight, contribution.

Source: docs/methods/ledger-metrics.md. Amounts are ledger units or any other exact count of money.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from math import sqrt
from statistics import median

FEWEST_INTERVALS = 3


@dataclass(frozen=True, slots=True)
class OrderIntervals:
    """The days between order days, as far as the rhythm needs them: how many, their sum, their sum of squares."""

    count: int = 0
    days: int = 0
    squares: int = 0

    @classmethod
    def of(cls, order_days: Iterable[date]) -> OrderIntervals:
        """The intervals of these days; several orders of one day are one."""
        gaps = gaps_between(order_days)
        return cls(len(gaps), sum(gaps), sum(gap * gap for gap in gaps))


def gaps_between(order_days: Iterable[date]) -> list[int]:
    """The days from one order day to the next."""
    return [(later - earlier).days for earlier, later in pairwise(sorted(set(order_days)))]


def median_gap(order_days: Iterable[date]) -> float | None:
    """The customer's own median days between orders; None below two order days."""
    gaps = gaps_between(order_days)
    return float(median(gaps)) if gaps else None


def growth(now: int, before: int) -> float | None:
    """(now - before) / before; None without a base above zero."""
    return (now - before) / before if before > 0 else None


def order_regularity(intervals: OrderIntervals) -> float | None:
    """1 - coefficient of variation of the intervals, bounded to 0-1; None below three intervals.

    1 is clockwork; 0 is no more regular than chance.
    """
    if intervals.count < FEWEST_INTERVALS:
        return None
    mean = intervals.days / intervals.count
    variance = max(0.0, intervals.squares / intervals.count - mean * mean)
    return max(0.0, min(1.0, 1 - sqrt(variance) / mean))


def breadth_of_range(groups_bought: int, groups_on_sale: int) -> float | None:
    """The share of the product groups on sale that the customer buys from, 0-1; None where nothing is on sale."""
    return min(1.0, groups_bought / groups_on_sale) if groups_on_sale > 0 else None


def share_of(part: int | None, whole: int) -> float | None:
    """Discount of gross, freight or contribution of net; None for an unknown part or without a whole above zero."""
    return None if part is None or whole <= 0 else part / whole


def average_document(net: int, documents: int) -> float | None:
    """Net sales a document; None without one."""
    return net / documents if documents > 0 else None


def days_since(last: date | None, today: date) -> int | None:
    """Days since the last document, 0 for one dated ahead; None without one."""
    return None if last is None else max(0, (today - last).days)
