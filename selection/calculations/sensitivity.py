"""Would other weights have chosen other customers: every weight 20 % up and down, and all weights equal (M02)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from selection.calculations.attractiveness import RankedAccount, attractiveness_ranking
from selection.calculations.figures import ratio
from selection.calculations.samples import correlation, mid_ranks
from selection.calculations.scoring import MINIMUM_COVERAGE, Factor, weighted_score

SWING = 0.20

Scores = Mapping[str, float | None]
"""One account's scores by factor."""


@dataclass(frozen=True, slots=True)
class RankShift:
    """One account under other weights: its rank there and whether it stays on its side of the cut."""

    key: str
    rank: int
    base_rank: int
    high: bool
    base_high: bool


@dataclass(frozen=True, slots=True)
class WeightSwing:
    """All accounts with one factor's weight changed by ``change`` (0.2 is 20 % up), best first.

    ``kept_rank`` and ``kept_side`` are the shares of accounts that stay where they were, 0-1.
    """

    factor: str
    change: float
    accounts: tuple[RankShift, ...]
    kept_rank: float
    kept_side: float


@dataclass(frozen=True, slots=True)
class RankRange:
    """The best and the worst rank of an account over all swings; ``firm`` says that it never changes sides."""

    key: str
    base_rank: int
    best: int
    worst: int
    firm: bool


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """How far a ranking rests on its weights.

    ``rank_stability`` and ``side_stability`` are the mean shares of accounts that keep their rank and their side over
    all swings, 0-1, None where no account may be ranked. ``equal`` is the ranking under equal weights, and
    ``equal_correlation`` Spearman's correlation with it, None below eight accounts.
    """

    ranges: tuple[RankRange, ...]
    swings: tuple[WeightSwing, ...]
    rank_stability: float | None
    side_stability: float | None
    equal: WeightSwing | None
    equal_correlation: float | None


def weight_sensitivity(
    factors: Sequence[Factor],
    rows: Mapping[str, Scores],
    *,
    swing: float = SWING,
    given_cut: float | None = None,
    minimum_coverage: float = MINIMUM_COVERAGE,
) -> Sensitivity:
    """Ranks the accounts again with each weight ``swing`` up and down, and with all weights equal.

    Only the accounts that the weights as they are may classify take part, and they do so in every swing. The cut is
    found anew each time unless it is given. Factors without weight are not swung. Raises ValueError for a swing that
    is not between 0 and 1, and as ``weighted_score`` does.
    """
    if not 0 < swing < 1:
        raise ValueError("a swing lies between 0 and 1")
    results = {key: weighted_score(factors, scores, minimum_coverage=minimum_coverage) for key, scores in rows.items()}
    taking_part = {key: rows[key] for key, result in results.items() if result.classifiable}
    base = _ranked(factors, taking_part, given_cut)
    if not base:
        return Sensitivity((), (), None, None, None, None)
    weighty = [factor for factor in factors if factor.weight > 0]
    swings = tuple(
        _swing(_scaled(factors, factor.key, 1 + change), taking_part, given_cut, base, factor.key, change)
        for factor in weighty
        for change in (swing, -swing)
    )
    equal = _swing([replace(one, weight=1.0) for one in weighty], taking_part, given_cut, base, "", 0.0)
    return Sensitivity(
        ranges=_ranges(swings),
        swings=swings,
        rank_stability=ratio(sum(one.kept_rank for one in swings), len(swings)),
        side_stability=ratio(sum(one.kept_side for one in swings), len(swings)),
        equal=equal,
        equal_correlation=_rank_correlation(equal),
    )


def _scaled(factors: Sequence[Factor], key: str, scale: float) -> list[Factor]:
    return [replace(one, weight=one.weight * scale) if one.key == key else one for one in factors]


def _ranked(factors: Sequence[Factor], rows: Mapping[str, Scores], given_cut: float | None) -> dict[str, RankedAccount]:
    keys = {factor.key for factor in factors}
    # Who takes part is decided already: other weights shall move accounts, not drop them.
    open_factors = [replace(factor, minimum=None) for factor in factors]
    results = {
        key: weighted_score(
            open_factors, {one: score for one, score in scores.items() if one in keys}, minimum_coverage=0
        )
        for key, scores in rows.items()
    }
    return {account.key: account for account in attractiveness_ranking(results, given_cut=given_cut).accounts}


def _swing(
    factors: Sequence[Factor],
    rows: Mapping[str, Scores],
    given_cut: float | None,
    base: Mapping[str, RankedAccount],
    factor: str,
    change: float,
) -> WeightSwing:
    accounts = tuple(
        RankShift(
            key=key,
            rank=account.rank or 0,
            base_rank=base[key].rank or 0,
            high=bool(account.high),
            base_high=bool(base[key].high),
        )
        for key, account in _ranked(factors, rows, given_cut).items()
    )
    return WeightSwing(
        factor=factor,
        change=change,
        accounts=accounts,
        kept_rank=sum(one.rank == one.base_rank for one in accounts) / len(accounts),
        kept_side=sum(one.high == one.base_high for one in accounts) / len(accounts),
    )


def _ranges(swings: Sequence[WeightSwing]) -> tuple[RankRange, ...]:
    shifts: dict[str, list[RankShift]] = {}
    for swing in swings:
        for shift in swing.accounts:
            shifts.setdefault(shift.key, []).append(shift)

    def span(key: str, own: Sequence[RankShift]) -> RankRange:
        places = [own[0].base_rank, *(one.rank for one in own)]
        return RankRange(key, own[0].base_rank, min(places), max(places), all(one.high == one.base_high for one in own))

    return tuple(sorted((span(key, own) for key, own in shifts.items()), key=lambda one: one.base_rank))


def _rank_correlation(swing: WeightSwing) -> float | None:
    before = mid_ranks([-one.base_rank for one in swing.accounts])
    after = mid_ranks([-one.rank for one in swing.accounts])
    return correlation(list(zip(before, after, strict=True)))
