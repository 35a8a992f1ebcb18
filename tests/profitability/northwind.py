"""The Northwind files as a user's ERP would send them."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from accounts.models import User
from customers.models import Customer
from profitability.services.ledger import rows_of_documents
from profitability.services.products import upsert_product_groups, upsert_products
from tests.factories.customers import CustomerFactory, ExternalIdFactory
from tests.factories.teams import UnitFactory

FOLDER = Path(__file__).resolve().parents[2] / "demo" / "northwind"
SOURCE = "northwind"


def table(name: str) -> Iterator[dict[str, str]]:
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def ledger_rows() -> Iterator[dict[str, str]]:
    return rows_of_documents(
        table("orders"),
        table("order_details"),
        key="order_id",
        header_columns={
            "customer": "customer_id",
            "document_on": "order_date",
            "due_on": "required_date",
            "shipped_on": "shipped_date",
            "freight": "freight",
            "salesperson": "employee_id",
        },
        position_columns={
            "product": "product_id",
            "quantity": "quantity",
            "unit_price": "unit_price",
            "discount": "discount",
        },
    )


def prepare(by: User) -> dict[str, Customer]:
    """Customers, groups and products of Northwind; the customers by their key."""
    upsert_product_groups(
        [
            {"code": row["category_id"], "name": row["category_name"], "description": row["description"]}
            for row in table("categories")
        ],
        source=SOURCE,
        by=by,
    )
    upsert_products(
        [
            {
                "sku": row["product_id"],
                "name": row["product_name"],
                "group": row["category_id"],
                "list_price": row["unit_price"],
                "unit": row["quantity_per_unit"],
                "is_active": str(row["discontinued"] == "0"),
            }
            for row in table("products")
        ],
        source=SOURCE,
        by=by,
    )
    customers = {}
    unit = UnitFactory()
    for row in table("customers"):
        customer = CustomerFactory(name=row["company_name"], org_unit=unit)
        ExternalIdFactory(customer=customer, source=SOURCE, value=row["customer_id"])
        customers[row["customer_id"]] = customer
    return customers
