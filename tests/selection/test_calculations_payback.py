"""When the money comes back (M05 f)."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selection.calculations.payback import payback_profile, payback_year


@pytest.mark.parametrize(
    ("flows", "year"),
    [((-100, 40, 40, 40), 2029), ((-100, 60, 40), 2028), ((10,), 2026), ((-100, 50), None), ((), None)],
)
def test_year_in_which_the_flows_add_up(flows, year):
    assert payback_year(2026, [Decimal(flow) for flow in flows]) == year


def test_profile_counts_years():
    profile = payback_profile({"a": 2026, "b": 2028, "c": 2026, "d": None, "e": 2025}, this_year=2026)

    assert profile.years == ((2025, 1), (2026, 2), (2028, 1))
    assert (profile.this_year, profile.paid, profile.unknown, profile.balanced) == (2, 3, ("d",), True)


def test_nothing_paid_back_yet_is_out_of_balance():
    assert payback_profile({"a": 2027, "b": 2028}, this_year=2026).balanced is False


def test_no_year_known_is_undefined():
    assert payback_profile({"a": None}, this_year=2026).balanced is None


@given(st.lists(st.integers(-100, 100), min_size=1, max_size=8), st.integers(0, 100))
def test_more_money_never_pays_back_later(flows, more):
    year = payback_year(2026, flows)
    better = payback_year(2026, [flows[0] + more, *flows[1:]])

    assert year is None or (better is not None and better <= year)
