"""The sales side of a customer's page, as a fragment; a page of its own without a script."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _

from customers.models import Customer
from kcrm.lib import formats
from kcrm.lib.money import from_units
from kcrm.lib.tables.views import is_fragment
from kcrm.lib.web import Page
from profitability import permissions
from profitability.links import lines_url
from profitability.selectors.sales import CustomerSales, customer_sales_for
from profitability.services.exports import export_months
from profitability.views.ledger import money


class CustomerSalesView(Page):
    """Twelve months of a customer: figures, months, products, each open to its lines."""

    def get(self, request: HttpRequest, pk: int | None = None) -> HttpResponse:
        """The fragment for htmx, a page otherwise. The customer is in the address or in `?customer=`."""
        asked = str(pk) if pk is not None else request.GET.get("customer", "")
        if not (asked.isdecimal() and len(asked) < 19):
            raise Http404
        customer = Customer.objects.visible_to(request.user, "sales_facts").with_unit().get(pk=int(asked))
        with_costs = permissions.can_see_costs_of(
            request.user, team_id=customer.account_team_id, unit_path=customer.org_unit.path
        )
        sales = customer_sales_for(customer)
        form = request.GET.get("export", "")
        if form and sales is not None:
            return export_months(customer, sales, form, by=request.user).response()
        context: dict[str, Any] = {"customer": customer, "lines_url": lines_url(customer=customer.pk)}
        if sales is not None:
            context |= {
                "answer": _answer(customer, sales),
                "figures": _figures(sales, with_costs=with_costs),
                "chart": _chart(sales, downloads=_downloads(request, customer)),
                "products": _products(sales),
                "window": sales.window,
                "window_url": lines_url(sales.window, customer=customer.pk),
            }
        if is_fragment(request):
            answer = render(request, "profitability/_customer_sales.html", context)
        else:
            context["crumbs"] = [(customer.name, reverse("customers:customer-detail", args=[customer.pk]))]
            answer = render(request, "profitability/customer_sales.html", context)
        patch_vary_headers(answer, ("HX-Request",))
        return answer


def _answer(customer: Customer, sales: CustomerSales) -> str:
    summary = sales.summary
    values = {
        "customer": customer.name,
        "net": money(summary.net_12m_units, 0),
        "month": formats.month(sales.window.last),
    }
    if summary.growth is None:
        return _("%(customer)s bought for %(net)s in the 12 months to %(month)s.") % values
    values["growth"] = formats.percent(summary.growth, 0, signed=True)
    return _("%(customer)s bought for %(net)s in the 12 months to %(month)s: %(growth)s on the year before.") % values


def _figures(sales: CustomerSales, *, with_costs: bool) -> list[dict[str, Any]]:
    summary = sales.summary
    opened = lines_url(sales.window, customer=summary.customer_id)
    before = lines_url(sales.window.before(), customer=summary.customer_id)
    figures: list[dict[str, Any]] = [
        {"label": _("Net sales, 12 months"), "value": money(summary.net_12m_units), "url": opened},
        {"label": _("Net sales, 12 months before"), "value": money(summary.prior_12m_units), "url": before},
        {
            "label": _("Growth"),
            "value": formats.percent(summary.growth, 1, signed=True),
            "undefined": summary.growth is None,
            "note": _("no sales in the year before") if summary.growth is None else "",
        },
        {
            "label": _("Discount share"),
            "value": formats.percent(summary.discount_share),
            "undefined": summary.discount_share is None,
            "note": money(summary.discount_12m_units, 0),
        },
        {"label": _("Freight"), "value": money(summary.freight_12m_units)},
        {
            "label": _("Ledger documents"),
            "value": formats.number(summary.documents_12m),
            "note": _("last on %(day)s") % {"day": formats.day(summary.last_document_on)}
            if summary.last_document_on
            else "",
        },
        {
            "label": _("Order regularity"),
            "value": formats.percent(sales.regularity, 0),
            "undefined": sales.regularity is None,
            "note": _("every %(days)s days, half the time") % {"days": formats.number(summary.interval_median, 0)}
            if summary.interval_median is not None
            else "",
        },
        {"label": _("Products"), "value": formats.number(summary.products_12m)},
    ]
    if with_costs:
        figures.append(
            {
                "label": _("CM1"),
                "value": money(summary.cm1_12m_units),
                "undefined": summary.cm1_12m_units is None,
                "note": _("cost known for %(share)s of net sales")
                % {"share": formats.percent(summary.cost_known_share, 0)}
                if summary.cost_known_share is not None
                else _("no costs are known"),
            }
        )
    return figures


def _downloads(request: HttpRequest, customer: Customer) -> dict[str, str]:
    """The months as files, for those who may carry this customer's sales away."""
    if not permissions.can_export_sales_of(request.user, customer):
        return {}
    address = reverse("profitability:customer-sales", args=[customer.pk])
    return {form: f"{address}?export={form}" for form in ("csv", "xlsx")}


def _chart(sales: CustomerSales, *, downloads: dict[str, str]) -> dict[str, Any]:
    labels = [formats.month(month.month) for month in sales.months]
    now = [from_units(month.net_units) for month in sales.months]
    before = [from_units(month.year_before_units) for month in sales.months]
    return {
        "id": f"sales-{sales.summary.customer_id}",
        "title": _("Net sales by month"),
        "note": settings.KCRM_REPORTING_CURRENCY,
        "summary": _("Net sales of twelve months beside those of the year before."),
        "spec": {
            "kind": "bar",
            "x": {"categories": labels},
            "y": {
                "label": _("Net sales"),
                "format": "money",
                "currency": settings.KCRM_REPORTING_CURRENCY,
                "digits": 0,
            },
            "series": [
                {"name": _("12 months"), "role": "accent", "values": now},
                {"name": _("a year earlier"), "values": before},
            ],
        },
        "table": {
            "columns": [
                {"label": _("Month"), "numeric": False},
                {"label": _("Net sales"), "numeric": True},
                {"label": _("a year earlier"), "numeric": True},
            ],
            "rows": [
                [label, money(month.net_units), money(month.year_before_units)]
                for label, month in zip(labels, sales.months, strict=True)
            ],
        },
        "downloads": downloads,
    }


def _products(sales: CustomerSales) -> list[dict[str, Any]]:
    return [
        {
            "name": product.name,
            "group": product.group,
            "net": money(product.net_units),
            "share": product.net_units / sales.summary.net_12m_units if sales.summary.net_12m_units > 0 else None,
            "discount": formats.percent(product.discount_share),
            "url": lines_url(sales.window, customer=sales.summary.customer_id, product=product.product_id),
        }
        for product in sales.products
    ]
