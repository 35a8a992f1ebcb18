"""The formulas of the ledger metrics."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from profitability.calculations.sales_metrics import (
    OrderIntervals,
    average_document,
    breadth_of_range,
    days_since,
    growth,
    median_gap,
    order_regularity,
    share_of,
)


def days(*gaps: int) -> list[date]:
    found = [date(2026, 1, 1)]
    for gap in gaps:
        found.append(found[-1] + timedelta(days=gap))
    return found


def test_growth_needs_a_base_above_zero():
    assert growth(600, 500) == 0.2
    assert growth(600, 0) is None
    assert growth(600, -1) is None


@pytest.mark.parametrize(
    ("gaps", "regularity"),
    [((30, 30, 30), 1), ((20, 30, 40), 0.7278), ((10, 30, 50), 0.4557), ((1, 1, 100), 0)],
)
def test_regularity_is_one_less_the_coefficient_of_variation(gaps, regularity):
    assert order_regularity(OrderIntervals.of(days(*gaps))) == pytest.approx(regularity, abs=5e-5)


def test_two_intervals_are_no_rhythm():
    assert order_regularity(OrderIntervals.of(days(30, 30))) is None


def test_several_orders_of_one_day_are_one():
    assert OrderIntervals.of([*days(10, 20), date(2026, 1, 1)]) == OrderIntervals(2, 30, 500)
    assert median_gap([*days(10, 20), date(2026, 1, 1)]) == 15
    assert median_gap(days()) is None


def test_breadth_is_the_share_of_groups_on_sale():
    assert breadth_of_range(6, 8) == 0.75
    assert breadth_of_range(9, 8) == 1
    assert breadth_of_range(1, 0) is None


def test_shares_of_nothing_are_not_defined():
    assert share_of(80, 1000) == 0.08
    assert share_of(80, 0) is None
    assert share_of(None, 1000) is None
    assert average_document(100, 0) is None
    assert average_document(100, 4) == 25


def test_days_are_counted_from_the_last_document():
    assert days_since(date(2026, 1, 1), date(2026, 1, 31)) == 30
    assert days_since(date(2026, 2, 1), date(2026, 1, 31)) == 0
    assert days_since(None, date(2026, 1, 31)) is None
