"""The page of a list: whole, as an htmx fragment, or as a file, all at one address."""

from __future__ import annotations

from operator import attrgetter
from typing import Any, ClassVar

from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views import View

from kcrm.lib import export
from kcrm.lib.export_gate import export_gate
from kcrm.lib.keeper import keeper
from kcrm.lib.limits import take_place
from kcrm.lib.tables.columns import Column
from kcrm.lib.tables.copying import copier
from kcrm.lib.tables.page import ListPage, Query
from kcrm.lib.tables.rows import Reader, capped_count, iterate, narrowed
from kcrm.lib.tables.spec import ListSpec


class ListPageView(View):
    """A list as its spec says. Subclasses name `spec`, `template_name`, and what stands around the list."""

    http_method_names: ClassVar = ["get", "head", "options"]
    spec: ListSpec = None  # type: ignore[assignment]  # each list names its own
    template_name = "list_page.html"
    fragment_template_name = "components/list.html"

    def get_rows(self) -> QuerySet[Any]:
        """The rows this reader may see; override to narrow them to what the address names."""
        return self.spec.queryset(self.request.user)

    def read_query(self, request: HttpRequest) -> Query:
        """What a request asks of this list. Raises BadQuery."""
        own_rows = type(self).get_rows is not ListPageView.get_rows
        reader = None if own_rows or self.spec.reader is None else self.spec.reader(request.user)
        steady = None if reader is None else (type(self), is_fragment(request), reader)
        return Query.read(self.spec, request, self.get_rows, steady)

    def get_counted(self, query: Query) -> dict[str, QuerySet[Any]]:
        """Further rows whose capped numbers the page needs, by name; counted in the statement that fetches it."""
        return {}

    def get_context(self, page: ListPage) -> dict[str, Any]:
        """What stands around the list, the answer first; not asked for a fragment."""
        return {}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The list."""
        query = self.read_query(request)
        if query.state.export:
            return export_list(query, by=request.user)
        fragment = is_fragment(request)
        page = ListPage(query) if fragment else ListPage(query, lambda: self.get_counted(query))
        if fragment:
            answer = render(request, self.fragment_template_name, {"table": page})
        else:
            answer = render(request, self.template_name, {"table": page} | self.get_context(page))
        patch_vary_headers(answer, ("HX-Request",))
        return answer


def is_fragment(request: HttpRequest) -> bool:
    """Whether htmx asks for the part alone; a boosted link or a restored page needs the whole."""
    htmx = getattr(request, "htmx", None)
    return bool(htmx) and not htmx.boosted and not htmx.history_restore_request


@transaction.atomic
def export_list(query: Query, *, by: Any) -> HttpResponse:
    """The whole filtered list as a file, of those rows that the reader may carry away; or the way to it.

    Raises PermissionDenied where he may carry away none, TooMuchAtOnce beside two others of his.
    """
    detour = export_gate().detour(query, lambda: exportable_rows(query, by=by), by=by)
    if detour:
        return HttpResponseRedirect(detour)
    take_place("export", by.pk)
    return written_list(query, by=by).response()


def exportable_rows(query: Query, *, by: Any) -> QuerySet[Any]:
    """The filtered rows that a person may carry away. Raises PermissionDenied where there can be none."""
    rows = query.rows
    if query.is_filtered:
        rows = narrowed(rows, query.filtered, capped_count(query.filtered))
    assert query.spec.exportable is not None, "read_state refuses exports of lists without one"  # noqa: S101
    return query.spec.exportable(by, rows)


def filters_in_words(query: Query) -> str:
    """The filters in force, as a file or the trail says them."""
    return "; ".join(active.label for active in query.filterset.active()) if query.is_filtered else _("none")


@transaction.atomic(savepoint=False)
def written_list(query: Query, *, by: Any) -> export.ExportFile:
    """The file of a list, entered into the trail. Raises PermissionDenied where nothing may be carried away."""
    spec, state = query.spec, query.state
    rows = exportable_rows(query, by=by)
    reader = Reader.of(state.shown)
    takers = [value_taker(column) for column in state.shown]
    page_filters = filters_in_words(query)
    now = timezone.localtime()
    table = export.Table(
        key=spec.key,
        title=str(spec.title),
        columns=[export.ExportColumn(c.name, str(c.label), c.kind, c.places) for c in state.shown],
        rows=([take(row) for take in takers] for row in iterate(rows, reader, state.order)),
        totals=_totals(state.shown, rows) if state.export != "csv" else None,
        copy=copier(rows, state.shown, state.order) if state.export == "csv" else None,
        about=(
            (_("List"), str(spec.title)),
            (_("Filters"), page_filters),
            (_("Made at"), now.isoformat(timespec="minutes")),
            (_("Time zone"), timezone.get_current_timezone_name()),
            (_("Made by"), str(by)),
        ),
    )
    written = export.write_file(table, state.export, today=now.date())
    keeper().record_export(
        by=by,
        key=spec.key,
        title=str(spec.title),
        columns=[column.name for column in state.shown],
        filters=page_filters,
        count=written.count,
        digest=written.digest,
        form=written.form,
    )
    return written


def value_taker(column: Column) -> Any:
    """What takes a column's plain value out of a row."""
    if column.export is not None:
        return column.export
    value = attrgetter(column.name) if column.source is not None else None
    if column.choices is not None and value is not None:
        words = {key: str(text) for key, text in column.choices.items()}
        return lambda row: words.get(value(row), value(row))
    return value or (lambda row: None)


def _totals(columns: tuple[Column, ...], rows: QuerySet[Any]) -> list[Any] | None:
    """One row of totals with its word in the first free column; None where no column has a total."""
    sums = {f"total_{column.name}": column.total for column in columns if column.total is not None}
    if not sums:
        return None
    found = rows.order_by().aggregate(**sums)
    totals = [found.get(f"total_{column.name}") for column in columns]
    if columns[0].total is None:
        totals[0] = _("Total")
    return totals
