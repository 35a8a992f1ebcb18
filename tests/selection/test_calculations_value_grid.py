"""What a customer is worth today and could be worth (M14)."""

from __future__ import annotations

import random
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selection.calculations.value_grid import ValuePosition, potential_value, value_grid

EIGHT = {str(place): (Decimal(place), Decimal(10 - place)) for place in range(1, 9)}


def test_potential_adds_up_its_parts():
    found = potential_value(
        category_spend=Decimal(1_000_000),
        our_sales=Decimal(400_000),
        margin=Decimal("0.25"),
        growth=Decimal(20_000),
        reference=Decimal(5_000),
    )

    assert (found.wallet_gap, found.total) == (150_000, 175_000)


def test_customer_that_buys_all_from_us_has_no_gap():
    found = potential_value(category_spend=Decimal(100), our_sales=Decimal(120), margin=Decimal("0.25"))

    assert (found.wallet_gap, found.total) == (0, 0)


def test_unknown_spend_leaves_the_potential_undefined():
    found = potential_value(category_spend=None, our_sales=Decimal(1), margin=Decimal(1), growth=Decimal(5))

    assert (found.wallet_gap, found.total) == (None, None)


def test_eight_customers_are_cut_at_the_medians():
    grid = value_grid(EIGHT)

    assert (grid.current_cut, grid.potential_cut) == (Decimal("4.5"), Decimal("5.5"))
    assert dict(grid.positions)["8"] is ValuePosition.PROTECT
    assert dict(grid.positions)["1"] is ValuePosition.DEVELOP


def test_seven_customers_have_no_median_and_no_position():
    grid = value_grid({key: value for key, value in EIGHT.items() if key != "8"})

    assert grid.current_cut is None
    assert {position for _, position in grid.positions} == {None}


@pytest.mark.parametrize(
    ("current", "potential", "position"),
    [
        (10, 10, ValuePosition.KEEP_AND_GROW),
        (10, 9, ValuePosition.PROTECT),
        (9, 10, ValuePosition.DEVELOP),
        (9, 9, ValuePosition.LIMIT),
        (None, 9, None),
        (9, None, None),
    ],
)
def test_position_by_given_cuts(current, potential, position):
    value = tuple(None if amount is None else Decimal(amount) for amount in (current, potential))

    grid = value_grid({"one": value}, current_cut=Decimal(10), potential_cut=Decimal(10))

    assert grid.positions == (("one", position),)


def test_odd_number_has_its_middle_value_as_median():
    grid = value_grid(EIGHT | {"9": (Decimal(9), Decimal(1))})

    assert grid.current_cut == 5


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 10**6))
def test_more_spent_elsewhere_is_never_less_potential(spend, more, ours):
    def total(category_spend: int) -> Decimal:
        found = potential_value(
            category_spend=Decimal(category_spend), our_sales=Decimal(ours), margin=Decimal("0.25")
        ).total
        assert found is not None
        return found

    assert total(spend + more) >= total(spend)


@given(st.lists(st.tuples(st.integers(0, 100), st.integers(0, 100)), min_size=8, max_size=20), st.randoms())
def test_the_order_of_the_customers_changes_no_position(rows, rng: random.Random):
    values = {str(place): (Decimal(one), Decimal(two)) for place, (one, two) in enumerate(rows)}
    shuffled = dict(rng.sample(list(values.items()), len(values)))

    assert dict(value_grid(shuffled).positions) == dict(value_grid(values).positions)
