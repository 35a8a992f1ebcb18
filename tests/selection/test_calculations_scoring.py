"""The weighted score: worked figures of M01 and M02, coverage, knock-outs, panels."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selection.calculations.raters import Rating
from selection.calculations.scoring import (
    Factor,
    ScoreReason,
    ScoreSource,
    index_of_100,
    panel_score,
    weighted_score,
)

SIX = [Factor(key, weight) for key, weight in zip("abcdef", (25, 20, 20, 15, 10, 10), strict=True)]
SIX_SCORES = dict(zip("abcdef", (8, 7, 6, 9, 4, 5), strict=True))

points = st.integers(min_value=1, max_value=100)
scores = st.floats(min_value=1, max_value=10)
rows = st.lists(st.tuples(points, st.none() | scores), min_size=1, max_size=12)


def factors_of(row: list[tuple[int, float | None]], scale: float = 1) -> list[Factor]:
    return [Factor(str(place), weight * scale) for place, (weight, _) in enumerate(row)]


def scores_of(row: list[tuple[int, float | None]]) -> dict[str, float | None]:
    return {str(place): score for place, (_, score) in enumerate(row)}


def test_worked_figure_of_attractiveness():
    result = weighted_score(SIX, SIX_SCORES)

    assert result.score == pytest.approx(6.85)
    assert result.index == pytest.approx(65.0)
    assert result.coverage == 1.0
    assert result.classifiable
    assert [part.contribution for part in result.factors] == pytest.approx([2.0, 1.4, 1.2, 1.35, 0.4, 0.5])


def test_index_runs_from_0_to_100():
    assert [index_of_100(score) for score in (1, 5.5, 10)] == [0, 50, 100]


def test_unscored_factors_leave_the_score_and_lower_the_coverage():
    result = weighted_score(SIX, SIX_SCORES | {"e": None, "f": None})

    assert result.score == pytest.approx(595 / 80)
    assert result.coverage == pytest.approx(0.80)
    assert not result.provisional
    assert result.factors[4].contribution is None


def test_coverage_of_exactly_70_percent_is_not_provisional():
    result = weighted_score(SIX, {"a": 8, "b": 7, "d": 9, "f": 5})

    assert result.coverage == pytest.approx(0.70)
    assert not result.provisional


def test_coverage_below_70_percent_is_provisional_and_not_classified():
    result = weighted_score(SIX, {"a": 8, "b": 7, "c": 6})

    assert result.score == pytest.approx(460 / 65)
    assert result.provisional
    assert not result.classifiable
    assert [(found.code, found.figure("coverage")) for found in result.reasons] == [
        (ScoreReason.LOW_COVERAGE, pytest.approx(0.65))
    ]


def test_nothing_scored_is_undefined_not_zero():
    result = weighted_score(SIX, {})

    assert (result.score, result.index, result.coverage) == (None, None, 0)
    assert result.provisional
    assert [found.code for found in result.reasons] == [ScoreReason.NOTHING_SCORED]


def test_no_weight_is_undefined():
    result = weighted_score([Factor("a", 0)], {"a": 5})

    assert (result.score, result.coverage) == (None, None)
    assert [found.code for found in result.reasons] == [ScoreReason.NO_WEIGHT]


def test_critical_factor_below_its_minimum_knocks_out_whatever_the_total():
    factors = [Factor("size", 90), Factor("payment", 10, minimum=4)]

    result = weighted_score(factors, {"size": 10, "payment": 3})

    assert result.score == pytest.approx(9.3)
    assert result.knocked_out
    assert not result.classifiable
    assert [(found.code, found.subject) for found in result.reasons] == [(ScoreReason.BELOW_MINIMUM, "payment")]


def test_critical_factor_at_its_minimum_stays_in():
    result = weighted_score([Factor("payment", 10, minimum=4)], {"payment": 4})

    assert not result.knocked_out


def test_unscored_critical_factor_makes_the_result_provisional():
    result = weighted_score([Factor("size", 90), Factor("payment", 10, minimum=4)], {"size": 10})

    assert result.coverage == pytest.approx(0.9)
    assert result.provisional
    assert not result.knocked_out
    assert [found.code for found in result.reasons] == [ScoreReason.KNOCK_OUT_OPEN]


@pytest.mark.parametrize("score", [0.99, 10.01, float("nan")])
def test_score_off_the_scale_is_refused(score):
    with pytest.raises(ValueError, match="between 1 and 10"):
        weighted_score([Factor("a", 1)], {"a": score})


def test_score_of_a_factor_outside_the_set_is_refused():
    with pytest.raises(ValueError, match="not in the factor set: b"):
        weighted_score([Factor("a", 1)], {"b": 5})


def test_factor_named_twice_is_refused():
    with pytest.raises(ValueError, match="once"):
        weighted_score([Factor("a", 1), Factor("a", 2)], {"a": 5})


def test_negative_weight_is_refused():
    with pytest.raises(ValueError, match="never negative"):
        weighted_score([Factor("a", -1)], {"a": 5})


def test_panel_counts_with_its_mean_and_keeps_each_raters_row():
    ratings = [Rating("li", "a", 6), Rating("anna", "a", 8), Rating("li", "b", 5), Rating("anna", "b", None)]

    result = panel_score([Factor("a", 50), Factor("b", 50)], ratings)

    first, second = result.factors
    assert result.score == pytest.approx(6.0)
    assert (first.score, first.source) == (7, ScoreSource.PANEL_MEAN)
    assert first.spread.scores == (("anna", 8), ("li", 6))
    assert (first.spread.range, first.spread.deviation) == (2, 1)
    assert (second.spread.range, second.spread.deviation) == (None, None)


def test_disagreement_is_named_until_there_is_a_consensus():
    factors = [Factor("a", 100)]
    ratings = [Rating("li", "a", 3), Rating("anna", "a", 8)]

    before = panel_score(factors, ratings)
    after = panel_score(factors, ratings, consensus={"a": 6})

    assert [(found.code, found.subject) for found in before.reasons] == [(ScoreReason.DISCUSS, "a")]
    assert before.score == pytest.approx(5.5)
    assert after.reasons == ()
    assert (after.score, after.factors[0].source) == (6, ScoreSource.CONSENSUS)
    assert after.factors[0].spread.mean == pytest.approx(5.5)


def test_consensus_off_the_scale_is_refused():
    with pytest.raises(ValueError, match="between 1 and 10"):
        panel_score([Factor("a", 1)], [], consensus={"a": 11})


@given(rows, st.sampled_from([0.001, 0.5, 3, 1000]))
def test_only_the_proportions_of_the_weights_count(row, scale):
    plain = weighted_score(factors_of(row), scores_of(row))
    scaled = weighted_score(factors_of(row, scale), scores_of(row))

    assert scaled.score == pytest.approx(plain.score)
    assert scaled.coverage == pytest.approx(plain.coverage)
    assert scaled.provisional == plain.provisional


@given(rows, st.data())
def test_a_better_score_never_lowers_the_total(row, data):
    place = data.draw(st.integers(min_value=0, max_value=len(row) - 1))
    before = scores_of(row) | {str(place): data.draw(scores)}
    after = before | {str(place): data.draw(st.floats(min_value=before[str(place)], max_value=10))}

    low = weighted_score(factors_of(row), before).score
    high = weighted_score(factors_of(row), after).score

    assert high >= low - 1e-9


@given(rows)
def test_score_stays_between_its_lowest_and_highest_factor(row):
    known = [score for _, score in row if score is not None]

    result = weighted_score(factors_of(row), scores_of(row)).score

    assert (result is None) == (not known)
    assert all(min(known) - 1e-9 <= result <= max(known) + 1e-9 for _ in known[:1])


@given(rows)
def test_contributions_add_up_to_the_score(row):
    result = weighted_score(factors_of(row), scores_of(row))

    assert sum(part.contribution or 0 for part in result.factors) == pytest.approx(result.score or 0)


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(1, 10)), min_size=1, max_size=15), st.randoms())
def test_the_order_of_the_raters_changes_nothing(given_scores, rng: random.Random):
    factors = [Factor(key, weight) for key, weight in zip("abc", (50, 30, 20), strict=True)]
    ratings = [Rating(f"rater {place}", key, score) for place, (key, score) in enumerate(given_scores)]
    shuffled = rng.sample(ratings, len(ratings))

    assert panel_score(factors, shuffled) == panel_score(factors, ratings)
