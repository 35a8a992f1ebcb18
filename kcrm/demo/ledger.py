"""Products and invoices of the demo company, through the services that an ERP uses."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final

from accounts.models import User
from kcrm.demo.arrivals import bring_file
from kcrm.demo.files import SOURCE, Calendar, table
from kcrm.lib.periods import add_months, month_of
from profitability.services.ledger import LoadResult, load_ledger, rows_of_documents

# The files hold no cost. The demo assumes a standard cost as a share of today's list price, by product category,
# and marks every line that carries one as estimated (see demo/northwind/README.md).
COST_SHARES: Final[Mapping[str, Decimal]] = {
    "1": Decimal("0.62"),
    "2": Decimal("0.58"),
    "3": Decimal("0.60"),
    "4": Decimal("0.67"),
    "5": Decimal("0.63"),
    "6": Decimal("0.70"),
    "7": Decimal("0.64"),
    "8": Decimal("0.66"),
}


def bring_products(*, by: User) -> None:
    """The eight categories and 77 products, from a file each."""
    groups = [
        {"category_id": row["category_id"], "category_name": row["category_name"], "description": row["description"]}
        for row in table("categories")
    ]
    bring_file("product-groups", "categories.csv", groups, by=by)
    products = [
        {
            "product_id": row["product_id"],
            "product_name": row["product_name"],
            "category_id": row["category_id"],
            "unit_price": row["unit_price"],
            "quantity_per_unit": row["quantity_per_unit"],
            "active": "yes" if row["discontinued"] == "0" else "no",
        }
        for row in table("products")
    ]
    bring_file("products", "products.csv", products, by=by)


def bring_invoices(
    calendar: Calendar, *, since: date, until: date, salespeople: Mapping[str, int], by: User
) -> LoadResult:
    """The orders of these days with their lines, each with its estimated cost; of all days 830 with 2,155 lines."""
    orders = [order for order in calendar.orders() if since <= date.fromisoformat(order["order_date"]) < until]
    numbers = {order["order_id"] for order in orders}
    rows = rows_of_documents(
        iter(orders),
        (row for row in table("order_details") if row["order_id"] in numbers),
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
    return load_ledger(_with_cost(rows), source=SOURCE, by=by, name="Northwind orders", salespeople=salespeople)


def largest_buyers(calendar: Calendar) -> list[str]:
    """Keys of the customers that bought in the last twelve months of the files, by net sales."""
    first = add_months(add_months(month_of(calendar.today), -1), -11)
    recent = {row["order_id"]: row["customer_id"] for row in calendar.orders() if row["order_date"] >= str(first)}
    net: dict[str, Decimal] = defaultdict(Decimal)
    for row in table("order_details"):
        if row["order_id"] in recent:
            sold = Decimal(row["quantity"]) * Decimal(row["unit_price"]) * (1 - Decimal(row["discount"]))
            net[recent[row["order_id"]]] += sold
    return sorted(net, key=net.__getitem__, reverse=True)


def _with_cost(rows: Iterator[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    costs = {
        row["product_id"]: Decimal(row["unit_price"]) * COST_SHARES[row["category_id"]] for row in table("products")
    }
    for row in rows:
        cost = costs[row["product"]] * Decimal(row["quantity"])
        yield {**row, "cost": f"{cost:.4f}", "state": "estimated"}
