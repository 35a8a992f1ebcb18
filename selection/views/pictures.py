"""The matrices as descriptions that the drawing script understands; their tables stand in the templates."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any, Final

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from kcrm.lib import formats
from kcrm.lib.money import from_units
from selection.calculations.bands import Band
from selection.calculations.dependence import Dependence
from selection.calculations.loyalty import ProfitLoyalty
from selection.calculations.nine_cell import STRATEGIES
from selection.calculations.quadrants import Quadrant, bubble
from selection.selectors.dependences import DependencePoint
from selection.selectors.grid import Grid, GridPoint
from selection.selectors.loyalty import LoyaltyMatrix
from selection.selectors.matrix import Bubble, Matrix
from selection.words import DEPENDENCE_WORDS, LOYALTY_WORDS, QUADRANT_NAMES, QUADRANT_ROLES, STRATEGY_WORDS

LABELLED: Final = 16
CORNERS: Final = (Quadrant.KEY_DEVELOPMENT, Quadrant.KEY, Quadrant.OPPORTUNISTIC, Quadrant.MAINTENANCE)
"""The quadrants as they lie: top left, top right, bottom left, bottom right."""


def kaism_chart(matrix: Matrix) -> dict[str, Any]:
    """The KAISM matrix: lead over the best alternative against attractiveness."""
    bubbles = matrix.bubbles
    spec: dict[str, Any] = {
        "kind": "bubbles",
        "x": {"label": _("Lead over the best alternative, in points"), "digits": 1} | _around_zero(bubbles, matrix),
        "y": {"label": _("Attractiveness"), "digits": 1} | _attractive_range(bubbles, matrix),
        "hidden": _("Customers in this square"),
        "counted": _("Customers"),
        "density": [
            {"x": one.gap + 0.125, "y": one.attractiveness + 0.125, "count": one.count} for one in matrix.density
        ],
        "cells": [quadrant.value for quadrant in CORNERS],
        "series": [
            {
                "name": str(QUADRANT_NAMES[quadrant]),
                "role": QUADRANT_ROLES[quadrant],
                "points": [
                    _point(one, place)
                    for place, one in enumerate(bubbles)
                    if one.quadrant is quadrant and one.size.radius
                ],
            }
            for quadrant in Quadrant
        ],
    }
    if matrix.cut is not None:
        labels = [str(QUADRANT_NAMES[quadrant]) for quadrant in CORNERS]
        spec["quadrants"] = {"x": 0, "y": matrix.cut, "labels": labels}
    return {
        "id": "kaism",
        "title": _("Attractiveness and relative strength"),
        "summary": _("Each customer by how attractive it is to us and how strong it sees us; the table below has all."),
        "spec": spec,
    }


def _point(one: Bubble, place: int) -> dict[str, Any]:
    currency = settings.KCRM_REPORTING_CURRENCY
    notes = [
        [
            _("Relative strength"),
            _("%(ratio)s times %(rival)s") % {"ratio": formats.number(one.ratio, 2), "rival": one.best_name},
        ],
        [_("Available sales, three years"), formats.money(one.available, currency, 0)],
        [_("Net sales, 12 months"), formats.money(one.current, currency, 0) if one.current is not None else "–"],
    ]
    if one.is_hollow:
        notes.append([_("Evidence"), _("mostly guessed")])
    if one.is_stale:
        notes.append([_("Freshness"), _("mostly older than a year")])
    if one.size.overfull:
        notes.append([_("Estimate"), _("buys more than was thought available")])
    return {
        "id": one.pk,
        "label": one.name,
        "x": one.gap,
        "y": one.attractiveness,
        "radius": one.size.radius,
        "ring": one.size.ring,
        "hollow": one.is_hollow,
        "stale": one.is_stale,
        "quiet": place >= LABELLED,
        "href": reverse("selection:customer-position", args=[one.pk]),
        "notes": notes,
        "trail": [[gap, attractiveness] for gap, attractiveness, _on in one.trail],
    }


def _around_zero(bubbles: Sequence[Bubble], matrix: Matrix) -> dict[str, float]:
    widest = max([abs(float(one.gap)) for one in bubbles] + [abs(one.gap) for one in matrix.density], default=1.0)
    edge = min(9.0, max(1.0, round(widest * 1.2 + 0.2, 1)))
    return {"min": -edge, "max": edge}


def _attractive_range(bubbles: Sequence[Bubble], matrix: Matrix) -> dict[str, float]:
    known: Iterable[float] = [float(one.attractiveness) for one in bubbles]
    values = [*known, *(one.attractiveness for one in matrix.density)]
    values += [float(matrix.cut)] if matrix.cut is not None else []
    if not values:
        return {"min": 1, "max": 10}
    return {"min": max(1.0, round(min(values) - 0.7, 1)), "max": min(10.0, round(max(values) + 0.7, 1))}


def grid_chart(grid: Grid) -> dict[str, Any]:
    """The nine-cell grid: status of the relationship against attractiveness."""
    edges = (0, 40, 70, 100)
    return {
        "id": "grid",
        "title": _("Attractiveness and status of the relationship"),
        "summary": _("Each customer by its attractiveness and by how close we are to it; the table below has all."),
        "spec": {
            "kind": "bubbles",
            "x": {"label": _("Status of the relationship"), "min": 0, "max": 100, "digits": 0},
            "y": {"label": _("Attractiveness index"), "min": 0, "max": 100, "digits": 0},
            "density": [],
            "legend": False,
            "marks": [{"axis": axis, "at": at} for axis in ("x", "y") for at in (40, 70)],
            "areas": [
                {
                    "label": str(STRATEGY_WORDS[STRATEGIES[up, across]]),
                    "from": [edges[right], edges[top]],
                    "to": [edges[right + 1], edges[top + 1]],
                }
                for top, up in enumerate((Band.LOW, Band.MEDIUM, Band.HIGH))
                for right, across in enumerate((Band.LOW, Band.MEDIUM, Band.HIGH))
            ],
            "series": [
                {
                    "name": _("Customers"),
                    "role": "key",
                    "points": [_grid_point(one, place) for place, one in enumerate(grid.points)],
                }
            ],
        },
    }


def _grid_point(one: GridPoint, place: int) -> dict[str, Any]:
    currency = settings.KCRM_REPORTING_CURRENCY
    notes = [
        [_("Net sales, 12 months"), formats.money(one.current, currency, 0) if one.current is not None else "–"],
        [_("Next step"), str(STRATEGY_WORDS[one.strategy])],
    ]
    if one.has_key_person_risk:
        notes.append([_("Risk"), _("it hangs on single persons")])
    return {
        "id": one.pk,
        "label": one.name,
        "x": one.status,
        "y": one.attractiveness,
        "radius": one.radius,
        "hollow": False,
        "stale": False,
        "quiet": place >= LABELLED,
        "href": reverse("selection:customer-relationship", args=[one.pk]),
        "notes": notes,
        "trail": [[status, index] for status, index, _on in one.trail],
    }


def dependence_chart(points: Sequence[DependencePoint]) -> dict[str, Any]:
    """Who needs whom: our dependence against the customer's."""
    order = (Dependence.WE_LEAD, Dependence.INTERDEPENDENT, Dependence.MARKET_EXCHANGE, Dependence.CAPTIVE_SUPPLIER)
    largest = max((one.current or 0 for one in points), default=0)
    return {
        "id": "dependence",
        "title": _("Dependence on both sides"),
        "summary": _("Each customer by how much it needs us and how much we need it; the table below has all."),
        "spec": {
            "kind": "bubbles",
            "x": {"label": _("Our dependence on the customer"), "min": 1, "max": 5, "digits": 1},
            "y": {"label": _("The customer's dependence on us"), "min": 1, "max": 5, "digits": 1},
            "density": [],
            "quadrants": {"x": 3, "y": 3, "labels": [str(DEPENDENCE_WORDS[one]) for one in order]},
            "series": [
                {
                    "name": _("Customers"),
                    "role": "series-1",
                    "points": [
                        {
                            "id": one.pk,
                            "label": one.name,
                            "x": one.ours,
                            "y": one.customer,
                            "radius": bubble(available=one.current, current=None, largest=largest).radius,
                            "quiet": place >= LABELLED,
                            "href": reverse("selection:customer-relationship", args=[one.pk]),
                            "notes": [[_("Position"), str(DEPENDENCE_WORDS[one.position])]],
                        }
                        for place, one in enumerate(points)
                    ],
                }
            ],
        },
    }


def loyalty_chart(matrix: LoyaltyMatrix) -> dict[str, Any]:
    """Profit against loyalty: years of trade against what stands in for the contribution."""
    currency = settings.KCRM_REPORTING_CURRENCY
    order = (ProfitLoyalty.BUTTERFLY, ProfitLoyalty.TRUE_FRIEND, ProfitLoyalty.STRANGER, ProfitLoyalty.BARNACLE)
    drawn = [one for one in matrix.points if one.current > 0]
    years = [one.years for one in drawn] or [1.0]
    return {
        "id": "loyalty",
        "title": _("Profit and loyalty"),
        "summary": _("Each customer by its years of trade and its net sales; the table below has all."),
        "spec": {
            "kind": "bubbles",
            "x": {"label": _("Years of trade"), "min": 0, "max": round(max(years) * 1.08, 1), "digits": 1},
            "y": {
                "label": _("Net sales, 12 months, in steps of ten times"),
                "type": "log",
                "min": 10 ** math.floor(math.log10(min((float(one.current) for one in drawn), default=1.0))),
                "max": 10 ** math.ceil(math.log10(max((float(one.current) for one in drawn), default=10.0))),
                "format": "money",
                "currency": currency,
                "digits": 0,
            },
            "density": [],
            "quadrants": {
                "x": round(matrix.cuts.years, 2),
                "y": max(from_units(matrix.cuts.units), 1),
                "labels": [str(LOYALTY_WORDS[one]) for one in order],
            },
            "series": [
                {
                    "name": _("Customers"),
                    "role": "series-1",
                    "points": [
                        {
                            "id": one.pk,
                            "label": one.name,
                            "x": round(one.years, 2),
                            "y": one.current,
                            "radius": 0.22,
                            "quiet": place >= LABELLED,
                            "href": reverse("selection:customer-score", args=[one.pk]),
                            "notes": [[_("Field"), str(LOYALTY_WORDS[one.field])]],
                        }
                        for place, one in enumerate(drawn)
                    ],
                }
            ],
        },
    }
