"""How the customer sees us against the named alternatives (M03): ratio, gap, evidence, what to do about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from selection.calculations.explanation import Reason
from selection.calculations.figures import clamp, reaches
from selection.calculations.scoring import MINIMUM_COVERAGE, Factor, ScoreResult, checked_score, weighted_score
from selection.calculations.supplier_evidence import (
    STALE_AFTER_MONTHS,
    EvidenceGrade,
    EvidenceSummary,
    evidence_summary,
)
from selection.calculations.supplier_remarks import AlternativeKind, remarks

GAP_AT_EDGE = 3.0
"""A lead or a gap of three points lies at the edge of the picture."""


@dataclass(frozen=True, slots=True)
class SupplierRating:
    """The customer's score of one supplier on one of its own factors, 1-10, with how and when we know it."""

    supplier: str
    factor: str
    score: float
    grade: EvidenceGrade
    observed_on: date | None = None


@dataclass(frozen=True, slots=True)
class Alternative:
    """Whom or what the customer could choose instead of us."""

    key: str
    kind: AlternativeKind = AlternativeKind.RIVAL


@dataclass(frozen=True, slots=True)
class Comparison:
    """Us against one alternative, on the factors on which both are scored.

    ``ours`` and ``theirs`` are 1-10, ``ratio`` is ours / theirs, ``gap`` ours - theirs; ``coverage`` the share of
    weight compared. All but coverage are None where no factor is scored for both.
    """

    alternative: str
    kind: AlternativeKind
    ours: float | None
    theirs: float | None
    ratio: float | None
    gap: float | None
    coverage: float | None
    sufficient: bool


@dataclass(frozen=True, slots=True)
class FactorGap:
    """How far the best alternative leads on one factor; ``weighted`` is weight * (best - ours), negative if we lead."""

    factor: str
    weight: float
    ours: float
    best: float
    best_alternative: str
    weighted: float


@dataclass(frozen=True, slots=True)
class RelativeStrength:
    """Our strength in the customer's eyes, against its best alternative.

    ``ratio`` (RS), ``gap`` (RD) and ``position`` (0-100 on the picture, 50 = level) are None in unknown territory.
    ``gaps`` lists what to close, the most weighted first, then where we lead. ``unknown_factors`` are not scored for
    us or for any alternative.
    """

    us: ScoreResult
    alternatives: tuple[Comparison, ...]
    best: Comparison | None
    ratio: float | None
    gap: float | None
    position: float | None
    provisional: bool
    strong: bool | None
    gaps: tuple[FactorGap, ...]
    unknown_factors: tuple[str, ...]
    evidence: EvidenceSummary
    reasons: tuple[Reason, ...]

    @property
    def in_unknown_territory(self) -> bool:
        """Says whether the account waits in the tray for facts instead of standing on the matrix."""
        return self.strong is None

    @property
    def to_close(self) -> tuple[FactorGap, ...]:
        """Gives the factors on which an alternative leads, the most weighted first."""
        return tuple(gap for gap in self.gaps if gap.weighted > 0)


def relative_strength(
    factors: Sequence[Factor],
    ratings: Sequence[SupplierRating],
    *,
    us: str,
    alternatives: Sequence[Alternative],
    today: date,
    sole_source: bool = False,
    prospect: bool = False,
    minimum_coverage: float = MINIMUM_COVERAGE,
    stale_after_months: float = STALE_AFTER_MONTHS,
) -> RelativeStrength:
    """Compares us with every alternative on the customer's own factors and weights (M03).

    Each pair is compared on the factors scored for both; the best alternative is the one with the smallest gap to
    ours among those with enough coverage (of all, provisionally, where none has). With complete scores that is the
    alternative with the highest R. A ratio of exactly 1 is strong. Raises ValueError for a score off the scale, a
    supplier or factor that is not in the comparison, a supplier named or rated twice.
    """
    suppliers = [us, *(alternative.key for alternative in alternatives)]
    if len(set(suppliers)) != len(suppliers):
        raise ValueError("we and each alternative stand in the comparison once")
    scores = _scores_by_supplier(factors, ratings, set(suppliers))
    ours = scores.get(us, {})
    comparisons = tuple(
        _comparison(factors, ours, scores.get(alternative.key, {}), alternative, minimum_coverage)
        for alternative in alternatives
    )
    best = _best(comparisons)
    gaps = _gaps(factors, ours, scores, alternatives)
    provisional = best is None or not best.sufficient
    evidence = evidence_summary(
        factors,
        ratings,
        suppliers=(us, best.alternative) if best else (us,),
        today=today,
        stale_after_months=stale_after_months,
    )
    own = weighted_score(factors, ours, minimum_coverage=minimum_coverage)
    compared = {gap.factor for gap in gaps}
    return RelativeStrength(
        us=own,
        alternatives=comparisons,
        best=best,
        ratio=best.ratio if best else None,
        gap=best.gap if best else None,
        position=matrix_position(best.gap) if best else None,
        provisional=provisional,
        strong=None if provisional or best is None or best.ratio is None else reaches(best.ratio, 1.0),
        gaps=gaps,
        unknown_factors=tuple(factor.key for factor in factors if factor.key not in compared),
        evidence=evidence,
        reasons=tuple(
            remarks(
                kinds=[comparison.kind for comparison in comparisons if comparison.ratio is not None],
                named=bool(alternatives),
                sufficient=not provisional,
                us_scored=own.score is not None,
                sole_source=sole_source,
                prospect=prospect,
                evidence=evidence,
            )
        ),
    )


def matrix_position(gap: float | None) -> float | None:
    """Turns a gap into a place on the picture: 50 + 50 * gap / 3, bounded to 0-100; None for no gap (M03)."""
    return None if gap is None else clamp(50 + 50 * gap / GAP_AT_EDGE, 0, 100)


def _scores_by_supplier(
    factors: Sequence[Factor], ratings: Sequence[SupplierRating], suppliers: set[str]
) -> dict[str, dict[str, float]]:
    keys = {factor.key for factor in factors}
    scores: dict[str, dict[str, float]] = {}
    for rating in ratings:
        if rating.supplier not in suppliers or rating.factor not in keys:
            raise ValueError(f"{rating.supplier} on {rating.factor} is not part of the comparison")
        given = scores.setdefault(rating.supplier, {})
        if rating.factor in given:
            raise ValueError(f"{rating.supplier} is rated twice on {rating.factor}")
        given[rating.factor] = checked_score(rating.factor, rating.score)
    return scores


def _comparison(
    factors: Sequence[Factor],
    ours: Mapping[str, float],
    theirs: Mapping[str, float],
    alternative: Alternative,
    minimum_coverage: float,
) -> Comparison:
    common = ours.keys() & theirs.keys()
    us = weighted_score(factors, {key: ours[key] for key in common}, minimum_coverage=minimum_coverage)
    them = weighted_score(factors, {key: theirs[key] for key in common}, minimum_coverage=minimum_coverage)
    known = us.score is not None and them.score is not None
    return Comparison(
        alternative=alternative.key,
        kind=alternative.kind,
        ours=us.score,
        theirs=them.score,
        ratio=us.score / them.score if us.score is not None and them.score is not None else None,
        gap=us.score - them.score if us.score is not None and them.score is not None else None,
        coverage=us.coverage,
        sufficient=known and us.coverage is not None and reaches(us.coverage, minimum_coverage),
    )


def _best(comparisons: Sequence[Comparison]) -> Comparison | None:
    known = [(comparison.gap, comparison) for comparison in comparisons if comparison.gap is not None]
    pool = [pair for pair in known if pair[1].sufficient] or known
    return min(pool, key=lambda pair: pair[0])[1] if pool else None


def _gaps(
    factors: Sequence[Factor],
    ours: Mapping[str, float],
    scores: Mapping[str, Mapping[str, float]],
    alternatives: Sequence[Alternative],
) -> tuple[FactorGap, ...]:
    found: list[FactorGap] = []
    for factor in factors:
        rivals = [
            (scores[other.key][factor.key], other.key)
            for other in alternatives
            if factor.key in scores.get(other.key, {})
        ]
        if not rivals or factor.key not in ours:
            continue
        best, leader = max(rivals, key=lambda pair: pair[0])
        weighted = factor.weight * (best - ours[factor.key])
        found.append(FactorGap(factor.key, factor.weight, ours[factor.key], best, leader, weighted))
    return tuple(sorted(found, key=lambda gap: -gap.weighted))
