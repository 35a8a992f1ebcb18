"""The metrics in SQL are the pure formulas, on random rows."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from customers.models import Customer
from kcrm.lib.periods import trailing
from profitability.calculations.sales_metrics import (
    OrderIntervals,
    average_document,
    breadth_of_range,
    days_since,
    growth,
    median_gap,
    order_regularity,
    share_of,
)
from profitability.models import LedgerDocument, LedgerLine, SalesSummary
from profitability.selectors.metrics import METRICS, metric_rows
from tests.factories.customers import CustomerFactory, ExternalIdFactory
from tests.factories.profitability import ProductFactory, ProductGroupFactory

pytestmark = pytest.mark.django_db
TODAY = date(2026, 2, 15)


def random_rows(row: Callable[..., dict[str, Any]], chance: random.Random) -> list[dict[str, Any]]:
    rows = []
    for number in range(140):
        header = {
            "document": f"R{number}",
            "kind": chance.choice(["invoice"] * 6 + ["credit_note"]),
            "customer": f"C{min(chance.randint(0, 7), chance.randint(0, 7))}",
            "document_on": f"{chance.choice([2024, 2025])}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}",
            "freight": str(chance.randint(0, 30)),
        }
        rows += [
            row(
                line=str(line),
                product=f"S{chance.randint(0, 9)}",
                quantity=str(chance.randint(1, 20)),
                unit_price=f"{chance.randint(1, 5000) / 100:.2f}",
                discount=chance.choice(["0", "0.05", "0.15"]),
                cost=chance.choice(["", "5"]),
                **header,
            )
            for line in range(1, chance.randint(2, 4))
        ]
    return rows


def pure(customer: Customer) -> dict[str, float | None]:
    """The metrics of a customer, computed row by row."""
    window = trailing(date(2025, 12, 1))
    lines = [line for line in LedgerLine.objects.filter(customer=customer) if line.posted_on in window]
    before = [line for line in LedgerLine.objects.filter(customer=customer) if line.posted_on in window.before()]
    documents = [row for row in LedgerDocument.objects.filter(customer=customer) if row.posted_on in window]
    invoices = [row.document_on for row in documents if row.kind == "invoice"]
    ever = LedgerDocument.objects.filter(customer=customer, kind="invoice").values_list("document_on", flat=True)
    net, gross = sum(line.net_units for line in lines), sum(line.gross_units for line in lines)
    bought = [line for line in lines if line.quantity > 0]
    costed = [line for line in lines if line.cost_units is not None]
    cm1 = sum(line.net_units - line.cost_units for line in costed) if any(
        line.cost_units is not None for line in bought
    ) else None  # fmt: skip
    average = average_document(net, len(documents))
    return {
        "sales_12_months": net / 10_000,
        "sales_growth": growth(net, sum(line.net_units for line in before)),
        "order_regularity": order_regularity(OrderIntervals.of(invoices)),
        "days_since_last_order": days_since(max(ever, default=None), TODAY),
        "breadth_of_range": breadth_of_range(len({line.product.group_id for line in bought}), 3),
        "products_12_months": len({line.product_id for line in bought}),
        "documents_12_months": len(documents),
        "average_document": None if average is None else average / 10_000,
        "discount_share": share_of(sum(line.discount_units for line in lines), gross),
        "freight_share": share_of(sum(row.freight_units for row in documents), net),
        "contribution_12_months": None if cm1 is None else cm1 / 10_000,
        "contribution_margin": share_of(cm1, net),
    }


@pytest.fixture
def history(erp, row):
    for number in range(8):
        ExternalIdFactory(customer=CustomerFactory(name=f"Customer {number}"), value=f"C{number}")
    groups = ProductGroupFactory.create_batch(2)
    for number in range(10):
        ProductFactory(sku=f"S{number}", group=groups[number % 2])
    chance = random.Random(7)  # noqa: S311 - a seed, so that a failure can be repeated
    erp.load(*random_rows(row, chance), row(customer="ACME", document="A", document_on="2025-12-30"))
    return erp


def test_each_metric_is_its_formula_on_random_rows(history, django_assert_num_queries):
    with django_assert_num_queries(1):
        rows = list(metric_rows(list(METRICS), Customer.objects.alive(), today=TODAY))

    expected = {customer.pk: pure(customer) for customer in Customer.objects.alive()}
    assert len(rows) == 10
    for customer_id, *values in rows:
        for key, value in zip(METRICS, values, strict=True):
            wanted = expected[customer_id][key]
            assert value == (None if wanted is None else pytest.approx(wanted, abs=1e-9)), key


def test_the_kept_medians_are_the_customers_own(history):
    window = trailing(date(2025, 12, 1))

    for summary in SalesSummary.objects.all():
        days = LedgerDocument.objects.posted_within(window).filter(customer=summary.customer_id, kind="invoice")
        wanted = median_gap(days.values_list("document_on", flat=True))
        assert (None if summary.interval_median is None else float(summary.interval_median)) == wanted


def test_a_customer_who_never_bought_has_no_sales_and_no_rhythm(erp):
    keys = ["sales_12_months", "order_regularity", "sales_growth"]

    rows = list(metric_rows(keys, Customer.objects.filter(pk=erp.bolt.pk), today=TODAY))

    assert rows == [(erp.bolt.pk, 0, None, None)]
