"""Figures of the ledger that score by themselves."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selection.calculations.dates import months_before
from selection.calculations.ledger_metrics import (
    breadth_of_range,
    contribution_margin,
    days_since_last_order,
    discount_share,
    growth,
    median_interval,
    order_intervals,
    order_regularity,
    share_of_wallet,
    trailing_sales,
)
from selection.calculations.metric_dictionary import METRICS, Metric

TODAY = date(2026, 6, 30)
ENTRIES = [
    (date(2024, 6, 30), Decimal(1000)),
    (date(2024, 7, 1), Decimal(200)),
    (date(2025, 6, 30), Decimal(300)),
    (date(2025, 7, 1), Decimal(400)),
    (date(2026, 6, 30), Decimal("225.50")),
    (date(2026, 5, 1), Decimal("-25.50")),
    (date(2026, 7, 1), Decimal(9999)),
]


def days(*gaps: int) -> list[date]:
    found = [date(2026, 1, 1)]
    for gap in gaps:
        found.append(found[-1] + timedelta(days=gap))
    return found


def test_twelve_months_end_today_and_meet_without_gap_or_overlap():
    assert trailing_sales(ENTRIES, today=TODAY) == 600
    assert trailing_sales(ENTRIES, today=TODAY, ended_months_ago=12) == 500


def test_nothing_sold_is_a_true_zero():
    assert trailing_sales([], today=TODAY) == 0


@pytest.mark.parametrize(
    ("day", "months", "earlier"),
    [
        (date(2026, 6, 30), 12, date(2025, 6, 30)),
        (date(2026, 3, 31), 1, date(2026, 2, 28)),
        (date(2024, 2, 29), 12, date(2023, 2, 28)),
        (date(2026, 1, 15), 1, date(2025, 12, 15)),
        (date(2026, 12, 31), 0, date(2026, 12, 31)),
    ],
)
def test_months_before(day, months, earlier):
    assert months_before(day, months) == earlier


@pytest.mark.parametrize(
    ("now", "before", "grown"), [(600, 500, 0.2), (0, 500, -1.0), (600, 0, None), (600, -5, None), (0, 0, None)]
)
def test_growth_needs_a_base(now, before, grown):
    assert growth(Decimal(now), Decimal(before)) == (None if grown is None else pytest.approx(grown))


def test_orders_of_one_day_are_one():
    assert order_intervals([date(2026, 1, 5), date(2026, 1, 1), date(2026, 1, 5)]) == [4]


@pytest.mark.parametrize(
    ("gaps", "regularity"),
    [
        ((30, 30, 30), 1),
        ((20, 30, 40), 0.7278),
        ((10, 30, 50), 0.4557),
        ((1, 1, 100), 0),
        ((30, 30), None),
        ((), None),
    ],
)
def test_regularity_is_one_less_the_coefficient_of_variation(gaps, regularity):
    assert order_regularity(days(*gaps)) == (None if regularity is None else pytest.approx(regularity, abs=1e-4))


def test_own_median_interval_needs_three():
    assert median_interval(days(10, 30, 20)) == 20
    assert median_interval(days(10, 30)) is None


def test_days_since_the_last_order():
    assert days_since_last_order([date(2026, 6, 1), date(2026, 5, 1)], today=TODAY) == 29
    assert days_since_last_order([date(2026, 7, 2)], today=TODAY) == 0
    assert days_since_last_order([], today=TODAY) is None


def test_breadth_counts_what_applies_only():
    assert breadth_of_range({"pumps", "seals", "toys"}, ["pumps", "seals", "valves", "pipes"]) == 0.5
    assert breadth_of_range({"pumps"}, []) is None


@pytest.mark.parametrize(
    ("list_value", "invoiced", "share"), [(1000, 920, 0.08), (1000, 1100, -0.1), (0, 5, None), (-10, 5, None)]
)
def test_discount_share(list_value, invoiced, share):
    found = discount_share(list_value=Decimal(list_value), invoiced=Decimal(invoiced))

    assert found == (None if share is None else pytest.approx(share))


@pytest.mark.parametrize(("spend", "share"), [(400, 0.25), (50, 2.0), (0, None), (None, None)])
def test_share_of_wallet(spend, share):
    assert share_of_wallet(Decimal(100), None if spend is None else Decimal(spend)) == share


def test_contribution_margin():
    assert contribution_margin(Decimal(131_600), Decimal(791_400)) == pytest.approx(0.1663, abs=5e-5)
    assert contribution_margin(None, Decimal(5)) is None
    assert contribution_margin(Decimal(5), Decimal(0)) is None


def test_every_metric_is_defined():
    assert list(METRICS) == list(Metric)


@given(st.lists(st.dates(min_value=date(2000, 1, 1), max_value=date(2030, 1, 1)), max_size=30))
def test_regularity_lies_between_0_and_1_and_moves_with_no_shift(dates):
    plain = order_regularity(dates)
    shifted = order_regularity([day + timedelta(days=37) for day in dates])

    assert plain == shifted
    assert plain is None or 0 <= plain <= 1


@given(st.lists(st.tuples(st.dates(date(2020, 1, 1), date(2026, 12, 31)), st.integers(-1000, 1000)), max_size=30))
def test_two_half_years_make_a_year(entries):
    year = trailing_sales(entries, today=TODAY)

    halves = [trailing_sales(entries, today=TODAY, months=6, ended_months_ago=ago) for ago in (0, 6)]
    assert sum(halves) == year
