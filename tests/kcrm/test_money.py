"""Ledger units hold amounts exactly and round once."""

from __future__ import annotations

from decimal import Decimal

import pytest

from kcrm.lib.money import (
    currency_digits,
    from_units,
    line_units,
    round_money,
    rounded_units,
    share,
    sum_units,
    to_units,
)


@pytest.mark.parametrize(
    ("amount", "units"),
    [
        ("1265793.0395", 12_657_930_395),
        (Decimal("0.00005"), 1),
        (Decimal("-0.00005"), -1),
        (Decimal("0.00004999"), 0),
        (7, 70_000),
        ("1E3", 10_000_000),
        ("922337203685477.5807", 2**63 - 1),
    ],
)
def test_an_amount_becomes_whole_units_rounded_half_away_from_zero(amount: str | int | Decimal, units: int) -> None:
    assert to_units(amount) == units


@pytest.mark.parametrize("amount", ["NaN", "Infinity", "abc", "", "1e999", "922337203685477.5808"])
def test_what_is_no_amount_is_refused(amount: str) -> None:
    with pytest.raises(ValueError, match=r"amount|large"):
        to_units(amount)


def test_a_float_is_refused() -> None:
    with pytest.raises(TypeError):
        to_units(0.1)  # type: ignore[arg-type]


def test_units_come_back_exactly() -> None:
    assert from_units(1_048_749_785) == Decimal("104874.9785")
    assert str(from_units(-5)) == "-0.0005"


def test_money_is_rounded_half_up_once() -> None:
    assert round_money(Decimal("2.345")) == Decimal("2.35")
    assert round_money(Decimal("-2.345")) == Decimal("-2.35")
    assert rounded_units(1_102_773_050) == Decimal("110277.31")
    assert round_money(Decimal("12.5"), 0) == Decimal(13)


def test_a_line_is_price_times_quantity_less_its_discount() -> None:
    assert line_units(Decimal("10.65"), Decimal(7), Decimal("0.15")) == (745_500, 633_675)
    assert line_units(Decimal("10"), Decimal(3), Decimal(0), Decimal("1.08555")) == (325_665, 325_665)


def test_a_share_of_nothing_is_not_defined() -> None:
    assert share(1, 0) is None
    assert share(1, 3) == Decimal("0.333333")


def test_unknown_units_add_nothing() -> None:
    assert sum_units([5, None, -2]) == 3


def test_currencies_have_their_own_number_of_decimals() -> None:
    assert [currency_digits(code) for code in ("USD", "JPY", "KWD")] == [2, 0, 3]
