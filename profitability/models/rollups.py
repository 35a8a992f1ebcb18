"""What the ledger adds up to. Never typed in: kept current by the services that change the ledger."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from profitability.querysets import CustomerMonthQuerySet, SalesSummaryQuerySet


class CustomerMonth(models.Model):
    """What one customer bought in one month, in ledger units.

    `cost_units` sums the lines whose cost is known, `costed_net_units` the net sales of those same lines. Freight and
    documents count in the month that their document was posted in.
    """

    access_resource = "sales_facts"
    field_classes: ClassVar[dict[str, str]] = {"cost_units": "F2", "costed_net_units": "F2"}

    customer = models.ForeignKey(
        "customers.Customer", on_delete=models.PROTECT, related_name="+", related_query_name="customer_month",
        verbose_name=_("customer"), db_index=False, db_constraint=False,
    )  # fmt: skip # no month without a document, whose key holds the customer
    month = models.DateField(_("month"))
    gross_units = models.BigIntegerField(_("gross"), default=0)
    discount_units = models.BigIntegerField(_("discount"), default=0)
    net_units = models.BigIntegerField(_("net"), default=0)
    cost_units = models.BigIntegerField(_("cost"), default=0)
    costed_net_units = models.BigIntegerField(_("net with known cost"), default=0)
    freight_units = models.BigIntegerField(_("freight"), default=0)
    quantity = models.DecimalField(_("quantity"), max_digits=20, decimal_places=4, default=0)
    lines = models.IntegerField(_("lines"), default=0)
    documents = models.IntegerField(_("ledger documents"), default=0)

    objects = CustomerMonthQuerySet.as_manager()

    class Meta:
        verbose_name = _("customer month")
        verbose_name_plural = _("customer months")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["customer", "month"], name="profitability_customermonth_once")
        ]
        indexes: ClassVar = [models.Index(fields=["month"], name="profitability_month_by_month")]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.month:%Y-%m}"


class SalesSummary(models.Model):
    """The last twelve months of one customer, ending with `as_of_month`; one row for each customer that ever bought.

    `growth` is None without sales in the year before. `interval_*` describe the days between order days of the twelve
    months: how many intervals, their sum and sum of squares, their median. `cm1_12m_units` covers the lines whose cost
    is known; `cost_known_share` says how much of net sales that is. A stale row waits for its refresh.
    """

    access_resource = "sales_facts"
    field_classes: ClassVar[dict[str, str]] = {"cm1_12m_units": "F2", "cost_known_share": "F2"}

    customer = models.OneToOneField(
        "customers.Customer", on_delete=models.CASCADE, related_name="+", related_query_name="sales_summary",
        verbose_name=_("customer"),
    )  # fmt: skip
    as_of_month = models.DateField(_("up to the end of"))
    net_12m_units = models.BigIntegerField(_("net sales, 12 months"), default=0)
    prior_12m_units = models.BigIntegerField(_("net sales, 12 months before"), default=0)
    gross_12m_units = models.BigIntegerField(_("gross sales, 12 months"), default=0)
    discount_12m_units = models.BigIntegerField(_("discounts, 12 months"), default=0)
    freight_12m_units = models.BigIntegerField(_("freight, 12 months"), default=0)
    growth = models.DecimalField(_("growth"), max_digits=18, decimal_places=6, null=True)
    discount_share = models.DecimalField(_("discount share"), max_digits=12, decimal_places=6, null=True)
    trend = ArrayField(models.BigIntegerField(), size=12, verbose_name=_("net sales by month"), default=list)
    documents_12m = models.IntegerField(_("documents, 12 months"), default=0)
    lines_12m = models.IntegerField(_("lines, 12 months"), default=0)
    products_12m = models.IntegerField(_("products, 12 months"), default=0)
    product_groups_12m = models.IntegerField(_("product groups, 12 months"), default=0)
    intervals_12m = models.IntegerField(_("order intervals"), default=0)
    interval_days = models.BigIntegerField(_("days between orders, sum"), default=0)
    interval_squares = models.BigIntegerField(_("days between orders, sum of squares"), default=0)
    interval_median = models.DecimalField(_("median days between orders"), max_digits=8, decimal_places=1, null=True)
    first_document_on = models.DateField(_("first document"), null=True)
    last_document_on = models.DateField(_("last document"), null=True)
    cm1_12m_units = models.BigIntegerField(_("CM1, 12 months"), null=True)
    cost_known_share = models.DecimalField(_("share with known cost"), max_digits=12, decimal_places=6, null=True)
    is_stale = models.BooleanField(default=False)

    objects = SalesSummaryQuerySet.as_manager()

    class Meta:
        verbose_name = _("sales summary")
        verbose_name_plural = _("sales summaries")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(as_of_month__day=1), name="profitability_summary_as_of_a_month")
        ]
        indexes: ClassVar = [
            models.Index(F("net_12m_units").desc(), F("id").desc(), name="profitability_summary_by_net"),
            models.Index(F("growth").desc(), F("id").desc(), name="profitability_summary_grown"),
            models.Index(F("cm1_12m_units").desc(), F("id").desc(), name="profitability_summary_cm1"),
            models.Index(fields=["last_document_on", "id"], name="profitability_summary_by_last"),
            models.Index(fields=["id"], name="profitability_summary_stale", condition=Q(is_stale=True)),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.as_of_month:%Y-%m}"
