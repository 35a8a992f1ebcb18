"""Is a set of factors fit to score with (M02)."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selection.calculations.factor_sets import (
    FactorDesign,
    FactorSetReason,
    Horizon,
    factor_set_check,
    overlaps,
    separations,
)


def set_of(*weights: float, past: int = 0) -> list[FactorDesign]:
    horizons = [Horizon.PAST_SALES] * past + [Horizon.FUTURE] * (len(weights) - past)
    return [FactorDesign(str(place), weight, horizons[place]) for place, weight in enumerate(weights)]


def codes(check) -> list[FactorSetReason]:
    return [found.code for found in check.reasons]


def test_six_factors_of_100_points_are_publishable_without_remark():
    check = factor_set_check(set_of(25, 20, 20, 15, 10, 10))

    assert check.publishable
    assert check.reasons == ()


@pytest.mark.parametrize(
    ("count", "publishable", "remarks"),
    [
        (3, False, [FactorSetReason.TOO_FEW]),
        (4, True, []),
        (7, True, [FactorSetReason.MORE_THAN_ADVISED]),
        (8, True, [FactorSetReason.MORE_THAN_ADVISED]),
        (9, False, [FactorSetReason.TOO_MANY]),
    ],
)
def test_number_of_factors(count, publishable, remarks):
    check = factor_set_check(set_of(100 - (count - 1), *[1] * (count - 1)))

    assert check.publishable is publishable
    assert codes(check) == remarks


def test_weights_that_do_not_total_100_are_not_published():
    check = factor_set_check(set_of(30, 30, 20, 10))

    assert not check.publishable
    assert codes(check) == [FactorSetReason.WEIGHTS_NOT_100]


def test_more_than_60_percent_on_past_sales_is_a_warning():
    at_limit = factor_set_check(set_of(40, 20, 20, 20, past=2))
    above = factor_set_check(set_of(41, 20, 20, 19, past=2))

    assert (at_limit.past_share, at_limit.reasons) == (pytest.approx(0.60), ())
    assert above.publishable
    assert codes(above) == [FactorSetReason.TOO_MUCH_PAST]


def test_no_weight_has_no_past_share():
    assert factor_set_check(set_of(0, 0, 0, 0)).past_share is None


def test_factor_with_a_deviation_below_1_separates_nobody():
    size, image, access, new = separations(
        {"size": [2, 5, 9, 4], "image": [5, 6, 5, 6], "access": [4, 6, None, None], "new": [7, None, None, None]}
    )

    assert (size.separates, image.separates) == (True, False)
    assert (image.mean, image.deviation) == (5.5, 0.5)
    assert (access.deviation, access.separates) == (1.0, True)
    assert (new.deviation, new.separates) == (None, None)


def test_factors_that_rise_together_overlap():
    volume = [1, 2, 3, 4, 5, 6, 7, 8]

    found = overlaps({"volume": volume, "value": [1, 2, 3, 4, 5, 6, 8, 7], "fit": volume[::-1]})

    assert [(pair.first, pair.second, pair.overlapping) for pair in found] == [
        ("volume", "value", True),
        ("volume", "fit", False),
        ("value", "fit", False),
    ]
    assert found[0].correlation == pytest.approx(0.9762, abs=1e-4)


def test_overlap_is_undefined_for_seven_customers_or_a_constant_factor():
    seven, constant = (
        overlaps({"a": [1, 2, 3, 4, 5, 6, 7, None], "b": [1, 2, 3, 4, 5, 6, 7, 8]})[0],
        overlaps({"a": [5] * 8, "b": [1, 2, 3, 4, 5, 6, 7, 8]})[0],
    )

    assert (seven.scored, seven.correlation, seven.overlapping) == (7, None, None)
    assert (constant.correlation, constant.overlapping) == (None, None)


@given(
    st.lists(st.integers(1, 10), min_size=8, max_size=12),
    st.lists(st.integers(1, 10), min_size=12, max_size=12),
    st.randoms(),
)
def test_the_order_of_the_customers_changes_neither_separation_nor_overlap(first, second, rng: random.Random):
    rows = list(zip(first, second, strict=False))
    shuffled = rng.sample(rows, len(rows))

    def columns(pairs):
        return {"a": [one for one, _ in pairs], "b": [two for _, two in pairs]}

    plain, other = overlaps(columns(rows)), overlaps(columns(shuffled))
    assert other[0].correlation == (None if plain[0].correlation is None else pytest.approx(plain[0].correlation))
    assert [one.separates for one in separations(columns(shuffled))] == [
        one.separates for one in separations(columns(rows))
    ]
