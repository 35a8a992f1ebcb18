"""The months of the ledger: what each holds, close its books, open them again."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kcrm.lib import formats
from kcrm.lib.access import Verb
from kcrm.lib.errors import BadQuery, NotAllowed
from kcrm.lib.periods import Window, parse_month
from kcrm.lib.web import ActView, FormPage, Page
from profitability import permissions
from profitability.forms import ReopenForm
from profitability.links import lines_url
from profitability.models import PeriodClose
from profitability.selectors.months import LedgerMonth, LedgerYear, ledger_year
from profitability.services.periods import close_period, reopen_period
from profitability.views.ledger import money


class MonthPage(Page):
    """A page for those who close months."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Refuse others, before anything is asked."""
        if not permissions.can_close_periods(request.user):
            raise NotAllowed("sales_facts", Verb.UPDATE)
        return super().dispatch(request, *args, **kwargs)


class MonthListView(MonthPage):
    """The months of a year with their totals and their state."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """The page."""
        asked = request.GET.get("year", "")
        if asked and not (asked.isdecimal() and len(asked) == 4):
            raise BadQuery(_("A year is written like 2026."))
        year = ledger_year(int(asked) if asked else None, today=timezone.localdate())
        context: dict[str, Any] = {
            "crumbs": [(_("Ledger"), reverse("profitability:ledger-line-list"))],
            "answer": _("The ledger holds nothing yet."),
        }
        if year is not None:
            context |= {"answer": _answer(year), "rows": [_row(month) for month in year.months], "years": _years(year)}
        return render(request, "profitability/month_list.html", context)


def _answer(year: LedgerYear) -> str:
    if year.oldest_open is None:
        return _("Every month of %(year)s that is over is closed.") % {"year": year.year}
    return _("The oldest open month of %(year)s is %(month)s.") % {
        "year": year.year,
        "month": formats.month(year.oldest_open),
    }


def _row(month: LedgerMonth) -> dict[str, Any]:
    return {
        "month": formats.month(month.month),
        "key": f"{month.month:%Y-%m}",
        "lines_url": lines_url(Window(month.month, month.month)),
        "net": money(month.net_units),
        "freight": money(month.freight_units),
        "customers": formats.number(month.customers),
        "documents": formats.number(month.documents),
        "lines": formats.number(month.lines),
        "closed": month.closed,
        "is_over": month.is_over,
    }


def _years(year: LedgerYear) -> list[dict[str, Any]]:
    address = reverse("profitability:month-list")
    return [{"label": str(one), "url": f"{address}?year={one}", "current": one == year.year} for one in year.years]


def _month_of(text: str) -> date:
    try:
        return parse_month(text)
    except ValueError:
        raise BadQuery(_("A month is written like 2026-01.")) from None


class MonthCloseView(MonthPage, ActView):
    """Close the books of a month."""

    done_message = gettext_lazy("The month is closed: no line enters it, changes in it or leaves it any more.")

    def perform(self) -> PeriodClose:
        """Close it."""
        return close_period(month=_month_of(self.request.POST.get("month", "")), by=self.request.user)

    def get_done_url(self, result: Any) -> str:
        """The months of its year."""
        month = _month_of(self.request.POST.get("month", ""))
        return f"{reverse('profitability:month-list')}?year={month.year}"


class MonthReopenView(MonthPage, FormPage):
    """Open the books of a month again, saying why."""

    form_class = ReopenForm
    submit_label = gettext_lazy("Open the month again")
    intro = gettext_lazy("Lines can then enter the month, and what was reported of it may change.")
    done_message = gettext_lazy("The month is open again.")
    danger = True

    def month(self) -> date:
        """The month that the address names. Raises BadQuery."""
        return _month_of(self.request.GET.get("month", ""))

    def get_title(self) -> str:
        """The heading."""
        return _("Open %(month)s again") % {"month": formats.month(self.month())}

    def get_crumbs(self) -> list[tuple[Any, str]]:
        """The way here."""
        return [
            (_("Ledger"), reverse("profitability:ledger-line-list")),
            (_("Months"), reverse("profitability:month-list")),
        ]

    def get_cancel_url(self) -> str:
        """Back to the months."""
        return f"{reverse('profitability:month-list')}?year={self.month().year}"

    def perform(self, form: ReopenForm) -> None:
        """Open it."""
        reopen_period(month=self.month(), by=self.request.user, reason=form.cleaned_data["reason"])

    def get_done_url(self, result: Any) -> str:
        """Back to the months."""
        return self.get_cancel_url()
