"""Measured figures become scores of 1-10."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selection.calculations.scales import Bands, Curve, place_scores, reference_curve

GROWTH = Curve(points=((-0.10, 1), (0.0, 4), (0.10, 7), (0.25, 10)))
SALES = Bands(below=1, steps=((100_000, 4), (500_000, 7), (1_000_000, 10)))


@pytest.mark.parametrize(
    ("growth", "score"), [(-0.5, 1), (-0.10, 1), (-0.05, 2.5), (0, 4), (0.04, 5.2), (0.25, 10), (3, 10)]
)
def test_curve_is_straight_between_points_and_level_beyond(growth, score):
    assert GROWTH.score(growth) == pytest.approx(score)


@pytest.mark.parametrize(
    ("sales", "score"), [(0, 1), (99_999.99, 1), (100_000, 4), (499_999, 4), (500_000, 7), (2_000_000, 10)]
)
def test_band_begins_at_its_edge(sales, score):
    assert SALES.score(sales) == score


@pytest.mark.parametrize("scale", [GROWTH, SALES])
@pytest.mark.parametrize("figure", [None, float("nan")])
def test_unknown_figure_has_no_score(scale, figure):
    assert scale.score(figure) is None


def test_curve_may_peak():
    dependence = Curve(points=((0, 2), (0.3, 10), (1, 1)))

    assert dependence.score(0.15) == pytest.approx(6)
    assert dependence.score(0.65) == pytest.approx(5.5)


@pytest.mark.parametrize("points", [((0, 1),), ((0, 1), (0, 10)), ((0, 0), (1, 10)), ((0, 1), (float("inf"), 10))])
def test_points_that_make_no_curve_are_refused(points):
    with pytest.raises(ValueError, match=r"curve"):
        Curve(points=points)


@pytest.mark.parametrize("steps", [((2, 4), (1, 7)), ((1, 11),), ((float("nan"), 4),)])
def test_edges_that_make_no_bands_are_refused(steps):
    with pytest.raises(ValueError, match=r"bands"):
        Bands(below=1, steps=steps)


def test_reference_curve_may_fall():
    days_late = reference_curve(worst=60, best=0)

    assert [days_late.score(days) for days in (0, 20, 60, 90)] == pytest.approx([10, 7, 1, 1])


def test_equal_references_are_refused():
    with pytest.raises(ValueError, match="differ"):
        reference_curve(worst=5, best=5)


def test_place_among_nine_is_spread_over_the_scale():
    assert place_scores([10, 20, 30, 40, 50, 60, 70, 80, 9_000]) == pytest.approx(
        [1, 2.125, 3.25, 4.375, 5.5, 6.625, 7.75, 8.875, 10]
    )


def test_equal_figures_share_their_place():
    assert place_scores([5] * 8) == [5.5] * 8


def test_less_can_be_better():
    assert place_scores(list(range(8)), more_is_better=False)[0] == 10


def test_place_among_fewer_than_eight_says_nothing():
    assert place_scores([1, 2, 3, 4, 5, 6, 7, None]) == [None] * 8


def test_unknown_figure_has_no_place():
    assert place_scores([1, 2, 3, 4, 5, 6, 7, 8, None])[-1] is None


@given(st.lists(st.none() | st.floats(min_value=-1e9, max_value=1e9), min_size=8, max_size=40))
def test_a_greater_figure_never_has_a_lower_score(figures):
    by_figure = sorted(
        (figure, score) for figure, score in zip(figures, place_scores(figures), strict=True) if score is not None
    )

    assert [score for _, score in by_figure] == sorted(score for _, score in by_figure)
    assert all(1 <= score <= 10 for _, score in by_figure)
