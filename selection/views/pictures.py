"""The matrices as descriptions that the drawing script understands; their tables stand in the templates."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from kcrm.lib import formats
from selection.calculations.bands import Band
from selection.calculations.nine_cell import STRATEGIES
from selection.calculations.quadrants import Quadrant
from selection.selectors.grid import Grid, GridPoint
from selection.selectors.matrix import Bubble, Matrix
from selection.words import QUADRANT_NAMES, QUADRANT_ROLES, STRATEGY_WORDS

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
