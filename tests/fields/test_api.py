"""Custom fields through the REST door."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.services.tokens import create_token
from customers.models import Customer
from tests import personas
from tests.factories.activities import ContactFactory, ContactRoleFactory
from tests.factories.customers import CustomerFactory

pytestmark = pytest.mark.django_db
URL = "/api/v1/customers/"


@pytest.fixture
def customer(define):
    define("Segment"), define("Budget", "money", currency="EUR"), define("Codes", "choices", choices=[{"en": "One"}])
    define("Own cost", "number", field_class="F2")
    return CustomerFactory(custom={"segment": "A", "budget": "12.00", "own_cost": "77123"})


@pytest.fixture
def api(client: Client, customer):
    client.force_login(personas.account_manager(customer))
    return client


def patch(api, customer, custom):
    version = Customer.objects.get(pk=customer.pk).version
    return api.patch(
        f"{URL}{customer.pk}/",
        {"custom": custom},
        content_type="application/json",
        headers={"If-Match": f'"{version}"'},
    )


def test_values_are_read_by_key_as_far_as_one_may(api, customer):
    answer = api.get(f"{URL}{customer.pk}/").json()

    assert answer["custom"] == {"segment": "A", "budget": {"amount": "12.00", "currency": "EUR"}}
    assert api.get(f"{URL}?fields=id,custom").json()["results"][0]["custom"] == answer["custom"]


def test_only_what_is_sent_changes(api, customer):
    answer = patch(api, customer, {"segment": None, "codes": ["one"]})

    assert answer.status_code == 200
    assert answer.json()["custom"] == {"budget": {"amount": "12.00", "currency": "EUR"}, "codes": ["one"]}
    assert Customer.objects.get(pk=customer.pk).custom == {"budget": "12.00", "own_cost": "77123", "codes": ["one"]}


@pytest.mark.parametrize(
    "custom",
    [
        {"budget": "5"}, {"budget": 5}, {"budget": {"amount": "5", "currency": "USD"}}, {"own_cost": 5}, {"nothing": 1},
        {"segment": {"a": 1}}, {"codes": "two"}, {"segment": "x" * 5_000}, {"__proto__": "x"},
        {"budget": {"amount": "1e400", "currency": "EUR"}},
    ],
)  # fmt: skip
def test_what_cannot_be_kept_changes_nothing(api, customer, custom):
    answer = patch(api, customer, custom)

    assert answer.status_code == 422, answer.content
    assert Customer.objects.get(pk=customer.pk).version == 1


def test_rows_are_found_and_ordered(api, customer):
    assert api.get(f"{URL}?custom_budget_min=12&ordering=-custom_segment").json()["count"] == 1
    assert api.get(f"{URL}?custom_budget_min=13").json()["count"] == 0
    assert api.get(f"{URL}?custom_own_cost_min=1").status_code == 400
    assert api.get(f"{URL}?ordering=custom_own_cost").status_code == 400
    assert api.get(f"{URL}?custom_nothing=1").status_code == 400


def test_another_system_fills_them_in_by_its_key(api, customer):
    body = [
        {"source": "erp", "value": "4711", "name": "Birch", "org_unit": customer.org_unit_id,
         "custom": {"budget": {"amount": "7.5", "currency": "EUR"}}}
    ]  # fmt: skip

    answer = api.post(f"{URL}bulk-upsert/", body, content_type="application/json")

    assert answer.status_code == 200, answer.content
    assert Customer.objects.get(name="Birch").custom == {"budget": "7.50"}


def test_a_token_pays_no_statement_for_them(customer, client, django_assert_max_num_queries):
    token = create_token(name="t", scopes=("accounts:read",), by=personas.director(customer))[1]
    headers = {"Authorization": f"Bearer {token}"}
    client.get(URL, headers=headers)

    with django_assert_max_num_queries(5):
        answer = client.get(URL, headers=headers)

    assert answer.json()["results"][0]["custom"]["segment"] == "A"


def test_the_definitions_are_listed_for_programs(api, customer):
    rows = api.get("/api/v1/custom-fields/?record_type=customer").json()["results"]

    assert [row["key"] for row in rows] == ["segment", "budget", "codes"]
    assert rows[2]["choices"] == [{"key": "one", "en": "One", "zh": "", "retired": False}]


def test_private_fields_of_people_never_pass_a_token(define, client):
    define("Assistant", record="contact"), define("Hobby", record="contact", field_class="F6P")
    role = ContactRoleFactory(contact=ContactFactory(custom={"assistant": "Tim", "hobby": "Chess"}))
    manager = personas.account_manager(role.customer)
    token = create_token(name="t", scopes=("contacts:read",), by=manager)[1]
    url = f"/api/v1/contacts/{role.contact_id}/"

    through_token = client.get(url, headers={"Authorization": f"Bearer {token}"}).json()
    client.force_login(manager)

    assert through_token["custom"] == {"assistant": "Tim"}
    assert client.get(url).json()["custom"] == {"assistant": "Tim", "hobby": "Chess"}
