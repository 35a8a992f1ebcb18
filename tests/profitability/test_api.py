"""Ledger and products through the REST door."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from django.test import Client

from accounts.services.tokens import create_token
from profitability.models import LedgerLine, Product, ProductGroup
from tests.personas import account_manager, director, finance, outsider
from tests.profitability import northwind

pytestmark = pytest.mark.django_db
SCOPES = ("accounts:read", "finance:read", "erp:facts:write")


class Caller:
    """A program with a token."""

    def __init__(self, user, *scopes: str, customer_ids=None) -> None:
        _token, secret = create_token(by=user, name="t", scopes=scopes or SCOPES, customer_ids=customer_ids)
        self.headers = {"Authorization": f"Bearer {secret}"}
        self.client = Client()

    def get(self, path: str) -> Any:
        return self.client.get(f"/api/v1/{path}", headers=self.headers)

    def post(self, path: str, body: Any) -> Any:
        content = orjson.dumps(body)
        return self.client.post(f"/api/v1/{path}", content, content_type="application/json", headers=self.headers)

    def stream(self, path: str, rows: list[Any]) -> Any:
        content = b"\n".join(row if isinstance(row, bytes) else orjson.dumps(row) for row in rows)
        return self.client.post(f"/api/v1/{path}", content, content_type="application/x-ndjson", headers=self.headers)


def test_northwind_comes_in_and_its_totals_come_out():
    by = finance()
    northwind.prepare(by)
    caller = Caller(by)

    result = caller.stream("ledger-lines/bulk/?source=northwind", list(northwind.ledger_rows())).json()
    totals = caller.get("ledger-lines/totals/").json()
    top = caller.get("sales-summaries/?ordering=-net_12m&page_size=3&fields=customer,net_12m").json()

    assert (result["read"], result["created"], result["rejected"], result["ties"]) == (2155, 2155, 0, True)
    assert totals == {
        "currency": "USD", "lines": 2155, "documents": 830, "gross": "1354458.5900", "discount": "88665.5505",
        "net": "1265793.0395", "freight": "64942.6900", "cost": None, "cm1": None,
    }  # fmt: skip
    assert len(top["results"]) == 3
    assert caller.get("ledger-documents/?page_size=1").json()["count"] == 830
    assert caller.get("products/?page_size=1").json()["count"] == 77


def test_a_line_is_what_was_sent(erp, row):
    caller = Caller(erp.by)
    caller.stream(
        "ledger-lines/bulk/?source=erp&name=night", [row(quantity=7, unit_price=10.65, discount=0.15, cost=50)]
    )

    (line,) = caller.get(f"ledger-lines/?customer={erp.acme.pk}").json()["results"]

    assert {key: line[key] for key in ("number", "line_no", "sku", "quantity", "gross", "net", "cost", "source")} == {
        "number": "R1", "line_no": 1, "sku": "NUT", "quantity": "7.0000", "gross": "74.5500", "net": "63.3675",
        "cost": "50.0000", "source": "erp",
    }  # fmt: skip


def test_refused_rows_are_named_from_one_on(erp, row):
    result = Caller(erp.by).stream("ledger-lines/bulk/?source=erp", [row(), row(document="R2", customer="X")]).json()

    assert (result["created"], result["rejected"]) == (1, 1)
    assert result["rejects"] == [
        {"row": 2, "column": "customer", "code": "unknown", "value": "X", "reason": "Nobody knows this key."}
    ]


@pytest.mark.parametrize("bad", [b"{", b"[1]", b'{"document": {"a": 1}}', b'{"a": "' + b"x" * 40_000 + b'"}'])
def test_a_stream_that_is_not_lines_of_objects_changes_nothing(erp, row, bad):
    response = Caller(erp.by).stream("ledger-lines/bulk/?source=erp", [row(), bad])

    assert response.status_code == 400
    assert LedgerLine.objects.count() == 0


def test_another_content_type_is_refused(erp, row):
    assert Caller(erp.by).post("ledger-lines/bulk/?source=erp", [row()]).status_code == 415


def test_a_stream_needs_its_source(erp, row):
    assert Caller(erp.by).stream("ledger-lines/bulk/", [row()]).status_code == 422


@pytest.mark.parametrize("scopes", [("accounts:read",), ("imports:write",)])
def test_loading_needs_the_scope(erp, row, scopes):
    response = Caller(erp.by, *scopes).stream("ledger-lines/bulk/?source=erp", [row()])

    assert response.status_code == 403
    assert LedgerLine.objects.count() == 0


@pytest.mark.parametrize("person", [account_manager, director, outsider])
def test_loading_needs_the_right_of_the_owner(erp, row, person):
    response = Caller(person(erp.acme)).stream("ledger-lines/bulk/?source=erp", [row()])

    assert response.status_code == 403
    assert LedgerLine.objects.count() == 0


def test_costs_are_absent_without_the_flag_or_the_scope(erp, row):
    erp.load(row(cost="11"))
    callers = [Caller(account_manager(erp.acme)), Caller(erp.by, "accounts:read")]

    for caller in callers:
        assert "cost" not in caller.get("ledger-lines/").json()["results"][0]
        assert "cost" not in caller.get("ledger-lines/totals/").json()
        assert "cm1_12m" not in caller.get("sales-summaries/").json()["results"][0]
        for query in ("ordering=cost", "fields=cost"):
            assert caller.get(f"ledger-lines/?{query}").status_code == 400
        for query in ("ordering=cm1_12m", "fields=cm1_12m", "cm1_12m_min=1", "fields=cost_known_share"):
            assert caller.get(f"sales-summaries/?{query}").status_code == 400


def test_costs_are_there_with_the_flag_and_the_scope(erp, row):
    erp.load(row(cost="11"))
    caller = Caller(account_manager(erp.acme, fin="full"), "accounts:read", "finance:read")

    assert caller.get("ledger-lines/").json()["results"][0]["cost"] == "11.0000"
    assert caller.get("ledger-lines/totals/").json()["cm1"] == "14.0000"
    assert caller.get("sales-summaries/?cm1_12m_min=14").json()["results"][0]["cm1_12m"] == "14.0000"
    assert caller.get("sales-summaries/?cm1_12m_min=15").json()["results"] == []


def test_a_caller_sees_and_sums_his_customers_only(erp, row):
    erp.load(row(), row(document="B1", customer="BOLT", quantity="1"))
    caller = Caller(account_manager(erp.acme))
    listed = Caller(erp.by, customer_ids=[erp.bolt.pk])
    (foreign,) = LedgerLine.objects.filter(customer=erp.bolt)

    assert [line["number"] for line in caller.get("ledger-lines/").json()["results"]] == ["R1"]
    assert caller.get("ledger-lines/totals/").json()["net"] == "25.0000"
    assert caller.get(f"ledger-lines/{foreign.pk}/").status_code == 404
    assert caller.get(f"ledger-lines/?customer={erp.bolt.pk}").status_code == 400
    assert listed.get("ledger-lines/totals/").json()["net"] == "2.5000"
    assert [summary["customer"] for summary in listed.get("sales-summaries/").json()["results"]] == [erp.bolt.pk]


def test_unknown_filters_are_refused(erp):
    assert Caller(erp.by).get("ledger-lines/?customer__account_team=1").status_code == 400
    assert Caller(erp.by).get("ledger-lines/totals/?net=1").status_code == 400


def test_products_come_in_by_their_key_each_with_its_result():
    caller = Caller(finance())
    groups = [{"code": "1", "name": "Beverages"}, {"code": ""}]
    products = [
        {"sku": "1", "name": "Chai", "group": "1", "list_price": "18", "unit": "10 boxes", "is_active": False},
        {"sku": "2", "name": "Chang", "group": "9"},
        {"sku": "3"},
        {"sku": "4", "name": "Syrup", "list_price": "-1"},
        {"sku": "5", "name": "Mix", "owner": 1},
    ]

    made = caller.post("product-groups/bulk/", {"source": "erp", "rows": groups}).json()["results"]
    first = caller.post("products/bulk/", {"source": "erp", "rows": products}).json()["results"]
    again = caller.post(
        "products/bulk/", {"source": "erp", "rows": [products[0], products[0] | {"name": "Tea"}]}
    ).json()

    assert [row["result"] for row in made] == ["created", "rejected"]
    assert [(row["result"], row["field"]) for row in first] == [
        ("created", ""),
        ("rejected", "group"),
        ("rejected", "name"),
        ("rejected", "list_price"),
        ("rejected", "owner"),
    ]
    assert [row["result"] for row in again["results"]] == ["unchanged", "updated"]
    product = caller.get("products/?sku=1").json()["results"][0]
    assert (product["name"], product["group_code"], product["list_price"]) == ("Tea", "1", "18.0000")
    assert (ProductGroup.objects.count(), Product.objects.count()) == (1, 1)


def test_others_change_no_products(erp):
    response = Caller(outsider()).post("products/bulk/", {"source": "erp", "rows": [{"sku": "Z", "name": "Z"}]})

    assert response.status_code == 403
    assert not Product.objects.filter(sku="Z").exists()


@pytest.mark.parametrize(
    "path", ["ledger-lines/", "ledger-documents/", "sales-summaries/", "products/", "product-groups/"]
)
def test_lists_cost_a_constant_number_of_statements(erp, row, path, django_assert_max_num_queries):
    erp.load(*(row(document=f"R{number}") for number in range(30)))
    client = Client()
    client.force_login(erp.by)
    client.get(f"/api/v1/{path}")

    with django_assert_max_num_queries(7):
        client.get(f"/api/v1/{path}")
