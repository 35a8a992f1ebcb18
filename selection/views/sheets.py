"""Score sheets: the grid, one customer's page, and files."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kcrm.lib.access import Verb
from kcrm.lib.errors import BadQuery, DomainError, NotAllowed
from kcrm.lib.export import write_file
from kcrm.lib.web import Page
from selection import permissions
from selection.forms.rounds import EVIDENCE, SheetFileForm
from selection.models import ScoringRound
from selection.selectors.sheets import Sheet, sheet_of
from selection.services.sheet_files import load_sheet, sheet_table
from selection.services.sheets import Cell, Kept, refused, save_cells
from selection.views.rounds import RoundMixin


class SheetMixin(RoundMixin):
    """One's own sheet of a round."""

    def sheet(self) -> Sheet:
        """The sheet. Raises NotAllowed for who sees the round and scores nothing in it."""
        found = self.round
        if not permissions.can_score_in(self.request.user, found):
            raise NotAllowed("scoring_round", Verb.UPDATE)
        return sheet_of(found, rater=self.request.user)

    def sheet_context(self, sheet: Sheet) -> dict[str, Any]:
        """What both forms of the sheet show."""
        return {
            "sheet": sheet,
            "takes_scores": self.round.state == ScoringRound.State.OPEN,
            "evidence_choices": EVIDENCE,
            "file_form": SheetFileForm(),
        }

    def typed_cells(self, sheet: Sheet) -> list[Cell]:
        """The cells of a posted form that differ from what the page showed."""
        posted = self.request.POST
        cells = []
        for row in sheet.rows:
            for cell in row.cells:
                name = f"{row.customer.pk}-{cell.column.key}"
                if not cell.column.judged or name not in posted:
                    continue
                about = f"evidence-{name}" in posted
                cells.append(
                    Cell(
                        customer_id=row.customer.pk,
                        factor_key=cell.column.key,
                        text=posted[name][:20],
                        version=_number(posted.get(f"version-{name}", "")),
                        evidence=posted[f"evidence-{name}"] if about else None,
                        source=posted.get(f"source-{name}", "")[:200] if about else None,
                        note=posted.get(f"note-{name}", "")[:4000] if about else None,
                    )
                )
        return cells

    def say(self, answers: list[Kept]) -> bool:
        """Tell what was kept and what was not; whether all was."""
        problems = refused(answers)
        for answer in problems[:5]:
            messages.error(self.request, answer.problem or _("A cell was changed elsewhere in the meantime."))
        if not problems:
            messages.success(self.request, _("Your scores are kept."))
        return not problems


class SheetGrid(SheetMixin, Page):
    """What do I think of these customers?"""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Customers down, factors across; as a file with `form`."""
        sheet = self.sheet()
        if form := request.GET.get("form"):
            return write_file(sheet_table(sheet), form, today=timezone.localdate()).response()
        return render(request, "selection/sheet.html", self.sheet_context(sheet))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Keep the whole grid: what the page does without JavaScript."""
        sheet = self.sheet()
        shown = {(row.customer.pk, cell.column.key): cell.text for row in sheet.rows for cell in row.cells}
        typed = [cell for cell in self.typed_cells(sheet) if cell.text != shown[cell.customer_id, cell.factor_key]]
        try:
            self.say(save_cells(round_id=pk, cells=typed, by=request.user))
        except DomainError as error:
            messages.error(request, str(error))
        return HttpResponseRedirect(reverse("selection:sheet", args=[pk]))


class SheetCells(SheetMixin, Page):
    """Cells kept while one types."""

    def post(self, request: HttpRequest, pk: int) -> JsonResponse:
        """Keep the cells sent; the answer says of each what became of it."""
        self.round  # noqa: B018 - out of sight is not there, whatever was sent
        try:
            sent = json.loads(request.body)["cells"]
            cells = [
                Cell(
                    customer_id=int(one["customer"]),
                    factor_key=str(one["factor"]),
                    text=str(one["text"])[:20],
                    version=int(one["version"]),
                    evidence=one.get("evidence"),
                    source=None if one.get("source") is None else str(one["source"])[:200],
                    note=None if one.get("note") is None else str(one["note"])[:4000],
                )
                for one in sent
            ]
        except (ValueError, KeyError, TypeError):
            if not permissions.can_score_in(request.user, self.round):
                raise NotAllowed("scoring_round", Verb.UPDATE) from None
            raise BadQuery(_("These cells cannot be read.")) from None
        try:
            answers = save_cells(round_id=pk, cells=cells, by=request.user)
        except DomainError as error:
            return JsonResponse({"problem": str(error)}, status=409)
        return JsonResponse({"cells": [asdict(answer) for answer in answers]})


class SheetCustomer(SheetMixin, Page):
    """What do I think of this one?"""

    def get(self, request: HttpRequest, pk: int, customer_pk: int) -> HttpResponse:
        """One customer, each factor with its anchors, evidence, source and why."""
        sheet = self.sheet()
        places = [row.customer.pk for row in sheet.rows]
        if customer_pk not in places:
            raise Http404
        at = places.index(customer_pk)
        context = self.sheet_context(sheet) | {
            "row": sheet.rows[at],
            "before": sheet.rows[at - 1].customer if at else None,
            "after": sheet.rows[at + 1].customer if at + 1 < len(places) else None,
            "place": at + 1,
            "scores": [str(score) for score in range(1, 11)],
        }
        return render(request, "selection/sheet_customer.html", context)

    def post(self, request: HttpRequest, pk: int, customer_pk: int) -> HttpResponse:
        """Keep the customer's scores and go to the next one."""
        sheet = self.sheet()
        places = [row.customer.pk for row in sheet.rows]
        if customer_pk not in places:
            raise Http404
        try:
            kept = self.say(save_cells(round_id=pk, cells=self.typed_cells(sheet), by=request.user))
        except DomainError as error:
            messages.error(request, str(error))
            kept = False
        following = places[places.index(customer_pk) + 1 :][:1]
        goes_on = kept and "next" in request.POST and following
        return HttpResponseRedirect(
            reverse("selection:sheet-customer", args=[pk, following[0] if goes_on else customer_pk])
        )


class SheetFile(SheetMixin, Page):
    """A filled sheet as a file."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Keep what the file holds."""
        sheet = self.sheet()
        form = SheetFileForm(request.POST, request.FILES)
        back = HttpResponseRedirect(reverse("selection:sheet", args=[pk]))
        if not form.is_valid():
            messages.error(request, _("Choose a file first."))
            return back
        try:
            answers = load_sheet(sheet, form.cleaned_data["file"], by=request.user)
        except DomainError as error:
            messages.error(request, str(error))
            return back
        for answer in refused(answers)[:5]:
            messages.error(request, answer.problem)
        count = len(answers) - len(refused(answers))
        messages.success(
            request, ngettext("%(count)s cell is kept.", "%(count)s cells are kept.", count) % {"count": count}
        )
        return back


def _number(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise BadQuery(_("The form came without the version it was made from. Open the page again.")) from None
