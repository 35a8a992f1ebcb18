"""Which figures can score a customer by themselves, in what unit, and which way is better."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Unit(StrEnum):
    """What a figure is counted in."""

    MONEY = "money"
    SHARE = "share"
    DAYS = "days"
    COUNT = "count"
    INDEX = "index"
    YEARS = "years"


class MetricSource(StrEnum):
    """Where a figure comes from, and so where its opening leads."""

    LEDGER = "ledger"
    CUSTOMERS = "customers"
    CREDIT = "credit"
    SERVICE = "service"


class Metric(StrEnum):
    """A figure of the metric dictionary."""

    SALES_12_MONTHS = "sales_12_months"
    SALES_GROWTH = "sales_growth"
    CONTRIBUTION_12_MONTHS = "contribution_12_months"
    CONTRIBUTION_MARGIN = "contribution_margin"
    SHARE_OF_WALLET = "share_of_wallet"
    CATEGORY_SPEND = "category_spend"
    ORDER_REGULARITY = "order_regularity"
    DAYS_SINCE_LAST_ORDER = "days_since_last_order"
    BREADTH_OF_RANGE = "breadth_of_range"
    DISCOUNT_SHARE = "discount_share"
    TENURE = "tenure"
    ACTIVE_CONTACTS = "active_contacts"
    DAYS_PAID_LATE = "days_paid_late"
    SATISFACTION = "satisfaction"


@dataclass(frozen=True, slots=True)
class MetricDefinition:
    """What a metric is: its unit, its source, whether more is better, and whether it looks at past sales alone."""

    metric: Metric
    unit: Unit
    source: MetricSource
    more_is_better: bool
    past_sales: bool = False


METRICS: dict[Metric, MetricDefinition] = {
    definition.metric: definition
    for definition in (
        MetricDefinition(Metric.SALES_12_MONTHS, Unit.MONEY, MetricSource.LEDGER, True, past_sales=True),
        MetricDefinition(Metric.SALES_GROWTH, Unit.SHARE, MetricSource.LEDGER, True, past_sales=True),
        MetricDefinition(Metric.CONTRIBUTION_12_MONTHS, Unit.MONEY, MetricSource.LEDGER, True, past_sales=True),
        MetricDefinition(Metric.CONTRIBUTION_MARGIN, Unit.SHARE, MetricSource.LEDGER, True, past_sales=True),
        MetricDefinition(Metric.SHARE_OF_WALLET, Unit.SHARE, MetricSource.CUSTOMERS, True),
        MetricDefinition(Metric.CATEGORY_SPEND, Unit.MONEY, MetricSource.CUSTOMERS, True),
        MetricDefinition(Metric.ORDER_REGULARITY, Unit.SHARE, MetricSource.LEDGER, True, past_sales=True),
        MetricDefinition(Metric.DAYS_SINCE_LAST_ORDER, Unit.DAYS, MetricSource.LEDGER, False, past_sales=True),
        MetricDefinition(Metric.BREADTH_OF_RANGE, Unit.SHARE, MetricSource.LEDGER, True, past_sales=True),
        MetricDefinition(Metric.DISCOUNT_SHARE, Unit.SHARE, MetricSource.LEDGER, False, past_sales=True),
        MetricDefinition(Metric.TENURE, Unit.YEARS, MetricSource.CUSTOMERS, True),
        MetricDefinition(Metric.ACTIVE_CONTACTS, Unit.COUNT, MetricSource.CUSTOMERS, True),
        MetricDefinition(Metric.DAYS_PAID_LATE, Unit.DAYS, MetricSource.CREDIT, False),
        MetricDefinition(Metric.SATISFACTION, Unit.INDEX, MetricSource.SERVICE, True),
    )
}
"""Every metric; those of past sales count against the 60 % limit of a factor set."""
