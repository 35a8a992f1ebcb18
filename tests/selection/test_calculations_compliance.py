"""Does a customer get what its quadrant is entitled to (M04)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from selection.calculations.compliance import (
    ComplianceVerdict,
    PolicyRule,
    Practice,
    compliance_by_quadrant,
    policy_compliance,
)
from selection.calculations.policies import DEFAULT_POLICIES, PlanDepth, ServiceLevel
from selection.calculations.quadrants import Quadrant

TODAY = date(2026, 7, 1)
MET, SHORT, OVER = ComplianceVerdict.MET, ComplianceVerdict.SHORT, ComplianceVerdict.OVER
NOT_OWED, UNKNOWN = ComplianceVerdict.NOT_OWED, ComplianceVerdict.UNKNOWN

KEY = Practice(
    months=12,
    contacts=50,
    steering_meetings=12,
    reviews=4,
    sponsored=True,
    plan=PlanDepth.FULL,
    service=ServiceLevel.TAILORED,
    discount=0.12,
    cost_to_serve=0.17,
)
MAINTENANCE = Practice(
    months=6,
    contacts=6,
    reviews=0,
    sponsored=True,
    plan=PlanDepth.ONE_PAGE,
    service=ServiceLevel.PILOT,
    discount=0.09,
    discount_before=0.08,
    cost_to_serve=0.11,
)


def verdicts(quadrant: Quadrant, practice: Practice) -> dict[PolicyRule, ComplianceVerdict]:
    found = policy_compliance(DEFAULT_POLICIES[quadrant], practice, today=TODAY)
    return {item.rule: item.verdict for item in found.items}


def test_key_account_that_gets_what_it_is_owed():
    found = policy_compliance(DEFAULT_POLICIES[Quadrant.KEY], KEY, today=TODAY)

    assert (found.share, found.short, found.over) == (1, (), ())
    assert verdicts(Quadrant.KEY, KEY)[PolicyRule.DISCOUNT] is NOT_OWED


def test_worked_figures_of_a_maintenance_account_that_gets_too_much():
    found = policy_compliance(DEFAULT_POLICIES[Quadrant.MAINTENANCE], MAINTENANCE, today=TODAY)

    assert [item.rule for item in found.over] == [
        PolicyRule.CONTACTS,
        PolicyRule.SPONSOR,
        PolicyRule.SERVICE,
        PolicyRule.DISCOUNT,
        PolicyRule.COST_TO_SERVE,
    ]
    assert found.short == ()
    assert found.share == pytest.approx(2 / 7)


@pytest.mark.parametrize(
    ("months", "contacts", "verdict"),
    [
        (12, 47, MET),
        (12, 46, SHORT),
        (3, 12, MET),
        (3, 11, SHORT),
        (12, 78, MET),
        (12, 79, OVER),
        (12, None, UNKNOWN),
    ],
)
def test_contacts_are_owed_in_proportion(months, contacts, verdict):
    practice = replace(KEY, months=months, contacts=contacts)

    assert verdicts(Quadrant.KEY, practice)[PolicyRule.CONTACTS] is verdict


@pytest.mark.parametrize(("months", "reviews", "verdict"), [(6, 0, MET), (12, 0, SHORT), (6, 1, MET), (6, 2, OVER)])
def test_yearly_review_is_not_due_at_half_time(months, reviews, verdict):
    practice = replace(MAINTENANCE, months=months, reviews=reviews)

    assert verdicts(Quadrant.MAINTENANCE, practice)[PolicyRule.REVIEWS] is verdict


def test_by_milestone_and_on_enquiry_owe_no_number():
    assert verdicts(Quadrant.KEY_DEVELOPMENT, KEY)[PolicyRule.CONTACTS] is NOT_OWED
    assert verdicts(Quadrant.OPPORTUNISTIC, KEY)[PolicyRule.CONTACTS] is NOT_OWED
    assert verdicts(Quadrant.OPPORTUNISTIC, KEY)[PolicyRule.REVIEWS] is NOT_OWED


@pytest.mark.parametrize(
    ("quadrant", "sponsored", "verdict"),
    [
        (Quadrant.KEY, False, SHORT),
        (Quadrant.KEY_DEVELOPMENT, True, MET),
        (Quadrant.OPPORTUNISTIC, False, MET),
        (Quadrant.OPPORTUNISTIC, True, OVER),
        (Quadrant.KEY, None, UNKNOWN),
    ],
)
def test_sponsor(quadrant, sponsored, verdict):
    assert verdicts(quadrant, replace(KEY, sponsored=sponsored))[PolicyRule.SPONSOR] is verdict


@pytest.mark.parametrize(
    ("plan", "verdict"),
    [(PlanDepth.NONE, SHORT), (PlanDepth.PROJECT, MET), (PlanDepth.FULL, OVER), (None, UNKNOWN)],
)
def test_plan_depth(plan, verdict):
    assert verdicts(Quadrant.KEY_DEVELOPMENT, replace(KEY, plan=plan))[PolicyRule.PLAN] is verdict


@pytest.mark.parametrize(
    ("service", "verdict"), [(ServiceLevel.BASIC, SHORT), (ServiceLevel.STANDARD, MET), (ServiceLevel.TAILORED, OVER)]
)
def test_service_level(service, verdict):
    assert verdicts(Quadrant.MAINTENANCE, replace(KEY, service=service))[PolicyRule.SERVICE] is verdict


@pytest.mark.parametrize(
    ("discount", "before", "verdict"),
    [(0.085, 0.08, MET), (0.086, 0.08, OVER), (0.02, 0.08, MET), (0.08, None, UNKNOWN), (None, 0.08, UNKNOWN)],
)
def test_hold_is_no_more_discount_than_before(discount, before, verdict):
    practice = replace(KEY, discount=discount, discount_before=before)

    assert verdicts(Quadrant.MAINTENANCE, practice)[PolicyRule.DISCOUNT] is verdict


@pytest.mark.parametrize(("discount", "verdict"), [(0.005, MET), (0.01, OVER), (None, UNKNOWN)])
def test_list_price_is_no_discount(discount, verdict):
    assert verdicts(Quadrant.OPPORTUNISTIC, replace(KEY, discount=discount))[PolicyRule.DISCOUNT] is verdict


@pytest.mark.parametrize(
    ("discount", "ends_on", "verdict"),
    [
        (0.15, date(2026, 12, 31), MET),
        (0.15, TODAY, MET),
        (0.15, date(2026, 6, 30), OVER),
        (0.15, None, OVER),
        (0.0, None, MET),
    ],
)
def test_investment_price_has_an_end_ahead(discount, ends_on, verdict):
    practice = replace(KEY, discount=discount, price_ends_on=ends_on)

    assert verdicts(Quadrant.KEY_DEVELOPMENT, practice)[PolicyRule.DISCOUNT] is verdict


@pytest.mark.parametrize(("cost", "verdict"), [(0.18, MET), (0.181, OVER), (None, UNKNOWN)])
def test_cost_to_serve_is_capped(cost, verdict):
    assert verdicts(Quadrant.KEY, replace(KEY, cost_to_serve=cost))[PolicyRule.COST_TO_SERVE] is verdict


@pytest.mark.parametrize(("quarters", "verdict"), [(4, MET), (5, OVER), (None, UNKNOWN)])
def test_development_is_limited_to_four_quarters(quarters, verdict):
    practice = replace(KEY, quarters_in_quadrant=quarters)

    assert verdicts(Quadrant.KEY_DEVELOPMENT, practice)[PolicyRule.TIME_BOX] is verdict
    assert verdicts(Quadrant.KEY, practice)[PolicyRule.TIME_BOX] is NOT_OWED


def test_nothing_known_is_undefined_not_zero():
    found = policy_compliance(DEFAULT_POLICIES[Quadrant.KEY], Practice(months=12), today=TODAY)

    assert found.share is None


def test_period_without_months_is_refused():
    with pytest.raises(ValueError, match="has months"):
        policy_compliance(DEFAULT_POLICIES[Quadrant.KEY], Practice(months=0), today=TODAY)


def test_quadrants_are_summed_up():
    results = [
        policy_compliance(DEFAULT_POLICIES[Quadrant.KEY], KEY, today=TODAY),
        policy_compliance(DEFAULT_POLICIES[Quadrant.KEY], replace(KEY, reviews=1), today=TODAY),
        policy_compliance(DEFAULT_POLICIES[Quadrant.MAINTENANCE], MAINTENANCE, today=TODAY),
    ]

    key, development, maintenance, _ = compliance_by_quadrant(results)

    assert (key.accounts, key.short, key.over, key.share) == (2, 1, 0, pytest.approx(13 / 14))
    assert (development.accounts, development.share) == (0, None)
    assert (maintenance.over, maintenance.share) == (5, pytest.approx(2 / 7))
