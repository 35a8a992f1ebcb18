"""Scenarios side by side as a file: every figure as a plain value, then whom each scenario moves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.services import audit
from kcrm.lib.errors import BadQuery
from kcrm.lib.export import ExportColumn, Table, write_file
from kcrm.lib.web import Page
from selection.selectors.scenarios import SideBySide, side_by_side
from selection.views.matrix import function_name
from selection.views.scenarios import chosen_scenarios
from selection.words import QUADRANT_NAMES, figure_name


def comparison_table(sides: SideBySide) -> Table:
    """Today and each scenario with its difference; what is not defined is empty, never zero."""
    columns = [ExportColumn("figure", _("Figure")), ExportColumn("today", _("Today"))]
    for one in sides.outcomes:
        name, key = str(one.scenario), f"scenario_{one.scenario.pk}"
        columns.append(ExportColumn(key, name))
        columns.append(ExportColumn(f"{key}_difference", _("%(scenario)s, difference") % {"scenario": name}))
    return Table(key="scenarios", title=_("Scenarios side by side"), columns=columns, rows=_lines(sides))


def _lines(sides: SideBySide) -> Iterator[list[Any]]:
    for row in sides.comparison.rows:
        subject = str(QUADRANT_NAMES.get(row.subject) or function_name(row.subject)) if row.subject else ""
        cells = [part for one in row.values for part in (_plain(one.value), _plain(one.delta))]
        yield [figure_name(row.figure, subject), _plain(row.today), *cells]
    yield _sums(_("Net sales a year"), [one.sales for one in sides.outcomes])
    yield _sums(_("Cost of our days a year"), [one.days_cost for one in sides.outcomes])
    for mover in sides.movers:
        places = [outcome.changed.get(mover.key) for outcome in sides.outcomes]
        label = _("Quadrant of %(customer)s") % {"customer": sides.held.names[mover.key]}
        then = [_quadrant(place.after if place else mover.quadrant) for place in places]
        yield [label, _quadrant(mover.quadrant), *(part for name in then for part in (name, ""))]


def _sums(label: str, differences: list[Any]) -> list[Any]:
    """A line of which only the differences from today are known."""
    return [label, "", *(part for value in differences for part in ("", _plain(value)))]


def _plain(value: Any) -> Any:
    return "" if value is None else round(value, 6) if isinstance(value, float) else value


def _quadrant(code: Any) -> str:
    return str(QUADRANT_NAMES[code]) if code else ""


class ScenarioFile(Page):
    """The comparison as CSV or workbook; taking it away stands in the audit trail."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """The file."""
        chosen = chosen_scenarios(request)
        if not chosen:
            raise BadQuery(_("Choose two to four scenarios."))
        today = timezone.localdate()
        table = comparison_table(side_by_side(chosen, request.user, today=today))
        answer = write_file(table, request.GET.get("form", "csv"), today=today).response()
        audit.record(
            action="export",
            by=request.user,
            subject=chosen[0],
            changes={"scenarios": [None, [one.pk for one in chosen]]},
        )
        return answer
