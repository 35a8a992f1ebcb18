"""Whole lists through the REST door: the rows, fields and rights of the list, once."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from django.test import Client

from accounts.models import AuditEntry, User
from accounts.services.tokens import create_token
from customers.models import Customer
from kcrm.lib.api import exporting
from tests import personas
from tests.factories.activities import TaskFactory
from tests.factories.customers import CustomerFactory
from tests.factories.teams import MembershipFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer() -> Customer:
    made: Customer = CustomerFactory(name="Canary Foods", country="DE")
    return made


def ask(user: User, path: str, *, token: str = "", **query: str) -> Any:
    client = Client()
    if token:
        return client.get(f"/api/v1/{path}", query, headers={"Authorization": f"Bearer {token}"})
    client.force_login(user)
    return client.get(f"/api/v1/{path}", query)


def body(answer: Any) -> str:
    return b"".join(answer.streaming_content).decode()


def test_ndjson_has_the_rows_of_the_list(customer: Customer):
    director = personas.director(customer)
    CustomerFactory(org_unit=customer.org_unit, name="Other", country="FR")

    answer = ask(director, "customers/export/ndjson/", country="DE", fields="id,name,country")
    listed = ask(director, "customers/", country="DE", fields="id,name,country").json()["results"]

    assert answer["Content-Type"] == "application/x-ndjson"
    assert [json.loads(line) for line in body(answer).splitlines()] == listed
    assert answer["X-Row-Count"] == "1"


def test_csv_quotes_what_a_spreadsheet_would_run(customer: Customer):
    director = personas.director(customer)
    Customer.objects.update(city="=1+1")

    rows = list(csv.DictReader(io.StringIO(body(ask(director, "customers/export/csv/", fields="name,city")))))

    assert rows == [{"name": "Canary Foods", "city": "'=1+1"}]


def test_what_may_be_read_but_not_carried_away_stays(customer: Customer):
    manager = personas.account_manager(customer)
    readable = CustomerFactory()
    MembershipFactory(team=readable.account_team, user=manager, level="read")

    answer = ask(manager, "customers/export/ndjson/", fields="id")

    assert [json.loads(line)["id"] for line in body(answer).splitlines()] == [customer.pk]


def test_who_may_carry_nothing_away_is_refused(customer: Customer):
    assert ask(personas.team_reader(customer), "customers/export/csv/").status_code == 403
    assert ask(personas.team_reader(customer), "tasks/export/csv/").status_code == 403
    assert ask(personas.finance(), "customers/export/csv/").status_code == 403


def test_each_export_is_in_the_trail_with_its_digest(customer: Customer):
    manager = personas.account_manager(customer)
    TaskFactory(customer=customer, assignee=manager, created_by=manager)

    body(ask(manager, "tasks/export/ndjson/", state="open"))

    entry = AuditEntry.objects.get(action="export")
    assert entry.changes["rows"] == [None, 1]
    assert entry.changes["filters"] == [None, "state=open"]
    assert len(entry.changes["sha256"][1]) == 64


def test_a_token_needs_the_scope_and_has_a_limit_a_day(customer: Customer, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(exporting, "ROWS_A_DAY", 2)
    manager = personas.account_manager(customer)
    _token, without = create_token(name="a", scopes=["accounts:read"], by=manager)
    _token, secret = create_token(name="b", scopes=["accounts:read", "exports:read"], by=manager)

    refused = ask(manager, "customers/export/ndjson/", token=without)
    first = ask(manager, "customers/export/ndjson/", token=secret)
    second = ask(manager, "customers/export/ndjson/", token=secret)
    third = ask(manager, "customers/export/ndjson/", token=secret)

    assert [answer.status_code for answer in (refused, first, second, third)] == [403, 200, 200, 429]
    assert third.json()["code"] == "too_many_rows"


def test_an_unknown_form_or_filter_is_refused(customer: Customer):
    director = personas.director(customer)

    assert ask(director, "customers/export/xml/").status_code == 404
    assert ask(director, "customers/export/csv/", nonsense="1").status_code == 400


def test_lists_can_be_narrowed_to_what_changed_since_a_moment(customer: Customer):
    director = personas.director(customer)
    Customer.objects.update(updated_at="2026-01-01T00:00:00Z")
    CustomerFactory(org_unit=customer.org_unit, name="Newer")

    found = ask(director, "customers/", changed_since="2026-01-02T00:00:00Z").json()
    wrong = ask(director, "customers/", changed_since="yesterday")
    without_zone = ask(director, "customers/", changed_since="2026-01-02T00:00:00")
    nowhere = ask(director, "ledger-documents/", changed_since="2026-01-02T00:00:00Z")

    assert [row["name"] for row in found["results"]] == ["Newer"]
    assert {wrong.status_code, without_zone.status_code, nowhere.status_code} == {400}
