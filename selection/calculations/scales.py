"""How a measured figure becomes a score of 1-10: curves, bands, place among peers (M01, M02).

All are None for a figure that is not known: an unknown figure is not a low one.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from selection.calculations.samples import SMALLEST_FOR_MEDIAN
from selection.calculations.scoring import HIGHEST_SCORE, LOWEST_SCORE, checked_score


@dataclass(frozen=True, slots=True)
class Curve:
    """A curve of straight lines through at least two points (figure, score); level beyond its ends.

    It may rise, fall or peak. Raises ValueError where the figures do not rise strictly or a score is off the scale.
    """

    points: tuple[tuple[float, float], ...]

    def __post_init__(self) -> None:
        """Refuses points that make no curve."""
        if len(self.points) < 2:
            raise ValueError("a curve has at least two points")
        if any(not math.isfinite(figure) for figure, _ in self.points):
            raise ValueError("the figures of a curve are finite")
        if any(left >= right for (left, _), (right, _) in pairwise(self.points)):
            raise ValueError("the figures of a curve rise from point to point")
        for _, score in self.points:
            checked_score("curve", score)

    def score(self, figure: float | None) -> float | None:
        """Reads the score of a figure off the curve; None for a figure that is not known."""
        if figure is None or math.isnan(figure):
            return None
        place = bisect_left(self.points, figure, key=lambda point: point[0])
        if place == 0:
            return self.points[0][1]
        if place == len(self.points):
            return self.points[-1][1]
        (left, low), (right, high) = self.points[place - 1], self.points[place]
        return low + (high - low) * ((figure - left) / (right - left))


@dataclass(frozen=True, slots=True)
class Bands:
    """Steps: a score for everything below the first edge, then one from each edge (included) up to the next.

    Raises ValueError where the edges do not rise strictly or a score is off the scale.
    """

    below: float
    steps: tuple[tuple[float, float], ...]

    def __post_init__(self) -> None:
        """Refuses edges out of order and scores off the scale."""
        if any(left >= right for (left, _), (right, _) in pairwise(self.steps)):
            raise ValueError("the edges of the bands rise from step to step")
        if any(not math.isfinite(edge) for edge, _ in self.steps):
            raise ValueError("the edges of the bands are finite")
        for score in (self.below, *(score for _, score in self.steps)):
            checked_score("bands", score)

    def score(self, figure: float | None) -> float | None:
        """Gives the score of the band that a figure falls in; None for a figure that is not known."""
        if figure is None or math.isnan(figure):
            return None
        place = bisect_right(self.steps, figure, key=lambda step: step[0])
        return self.below if place == 0 else self.steps[place - 1][1]


def reference_curve(worst: float, best: float) -> Curve:
    """Makes the straight line that gives 1 at the worst reference figure and 10 at the best.

    ``worst`` may be the greater one, for figures where less is better. Raises ValueError where both are equal.
    """
    if worst == best:
        raise ValueError("the best and the worst reference differ")
    ends = sorted([(worst, LOWEST_SCORE), (best, HIGHEST_SCORE)])
    return Curve(points=tuple(ends))


def place_scores(
    figures: Sequence[float | None], *, more_is_better: bool = True, smallest: int = SMALLEST_FOR_MEDIAN
) -> list[float | None]:
    """Scores each figure by its place among the others: 1 + 9 * mid-rank percentile.

    The percentile is the share of the other known figures that it beats, equal ones counting half. None for an
    unknown figure, and for all where fewer than ``smallest`` are known: a place among a few says nothing (A9).
    Immune to one giant customer, which would press every other onto 1 on a straight line.
    """
    known = sorted(figure for figure in figures if figure is not None and not math.isnan(figure))
    others = len(known) - 1
    if len(known) < max(smallest, 2):
        return [None for _ in figures]

    def score(figure: float | None) -> float | None:
        if figure is None or math.isnan(figure):
            return None
        below = bisect_left(known, figure)
        above = len(known) - bisect_right(known, figure)
        beaten, beating = (below, above) if more_is_better else (above, below)
        percentile = (beaten + (others - beaten - beating) / 2) / others
        return LOWEST_SCORE + (HIGHEST_SCORE - LOWEST_SCORE) * percentile

    return [score(figure) for figure in figures]
