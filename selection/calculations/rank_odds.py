"""Would other raters have chosen other customers: a simulation over the raters' disagreement (M02)."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from selection.calculations.attractiveness import axis_cut
from selection.calculations.figures import reaches
from selection.calculations.raters import Rating
from selection.calculations.samples import quantile, ranks
from selection.calculations.scoring import MINIMUM_COVERAGE, Factor, panel_score

RUNS = 1000
LOW, HIGH = 0.10, 0.90


@dataclass(frozen=True, slots=True)
class RankOdds:
    """One account over all runs: where it lands in the middle and in four runs of five, and how often it is chosen.

    ``score_low`` to ``score_high`` and ``rank_best`` to ``rank_worst`` hold 80 % of the runs. ``top_share`` is the
    share of runs in which it is among the first, ``high_share`` the one in which it is above the cut, both 0-1.
    """

    key: str
    score: float
    score_low: float
    score_high: float
    rank: int
    rank_best: float
    rank_worst: float
    top_share: float
    high_share: float


Draws = list[tuple[float, list[float]]]
"""Per scored factor: its weight and the scores that the raters gave."""


def rank_odds(
    factors: Sequence[Factor],
    ratings: Mapping[str, Sequence[Rating]],
    *,
    rng: random.Random,
    top: int,
    runs: int = RUNS,
    given_cut: float | None = None,
    consensus: Mapping[str, Mapping[str, float]] | None = None,
    minimum_coverage: float = MINIMUM_COVERAGE,
) -> tuple[RankOdds, ...]:
    """Simulates the ranking: in each run every factor of every account takes the score of one of its raters by lot.

    ``ratings`` maps accounts to their ratings, ``consensus`` accounts to agreed scores, which do not vary. Only the
    accounts that the panel's means may classify take part; ``rank`` and ``score`` are theirs. The same ``rng`` state
    gives the same odds, whatever the order of the ratings. Best first. Raises ValueError for fewer than one run.
    """
    if runs < 1:
        raise ValueError("a simulation has at least one run")
    agreed = consensus or {}
    results = {
        key: panel_score(factors, given, consensus=agreed.get(key), minimum_coverage=minimum_coverage)
        for key, given in ratings.items()
    }
    base = {key: result.score for key, result in results.items() if result.classifiable and result.score is not None}
    draws = {key: _draws(factors, ratings[key], agreed.get(key, {})) for key in base}
    scores: dict[str, list[float]] = {key: [] for key in base}
    places: dict[str, list[float]] = {key: [] for key in base}
    high: dict[str, int] = dict.fromkeys(base, 0)
    for _ in range(runs):
        run = [_drawn_score(draws[key], rng) for key in base]
        cut = axis_cut(run, given=given_cut).value
        for key, score, place in zip(base, run, ranks(run), strict=True):
            scores[key].append(score)
            places[key].append(place or 0)
            high[key] += reaches(score, cut)
    odds = [
        RankOdds(
            key=key,
            score=score,
            score_low=quantile(scores[key], LOW) or score,
            score_high=quantile(scores[key], HIGH) or score,
            rank=place or 0,
            rank_best=quantile(places[key], LOW) or 0.0,
            rank_worst=quantile(places[key], HIGH) or 0.0,
            top_share=sum(place <= top for place in places[key]) / runs,
            high_share=high[key] / runs,
        )
        for (key, score), place in zip(base.items(), ranks(list(base.values())), strict=True)
    ]
    return tuple(sorted(odds, key=lambda one: one.rank))


def _draws(factors: Sequence[Factor], ratings: Sequence[Rating], agreed: Mapping[str, float]) -> Draws:
    given: dict[str, list[float]] = {}
    # In the order of the raters, so that the lot falls alike however the ratings were collected.
    for rating in sorted(ratings, key=lambda rating: (rating.factor, rating.rater)):
        if rating.score is not None:
            given.setdefault(rating.factor, []).append(rating.score)
    given |= {factor: [score] for factor, score in agreed.items()}
    return [(factor.weight, given[factor.key]) for factor in factors if factor.key in given]


def _drawn_score(draws: Draws, rng: random.Random) -> float:
    points = math.fsum(weight * rng.choice(scores) for weight, scores in draws)
    return points / math.fsum(weight for weight, _ in draws)
