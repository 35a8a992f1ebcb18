"""Figures of a small sample: mean, spread, median, correlation, rank; None where the sample is too small."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence

from selection.calculations.figures import TOLERANCE

SMALLEST_FOR_MEDIAN = 8
"""Below eight accounts a median says nothing, and neither does a correlation (A9, small numbers)."""

RANK_DECIMALS = 9
"""Scores that agree to nine decimals share a rank, in the pure functions and in their numpy twin alike."""


def mean(values: Sequence[float]) -> float | None:
    """Gives the arithmetic mean; None of nothing."""
    return math.fsum(values) / len(values) if values else None


def spread(values: Sequence[float]) -> float | None:
    """Gives the standard deviation of a whole population (divided by n); None below two values.

    Those scored are all there are, not a sample of more: the divisor is n and not n - 1.
    """
    return statistics.pstdev(values) if len(values) > 1 else None


def median(values: Sequence[float], *, smallest: int = SMALLEST_FOR_MEDIAN) -> float | None:
    """Gives the median; None where there are fewer values than ``smallest``."""
    return statistics.median(values) if values and len(values) >= smallest else None


def correlation(pairs: Sequence[tuple[float, float]], *, smallest: int = SMALLEST_FOR_MEDIAN) -> float | None:
    """Gives Pearson's correlation of the pairs, -1 to 1; None where they are few or one side does not vary."""
    if len(pairs) < max(smallest, 2):
        return None
    left, right = zip(*pairs, strict=True)
    if statistics.pstdev(left) < TOLERANCE or statistics.pstdev(right) < TOLERANCE:
        return None
    return max(-1.0, min(1.0, statistics.correlation(left, right)))


def quantile(values: Sequence[float], share: float) -> float | None:
    """Gives the value below which a share (0-1) of the sample lies, interpolated; None of nothing."""
    if not values:
        return None
    ordered = sorted(values)
    position = share * (len(ordered) - 1)
    below = math.floor(position)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (position - below)


def ranks(values: Sequence[float | None]) -> list[int | None]:
    """Ranks from the highest value (1) down, one rank per value given.

    Equal values share the better rank and the next rank is skipped (1, 2, 2, 4). A None has no rank and takes none.
    """
    ordered = sorted((round(value, RANK_DECIMALS) for value in values if value is not None), reverse=True)
    first_place: dict[float, int] = {}
    for place, value in enumerate(ordered, start=1):
        first_place.setdefault(value, place)
    return [None if value is None else first_place[round(value, RANK_DECIMALS)] for value in values]


def mid_ranks(values: Sequence[float]) -> list[float]:
    """Ranks from the highest value (1) down, equal values sharing the mean of their places (1, 2.5, 2.5, 4)."""
    rounded = [round(value, RANK_DECIMALS) for value in values]
    ordered = sorted(rounded, reverse=True)
    first_place: dict[float, int] = {}
    for place, value in enumerate(ordered, start=1):
        first_place.setdefault(value, place)
    return [first_place[value] + (ordered.count(value) - 1) / 2 for value in rounded]
