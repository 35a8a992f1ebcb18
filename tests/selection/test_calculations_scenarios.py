"""Saved portfolios side by side (M05)."""

from __future__ import annotations

from decimal import Decimal

import pytest

from selection.calculations.balance import BalanceReason, Change, PortfolioAccount, Resources, balance, what_if
from selection.calculations.quadrants import Quadrant
from selection.calculations.scenarios import Figure, Trend, account_moves, compare_scenarios

KEY, MAINTENANCE = Quadrant.KEY, Quadrant.MAINTENANCE
ACCOUNTS = [
    PortfolioAccount("north", KEY, Decimal(500), Decimal(100), (("sales", 60.0),), "li", 2026),
    PortfolioAccount("east", MAINTENANCE, Decimal(300), Decimal(40), (("sales", 20.0),)),
    PortfolioAccount("south", MAINTENANCE, Decimal(200), None, (("sales", 10.0),)),
]
RESOURCES = Resources(capacity={"sales": 100.0}, managers=("li",), day_rates={"sales": Decimal(1)})
PROMOTE = Change("east", quadrant=KEY, effort=(("sales", 70.0),), manager="li")
SHRINK = Change("north", sales=Decimal(250), contribution=Decimal(60))


def comparison_of(**changes: Change):
    scenarios = {name: what_if(ACCOUNTS, [change], RESOURCES, this_year=2026).after for name, change in changes.items()}
    return compare_scenarios(balance(ACCOUNTS, RESOURCES, this_year=2026), scenarios)


def rows_of(comparison) -> dict[tuple[Figure, str], object]:
    return {(row.figure, row.subject): row for row in comparison.rows}


def test_figures_stand_side_by_side_with_their_differences():
    rows = rows_of(comparison_of(promote=PROMOTE, shrink=SHRINK))

    contribution = rows[Figure.CONTRIBUTION, ""]
    assert contribution.today == 140
    assert [(one.scenario, one.value, one.delta, one.trend) for one in contribution.values] == [
        ("promote", 90, -50, Trend.WORSE),
        ("shrink", 100, -40, Trend.WORSE),
    ]
    assert isinstance(contribution.values[0].delta, Decimal)
    hhi = rows[Figure.HHI, ""]
    assert (hhi.today, hhi.values[0].delta) == (pytest.approx(3800), 0)
    assert hhi.values[1].trend is Trend.BETTER
    missing = rows[Figure.MISSING_DAYS, "sales"]
    assert [(one.value, one.trend) for one in missing.values] == [(40, Trend.WORSE), (0, Trend.SAME)]


def test_number_of_accounts_is_neither_better_nor_worse():
    row = rows_of(comparison_of(promote=PROMOTE))[Figure.ACCOUNTS, "key"]

    assert (row.today, row.values[0].delta, row.values[0].trend) == (1, 1, Trend.OPEN)


def test_new_and_solved_imbalances_are_named():
    remarks = comparison_of(promote=PROMOTE).remarks[0]

    assert [(one.code, one.subject) for one in remarks.new] == [(BalanceReason.OVER_CAPACITY, "sales")]
    assert remarks.solved == ()


def test_undefined_figure_has_no_difference():
    empty = balance([], RESOURCES, this_year=2026)

    comparison = compare_scenarios(empty, {"full": balance(ACCOUNTS, RESOURCES, this_year=2026)})

    value = rows_of(comparison)[Figure.HHI, ""].values[0]
    assert (value.value, value.delta, value.trend) == (pytest.approx(3800), None, Trend.OPEN)
    assert [one.code for one in comparison.remarks[0].solved] == [BalanceReason.MANAGER_WITHOUT_ACCOUNT]


def test_function_of_one_scenario_only_stands_with_no_difference():
    extra = balance(ACCOUNTS, Resources(capacity={"sales": 100.0, "legal": 5.0}), this_year=2026)

    rows = rows_of(compare_scenarios(balance(ACCOUNTS, RESOURCES, this_year=2026), {"extra": extra}))

    assert (rows[Figure.LOAD, "legal"].today, rows[Figure.LOAD, "legal"].values[0].delta) == (None, None)


def test_scenario_that_changes_nothing_is_the_same_in_every_line():
    comparison = comparison_of(nothing=Change("north"))

    trends = {one.trend for row in comparison.rows for one in row.values}
    assert trends <= {Trend.SAME, Trend.OPEN}
    assert comparison.remarks[0].new == ()


def test_comparison_without_scenarios_shows_today():
    comparison = comparison_of()

    assert rows_of(comparison)[Figure.REMARKS, ""].today == 4
    assert comparison.remarks == ()


def test_moves_name_the_accounts_that_change():
    after = what_if(ACCOUNTS, [PROMOTE, Change("south", sales=Decimal(210))], RESOURCES, this_year=2026).accounts

    moves = account_moves(ACCOUNTS, after)

    assert [(one.key, one.before, one.after) for one in moves] == [
        ("east", MAINTENANCE, KEY),
        ("south", MAINTENANCE, MAINTENANCE),
    ]
    assert (moves[0].contribution, moves[0].days, moves[0].manager_changes) == (-50, 50, True)
    assert (moves[1].sales, moves[1].contribution, moves[1].manager_changes) == (10, None, False)


def test_account_of_one_side_only_is_no_move():
    assert account_moves(ACCOUNTS, [PortfolioAccount("new", KEY, Decimal(1))]) == ()
