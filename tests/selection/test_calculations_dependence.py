"""Who needs whom (M13)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selection.calculations.dependence import (
    CustomerDependence,
    Dependence,
    OurDependence,
    PurchaseCategory,
    SupplierView,
    dependence_position,
    purchase_category,
    supplier_view,
)

four = st.lists(st.integers(1, 5), min_size=4, max_size=4)


def position(customer: tuple[int | None, ...], ours: tuple[int | None, ...]):
    return dependence_position(
        dict(zip(CustomerDependence, customer, strict=True)), dict(zip(OurDependence, ours, strict=True))
    )


@pytest.mark.parametrize(
    ("customer", "ours", "expected"),
    [
        ((4, 5, 3, 4), (5, 3, 4, 4), Dependence.INTERDEPENDENT),
        ((4, 5, 3, 4), (1, 2, 3, 2), Dependence.WE_LEAD),
        ((2, 1, 2, 3), (5, 3, 4, 4), Dependence.CAPTIVE_SUPPLIER),
        ((2, 1, 2, 3), (1, 2, 3, 2), Dependence.MARKET_EXCHANGE),
    ],
)
def test_four_positions(customer, ours, expected):
    assert position(customer, ours).position is expected


def test_means_are_kept():
    found = position((4, 5, 3, 4), (1, 2, 3, 2))

    assert (found.customer, found.ours) == (4, 2)


def test_mean_at_the_cut_counts_as_dependent():
    assert position((3, 3, 3, 3), (2, 3, 3, 3)).position is Dependence.WE_LEAD


def test_missing_answer_leaves_the_position_undefined():
    found = position((4, None, 3, 4), (1, 2, 3, 2))

    assert (found.customer, found.ours, found.position) == (None, 2, None)
    assert found.missing == ("need_for_our_knowledge",)


@pytest.mark.parametrize("answer", [0, 6])
def test_answer_off_the_scale_is_refused(answer):
    with pytest.raises(ValueError, match="between 1 and 5"):
        position((answer, 1, 1, 1), (1, 1, 1, 1))


@pytest.mark.parametrize(
    ("impact", "risk", "category"),
    [
        (4, 4, PurchaseCategory.STRATEGIC),
        (4, 2, PurchaseCategory.LEVERAGE),
        (2, 4, PurchaseCategory.BOTTLENECK),
        (2, 2, PurchaseCategory.ROUTINE),
        (3, 3, PurchaseCategory.STRATEGIC),
        (None, 3, None),
        (3, None, None),
    ],
)
def test_our_goods_in_the_buyers_portfolio(impact, risk, category):
    assert purchase_category(profit_impact=impact, supply_risk=risk) is category


@pytest.mark.parametrize(
    ("attractiveness", "value", "view"),
    [
        (4, 4, SupplierView.CORE),
        (4, 2, SupplierView.DEVELOPMENT),
        (2, 4, SupplierView.EXPLOITABLE),
        (2, 2, SupplierView.NUISANCE),
        (None, 4, None),
    ],
)
def test_the_buyer_in_our_portfolio(attractiveness, value, view):
    assert supplier_view(attractiveness=attractiveness, relative_value=value) is view


def test_figure_off_the_scale_is_refused():
    with pytest.raises(ValueError, match="between 1 and 5"):
        purchase_category(profit_impact=6, supply_risk=1)
    with pytest.raises(ValueError, match="between 1 and 5"):
        supplier_view(attractiveness=2, relative_value=0)


@given(four, four, st.integers(0, 3))
def test_a_higher_answer_never_lowers_the_dependence(customer, ours, place):
    higher = [*customer]
    higher[place] = 5

    assert position(tuple(higher), tuple(ours)).customer >= position(tuple(customer), tuple(ours)).customer


@given(four, four)
def test_the_two_sides_are_measured_alike(customer, ours):
    found, turned = position(tuple(customer), tuple(ours)), position(tuple(ours), tuple(customer))

    assert (found.customer, found.ours) == (turned.ours, turned.customer)
