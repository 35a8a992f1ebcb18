"""Who has waited too long for a word from us, and who is told."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEntry, User
from customers.models import Customer
from jobs.models import Notification
from jobs.reminders import reminder_sources
from jobs.services.reminders import remind
from planning.models import CoverageRule
from planning.querysets import silent
from tests import personas
from tests.factories.accounts import UserFactory
from tests.factories.customers import CustomerFactory

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 10)


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def spoken(days_ago: int, **values: Any) -> Customer:
    return CustomerFactory(last_interaction_on=TODAY - timedelta(days=days_ago), **values)


def found() -> set[Customer]:
    return set(silent(Customer.objects.alive(), TODAY))


def test_the_rule_for_unscored_customers_holds_until_there_is_a_score() -> None:
    spoken(90)
    late = spoken(91)

    assert found() == {late}


def test_a_cadence_of_ones_own_goes_before_the_rule() -> None:
    spoken(100, cadence_days=120)
    late = spoken(15, cadence_days=14)

    assert found() == {late}


def test_who_was_never_spoken_with_waits_since_he_came() -> None:
    old = CustomerFactory(created_at=datetime(2025, 1, 1, tzinfo=UTC))
    CustomerFactory(created_at=datetime(2026, 3, 1, tzinfo=UTC))

    assert found() == {old}


def test_lost_inactive_and_suspects_are_not_waited_for() -> None:
    for life_cycle in ("lost", "inactive", "suspect"):
        spoken(500, life_cycle=life_cycle)

    assert found() == set()


def test_the_owner_is_told_once_a_silence() -> None:
    customer = spoken(31, cadence_days=30)
    manager = personas.account_manager(customer)
    source = reminder_sources()["silence"]

    counts = [
        remind(key="silence", source=source, now=datetime(2026, 3, day, hour, tzinfo=UTC))
        for day, hour in ((9, 23), (10, 7), (11, 7))
    ]

    assert counts == [0, 1, 0]
    notice = Notification.objects.get()
    assert (notice.user, notice.customer_id) == (manager, customer.pk)


def test_the_page_shows_silent_customers_in_sight() -> None:
    day = timezone.localdate() - timedelta(days=400)
    customer = CustomerFactory(name="Quiet Ltd", last_interaction_on=day)
    CustomerFactory(name="Hidden Ltd", last_interaction_on=day)

    page = browser(personas.team_reader(customer)).get("/coverage/").content.decode()

    assert "Quiet Ltd" in page
    assert "Hidden Ltd" not in page
    assert "1 customer has waited" in page


def test_the_programme_office_changes_the_plan_and_nobody_else() -> None:
    rule = CoverageRule.objects.get(tier="key")
    address = f"/coverage/rules/{rule.pk}/edit/"
    office, director = UserFactory(roles=["programme_office"]), UserFactory(roles=["director"])

    denied = browser(director).post(address, {"days": 5, "version": 1})
    wrong = browser(office).post(address, {"days": 0, "version": 1})
    browser(office).post(address, {"days": 21, "version": 1})

    rule.refresh_from_db()
    assert (denied.status_code, wrong.status_code, rule.days, rule.version) == (403, 422, 21, 2)
    assert AuditEntry.objects.get(action="update").changes == {"days": [30, 21]}


def test_the_api_reads_and_changes_the_plan() -> None:
    client = browser(UserFactory(roles=["programme_office"]))
    rules = client.get("/api/v1/coverage-rules/").json()["results"]
    key = next(rule for rule in rules if rule["tier"] == "key")

    changed = client.patch(
        f"/api/v1/coverage-rules/{key['id']}/",
        {"days": 28},
        content_type="application/json",
        headers={"If-Match": '"1"'},
    )

    assert {rule["tier"]: rule["days"] for rule in rules}[""] == 90
    assert changed.json()["days"] == 28


def test_the_database_refuses_a_senseless_cadence() -> None:
    with (
        pytest.raises(IntegrityError, match="planning_coveragerule_days_sensible"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE planning_coveragerule SET days = 0")
