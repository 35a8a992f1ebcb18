"""How firm a model's ranking is: under other weights, under equal ones, and with the raters' disagreement drawn."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import F

from accounts.models import User
from selection.calculations.rank_odds import RankOdds, rank_odds
from selection.calculations.raters import Rating as Opinion
from selection.calculations.scoring import Factor
from selection.calculations.sensitivity import RankRange, Sensitivity, weight_sensitivity
from selection.models import CurrentScore, ModelFactor, Rating, ScoringModel
from selection.selectors.opinions import opinions

MOST_RANKED: Final = 60
RUNS: Final = 2_000  # odds are then right to about one part in a hundred
TOP: Final = 10


@dataclass(frozen=True, slots=True)
class StabilityRow:
    """One customer: its rank, the best and worst under other weights, under equal ones, and its odds."""

    customer_id: int
    name: str
    range: RankRange
    equal: int | None
    odds: RankOdds | None


@dataclass(frozen=True, slots=True)
class Stability:
    """The ranking of the customers that its reader sees, the best `MOST_RANKED`; `seed` draws the picture again."""

    rows: Sequence[StabilityRow]
    weights: Sensitivity
    left_out: int
    seed: int
    judged: bool

    @property
    def firm(self) -> int:
        """How many never change sides of the cut."""
        return sum(row.range.firm for row in self.rows)

    @property
    def runs(self) -> int:
        """How often the lot was drawn."""
        return RUNS

    @property
    def top(self) -> int:
        """How many are counted as the first."""
        return min(TOP, len(self.rows))


def stability_of(model: ScoringModel, *, by: User, seed: int = 1) -> Stability:
    """Rank stability of a model's newest scores, of customers whose scores the reader sees; empty before the first run.

    Measured factors do not vary; judged ones take the score of one of their raters by lot, agreed ones stand still.
    """
    stored = list(model.factors.all())
    factors = [Factor(one.key, float(one.weight), _number(one.minimum)) for one in stored]
    seen = CurrentScore.objects.visible_to(by, "score").filter(source__run__model=model)
    found = seen.order_by(F("rank").asc(nulls_last=True), "pk").values_list(
        "customer_id", "customer__name", "source__explanation"
    )
    rows = list(found[:MOST_RANKED])
    names = {str(pk): name for pk, name, _parts in rows}
    scores = {str(pk): {part["key"]: part["score"] for part in parts} for pk, _name, parts in rows}
    weights = weight_sensitivity(factors, scores)
    judged = [one for one in stored if one.kind == ModelFactor.Kind.JUDGED]
    odds = {one.key: one for one in _odds(model, factors, judged, scores, seed)}
    equal = {one.key: one.rank for one in weights.equal.accounts} if weights.equal else {}
    return Stability(
        rows=[
            StabilityRow(int(one.key), names[one.key], one, equal.get(one.key), odds.get(one.key))
            for one in weights.ranges
        ],
        weights=weights,
        left_out=max(0, seen.count() - len(rows)),
        seed=seed,
        judged=bool(judged),
    )


def _odds(
    model: ScoringModel,
    factors: Sequence[Factor],
    judged: Sequence[ModelFactor],
    scores: Mapping[str, Mapping[str, float | None]],
    seed: int,
) -> Sequence[RankOdds]:
    if not scores:
        return ()
    keys = {one.key for one in judged}
    given: dict[str, list[Opinion]] = {
        pk: [Opinion("measured", key, score) for key, score in parts.items() if key not in keys]
        for pk, parts in scores.items()
    }
    agreed: dict[str, dict[str, float]] = {}
    settled: set[tuple[int, str]] = set()
    for factor in judged:
        factor.model = model
        for opinion in opinions(factor):
            if opinion.agreed and str(opinion.customer_id) in given:
                agreed.setdefault(str(opinion.customer_id), {})[factor.key] = opinion.score
                settled.add((opinion.customer_id, factor.key))
    rows = (
        Rating.objects.filter(
            factor__key__in=keys, factor__model__name=model.name, customer__in=[int(pk) for pk in scores]
        )
        .order_by("customer_id", "rater_id", "factor__key", "-factor__model__edition")
        .distinct("customer_id", "rater_id", "factor__key")
        .values_list("customer_id", "factor__key", "rater_id", "score")
    )
    for customer_id, key, rater_id, score in rows:
        if (customer_id, key) not in settled:
            given[str(customer_id)].append(Opinion(str(rater_id), key, float(score)))
    rng = random.Random(seed)  # noqa: S311 - a picture that can be drawn again, no secret
    return rank_odds(factors, given, rng=rng, top=TOP, runs=RUNS, consensus=agreed)


def _number(value: object) -> float | None:
    return None if value is None else float(str(value))
