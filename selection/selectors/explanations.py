"""A customer's score with everything behind it: figures, weights, raters, the cut, the trail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from accounts.models import User
from customers.models import Customer
from selection.calculations.freshness import HALF_LIFE_MONTHS, Evidence, Freshness, freshness
from selection.calculations.scoring import MINIMUM_COVERAGE
from selection.models import CurrentScore, ModelFactor, Rating, Score, ScoringModel
from selection.selectors.figures import FORMATS
from selection.selectors.scopes import model_for
from selection.words import factor_name


@dataclass(frozen=True, slots=True)
class FactorLine:
    """One factor's part in a score. `figure` is a share for percentages, an amount for money; None where unknown."""

    factor_id: int
    key: str
    name: str
    is_metric: bool
    figure: float | None
    figure_format: str
    score: float | None
    weight: float
    contribution: float | None
    raters: int
    discuss: bool
    anchors: Mapping[str, str]
    ratings: Sequence[Rating]
    own: Rating | None


@dataclass(frozen=True, slots=True)
class TrailPoint:
    """What an earlier run found."""

    at: datetime
    score: Decimal | None
    rank: int | None


@dataclass(frozen=True, slots=True)
class Explanation:
    """A score that can be opened; `score` is None while nobody has scored the customer."""

    model: ScoringModel | None
    score: Score | None
    lines: Sequence[FactorLine]
    minimum_coverage: float
    trail: Sequence[TrailPoint]

    @property
    def run(self) -> Any:
        """The run that found it."""
        return self.score.run if self.score else None


def explanation_of(customer: Customer, *, by: User, today: date, trail: int = 12) -> Explanation:
    """The score in force of a customer, opened to its inputs, with the reader's own ratings; a handful of statements.

    Before the first run the lines show the factors of the model that will score it, so that ratings can begin.
    """
    current = (
        CurrentScore.objects.filter(customer=customer)
        .select_related("source__run__model")
        .defer("source__run__model__purpose")
        .first()
    )
    score = current.source if current else None
    model = score.run.model if score else model_for(customer, day=today)
    factors = list(model.factors.all()) if model else []
    ratings: dict[int, list[Rating]] = {}
    for rating in Rating.objects.filter(factor__in=factors, customer=customer).select_related("rater"):
        ratings.setdefault(rating.factor_id, []).append(rating)
    parts = {part["key"]: part for part in (score.explanation if score else ())}
    lines = [_line(factor, parts.get(factor.key, {}), ratings.get(factor.pk, []), by) for factor in factors]
    earlier = (
        Score.objects.filter(customer=customer, run__state="finished")
        .order_by("-run__started_at")
        .values_list("run__finished_at", "score", "rank")[:trail]
    )
    return Explanation(model, score, lines, MINIMUM_COVERAGE, [TrailPoint(*row) for row in earlier])


def freshness_of(found: Explanation, *, today: date) -> Freshness:
    """How old the judgement behind a score is, by the weight of its factors and the newest rating of each (A9)."""
    pieces = [(line.weight, max(rating.rated_on for rating in line.ratings)) for line in found.lines if line.ratings]
    return freshness(pieces, half_life_months=HALF_LIFE_MONTHS[Evidence.ATTRACTIVENESS], today=today)


def _line(factor: ModelFactor, part: Mapping[str, Any], ratings: Sequence[Rating], by: User) -> FactorLine:
    return FactorLine(
        factor_id=factor.pk,
        key=factor.key,
        name=factor_name(factor.key, factor.name),
        is_metric=factor.kind == ModelFactor.Kind.METRIC,
        figure=part.get("figure"),
        figure_format=FORMATS.get(factor.metric, "number"),
        score=part.get("score"),
        weight=float(factor.weight),
        contribution=part.get("contribution"),
        raters=part.get("raters", 0),
        discuss=part.get("discuss", False),
        anchors=factor.anchors,
        ratings=ratings,
        own=next((rating for rating in ratings if rating.rater_id == by.pk), None),
    )
