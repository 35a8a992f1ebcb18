"""What a customer bought: twelve months in figures, month by month, by product; and what filtered lines add up to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db.models import Count, QuerySet, Sum
from django.db.models.functions import Coalesce

from customers.models import Customer
from kcrm.lib.periods import Window, trailing
from profitability.calculations.sales_metrics import OrderIntervals, order_regularity, share_of
from profitability.models import CustomerMonth, LedgerDocument, LedgerLine, SalesSummary
from profitability.querysets import LedgerLineQuerySet

TOP: Final = 8


@dataclass(frozen=True, slots=True)
class LineTotals:
    """What a set of lines adds up to, in ledger units. Costs cover the lines whose cost is known, None without one.

    Freight is that of the documents which have one of the lines at least.
    """

    lines: int
    documents: int
    gross_units: int
    discount_units: int
    net_units: int
    freight_units: int
    cost_units: int | None = None
    cm1_units: int | None = None


@dataclass(frozen=True, slots=True)
class MonthSales:
    """A month's net sales and those of the same month a year earlier."""

    month: date
    net_units: int
    year_before_units: int


@dataclass(frozen=True, slots=True)
class ProductSales:
    """What one product brought."""

    product_id: int
    name: str
    group: str
    quantity: Any
    net_units: int
    discount_share: float | None


@dataclass(frozen=True, slots=True)
class CustomerSales:
    """The sales page of a customer: its summary, the months of the window, its most bought products."""

    summary: SalesSummary
    window: Window
    months: tuple[MonthSales, ...]
    products: tuple[ProductSales, ...]
    regularity: float | None


def line_totals(lines: QuerySet[LedgerLine], *, with_costs: bool) -> LineTotals:
    """The totals of these lines, with two statements."""
    rows = lines.order_by()
    sums = {name: Coalesce(Sum(f"{name}_units"), 0) for name in ("gross", "discount", "net")}
    found = rows.aggregate(lines=Count("pk"), **sums)
    documents = LedgerDocument.objects.filter(pk__in=rows.values("document")).aggregate(
        documents=Count("pk"), freight=Coalesce(Sum("freight_units"), 0)
    )
    cost = cm1 = None
    if with_costs:
        known = rows.filter(cost_units__isnull=False).aggregate(cost=Sum("cost_units"), net=Sum("net_units"))
        if known["cost"] is not None:
            cost, cm1 = int(known["cost"]), int(known["net"] - known["cost"])
    return LineTotals(
        lines=found["lines"],
        documents=documents["documents"],
        gross_units=int(found["gross"]),
        discount_units=int(found["discount"]),
        net_units=int(found["net"]),
        freight_units=int(documents["freight"]),
        cost_units=cost,
        cm1_units=cm1,
    )


def month_series(customer: Customer, window: Window) -> tuple[MonthSales, ...]:
    """Net sales of each month of the window beside the same months a year earlier; months without sales are 0."""
    earlier = window.a_year_earlier()
    found = dict(
        CustomerMonth.objects.within(Window(min(earlier.first, window.first), window.last))
        .filter(customer=customer)
        .values_list("month", "net_units")
    )
    return tuple(
        MonthSales(month, found.get(month, 0), found.get(before, 0))
        for month, before in zip(window.months(), earlier.months(), strict=True)
    )


def top_products(lines: QuerySet[LedgerLine], *, limit: int = TOP) -> tuple[ProductSales, ...]:
    """The products with the highest net sales among these lines."""
    rows = (
        lines.order_by()
        .values("product", "product__name", "product__group__name")
        .annotate(quantity_sum=Sum("quantity"), net=Sum("net_units"), gross=Sum("gross_units"))
        .order_by("-net", "product__name")[:limit]
    )
    return tuple(
        ProductSales(
            product_id=row["product"],
            name=row["product__name"],
            group=row["product__group__name"] or "",
            quantity=row["quantity_sum"],
            net_units=int(row["net"]),
            discount_share=share_of(int(row["gross"] - row["net"]), int(row["gross"])),
        )
        for row in rows
    )


def customer_sales_for(customer: Customer) -> CustomerSales | None:
    """Everything the sales part of a customer's page shows, with three statements; None if it never bought."""
    summary = SalesSummary.objects.filter(customer=customer).first()
    if summary is None:
        return None
    window = trailing(summary.as_of_month)
    lines = LedgerLine.objects.posted_within(window).filter(customer=customer)
    intervals = OrderIntervals(summary.intervals_12m, summary.interval_days, summary.interval_squares)
    return CustomerSales(
        summary=summary,
        window=window,
        months=month_series(customer, window),
        products=top_products(lines),
        regularity=order_regularity(intervals),
    )


def top_customers(lines: LedgerLineQuerySet, *, limit: int = TOP) -> list[tuple[int, str, int]]:
    """(id, name, net units) of the customers with the highest net sales among these lines."""
    rows = lines.order_by().values_list("customer", "customer__name").annotate(net=Sum("net_units"))
    return [(pk, name, int(net)) for pk, name, net in rows.order_by("-net", "customer__name")[:limit]]


def newest_window() -> Window | None:
    """The twelve months that end with the newest posting; None for an empty ledger."""
    newest = CustomerMonth.objects.order_by("-month").values_list("month", flat=True).first()
    return trailing(newest) if newest else None
