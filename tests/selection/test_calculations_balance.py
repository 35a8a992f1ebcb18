"""Is the set balanced, and what does a change do to it (M05)."""

from __future__ import annotations

from decimal import Decimal

import pytest

from selection.calculations.balance import BalanceReason, Change, PortfolioAccount, Resources, balance, what_if
from selection.calculations.quadrants import Quadrant

KEY, DEVELOPMENT, MAINTENANCE = Quadrant.KEY, Quadrant.KEY_DEVELOPMENT, Quadrant.MAINTENANCE
SMALL = [PortfolioAccount(f"small {number}", MAINTENANCE, Decimal(50)) for number in range(15)]
ACCOUNTS = [
    PortfolioAccount("north", KEY, Decimal(90), Decimal(20), (("sales", 50.0),), "li", 2026),
    PortfolioAccount("south", DEVELOPMENT, Decimal(80), Decimal(5), (("sales", 40.0),), "anna", 2028),
    PortfolioAccount("east", MAINTENANCE, Decimal(80), Decimal(10), (("sales", 5.0),)),
    *SMALL,
]
RESOURCES = Resources(capacity={"sales": 120.0}, managers=("li", "anna"), day_rates={"sales": Decimal("0.1")})


def codes(found) -> list[tuple[BalanceReason, str]]:
    return [(remark.code, remark.subject) for remark in found.reasons]


def test_balanced_portfolio_has_no_remark():
    found = balance(ACCOUNTS, RESOURCES, this_year=2026)

    assert found.reasons == ()
    assert found.quadrants == ((KEY, 1), (DEVELOPMENT, 1), (MAINTENANCE, 16), (Quadrant.OPPORTUNISTIC, 0))
    assert found.development_share == 0.5
    assert (found.contribution, found.contribution_unknown) == (35, 15)


def test_every_imbalance_is_named():
    effort = (("sales", 200.0),)
    accounts = [
        PortfolioAccount("giant", DEVELOPMENT, Decimal(900), effort=effort, manager="li", payback_year=2029),
        PortfolioAccount("second", DEVELOPMENT, Decimal(50), manager="li"),
        PortfolioAccount("third", KEY, Decimal(10), manager="li"),
        PortfolioAccount("fourth", DEVELOPMENT, Decimal(10), manager="li"),
        PortfolioAccount("fifth", DEVELOPMENT, Decimal(10), manager="li"),
    ]

    found = balance(accounts, RESOURCES, this_year=2026)

    assert codes(found) == [
        (BalanceReason.OVER_CAPACITY, "sales"),
        (BalanceReason.MANAGER_OVERLOADED, "li"),
        (BalanceReason.MANAGER_WITHOUT_ACCOUNT, "anna"),
        (BalanceReason.CONCENTRATED, ""),
        (BalanceReason.LARGE_CUSTOMER, "giant"),
        (BalanceReason.TOO_MUCH_DEVELOPMENT, ""),
        (BalanceReason.NO_PAYBACK, ""),
    ]
    assert found.reasons[0].figure("missing_days") == 80
    assert found.development_share == pytest.approx(0.8)


def test_empty_portfolio_is_undefined_not_zero():
    found = balance([], Resources(capacity={}), this_year=2026)

    assert (found.development_share, found.contribution, found.concentration.hhi) == (None, None, None)
    assert found.payback.balanced is None


def test_dragging_an_account_shows_what_it_does():
    effort = {KEY: (("sales", 50.0),), MAINTENANCE: (("sales", 5.0),)}

    found = what_if(
        ACCOUNTS,
        [Change("east", quadrant=KEY, manager="li")],
        RESOURCES,
        this_year=2026,
        quadrant_effort=effort,
    )

    assert found.before.loads[0].demand_days == 95
    assert found.after.loads[0].demand_days == 140
    assert codes(found.after) == [(BalanceReason.OVER_CAPACITY, "sales")]
    assert (found.before.contribution, found.after.contribution) == (35, Decimal("30.5"))
    assert found.after.concentration.hhi == pytest.approx(found.before.concentration.hhi)


def test_change_may_give_its_own_figures():
    found = what_if(
        ACCOUNTS,
        [Change("east", quadrant=KEY, sales=Decimal(500), contribution=Decimal(99), effort=(("sales", 1.0),))],
        RESOURCES,
        this_year=2026,
        quadrant_effort={KEY: (("sales", 50.0),)},
    )

    east = next(one for one in found.accounts if one.key == "east")
    assert (east.sales, east.contribution, east.effort) == (500, 99, (("sales", 1.0),))
    assert found.after.concentration.hhi > found.before.concentration.hhi


def test_unknown_contribution_stays_unknown():
    found = what_if(ACCOUNTS, [Change("small 1", effort=(("sales", 9.0),))], RESOURCES, this_year=2026)

    assert found.after.contribution_unknown == 15
    assert found.after.contribution == 35


def test_no_change_changes_nothing():
    found = what_if(ACCOUNTS, [], RESOURCES, this_year=2026)

    assert found.before == found.after


def test_change_of_an_account_that_is_not_there_is_refused():
    with pytest.raises(ValueError, match="west is not in the portfolio"):
        what_if(ACCOUNTS, [Change("west", quadrant=KEY)], RESOURCES, this_year=2026)
