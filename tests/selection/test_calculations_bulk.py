"""The numpy twin and the pure functions give the same figures."""

from __future__ import annotations

import math
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from selection.calculations.bands import index_band
from selection.calculations.bulk import (
    BANDS,
    TIERS,
    band_scores,
    bulk_place_scores,
    bulk_ranks,
    bulk_regularity,
    bulk_scores,
    bulk_tiers,
    curve_scores,
)
from selection.calculations.ledger_metrics import order_intervals, order_regularity
from selection.calculations.samples import ranks
from selection.calculations.scales import Bands, Curve, place_scores
from selection.calculations.scoring import Factor, weighted_score
from selection.calculations.tiers import TierCandidate, TierCuts, tier_pyramid

NAN = float("nan")
score_or_nan = st.one_of(st.just(NAN), st.integers(1, 10).map(float), st.floats(min_value=1, max_value=10))


def known(value: float) -> float | None:
    return None if math.isnan(value) else float(value)


def nan_for_none(values) -> list[float]:
    return [NAN if value is None else value for value in values]


@given(
    data=st.data(),
    weights=st.lists(st.integers(0, 100), min_size=1, max_size=12),
    customers=st.integers(min_value=1, max_value=20),
)
def test_random_rows_score_the_same_in_both_engines(data, weights, customers):
    shape = (customers, len(weights))
    scores = data.draw(arrays.arrays(np.float64, shape, elements=score_or_nan))
    minimums = data.draw(arrays.arrays(np.float64, len(weights), elements=st.sampled_from([NAN, NAN, NAN, 3, 5.5])))
    factors = [
        Factor(str(place), weight, known(minimum))
        for place, (weight, minimum) in enumerate(zip(weights, minimums, strict=True))
    ]

    bulk = bulk_scores(scores, np.array(weights, dtype=np.float64), minimums)

    pure = [weighted_score(factors, {str(place): known(score) for place, score in enumerate(row)}) for row in scores]
    assert bulk.score == pytest.approx(nan_for_none(one.score for one in pure), nan_ok=True)
    assert bulk.index == pytest.approx(nan_for_none(one.index for one in pure), nan_ok=True)
    assert bulk.coverage == pytest.approx(nan_for_none(one.coverage for one in pure), nan_ok=True)
    assert bulk.provisional.tolist() == [one.provisional for one in pure]
    assert bulk.knocked_out.tolist() == [one.knocked_out for one in pure]
    assert bulk.rank.tolist() == [
        place or 0 for place in ranks([one.score if one.classifiable else None for one in pure])
    ]
    assert bulk.band.tolist() == [BANDS.index(index_band(one.index)) if one.classifiable else -1 for one in pure]


def test_100000_customers_on_12_factors_agree_on_a_sample():
    rng = np.random.default_rng(12)
    scores = rng.integers(1, 11, size=(100_000, 12)).astype(np.float64)
    scores[rng.random(scores.shape) < 0.2] = NAN
    weights = np.array([15, 15, 12, 10, 10, 8, 8, 6, 6, 4, 3, 3], dtype=np.float64)
    factors = [Factor(str(place), weight) for place, weight in enumerate(weights)]

    bulk = bulk_scores(scores, weights)

    sample = range(0, 100_000, 997)
    pure = [weighted_score(factors, {str(at): known(score) for at, score in enumerate(scores[row])}) for row in sample]
    assert bulk.score[list(sample)] == pytest.approx(nan_for_none(one.score for one in pure), nan_ok=True)
    assert bulk.provisional[list(sample)].tolist() == [one.provisional for one in pure]
    assert bulk.rank.max() <= np.count_nonzero(bulk.rank)


def test_worked_figure_of_attractiveness():
    bulk = bulk_scores(np.array([[8.0, 7, 6, 9, 4, 5]]), np.array([25.0, 20, 20, 15, 10, 10]))

    assert bulk.score.tolist() == pytest.approx([6.85])
    assert (bulk.rank.tolist(), bulk.band.tolist()) == ([1], [1])


def test_nothing_scored_is_undefined_not_zero():
    bulk = bulk_scores(np.array([[NAN, NAN]]), np.array([0.1, 0.7]))

    assert np.isnan(bulk.score).all()
    assert (bulk.coverage.tolist(), bulk.rank.tolist(), bulk.band.tolist()) == ([0], [0], [-1])


def test_no_customers_is_no_error():
    assert bulk_scores(np.empty((0, 2)), np.array([50.0, 50])).score.shape == (0,)


@pytest.mark.parametrize(
    ("scores", "weights"),
    [([[5.0, 5]], [100.0]), ([5.0], [100.0]), ([[11.0]], [100.0]), ([[5.0]], [-1.0]), ([[5.0]], [math.inf])],
)
def test_what_the_pure_engine_refuses_is_refused(scores, weights):
    with pytest.raises(ValueError, match=r"score|weight"):
        bulk_scores(np.array(scores), np.array(weights))


@given(arrays.arrays(np.float64, st.integers(0, 40), elements=score_or_nan))
def test_ranks_agree(values):
    assert bulk_ranks(values).tolist() == [place or 0 for place in ranks([known(value) for value in values])]


@given(arrays.arrays(np.float64, st.integers(0, 40), elements=st.one_of(st.just(NAN), st.floats(-2, 2))))
def test_curves_bands_and_places_agree(figures):
    curve = Curve(points=((-0.5, 1), (0, 4), (0.25, 10), (1, 6)))
    bands = Bands(below=1, steps=((-0.25, 4), (0, 7), (1, 10)))
    pure = [known(figure) for figure in figures]

    assert curve_scores(curve, figures) == pytest.approx(nan_for_none(map(curve.score, pure)), nan_ok=True)
    assert band_scores(bands, figures) == pytest.approx(nan_for_none(map(bands.score, pure)), nan_ok=True)
    assert bulk_place_scores(figures) == pytest.approx(nan_for_none(place_scores(pure)), nan_ok=True)
    assert bulk_place_scores(figures, more_is_better=False) == pytest.approx(
        nan_for_none(place_scores(pure, more_is_better=False)), nan_ok=True
    )


@given(
    customers=st.lists(st.tuples(st.one_of(st.none(), st.integers(-50, 50)), st.booleans()), max_size=40),
    cuts=st.sampled_from([TierCuts(), TierCuts(0.1, 0.5), TierCuts(0.3, 0.31)]),
)
def test_both_pyramids_place_customers_alike(customers, cuts):
    pure = tier_pyramid([TierCandidate(str(at), amount, once) for at, (amount, once) in enumerate(customers)], cuts)

    bulk = bulk_tiers(
        np.array(nan_for_none(amount for amount, _once in customers), dtype=np.float64),
        np.array([once for _amount, once in customers], dtype=np.bool_),
        cuts,
    )

    wanted = {int(place.key): place.tier for place in pure.places}
    assert [None if code < 0 else TIERS[code] for code in bulk.tolist()] == [wanted[at] for at in range(len(customers))]


@given(histories=st.lists(st.lists(st.integers(0, 900), max_size=12), min_size=1, max_size=10))
def test_both_ways_find_the_same_rhythm(histories):
    dates = [[date(2024, 1, 1) + timedelta(days=day) for day in days] for days in histories]
    intervals = [order_intervals(days) for days in dates]

    bulk = bulk_regularity(
        np.array([len(one) for one in intervals], dtype=np.float64),
        np.array([sum(one) for one in intervals], dtype=np.float64),
        np.array([sum(gap * gap for gap in one) for one in intervals], dtype=np.float64),
    )

    assert bulk == pytest.approx(nan_for_none(order_regularity(days) for days in dates), nan_ok=True, abs=1e-7)
