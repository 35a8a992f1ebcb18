"""The portfolio: are we on the right customers, and where does our money come from?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from customers.models import Customer
from customers.permissions import can_open_customers, has_token
from customers.querysets import visible_customers
from customers.querysets.customers import Ground, ground_of
from kcrm.lib import formats
from kcrm.lib.addresses import address_of
from kcrm.lib.money import from_units
from kcrm.lib.prepared import Prepared
from kcrm.lib.web import Page
from kcrm.views.portfolio_customers import BUBBLES
from profitability.permissions import can_open_ledger
from selection import permissions
from selection.calculations.tiers import EXPECTED_COUNT, EXPECTED_PROFIT, PYRAMID
from selection.filters import InSegment
from selection.models import ScoringRun
from selection.models.scores import TierChoice
from selection.selectors.portfolio import Sums, portfolio_sums


@dataclass(frozen=True, slots=True)
class TierRow:
    """What one tier holds, beside what the textbook expects; shares are None where nothing is sold."""

    code: str
    label: str
    customers: int
    customer_share: float | None
    sales: Decimal
    sales_share: float | None
    expected_customers: float | None
    expected_value: float | None


@dataclass(frozen=True, slots=True)
class Portfolio:
    """Everything the page shows, of the customers its reader sees."""

    run: ScoringRun | None
    customers: int
    net: Decimal
    prior: Decimal
    as_of: date | None
    top: Sequence[str]
    top_share: float | None
    hhi: float | None
    tiers: Sequence[TierRow]
    cuts: frozenset[Decimal]

    @property
    def growth(self) -> float | None:
        """Growth of net sales on the year before; None without a base."""
        return float((self.net - self.prior) / self.prior) if self.prior > 0 else None


def _largest(visible: QuerySet[Customer]) -> QuerySet[Any]:
    """Name, sales and cut of the largest customers."""
    buying = visible.filter(sales_summary__net_12m_units__gt=0).order_by("-sales_summary__net_12m_units")
    return buying.values_list("name", "sales_summary__net_12m_units", "current_score__source__run__cut")[:BUBBLES]


def _largest_for(user: User, within: QuerySet[Customer] | None) -> Sequence[tuple[str, int, Decimal | None]]:
    if within is not None:
        return _largest(within)
    if has_token(user):
        return _largest(visible_customers(user, "score"))
    return _largest_within(ground_of(user, "score")).fetch()


@lru_cache(maxsize=2_000)
def _largest_within(ground: Ground) -> Prepared:
    return Prepared(_largest(Customer.objects.within(ground)))


def _newest_run() -> QuerySet[ScoringRun]:
    finished = ScoringRun.objects.filter(state=ScoringRun.State.FINISHED)
    return finished.select_related("model").order_by("-started_at", "-pk")[:1]


RUN: Final = Prepared.once(_newest_run)


def portfolio_for(user: User, *, within: QuerySet[Customer] | None = None) -> Portfolio:
    """The portfolio of what this person sees, in a handful of statements however many customers there are.

    `within` are customers that the person sees, narrowed by a filter; None for all of them.
    """
    largest = list(_largest_for(user, within))
    by_tier = portfolio_sums(user, within=within)
    whole = sum(by_tier.values(), Sums())
    top = largest[:3]
    run = RUN().first()
    return Portfolio(
        run=run,
        customers=whole.customers,
        net=from_units(whole.net),
        prior=from_units(whole.prior),
        as_of=run.as_of_month if run else None,
        top=[name for name, _units, _cut in top],
        top_share=sum(units for _name, units, _cut in top) / whole.buying if whole.buying else None,
        hhi=whole.squares / whole.buying**2 * 10_000 if whole.buying else None,
        tiers=_tiers(by_tier, whole),
        cuts=frozenset(cut for _name, _units, cut in largest if cut is not None),
    )


def _tiers(by_tier: Mapping[str, Sums], whole: Sums) -> list[TierRow]:
    rows = []
    for code, label in TierChoice.choices:
        found = by_tier.get(code)
        in_pyramid = code in {tier.value for tier in PYRAMID}
        if found is None and not in_pyramid:
            continue
        sums = found or Sums()
        rows.append(
            TierRow(
                code=code,
                label=str(label),
                customers=sums.customers,
                customer_share=sums.customers / whole.customers if whole.customers else None,
                sales=from_units(sums.net),
                sales_share=sums.net / whole.net if whole.net else None,
                expected_customers=next((EXPECTED_COUNT[tier] for tier in PYRAMID if tier.value == code), None),
                expected_value=next((EXPECTED_PROFIT[tier] for tier in PYRAMID if tier.value == code), None),
            )
        )
    return rows


def figures_of(portfolio: Portfolio, ledger_url: str) -> list[dict[str, Any]]:
    """The strip of figures on top; sales open to the ledger where that has an address for the reader."""
    key = next((row for row in portfolio.tiers if row.code == "key"), None)
    return [
        {
            "label": _("Net sales, 12 months"),
            "value": formats.money(portfolio.net, settings.KCRM_REPORTING_CURRENCY, 0),
            "note": _("%(growth)s on the year before") % {"growth": formats.percent(portfolio.growth, 0, signed=True)}
            if portfolio.growth is not None
            else _("no year before to compare"),
            "css": "up" if (portfolio.growth or 0) > 0 else "down",
            "url": ledger_url,
        },
        {"label": _("Customers"), "value": formats.number(portfolio.customers), "note": ""},
        {
            "label": _("Top three customers"),
            "value": formats.percent(portfolio.top_share),
            "note": _("HHI %(index)s") % {"index": formats.number(portfolio.hhi)},
            "undefined": portfolio.top_share is None,
        },
        {
            "label": _("Key tier"),
            "value": formats.number(key.customers if key else 0),
            "note": _("%(share)s of net sales") % {"share": formats.percent(key.sales_share)} if key else "",
        },
        {
            "label": _("High attractiveness from"),
            "value": cut_of(portfolio),
            "note": _("median of all customers") if portfolio.run and portfolio.run.cut_basis == "median" else "",
        },
    ]


def cut_of(portfolio: Portfolio) -> str:
    """From where attractiveness is high; segments with factors of their own have each its own cut."""
    if len(portfolio.cuts) > 1:
        return _("by segment")
    cut = next(iter(portfolio.cuts), portfolio.run.cut if portfolio.run else None)
    return formats.number(cut, 2) if cut else _("not defined")


def answer_of(portfolio: Portfolio) -> tuple[str, str]:
    """The sentence the page opens with: its main clause, and what follows."""
    if portfolio.run is None:
        return _("Nobody has been scored yet."), _("Score all customers to see who could be key.")
    key = next((row for row in portfolio.tiers if row.code == "key"), None)
    count = key.customers if key else 0
    main = ngettext(
        "%(count)s customer in the key tier brings %(share)s of net sales.",
        "%(count)s customers in the key tier bring %(share)s of net sales.",
        count,
    ) % {"count": formats.number(count), "share": formats.percent(key.sales_share if key else None, 0)}
    if portfolio.top_share is None:
        return main, ""
    rest = _("%(share)s rest on three: %(names)s.") % {
        "share": formats.percent(portfolio.top_share, 0),
        "names": formats.listing(portfolio.top),
    }
    return main, rest


class PortfolioPage(Page):
    """Are we on the right customers?"""

    def get(self, request: HttpRequest) -> HttpResponse:
        """The answer, the figures, the tiers; customers by name arrive after it."""
        filters = InSegment(request.GET, visible_customers(request.user, "score"), request=request)
        portfolio = portfolio_for(request.user, within=filters.qs if filters.active() else None)
        answer, because = answer_of(portfolio)
        query = request.GET.urlencode()
        ledger_url = address_of("profitability:ledger-line-list") if can_open_ledger(request.user) else ""
        context = {
            "filters": filters,
            "portfolio": portfolio,
            "answer": answer,
            "because": because,
            "figures": figures_of(portfolio, ledger_url),
            "customers_url": address_of("portfolio-customers") + (f"?{query}" if query else ""),
            "currency": settings.KCRM_REPORTING_CURRENCY,
            "opens_customers": can_open_customers(request.user),
            "may_run": permissions.can_run_scoring(request.user),
        }
        return render(request, "kcrm/portfolio.html", context)
