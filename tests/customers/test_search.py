"""What the global search finds, for whom, at what cost."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.services.tokens import create_token
from customers.models import Customer
from customers.selectors.search import Hit, search
from customers.services import search as index
from tests import personas
from tests.factories.customers import CustomerFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def customers() -> dict[str, Customer]:
    first = CustomerFactory(name="Ernst Handel", city="Graz", indexed=True)
    rest = ["QUICK-Stop", "华为技术有限公司", "Königlich Essen", "Save-a-lot Markets", "上海华虹"]
    return {name: CustomerFactory(name=name, org_unit=first.org_unit, indexed=True) for name in rest} | {
        first.name: first
    }


def titles(found: Any) -> list[str]:
    return [hit.title for group in found.groups for hit in group.hits]


@pytest.mark.parametrize(
    ("query", "expected", "guess"),
    [
        ("华为", ["华为技术有限公司"], False),
        ("华", ["华为技术有限公司", "上海华虹"], False),
        ("huawei", ["华为技术有限公司"], False),
        ("shh", ["上海华虹"], False),
        ("ern", ["Ernst Handel"], False),
        ("handel graz", ["Ernst Handel"], False),
        ("KONIGLICH", ["Königlich Essen"], False),
        ("quick stop", ["QUICK-Stop"], False),
        ("Ernts Handel", ["Ernst Handel"], True),
        ("Konigich", ["Königlich Essen"], True),
        ("handle", ["Ernst Handel"], True),
        ("zzzzzz", [], True),
        ("", [], False),
        ("%", [], False),
        ("' OR 1=1 --", [], True),
    ],
)
def test_finding(customers: dict[str, Customer], query: str, expected: list[str], guess: bool) -> None:
    director = personas.director(customers["Ernst Handel"])

    found = search(director, query)

    assert sorted(titles(found)) == sorted(expected)
    assert found.is_guess is guess


def test_a_hit_says_its_customer_once() -> None:
    assert Hit("contact", 1, 1, "QUICK-Stop", "Anna", "Director · QUICK-Stop").note == "QUICK-Stop · Director"
    assert Hit("task", 1, 1, "QUICK-Stop", "Call", "").note == "QUICK-Stop"
    assert Hit("account_profile", 1, 1, "QUICK-Stop", "QUICK-Stop", "Cunewalde · DE").note == "Cunewalde · DE"


def test_each_kind_is_found_by_those_who_may_read_it(customers: dict[str, Customer]) -> None:
    customer = customers["Ernst Handel"]
    index.index("contact", 1, customer_ids=[customer.pk], title="Handel Person")

    kinds = {
        name: [group.kind for group in search(person, "handel").groups]
        for name, person in personas.everybody(customer).items()
    }

    both = ["account_profile", "contact"]
    assert kinds == {
        "account_manager": both, "team_contributor": both, "team_reader": both, "director": both, "service_agent": both,
        "finance": ["account_profile"], "programme_office": ["account_profile"],
        "administrator": [], "auditor": [], "outsider": [],
    }  # fmt: skip


def test_names_that_begin_with_the_query_come_first() -> None:
    customer = CustomerFactory(name="Best Handel", indexed=True)
    CustomerFactory(name="Handel AG", org_unit=customer.org_unit, indexed=True)

    assert titles(search(personas.director(customer), "handel")) == ["Handel AG", "Best Handel"]


def test_a_kind_shows_its_best_and_says_how_many_there_are() -> None:
    customer = CustomerFactory(name="Handel 0", indexed=True)
    for number in range(1, 12):
        CustomerFactory(name=f"Handel {number}", org_unit=customer.org_unit, indexed=True)

    group = search(personas.director(customer), "handel").groups[0]

    assert (len(group.hits), group.count) == (8, 12)


@pytest.mark.parametrize("query", ["handel", "handle"])
def test_the_page_and_the_door_say_the_same_in_few_statements(customers: dict[str, Customer], query: str) -> None:
    client = Client()
    client.force_login(personas.director(customers["Ernst Handel"]))
    client.get("/search/")

    with CaptureQueriesContext(connection) as queries:
        page = client.get(f"/search/?q={query}")
    part = client.get(f"/search/?q={query}", headers={"HX-Request": "true"})
    answer = client.get(f"/api/v1/search/?q={query}").json()

    assert len([q for q in queries if "SAVEPOINT" not in q["sql"]]) <= 7
    assert "Ernst Handel" in page.content.decode()
    assert part.content.decode().lstrip().startswith('<div id="search-results"')
    assert [hit["title"] for hit in answer["results"]] == ["Ernst Handel"]


def test_a_token_finds_the_kinds_of_its_scopes(customers: dict[str, Customer]) -> None:
    customer = customers["Ernst Handel"]
    index.index("contact", 1, customer_ids=[customer.pk], title="Handel Person")
    _token, secret = create_token(by=personas.account_manager(customer), name="x", scopes=["contacts:read"])

    answer = Client().get("/api/v1/search/?q=handel", headers={"Authorization": f"Bearer {secret}"}).json()

    assert [hit["kind"] for hit in answer["results"]] == ["contact"]
