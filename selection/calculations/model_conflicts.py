"""Where the models disagree about a customer: shown, and never merged into one number (A9)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations
from typing import TypeVar

from selection.calculations.loyalty import ProfitLoyalty
from selection.calculations.nine_cell import CellStrategy
from selection.calculations.quadrants import Quadrant
from selection.calculations.tiers import Tier

Answer = TypeVar("Answer", bound=StrEnum)


class Model(StrEnum):
    """A model with a say; each answers its own question."""

    KAISM = "kaism"
    NINE_CELL = "nine_cell"
    TIER = "tier"
    PROFIT_LOYALTY = "profit_loyalty"


class ModelQuestion(StrEnum):
    """What a model is asked, and what it therefore decides."""

    STATUS_AND_RESOURCES = "status_and_resources"
    NEXT_STEP = "next_step"
    SERVICE_AND_DUNNING = "service_and_dunning"
    PRICE_AND_COST = "price_and_cost"


class Stance(StrEnum):
    """What a verdict comes down to: put more in, hold, take out."""

    INVEST = "invest"
    HOLD = "hold"
    REDUCE = "reduce"


QUESTION_OF_MODEL: dict[Model, ModelQuestion] = {
    Model.KAISM: ModelQuestion.STATUS_AND_RESOURCES,
    Model.NINE_CELL: ModelQuestion.NEXT_STEP,
    Model.TIER: ModelQuestion.SERVICE_AND_DUNNING,
    Model.PROFIT_LOYALTY: ModelQuestion.PRICE_AND_COST,
}

STANCE_OF_QUADRANT: dict[Quadrant, Stance] = {
    Quadrant.KEY: Stance.INVEST,
    Quadrant.KEY_DEVELOPMENT: Stance.INVEST,
    Quadrant.MAINTENANCE: Stance.HOLD,
    Quadrant.OPPORTUNISTIC: Stance.REDUCE,
}

STANCE_OF_STRATEGY: dict[CellStrategy, Stance] = {
    CellStrategy.PARTNER: Stance.INVEST,
    CellStrategy.INVEST: Stance.INVEST,
    CellStrategy.BREAK_IN: Stance.INVEST,
    CellStrategy.CROSS_SELL: Stance.HOLD,
    CellStrategy.SELECTIVE: Stance.HOLD,
    CellStrategy.TEST: Stance.HOLD,
    CellStrategy.HARVEST: Stance.REDUCE,
    CellStrategy.CASH: Stance.REDUCE,
    CellStrategy.EXIT: Stance.REDUCE,
}

STANCE_OF_TIER: dict[Tier, Stance] = {
    Tier.KEY: Stance.INVEST,
    Tier.POTENTIAL: Stance.HOLD,
    Tier.REGULAR: Stance.HOLD,
    Tier.ONE_OFF: Stance.REDUCE,
    Tier.LOSS_MAKING: Stance.REDUCE,
}

STANCE_OF_FIELD: dict[ProfitLoyalty, Stance] = {
    ProfitLoyalty.TRUE_FRIEND: Stance.INVEST,
    ProfitLoyalty.BUTTERFLY: Stance.HOLD,
    ProfitLoyalty.BARNACLE: Stance.REDUCE,
    ProfitLoyalty.STRANGER: Stance.REDUCE,
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one model says of a customer, and what it comes down to."""

    model: Model
    question: ModelQuestion
    answer: str
    stance: Stance


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two models of which one says invest and the other reduce."""

    first: Verdict
    second: Verdict


@dataclass(frozen=True, slots=True)
class ModelView:
    """Every verdict on a customer side by side; ``silent`` are the models that have none."""

    verdicts: tuple[Verdict, ...]
    conflicts: tuple[Conflict, ...]
    silent: tuple[Model, ...]


def model_view(
    *,
    quadrant: Quadrant | None = None,
    strategy: CellStrategy | None = None,
    tier: Tier | None = None,
    profit_loyalty: ProfitLoyalty | None = None,
) -> ModelView:
    """Sets the verdicts of the models side by side and names those that oppose each other (A9).

    Invest against reduce is a conflict; hold goes with either. None is no verdict and no conflict.
    """
    said = (
        _verdict(Model.KAISM, quadrant, STANCE_OF_QUADRANT),
        _verdict(Model.NINE_CELL, strategy, STANCE_OF_STRATEGY),
        _verdict(Model.TIER, tier, STANCE_OF_TIER),
        _verdict(Model.PROFIT_LOYALTY, profit_loyalty, STANCE_OF_FIELD),
    )
    verdicts = tuple(verdict for verdict in said if verdict is not None)
    return ModelView(
        verdicts=verdicts,
        conflicts=tuple(
            Conflict(first, second)
            for first, second in combinations(verdicts, 2)
            if {first.stance, second.stance} == {Stance.INVEST, Stance.REDUCE}
        ),
        silent=tuple(model for model, verdict in zip(Model, said, strict=True) if verdict is None),
    )


def _verdict(model: Model, answer: Answer | None, stances: Mapping[Answer, Stance]) -> Verdict | None:
    if answer is None:
        return None
    return Verdict(model=model, question=QUESTION_OF_MODEL[model], answer=str(answer), stance=stances[answer])
