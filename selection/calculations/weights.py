"""Weights of a set of factors: whole points that total 100, and the button that makes them total 100 (M01)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

FULL_POINTS = 100


@dataclass(frozen=True, slots=True)
class WeightCheck:
    """Whether a set of weights may be used: its total and the points that it lacks (negative: that it has too many)."""

    total: float
    missing: float
    negative: tuple[str, ...]
    complete: bool


def weight_check(weights: Mapping[str, float]) -> WeightCheck:
    """Checks that the points of a factor set total 100 and that none is negative (M01)."""
    total = math.fsum(weights.values())
    missing = FULL_POINTS - total
    negative = tuple(key for key, weight in weights.items() if weight < 0)
    return WeightCheck(total=total, missing=missing, negative=negative, complete=not missing and not negative)


def points_of_100(weights: Mapping[str, float]) -> dict[str, int] | None:
    """Turns any weights into whole points that total exactly 100, by largest remainder.

    The proportions are kept to within one point; of equal remainders the earlier factor gets the point. None where
    there is no weight at all. Raises ValueError for a negative weight or one that is not finite.
    """
    if any(weight < 0 or not math.isfinite(weight) for weight in weights.values()):
        raise ValueError("a weight is a finite number and never negative")
    exact = {key: Fraction(weight) for key, weight in weights.items()}
    total = sum(exact.values())
    if not total:
        return None
    shares = {key: weight * FULL_POINTS / total for key, weight in exact.items()}
    points = {key: math.floor(share) for key, share in shares.items()}
    left = FULL_POINTS - sum(points.values())
    for key in sorted(shares, key=lambda key: points[key] - shares[key])[:left]:
        points[key] += 1
    return points
