"""The largest customers of the portfolio by name: the picture, what needs a decision, the table.

A part of the portfolio's page that arrives after it, and a page of its own where there is no script.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _

from accounts.models import User
from customers.models import Customer
from customers.permissions import can_open_customers, has_token
from customers.querysets import visible_customers
from customers.querysets.customers import Ground, ground_of
from kcrm.lib import formats
from kcrm.lib.addresses import address_of
from kcrm.lib.money import from_units
from kcrm.lib.prepared import Prepared
from kcrm.lib.tables.views import is_fragment
from kcrm.lib.web import Page
from profitability.permissions import can_open_ledger
from selection.filters import InSegment
from selection.models.scores import TierChoice

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
SHOWN: Final = (
    "pk", "name", "current_score__score", "current_score__tier", "current_score__rank", "current_score__provisional",
    "current_score__source__run__cut", "sales_summary__net_12m_units", "sales_summary__growth",
)  # fmt: skip


def largest_scored(visible: QuerySet[Customer]) -> QuerySet[Customer]:
    """Those of the customers that were scored and buy, the largest first, no more than a picture holds."""
    rows = visible.filter(current_score__score__isnull=False, sales_summary__net_12m_units__gt=0)
    return rows.order_by("-sales_summary__net_12m_units")[:BUBBLES]


def largest_customers(user: User, *, within: QuerySet[Customer] | None = None) -> list[dict[str, Any]]:
    """The largest customers whose score this person may read; of `within`, narrowed by a filter, if not None."""
    if within is not None:
        return list(largest_scored(within).values(*SHOWN))
    if has_token(user):
        return list(largest_scored(visible_customers(user, "score")).values(*SHOWN))
    return _largest_within(ground_of(user, "score")).fetch()


@lru_cache(maxsize=2_000)
def _largest_within(ground: Ground) -> Prepared:
    return Prepared(largest_scored(Customer.objects.within(ground)).values(*SHOWN))


def _around(name: str) -> tuple[str, str]:
    """What stands before and after the key in the addresses of this name: found once, not for each customer."""
    before, _zero, after = reverse(name, args=[0]).partition("0")
    return before, after


def scatter_of(largest: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Attractiveness against net sales as a chart with its table twin."""
    currency = settings.KCRM_REPORTING_CURRENCY
    series: dict[str, dict[str, Any]] = {}
    rows = []
    begin, end = _around("selection:customer-score")
    for place, row in enumerate(largest):
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
            "label": _("Net sales, 12 months, in steps of ten times"),
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


def decisions_of(largest: Sequence[Mapping[str, Any]], *, opens_customers: bool) -> list[dict[str, Any]]:
    """What the director should look at: attractive customers that buy little, big ones that fall or do not attract.

    Each is high or low by the cut of its own segment; its title leads to its page where the reader may open that.
    """
    items = []
    begin, end = _around("customers:customer-detail")
    for row in largest:
        growth, score = row["sales_summary__growth"], row["current_score__score"]
        cut = row["current_score__source__run__cut"]
        if cut is None:
            continue
        url = f"{begin}{row['pk']}{end}" if opens_customers else ""
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


class LargestCustomersPage(Page):
    """Who is attractive, who buys, and what follows from it."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """The picture, what needs a decision, the table; around them a page where they are asked for alone."""
        filters = InSegment(request.GET, visible_customers(request.user, "score"), request=request)
        largest = largest_customers(request.user, within=filters.qs if filters.active() else None)
        query = request.GET.urlencode()
        opens_customers = can_open_customers(request.user)
        context = {
            "chart": scatter_of(largest),
            "decisions": decisions_of(largest, opens_customers=opens_customers),
            "opens_customers": opens_customers,
            "ledger_url": address_of("profitability:ledger-line-list") if can_open_ledger(request.user) else "",
            "listed": largest[:LISTED],
            "portfolio_url": address_of("portfolio") + (f"?{query}" if query else ""),
        }
        whole = "kcrm/portfolio_customers.html"
        answer = render(request, "kcrm/_portfolio_customers.html" if is_fragment(request) else whole, context)
        patch_vary_headers(answer, ("HX-Request",))
        return answer
