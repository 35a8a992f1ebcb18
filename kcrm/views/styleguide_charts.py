"""One chart of each kind, as the style guide shows it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from kcrm.lib import formats
from kcrm.templatetags.interface import QUADRANTS

POINTS: dict[str, list[tuple[str, float, float, int]]] = {
    "key": [
        ("QUICK-Stop", 1.22, 9.0, 82741),
        ("Save-a-lot Markets", 1.06, 8.7, 82374),
        ("Ernst Handel", 1.34, 8.1, 70424),
    ],
    "develop": [
        ("Hungry Owl", 0.88, 8.1, 34986),
        ("Hanari Carnes", 0.8, 7.6, 29844),
        ("White Clover", 0.95, 7.2, 21411),
    ],
    "maintain": [
        ("Folk och fä HB", 1.14, 6.1, 26462),
        ("Königlich Essen", 1.21, 5.7, 25972),
        ("Great Lakes", 1.05, 4.7, 18507),
    ],
    "opportunistic": [
        ("Berglunds", 0.91, 5.3, 19397),
        ("LINO", 0.8, 4.4, 9120),
        ("Frankenversand", 0.85, 5.0, 12300),
    ],
}
WHALE = (0, 38, 57, 71, 82, 91, 99, 106, 112, 117, 121, 124, 126, 127, 126, 124, 120, 114, 107, 100)


def _quadrants() -> dict[str, Any]:
    series = [
        {
            "name": str(QUADRANTS[code]),
            "role": code,
            "points": [{"label": name, "x": x, "y": y, "size": size, "href": "#"} for name, x, y, size in points],
        }
        for code, points in POINTS.items()
    ]
    rows = [
        [name, str(QUADRANTS[code]), formats.number(x, 2), formats.number(y, 1), formats.number(size)]
        for code, points in POINTS.items()
        for name, x, y, size in points
    ]
    return {
        "id": "matrix",
        "title": _("Who is key, who should be"),
        "note": _("bubble: net sales"),
        "summary": _("Three customers are key, three more could become key."),
        "size": "tall",
        "spec": {
            "kind": "scatter",
            "x": {"label": _("Relative strength, as the customer sees it"), "min": 0.7, "max": 1.45, "digits": 2},
            "y": {"label": _("Attractiveness"), "min": 3.5, "max": 10, "digits": 1},
            "size": {"label": _("Net sales"), "format": "money", "currency": "USD"},
            "group": _("Quadrant"),
            "quadrants": {
                "x": 1,
                "y": 7,
                "labels": [str(QUADRANTS[code]) for code in ("develop", "key", "opportunistic", "maintain")],
            },
            "series": series,
        },
        "table": {
            "columns": [
                {"label": _("Customer"), "numeric": False},
                {"label": _("Quadrant"), "numeric": False},
                {"label": _("Relative strength"), "numeric": True},
                {"label": _("Attractiveness"), "numeric": True},
                {"label": _("Net sales"), "numeric": True},
            ],
            "rows": rows,
        },
        "downloads": {"csv": "#", "xlsx": "#"},
    }


def _figures(label: str, unit: str, rows: list[list[str]]) -> dict[str, Any]:
    return {"columns": [{"label": label, "numeric": False}, {"label": unit, "numeric": True}], "rows": rows}


def _whale() -> dict[str, Any]:
    places = [str(place * 5) for place in range(len(WHALE))]
    shares = [value / 100 for value in WHALE]
    return {
        "id": "whale",
        "title": _("Who earns our money, who eats it"),
        "note": _("cumulative contribution"),
        "summary": _("65 customers earn 127 % of the contribution, the others lose 27 % of it again."),
        "spec": {
            "kind": "line",
            "x": {"label": _("Customers, best first"), "categories": places},
            "y": {"label": _("Contribution"), "format": "percent", "digits": 0},
            "series": [{"name": _("Contribution so far"), "role": "accent", "filled": True, "values": shares}],
            "marks": [{"axis": "y", "at": 1, "label": "100 %"}],
        },
        "table": _figures(
            _("Customers, best first"),
            _("Contribution so far"),
            [[place, formats.percent(share, 0)] for place, share in zip(places, shares, strict=True)],
        ),
        "downloads": {},
    }


def _steps() -> dict[str, Any]:
    steps: list[dict[str, Any]] = [
        {"label": _("List"), "value": 1, "total": True},
        {"label": _("Discounts"), "value": -0.069},
        {"label": _("Rebates"), "value": -0.031},
        {"label": _("Net sales"), "value": 0.9, "total": True},
        {"label": _("Product"), "value": -0.52, "estimated": True},
        {"label": _("Logistics"), "value": -0.062},
        {"label": _("Service"), "value": -0.088, "estimated": True},
        {"label": _("Credit"), "value": -0.046},
        {"label": _("Contribution"), "value": 0.184, "total": True},
    ]
    return {
        "id": "steps",
        "title": _("From list to contribution"),
        "note": _("12 months, % of list, ~ estimated"),
        "summary": _("Of 100 at list price 18.4 remain as contribution; the product takes 52."),
        "spec": {
            "kind": "waterfall",
            "y": {"label": _("Share of list"), "format": "percent", "digits": 1},
            "steps": steps,
        },
        "table": _figures(
            _("Step"), _("Share of list"), [[str(step["label"]), formats.percent(step["value"])] for step in steps]
        ),
        "downloads": {},
    }


def _time() -> dict[str, Any]:
    words = [str(label) for label in QUADRANTS.values()]
    hours, share = [0.41, 0.29, 0.17, 0.13], [0.58, 0.21, 0.19, 0.02]
    return {
        "id": "time",
        "title": _("Do our days go where the money is?"),
        "note": "",
        "summary": _("Opportunistic customers take 13 % of the hours and give 2 % of the contribution."),
        "spec": {
            "kind": "bar",
            "lying": True,
            "labels": True,
            "x": {"categories": words},
            "y": {"label": _("Share"), "format": "percent", "digits": 0},
            "series": [
                {"name": _("of our hours"), "values": hours},
                {"name": _("of contribution"), "values": share},
            ],
        },
        "table": {
            "columns": [
                {"label": _("Quadrant"), "numeric": False},
                {"label": _("of our hours"), "numeric": True},
                {"label": _("of contribution"), "numeric": True},
            ],
            "rows": [
                [word, formats.percent(one, 0), formats.percent(two, 0)]
                for word, one, two in zip(words, hours, share, strict=True)
            ],
        },
        "downloads": {},
    }


def _moves() -> dict[str, Any]:
    key, develop, maintain = (str(QUADRANTS[code]) for code in ("key", "develop", "maintain"))
    after = _("%(quadrant)s, now")
    nodes = [
        {"name": key, "role": "key"},
        {"name": develop, "role": "develop"},
        {"name": maintain, "role": "maintain"},
        *(
            {"name": after % {"quadrant": name}, "role": role, "last": True}
            for name, role in ((key, "key"), (develop, "develop"), (maintain, "maintain"))
        ),
    ]
    flows = [(key, key, 4), (key, maintain, 1), (develop, key, 2), (develop, develop, 5), (maintain, maintain, 8)]
    links = [{"source": one, "target": after % {"quadrant": two}, "value": count} for one, two, count in flows]
    return {
        "id": "moves",
        "title": _("What moved since the last snapshot"),
        "note": _("customers"),
        "summary": _("Two customers became key, one fell to maintenance."),
        "spec": {"kind": "sankey", "y": {"label": _("Customers")}, "nodes": nodes, "links": links},
        "table": {
            "columns": [
                {"label": _("From"), "numeric": False},
                {"label": _("To"), "numeric": False},
                {"label": _("Customers"), "numeric": True},
            ],
            "rows": [[one, two, str(count)] for one, two, count in flows],
        },
        "downloads": {},
    }


def charts() -> dict[str, Any]:
    """One chart of each kind with its table."""
    return {"matrix": _quadrants(), "whale": _whale(), "steps": _steps(), "time": _time(), "moves": _moves()}
