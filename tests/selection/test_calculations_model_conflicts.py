"""Where the models disagree (A9)."""

from __future__ import annotations

import pytest

from selection.calculations.loyalty import ProfitLoyalty
from selection.calculations.model_conflicts import (
    STANCE_OF_FIELD,
    STANCE_OF_QUADRANT,
    STANCE_OF_STRATEGY,
    STANCE_OF_TIER,
    Model,
    ModelQuestion,
    Stance,
    model_view,
)
from selection.calculations.nine_cell import CellStrategy
from selection.calculations.quadrants import Quadrant
from selection.calculations.tiers import Tier


def test_key_account_that_loses_money_is_shown_and_not_averaged():
    view = model_view(
        quadrant=Quadrant.KEY,
        strategy=CellStrategy.PARTNER,
        tier=Tier.LOSS_MAKING,
        profit_loyalty=ProfitLoyalty.BARNACLE,
    )

    assert [(one.first.model, one.second.model) for one in view.conflicts] == [
        (Model.KAISM, Model.TIER),
        (Model.KAISM, Model.PROFIT_LOYALTY),
        (Model.NINE_CELL, Model.TIER),
        (Model.NINE_CELL, Model.PROFIT_LOYALTY),
    ]
    assert len(view.verdicts) == 4


def test_each_verdict_says_what_it_decides():
    view = model_view(quadrant=Quadrant.OPPORTUNISTIC, tier=Tier.KEY)

    assert [(one.question, one.answer, one.stance) for one in view.verdicts] == [
        (ModelQuestion.STATUS_AND_RESOURCES, "opportunistic", Stance.REDUCE),
        (ModelQuestion.SERVICE_AND_DUNNING, "key", Stance.INVEST),
    ]
    assert len(view.conflicts) == 1
    assert view.silent == (Model.NINE_CELL, Model.PROFIT_LOYALTY)


def test_hold_goes_with_either():
    view = model_view(quadrant=Quadrant.MAINTENANCE, tier=Tier.KEY, profit_loyalty=ProfitLoyalty.STRANGER)

    assert [(one.first.model, one.second.model) for one in view.conflicts] == [(Model.TIER, Model.PROFIT_LOYALTY)]


def test_no_verdict_is_no_conflict():
    view = model_view()

    assert (view.verdicts, view.conflicts, view.silent) == ((), (), tuple(Model))


@pytest.mark.parametrize(
    ("answers", "stances"),
    [
        (Quadrant, STANCE_OF_QUADRANT),
        (CellStrategy, STANCE_OF_STRATEGY),
        (Tier, STANCE_OF_TIER),
        (ProfitLoyalty, STANCE_OF_FIELD),
    ],
)
def test_every_answer_has_a_stance(answers, stances):
    assert set(stances) == set(answers)
