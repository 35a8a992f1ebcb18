"""What the style guide shows: figures in the manner of the product, tied to no database."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from kcrm.lib import formats
from kcrm.lib.tables.columns import Cell
from kcrm.lib.tables.filtering import fields_of
from kcrm.lib.tables.parts import Choice, Tools, ViewLink
from kcrm.templatetags.formats import change
from kcrm.templatetags.interface import quadrant, sparkline

# name, country, quadrant, sales, growth, trend, contribution, state of plan, manager, days of silence
CUSTOMERS = (
    ("QUICK-Stop", "Germany", "key", 82741, "2.01", "3 4 3 6 7 5 5 6 12 14 12", "0.184", "good", "A. Fuller", 3),
    ("Save-a-lot Markets", "USA", "key", 82374, "2.75", "2 5 9 9 9 8 8 11 9 14", "0.141", "warn", "N. Davolio", 9),
    ("Ernst Handel", "Austria", "key", 70424, "1.04", "8 7 6 8 9 7 11 12 14 9", "0.166", "good", "J. Leverling", 2),
    (
        "Hungry Owl All-Night Grocers",
        "Ireland",
        "develop",
        34986,
        "1.33",
        "5 9 7 4 11",
        "0.119",
        "bad",
        "M. Peacock",
        41,
    ),
    ("Folk och fä HB", "Sweden", "maintain", 26462, "7.52", "2 6 7 6 4 6 5 8 12", "0.128", "good", "S. Buchanan", 20),
    ("Rattlesnake Canyon Grocery", "USA", "key", 26258, "-0.06", "14 13 9 7 6", "-0.021", "bad", "L. Callahan", 63),
    ("北京东方物流", "China", "develop", 21411, "2.60", "4 5 4 7 4 7 10 9 8 10", "0.088", "warn", "R. King", 7),
    ("Berglunds snabbköp", "Sweden", "opportunistic", 19397, "0", "5 3 6 3 7 4 9 7", None, "", "M. Suyama", 30),
)


def _plan(state: str) -> SafeString:
    words = {"good": _("approved"), "warn": _("in review"), "bad": _("none")}
    if not state:
        return format_html('<span class="faint">{}</span>', _("not due"))
    return format_html('<span class="tag tag-{}">{}</span>', state, words[state])


def _silence(days: int) -> Any:
    text = _("%(count)d d") % {"count": days}
    css = "bad" if days > 40 else "warn" if days > 28 else ""
    return format_html('<span class="tag tag-{}">{}</span>', css, text) if css else text


def _rows() -> list[SimpleNamespace]:
    rows = []
    for number, (name, country, code, sales, growth, trend, share, plan, manager, days) in enumerate(CUSTOMERS, 1):
        contribution = Decimal(share) if share else None
        cells = [
            Cell(name, "", "#", country),
            Cell(quadrant(code)),
            Cell(format_html('<a class="opens" href="#" data-sheet>{}</a>', formats.number(sales)), "num"),
            Cell(change(Decimal(growth)), "num"),
            Cell(sparkline([int(value) for value in trend.split()])),
            Cell(formats.percent(contribution), "num" if contribution is not None else "num undefined"),
            Cell(_plan(plan)),
            Cell(manager, "hide-s"),
            Cell(_silence(days), "num"),
        ]
        rows.append(SimpleNamespace(id=number, url="#", cells=cells, selected=False))
    return rows


def _column(name: str, label: str, css: str = "", sorted_: str = "", *, numeric: bool = False) -> SimpleNamespace:
    return SimpleNamespace(
        name=name, label=label, css=css, sortable=True, sort_url="?o=" + name, sorted=sorted_, numeric=numeric, help=""
    )


def _table(**values: Any) -> SimpleNamespace:
    empty = SimpleNamespace(heading="", text="", action_url="", action_label="")
    base: dict[str, Any] = {
        "key": "customers",
        "label": _("Customers"),
        "columns": [],
        "rows": [],
        "fields": (),
        "kept": (),
        "choices_url": "?choices=",
        "chips": [],
        "summary": "",
        "next_url": "",
        "previous_url": "",
        "bulk_actions": [],
        "has_ticks": False,
        "tools": Tools("#", (), "", (), "", (), (), has_rows=False),
        "empty": empty,
    }
    return SimpleNamespace(**base | values)


def customer_table(filters: Any) -> SimpleNamespace:
    """A list with everything a list can have."""
    columns = [
        _column("name", _("Customer")),
        _column("quadrant", _("Quadrant")),
        _column("sales", _("Net sales, 12 months"), sorted_="desc", numeric=True),
        _column("growth", _("Growth"), numeric=True),
        _column("trend", _("Trend")),
        _column("contribution", _("Contribution"), numeric=True),
        _column("plan", _("Plan")),
        _column("manager", _("Manager"), "hide-s"),
        _column("last_contact", _("Last contact"), numeric=True),
    ]
    return _table(
        columns=columns,
        rows=_rows(),
        fields=fields_of(filters),
        chips=[
            SimpleNamespace(label=_("My customers"), remove_url="#"),
            SimpleNamespace(label=_("Sales over 15,000"), remove_url="#"),
        ],
        summary=_("8 of 91 customers, 364,053 of 625,330 net sales"),
        next_url="?after=2",
        previous_url="?before=1",
        sizes=[SimpleNamespace(size=size, url="#", current=size == 50) for size in (25, 50, 100)],
        clear_url="#",
        has_ticks=True,
        bulk_actions=[
            SimpleNamespace(label=_("Change manager"), url="#", icon="user-round-pen", css=""),
            SimpleNamespace(label=_("Move to the bin"), url="#", icon="trash-2", css="btn-danger"),
        ],
        tools=Tools(
            path="#",
            pairs=(),
            query="",
            views=(
                ViewLink(1, _("Needs attention"), "#", current=True, shared=True, own=False, delete_url=""),
                ViewLink(2, _("Silent key accounts"), "#", current=False, shared=False, own=True, delete_url="#"),
            ),
            save_url="#",
            columns=tuple(Choice(column.name, column.label, shown=True, help="") for column in columns),
            exports=(("csv", "#"), ("xlsx", "#"), ("json", "#")),
            has_rows=True,
        ),
    )


def empty_table() -> SimpleNamespace:
    """A list that nobody has filled yet."""
    empty = SimpleNamespace(
        heading=_("No opportunities yet"),
        text=_("An opportunity is a sale that could be won. Begin with what the customer wants to achieve."),
        action_url="#",
        action_label=_("New opportunity"),
    )
    return _table(key="opportunities", empty=empty)


def figures() -> list[dict[str, Any]]:
    """The summary strip of a customer."""
    growth, margin, wallet = formats.percent(2.01, 0, signed=True), formats.percent(0.184), formats.percent(0.37, 0)
    return [
        {"label": _("Net sales, 12 months"), "value": "82,741", "note": growth, "css": "up", "url": "?figure=sales"},
        {"label": _("Contribution"), "value": margin, "note": _("15,224, rank 1"), "url": "#", "estimated": True},
        {"label": _("Share of wallet"), "value": wallet, "note": _("white space 141,000"), "url": "#"},
        {"label": _("Relative strength"), "value": "1.07", "note": _("told by the customer, 4 months old"), "url": "#"},
        {"label": _("Support index"), "value": "+25", "note": _("decider not met"), "css": "down", "url": "#"},
        {"label": _("Next review"), "value": formats.undefined(), "undefined": True},
    ]


def tabs() -> list[dict[str, Any]]:
    """The tabs of a customer."""
    words = [
        _("Overview"),
        _("People"),
        _("Plan"),
        _("White space"),
        _("Profit"),
        _("Activity"),
        _("Team"),
        _("History"),
    ]
    return [
        {"label": word, "url": "#", "current": place == 0, "count": 4 if place == 1 else None}
        for place, word in enumerate(words)
    ]


def events(now: datetime) -> list[dict[str, Any]]:
    """A short story."""
    return [
        {
            "icon": "phone",
            "css": "accent",
            "title": _("Call with Horst Kloss"),
            "note": _("Wants one price file for all sites before June"),
            "at": now,
        },
        {
            "icon": "triangle-alert",
            "css": "warn",
            "title": _("Delivery 10847 was three days late"),
            "note": "",
            "at": now,
        },
        {
            "icon": "circle-check",
            "css": "good",
            "title": _("Plan v3 approved"),
            "note": _("45 % share of wallet by December"),
            "at": now,
        },
    ]


def tasks() -> list[dict[str, Any]]:
    """What is to be done."""
    return [
        {"tag": _("3 d late"), "css": "bad", "title": _("Meet the finance director with our CFO"), "note": "A. Fuller"},
        {
            "tag": _("Friday"),
            "css": "warn",
            "title": _("Beverage trial in two stores: agree the measure of success"),
            "note": "Horst Kloss",
        },
        {
            "tag": "12 Dec",
            "css": "",
            "title": _("Quarterly review: promises kept 7 of 8"),
            "note": _("deck made from live figures"),
        },
    ]


def job() -> dict[str, Any]:
    """Long work on its way."""
    return {
        "label": _("Scoring all customers"),
        "done": 37,
        "total": 91,
        "rate": _("12 a second"),
        "remaining": _("5 s left"),
    }


def conflict(when: datetime) -> dict[str, Any]:
    """Two people, one customer."""
    rows = [
        {"label": _("Name"), "theirs": "QUICK-Stop", "yours": "QUICK-Stop", "different": False},
        {"label": _("Industry"), "theirs": _("Food retail"), "yours": _("Food wholesale"), "different": True},
        {"label": _("Phone"), "theirs": "", "yours": "+49 372 035188", "different": True},
    ]
    return {"who": "Nancy Davolio", "when": when, "rows": rows, "reload_url": "#"}


def menu_items() -> list[dict[str, Any]]:
    """What the heading offers beside its main act."""
    return [
        {"label": _("Review deck"), "url": "#", "icon": "presentation", "note": "PPTX"},
        {"label": _("Change manager"), "url": "#", "icon": "user-round-pen"},
        {"label": _("Move to the bin"), "url": "#", "icon": "trash-2", "danger": True},
    ]


def facts() -> list[tuple[str, Any]]:
    """Each way to write a figure."""
    return [
        (_("To the cent"), formats.money(Decimal("1265793.04"), "USD")),
        (_("Whole"), formats.money(Decimal("1265793.04"), "CNY", 0)),
        (_("In short"), formats.compact(1265793)),
        (_("Share"), formats.percent(Decimal("0.184"))),
        (_("Change"), change(Decimal("-0.061"), 1)),
        (_("Undefined"), format_html('<span class="undefined">{}</span>', formats.undefined())),
        (_("Estimated"), format_html('<span class="estimated">{}</span>', "15,224")),
        (_("Nothing"), ""),
    ]


def explanation() -> list[tuple[str, Any]]:
    """How a figure explains itself."""
    return [
        (_("Net sales"), formats.money(Decimal("82741.18"), "USD")),
        (_("Orders"), "28"),
        (_("From"), formats.day(date(2025, 11, 1))),
        (_("Until"), formats.day(date(2026, 10, 31))),
    ]
