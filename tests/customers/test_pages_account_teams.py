"""Account teams, hand-over and workload over HTTP and REST."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from customers.calculations.load import Band, band_of
from customers.models import Customer
from teams.models import TeamMembership
from tests import personas
from tests.factories.accounts import ApiTokenFactory, UserFactory
from tests.factories.activities import InteractionFactory, TaskFactory
from tests.factories.customers import CustomerFactory
from tests.factories.teams import MembershipFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer() -> Customer:
    return CustomerFactory(name="QUICK-Stop")


@pytest.fixture
def manager(customer: Customer) -> User:
    return personas.account_manager(customer)


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_the_manager_is_offered_what_he_may_give(customer: Customer, manager: User) -> None:
    form = browser(manager).get(f"/customers/{customer.pk}/team/new/").content.decode()

    assert 'value="contribute"' in form
    assert 'value="owner"' not in form
    assert 'name="fin"' not in form


def test_a_member_is_added_changed_and_let_go(customer: Customer, manager: User) -> None:
    client, colleague = browser(manager), UserFactory(full_name="Nina New")
    today = timezone.localdate()
    base = f"/customers/{customer.pk}/team/"
    values = {"function": "technical", "level": "read", "valid_from": (today - timedelta(days=3)).isoformat()}

    client.post(f"{base}new/", values | {"user": colleague.pk})
    membership = TeamMembership.objects.get(user=colleague)
    panel = client.get(base).content.decode()
    client.post(f"{base}{membership.pk}/edit/", values | {"level": "contribute", "version": 1})
    client.post(f"{base}{membership.pk}/end/", {"version": 2})

    membership.refresh_from_db()
    assert "Nina New" in panel
    assert (membership.level, membership.valid_to) == ("contribute", today)


def test_a_flag_that_was_not_offered_is_not_taken(customer: Customer, manager: User) -> None:
    colleague, today = UserFactory(), timezone.localdate().isoformat()
    values = {"user": colleague.pk, "function": "other", "level": "read", "fin": "full", "valid_from": today}

    browser(manager).post(f"/customers/{customer.pk}/team/new/", values)

    assert TeamMembership.objects.get(user=colleague).fin == "none"


def test_the_director_hands_over_one_and_all(customer: Customer, manager: User) -> None:
    director, successor = personas.director(customer), UserFactory(full_name="Sue Successor")
    other = CustomerFactory(org_unit=customer.org_unit)
    MembershipFactory(team=other.account_team, user=manager, level="owner")
    client = browser(director)

    client.post(f"/customers/{customer.pk}/team/hand-over/", {"to": successor.pk, "note": "Knows them"})
    page = client.get(f"/teams/hand-over/{manager.pk}/").content.decode()
    client.post(f"/teams/hand-over/{manager.pk}/", {"customers": [other.pk], "to": successor.pk, "note": "Leaves"})

    owned = TeamMembership.objects.on_day(timezone.localdate()).owners().filter(user=successor)
    assert other.name in page
    assert owned.count() == 2


@pytest.mark.parametrize(
    ("name", "panel", "form", "hand_over"),
    [
        ("account_manager", 200, 200, 403),
        ("team_contributor", 200, 403, 403),
        ("director", 200, 200, 200),
        ("administrator", 200, 403, 403),
        ("auditor", 200, 403, 403),
        ("finance", 404, 404, 404),
        ("outsider", 404, 404, 404),
    ],
)
def test_who_sees_and_who_gives(customer: Customer, name: str, panel: int, form: int, hand_over: int) -> None:
    client = browser(personas.persona(name, customer))
    base = f"/customers/{customer.pk}/team/"

    statuses = [client.get(f"{base}{act}").status_code for act in ("", "new/", "hand-over/")]

    assert statuses == [panel, form, hand_over]


def test_rights_end_on_the_next_request(customer: Customer, manager: User) -> None:
    reader = personas.team_reader(customer)
    theirs, membership = browser(reader), TeamMembership.objects.get(user=reader)
    before = theirs.get(f"/customers/{customer.pk}/team/").status_code

    browser(manager).post(f"/customers/{customer.pk}/team/{membership.pk}/end/", {"version": 1})

    assert (before, theirs.get(f"/customers/{customer.pk}/team/").status_code) == (200, 404)


def test_the_api_reads_for_tokens_and_grants_for_people_only(customer: Customer, manager: User) -> None:
    body = {"customer": customer.pk, "user": UserFactory().pk, "level": "read", "valid_from": "2026-01-01"}
    ApiTokenFactory(owner=manager, scopes=["accounts:read", "accounts:write"], secret="kcrm_for_teams")
    token = Client(headers={"Authorization": "Bearer kcrm_for_teams"})

    listed = token.get(f"/api/v1/team-memberships/?customer={customer.pk}&current=true").json()
    refused = token.post("/api/v1/team-memberships/", body, content_type="application/json")
    made = browser(manager).post("/api/v1/team-memberships/", body, content_type="application/json")

    assert [row["user"] for row in listed["results"]] == [manager.pk]
    assert (refused.status_code, made.status_code) == (403, 201)


def test_workload_counts_what_lies_in_sight(customer: Customer, manager: User) -> None:
    hidden = CustomerFactory()
    MembershipFactory(team=hidden.account_team, user=manager, level="read", days_per_month=Decimal(30))
    TeamMembership.objects.filter(user=manager, level="owner").update(days_per_month=Decimal("19.5"))
    TaskFactory(customer=customer, assignee=manager)
    InteractionFactory(customer=customer, recorded_by=manager, happened_at=timezone.now())

    page = browser(personas.director(customer)).get("/teams/workload/").content.decode()

    assert "19.5" in page
    assert "full" in page
    assert "49.5" not in page


@pytest.mark.parametrize(("name", "status"), [("account_manager", 200), ("administrator", 403), ("outsider", 403)])
def test_who_opens_the_workload(customer: Customer, name: str, status: int) -> None:
    assert browser(personas.persona(name, customer)).get("/teams/workload/").status_code == status


def test_workload_costs_the_same_for_many_people(customer: Customer, django_assert_max_num_queries: Any) -> None:
    director = personas.director(customer)
    for _number in range(20):
        MembershipFactory(team=customer.account_team)
        TaskFactory(customer=customer)
    client = browser(director)

    with django_assert_max_num_queries(12):
        client.get("/teams/workload/")


@pytest.mark.parametrize(
    ("days", "open_tasks", "late_tasks", "band"),
    [
        (None, 0, 0, Band.UNKNOWN),
        (Decimal("9.9"), 0, 0, Band.LIGHT),
        (Decimal(10), 0, 0, Band.FITTING),
        (Decimal(18), 0, 0, Band.FULL),
        (Decimal("20.1"), 0, 0, Band.TOO_MUCH),
        (Decimal(5), 41, 0, Band.FULL),
        (None, 10, 6, Band.TOO_MUCH),
        (None, 9, 9, Band.UNKNOWN),
    ],
)
def test_bands_of_load(days: Decimal | None, open_tasks: int, late_tasks: int, band: Band) -> None:
    assert band_of(days=days, open_tasks=open_tasks, late_tasks=late_tasks) is band
