"""The metric dictionary's figures of all customers as columns, read in one statement. Workers only (numpy)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from django.db.models import F, FloatField
from django.db.models.functions import Cast, Coalesce

from customers.models import Customer
from kcrm.lib.columns import DATE, FLOAT, WHOLE, columns_of
from profitability.models import ProductGroup
from selection.calculations.bulk import bulk_regularity
from selection.calculations.metric_dictionary import Metric
from selection.selectors.figures import AVAILABLE

Floats = npt.NDArray[np.float64]
UNITS: Final = 10_000  # ledger units of one unit of the currency
NEVER: Final = date(1900, 1, 1)
EPOCH: Final = date(2000, 1, 1)
COLUMNS: Final[Mapping[str, str]] = {
    "net": "net_12m_units",
    "growth": "growth",
    "discount": "discount_share",
    "groups": "product_groups_12m",
    "documents": "documents_12m",
    "intervals": "intervals_12m",
    "days": "interval_days",
    "squares": "interval_squares",
}


@dataclass(frozen=True, slots=True, eq=False)
class FigureTable:
    """All customers in the order of their keys, an element each; NaN where a figure is not known.

    `sales_units` are ledger units, `one_off` says who bought once; `by_metric` are the figures asked for.
    """

    ids: npt.NDArray[np.int64]
    sales_units: Floats
    one_off: npt.NDArray[np.bool_]
    by_metric: Mapping[str, Floats]
    as_of_month: date | None

    def places(self, ids: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Where these customers stand in the columns; they must be there."""
        return np.searchsorted(self.ids, ids)


def figure_table(metrics: Collection[str]) -> FigureTable:
    """The figures of these metrics for every customer; money in the reporting currency.

    Raises KeyError for a metric that nothing measures yet.
    """
    for metric in metrics:
        if metric not in AVAILABLE:
            raise KeyError(metric)
    figures = {f"of_{name}": _figure(f"sales_summary__{column}") for name, column in COLUMNS.items()}
    month = Coalesce(F("sales_summary__as_of_month"), NEVER)
    rows = Customer.objects.alive().order_by("pk").annotate(**figures, month=month)
    table = columns_of(rows, {"pk": WHOLE, "month": DATE, **dict.fromkeys(figures, FLOAT)})
    of = {name: table[f"of_{name}"] for name in COLUMNS}
    newest = EPOCH + timedelta(days=int(table["month"].max())) if len(table["month"]) else NEVER
    measured = _measured(of, ProductGroup.objects.count())
    return FigureTable(
        ids=table["pk"],
        sales_units=of["net"],
        one_off=of["documents"] == 1,
        by_metric={metric: measured[metric] for metric in metrics},
        as_of_month=None if newest == NEVER else newest,
    )


def _figure(name: str) -> Coalesce:
    """A figure as a float, NaN where there is none."""
    return Coalesce(Cast(name, FloatField()), float("nan"), output_field=FloatField())


def _measured(of: Mapping[str, Any], groups: int) -> dict[str, Floats]:
    return {
        Metric.SALES_12_MONTHS: of["net"] / UNITS,
        Metric.SALES_GROWTH: of["growth"],
        Metric.ORDER_REGULARITY: bulk_regularity(of["intervals"], of["days"], of["squares"]),
        Metric.BREADTH_OF_RANGE: of["groups"] / groups if groups else np.full(len(of["groups"]), np.nan),
        Metric.DISCOUNT_SHARE: of["discount"],
    }
