"""Results can be stored and recognised."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

import pytest

from selection.calculations.balance import PortfolioAccount, Resources, balance
from selection.calculations.bonds import BondKind, bond_status
from selection.calculations.compliance import Practice, policy_compliance
from selection.calculations.explanation import as_data, fingerprint, reason
from selection.calculations.policies import DEFAULT_POLICIES
from selection.calculations.quadrants import Quadrant
from selection.calculations.scoring import Factor, ScoreReason, weighted_score
from selection.calculations.sensitivity import weight_sensitivity


def test_a_score_result_becomes_plain_data():
    data = as_data(weighted_score([Factor("size", 60), Factor("growth", 40, minimum=4)], {"size": 8, "growth": 3}))

    assert json.loads(json.dumps(data)) == data
    assert data["score"] == pytest.approx(6.0)
    assert data["factors"][1]["knocked_out"] is True
    assert data["reasons"] == [
        {"code": "below_minimum", "subject": "growth", "figures": [["score", 3], ["minimum", 4]]}
    ]


def test_money_dates_and_sets_become_text_and_lists():
    assert as_data({"paid": Decimal("10.50"), "on": date(2026, 3, 1), "codes": {"b", "a"}}) == {
        "paid": "10.50",
        "on": "2026-03-01",
        "codes": ["a", "b"],
    }


def test_results_of_several_methods_become_plain_data():
    scores = {"a": {"size": 8.0}, "b": {"size": 3.0}}
    accounts = [PortfolioAccount("north", Quadrant.KEY, Decimal(5), effort=(("sales", 1.0),))]
    results = [
        weight_sensitivity([Factor("size", 60)], scores),
        balance(accounts, Resources(capacity={"sales": 5.0}), this_year=2026),
        bond_status({BondKind.PERSONAL: 3}),
        policy_compliance(DEFAULT_POLICIES[Quadrant.KEY], Practice(months=3), today=date(2026, 3, 1)),
    ]

    stored = [json.loads(json.dumps(as_data(result))) for result in results]

    assert stored[0]["ranges"][0]["key"] == "a"
    assert stored[1]["quadrants"][0] == ["key", 1]
    assert stored[2]["bonds"][0]["kind"] == "personal"
    assert stored[3]["items"][0]["verdict"] == "unknown"


def test_what_cannot_be_stored_is_refused():
    with pytest.raises(TypeError, match="object"):
        as_data(object())


def test_same_inputs_have_the_same_fingerprint():
    factors = [Factor("size", 60)]

    assert fingerprint(factors, {"a": 1, "b": 2}) == fingerprint(list(factors), {"b": 2, "a": 1})
    assert fingerprint(factors, {"a": 1}) != fingerprint(factors, {"a": 2})
    assert len(fingerprint()) == 64


def test_figures_of_a_reason_are_found_by_name():
    found = reason(ScoreReason.LOW_COVERAGE, coverage=0.5)

    assert found.figure("coverage") == 0.5
    assert found.figure("minimum") is None
