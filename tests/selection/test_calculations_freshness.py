"""Evidence ages by its half-life (A9)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selection.calculations.dates import age_in_months
from selection.calculations.freshness import (
    HALF_LIFE_MONTHS,
    Evidence,
    freshness,
    remaining_weight,
)

TODAY = date(2026, 7, 1)


def test_half_lives():
    assert HALF_LIFE_MONTHS == {
        Evidence.CUSTOMER_VIEW: 12,
        Evidence.ATTRACTIVENESS: 12,
        Evidence.PEOPLE_MAP: 6,
        Evidence.NEED: 12,
        Evidence.CREDIT_FILE: 12,
        Evidence.MARKET_MAP: 18,
    }


@pytest.mark.parametrize(("age", "weight"), [(0, 1), (6, 0.7071), (12, 0.5), (24, 0.25)])
def test_weight_halves_each_half_life(age, weight):
    assert remaining_weight(age, 12) == pytest.approx(weight, abs=1e-4)


def test_half_life_of_nothing_is_refused():
    with pytest.raises(ValueError, match="above zero"):
        remaining_weight(1, 0)


def test_a_year_is_twelve_months():
    assert age_in_months(TODAY - timedelta(days=365), TODAY) == pytest.approx(11.99, abs=0.01)


def test_observation_dated_ahead_is_new():
    assert age_in_months(date(2026, 7, 2), TODAY) == 0


def test_stale_weight_stands_beside_the_index():
    found = freshness(
        [(60, TODAY), (40, date(2025, 1, 1))], half_life_months=HALF_LIFE_MONTHS[Evidence.CUSTOMER_VIEW], today=TODAY
    )

    assert found.stale_share == pytest.approx(0.40)
    assert found.oldest_months == pytest.approx(17.94, abs=0.01)
    assert found.fresh_share == pytest.approx(0.6 + 0.4 * 0.3548, abs=1e-3)


def test_no_evidence_is_undefined():
    found = freshness([], half_life_months=12, today=TODAY)

    assert (found.fresh_share, found.stale_share, found.oldest_months) == (None, None, None)


@given(
    st.lists(st.tuples(st.floats(0.1, 100), st.integers(0, 2000)), min_size=1, max_size=12),
    st.sampled_from([0.01, 1000]),
)
def test_only_the_proportions_of_the_weights_count(rows, scale):
    def found(factor: float):
        pieces = [(weight * factor, TODAY - timedelta(days=days)) for weight, days in rows]
        return freshness(pieces, half_life_months=12, today=TODAY)

    assert found(scale).fresh_share == pytest.approx(found(1).fresh_share)
    assert found(scale).stale_share == pytest.approx(found(1).stale_share)


@given(st.lists(st.tuples(st.floats(0.1, 100), st.integers(0, 2000)), min_size=1, max_size=12), st.integers(0, 400))
def test_evidence_never_grows_fresher_by_waiting(rows, days):
    pieces = [(weight, TODAY - timedelta(days=age)) for weight, age in rows]

    now = freshness(pieces, half_life_months=12, today=TODAY)
    later = freshness(pieces, half_life_months=12, today=TODAY + timedelta(days=days))

    assert later.fresh_share <= now.fresh_share + 1e-9
    assert later.stale_share >= now.stale_share - 1e-9
