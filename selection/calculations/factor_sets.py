"""Is this set of factors fit to score with: how many, how weighted, does each separate, do two say the same (M02)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations

from selection.calculations.explanation import Reason, reason
from selection.calculations.figures import exceeds, reaches
from selection.calculations.samples import SMALLEST_FOR_MEDIAN, correlation, mean, spread
from selection.calculations.weights import weight_check

FEWEST_FACTORS = 4
ADVISED_FACTORS = 6
MOST_FACTORS = 8
SEPARATING_DEVIATION = 1.0
OVERLAP_CORRELATION = 0.8
MOST_PAST_WEIGHT = 0.60


class Horizon(StrEnum):
    """What time a factor looks at."""

    PAST_SALES = "past_sales"
    PRESENT = "present"
    FUTURE = "future"


class FactorSetReason(StrEnum):
    """What is wrong with a set of factors, or risky."""

    TOO_FEW = "too_few_factors"
    TOO_MANY = "too_many_factors"
    MORE_THAN_ADVISED = "more_factors_than_advised"
    WEIGHTS_NOT_100 = "weights_not_100"
    TOO_MUCH_PAST = "too_much_past"


@dataclass(frozen=True, slots=True)
class FactorDesign:
    """A factor as it is designed: its weight and the time it looks at."""

    key: str
    weight: float
    horizon: Horizon = Horizon.PRESENT


@dataclass(frozen=True, slots=True)
class FactorSetCheck:
    """Whether a set may be published, with every remark; ``past_share`` is None where there is no weight."""

    publishable: bool
    past_share: float | None
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Separation:
    """How far one factor tells the customers apart; ``separates`` is None below two scored customers."""

    key: str
    scored: int
    mean: float | None
    deviation: float | None
    separates: bool | None


@dataclass(frozen=True, slots=True)
class Overlap:
    """How far two factors say the same; both figures are None below eight customers scored on both."""

    first: str
    second: str
    scored: int
    correlation: float | None
    overlapping: bool | None


def factor_set_check(designs: Sequence[FactorDesign]) -> FactorSetCheck:
    """Checks the design of a factor set: 4-8 factors, weights of 100, not mostly past sales (M02).

    More than six factors, or more than 60 % of the weight on past sales, is a warning; a number outside 4-8, or
    weights that do not total 100, stops the set from being published.
    """
    weights = weight_check({design.key: design.weight for design in designs})
    past = math.fsum(design.weight for design in designs if design.horizon is Horizon.PAST_SALES)
    past_share = past / weights.total if weights.total else None
    count = len(designs)
    publishable = FEWEST_FACTORS <= count <= MOST_FACTORS and weights.complete

    def remarks() -> Iterable[Reason]:
        if count < FEWEST_FACTORS:
            yield reason(FactorSetReason.TOO_FEW, count=count, fewest=FEWEST_FACTORS)
        elif count > MOST_FACTORS:
            yield reason(FactorSetReason.TOO_MANY, count=count, most=MOST_FACTORS)
        elif count > ADVISED_FACTORS:
            yield reason(FactorSetReason.MORE_THAN_ADVISED, count=count, advised=ADVISED_FACTORS)
        if not weights.complete:
            yield reason(FactorSetReason.WEIGHTS_NOT_100, total=weights.total)
        if past_share is not None and exceeds(past_share, MOST_PAST_WEIGHT):
            yield reason(FactorSetReason.TOO_MUCH_PAST, share=past_share, most=MOST_PAST_WEIGHT)

    return FactorSetCheck(publishable=publishable, past_share=past_share, reasons=tuple(remarks()))


def separations(
    scores: Mapping[str, Sequence[float | None]], *, least_deviation: float = SEPARATING_DEVIATION
) -> tuple[Separation, ...]:
    """Says of each factor whether its scores vary across customers by a deviation of at least 1.0 (M02).

    ``scores`` maps each factor to one score a customer, in the same order of customers for every factor. A factor
    that does not separate anyone is one to drop.
    """

    def separation(key: str, values: Sequence[float | None]) -> Separation:
        known = [value for value in values if value is not None]
        deviation = spread(known)
        return Separation(
            key=key,
            scored=len(known),
            mean=mean(known),
            deviation=deviation,
            separates=None if deviation is None else reaches(deviation, least_deviation),
        )

    return tuple(separation(key, values) for key, values in scores.items())


def overlaps(
    scores: Mapping[str, Sequence[float | None]],
    *,
    most_correlation: float = OVERLAP_CORRELATION,
    smallest: int = SMALLEST_FOR_MEDIAN,
) -> tuple[Overlap, ...]:
    """Says of each pair of factors whether they overlap: a correlation above 0.8 means merge them (M02).

    ``scores`` is as in ``separations``. A strong negative correlation is no overlap: such factors balance each other.
    """

    def overlap(first: str, second: str) -> Overlap:
        pairs = [
            (left, right)
            for left, right in zip(scores[first], scores[second], strict=True)
            if left is not None and right is not None
        ]
        found = correlation(pairs, smallest=smallest)
        return Overlap(
            first=first,
            second=second,
            scored=len(pairs),
            correlation=found,
            overlapping=None if found is None else exceeds(found, most_correlation),
        )

    return tuple(overlap(first, second) for first, second in combinations(scores, 2))
