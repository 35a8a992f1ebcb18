"""A real company's order book, through the service that a user's files go through."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.db.models import Count, Sum

from kcrm.lib.money import from_units, rounded_units
from profitability.models import CustomerMonth, LedgerDocument, LedgerLine, SalesSummary
from profitability.services.ledger import load_ledger
from profitability.services.rollups import rebuild_rollups
from tests.personas import finance
from tests.profitability import northwind

pytestmark = pytest.mark.django_db


@pytest.fixture
def loaded():
    by = finance()
    northwind.prepare(by)
    result = load_ledger(northwind.ledger_rows(), source=northwind.SOURCE, by=by, chunk_size=700)
    return by, result


def snapshot():
    months = CustomerMonth.objects.order_by("customer", "month").values_list(
        "customer", "month", "gross_units", "discount_units", "net_units", "freight_units", "quantity", "lines",
        "documents",
    )  # fmt: skip
    names = [field.attname for field in SalesSummary._meta.concrete_fields if field.name != "id"]
    return list(months), list(SalesSummary.objects.order_by("customer").values_list(*names))


def test_every_order_line_enters_and_the_totals_are_the_files(loaded):
    _by, result = loaded

    assert (result.read, result.created, result.rejected, result.documents) == (2155, 2155, 0, 830)
    assert result.ties
    assert LedgerLine.objects.count() == 2155
    assert LedgerDocument.objects.count() == 830
    sums = LedgerLine.objects.aggregate(gross=Sum("gross_units"), net=Sum("net_units"))
    assert rounded_units(int(sums["gross"])) == Decimal("1354458.59")
    assert rounded_units(int(sums["net"])) == Decimal("1265793.04")
    assert from_units(int(sums["net"])) == Decimal("1265793.0395")
    freight = LedgerDocument.objects.aggregate(freight=Sum("freight_units"))["freight"]
    assert from_units(int(freight)) == Decimal("64942.6900")
    assert sum(Decimal(order["freight"]) for order in northwind.table("orders")) == Decimal("64942.69")


def test_the_largest_customers_are_known_to_the_unit(loaded):
    largest = (
        LedgerLine.objects.values("customer__name")
        .annotate(net=Sum("net_units"))
        .order_by("-net")
        .values_list("customer__name", "net")[:5]
    )

    assert [(name, rounded_units(int(net))) for name, net in largest] == [
        ("QUICK-Stop", Decimal("110277.31")),
        ("Ernst Handel", Decimal("104874.98")),
        ("Save-a-lot Markets", Decimal("104361.95")),
        ("Rattlesnake Canyon Grocery", Decimal("51097.80")),
        ("Hungry Owl All-Night Grocers", Decimal("49979.91")),
    ]
    assert from_units(int(largest[1][1])) == Decimal("104874.9785")


def test_delivering_the_file_again_changes_nothing(loaded):
    by, _result = loaded
    before = snapshot()

    again = load_ledger(northwind.ledger_rows(), source=northwind.SOURCE, by=by)

    assert (again.created, again.updated, again.unchanged, again.rejected) == (0, 0, 2155, 0)
    assert again.ties
    assert snapshot() == before


def test_the_roll_ups_are_what_a_rebuild_makes_of_the_ledger(loaded):
    kept = snapshot()

    rebuild_rollups()

    assert snapshot() == kept


def test_the_summary_ends_with_the_month_of_the_newest_posting(loaded):
    summary = SalesSummary.objects.get(customer__name="QUICK-Stop")

    assert summary.as_of_month == date(1998, 5, 1)
    assert len(summary.trend) == 12
    assert sum(summary.trend) == summary.net_12m_units
    assert SalesSummary.objects.count() == 89
    assert SalesSummary.objects.filter(is_stale=True).count() == 0
    lines = LedgerLine.objects.filter(customer=summary.customer_id, posted_on__gte="1997-06-01")
    expected = lines.aggregate(net=Sum("net_units"), products=Count("product", distinct=True))
    assert (summary.net_12m_units, summary.products_12m) == (expected["net"], expected["products"])
