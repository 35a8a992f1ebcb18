"""Pages of the nine-cell grid."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kcrm.lib import formats
from selection import permissions
from selection.calculations.bands import Band
from selection.calculations.nine_cell import STRATEGIES, CellStrategy
from selection.filters import GridFilter
from selection.forms.relationships import CellTextForm
from selection.models import BandChoice, CellText
from selection.selectors.grid import Grid, grid_customers, grid_of
from selection.selectors.scopes import models_behind
from selection.services.relationships import write_cell_text
from selection.views.matrix import ScorePage
from selection.views.pictures import grid_chart
from selection.views.policies import SettingForm
from selection.words import STRATEGY_WORDS


class NineCellGrid(ScorePage):
    """What do we do next with each customer?"""

    def get(self, request: HttpRequest) -> HttpResponse:
        """The picture, the nine cells with what we do there, and the table."""
        self.require_scores()
        filters = GridFilter(request.GET, grid_customers(request.user), request=request)
        grid = grid_of(request.user, filters.qs)
        bands = dict(BandChoice.choices)
        context = {
            "grid": grid,
            "filters": filters,
            "chart": grid_chart(grid),
            "rows": [
                (bands[line[0].attractiveness.value], [(cell, STRATEGY_WORDS[cell.strategy]) for cell in line])
                for line in grid.cells
            ],
            "heads": [bands[band.value] for band in (Band.LOW, Band.MEDIUM, Band.HIGH)],
            "points": [(point, STRATEGY_WORDS[point.strategy]) for point in grid.points],
            "may_edit": permissions.can_edit_models(request.user),
            "answer": answer_of(grid),
            "models": models_behind(filters.qs),
            "currency": settings.KCRM_REPORTING_CURRENCY,
        }
        return render(request, "selection/grid.html", context)


class CellTextUpdate(SettingForm):
    """Say in our own words what we do with the customers of a cell."""

    form_class = CellTextForm

    @cached_property
    def cell(self) -> tuple[Band, Band]:
        """The two bands that the address names."""
        try:
            return Band(self.kwargs["attractiveness"]), Band(self.kwargs["status"])
        except ValueError:
            raise Http404 from None

    @cached_property
    def stored(self) -> CellText | None:
        """The text so far."""
        attractiveness, status = self.cell
        return CellText.objects.filter(attractiveness=attractiveness.value, status=status.value).first()

    def get_title(self) -> Any:
        """What the method says of the cell."""
        return STRATEGY_WORDS[STRATEGIES[self.cell]]

    def get_initial(self) -> dict[str, Any]:
        """As it is stored."""
        return {"text": self.stored.text if self.stored else ""}

    def get_version(self) -> int:
        """The stored version, 0 for none."""
        return self.stored.version if self.stored else 0

    def perform(self, form: Any) -> CellText:
        """Call the service."""
        return write_cell_text(
            attractiveness=self.cell[0].value,
            status=self.cell[1].value,
            version=self.posted_version(),
            text=form.cleaned_data["text"],
            by=self.request.user,
        )

    def get_done_url(self, result: Any) -> str:
        """The grid."""
        return reverse("selection:grid")

    def get_cancel_url(self) -> str:
        """The same."""
        return reverse("selection:grid")

    def get_crumbs(self) -> list[tuple[Any, str]]:
        """The grid."""
        return [(_("Nine-cell grid"), reverse("selection:grid"))]


def answer_of(grid: Grid) -> tuple[str, str]:
    """The sentence the page opens with: its main clause, and what follows."""
    if not grid.total:
        return (
            _("Nobody stands on the grid yet."),
            _("A customer appears once it is scored and 70 % of its relationship's weight is known."),
        )
    build = {CellStrategy.INVEST, CellStrategy.BREAK_IN}
    count = sum(cell.count for line in grid.cells for cell in line if cell.strategy in build)
    main = ngettext(
        "%(count)s highly attractive customer is not close to us yet.",
        "%(count)s highly attractive customers are not close to us yet.",
        count,
    ) % {"count": formats.number(count)}
    waiting = ngettext(
        "%(count)s relationship is known too little to be placed.",
        "%(count)s relationships are known too little to be placed.",
        grid.waiting,
    ) % {"count": formats.number(grid.waiting)}
    return main, waiting if grid.waiting else ""
