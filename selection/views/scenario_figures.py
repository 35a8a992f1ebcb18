"""Scenarios beside today, put into words and rows for their pages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kcrm.lib import formats
from selection.calculations.scenarios import Figure
from selection.models import Scenario
from selection.selectors.scenarios import SideBySide
from selection.views.matrix import function_name
from selection.words import QUADRANT_NAMES, balance_remark, figure_name, figure_value

LEFT_OUT = frozenset({Figure.CONTRIBUTION_UNKNOWN})


def answer_of(sides: SideBySide) -> str:
    """What one scenario comes to, in a sentence."""
    outcome = sides.outcomes[0]
    currency = settings.KCRM_REPORTING_CURRENCY
    text = ngettext(
        "%(count)s customer would move; the days cost %(cost)s %(currency)s a year, net sales %(sales)s.",
        "%(count)s customers would move; the days cost %(cost)s %(currency)s a year, net sales %(sales)s.",
        len(outcome.changed),
    )
    return text % {
        "count": len(outcome.changed),
        "cost": formats.number(outcome.days_cost, 0, signed=True),
        "sales": formats.number(outcome.sales, 0, signed=True),
        "currency": currency,
    }


def days_of(scenario: Scenario) -> list[tuple[str, float]]:
    """The days that differ, in words."""
    rows = [(function_name(code), days) for code, days in scenario.capacity.items()]
    for quadrant, effort in scenario.effort.items():
        rows += [(f"{QUADRANT_NAMES[quadrant]}, {function_name(code)}", days) for code, days in effort.items()]
    return rows


def comparison_context(sides: SideBySide) -> dict[str, Any]:
    """Scenarios beside today as their templates show them."""
    return {
        "sides": sides,
        "rows": _figure_rows(sides) + _money_rows(sides),
        "movers": [
            {
                "key": one.key,
                "name": sides.held.names[one.key],
                "quadrant": one.quadrant,
                "cells": [(outcome.changed.get(one.key), outcome.tiers.get(one.key)) for outcome in sides.outcomes],
            }
            for one in sides.movers
        ],
        "remarks": [
            {
                "new": [_remark(one, sides) for one in remarks.new],
                "solved": [_remark(one, sides) for one in remarks.solved],
            }
            for remarks in sides.comparison.remarks
        ],
        "currency": settings.KCRM_REPORTING_CURRENCY,
    }


def _remark(found: Any, sides: SideBySide) -> str:
    subject = sides.held.names.get(found.subject) or sides.held.managers.get(found.subject)
    return balance_remark(found, subject or function_name(found.subject))


def _figure_rows(sides: SideBySide) -> list[dict[str, Any]]:
    rows = []
    for row in sides.comparison.rows:
        values = [row.today, *(one.value for one in row.values)]
        if row.figure in LEFT_OUT or all(value is None for value in values):
            continue
        subject = str(QUADRANT_NAMES.get(row.subject) or function_name(row.subject)) if row.subject else ""
        rows.append(
            {
                "label": figure_name(row.figure, subject),
                "today": figure_value(row.figure, row.today),
                "cells": [
                    {
                        "value": figure_value(row.figure, one.value),
                        "delta": figure_value(row.figure, one.delta, signed=True) if one.delta else "",
                        "trend": one.trend.value,
                    }
                    for one in row.values
                ],
            }
        )
    return rows


def _money_rows(sides: SideBySide) -> list[dict[str, Any]]:
    def row(label: str, today: str, cells: Sequence[tuple[str, bool]]) -> dict[str, Any]:
        return {
            "label": label,
            "today": today,
            "cells": [
                {"value": value, "delta": "", "trend": "open" if differs else "same"} for value, differs in cells
            ],
        }

    return [
        row(
            _("Share of sales with chosen accounts"),
            formats.percent(sides.key_share, 1),
            [(formats.percent(one.key_share, 1), one.key_share != sides.key_share) for one in sides.outcomes],
        ),
        row(
            _("Net sales a year"),
            "–",
            [(formats.number(one.sales, 0, signed=True), bool(one.sales)) for one in sides.outcomes],
        ),
        row(
            _("Cost of our days a year"),
            "–",
            [(formats.number(one.days_cost, 0, signed=True), bool(one.days_cost)) for one in sides.outcomes],
        ),
        row(
            _("How many we can afford"),
            "–",
            [(formats.number(one.afford.count), False) for one in sides.outcomes],
        ),
        row(
            _("Customers that change their tier"),
            "–",
            [(formats.number(len(one.tiers)), bool(one.tiers)) for one in sides.outcomes],
        ),
    ]
