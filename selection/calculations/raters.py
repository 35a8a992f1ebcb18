"""What several raters said of one factor, and whether they must talk before it is averaged (M01, M07)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from selection.calculations.figures import exceeds, reaches
from selection.calculations.samples import mean, spread

WIDE_RANGE = 4.0
WIDE_SPREAD = 1.5


@dataclass(frozen=True, slots=True)
class Rating:
    """One rater's score of one factor, 1-10; None where the rater left it open."""

    rater: str
    factor: str
    score: float | None


@dataclass(frozen=True, slots=True)
class RaterSpread:
    """Each rater's own score of one factor, with mean, range and standard deviation.

    ``mean`` is None where nobody scored; ``range`` and ``deviation`` are None where fewer than two did, because one
    opinion cannot disagree. ``discuss`` says that the raters should talk before anybody averages.
    """

    scores: tuple[tuple[str, float], ...]
    mean: float | None
    range: float | None
    deviation: float | None
    discuss: bool


def rater_spread(
    ratings: Iterable[Rating], *, wide_range: float = WIDE_RANGE, wide_spread: float = WIDE_SPREAD
) -> RaterSpread:
    """Describes how far the raters of one factor agree (M01).

    A range of at least ``wide_range`` points or a standard deviation above ``wide_spread`` calls for a discussion.
    The deviation is the population's: the raters who scored are the whole panel. The order of raters changes nothing.
    Raises ValueError where one rater scored twice.
    """
    scores = sorted((rating.rater, rating.score) for rating in ratings if rating.score is not None)
    if len({rater for rater, _ in scores}) != len(scores):
        raise ValueError("a rater scores a factor once")
    values = [score for _, score in scores]
    deviation = spread(values)
    width = max(values) - min(values) if len(values) > 1 else None
    discuss = (width is not None and reaches(width, wide_range)) or (
        deviation is not None and exceeds(deviation, wide_spread)
    )
    return RaterSpread(scores=tuple(scores), mean=mean(values), range=width, deviation=deviation, discuss=discuss)
