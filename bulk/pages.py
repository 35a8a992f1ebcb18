"""Bases of the pages of lists: what one needs so that its rows can be changed together, or a single cell in place."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from bulk.forms import CellForm
from bulk.registry import BulkField, BulkList, bulk_list
from bulk.services import edits
from kcrm.lib.access import Verb
from kcrm.lib.errors import DomainError, NotAllowed, StaleVersion
from kcrm.lib.tables import ListPageView, ListSpec
from kcrm.lib.tables.cells import draw_cell
from kcrm.lib.tables.state import RESERVED
from kcrm.lib.web import Page


class BulkListView(ListPageView):
    """A list whose ticked rows, or all rows that match its filters, are posted to its own address."""

    http_method_names = ["get", "head", "post", "options"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Freeze the chosen rows and go on to what is to become of them."""
        query = self.read_query(request)
        chosen = {int(text) for text in request.POST.getlist("ids") if text.isdecimal() and len(text) < 19}
        kept = "&".join(f"{key}={value}" for key, value in query.state.pairs if key not in RESERVED)
        try:
            edit = edits.choose_rows(
                list_key=self.spec.key,
                matching=query.filtered,
                ids=None if "all" in request.POST else chosen,
                query=kept,
                by=request.user,
            )
        except DomainError as error:
            messages.error(request, str(error))
            return HttpResponseRedirect(request.get_full_path())
        return HttpResponseRedirect(reverse("bulk:edit-detail", args=[edit.pk]))


class CellView(Page):
    """One cell of a list, as a small form: read with its version, saved with it, drawn again as the list draws it."""

    http_method_names = ["get", "post", "head", "options"]
    spec: ListSpec = None  # type: ignore[assignment]  # each address names its list
    resource = "account_profile"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Find what the list says of this field."""
        super().setup(request, *args, **kwargs)
        self.declared: BulkList = bulk_list(self.spec.key, request.user)

    def _found(self) -> tuple[Any, BulkField]:
        """The record and the field. Raises DoesNotExist, Http404, NotAllowed."""
        record = self.declared.rows(self.request.user).get(pk=self.kwargs["pk"])
        user = self.request.user
        column = self.spec.columns_for(self.spec.allowed_classes(user)).get(self.kwargs["field"])
        if column is None or not column.editable:
            raise Http404
        if not self.declared.may_change(user, record):
            raise NotAllowed(self.resource, Verb.UPDATE)
        return record, self.declared.field(column.name)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The form, or with `?shown` the cell as it stands."""
        record, field = self._found()
        if "shown" in request.GET:
            return self._cell()
        form = CellForm(field=field, user=request.user, initial={"value": field.read(record)})
        return self._drawn(form, record.version)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Save; what cannot be saved keeps what was typed."""
        record, field = self._found()
        form = CellForm(request.POST, field=field, user=request.user)
        version = self.posted_version()
        if not form.is_valid():
            return self._drawn(form, version, status=422)
        try:
            self.declared.save(record.pk, version, {field.to: form.value()}, request.user)
        except StaleVersion as stale:
            now = self.declared.rows(request.user).get(pk=record.pk)
            theirs = field.show(field.read(now)) or "–"
            sentence = _("Somebody else saved first: %(value)s. Save again to keep yours.")
            form.add_error("value", sentence % {"value": theirs})
            return self._drawn(form, stale.current.version, status=409)
        except DomainError as error:
            form.add_error("value", str(error))
            return self._drawn(form, version, status=422)
        return self._cell()

    def _cell(self) -> HttpResponse:
        cell = draw_cell(self.spec, self.request.user, self.kwargs["pk"], self.kwargs["field"])
        return render(self.request, "bulk/_cell.html", {"cell": cell})

    def _drawn(self, form: CellForm, version: int, status: int = 200) -> HttpResponse:
        context = {"form": form, "version": version, "url": self.request.path}
        return render(self.request, "bulk/_cell_form.html", context, status=status)
