"""The change feed over HTTP: nothing missed, nothing that the caller may not know."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.services.tokens import create_token
from customers.models import Customer
from customers.services import account_teams, customers
from feed.models import Change
from feed.services.outbox import publish
from profitability.services.products import upsert_products
from teams.models import TeamMembership
from tests import personas
from tests.factories.customers import CustomerFactory
from tests.factories.teams import UnitAssignmentFactory, UnitFactory

pytestmark = pytest.mark.django_db
URL = "/api/v1/changes/"


@pytest.fixture
def customer() -> Customer:
    made: Customer = CustomerFactory(name="Canary Foods")
    return made


def read(user: User, **query: Any) -> dict[str, Any]:
    client = Client()
    client.force_login(user)
    answer = client.get(URL, query)
    assert answer.status_code == 200, answer.content
    body: dict[str, Any] = answer.json()
    return body


def edit(customer: Customer, by: User, city: str) -> None:
    customers.update_customer(customer_id=customer.pk, version=None, values={"city": city}, by=by)
    publish()


def types(page: dict[str, Any]) -> list[tuple[str, bool]]:
    return [(row["type"], row["gone"]) for row in page["results"]]


def test_pages_follow_the_cursor_without_gap_or_repetition(customer: Customer):
    manager = personas.account_manager(customer)
    for number in range(5):
        edit(customer, manager, f"City {number}")

    seen, cursor, more = [], "0", True
    while more:
        page = read(manager, changed_since=cursor, page_size=2)
        seen += [row["sequence"] for row in page["results"]]
        cursor, more = page["cursor"], page["more"]

    assert seen == list(Change.objects.order_by("seq").values_list("seq", flat=True))
    assert read(manager, changed_since=cursor)["results"] == []


def test_now_is_the_end(customer: Customer):
    manager = personas.account_manager(customer)
    edit(customer, manager, "Oslo")

    start = read(manager, changed_since="now")
    edit(customer, manager, "Rome")

    assert start["results"] == []
    assert types(read(manager, changed_since=start["cursor"])) == [("customer.updated", False)]


def test_a_row_says_which_fields_and_never_a_value(customer: Customer):
    manager = personas.account_manager(customer)
    edit(customer, manager, "Oslo")

    (row,) = read(manager)["results"]

    assert row["fields_changed"] == ["city"]
    assert (row["resource"], row["id"], row["customer"]) == ("customer", customer.pk, customer.pk)
    assert "Oslo" not in str(row)


def test_what_one_never_saw_is_not_there(customer: Customer):
    edit(customer, personas.account_manager(customer), "Oslo")
    stranger = personas.account_manager(CustomerFactory())

    page = read(stranger)

    assert page["results"] == []
    assert page["cursor"] == str(Change.objects.latest("seq").seq)


def test_a_deleted_customer_is_gone_and_says_nothing_more(customer: Customer):
    director, manager = personas.director(customer), personas.account_manager(customer)
    edit(customer, manager, "Oslo")
    customers.delete_customer(customer_id=customer.pk, version=None, by=director)
    publish()

    page = read(manager)

    assert types(page) == [("customer.updated", True), ("customer.deleted", True)]
    assert page["results"][0]["fields_changed"] == []


def test_who_left_the_team_learns_that_the_customer_is_gone(customer: Customer):
    director, reader = personas.director(customer), personas.team_reader(customer)
    membership = TeamMembership.objects.get(user=reader)
    account_teams.end_member(membership_id=membership.pk, version=None, by=director, today=timezone.localdate())
    edit(customer, director, "Oslo")

    page = read(reader)

    assert types(page) == [("team_membership.deleted", True)]
    assert page["results"][0]["customer"] == customer.pk


def test_a_customer_that_moves_to_another_unit_is_gone_for_its_director(customer: Customer):
    director = personas.director(customer)
    other = UnitFactory()
    mover = personas.director(customer)
    UnitAssignmentFactory(unit=other, user=mover, kind="leader")
    customers.update_customer(customer_id=customer.pk, version=None, values={"org_unit": other.pk}, by=mover)
    publish()

    assert types(read(director)) == [("customer.updated", True)]


def test_a_token_hears_of_what_its_scopes_read(customer: Customer):
    manager = personas.account_manager(customer)
    edit(customer, manager, "Oslo")
    upsert_products([{"sku": "A", "name": "Apple"}], source="erp", by=personas.finance())
    publish()
    contacts_only = _token(manager, ["contacts:read"])
    both = _token(manager, ["accounts:read"])

    assert _ask(contacts_only).json()["results"] == []
    assert {row["type"] for row in _ask(both).json()["results"]} == {"customer.updated", "product.created"}
    assert _ask(contacts_only, resource="customer").status_code == 403


def test_a_token_for_some_customers_hears_of_these(customer: Customer):
    manager = personas.account_manager(customer)
    edit(customer, manager, "Oslo")

    answer = _ask(_token(manager, ["accounts:read"], customers=[customer.pk + 1]))

    assert answer.json()["results"] == []


@pytest.mark.parametrize(
    "query", [{"changed_since": "x"}, {"changed_since": "-1"}, {"page_size": "0"}, {"resource": "nonsense"}, {"a": "b"}]
)
def test_what_cannot_be_read_is_refused(query: dict[str, str], customer: Customer):
    client = Client()
    client.force_login(personas.account_manager(customer))

    assert client.get(URL, query).status_code == 400


def test_a_cursor_older_than_what_is_kept_says_so(customer: Customer):
    manager = personas.account_manager(customer)
    for number in range(4):
        edit(customer, manager, f"City {number}")
    first, *_middle, last = Change.objects.order_by("seq").values_list("seq", flat=True)
    Change.objects.filter(seq__lt=last).delete()
    client = Client()
    client.force_login(manager)

    assert client.get(URL, {"changed_since": first}).status_code == 410
    assert client.get(URL, {"changed_since": last}).status_code == 200


def test_resources_can_be_chosen(customer: Customer):
    manager = personas.account_manager(customer)
    edit(customer, manager, "Oslo")

    assert read(manager, resource="task,interaction")["results"] == []


def _token(user: User, scopes: list[str], customers: list[int] | None = None) -> str:
    _token_row, secret = create_token(name="feed", scopes=scopes, customer_ids=customers, by=user, days=1)
    return secret


def _ask(secret: str, **query: str) -> Any:
    return Client().get(URL, query, headers={"Authorization": f"Bearer {secret}"})
