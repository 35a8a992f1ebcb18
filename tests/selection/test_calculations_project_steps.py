"""Gates in order, waivers counted, what a way of selling costs: the pure part of the selection project."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from selection.calculations.mode_costs import ModePlan, mode_budget
from selection.calculations.project_conditions import (
    CandidateFacts,
    DecisionFacts,
    MarketFacts,
    ObjectiveFact,
    ProjectFacts,
    ScoringFacts,
    conditions_of,
)
from selection.calculations.project_steps import (
    ORDER,
    Condition,
    GateState,
    SignState,
    Step,
    after,
    before,
    gates_of,
    months_later,
    next_gate,
    timetable,
)
from selection.calculations.selection_team import TeamCharter, TeamFunction, TeamMember, team_check
from selection.calculations.selling_modes import SellingMode, mode_check, programme_fit

MET, OPEN = Condition("done", met=True), Condition("missing", met=False)
TEAM = [TeamMember(function.value, function) for function in TeamFunction]
CHARTER = TeamCharter("director", True, date(2026, 1, 5), date(2026, 2, 23), meetings=4, recheck_after_months=6)
PLANS = [
    ModePlan(SellingMode.KEY_ACCOUNT, 6, (("key_account_manager", 50.0), ("service", 12.0))),
    ModePlan(SellingMode.FARMER, 40, (("inside_sales", 8.0), ("service", 3.0))),
    ModePlan(SellingMode.HUNTER, 100, (("inside_sales", 2.0),)),
]
DAYS = {"key_account_manager": 400.0, "service": 180.0, "inside_sales": 600.0}
RATES = {"key_account_manager": Decimal(900), "service": Decimal(500), "inside_sales": Decimal(400)}


def states(conditions, words=()):
    return {gate.step: gate.state for gate in gates_of(conditions, dict(words))}


def test_ten_steps_in_the_order_of_the_method():
    assert len(ORDER) == 10
    assert before(Step.TEAM) == (Step.OBJECTIVES, Step.RESOURCES)
    assert after(Step.COMMUNICATION) == (Step.RECHECK,)


def test_a_gate_waits_for_the_one_before_it():
    found = states({Step.OBJECTIVES: [OPEN], Step.RESOURCES: [MET]})

    assert found[Step.OBJECTIVES] is GateState.OPEN
    assert found[Step.RESOURCES] is GateState.WAITING


def test_met_conditions_make_a_gate_ready_and_never_passed():
    gates = gates_of({Step.OBJECTIVES: [MET]}, {})

    assert gates[0].state is GateState.READY
    assert not gates[0].passed
    assert next_gate(gates) is gates[0]


def test_a_waiver_passes_and_keeps_what_it_waived():
    gates = gates_of({Step.OBJECTIVES: [OPEN, MET]}, {Step.OBJECTIVES: (SignState.WAIVED, ["missing"])})

    assert gates[0].state is GateState.WAIVED
    assert gates[0].open_codes == ("missing",)
    assert gates[0].slipped == ()
    assert gates[1].state is GateState.READY


def test_what_slips_under_a_signature_is_named():
    gates = gates_of({Step.OBJECTIVES: [OPEN]}, {Step.OBJECTIVES: (SignState.SIGNED, [])})

    assert gates[0].state is GateState.SIGNED
    assert gates[0].slipped == ("missing",)


def test_all_passed_leaves_nothing_next():
    gates = gates_of({}, {step: (SignState.SIGNED, []) for step in ORDER})

    assert next_gate(gates) is None


def test_the_timetable_ends_with_its_weeks():
    days = timetable(date(2026, 1, 5), weeks=8)

    assert days[Step.OBJECTIVES] == date(2026, 1, 10)
    assert days[Step.RECHECK] == date(2026, 3, 2)
    assert list(days.values()) == sorted(days.values())
    with pytest.raises(ValueError, match="weeks"):
        timetable(date(2026, 1, 5), weeks=0)


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2027, 8, 31), 6, date(2028, 2, 29)),
        (date(2026, 11, 15), 12, date(2027, 11, 15)),
        (date(2026, 12, 1), 1, date(2027, 1, 1)),
    ],
)
def test_months_later_stays_within_the_month(day, months, later):
    assert months_later(day, months) == later


def test_worked_figures_of_the_selling_modes():
    budget = mode_budget(PLANS, DAYS, RATES)
    key, farmer, hunter = budget.costs

    assert (key.days, farmer.days, hunter.days) == (372, 440, 200)
    assert (key.cost_each, farmer.cost_each, hunter.cost_each) == (Decimal(51_000), Decimal(4_700), Decimal(800))
    assert (key.cost, farmer.cost, hunter.cost) == (Decimal(306_000), Decimal(188_000), Decimal(80_000))
    assert round(key.share, 3) == 0.368
    assert round(budget.rounds_per_key, 2) == 10.85
    loads = {load.function: (load.demand_days, load.level.value) for load in budget.loads}
    assert loads == {
        "key_account_manager": (300, "green"), "service": (192, "red"), "inside_sales": (520, "amber"),
    }  # fmt: skip


def test_a_function_without_a_rate_leaves_the_cost_undefined_and_not_zero():
    budget = mode_budget(PLANS, DAYS, {"service": Decimal(500)})

    assert [cost.cost for cost in budget.costs] == [None, None, None]
    assert budget.rounds_per_key is None


def test_no_plans_ask_for_nothing():
    budget = mode_budget([], DAYS, RATES)

    assert budget.costs == ()
    assert all(load.level.value == "green" for load in budget.loads)
    assert mode_budget([ModePlan(SellingMode.FARMER, 0, ())], {}, {}).costs[0].share is None


def test_less_than_no_days_is_refused():
    with pytest.raises(ValueError, match="negative"):
        mode_budget([ModePlan(SellingMode.FARMER, 1, (("service", -1.0),))], {}, {})


MARKET = MarketFacts(has_map=True, published=True, leverage_points=1, segments=2, accepted=2, with_factors=2)
FULL = ProjectFacts(
    objectives=[ObjectiveFact(60, True), ObjectiveFact(40, True)],
    fit=programme_fit(
        concentration=60, purchase_complexity=50, number_of_contacts=50, potential=70, customers_willing=60,
        able_to_tailor=50,
    ),
    budget=mode_budget(PLANS, {**DAYS, "service": 200.0}, RATES),
    modes=[mode_check(None, mode=mode, paid_as=mode) for mode in SellingMode],
    team=team_check(TEAM, CHARTER),
    has_chair=True,
    raters=5,
    candidates=CandidateFacts(count=10, placed=10, solid=6),
    scoring=ScoringFacts(models=2, models_in_force=2, rounds=1, rounds_agreed=1, raters=5),
    decision=DecisionFacts(
        there=True, snapshot_fresh=True, approved=True, override_share=0.2, in_force=True, told=3, acknowledged=3
    ),
    endorsements_asked=6,
    endorsements_given=6,
    effective_on=date(2026, 3, 1),
    recheck_on=date(2027, 3, 1),
    market=MARKET,
)  # fmt: skip


def open_codes(facts: ProjectFacts) -> set[str]:
    return {one.code for found in conditions_of(facts).values() for one in found if not one.met}


def test_a_whole_project_has_no_open_condition():
    assert open_codes(FULL) == set()


def test_an_empty_project_has_every_condition_open():
    found = [one for conditions in conditions_of(ProjectFacts()).values() for one in conditions]

    assert {one.code for one in found if one.met} <= {"pay_fits_mode"}
    assert len(found) > 25


@pytest.mark.parametrize(
    ("change", "codes"),
    [
        ({"objectives": [ObjectiveFact(60, True), ObjectiveFact(30, True)]}, {"weights_total"}),
        ({"objectives": [ObjectiveFact(100, False)]}, {"objectives_measurable"}),
        ({"budget": mode_budget(PLANS, DAYS, RATES)}, {"days_suffice"}),
        ({"budget": mode_budget(PLANS, {**DAYS, "service": 200.0}, {})}, {"modes_priced"}),
        (
            {"modes": [mode_check(None, mode=SellingMode.FARMER, paid_as=SellingMode.HUNTER)]},
            {"pay_fits_mode"},
        ),
        ({"team": team_check(TEAM[:4], CHARTER)}, {"team_size", "functions_covered"}),
        ({"team": team_check(TEAM, replace(CHARTER, sponsor=None))}, {"sponsor_named"}),
        ({"has_chair": False}, {"raters_named"}),
        ({"market": replace(MARKET, published=False)}, {"map_published"}),
        ({"market": replace(MARKET, leverage_points=0)}, {"leverage_known"}),
        ({"market": replace(MARKET, accepted=1)}, {"segments_accepted"}),
        ({"market": replace(MARKET, with_factors=1, unplaced=3)}, {"segments_own_factors", "candidates_in_segments"}),
        ({"scoring": ScoringFacts(models=1, rounds=1, raters=5)}, {"factors_in_force", "rounds_agreed"}),
        ({"candidates": CandidateFacts(count=10, placed=9, solid=4)}, {"views_known", "views_solid"}),
        ({"candidates": CandidateFacts(count=10, placed=10, solid=10, stale=1)}, {"views_fresh"}),
        ({"endorsements_given": 5}, {"functions_answered"}),
        ({"recheck_on": date(2027, 9, 1)}, {"recheck_in_time"}),
        ({"decision": replace(FULL.decision, override_share=0.21)}, {"few_exceptions"}),
        ({"decision": replace(FULL.decision, acknowledged=2)}, {"all_acknowledged"}),
    ],
)
def test_each_fault_opens_its_own_condition(change, codes):
    assert open_codes(replace(FULL, **change)) == codes
