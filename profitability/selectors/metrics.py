"""The metric dictionary of the ledger: each metric for all customers in one statement.

The SQL reads the roll-up; its pure twins are in `profitability.calculations.sales_metrics`, and a test holds both to
the same figures. The keys are those of the scoring models' metric dictionary.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db.models import (
    Case,
    Count,
    DateField,
    Exists,
    F,
    FloatField,
    Func,
    IntegerField,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Coalesce, Greatest, Least, Sqrt
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from kcrm.lib.money import UNITS_PER_ONE
from profitability.calculations.sales_metrics import FEWEST_INTERVALS
from profitability.models import Product

SUMMARY: Final = "sales_summary__"
FETCH: Final = 5_000


def _field(name: str) -> Cast:
    return Cast(F(SUMMARY + name), FloatField())


def _or_zero(name: str) -> Coalesce:
    return Coalesce(_field(name), Value(0.0))


def _over(part: Any, whole: str) -> Case:
    """A part of a whole, not defined where the whole is not above zero."""
    return Case(When(**{f"{SUMMARY}{whole}__gt": 0}, then=part / _field(whole)), output_field=FloatField())


def _amount(name: str) -> Any:
    return _field(name) / Value(float(UNITS_PER_ONE))


def _regularity(today: date) -> Case:
    count, days, squares = _field("intervals_12m"), _field("interval_days"), _field("interval_squares")
    mean = days / count
    deviation = Sqrt(Greatest(Value(0.0), squares / count - mean * mean))
    bounded = Least(Value(1.0), Greatest(Value(0.0), Value(1.0) - deviation / mean))
    return Case(When(**{f"{SUMMARY}intervals_12m__gte": FEWEST_INTERVALS}, then=bounded), output_field=FloatField())


def _breadth(today: date) -> Case:
    on_sale = (
        Product.objects.on_sale()
        .filter(group__isnull=False)
        .order_by()
        .values(one=Value(1))
        .annotate(groups=Count("group", distinct=True))
        .values("groups")
    )
    groups = Cast(Subquery(on_sale, output_field=IntegerField()), FloatField())
    share = Least(Value(1.0), Coalesce(_field("product_groups_12m"), Value(0.0)) / groups)
    return Case(When(Exists(on_sale), then=share), output_field=FloatField())


def _days_since(today: date) -> Case:
    last = F(f"{SUMMARY}last_document_on")  # PostgreSQL counts whole days between dates; Django would make an interval
    days = Func(
        Value(today, output_field=DateField()), last, template="(%(expressions)s)", arg_joiner=" - ",
        output_field=IntegerField(),
    )  # fmt: skip
    return Case(
        When(**{f"{SUMMARY}last_document_on__gte": today}, then=Value(0)),
        When(**{f"{SUMMARY}last_document_on__lt": today}, then=days),
        output_field=IntegerField(),
    )


@dataclass(frozen=True, slots=True)
class LedgerMetric:
    """One metric: what it is called, what it is counted in, which way is better, who may read it, where it comes from.

    `unit` is money, share, days or count; `inputs` are the fields of the summary that explain it.
    """

    key: str
    label: Any
    unit: str
    more_is_better: bool
    expression: Callable[[date], Combinable]
    inputs: tuple[str, ...]
    field_class: str = "F1"


METRICS: Final[Mapping[str, LedgerMetric]] = {
    metric.key: metric
    for metric in (
        LedgerMetric(
            "sales_12_months", _("Net sales, 12 months"), "money", True,
            lambda today: _or_zero("net_12m_units") / Value(float(UNITS_PER_ONE)), ("net_12m_units",),
        ),
        LedgerMetric(
            "sales_growth", _("Growth over the 12 months before"), "share", True,
            lambda today: _over(_field("net_12m_units") - _field("prior_12m_units"), "prior_12m_units"),
            ("net_12m_units", "prior_12m_units"),
        ),
        LedgerMetric(
            "order_regularity", _("Order regularity"), "share", True, _regularity,
            ("intervals_12m", "interval_days", "interval_squares"),
        ),
        LedgerMetric(
            "days_since_last_order", _("Days since the last document"), "days", False, _days_since,
            ("last_document_on",),
        ),
        LedgerMetric(
            "breadth_of_range", _("Breadth of range"), "share", True, _breadth, ("product_groups_12m",)
        ),
        LedgerMetric(
            "products_12_months", _("Products bought, 12 months"), "count", True,
            lambda today: _or_zero("products_12m"), ("products_12m",),
        ),
        LedgerMetric(
            "documents_12_months", _("Documents, 12 months"), "count", True,
            lambda today: _or_zero("documents_12m"), ("documents_12m",),
        ),
        LedgerMetric(
            "average_document", _("Net sales a document"), "money", True,
            lambda today: _over(_amount("net_12m_units"), "documents_12m"), ("net_12m_units", "documents_12m"),
        ),
        LedgerMetric(
            "discount_share", _("Discount share"), "share", False,
            lambda today: _over(_field("discount_12m_units"), "gross_12m_units"),
            ("discount_12m_units", "gross_12m_units"),
        ),
        LedgerMetric(
            "freight_share", _("Freight share"), "share", False,
            lambda today: _over(_field("freight_12m_units"), "net_12m_units"),
            ("freight_12m_units", "net_12m_units"),
        ),
        LedgerMetric(
            "contribution_12_months", _("Contribution CM1, 12 months"), "money", True,
            lambda today: _amount("cm1_12m_units"), ("cm1_12m_units", "cost_known_share"), "F2",
        ),
        LedgerMetric(
            "contribution_margin", _("Contribution margin CM1"), "share", True,
            lambda today: _over(_field("cm1_12m_units"), "net_12m_units"),
            ("cm1_12m_units", "net_12m_units", "cost_known_share"), "F2",
        ),
    )
}  # fmt: skip
"""Every ledger metric by its key."""


def metric_rows(keys: Sequence[str], customers: QuerySet[Customer], *, today: date) -> Iterator[tuple[Any, ...]]:
    """(customer id, value, ...) for each of these customers, in the order of their ids and of the keys.

    One statement for any number of metrics and customers; a metric that is not defined is None, no sales are 0.
    Who may read the metrics is the caller's question: `METRICS[key].field_class`. Raises KeyError for an unknown key.
    """
    expressions = {f"metric_{key}": METRICS[key].expression(today) for key in keys}
    rows = customers.order_by("pk").annotate(**expressions).values_list("pk", *expressions)
    yield from rows.iterator(chunk_size=FETCH)
