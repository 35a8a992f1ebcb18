"""How much hangs on how few (M05)."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selection.calculations.concentration import (
    ConcentrationLevel,
    concentration,
    concentration_by_group,
    concentration_level,
)

WORKED = {"a": 22, "b": 15, "c": 10, "d": 8} | {f"small {number}": 1 for number in range(45)}

amounts = st.dictionaries(st.text(min_size=1, max_size=3), st.integers(1, 10**12), min_size=1, max_size=30)


def test_worked_figure():
    found = concentration(WORKED)

    assert found.hhi == pytest.approx(918)
    assert found.level is ConcentrationLevel.LOW
    assert (found.top_1, found.top_5, found.top_10) == pytest.approx((0.22, 0.56, 0.61))
    assert [(one.key, one.share) for one in found.large] == [("a", 0.22), ("b", 0.15), ("c", 0.10)]


@pytest.mark.parametrize(
    ("hhi", "level"),
    [
        (1499.9, ConcentrationLevel.LOW),
        (1500, ConcentrationLevel.MODERATE),
        (2500, ConcentrationLevel.MODERATE),
        (2500.1, ConcentrationLevel.HIGH),
        (None, None),
    ],
)
def test_level(hhi, level):
    assert concentration_level(hhi) is level


def test_one_customer_is_everything():
    found = concentration({"only": Decimal("123.45")})

    assert (found.hhi, found.top_1, found.top_10) == (10_000, 1, 1)


@pytest.mark.parametrize("sales", [{}, {"a": Decimal(0)}, {"a": Decimal(-5)}])
def test_nobody_buys_is_undefined(sales):
    found = concentration(sales)

    assert (found.top_1, found.hhi, found.level, found.shares) == (None, None, None, ())


def test_credit_notes_have_no_share():
    found = concentration({"a": Decimal(100), "b": Decimal(-50)})

    assert (found.top_1, found.total, found.left_out) == (1, 100, ("b",))


def test_spread_over_groups():
    found = concentration_by_group({"a": 40, "b": 30, "c": 20, "d": 10}, {"a": "EUR", "b": "CNY", "c": "CNY"})

    assert [(one.key, one.share) for one in found.shares] == [("CNY", 0.5), ("EUR", 0.4), ("", 0.1)]
    assert found.hhi == pytest.approx(4200)


@given(amounts, st.integers(2, 1000))
def test_the_currency_changes_nothing(sales, rate):
    plain, converted = concentration(sales), concentration({key: amount * rate for key, amount in sales.items()})

    assert converted.hhi == pytest.approx(plain.hhi)
    assert converted.top_5 == pytest.approx(plain.top_5)


@given(amounts)
def test_index_lies_between_equal_shares_and_one_customer(sales):
    assert 10_000 / len(sales) - 1e-6 <= concentration(sales).hhi <= 10_000 + 1e-6
