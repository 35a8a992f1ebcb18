"""The portfolio: are we on the right customers, and where does our money come from?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from customers.models import Customer
from customers.querysets import visible_customers
from kcrm.lib import formats
from kcrm.lib.money import from_units
from kcrm.lib.web import Page
from selection import permissions
from selection.calculations.tiers import EXPECTED_COUNT, EXPECTED_PROFIT, PYRAMID
from selection.filters import InSegment
from selection.models import ScoringRun
from selection.models.scores import TierChoice
from selection.selectors.portfolio import Sums, portfolio_sums

BUBBLES: Final = 150
LISTED: Final = 20
LABELLED: Final = 14
ROLES: Final = {
    "key": "key",
    "potential": "develop",
    "regular": "maintain",
    "one_off": "opportunistic",
    "loss_making": "opportunistic",
}


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
    bubbles: Sequence[Mapping[str, Any]]

    @property
    def growth(self) -> float | None:
        """Growth of net sales on the year before; None without a base."""
        return float((self.net - self.prior) / self.prior) if self.prior > 0 else None


def portfolio_for(user: User, *, within: QuerySet[Customer] | None = None) -> Portfolio:
    """The portfolio of what this person sees, in a handful of statements however many customers there are.

    `within` are customers that the person sees, narrowed by a filter; None for all of them.
    """
    visible = visible_customers(user, "score") if within is None else within
    by_tier = portfolio_sums(user, within=within)
    whole = sum(by_tier.values(), Sums())
    buying = visible.filter(sales_summary__net_12m_units__gt=0)
    top = list(buying.order_by("-sales_summary__net_12m_units").values_list("name", "sales_summary__net_12m_units")[:3])
    run = ScoringRun.objects.filter(state=ScoringRun.State.FINISHED).select_related("model").first()
    return Portfolio(
        run=run,
        customers=whole.customers,
        net=from_units(whole.net),
        prior=from_units(whole.prior),
        as_of=run.as_of_month if run else None,
        top=[name for name, _units in top],
        top_share=sum(units for _name, units in top) / whole.buying if whole.buying else None,
        hhi=whole.squares / whole.buying**2 * 10_000 if whole.buying else None,
        tiers=_tiers(by_tier, whole),
        bubbles=_bubbles(visible),
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


def _bubbles(visible: QuerySet[Customer]) -> list[dict[str, Any]]:
    rows = visible.filter(current_score__score__isnull=False, sales_summary__net_12m_units__gt=0)
    return list(
        rows.order_by("-sales_summary__net_12m_units").values(
            "pk",
            "name",
            "current_score__score",
            "current_score__tier",
            "current_score__rank",
            "current_score__provisional",
            "current_score__source__run__cut",
            "sales_summary__net_12m_units",
            "sales_summary__growth",
        )[:BUBBLES]
    )


def _around(name: str) -> tuple[str, str]:
    """What stands before and after the key in the addresses of this name: found once, not for each customer."""
    before, _zero, after = reverse(name, args=[0]).partition("0")
    return before, after


def scatter_of(portfolio: Portfolio) -> dict[str, Any]:
    """Attractiveness against net sales as a chart with its table twin."""
    currency = settings.KCRM_REPORTING_CURRENCY
    series: dict[str, dict[str, Any]] = {}
    rows = []
    begin, end = _around("selection:customer-score")
    for place, row in enumerate(portfolio.bubbles):
        code = row["current_score__tier"] or "regular"
        label = str(TierChoice(code).label)
        sales = from_units(row["sales_summary__net_12m_units"])
        point = {
            "label": row["name"],
            "x": float(sales),
            "y": float(row["current_score__score"]),
            "size": float(sales),
            "quiet": place >= LABELLED,
            "href": f"{begin}{row['pk']}{end}",
        }
        series.setdefault(code, {"name": label, "role": ROLES[code], "points": []})["points"].append(point)
        rows.append([row["name"], label, formats.number(row["current_score__score"], 2), formats.number(sales)])
    spec: dict[str, Any] = {
        "kind": "scatter",
        "x": {
            "label": _("Net sales, 12 months, each step ten times the one before"),
            "type": "log",
            "format": "money",
            "currency": currency,
            "digits": 0,
        },
        "y": {"label": _("Attractiveness"), "min": 1, "max": 10, "digits": 1},
        "size": {"label": _("Net sales"), "format": "money", "currency": currency},
        "group": _("Tier"),
        "series": [series[code] for code in ROLES if code in series],
    }
    return {
        "id": "attractiveness",
        "title": _("Who is attractive, and who buys"),
        "note": _("bubble: net sales, shape and colour: tier"),
        "summary": _("Each customer by its attractiveness and its net sales of twelve months."),
        "size": "tall",
        "spec": spec,
        "table": {
            "columns": [
                {"label": _("Customer"), "numeric": False},
                {"label": _("Tier"), "numeric": False},
                {"label": _("Attractiveness"), "numeric": True},
                {"label": _("Net sales, 12 months"), "numeric": True},
            ],
            "rows": rows,
        },
        "downloads": {},
    }


def figures_of(portfolio: Portfolio) -> list[dict[str, Any]]:
    """The strip of figures on top."""
    key = next((row for row in portfolio.tiers if row.code == "key"), None)
    return [
        {
            "label": _("Net sales, 12 months"),
            "value": formats.money(portfolio.net, settings.KCRM_REPORTING_CURRENCY, 0),
            "note": _("%(growth)s on the year before") % {"growth": formats.percent(portfolio.growth, 0, signed=True)}
            if portfolio.growth is not None
            else _("no year before to compare"),
            "css": "up" if (portfolio.growth or 0) > 0 else "down",
            "url": reverse("profitability:ledger-line-list"),
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
    cuts = {row["current_score__source__run__cut"] for row in portfolio.bubbles} - {None}
    if len(cuts) > 1:
        return _("by segment")
    cut = next(iter(cuts), portfolio.run.cut if portfolio.run else None)
    return formats.number(cut, 2) if cut else _("not defined")


def decisions_of(portfolio: Portfolio) -> list[dict[str, Any]]:
    """What the director should look at: attractive customers that buy little, big ones that fall or do not attract.

    Each is high or low by the cut of its own segment.
    """
    items = []
    begin, end = _around("customers:customer-detail")
    for row in portfolio.bubbles:
        growth, score = row["sales_summary__growth"], row["current_score__score"]
        cut = row["current_score__source__run__cut"]
        if cut is None:
            continue
        url = f"{begin}{row['pk']}{end}"
        if row["current_score__tier"] == "key" and growth is not None and growth < Decimal("-0.1"):
            note = _("Key tier, net sales %(growth)s on the year before") % {
                "growth": formats.percent(growth, 0, signed=True)
            }
            items.append({"tag": _("falling"), "css": "bad", "title": row["name"], "note": note, "url": url})
        elif row["current_score__tier"] == "key" and score < cut:
            note = _("Buys much, but attracts less than half of all customers: %(score)s") % {
                "score": formats.number(score, 2)
            }
            items.append({"tag": _("question"), "css": "warn", "title": row["name"], "note": note, "url": url})
        elif row["current_score__tier"] == "regular" and score >= cut + 1:
            note = _("Attractive at %(score)s, but in the regular tier") % {"score": formats.number(score, 2)}
            items.append({"tag": _("chance"), "css": "good", "title": row["name"], "note": note, "url": url})
    order = {"bad": 0, "warn": 1, "good": 2}
    return sorted(items, key=lambda item: order[item["css"]])[:8]


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
        """The answer, the figures, the picture, the tiers."""
        filters = InSegment(request.GET, visible_customers(request.user, "score"), request=request)
        portfolio = portfolio_for(request.user, within=filters.qs if filters.active() else None)
        answer, because = answer_of(portfolio)
        context = {
            "filters": filters,
            "portfolio": portfolio,
            "answer": answer,
            "because": because,
            "figures": figures_of(portfolio),
            "chart": scatter_of(portfolio),
            "decisions": decisions_of(portfolio),
            "currency": settings.KCRM_REPORTING_CURRENCY,
            "may_run": permissions.can_run_scoring(request.user),
            "listed": portfolio.bubbles[:LISTED],
        }
        return render(request, "kcrm/portfolio.html", context)
