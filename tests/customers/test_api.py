"""Customers through the REST door."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from accounts.services.tokens import create_token
from customers.models import Customer
from tests import personas
from tests.factories.customers import CustomerFactory, ExternalIdFactory, SiteFactory, TagFactory
from tests.factories.teams import MembershipFactory

pytestmark = pytest.mark.django_db
CUSTOMERS = "/api/v1/customers/"


@pytest.fixture
def call() -> Any:
    """A call as somebody, with a body and headers."""

    def send(user: User, method: str, path: str, body: Any = None, **headers: str) -> Any:
        client = Client()
        client.force_login(user)
        options = {"data": body, "content_type": "application/json"} if body is not None else {}
        return getattr(client, method)(
            path, headers={name.replace("_", "-"): v for name, v in headers.items()}, **options
        )

    return send


@pytest.mark.parametrize(
    ("name", "status", "count"),
    [
        ("account_manager", 200, 1),
        ("team_reader", 200, 1),
        ("director", 200, 1),
        ("finance", 200, 2),
        ("service_agent", 200, 1),
        ("programme_office", 200, 2),
        ("outsider", 200, 0),
        ("administrator", 403, None),
        ("auditor", 403, None),
    ],
)
def test_everybody_lists_what_he_may_see(name: str, status: int, count: int | None, call: Any) -> None:
    customer = CustomerFactory()
    CustomerFactory()
    answer = call(personas.persona(name, customer), "get", CUSTOMERS)

    assert answer.status_code == status
    assert answer.json().get("count") == count


def test_a_customer_is_answered_whole_with_its_version(call: Any) -> None:
    parent = CustomerFactory()
    customer = CustomerFactory(name="Acme", parent=parent, version=4)
    customer.tags.add(TagFactory(name="Key"))
    ExternalIdFactory(customer=customer, source="erp", value="A1")
    manager = personas.account_manager(customer)

    answer = call(manager, "get", f"{CUSTOMERS}{customer.pk}/")

    body = answer.json()
    assert answer["ETag"] == '"4"'
    assert (body["name"], body["tags"], body["external_ids"]) == ("Acme", ["Key"], [{"source": "erp", "value": "A1"}])
    assert (body["owner"], body["parent"]) == (manager.full_name, None)


def test_a_customer_is_created_changed_deleted_and_restored(call: Any) -> None:
    known = CustomerFactory()
    director = personas.director(known)
    body = {"name": "Acme", "org_unit": known.org_unit_id, "tags": ["Key"]}

    made = call(director, "post", CUSTOMERS, body)
    path = made["Location"].removeprefix("http://testserver")
    changed = call(director, "patch", path, {"city": "Linz"}, If_Match=made["ETag"])
    stale = call(director, "patch", path, {"city": "Graz"}, If_Match=made["ETag"])
    unsaid = call(director, "patch", path, {"city": "Graz"})
    deleted = call(director, "delete", path, If_Match=changed["ETag"])
    gone = call(director, "get", path)
    restored = call(director, "post", f"{path}restore/", {}, If_Match='"3"')

    assert [a.status_code for a in (made, changed, stale, unsaid, deleted, gone, restored)] == [
        201, 200, 412, 428, 204, 404, 200,
    ]  # fmt: skip
    assert stale.json()["current"]["city"] == restored.json()["city"] == "Linz"


@pytest.mark.parametrize("key", ["id", "version", "owner", "account_team", "name_key", "deleted_at", "nonsense"])
def test_what_cannot_be_set_is_refused_and_nothing_changes(key: str, call: Any) -> None:
    customer = CustomerFactory(name="Acme")

    answer = call(
        personas.account_manager(customer),
        "patch",
        f"{CUSTOMERS}{customer.pk}/",
        {"city": "Linz", key: 1},
        If_Match='"1"',
    )

    customer.refresh_from_db()
    assert (answer.status_code, customer.city, customer.version) == (400, "", 1)


def test_readers_are_refused_and_outsiders_find_nothing(call: Any) -> None:
    customer = CustomerFactory()
    path = f"{CUSTOMERS}{customer.pk}/"

    assert call(personas.team_reader(customer), "patch", path, {"city": "x"}, If_Match='"1"').status_code == 403
    assert call(personas.account_manager(customer), "delete", path, If_Match='"1"').status_code == 403
    for method, address in [("get", path), ("patch", path), ("delete", path), ("get", f"{path}history/")]:
        answer = call(personas.outsider(), method, address, {} if method == "patch" else None, If_Match='"1"')
        assert answer.status_code == 404
        assert answer.json()["code"] == "not_found"


def test_an_invisible_parent_or_unknown_unit_is_refused(call: Any) -> None:
    customer, stranger = CustomerFactory(), CustomerFactory()
    manager = personas.account_manager(customer)

    for body in ({"parent": stranger.pk}, {"org_unit": 987654}):
        answer = call(manager, "patch", f"{CUSTOMERS}{customer.pk}/", body, If_Match='"1"')
        assert answer.status_code == 422

    customer.refresh_from_db()
    assert customer.version == 1


def test_an_erp_creates_and_changes_by_its_own_key(call: Any) -> None:
    known = CustomerFactory()
    director = personas.director(known)
    path = f"{CUSTOMERS}by-external-id/erp/ALFKI/"

    made = call(director, "put", path, {"name": "Alfreds", "org_unit": known.org_unit_id})
    changed = call(director, "put", path, {"city": "Berlin"})

    assert (made.status_code, changed.status_code) == (201, 200)
    assert (changed.json()["id"], changed.json()["city"], changed.json()["name"]) == (
        made.json()["id"], "Berlin", "Alfreds",
    )  # fmt: skip


def test_a_key_of_an_invisible_customer_changes_nothing(call: Any) -> None:
    hidden = ExternalIdFactory(source="erp", value="SECRET").customer
    known = CustomerFactory()

    answer = call(
        personas.account_manager(known),
        "put",
        f"{CUSTOMERS}by-external-id/erp/SECRET/",
        {"name": "Mine", "org_unit": known.org_unit_id},
    )

    assert answer.status_code == 422
    assert hidden.name not in answer.content.decode()
    assert not Customer.objects.filter(name="Mine").exists()


def test_a_double_is_named_to_those_who_see_it(call: Any) -> None:
    known = CustomerFactory(name="Ernst Handel")
    hidden = CustomerFactory(name="Ernst Handel AG")
    manager = personas.account_manager(known)

    refused = call(manager, "post", CUSTOMERS, {"name": "Ernst Handel", "org_unit": known.org_unit_id})
    found = call(manager, "get", f"{CUSTOMERS}duplicates/?name=Ernst%20Handel").json()

    assert (refused.status_code, refused.json()["code"]) == (422, "likely_double")
    assert [row["id"] for row in found] == [known.pk]
    assert hidden.pk


@pytest.mark.parametrize("query", ["ordering=name_key", "fields=name_key", "registration_no=1", "account_team__id=1"])
def test_unknown_keys_are_refused(query: str, call: Any) -> None:
    assert call(personas.finance(), "get", f"{CUSTOMERS}?{query}").status_code == 400


@pytest.mark.parametrize("order", ["name", "-last_interaction_on", "country", "-id"])
def test_lists_cost_the_same_for_two_rows_and_for_fifty(order: str, call: Any) -> None:
    customer = CustomerFactory()
    director = personas.director(customer)
    CustomerFactory(org_unit=customer.org_unit)

    def statements() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert call(director, "get", f"{CUSTOMERS}?ordering={order}").status_code == 200
        return sum("SAVEPOINT" not in query["sql"] and "session" not in query["sql"] for query in queries)

    few = statements()
    CustomerFactory.create_batch(50, org_unit=customer.org_unit)

    assert statements() <= few + 1
    assert few <= 5


def test_a_token_reaches_only_its_customers_and_scopes() -> None:
    customer, other = CustomerFactory(), CustomerFactory()
    manager = personas.account_manager(customer)
    MembershipFactory(team=other.account_team, user=manager, level="owner")
    _token, secret = create_token(by=manager, name="x", scopes=["accounts:read"], customer_ids=[customer.pk])
    headers = {"Authorization": f"Bearer {secret}", "If-Match": '"1"'}

    listed = Client().get(CUSTOMERS, headers=headers)
    foreign = Client().get(f"{CUSTOMERS}{other.pk}/", headers=headers)
    written = Client().patch(f"{CUSTOMERS}{customer.pk}/", {}, content_type="application/json", headers=headers)

    assert [row["id"] for row in listed.json()["results"]] == [customer.pk]
    assert (foreign.status_code, written.status_code) == (404, 403)


def test_sites_and_buying_units_follow_their_customer(call: Any) -> None:
    customer, stranger = CustomerFactory(), SiteFactory()
    manager = personas.account_manager(customer)

    made = call(manager, "post", "/api/v1/sites/", {"customer": customer.pk, "name": "Plant", "country": "CN"})
    unit = call(
        manager,
        "post",
        "/api/v1/buying-units/",
        {"customer": customer.pk, "name": "Dairy", "site": made.json()["id"]},
    )
    wrong = call(manager, "patch", f"/api/v1/buying-units/{unit.json()['id']}/", {"site": stranger.pk}, If_Match='"1"')
    moved = call(
        manager, "patch", f"/api/v1/sites/{made.json()['id']}/", {"customer": stranger.customer_id}, If_Match='"1"'
    )
    foreign = call(manager, "post", "/api/v1/sites/", {"customer": stranger.customer_id, "name": "Plant"})
    deleted = call(manager, "delete", f"/api/v1/sites/{made.json()['id']}/", If_Match='"1"')
    restored = call(manager, "post", f"/api/v1/sites/{made.json()['id']}/restore/", {}, If_Match='"2"')

    assert [a.status_code for a in (made, unit, wrong, moved, foreign, deleted, restored)] == [
        201, 201, 422, 400, 404, 204, 200,
    ]  # fmt: skip


def test_history_shows_before_and_after(call: Any) -> None:
    customer = CustomerFactory(city="Linz")
    manager = personas.account_manager(customer)
    call(manager, "patch", f"{CUSTOMERS}{customer.pk}/", {"city": "Graz"}, If_Match='"1"')

    entries = call(manager, "get", f"{CUSTOMERS}{customer.pk}/history/").json()

    assert entries[0]["changes"] == [{"label": "city", "before": "Linz", "after": "Graz"}]


def test_tags_of_invisible_customers_stay_unknown(call: Any) -> None:
    customer = CustomerFactory()
    customer.tags.add(TagFactory(name="Seen"))
    CustomerFactory().tags.add(TagFactory(name="Unseen"))

    tags = call(personas.account_manager(customer), "get", "/api/v1/tags/").json()["results"]

    assert [tag["name"] for tag in tags] == ["Seen"]
