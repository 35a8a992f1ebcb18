"""Quadrants, bubbles and the policies that go with them (M04)."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selection.calculations.explanation import as_data
from selection.calculations.policies import DEFAULT_POLICIES, PlanDepth, PriceRule
from selection.calculations.quadrants import PRIORITY, Quadrant, bubble, is_strong, quadrant_of
from selection.calculations.selling_modes import MODE_OF_QUADRANT


@pytest.mark.parametrize(
    ("high", "strong", "quadrant"),
    [
        (True, True, Quadrant.KEY),
        (True, False, Quadrant.KEY_DEVELOPMENT),
        (False, True, Quadrant.MAINTENANCE),
        (False, False, Quadrant.OPPORTUNISTIC),
        (None, True, None),
        (True, None, None),
    ],
)
def test_quadrant(high, strong, quadrant):
    assert quadrant_of(high=high, strong=strong) is quadrant


@pytest.mark.parametrize(("ratio", "strong"), [(None, None), (0.999, False), (1.0, True), (1.0214, True)])
def test_level_is_strong(ratio, strong):
    assert is_strong(ratio) is strong


def test_bubble_areas_follow_sales():
    found = bubble(available=Decimal(250_000), current=Decimal(62_500), largest=Decimal(1_000_000))

    assert (found.radius, found.ring, found.overfull) == (0.5, 0.5, False)


def test_current_sales_above_the_available_ones_fill_the_bubble_and_are_flagged():
    found = bubble(available=Decimal(100), current=Decimal(150), largest=Decimal(100))

    assert (found.radius, found.ring, found.overfull) == (1, 1, True)


@pytest.mark.parametrize(("available", "current"), [(None, Decimal(5)), (Decimal(0), Decimal(5))])
def test_unknown_sales_have_no_bubble(available, current):
    found = bubble(available=available, current=current, largest=Decimal(100))

    assert (found.radius, found.ring) == (None, None)


def test_credit_notes_above_sales_leave_an_empty_ring():
    assert bubble(available=Decimal(100), current=Decimal(-5), largest=Decimal(100)).ring == 0


def test_priority_runs_from_key_to_opportunistic():
    assert [PRIORITY[quadrant] for quadrant in Quadrant] == [1, 2, 3, 4]


def test_default_policies_of_every_quadrant():
    policies = [DEFAULT_POLICIES[quadrant] for quadrant in Quadrant]

    assert [policy.quadrant for policy in policies] == list(Quadrant)
    assert [policy.cost_to_serve_cap for policy in policies] == [0.18, 0.25, 0.10, 0.06]
    assert [policy.cap_quarters for policy in policies] == [None, 4, None, None]
    assert [policy.contacts_a_year for policy in policies] == [52, None, 4, None]
    assert [policy.steering_meetings_a_year for policy in policies] == [12, None, None, None]
    assert [policy.reviews_a_year for policy in policies] == [4, 12, 1, 0]
    assert [policy.plan for policy in policies] == [
        PlanDepth.FULL,
        PlanDepth.PROJECT,
        PlanDepth.ONE_PAGE,
        PlanDepth.NONE,
    ]
    assert [policy.price for policy in policies] == [
        PriceRule.VALUE,
        PriceRule.INVESTMENT_WITH_END_DATE,
        PriceRule.HOLD,
        PriceRule.LIST,
    ]
    assert [policy.owner_load_limit for policy in policies] == [4, 4, None, None]


def test_policies_and_modes_agree():
    assert {quadrant: policy.mode for quadrant, policy in DEFAULT_POLICIES.items()} == MODE_OF_QUADRANT


def test_policies_can_be_stored():
    assert as_data(DEFAULT_POLICIES)["key"]["plan"] == "full"


@given(st.integers(0, 10**9), st.integers(1, 10**9), st.integers(1, 10**9), st.integers(1, 1000))
def test_neither_the_currency_nor_more_sales_shrinks_a_bubble(current, available, more, rate):
    largest = available + more

    plain = bubble(available=available, current=current, largest=largest)
    converted = bubble(available=available * rate, current=current * rate, largest=largest * rate)
    larger = bubble(available=largest, current=current, largest=largest)

    assert (converted.radius, converted.ring) == (pytest.approx(plain.radius), pytest.approx(plain.ring))
    assert larger.radius >= plain.radius
