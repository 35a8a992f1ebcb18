"""The two doors to how customers see us."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.test import Client

from customers.models import Customer, Task
from selection.models import Alternative, CustomerView, SupplierScore, ViewFactor
from selection.services.customer_views import name_alternative, save_factor
from tests import personas
from tests.factories.activities import ContactFactory
from tests.factories.customers import CustomerFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer() -> Customer:
    return CustomerFactory(name="Save-a-lot", life_cycle="client")


@pytest.fixture
def owner(customer):
    return personas.account_manager(customer)


@pytest.fixture
def client(owner):
    client = Client()
    client.force_login(owner)
    return client


def test_a_view_is_written_down_by_clicking(client, customer):
    contact = ContactFactory(at=customer, full_name="Jose Pavarotti")
    base = f"/selection/customers/{customer.pk}/strength/"
    client.post(f"{base}alternatives/new/", {"kind": "rival", "name": "Brightwater"})
    rival = Alternative.objects.get()
    form = {
        "name": "Delivery on time",
        "weight": "100",
        "evidence": "told",
        "said_by": contact.pk,
        "said_on": "2026-01-05",
        "s0_score": "8",
        "s0_evidence": "told",
        "s0_observed_on": "2026-01-05",
        "s0_note": "None late since spring.",
        f"s{rival.pk}_score": "6",
        f"s{rival.pk}_evidence": "observed",
    }

    response = client.post(f"{base}factors/new/", form)

    page = client.get(base).content.decode()
    assert response.status_code == 302
    assert CustomerView.objects.get().ratio == Decimal("1.3333")
    assert "We are strong: 1.33 times Brightwater" in page
    assert "Jose Pavarotti" in page
    assert "None late since spring." in page


def test_what_was_typed_is_kept_when_it_cannot_be(client, customer):
    response = client.post(
        f"/selection/customers/{customer.pk}/strength/factors/new/", {"name": "Price", "weight": 200}
    )

    assert response.status_code == 422
    assert 'value="Price"' in response.content.decode()


def test_a_reader_of_scores_who_knows_no_contacts_reads_no_names(customer, owner):
    contact = ContactFactory(at=customer, full_name="Jose Pavarotti")
    save_factor(
        customer_id=customer.pk,
        values={"name": "Price", "weight": Decimal(100), "said_by_id": contact.pk},
        by=owner,
        today=date(2026, 1, 5),
    )
    client = Client()
    client.force_login(personas.programme_office())

    page = client.get(f"/selection/customers/{customer.pk}/strength/").content.decode()

    assert "Price" in page
    assert "Pavarotti" not in page


def test_unknown_territory_becomes_tasks_by_one_click(client, customer):
    client.post(f"/selection/customers/{customer.pk}/strength/ask/")

    assert Task.objects.get().title.startswith("Find out what Save-a-lot judges its suppliers by")


def test_the_rest_door_writes_and_reads_the_same(client, customer):
    factor = client.post(
        "/api/v1/view-factors/",
        {"customer": customer.pk, "name": "Price", "weight": "60"},
        content_type="application/json",
    ).json()
    rival = client.post(
        "/api/v1/alternatives/", {"customer": customer.pk, "name": "Brightwater"}, content_type="application/json"
    ).json()
    for supplier, score in ((None, "7"), (rival["id"], "8")):
        body = {"factor": factor["id"], "alternative": supplier, "score": score, "evidence": "told"}
        assert client.post("/api/v1/supplier-scores/", body, content_type="application/json").status_code == 201

    view = client.get("/api/v1/customer-views/", {"customer": customer.pk}).json()["results"][0]

    assert (view["ratio"], view["is_strong"], view["best_name"]) == ("0.8750", False, "Brightwater")


def test_the_rest_door_holds_versions(client, customer, owner):
    factor = save_factor(
        customer_id=customer.pk, values={"name": "Price", "weight": Decimal(10)}, by=owner, today=date(2026, 1, 5)
    )
    url = f"/api/v1/view-factors/{factor.pk}/"

    stale = client.patch(url, {"weight": "20"}, content_type="application/json", HTTP_IF_MATCH='"99"')
    fresh = client.patch(url, {"weight": "20"}, content_type="application/json", HTTP_IF_MATCH='"1"')
    gone = client.delete(url, HTTP_IF_MATCH='"2"')

    assert (stale.status_code, fresh.status_code, gone.status_code) == (412, 200, 204)
    assert not ViewFactor.objects.exists()


def test_the_page_costs_the_same_for_two_factors_and_for_ten(client, customer, owner, django_assert_max_num_queries):
    rival = name_alternative(customer_id=customer.pk, kind="rival", name="B", by=owner, today=date(2026, 1, 5))
    for at in range(10):
        save_factor(
            customer_id=customer.pk,
            values={"name": f"Factor {at}", "weight": Decimal(10)},
            scores=[{"alternative_id": None, "score": Decimal(7)}, {"alternative_id": rival.pk, "score": Decimal(6)}],
            by=owner,
            today=date(2026, 1, 5),
        )

    with django_assert_max_num_queries(30):
        client.get(f"/selection/customers/{customer.pk}/strength/")

    assert SupplierScore.objects.count() == 20
