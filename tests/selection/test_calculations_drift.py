"""When a decision has to be looked at again."""

from __future__ import annotations

from datetime import date

import pytest

from selection.calculations.drift import (
    DevelopmentVerdict,
    DriftReason,
    MatrixPosition,
    ReviewCadence,
    development_verdict,
    drift,
    override_count,
    review_due,
)
from selection.calculations.quadrants import Quadrant

BEFORE = MatrixPosition(6.85, 0.15, Quadrant.KEY)
TODAY = date(2026, 7, 1)


@pytest.mark.parametrize(
    ("after", "codes"),
    [
        (MatrixPosition(7.34, -0.34, Quadrant.KEY), []),
        (MatrixPosition(7.35, 0.15, Quadrant.KEY), [DriftReason.ATTRACTIVENESS_MOVED]),
        (
            MatrixPosition(6.85, -0.35, Quadrant.KEY_DEVELOPMENT),
            [DriftReason.STRENGTH_MOVED, DriftReason.QUADRANT_CHANGED],
        ),
        (MatrixPosition(6.85, None, None), [DriftReason.STRENGTH_LOST]),
    ],
)
def test_half_a_point_or_another_quadrant_calls_for_a_review(after, codes):
    assert [found.code for found in drift(BEFORE, after)] == codes


def test_first_position_is_no_drift():
    assert drift(MatrixPosition(None, None, None), BEFORE) == ()


@pytest.mark.parametrize(
    ("ratios", "verdict"),
    [
        ([0.90, 0.91, 0.92, 0.93, 0.95], DevelopmentVerdict.GO_ON),
        ([0.90, 0.91, 0.92, 0.93, 0.949], DevelopmentVerdict.DECIDE_AGAIN),
        ([0.80, 0.90, 0.90, 0.90, 0.90, 0.90], DevelopmentVerdict.DECIDE_AGAIN),
        ([0.90, 1.0], DevelopmentVerdict.ARRIVED),
        ([0.90, 0.91, 0.92, 0.93], None),
        ([None, 0.91, 0.92, 0.93, 0.99], None),
        ([], None),
    ],
)
def test_development_has_four_quarters(ratios, verdict):
    assert development_verdict(ratios) is verdict


def test_override_holds_on_its_day_of_expiry():
    count = override_count([date(2026, 7, 1), date(2026, 6, 30), date(2027, 1, 1)], decided=10, today=TODAY)

    assert (count.active, count.expired, count.share, count.too_many) == (2, 1, 0.2, False)


def test_more_than_a_fifth_by_hand_is_too_many():
    assert override_count([date(2027, 1, 1)] * 3, decided=14, today=TODAY).too_many


def test_nothing_decided_has_no_share():
    assert override_count([], decided=0, today=TODAY).share is None


@pytest.mark.parametrize(
    ("last_on", "cadence", "due"),
    [
        (None, ReviewCadence.KAISM, True),
        (date(2025, 7, 1), ReviewCadence.KAISM, True),
        (date(2025, 7, 2), ReviewCadence.KAISM, False),
        (date(2026, 4, 1), ReviewCadence.NINE_CELL, True),
        (date(2026, 4, 2), ReviewCadence.PLAN, False),
    ],
)
def test_regular_reviews(last_on, cadence, due):
    assert review_due(last_on, cadence=cadence, today=TODAY) is due
