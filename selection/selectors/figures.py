"""The metric dictionary's figures for all customers at once, read from the ledger's summaries in one statement."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from kcrm.lib.money import from_units
from profitability.models import ProductGroup, SalesSummary
from selection.calculations.ledger_metrics import FEWEST_INTERVALS
from selection.calculations.metric_dictionary import Metric

FIELDS: Final = (
    "customer_id",
    "as_of_month",
    "net_12m_units",
    "growth",
    "discount_share",
    "product_groups_12m",
    "documents_12m",
    "intervals_12m",
    "interval_days",
    "interval_squares",
)


@dataclass(slots=True)
class Figures:
    """{metric: {customer id: figure}}; a customer without the figure is left out. `sales_units` are ledger units."""

    by_metric: dict[str, dict[int, float]] = field(default_factory=dict)
    sales_units: dict[int, int] = field(default_factory=dict)
    documents: dict[int, int] = field(default_factory=dict)
    as_of_month: date | None = None


def regularity(intervals: int, days: int, squares: int) -> float | None:
    """Order regularity from the count, sum and sum of squares of the intervals.

    The twin of `calculations.ledger_metrics.order_regularity`: 0-1, None below three intervals or without any time
    between orders.
    """
    if intervals < FEWEST_INTERVALS or days <= 0:
        return None
    mean = days / intervals
    deviation = math.sqrt(max(0.0, squares / intervals - mean * mean))
    return min(1.0, max(0.0, 1 - deviation / mean))


def _of(row: Mapping[str, Any], groups: int) -> dict[str, float | None]:
    growth, discount = row["growth"], row["discount_share"]
    return {
        Metric.SALES_12_MONTHS: float(from_units(row["net_12m_units"])),
        Metric.SALES_GROWTH: None if growth is None else float(growth),
        Metric.ORDER_REGULARITY: regularity(row["intervals_12m"], row["interval_days"], row["interval_squares"]),
        Metric.BREADTH_OF_RANGE: row["product_groups_12m"] / groups if groups else None,
        Metric.DISCOUNT_SHARE: None if discount is None else float(discount),
    }


AVAILABLE: Final = (
    Metric.SALES_12_MONTHS,
    Metric.SALES_GROWTH,
    Metric.ORDER_REGULARITY,
    Metric.BREADTH_OF_RANGE,
    Metric.DISCOUNT_SHARE,
)
FORMATS: Final[Mapping[str, str]] = {
    Metric.SALES_12_MONTHS: "money",
    Metric.SALES_GROWTH: "percent",
    Metric.ORDER_REGULARITY: "percent",
    Metric.BREADTH_OF_RANGE: "percent",
    Metric.DISCOUNT_SHARE: "percent",
}


def figures_of_all(metrics: Collection[str], *, among: Collection[int] | None = None) -> Figures:
    """The figures of these metrics for every customer that ever bought, or those among some; money in the reporting
    currency.

    Raises KeyError for a metric that nothing measures yet.
    """
    for metric in metrics:
        if metric not in AVAILABLE:
            raise KeyError(metric)
    found = Figures(by_metric={metric: {} for metric in metrics})
    groups = ProductGroup.objects.count()
    rows = SalesSummary.objects.order_by()
    if among is not None:
        rows = rows.filter(customer__in=among)
    for row in rows.values(*FIELDS).iterator(chunk_size=5_000):
        pk = row["customer_id"]
        found.sales_units[pk] = row["net_12m_units"]
        found.documents[pk] = row["documents_12m"]
        found.as_of_month = max(found.as_of_month or row["as_of_month"], row["as_of_month"])
        values = _of(row, groups)
        for metric in metrics:
            value = values[metric]
            if value is not None:
                found.by_metric[metric][pk] = value
    return found
