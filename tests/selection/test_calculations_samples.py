"""Small samples: undefined rather than zero."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selection.calculations.figures import clamp, exceeds, ratio, reaches
from selection.calculations.samples import correlation, mean, median, quantile, ranks, spread


def test_nothing_has_no_mean_spread_or_quantile():
    assert (mean([]), spread([]), spread([3]), quantile([], 0.5)) == (None, None, None, None)


def test_median_needs_eight():
    assert median([1, 2, 3, 4, 5, 6, 7]) is None
    assert median([1, 2, 3, 4, 5, 6, 7, 8]) == 4.5


def test_correlation_needs_eight_pairs_that_vary():
    rising = [(place, 2 * place) for place in range(8)]

    assert correlation(rising) == pytest.approx(1)
    assert correlation(rising[:7]) is None
    assert correlation([(place, 5) for place in range(8)]) is None


def test_quantiles_are_interpolated():
    assert [quantile([1, 2, 3, 4], share) for share in (0, 0.5, 0.9, 1)] == pytest.approx([1, 2.5, 3.7, 4])


def test_equal_values_share_the_better_rank():
    assert ranks([7, None, 9, 7, 1]) == [2, None, 1, 2, 4]


def test_rounding_errors_do_not_part_equal_values():
    assert ranks([0.3, 0.1 + 0.2]) == [1, 1]


def test_cuts_forgive_the_last_bits():
    assert reaches(0.1 + 0.7, 0.8)
    assert not exceeds(0.1 + 0.2, 0.3)


def test_ratio_to_nothing_is_undefined():
    assert ratio(5, 0) is None
    assert ratio(1, 4) == 0.25


def test_clamp_bounds_both_ends():
    assert [clamp(value, 0, 100) for value in (-1, 50, 101)] == [0, 50, 100]


@given(st.lists(st.none() | st.integers(-50, 50), max_size=30))
def test_rank_counts_the_better_ones(values):
    known = [value for value in values if value is not None]

    assert ranks(values) == [None if value is None else 1 + sum(other > value for other in known) for value in values]
