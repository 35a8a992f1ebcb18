"""Products and what they bring."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from bulk.pages import BulkListView, CellView
from fields.lists import CustomColumns
from fields.selectors import facts_of
from kcrm.lib import formats
from kcrm.lib.tables import ListPage
from kcrm.lib.web import Page
from profitability import permissions
from profitability.custom_fields import PRODUCT
from profitability.links import lines_url
from profitability.lists import PRODUCTS
from profitability.models import LedgerLine, Product
from profitability.selectors.sales import line_totals, newest_window, top_customers
from profitability.views.ledger import money


class ProductListView(CustomColumns, BulkListView):
    """What we sell."""

    record_type = PRODUCT.key
    spec = PRODUCTS
    template_name = "list_page.html"

    def get_context(self, page: ListPage) -> dict[str, Any]:
        """What the list is for."""
        return {"answer": _("What we sell, in groups that are planned and priced together.")}


class ProductCellView(CustomColumns, CellView):
    """A field of a product in its cell of the list, for finance."""

    record_type = PRODUCT.key
    resource = "product"
    spec = PRODUCTS


class ProductView(Page):
    """One product: what it is, and what the customers one may see bought of it."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The product."""
        product = Product.objects.visible_to(request.user).with_group().get(pk=pk)
        context: dict[str, Any] = {
            "product": product,
            "crumbs": [(_("Products"), reverse("profitability:product-list"))],
            "facts": [
                (_("Article number"), product.sku),
                (_("Product group"), product.group or ""),
                (_("List price"), formats.money(product.list_price, product.currency) if product.list_price else ""),
                (_("Sold by"), product.unit),
                (_("System"), product.source),
                *facts_of(PRODUCT.key, product.custom, PRODUCT.classes, request.user),
            ],
        }
        if permissions.can_open_ledger(request.user):
            context |= _sales(request, product)
        return render(request, "profitability/product_detail.html", context)


def _sales(request: HttpRequest, product: Product) -> dict[str, Any]:
    window = newest_window()
    if window is None:
        return {}
    lines = LedgerLine.objects.visible_to(request.user).posted_within(window).of_product(product)
    totals = line_totals(lines, with_costs=False)
    return {
        "window": window,
        "answer": _("Your customers bought it for %(net)s in the 12 months to %(month)s.")
        % {"net": money(totals.net_units, 0), "month": formats.month(window.last)},
        "lines_url": lines_url(window, product=product.pk),
        "customers": [
            {"name": name, "net": money(net), "url": lines_url(window, product=product.pk, customer=pk)}
            for pk, name, net in top_customers(lines)
        ],
    }
