"""Weights total 100, or are made to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selection.calculations.weights import points_of_100, weight_check


def test_weights_that_total_100_are_complete():
    assert weight_check({"size": 60, "growth": 40}).complete


def test_missing_and_surplus_points_are_named():
    assert weight_check({"size": 60, "growth": 30}).missing == 10
    assert weight_check({"size": 60, "growth": 50}).missing == -10


def test_negative_weight_is_never_complete():
    check = weight_check({"size": 110, "growth": -10})

    assert not check.complete
    assert check.negative == ("growth",)


def test_thirds_become_34_33_33():
    assert points_of_100({"a": 1, "b": 1, "c": 1}) == {"a": 34, "b": 33, "c": 33}


def test_points_that_total_90_are_stretched():
    assert points_of_100({"a": 45, "b": 27, "c": 18}) == {"a": 50, "b": 30, "c": 20}


def test_no_weight_is_undefined():
    assert points_of_100({}) is None
    assert points_of_100({"a": 0, "b": 0}) is None


@pytest.mark.parametrize("weight", [-1, float("inf"), float("nan")])
def test_weight_that_is_no_weight_is_refused(weight):
    with pytest.raises(ValueError, match="finite"):
        points_of_100({"a": weight})


@given(st.dictionaries(st.text(min_size=1), st.floats(min_value=0.01, max_value=1e6), min_size=1, max_size=12))
def test_points_total_100_and_stay_within_one_of_the_exact_share(weights):
    points = points_of_100(weights)

    total = sum(weights.values())
    assert sum(points.values()) == 100
    assert all(abs(points[key] - weight / total * 100) < 1 + 1e-9 for key, weight in weights.items())


@given(st.lists(st.integers(1, 1000), min_size=1, max_size=8), st.sampled_from([2, 10, 1000]))
def test_scaled_weights_give_the_same_points(weights, scale):
    plain = {str(place): weight for place, weight in enumerate(weights)}

    assert points_of_100({key: weight * scale for key, weight in plain.items()}) == points_of_100(plain)
