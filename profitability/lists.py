"""The lists of ledger lines and products."""

from __future__ import annotations

from functools import cache
from typing import Any, Final

from django.db.models import DecimalField, F, Sum, Value
from django.db.models.expressions import ExpressionWrapper
from django.urls import reverse
from django.utils.translation import gettext_lazy, ngettext_lazy

from bulk.registry import edit_action
from kcrm.lib.access import Verb
from kcrm.lib.errors import NotAllowed
from kcrm.lib.money import from_units
from kcrm.lib.tables import Cell, Column, EmptyState, Kind, ListSpec
from profitability import permissions
from profitability.filters import LedgerLineFilter, ProductFilter
from profitability.models import LedgerDocument, LedgerLine, Product

ONE_UNIT: Final = from_units(1)
PLACEHOLDER: Final = 4_611_686_018_427_387_904


def amount(units: str) -> ExpressionWrapper:
    """A column of ledger units as an exact amount."""
    exact: Any = F(units) * Value(ONE_UNIT)  # a numeric with four decimals, so that the product has four as well
    return ExpressionWrapper(exact, output_field=DecimalField(max_digits=20, decimal_places=4))


def _money(name: str, label: Any, **more: Any) -> Column:
    units = f"{name}_units"
    return Column(
        name, label, value=amount(units), sort=units, kind=Kind.NUMBER, places=2, total=Sum(amount(units)), **more
    )


@cache
def _address(url_name: str) -> tuple[str, str]:
    before, _sign, after = reverse(url_name, args=[PLACEHOLDER]).partition(str(PLACEHOLDER))
    return before, after


def _linked(url_name: str, pk: int, text: str, sub: str = "") -> Cell:
    before, after = _address(url_name)
    return Cell(text, href=f"{before}{pk}{after}", sub=sub)


def _exportable_lines(user: Any, rows: Any) -> Any:
    """Lines of the customers whose sales the user may carry away."""
    return rows.exportable_by(user)


LEDGER_LINES: Final = ListSpec(
    key="ledger-lines",
    title=gettext_lazy("Ledger"),
    columns=(
        Column("posted_on", gettext_lazy("Posted on"), kind=Kind.DATE),
        Column(
            "document", gettext_lazy("Document"), value="document__number", sort=None, needs=("document_id", "line_no"),
            render=lambda row: _linked(
                "profitability:ledger-document-detail", row.document_id, f"{row.document}/{row.line_no}"
            ),
            export=lambda row: row.document,
        ),
        Column("line_no", gettext_lazy("Line"), kind=Kind.NUMBER, sort=None, default=False),
        Column(
            "kind", gettext_lazy("Kind"), value="document__kind", sort=None,
            choices=dict(LedgerDocument.Kind.choices), default=False,
        ),
        Column(
            "customer", gettext_lazy("Customer"), value="customer__name", sort=None, needs=("customer_id",),
            render=lambda row: _linked("customers:customer-detail", row.customer_id, row.customer),
            export=lambda row: row.customer,
        ),
        Column(
            "product", gettext_lazy("Product"), value="product__name", sort=None,
            needs=("product_id", "product__sku"),
            render=lambda row: _linked(
                "profitability:product-detail", row.product_id, row.product, sub=row.product__sku
            ),
            export=lambda row: row.product,
        ),
        Column("sku", gettext_lazy("Article number"), value="product__sku", sort=None, default=False),
        Column("group", gettext_lazy("Product group"), value="product__group__name", sort=None, default=False),
        Column("quantity", gettext_lazy("Quantity"), kind=Kind.NUMBER, places=2, sort=None),
        Column("unit_price", gettext_lazy("Unit price"), value=amount("unit_price_units"), sort=None,
               kind=Kind.NUMBER, places=2),
        _money("gross", gettext_lazy("Gross"), default=False, field_class="F1"),
        _money("discount", gettext_lazy("Discount"), field_class="F1"),
        _money("net", gettext_lazy("Net"), field_class="F1"),
        _money("cost", gettext_lazy("Cost"), field_class="F2", none=gettext_lazy("not known")),
        Column(
            "cm1", gettext_lazy("CM1"), value=ExpressionWrapper(
                amount("net_units") - amount("cost_units"), output_field=DecimalField(max_digits=20, decimal_places=4)
            ),
            sort=None, kind=Kind.NUMBER, places=2, field_class="F2", none=gettext_lazy("not known"),
            help=gettext_lazy("Net sales less standard cost, where the cost is known"),
        ),
        Column(
            "state", gettext_lazy("Origin of the figures"), choices=dict(LedgerLine.State.choices), sort=None,
            default=False,
        ),
        Column("source", gettext_lazy("System"), value="document__source", sort=None, default=False),
    ),
    queryset=lambda user: LedgerLine.objects.visible_to(user),
    default_sort="-posted_on",
    filterset_class=LedgerLineFilter,
    noun=ngettext_lazy("%(shown)s line", "%(shown)s lines", "count"),
    empty=EmptyState(
        heading=gettext_lazy("No sales here yet"),
        text=gettext_lazy("Invoice lines of your customers appear here once finance has loaded the ledger."),
    ),
    allowed_classes=permissions.readable_classes_everywhere,
    exportable=_exportable_lines,
    may_export=permissions.can_export_sales,
)  # fmt: skip


def _exportable_products(user: Any, rows: Any) -> Any:
    """The whole product list for finance, nothing for others."""
    if not permissions.can_export_products(user):
        raise NotAllowed("product", Verb.EXPORT)
    return rows


PRODUCTS: Final = ListSpec(
    key="products",
    title=gettext_lazy("Products"),
    columns=(
        Column("name", gettext_lazy("Product"), needs=("sku",), render=lambda row: Cell(row.name, sub=row.sku),
               export=lambda row: row.name),
        Column("sku", gettext_lazy("Article number"), default=False),
        Column("group", gettext_lazy("Product group"), value="group__name", editable=True),
        Column("list_price", gettext_lazy("List price"), kind=Kind.NUMBER, places=2, field_class="F1"),
        Column("currency", gettext_lazy("Currency"), sort=None),
        Column("unit", gettext_lazy("Sold by"), sort=None, editable=True),
        Column("is_active", gettext_lazy("On sale"), kind=Kind.FLAG, sort=None, editable=True),
        Column("source", gettext_lazy("System"), sort=None, default=False),
    ),
    queryset=lambda user: Product.objects.visible_to(user),
    default_sort="name",
    filterset_class=ProductFilter,
    url_name="profitability:product-detail",
    noun=ngettext_lazy("%(shown)s product", "%(shown)s products", "count"),
    empty=EmptyState(
        heading=gettext_lazy("No products here yet"),
        text=gettext_lazy("Products come from your ERP, with their groups and list prices."),
    ),
    exportable=_exportable_products,
    may_export=permissions.can_export_products,
    bulk_actions=(edit_action("products"),),
)  # fmt: skip
