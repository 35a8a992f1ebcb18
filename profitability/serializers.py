"""What the REST door reads and writes."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from fields.api import CustomValuesField
from kcrm.lib.api.resources import StrictSerializer, UnitsField
from profitability.models import LedgerDocument, LedgerLine
from profitability.services.ledger import COLUMNS

LARGEST_BATCH = 1_000


class ProductGroupSerializer(serializers.Serializer):  # type: ignore[type-arg]  # not generic at run time
    """A product group."""

    id = serializers.IntegerField()
    source = serializers.CharField()
    code = serializers.CharField()
    name = serializers.CharField()
    description = serializers.CharField()
    version = serializers.IntegerField()


class ProductSerializer(serializers.Serializer):  # type: ignore[type-arg]  # not generic at run time
    """A product; `group` is the id of its group, `group_code` the group's key in the same system."""

    id = serializers.IntegerField()
    source = serializers.CharField()
    sku = serializers.CharField()
    name = serializers.CharField()
    group = serializers.IntegerField(source="group_id", allow_null=True)
    group_code = serializers.CharField(source="group__code", allow_null=True)
    list_price = serializers.DecimalField(max_digits=18, decimal_places=4, allow_null=True)
    currency = serializers.CharField()
    unit = serializers.CharField()
    is_active = serializers.BooleanField()
    custom = CustomValuesField()
    version = serializers.IntegerField()


class LedgerDocumentSerializer(serializers.Serializer):  # type: ignore[type-arg]  # not generic at run time
    """An invoice or credit note; `freight` in the reporting currency."""

    id = serializers.IntegerField()
    source = serializers.CharField()
    number = serializers.CharField()
    kind = serializers.ChoiceField(choices=LedgerDocument.Kind.choices)
    customer = serializers.IntegerField(source="customer_id")
    document_on = serializers.DateField()
    posted_on = serializers.DateField()
    due_on = serializers.DateField(allow_null=True)
    shipped_on = serializers.DateField(allow_null=True)
    currency = serializers.CharField()
    rate = serializers.DecimalField(max_digits=18, decimal_places=8)
    freight = UnitsField(source="freight_units")
    salesperson = serializers.IntegerField(source="salesperson_id", allow_null=True)
    salesperson_code = serializers.CharField()


class LedgerLineSerializer(serializers.Serializer):  # type: ignore[type-arg]  # not generic at run time
    """A line; amounts in the reporting currency with four decimals. `cost` is there for those who may see costs."""

    id = serializers.IntegerField()
    source = serializers.CharField(source="document__source")
    document = serializers.IntegerField(source="document_id")
    number = serializers.CharField(source="document__number")
    kind = serializers.ChoiceField(source="document__kind", choices=LedgerDocument.Kind.choices)
    line_no = serializers.IntegerField()
    customer = serializers.IntegerField(source="customer_id")
    product = serializers.IntegerField(source="product_id")
    sku = serializers.CharField(source="product__sku")
    posted_on = serializers.DateField()
    quantity = serializers.DecimalField(max_digits=18, decimal_places=4)
    unit_price = UnitsField(source="unit_price_units")
    gross = UnitsField(source="gross_units")
    discount = UnitsField(source="discount_units")
    net = UnitsField(source="net_units")
    cost = UnitsField(source="cost_units", allow_null=True, required=False)
    state = serializers.ChoiceField(choices=LedgerLine.State.choices)


class UnitsListField(serializers.ListField):
    """Amounts stored in ledger units, oldest first."""

    child = UnitsField()

    @staticmethod
    def plain(values: list[int] | None) -> list[str | None]:
        """The stored units as decimal texts."""
        return [UnitsField.plain(value) for value in values or ()]


class SalesSummarySerializer(serializers.Serializer):  # type: ignore[type-arg]  # not generic at run time
    """The last twelve months of a customer; `trend` is net sales by month, oldest first."""

    id = serializers.IntegerField()
    customer = serializers.IntegerField(source="customer_id")
    as_of_month = serializers.DateField()
    net_12m = UnitsField(source="net_12m_units")
    prior_12m = UnitsField(source="prior_12m_units")
    gross_12m = UnitsField(source="gross_12m_units")
    discount_12m = UnitsField(source="discount_12m_units")
    freight_12m = UnitsField(source="freight_12m_units")
    growth = serializers.DecimalField(max_digits=18, decimal_places=6, allow_null=True)
    discount_share = serializers.DecimalField(max_digits=12, decimal_places=6, allow_null=True)
    trend = UnitsListField()
    documents_12m = serializers.IntegerField()
    products_12m = serializers.IntegerField()
    interval_median = serializers.DecimalField(max_digits=8, decimal_places=1, allow_null=True)
    first_document_on = serializers.DateField(allow_null=True)
    last_document_on = serializers.DateField(allow_null=True)
    cm1_12m = UnitsField(source="cm1_12m_units", allow_null=True, required=False)
    cost_known_share = serializers.DecimalField(max_digits=12, decimal_places=6, allow_null=True, required=False)


class LineTotalsSerializer(serializers.Serializer):  # type: ignore[type-arg]  # not generic at run time
    """What the filtered lines add up to, in the reporting currency."""

    currency = serializers.CharField()
    lines = serializers.IntegerField()
    documents = serializers.IntegerField()
    gross = UnitsField()
    discount = UnitsField()
    net = UnitsField()
    freight = UnitsField()
    cost = UnitsField(allow_null=True, required=False)
    cm1 = UnitsField(allow_null=True, required=False)


class ProductRowsSerializer(StrictSerializer):
    """Rows to add or change, known by their key in the source."""

    source = serializers.CharField(max_length=40)
    rows = serializers.ListField(child=serializers.DictField(), min_length=1, max_length=LARGEST_BATCH)


class OutcomeSerializer(serializers.Serializer):  # type: ignore[type-arg]  # not generic at run time
    """What came of one row."""

    key = serializers.CharField()
    result = serializers.ChoiceField(choices=("created", "updated", "unchanged", "rejected"))
    id = serializers.IntegerField(allow_null=True)
    field = serializers.CharField()
    reason = serializers.CharField()


class LedgerRowSerializer(serializers.Serializer):  # type: ignore[type-arg]  # not generic at run time
    """One line to load, an object on a line of its own. Every value may be a text or a number."""

    def get_fields(self) -> dict[str, Any]:
        """The columns of the ledger."""
        return {name: serializers.CharField(required=False) for name in COLUMNS}


class LoadResultSerializer(serializers.Serializer):  # type: ignore[type-arg]  # not generic at run time
    """What a load did: counts, control totals of both sides, the first refused rows."""

    load = serializers.IntegerField()
    read = serializers.IntegerField()
    created = serializers.IntegerField()
    updated = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    rejected = serializers.IntegerField()
    documents = serializers.IntegerField()
    ties = serializers.BooleanField()
    file = serializers.DictField()
    ledger = serializers.DictField()
    rejects = serializers.ListField(child=serializers.DictField())
