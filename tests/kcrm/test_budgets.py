"""What the busiest pages may cost, held without a clock: statements, bytes, and no way through a whole large table."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.services.tokens import create_token
from customers.services.search import index_customers
from kcrm.views.customers import CUSTOMERS
from profitability.models import SalesSummary
from tests import personas
from tests.factories.customers import CustomerFactory

pytestmark = pytest.mark.django_db
LARGE = (
    "customers_customer", "customers_contact", "customers_contactrole", "customers_interaction", "customers_task",
    "customers_searchentry", "profitability_salessummary", "profitability_ledgerline", "selection_currentscore",
    "teams_teammembership",
)  # fmt: skip
SCAN = re.compile(rf"Seq Scan on ({'|'.join(LARGE)})\b")
SORTS = [sign + column.name for column in CUSTOMERS.columns if column.order is not None for sign in ("", "-")]


@pytest.fixture
def client_of_director(client: Client) -> Client:
    customers = [CustomerFactory(name=f"海达 Alder {number}") for number in range(3)]
    for customer in customers[1:]:
        customer.org_unit = customers[0].org_unit
        customer.save()
    SalesSummary.objects.create(customer=customers[0], as_of_month=timezone.localdate().replace(day=1))
    index_customers(customers)
    client.force_login(personas.director(customers[0]))
    client.known = customers[0]  # type: ignore[attr-defined]  # for the addresses below
    return client


def read(client: Client, address: str, **headers: str) -> tuple[list[str], bytes]:
    """The statements of a second call, and what it answered."""
    address = address.format(pk=client.known.pk)  # type: ignore[attr-defined]
    client.get(address, headers=headers)
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(address, headers=headers)
    assert answer.status_code == 200
    return [query["sql"] for query in captured.captured_queries], answer.content


def plan(statement: str) -> str:
    """How PostgreSQL would run it if a scan or sort of a whole table were out of the question."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
        cursor.execute(f"EXPLAIN (COSTS OFF) {statement}")
        return "\n".join(row for (row,) in cursor.fetchall())


def plans(statements: list[str]) -> list[str]:
    return [plan(statement) for statement in statements if re.match(r"\s*\(?(SELECT|WITH)", statement)]


PAGES = {
    "list": ("/customers/", 6, 60_000),
    "360": ("/customers/{pk}/", 14, 40_000),
    "search, Chinese": (f"/search/?q={quote('海达')}", 7, 40_000),
    "search, Latin": ("/search/?q=ald", 7, 40_000),
    "portfolio": ("/portfolio/", 9, 40_000),
    "customers of the portfolio": ("/portfolio/customers/", 5, 40_000),
}


@pytest.mark.parametrize(("address", "most", "bytes_at_most"), PAGES.values(), ids=PAGES)
def test_a_page_keeps_its_budget(client_of_director: Client, address: str, most: int, bytes_at_most: int) -> None:
    statements, content = read(client_of_director, address)

    assert len(statements) <= most, "\n".join(statements)
    assert len(content) <= bytes_at_most
    for text in plans(statements):
        assert SCAN.search(text) is None, text


@pytest.mark.parametrize("sort", SORTS)
def test_every_order_of_the_customers_follows_an_index(client_of_director: Client, sort: str) -> None:
    statements, _content = read(client_of_director, f"/customers/?sort={sort}")
    (page,) = (statement for statement in statements if "list_sort" in statement)

    text = plan(page)

    first = text.split("Append")[-1].split("\n")
    assert SCAN.search(text) is None, text
    assert not any(re.search(r"(?<!Incremental )Sort$", line) for line in first[:3]), text


@pytest.mark.parametrize(("address", "most"), [("", 5), ("?country=DE&ordering=created_at", 5), ("{pk}/", 5)])
def test_the_rest_door_keeps_its_budget(client_of_director: Client, address: str, most: int) -> None:
    director: Any = personas.director(client_of_director.known)  # type: ignore[attr-defined]
    token = create_token(name="t", scopes=("accounts:read",), by=director)[1]
    client_of_director.logout()

    statements, _content = read(client_of_director, f"/api/v1/customers/{address}", Authorization=f"Bearer {token}")

    assert len(statements) <= most, "\n".join(statements)
    for text in plans(statements):
        assert SCAN.search(text) is None, text


def test_whoever_watches_the_system_pays_no_statement_more(client: Client) -> None:
    customer = CustomerFactory()
    user = personas.director(customer)
    user.roles = ["director", "administrator"]
    user.save()
    client.force_login(user)
    client.known = customer  # type: ignore[attr-defined]

    assert len(read(client, "/customers/")[0]) <= 6
