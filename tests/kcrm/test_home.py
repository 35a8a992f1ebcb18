"""My day: what it says of silence is what the coverage plan says."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from kcrm.views.home import answer_of, day_for, silent_items
from planning.models import CoverageRule
from planning.querysets import silent
from tests.factories.accounts import UserFactory
from tests.factories.customers import CustomerFactory
from tests.factories.teams import MembershipFactory

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 10)


def test_my_day_and_the_coverage_plan_name_the_same_silent_customers():
    user = UserFactory()
    CoverageRule.objects.filter(tier="").update(days=45)
    talks = ((40, None, "client"), (50, None, "client"), (50, 60, "client"), (15, 14, "client"), (500, 14, "lost"))
    customers = [
        CustomerFactory(last_interaction_on=TODAY - timedelta(days=ago), cadence_days=cadence, life_cycle=life_cycle)
        for ago, cadence, life_cycle in talks
    ]
    for customer in customers:
        MembershipFactory(team=customer.account_team, user=user, level="owner")

    day = day_for(user, TODAY)

    assert [row["pk"] for row in day.silent] == [customers[1].pk, customers[3].pk]
    assert {row["pk"] for row in day.silent} == {
        customer.pk for customer in silent(type(customers[0]).objects.visible_to(user), TODAY)
    }
    assert answer_of(day)[1] == f"Nobody has spoken to {customers[1].name} for 50 days."
    assert [(item["tag"], item["css"], item["note"]) for item in silent_items(day)] == [
        ("50 d", "warn", "last contact 19 Jan 2026; every 45 days planned"),
        ("15 d", "warn", "last contact 23 Feb 2026; every 14 days planned"),
    ]


def test_a_customer_never_spoken_with_waits_since_he_came():
    user = UserFactory()
    customer = CustomerFactory(last_interaction_on=None, cadence_days=30)
    MembershipFactory(team=customer.account_team, user=user, level="owner")

    [item] = silent_items(day_for(user, customer.created_at.date() + timedelta(days=61)))

    assert (item["tag"], item["css"], item["note"]) == ("61 d", "bad", "never spoken with; every 30 days planned")
