"""The weighted score that every scored method shares (M01): coverage, provisional results, knock-outs, panels."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from selection.calculations.explanation import Reason, reason
from selection.calculations.figures import clamp, reaches
from selection.calculations.raters import RaterSpread, Rating, rater_spread

LOWEST_SCORE = 1.0
HIGHEST_SCORE = 10.0
MINIMUM_COVERAGE = 0.70


class ScoreReason(StrEnum):
    """Why a score is what it is, or why there is none."""

    NOTHING_SCORED = "nothing_scored"
    NO_WEIGHT = "no_weight"
    LOW_COVERAGE = "low_coverage"
    BELOW_MINIMUM = "below_minimum"
    KNOCK_OUT_OPEN = "knock_out_open"
    DISCUSS = "discuss"


class ScoreSource(StrEnum):
    """Where the score of a factor comes from."""

    GIVEN = "given"
    PANEL_MEAN = "panel_mean"
    CONSENSUS = "consensus"


@dataclass(frozen=True, slots=True)
class Factor:
    """A factor to score 1-10, with its weight; a critical factor has a minimum below which the account is out."""

    key: str
    weight: float
    minimum: float | None = None


@dataclass(frozen=True, slots=True)
class FactorResult:
    """One factor's part in a score.

    ``share`` is its weight over all weights, 0-1; ``contribution`` the points it adds to the score (they add up to
    the score). Both are None where they are not defined: no weight at all, or a factor nobody scored.
    """

    key: str
    weight: float
    minimum: float | None
    score: float | None
    source: ScoreSource
    share: float | None
    contribution: float | None
    knocked_out: bool
    spread: RaterSpread | None = None


@dataclass(frozen=True, slots=True)
class ScoreResult:
    """A weighted score that can be opened: every factor, what it added, and what there is to say about it.

    ``score`` is 1-10 and ``index`` 0-100, None where nothing with weight is scored. ``coverage`` is the share of the
    weight that is scored, 0-1, None where there is no weight. A provisional result is shown and not classified.
    """

    score: float | None
    index: float | None
    coverage: float | None
    provisional: bool
    knocked_out: bool
    factors: tuple[FactorResult, ...]
    reasons: tuple[Reason, ...]

    @property
    def classifiable(self) -> bool:
        """Says whether the result may decide a rank, a quadrant or a cell."""
        return self.score is not None and not self.provisional and not self.knocked_out


def index_of_100(score: float) -> float:
    """Turns a score of 1-10 into an index of 0-100: (score - 1) / 9 * 100 (M01)."""
    return (score - LOWEST_SCORE) / (HIGHEST_SCORE - LOWEST_SCORE) * 100


def checked_score(key: str, score: float) -> float:
    """Hands back a score that lies on the scale; raises ValueError for one that does not."""
    if not LOWEST_SCORE <= score <= HIGHEST_SCORE:
        raise ValueError(f"{key}: a score lies between 1 and 10, not {score}")
    return score


def weighted_score(
    factors: Sequence[Factor],
    scores: Mapping[str, float | None],
    *,
    minimum_coverage: float = MINIMUM_COVERAGE,
) -> ScoreResult:
    """Scores one account on its factors: SUM(w * s) / SUM(w) over the factors that are scored (M01).

    ``scores`` maps factor keys to 1-10, or to None where nobody scored; a key left out is the same as None. The
    weights may total anything: only their proportions count. A coverage below ``minimum_coverage`` or a critical
    factor without a score makes the result provisional; a critical factor below its minimum knocks the account out
    whatever its total. Raises ValueError for a score off the scale, a factor named twice or not at all, a negative
    weight.
    """
    known = {key: score for key, score in scores.items() if score is not None}
    return _result(factors, known, {}, dict.fromkeys(known, ScoreSource.GIVEN), minimum_coverage)


def panel_score(
    factors: Sequence[Factor],
    ratings: Iterable[Rating],
    *,
    consensus: Mapping[str, float] | None = None,
    minimum_coverage: float = MINIMUM_COVERAGE,
) -> ScoreResult:
    """Scores one account from several raters (M01, M07): each factor counts with its consensus, else with its mean.

    Every rater's own score stays in the factor's ``spread``. A factor on which the raters are far apart and which
    has no consensus yet carries the reason ``discuss``; its mean counts meanwhile. The order of the ratings changes
    nothing. Raises ValueError as ``weighted_score`` does, and where a rater scored one factor twice.
    """
    by_factor: dict[str, list[Rating]] = {}
    for rating in ratings:
        if rating.score is not None:
            checked_score(rating.factor, rating.score)
        by_factor.setdefault(rating.factor, []).append(rating)
    spreads = {key: rater_spread(given) for key, given in by_factor.items()}
    known = {key: spread.mean for key, spread in spreads.items() if spread.mean is not None}
    sources = dict.fromkeys(known, ScoreSource.PANEL_MEAN)
    for key, agreed in (consensus or {}).items():
        known[key] = agreed
        sources[key] = ScoreSource.CONSENSUS
    return _result(factors, known, spreads, sources, minimum_coverage)


def _result(
    factors: Sequence[Factor],
    scores: Mapping[str, float],
    spreads: Mapping[str, RaterSpread],
    sources: Mapping[str, ScoreSource],
    minimum_coverage: float,
) -> ScoreResult:
    _check_factors(factors, {*scores, *spreads})
    scored = [
        (factor.weight, checked_score(factor.key, scores[factor.key])) for factor in factors if factor.key in scores
    ]
    all_weight = math.fsum(factor.weight for factor in factors)
    scored_weight = math.fsum(weight for weight, _ in scored)
    points = math.fsum(weight * value for weight, value in scored)
    # The bounds take back the last bit by which a mean of tens can come out above ten.
    score = clamp(points / scored_weight, LOWEST_SCORE, HIGHEST_SCORE) if scored_weight else None
    coverage = scored_weight / all_weight if all_weight else None
    parts = tuple(
        FactorResult(
            key=factor.key,
            weight=factor.weight,
            minimum=factor.minimum,
            score=scores.get(factor.key),
            source=sources.get(factor.key, ScoreSource.GIVEN),
            share=factor.weight / all_weight if all_weight else None,
            contribution=(
                factor.weight * scores[factor.key] / scored_weight if factor.key in scores and scored_weight else None
            ),
            knocked_out=_below_minimum(factor, scores.get(factor.key)),
            spread=spreads.get(factor.key),
        )
        for factor in factors
    )
    open_knock_out = any(part.minimum is not None and part.score is None for part in parts)
    return ScoreResult(
        score=score,
        index=None if score is None else index_of_100(score),
        coverage=coverage,
        provisional=coverage is None or not reaches(coverage, minimum_coverage) or open_knock_out,
        knocked_out=any(part.knocked_out for part in parts),
        factors=parts,
        reasons=tuple(_reasons(parts, score, coverage, minimum_coverage)),
    )


def _check_factors(factors: Sequence[Factor], named: set[str]) -> None:
    keys = [factor.key for factor in factors]
    if len(set(keys)) != len(keys):
        raise ValueError("a factor stands in a set once")
    if unknown := named.difference(keys):
        raise ValueError(f"scored but not in the factor set: {', '.join(sorted(unknown))}")
    if any(factor.weight < 0 or not math.isfinite(factor.weight) for factor in factors):
        raise ValueError("a weight is a finite number and never negative")


def _below_minimum(factor: Factor, score: float | None) -> bool:
    return factor.minimum is not None and score is not None and not reaches(score, factor.minimum)


def _reasons(
    parts: Sequence[FactorResult], score: float | None, coverage: float | None, minimum_coverage: float
) -> Iterable[Reason]:
    if coverage is None:
        yield reason(ScoreReason.NO_WEIGHT)
    elif score is None:
        yield reason(ScoreReason.NOTHING_SCORED)
    elif not reaches(coverage, minimum_coverage):
        yield reason(ScoreReason.LOW_COVERAGE, coverage=coverage, minimum=minimum_coverage)
    for part in parts:
        if part.minimum is not None and part.score is None:
            yield reason(ScoreReason.KNOCK_OUT_OPEN, part.key, minimum=part.minimum)
        if part.knocked_out and part.minimum is not None and part.score is not None:
            yield reason(ScoreReason.BELOW_MINIMUM, part.key, score=part.score, minimum=part.minimum)
        if part.spread and part.spread.discuss and part.source is not ScoreSource.CONSENSUS:
            yield reason(
                ScoreReason.DISCUSS, part.key, range=part.spread.range or 0.0, deviation=part.spread.deviation or 0.0
            )
