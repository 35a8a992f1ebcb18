"""The balance of the portfolio: its checks, their limits, and who may look."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.test import Client

from selection.selectors.balance import balance_sheet
from selection.services.policies import set_capacity, set_rule
from selection.views.balance import checks_of
from tests import personas
from tests.factories.accounts import UserFactory
from tests.factories.customers import CustomerFactory
from tests.factories.teams import MembershipFactory
from tests.selection.placing import TODAY, place

pytestmark = pytest.mark.django_db


def verdicts(office) -> dict[str, str]:
    return {str(check.title): check.css for check in checks_of(balance_sheet(office, today=TODAY))}


def test_an_empty_portfolio_gives_no_verdict(office):
    sheet = balance_sheet(office, today=TODAY)

    assert sheet.found.concentration.hhi is None
    assert {check.css for check in checks_of(sheet)} <= {"", "good"}


def test_days_that_are_missing_are_named(run, office):
    set_rule(quadrant="key", version=None, values={"effort": {"service": 12}}, by=office)
    set_capacity(function="service", days_a_year=Decimal(20), day_rate=None, by=office)
    for gap in (1, 2):
        place(run, 8, gap)

    checks = {str(check.title): check for check in checks_of(balance_sheet(office, today=TODAY))}

    assert (checks["Capacity"].css, checks["Capacity"].figure) == ("bad", "120\N{NO-BREAK SPACE}%")
    assert "4 days more" in checks["Capacity"].sentence
    assert checks["How many we can afford"].css == "warn"


def test_a_fifth_key_account_is_too_many_for_one_manager(run, office):
    manager = UserFactory()
    for gap in (1, 2, 3, 4, 5):
        customer = CustomerFactory()
        MembershipFactory(team=customer.account_team, user=manager, level="owner", valid_from=date(2020, 1, 1))
        place(run, 8, gap, customer=customer)

    sheet = balance_sheet(office, today=TODAY)

    assert [(one.name, one.accounts, one.verdict) for one in sheet.holdings] == [(manager.full_name, 5, "overloaded")]
    assert verdicts(office)["Load of the managers"] == "bad"


def test_too_much_development_is_a_warning(run, office):
    for gap in (1, -1, -2):
        place(run, 8, gap)

    assert verdicts(office)["In development"] == "warn"


def test_the_page_opens_with_its_answer_for_readers_of_scores_alone(run, office):
    customer = place(run, 8, 1, name="Alpha Foods")
    page, other = Client(), Client()
    page.force_login(office)
    other.force_login(personas.service_agent(customer))

    assert "Balance of the portfolio" in page.get("/selection/balance/").content.decode()
    assert other.get("/selection/balance/").status_code == 403
