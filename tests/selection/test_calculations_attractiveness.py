"""Rank, band and cut of attractiveness (M02)."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selection.calculations.attractiveness import CutBasis, attractiveness_ranking, axis_cut, near_the_cut
from selection.calculations.bands import Band
from selection.calculations.scoring import Factor, ScoreResult, weighted_score

FACTORS = [Factor("size", 60), Factor("payment", 40, minimum=3)]


def scored(value: float | None) -> ScoreResult:
    return weighted_score([Factor("all", 100)], {"all": value})


def ranking_of(*values: float | None):
    return attractiveness_ranking({f"c{place}": scored(value) for place, value in enumerate(values)})


def test_cut_is_the_median_of_eight_candidates():
    cut = axis_cut([2, 3, 4, 5, 6, 7, 8, 9])

    assert (cut.value, cut.basis, cut.candidates) == (5.5, CutBasis.MEDIAN, 8)
    assert axis_cut([7, 7, 7, 7, 8, 8, 8, 8]).value == 7.5


def test_cut_is_the_middle_of_the_scale_below_eight():
    cut = axis_cut([8, 8, 8, 8, 9, 9, 9])

    assert (cut.value, cut.basis, cut.candidates) == (5.5, CutBasis.MIDDLE_OF_SCALE, 7)


def test_cut_given_by_hand_goes_first():
    assert axis_cut([2] * 8, given=6).basis is CutBasis.GIVEN


def test_worked_figure_is_high_on_the_fixed_cut():
    ranking = ranking_of(6.85, 4.0)

    assert [(one.key, one.rank, one.band, one.high) for one in ranking.accounts] == [
        ("c0", 1, Band.MEDIUM, True),
        ("c1", 2, Band.LOW, False),
    ]


def test_score_at_the_cut_is_high():
    assert ranking_of(5.5).accounts[0].high is True


def test_provisional_and_knocked_out_accounts_have_no_rank_and_do_not_move_the_cut():
    results = {f"c{place}": scored(value) for place, value in enumerate([2, 3, 4, 5, 6, 7, 8])}
    results["thin"] = weighted_score(FACTORS, {"payment": 9})
    results["out"] = weighted_score(FACTORS, {"size": 10, "payment": 2})

    ranking = attractiveness_ranking(results)

    assert ranking.cut.candidates == 7
    assert [(one.key, one.rank, one.band, one.high) for one in ranking.accounts[-2:]] == [
        ("thin", None, None, None),
        ("out", None, None, None),
    ]
    assert ranking.accounts[-2].score == pytest.approx(9)


def test_equal_scores_share_a_rank():
    assert [one.rank for one in ranking_of(7, 8, 7, 5).accounts] == [1, 2, 2, 4]


def test_nobody_to_rank():
    assert attractiveness_ranking({}).accounts == ()


def test_near_the_cut_names_the_nearest_first():
    near = near_the_cut(ranking_of(9, 8, 7, 6, 5, 4, 3), count=2)

    assert [one.score for one in near.above] == [6, 7]
    assert [one.score for one in near.below] == [5, 4]
    assert near_the_cut(ranking_of(9, 2), count=0) == near_the_cut(ranking_of())


@given(st.lists(st.floats(min_value=1, max_value=10), min_size=8, max_size=30))
def test_the_median_leaves_at_least_half_on_the_high_side(values):
    ranking = ranking_of(*values)

    high = [one for one in ranking.accounts if one.high]
    assert len(high) >= len(values) / 2


@given(st.lists(st.floats(min_value=1, max_value=10), min_size=1, max_size=20), st.randoms())
def test_the_order_of_the_candidates_changes_neither_rank_nor_side(values, rng: random.Random):
    results = {str(place): scored(value) for place, value in enumerate(values)}
    shuffled = dict(rng.sample(list(results.items()), len(results)))

    def places(ranking):
        return {account.key: (account.rank, account.high, account.band) for account in ranking.accounts}

    assert places(attractiveness_ranking(shuffled)) == places(attractiveness_ranking(results))


@given(st.lists(st.floats(min_value=1, max_value=10), min_size=1, max_size=20), st.integers(0, 19))
def test_a_better_score_never_costs_places(values, place):
    place %= len(values)
    better = [*values]
    better[place] = 10.0

    before, after = ranking_of(*values), ranking_of(*better)

    def rank(ranking):
        return next(account.rank for account in ranking.accounts if account.key == f"c{place}")

    assert rank(after) <= rank(before)
