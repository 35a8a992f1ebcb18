"""A small ERP: two customers, two products, and rows for them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest

from accounts.models import User
from customers.models import Customer
from profitability.models import Product
from profitability.services.ledger import LoadResult, load_ledger
from tests.factories.customers import CustomerFactory, ExternalIdFactory
from tests.factories.profitability import ProductFactory, ProductGroupFactory
from tests.personas import finance

TODAY = date(2026, 2, 15)


@dataclass
class Erp:
    """What the ERP knows."""

    by: User
    acme: Customer
    bolt: Customer
    nut: Product
    screw: Product

    def load(self, *rows: dict[str, Any], **options: Any) -> LoadResult:
        return load_ledger(rows, **{"source": "erp", "by": self.by, "today": TODAY} | options)


@pytest.fixture
def erp(db: None) -> Erp:
    acme, bolt = CustomerFactory(name="Acme"), CustomerFactory(name="Bolt")
    ExternalIdFactory(customer=acme, value="ACME")
    ExternalIdFactory(customer=bolt, value="BOLT")
    group = ProductGroupFactory(code="HW", name="Hardware")
    return Erp(
        by=finance(),
        acme=acme,
        bolt=bolt,
        nut=ProductFactory(sku="NUT", name="Nut", group=group),
        screw=ProductFactory(sku="SCREW", name="Screw", group=group),
    )


@pytest.fixture
def row() -> Callable[..., dict[str, Any]]:
    """`row(quantity="3")` is a good row, but for what is named."""

    def make(**values: Any) -> dict[str, Any]:
        return {
            "document": "R1",
            "line": "1",
            "customer": "ACME",
            "document_on": "2026-01-10",
            "product": "NUT",
            "quantity": "10",
            "unit_price": "2.50",
        } | values

    return make
