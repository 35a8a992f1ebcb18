"""Figures of the ledger that score a customer by themselves: sales, growth, rhythm, breadth, discount."""

from __future__ import annotations

import statistics
from collections.abc import Collection, Iterable
from datetime import date
from decimal import Decimal
from itertools import pairwise

from selection.calculations.dates import months_before
from selection.calculations.figures import Amount, clamp, ratio
from selection.calculations.samples import mean, spread

FEWEST_INTERVALS = 3


def trailing_sales(
    entries: Iterable[tuple[date, Amount]], *, today: date, months: int = 12, ended_months_ago: int = 0
) -> Amount:
    """Adds up net sales of the months that end today: after the same day so many months ago, up to today.

    ``ended_months_ago`` moves the window back: 12 gives the year before. Nothing sold is a true zero.
    """
    end = months_before(today, ended_months_ago)
    start = months_before(today, ended_months_ago + months)
    return sum((amount for day, amount in entries if start < day <= end), Decimal(0))


def growth(now: Amount, before: Amount) -> float | None:
    """Gives growth as a share: (now - before) / before; None without a base above zero.

    A first year has not grown by anything, and growth over net credit notes has no meaning.
    """
    return None if before <= 0 else ratio(now - before, before)


def order_intervals(order_dates: Iterable[date]) -> list[int]:
    """Gives the days between one order day and the next; several orders of one day are one."""
    return [(later - earlier).days for earlier, later in pairwise(sorted(set(order_dates)))]


def median_interval(order_dates: Iterable[date], *, fewest: int = FEWEST_INTERVALS) -> float | None:
    """Gives the customer's own median days between orders; None below three intervals."""
    intervals = order_intervals(order_dates)
    return None if len(intervals) < fewest else float(statistics.median(intervals))


def order_regularity(order_dates: Iterable[date], *, fewest: int = FEWEST_INTERVALS) -> float | None:
    """Gives the rhythm of ordering, 0-1: 1 - coefficient of variation of the intervals, bounded.

    1 is clockwork; 0 is no more regular than chance, whose intervals vary by as much as their mean. None below three
    intervals.
    """
    intervals = order_intervals(order_dates)
    average, deviation = mean(intervals), spread(intervals)
    if len(intervals) < fewest or average is None or deviation is None:
        return None
    return clamp(1 - deviation / average, 0, 1)


def days_since_last_order(order_dates: Iterable[date], *, today: date) -> int | None:
    """Gives the days since the last order, 0 for one dated ahead; None without an order."""
    last = max(order_dates, default=None)
    return None if last is None else max(0, (today - last).days)


def breadth_of_range(bought: Collection[str], applicable: Collection[str]) -> float | None:
    """Gives the share of the product groups applicable to a customer that it buys, 0-1; None where none is."""
    groups = set(applicable)
    return ratio(len(groups.intersection(bought)), len(groups))


def discount_share(*, list_value: Amount, invoiced: Amount) -> float | None:
    """Gives the discount on the invoice as a share of list value; None without a list value above zero.

    Negative where more than list was invoiced.
    """
    return None if list_value <= 0 else ratio(list_value - invoiced, list_value)


def share_of_wallet(our_sales: Amount, category_spend: Amount | None) -> float | None:
    """Gives our part of what the customer spends on the category; None where that is not known or not above zero.

    Above 1 the estimate of the spend is too low; the figure says so by staying above 1.
    """
    return None if category_spend is None or category_spend <= 0 else ratio(our_sales, category_spend)


def contribution_margin(contribution: Amount | None, net_sales: Amount) -> float | None:
    """Gives contribution as a share of net sales; None where it is not known or there are no net sales above zero."""
    return None if contribution is None or net_sales <= 0 else ratio(contribution, net_sales)
