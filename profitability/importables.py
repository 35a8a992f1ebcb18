"""What files can bring in about products and sales."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from customers.importables import CUSTOMER_ALIASES, near_customers
from fields.importing import import_fields
from kcrm.lib.imports import Field, Importable, Kind, register
from profitability import permissions
from profitability.custom_fields import PRODUCT
from profitability.models import LedgerDocument, LedgerLine, Product, ProductGroup
from profitability.services.imports import save_product_groups, save_products
from profitability.services.ledger_documents import save_documents
from profitability.services.ledger_imports import save_ledger_lines
from profitability.services.ledger_undo import take_back

MOST_OFFERED: Final = 2_000
DOCUMENT_ALIASES: Final = (
    "invoice", "invoice no", "invoice number", "order id", "order number", "order no", "document no", "document number",
    "单据号", "发票号", "订单号", "订单编号", "发票编号",
)  # fmt: skip


def _groups(user: User) -> Mapping[str, Any]:
    return dict(ProductGroup.objects.order_by("name").values_list("code", "name"))


def _products(user: User) -> Mapping[str, Any]:
    return dict(Product.objects.order_by("name").values_list("sku", "name")[:MOST_OFFERED])


def can_import_ledger(user: User) -> bool:
    """Who may bring ledger lines with their costs in."""
    return permissions.can_load_ledger(user) and permissions.can_load_costs(user)


register(
    Importable(
        key="product-groups",
        label=_("Product groups"),
        description=_("Groups by which products are planned and compared."),
        order=70,
        fields=(
            Field("code", _("Code"), required=True, example="1",
                  aliases=("category id", "group code", "group id", "id", "代码", "编号", "分类编号", "产品组编码")),
            Field("name", _("Name"), required=True, example="Beverages",
                  aliases=("category name", "category", "group", "group name", "名称", "分类", "分类名称", "产品组")),
            Field("description", _("Description"), aliases=("notes", "描述", "说明")),
        ),
        keys=("code",),
        fallbacks={"code": "name"},
        identity=lambda values: str(values["code"]),
        allowed=permissions.can_change_products,
        save=save_product_groups,
    )
)  # fmt: skip

register(
    Importable(
        key="products",
        label=_("Products"),
        description=_("Things and services we sell, with their group and list price."),
        order=80,
        fields=(
            Field("sku", _("Article number"), required=True, example="11",
                  aliases=("product id", "product code", "article", "article no", "item", "item number", "id", "sku",
                           "物料编码", "产品编号", "产品编码", "货号", "编号")),
            Field("name", _("Name"), required=True, example="Queso Cabrales",
                  aliases=("product name", "product", "description", "产品名称", "产品", "名称", "物料名称")),
            Field("group", _("Product group"), kind=Kind.REFERENCE, known=_groups, help=_("a group's code"),
                  creates=("product-groups", ("code", "name")),
                  aliases=("category id", "category", "group code", "series", "分类", "产品组", "类别")),
            Field("list_price", _("List price"), kind=Kind.MONEY, example="21.00",
                  aliases=("unit price", "price", "sales price", "单价", "价格", "目录价", "标价")),
            Field("currency", _("Currency"), aliases=("currency code", "币种", "货币")),
            Field("unit", _("Sold by"), aliases=("unit", "quantity per unit", "unit of measure", "uom", "单位", "计量单位", "规格")),
            Field("is_active", _("On sale"), kind=Kind.FLAG, aliases=("active", "在售", "启用")),
        ),
        keys=("sku",),
        fallbacks={"sku": "name"},
        identity=lambda values: str(values["sku"]),
        allowed=permissions.can_change_products,
        save=save_products,
        more=lambda: import_fields(PRODUCT.key, PRODUCT.classes),
    )
)  # fmt: skip

# What a document says, whether its lines say it or a file of its own
OF_DOCUMENT: Final = (
    Field("customer", _("Customer"), kind=Kind.REFERENCE, example="10042", near=near_customers,
          help=_("its key in your system, or its name"), aliases=CUSTOMER_ALIASES),
    Field("document_on", _("Document date"), kind=Kind.DATE, example="2026-01-31",
          aliases=("date", "invoice date", "order date", "单据日期", "发票日期", "日期", "订单日期")),
    Field("kind", _("Kind"), kind=Kind.CHOICE, choices=dict(LedgerDocument.Kind.choices),
          aliases=("document type", "type", "单据类型", "类型")),
    Field("posted_on", _("Posted on"), kind=Kind.DATE, aliases=("posting date", "过账日期", "记账日期")),
    Field("due_on", _("Due on"), kind=Kind.DATE,
          aliases=("due date", "payment due", "net due date", "required date", "到期日", "应付日期", "付款到期日")),
    Field("shipped_on", _("Shipped on"), kind=Kind.DATE, aliases=("shipped date", "ship date", "发货日期")),
    Field("currency", _("Currency"), aliases=("currency code", "币种", "货币")),
    Field("rate", _("Rate"), kind=Kind.NUMBER, aliases=("exchange rate", "汇率")),
    Field("freight", _("Freight"), kind=Kind.MONEY, aliases=("freight charge", "运费")),
    Field("salesperson", _("Salesperson"), aliases=("employee id", "sales rep", "sales agent", "agent", "业务员", "销售员")),
)  # fmt: skip

register(
    Importable(
        key="ledger-documents",
        label=_("Invoices and credit notes without their lines"),
        description=_("The headers, where your system has the lines in a file of their own: bring these in first."),
        order=85,
        chunk_size=5_000,
        fields=(
            Field("document", _("Document"), required=True, example="10248", aliases=DOCUMENT_ALIASES),
            *(replace(field, required=field.name in {"customer", "document_on"}) for field in OF_DOCUMENT),
        ),
        identity=lambda values: str(values["document"]),
        allowed=can_import_ledger,
        save=save_documents,
        undo=take_back,
    )
)  # fmt: skip

register(
    Importable(
        key="ledger-lines",
        label=_("Ledger lines"),
        description=_(
            "Lines of invoices and credit notes, with their header or after it. Large ledgers come in faster through"
            " the command or the API."
        ),
        order=90,
        chunk_size=20_000,
        fields=(
            Field("document", _("Document"), required=True, example="10248", aliases=DOCUMENT_ALIASES),
            Field("line", _("Line"), kind=Kind.COUNT, required=True, example="1",
                  help=_("where the file has none, lines are numbered in their order within the document"),
                  aliases=("line no", "line number", "position", "item no", "行号", "序号")),
            Field("product", _("Product"), kind=Kind.REFERENCE, required=True, example="11", known=_products,
                  help=_("an article number, or a product's name"), creates=("products", ("sku", "name")),
                  aliases=("product id", "product code", "product name", "article", "sku", "item", "产品", "产品编号",
                           "物料编码", "货号", "产品名称")),
            Field("quantity", _("Quantity"), kind=Kind.NUMBER, required=True, example="12", aliases=("qty", "数量")),
            Field("unit_price", _("Unit price"), kind=Kind.MONEY, required=True, example="14.00",
                  aliases=("price", "单价", "价格")),
            Field("discount", _("Discount"), kind=Kind.NUMBER, help=_("a fraction from 0 to 1"),
                  aliases=("discount rate", "折扣", "折扣率")),
            Field("cost", _("Cost"), kind=Kind.MONEY, aliases=("standard cost", "cogs", "成本", "标准成本")),
            *OF_DOCUMENT,
            Field("state", _("Origin"), kind=Kind.CHOICE, choices=dict(LedgerLine.State.choices), aliases=("origin", "来源")),
        ),
        counted={"line": "document"},
        identity=lambda values: f"{values['document']}\n{values['line']}",
        allowed=can_import_ledger,
        save=save_ledger_lines,
        undo=take_back,
    )
)  # fmt: skip
