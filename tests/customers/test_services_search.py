"""What is kept for the global search."""

from __future__ import annotations

import pytest

from customers.models import SearchEntry
from customers.services import search
from tests.factories.customers import CustomerFactory, ExternalIdFactory

pytestmark = pytest.mark.django_db


def test_a_customer_is_found_by_names_place_and_foreign_keys() -> None:
    customer = CustomerFactory(name="华为", legal_name="Huawei Technologies Co", city="Shenzhen", country="CN")
    ExternalIdFactory(customer=customer, value="HUAWE")

    search.index_customer(customer)

    entry = SearchEntry.objects.get()
    assert (entry.kind, entry.object_id, entry.title, entry.detail) == (
        "account_profile", customer.pk, "华为", "Shenzhen · CN",
    )  # fmt: skip
    assert {"华为", "huawei", "hw", "technologies", "shenzhen", "huawe"} <= set(entry.words)


def test_indexing_again_replaces_and_drops_lost_customers() -> None:
    first, second = CustomerFactory(), CustomerFactory()
    search.index("contact", 7, customer_ids=[first.pk, second.pk], title="Maria Anders")

    search.index("contact", 7, customer_ids=[second.pk], title="Maria Andersen")

    assert list(SearchEntry.objects.values_list("customer", "title")) == [(second.pk, "Maria Andersen")]


def test_a_kind_without_a_sight_is_refused() -> None:
    with pytest.raises(KeyError):
        search.index("soft_note", 1, customer_ids=[CustomerFactory().pk], title="Secret")


def test_what_is_forgotten_is_gone() -> None:
    customer = CustomerFactory(indexed=True)

    search.forget("account_profile", [customer.pk])

    assert not SearchEntry.objects.exists()
