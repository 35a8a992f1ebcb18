"""The numpy twin of the scoring engine, for 100,000 customers at once (M01).

The pure functions are the truth; tests hold this module to the same figures on random rows. Rows are customers,
columns are factors, and NaN stands where the pure functions have None.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from selection.calculations.bands import DEFAULT_EDGES, Band, BandEdges
from selection.calculations.figures import TOLERANCE
from selection.calculations.ledger_metrics import FEWEST_INTERVALS
from selection.calculations.samples import RANK_DECIMALS, SMALLEST_FOR_MEDIAN
from selection.calculations.scales import Bands, Curve
from selection.calculations.scoring import HIGHEST_SCORE, LOWEST_SCORE, MINIMUM_COVERAGE
from selection.calculations.tiers import DEFAULT_CUTS, Tier, TierCuts, tier_sizes

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

BANDS: tuple[Band, ...] = tuple(Band)
"""What the numbers in ``BulkResult.band`` stand for: 0 low, 1 medium, 2 high."""

TIERS: tuple[Tier, ...] = tuple(Tier)
"""What the numbers of ``bulk_tiers`` stand for."""


@dataclass(frozen=True, slots=True, eq=False)
class BulkResult:
    """One array a figure, one element a customer.

    ``score`` 1-10, ``index`` 0-100 and ``coverage`` 0-1 are NaN where not defined; ``rank`` is 0 and ``band`` -1
    where the customer may not be classified.
    """

    score: Floats
    index: Floats
    coverage: Floats
    provisional: Flags
    knocked_out: Flags
    rank: npt.NDArray[np.int64]
    band: npt.NDArray[np.int8]


def bulk_scores(
    scores: Floats,
    weights: Floats,
    minimums: Floats | None = None,
    *,
    minimum_coverage: float = MINIMUM_COVERAGE,
    edges: BandEdges = DEFAULT_EDGES,
) -> BulkResult:
    """Scores every customer on the same factors: the twin of ``scoring.weighted_score``, with ranks and bands.

    ``scores`` is customers x factors, ``weights`` and ``minimums`` (NaN for a factor without one) have an element a
    factor. Raises ValueError for shapes that do not fit, a score off the scale or a weight that is negative or not
    finite.
    """
    minimums = np.full(weights.shape, np.nan) if minimums is None else minimums
    _check(scores, weights, minimums)
    unscored = np.isnan(scores)
    points = np.where(unscored, 0.0, scores) @ weights
    all_weight = float(weights.sum())
    scored_weight = all_weight - unscored @ weights if unscored.any() else np.full(len(scores), all_weight)
    # A difference of sums leaves dust where nothing is scored; below the tolerance there is no weight.
    scored_weight = np.where(scored_weight > TOLERANCE * all_weight, scored_weight, 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        score = np.where(scored_weight > 0, points / scored_weight, np.nan)
        coverage = scored_weight / all_weight if all_weight else np.full(len(scores), np.nan)
    score = np.clip(score, LOWEST_SCORE, HIGHEST_SCORE)
    index = (score - LOWEST_SCORE) / (HIGHEST_SCORE - LOWEST_SCORE) * 100
    critical = ~np.isnan(minimums)
    knocked_out: Flags = np.any(scores[:, critical] < minimums[critical] - TOLERANCE, axis=1)
    provisional = ~(coverage >= minimum_coverage - TOLERANCE) | unscored[:, critical].any(axis=1)
    classifiable = ~np.isnan(score) & ~provisional & ~knocked_out
    return BulkResult(
        score=score,
        index=index,
        coverage=coverage,
        provisional=provisional,
        knocked_out=knocked_out,
        rank=bulk_ranks(np.where(classifiable, score, np.nan)),
        band=_bands(index, classifiable, edges),
    )


def bulk_ranks(values: Floats) -> npt.NDArray[np.int64]:
    """Ranks from the highest value (1) down: the twin of ``samples.ranks``, 0 where that has None."""
    result = np.zeros(len(values), dtype=np.int64)
    known = np.flatnonzero(~np.isnan(values))
    rounded = np.round(values[known], RANK_DECIMALS)
    order = np.argsort(-rounded)
    ordered = rounded[order]
    places = np.arange(1, len(ordered) + 1)
    first = np.ones(len(ordered), dtype=np.bool_)
    first[1:] = ordered[1:] != ordered[:-1]
    result[known[order]] = np.maximum.accumulate(np.where(first, places, 0))
    return result


def curve_scores(curve: Curve, figures: Floats) -> Floats:
    """Reads the scores of all figures off a curve: the twin of ``Curve.score``."""
    at, scores = zip(*curve.points, strict=True)
    result: Floats = np.interp(figures, at, scores)
    return result


def band_scores(bands: Bands, figures: Floats) -> Floats:
    """Gives the score of the band of each figure: the twin of ``Bands.score``."""
    edges = [edge for edge, _ in bands.steps]
    scores = np.array([bands.below, *(score for _, score in bands.steps)], dtype=np.float64)
    found = scores[np.searchsorted(edges, figures, side="right")]
    return np.where(np.isnan(figures), np.nan, found)


def bulk_place_scores(figures: Floats, *, more_is_better: bool = True, smallest: int = SMALLEST_FOR_MEDIAN) -> Floats:
    """Scores each figure by its place among the others: the twin of ``scales.place_scores``."""
    result = np.full(len(figures), np.nan)
    known = ~np.isnan(figures)
    values = figures[known]
    if len(values) < max(smallest, 2):
        return result
    ordered = np.sort(values)
    below = np.searchsorted(ordered, values, side="left")
    above = len(values) - np.searchsorted(ordered, values, side="right")
    beaten, beating = (below, above) if more_is_better else (above, below)
    others = len(values) - 1
    percentile = (beaten + (others - beaten - beating) / 2) / others
    result[known] = LOWEST_SCORE + (HIGHEST_SCORE - LOWEST_SCORE) * percentile
    return result


def bulk_tiers(contributions: Floats, one_off: Flags, cuts: TierCuts = DEFAULT_CUTS) -> npt.NDArray[np.int8]:
    """Places customers in the pyramid: the twin of ``tiers.tier_pyramid``.

    Gives the place of each one's tier in ``TIERS``, -1 where it has none; NaN is a contribution nobody knows.
    """
    result = np.full(len(contributions), -1, dtype=np.int8)
    repeat = np.flatnonzero(~one_off & ~np.isnan(contributions))
    ranked = repeat[np.argsort(-contributions[repeat], kind="stable")]
    earning = int(np.count_nonzero(contributions[ranked] >= 0))
    key, potential = tier_sizes(len(ranked), earning, cuts)
    result[ranked[:key]] = TIERS.index(Tier.KEY)
    result[ranked[key : key + potential]] = TIERS.index(Tier.POTENTIAL)
    result[ranked[key + potential : earning]] = TIERS.index(Tier.REGULAR)
    result[ranked[earning:]] = TIERS.index(Tier.LOSS_MAKING)
    result[one_off] = TIERS.index(Tier.ONE_OFF)
    return result


def bulk_regularity(intervals: Floats, days: Floats, squares: Floats) -> Floats:
    """Order regularity from the count, sum and sum of squares of intervals: the twin of ``order_regularity``.

    NaN below three intervals or without any time between orders.
    """
    known = (intervals >= FEWEST_INTERVALS) & (days > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = days / intervals
        deviation = np.sqrt(np.maximum(0.0, squares / intervals - mean * mean))
        return np.where(known, np.clip(1 - deviation / mean, 0.0, 1.0), np.nan)


def _check(scores: Floats, weights: Floats, minimums: Floats) -> None:
    if scores.ndim != 2 or weights.shape != (scores.shape[1],) or minimums.shape != weights.shape:
        raise ValueError("one weight and one minimum a factor, one row of scores a customer")
    if not np.isfinite(weights).all() or (weights < 0).any():
        raise ValueError("a weight is a finite number and never negative")
    if ((scores < LOWEST_SCORE) | (scores > HIGHEST_SCORE)).any():
        raise ValueError("a score lies between 1 and 10")


def _bands(index: Floats, classifiable: Flags, edges: BandEdges) -> npt.NDArray[np.int8]:
    medium = index >= edges.medium - TOLERANCE
    high = index >= edges.high - TOLERANCE
    return np.where(classifiable, medium.astype(np.int8) + high.astype(np.int8), np.int8(-1))
