"""The ledger: lines with the totals of the whole filter, and documents."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _

from kcrm.lib import formats
from kcrm.lib.access import Verb
from kcrm.lib.errors import NotAllowed
from kcrm.lib.money import from_units
from kcrm.lib.tables import ListPage, ListPageView
from kcrm.lib.tables.page import Query
from kcrm.lib.web import Page
from profitability import permissions
from profitability.lists import LEDGER_LINES
from profitability.models import LedgerDocument, LedgerLine
from profitability.selectors.sales import LineTotals, line_totals


def money(units: int | None, digits: int = 2) -> str:
    """Ledger units in the reporting currency."""
    return formats.money(None if units is None else from_units(units), settings.KCRM_REPORTING_CURRENCY, digits)


def total_figures(totals: LineTotals, *, with_costs: bool) -> list[dict[str, Any]]:
    """Totals as `components/strip.html` draws them."""
    figures: list[dict[str, Any]] = [
        {"label": _("Net sales"), "value": money(totals.net_units)},
        {"label": _("Gross"), "value": money(totals.gross_units)},
        {"label": _("Discounts"), "value": money(totals.discount_units)},
        {"label": _("Freight"), "value": money(totals.freight_units), "note": _("of the documents of these lines")},
        {"label": _("Lines"), "value": formats.number(totals.lines)},
        {"label": _("Ledger documents"), "value": formats.number(totals.documents)},
    ]
    if with_costs:
        note = _("lines with known cost")
        figures += [
            {"label": _("Cost"), "value": money(totals.cost_units), "note": note,
             "undefined": totals.cost_units is None},
            {"label": _("CM1"), "value": money(totals.cm1_units), "note": note, "undefined": totals.cm1_units is None},
        ]  # fmt: skip
    return figures


class LedgerLineListView(ListPageView):
    """What was sold, line by line."""

    spec = LEDGER_LINES
    template_name = "profitability/ledger_line_list.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The list."""
        if not permissions.can_open_ledger(request.user):
            raise NotAllowed("sales_facts", Verb.READ)
        return super().get(request, *args, **kwargs)

    def get_context(self, page: ListPage) -> dict[str, Any]:
        """The totals load by themselves: over millions of lines they take longer than the page."""
        query = page.query_asked.state.query
        totals = reverse("profitability:ledger-line-totals")
        return {
            "answer": _("Every figure of sales is made of these lines. Amounts in %(currency)s.")
            % {"currency": settings.KCRM_REPORTING_CURRENCY},
            "totals_url": f"{totals}?{query}" if query else totals,
            "may_close": permissions.can_close_periods(self.request.user),
        }


class LedgerLineTotalsView(Page):
    """What the filtered lines add up to: alone for the list, as a page for who has no JavaScript."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """The strip of totals."""
        if not permissions.can_open_ledger(request.user):
            raise NotAllowed("sales_facts", Verb.READ)
        query = Query.read(LEDGER_LINES, request, lambda: LedgerLine.objects.visible_to(request.user))
        with_costs = permissions.can_see_costs_everywhere(request.user)
        figures = total_figures(line_totals(query.filtered, with_costs=with_costs), with_costs=with_costs)
        name = "_ledger_totals" if request.htmx else "ledger_totals"
        answer = render(request, f"profitability/{name}.html", {"figures": figures})
        patch_vary_headers(answer, ("HX-Request",))
        return answer


class LedgerDocumentView(Page):
    """One invoice or credit note with its lines."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The document."""
        document = LedgerDocument.objects.visible_to(request.user).with_customer().get(pk=pk)
        customer = document.customer
        with_costs = permissions.can_see_costs_of(
            request.user, team_id=customer.account_team_id, unit_path=customer.org_unit.path
        )
        lines = document.lines.for_document()
        totals = line_totals(document.lines.all(), with_costs=with_costs)
        return render(
            request,
            "profitability/ledger_document_detail.html",
            {
                "document": document,
                "figures": total_figures(totals, with_costs=with_costs)[:4]
                + (total_figures(totals, with_costs=True)[6:] if with_costs else []),
                "facts": _facts(document),
                "table": _line_table(lines, with_costs=with_costs),
                "crumbs": [(_("Ledger"), reverse("profitability:ledger-line-list"))],
                "answer": _("%(customer)s bought for %(net)s on %(day)s.")
                % {"customer": customer, "net": money(totals.net_units), "day": formats.day(document.document_on)}
                if document.kind == LedgerDocument.Kind.INVOICE
                else _("%(customer)s was credited %(net)s on %(day)s.")
                % {"customer": customer, "net": money(-totals.net_units), "day": formats.day(document.document_on)},
            },
        )


def _facts(document: LedgerDocument) -> list[tuple[str, Any]]:
    facts: list[tuple[str, Any]] = [
        (_("Document date"), formats.day(document.document_on)),
        (_("Due on"), formats.day(document.due_on) if document.due_on else ""),
        (_("Shipped on"), formats.day(document.shipped_on) if document.shipped_on else _("not shipped")),
        (_("Salesperson"), document.salesperson or document.salesperson_code),
        (_("System"), document.source),
    ]
    if document.posted_on != document.document_on:
        facts.insert(1, (_("Posted on"), formats.day(document.posted_on)))
    if document.currency != settings.KCRM_REPORTING_CURRENCY:
        facts.append((_("Currency of the document"), f"{document.currency} × {document.rate.normalize():f}"))
    return facts


def _line_table(lines: Any, *, with_costs: bool) -> dict[str, Any]:
    labels = [_("Product"), _("Quantity"), _("Unit price"), _("Discount"), _("Net")]
    labels += [_("Cost"), _("CM1")] if with_costs else []
    rows = []
    for line in lines:
        row = [
            line.product.name,
            formats.number(line.quantity, 0 if line.quantity == line.quantity.to_integral_value() else 2),
            money(line.unit_price_units),
            money(line.discount_units),
            money(line.net_units),
        ]
        if with_costs:
            known = line.cost_units is not None
            row += [money(line.cost_units), money(line.net_units - line.cost_units if known else None)]
        rows.append(row)
    return {"columns": [{"label": label, "numeric": index > 0} for index, label in enumerate(labels)], "rows": rows}
