"""Who earns and who stays (M15)."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selection.calculations.loyalty import (
    BuyingHistory,
    LoyaltyKind,
    ProfitLoyalty,
    Rung,
    loyalty_cut,
    loyalty_kind,
    profit_loyalty,
    rung,
)


@pytest.mark.parametrize(
    ("contribution", "loyalty", "field"),
    [
        (131_600, 0.90, ProfitLoyalty.TRUE_FRIEND),
        (131_600, 0.50, ProfitLoyalty.BUTTERFLY),
        (-150, 0.90, ProfitLoyalty.BARNACLE),
        (-150, 0.50, ProfitLoyalty.STRANGER),
        (0, 0.80, ProfitLoyalty.TRUE_FRIEND),
        (None, 0.80, None),
        (0, None, None),
    ],
)
def test_four_fields(contribution, loyalty, field):
    amount = None if contribution is None else Decimal(contribution)

    assert profit_loyalty(amount, loyalty) is field


def test_cuts_may_be_given():
    assert profit_loyalty(Decimal(5), 2.0, contribution_cut=Decimal(10), loyalty_cut=3.0) is ProfitLoyalty.STRANGER


def test_loyalty_cut_is_the_median_of_eight_else_the_fallback():
    assert loyalty_cut([1, 2, 3, 4, 5, 6, 7, 8], fallback=3.0) == 4.5
    assert loyalty_cut([1, 2], fallback=3.0) == 3.0


@pytest.mark.parametrize(
    ("attached", "repeats", "kind"),
    [
        (True, True, LoyaltyKind.PREMIUM),
        (True, False, LoyaltyKind.LATENT),
        (False, True, LoyaltyKind.INERTIA),
        (False, False, LoyaltyKind.NONE),
        (None, True, None),
        (True, None, None),
    ],
)
def test_kinds_of_loyalty(attached, repeats, kind):
    assert loyalty_kind(attached=attached, repeats=repeats) is kind


@pytest.mark.parametrize(
    ("history", "expected"),
    [
        (BuyingHistory(orders=0), Rung.SUSPECT),
        (BuyingHistory(orders=0, qualified=True), Rung.PROSPECT),
        (BuyingHistory(orders=0, qualified=False), Rung.DISQUALIFIED),
        (BuyingHistory(orders=1, days_since_last=365), Rung.FIRST_TIME),
        (BuyingHistory(orders=1, days_since_last=366), Rung.INACTIVE),
        (BuyingHistory(orders=2, days_since_last=40, median_interval_days=30), Rung.REPEAT),
        (BuyingHistory(orders=5, days_since_last=60, median_interval_days=30), Rung.CLIENT),
        (BuyingHistory(orders=5, days_since_last=61, median_interval_days=30), Rung.REPEAT),
        (BuyingHistory(orders=9, days_since_last=90, median_interval_days=30, references=1), Rung.ADVOCATE),
        (BuyingHistory(orders=9, days_since_last=91, median_interval_days=30, references=1), Rung.INACTIVE),
        (BuyingHistory(orders=9), Rung.REPEAT),
    ],
)
def test_rungs_of_the_ladder(history, expected):
    assert rung(history) is expected


def test_fewer_than_no_orders_are_refused():
    with pytest.raises(ValueError, match="fewer than none"):
        rung(BuyingHistory(orders=-1))


@given(st.integers(-1000, 1000), st.integers(0, 1000), st.floats(0, 1), st.floats(0, 1))
def test_who_earns_more_or_stays_longer_is_never_placed_worse(profit, more, stay, longer):
    def sides(contribution: int, loyalty: float) -> tuple[bool, bool]:
        field = profit_loyalty(Decimal(contribution), loyalty)
        return (
            field in {ProfitLoyalty.TRUE_FRIEND, ProfitLoyalty.BUTTERFLY},
            field in {ProfitLoyalty.TRUE_FRIEND, ProfitLoyalty.BARNACLE},
        )

    before, after = sides(profit, stay), sides(profit + more, max(stay, longer))

    assert after >= before
    assert after[1] >= before[1]
