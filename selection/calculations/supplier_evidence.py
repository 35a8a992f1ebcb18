"""How well we know what the customer thinks: grade, confidence and age of the evidence (M03)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Protocol

from selection.calculations.dates import age_in_months
from selection.calculations.figures import exceeds, ratio, reaches
from selection.calculations.scoring import Factor

STALE_AFTER_MONTHS = 12.0
STALE_AFTER_DAYS = 365
"""Twelve months of 365.25 / 12 days, in whole days: the 366th is stale."""
SOLID_FROM = 0.50


class EvidenceGrade(StrEnum):
    """How we know a score."""

    TOLD = "told"
    OBSERVED = "observed"
    GUESS = "guess"


class Rated(Protocol):
    """What the evidence needs to know of a rating."""

    @property
    def supplier(self) -> str:
        """Gives the supplier that was rated."""

    @property
    def factor(self) -> str:
        """Gives the factor it was rated on."""

    @property
    def grade(self) -> EvidenceGrade:
        """Gives how we know the score."""

    @property
    def observed_on(self) -> date | None:
        """Gives the day of the evidence; None where nobody wrote it down."""


@dataclass(frozen=True, slots=True)
class EvidenceSummary:
    """What a relative strength rests on, as shares of the customer's weight, 0-1; None where there is no weight.

    ``confidence`` is the weight whose scores, ours and the best alternative's, are told or observed; below one half
    the bubble is hollow. ``stale_share`` is the weight with a score that is undated or older than twelve months;
    above one half the rating as a whole is stale. ``unscored_share`` is the weight with a score missing.
    """

    confidence: float | None
    hollow: bool
    stale_share: float | None
    stale: bool
    unscored_share: float | None
    oldest_on: date | None


def evidence_summary(
    factors: Sequence[Factor],
    ratings: Sequence[Rated],
    *,
    suppliers: Sequence[str],
    today: date,
    stale_after_months: float = STALE_AFTER_MONTHS,
) -> EvidenceSummary:
    """Sums up the evidence behind a comparison of these suppliers (M03).

    A factor is only as well known as the weakest of the scores compared on it.
    """
    by_pair = {(rating.supplier, rating.factor): rating for rating in ratings}
    known = stale = unscored = 0.0
    for factor in factors:
        used = [by_pair[supplier, factor.key] for supplier in suppliers if (supplier, factor.key) in by_pair]
        if len(used) < len(suppliers):
            unscored += factor.weight
        elif all(rating.grade is not EvidenceGrade.GUESS for rating in used):
            known += factor.weight
        if any(_is_stale(rating, today, stale_after_months) for rating in used):
            stale += factor.weight
    total = math.fsum(factor.weight for factor in factors)
    confidence, stale_share = ratio(known, total), ratio(stale, total)
    dates = [rating.observed_on for rating in ratings if rating.supplier in suppliers and rating.observed_on]
    return EvidenceSummary(
        confidence=confidence,
        hollow=confidence is None or not reaches(confidence, SOLID_FROM),
        stale_share=stale_share,
        stale=stale_share is not None and exceeds(stale_share, 0.50),
        unscored_share=ratio(unscored, total),
        oldest_on=min(dates, default=None),
    )


def _is_stale(rating: Rated, today: date, stale_after_months: float) -> bool:
    return rating.observed_on is None or exceeds(age_in_months(rating.observed_on, today), stale_after_months)


def solid_until(
    factors: Sequence[Factor],
    ratings: Sequence[Rated],
    *,
    suppliers: Sequence[str],
    stale_after_days: int = STALE_AFTER_DAYS,
) -> date | None:
    """Finds the last day on which the comparison is not stale as a whole, so that lists need no arithmetic (M03).

    The twin of ``evidence_summary(...).stale``. None where more than half of the weight has scores without a day, or
    too little is scored for more than half ever to grow old.
    """
    weights = {factor.key: factor.weight for factor in factors}
    oldest: dict[str, date] = {}
    for rating in ratings:
        if rating.supplier in suppliers and rating.factor in weights:
            day = rating.observed_on or date.min
            oldest[rating.factor] = min(day, oldest.get(rating.factor, day))
    half = math.fsum(weights.values()) / 2
    passed = 0.0
    for key in sorted(oldest, key=oldest.__getitem__):
        passed += weights[key]
        if exceeds(passed, half):
            return None if oldest[key] == date.min else oldest[key] + timedelta(days=stale_after_days)
    return None
