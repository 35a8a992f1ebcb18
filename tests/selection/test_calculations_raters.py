"""When raters must talk before anybody averages (M01)."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selection.calculations.raters import Rating, rater_spread


def spread_of(*scores: float | None):
    return rater_spread(Rating(f"rater {place}", "size", score) for place, score in enumerate(scores))


def test_nobody_scored():
    found = spread_of(None, None)

    assert (found.scores, found.mean, found.range, found.deviation, found.discuss) == ((), None, None, None, False)


def test_one_opinion_cannot_disagree():
    found = spread_of(7)

    assert (found.mean, found.range, found.deviation, found.discuss) == (7, None, None, False)


@pytest.mark.parametrize(
    ("scores", "discuss"),
    [
        ((5, 8), False),  # range 3, deviation exactly 1.5
        ((5, 9), True),  # range 4
        ((2, 5, 5, 5, 5, 5, 5, 6), True),  # range 4, though the deviation is only 1.09
        ((4, 4, 7, 7, 7.5), True),  # range 3.5, deviation 1.53
        ((4, 5, 6, 7), False),
    ],
)
def test_range_of_four_or_deviation_above_one_and_a_half_calls_for_a_discussion(scores, discuss):
    assert spread_of(*scores).discuss is discuss


def test_deviation_is_that_of_the_whole_panel():
    assert spread_of(2, 4, 4, 4, 5, 5, 7, 9).deviation == 2


def test_a_rater_scores_a_factor_once():
    with pytest.raises(ValueError, match="once"):
        rater_spread([Rating("li", "size", 3), Rating("li", "size", 4)])


@given(st.lists(st.integers(1, 10), min_size=1, max_size=8), st.randoms())
def test_the_order_of_the_raters_changes_nothing(scores, rng: random.Random):
    ratings = [Rating(str(place), "fit", score) for place, score in enumerate(scores)]

    assert rater_spread(rng.sample(ratings, len(ratings))) == rater_spread(ratings)
