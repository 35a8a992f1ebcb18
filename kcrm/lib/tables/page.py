"""One page of a list, ready for its template.

What `templates/components/list.html` gets as `table` (every text is translated):

    key, label           the list's key and its heading
    columns              [{name, label, css, sortable, sort_url, sorted ("", "asc", "desc"), numeric, help, editable}]
    rows                 [{id, url, cells: [{html, css, href, sub}], selected}]
    totals               cells under the columns, or None
    fields               the filters as `kcrm.lib.tables.filtering.FilterField`
    kept                 ((key, value), ...) what the filter form must carry along: order, columns, size
    chips                [{label, remove_url}]; clear_url removes all filters
    views                [ViewLink]; save_view_url takes a new one,
                         query is what it keeps
    tools                views, columns to choose from and exports in a comparable form, for the tag `frozen`
    summary              how many rows there are, in words
    next_url, previous_url, sizes [{size, url, current}]
    export_urls          {csv, xlsx, json: address}, empty where this reader cannot export
    bulk_actions         [{name, label, url, icon, css, takes_all}]; takes_all where one of them does
    choosable            [Choice] columns to choose from
    empty                {heading, text, action_label, action_url} or None when there are rows
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kcrm.lib import formats
from kcrm.lib.addresses import address_of
from kcrm.lib.drawn import Drawn
from kcrm.lib.export import WRITERS
from kcrm.lib.filters import StrictFilterSet
from kcrm.lib.keeper import ViewRow, keeper
from kcrm.lib.tables.columns import Cell
from kcrm.lib.tables.drawing import cells_of, linked
from kcrm.lib.tables.filtering import FilterField, bare_fields, filter_fields
from kcrm.lib.tables.formats import Formats
from kcrm.lib.tables.parts import Choice, HeadCell, RowView, Tools, ViewLink
from kcrm.lib.tables.rows import ALL, COUNT_CAP, Pages, Reader, Slice, fetch_filtered, narrowed
from kcrm.lib.tables.spec import PAGE_SIZES, ListSpec
from kcrm.lib.tables.state import (
    AFTER,
    BEFORE,
    CHOICES,
    COLUMNS,
    EXPORT,
    RESERVED,
    SIZE,
    SORT,
    ListState,
    read_state,
)

KEPT: Final = 1_000
_pages: Final[Drawn[Pages]] = Drawn(KEPT)


@dataclass(frozen=True)
class Query:
    """What was asked and what answers it: the visible rows, those that passed the filters, the state of the list."""

    spec: ListSpec
    user: Any
    state: ListState
    request: HttpRequest
    classes: Collection[str]
    see: Callable[[], QuerySet[Any]]
    steady: Hashable = None

    @classmethod
    def read(
        cls, spec: ListSpec, request: HttpRequest, see: Callable[[], QuerySet[Any]], steady: Hashable = None
    ) -> Query:
        """Read a request for the rows that its user can `see`. Raises BadQuery naming a key or value that this list
        does not know.

        `steady` is everything that these rows depend on, None where that cannot be said: see `ListSpec.reader`.
        """
        classes = spec.allowed_classes(request.user)
        state = read_state(spec, classes, request.path, request.GET, see)
        query = cls(spec, request.user, state, request, classes, see, steady)
        if state.choices or not RESERVED.issuperset(request.GET):
            query.filterset  # noqa: B018 - refuses what it does not know
        return query

    @cached_property
    def visible(self) -> QuerySet[Any]:
        """The rows that the user may see."""
        return self.see()

    @cached_property
    def filterset(self) -> StrictFilterSet:
        """The filters. Raises UnknownKey for one that this list does not know."""
        return self.spec.filterset_class(
            self.request.GET, self.visible, request=self.request, allowed_classes=self.classes, reserved=RESERVED
        )

    @cached_property
    def rows(self) -> QuerySet[Any]:
        """The visible rows with what the shown columns read."""
        rows = self.visible
        for column in self.state.shown:
            if column.prepare is not None:
                rows = column.prepare(rows, self.user)
        return rows

    @cached_property
    def is_filtered(self) -> bool:
        """Whether any filter is in force."""
        return any(key not in RESERVED for key, _value in self.state.pairs)

    @cached_property
    def filtered(self) -> QuerySet[Any]:
        """The rows that pass the filters; none while a filter value cannot be read."""
        if not self.is_filtered:
            return self.visible
        return self.filterset.qs if self.filterset.form.is_valid() else self.visible.none()

    def page(self, also: Callable[[], Mapping[str, QuerySet[Any]]]) -> tuple[Slice, dict[str, int]]:
        """The rows of the page that was asked for, and how many rows match (`ALL`) and are in `also`, up to the cap."""
        state = self.state
        at = state.cursor_key(), state.after or state.before
        if self.is_filtered:
            reader = Reader.of(state.shown)
            return fetch_filtered(self.rows, self.filtered, also(), reader, state.order, state.size, at)

        def pages() -> Pages:
            counted = {ALL: self.visible, **also()}
            return Pages(self.rows, counted, Reader.of(state.shown), state.order, state.size)

        if self.steady is None:
            return pages().fetch(*at)
        here = timezone.localdate(), timezone.get_current_timezone_name(), get_language()
        known = (self.spec, self.steady, here, state.shown, state.order.key, state.size)
        return _pages.get(known, pages).fetch(*at)


class ListPage:
    """One page of a list. See the module for what a template may use.

    `also` gives further rows to count in the statement of the page, up to the cap: `counts` has their numbers.
    """

    def __init__(self, query: Query, also: Callable[[], Mapping[str, QuerySet[Any]]] = dict) -> None:
        self.query_asked, self.spec, self.state = query, query.spec, query.state
        self.key, self.label = self.spec.key, self.spec.title
        self._formats = Formats()
        self._slice, self.counts = query.page(also)
        self._found = self.counts[ALL]
        self.count, self.is_capped = min(self._found, COUNT_CAP), self._found > COUNT_CAP

    @cached_property
    def facts(self) -> Hashable:
        """All that the list is drawn from, but for its rows and their totals; None where that cannot be said."""
        asked, state = self.query_asked, self.state
        if asked.is_filtered or state.choices:
            return None
        columns = tuple(state.available.values()), state.shown
        acts = tuple(action["name"] for action in self.bulk_actions), self.takes_all, self.may_export
        first_step = self.empty["action_url"] if self.empty else None
        place = self.summary, self.next_url, self.previous_url, first_step
        return (self.spec, state.path, state.pairs, columns, state.order.key, state.size, self.views_found, acts, place)

    @cached_property
    def columns(self) -> tuple[HeadCell, ...]:
        """The headings; a click sorts, a second click turns the order round."""
        order = self.state.order
        heads = []
        for column in self.state.shown:
            direction = ("desc" if order.descending else "asc") if order.name == column.name else ""
            # figures are looked at from the largest, words from the first
            descending = direction == "asc" or (not direction and column.is_numeric)
            sortable = column.order is not None
            url = self.state.url(**{SORT: f"-{column.name}" if descending else column.name}) if sortable else ""
            label, words = str(column.label), str(column.help)
            edited = column.name if column.editable and self.bulk_actions else ""
            heads.append(
                HeadCell(column.name, label, column.css, sortable, url, direction, column.is_numeric, words, edited)
            )
        return tuple(heads)

    @cached_property
    def rows(self) -> list[RowView]:
        """The rows with their cells drawn."""
        found = self._slice.rows
        row_url = self.spec.row_url
        urls = [row_url(row.id) for row in found]
        columns = [cells_of(column, self._formats, found) for column in self.state.shown]
        if self.spec.url_name:
            columns[0] = linked(columns[0], urls)  # as the name of a thing does
        return [
            RowView(row.id, url, cells) for row, url, cells in zip(found, urls, zip(*columns, strict=True), strict=True)
        ]

    @cached_property
    def totals(self) -> list[Cell] | None:
        """Totals of all matching rows, not of the page alone; None where there are none or too many rows to add up."""
        sums = {column.name: column.total for column in self.state.shown if column.total is not None}
        if not sums or self.is_capped or not self.count:
            return None
        asked = self.query_asked
        rows = narrowed(asked.visible, asked.filtered, self._found) if asked.is_filtered else asked.visible
        found = rows.order_by().aggregate(**{f"total_{name}": total for name, total in sums.items()})
        cells = []
        for column in self.state.shown:
            write = self._formats.formatter(column)
            html = write(found[f"total_{column.name}"]) if column.name in sums else ""
            cells.append(Cell(html, column.cell_css))
        return cells

    @cached_property
    def fields(self) -> tuple[FilterField, ...]:
        """The filters."""
        asked = self.query_asked
        if asked.is_filtered or self.state.choices:
            return filter_fields(asked.filterset, self.state.choices)
        return bare_fields(asked.spec.filterset_class, asked.classes, lambda: asked.filterset)

    @property
    def choices_url(self) -> str:
        """This list with room for the name of the filter whose choices are wanted, at its end."""
        return self.state.url(**{CHOICES: ""})

    @property
    def kept(self) -> tuple[tuple[str, str], ...]:
        """What a new filter must not undo: the order, the columns, the size."""
        return tuple(pair for pair in self.state.pairs if pair[0] in RESERVED)

    @cached_property
    def chips(self) -> list[dict[str, str]]:
        """The filters in force, each with the address of the list without it."""
        if not self.query_asked.is_filtered:
            return []
        return [
            {"label": active.label, "remove_url": self.state.url_without(active.key, active.value)}
            for active in self.query_asked.filterset.active()
        ]

    @property
    def clear_url(self) -> str:
        """The list without any filter."""
        return self.state.bare_url

    @cached_property
    def views(self) -> list[ViewLink]:
        """The reader's saved views of this list and those shared with him."""
        path = self.state.path
        return [
            ViewLink(
                view.id, view.name, f"{path}?{view.query}" if view.query else path, view.asks(self.query),
                view.is_shared, view.is_own, view.delete_url,
            )
            for view in self.views_found
        ]  # fmt: skip

    @cached_property
    def views_found(self) -> tuple[ViewRow, ...]:
        """The saved views as they are kept."""
        return tuple(keeper().saved_views(self.query_asked.user, self.key))

    @property
    def save_view_url(self) -> str:
        """Where the present state can be kept under a name."""
        return keeper().save_url(self.key, self.state.path)

    @property
    def query(self) -> str:
        """The state that a saved view keeps."""
        return self.state.query

    @cached_property
    def summary(self) -> str:
        """How many rows match, in words."""
        shown = formats.number(self.count)
        if self.is_capped:
            shown = _("more than %(count)s") % {"count": shown}
        return str(self.spec.noun % {"count": self.count, "shown": shown})

    @property
    def next_url(self) -> str:
        """The following page, empty on the last."""
        cursor = self._slice.next
        return self.state.url(**{AFTER: cursor.encode(self.state.order)}) if cursor else ""

    @property
    def previous_url(self) -> str:
        """The page before, empty on the first."""
        cursor = self._slice.previous
        return self.state.url(**{BEFORE: cursor.encode(self.state.order)}) if cursor else ""

    @property
    def sizes(self) -> list[dict[str, Any]]:
        """The page sizes to choose from."""
        return [
            {"size": size, "url": self.state.url(**{SIZE: str(size)}), "current": size == self.state.size}
            for size in PAGE_SIZES
        ]

    @cached_property
    def export_urls(self) -> dict[str, str]:
        """Where the whole filtered list can be had as a file, by form."""
        if not self.may_export:
            return {}
        return {form: self.state.url(**{EXPORT: form}) for form in WRITERS}

    @cached_property
    def may_export(self) -> bool:
        """Whether this reader is shown the way to a file."""
        return self.spec.exportable is not None and self.spec.may_export(self.query_asked.user)

    @cached_property
    def bulk_actions(self) -> list[dict[str, Any]]:
        """What this reader may do with selected rows."""
        return [
            {
                "name": action.name,
                "label": action.label,
                "url": address_of(action.url_name) if action.url_name else self.state.url(),
                "takes_all": action.takes_all,
                "icon": action.icon,
                "css": action.css,
            }
            for action in self.spec.bulk_actions
            if action.allowed(self.query_asked.user)
        ]

    @property
    def takes_all(self) -> bool:
        """Whether all matching rows can be chosen at once: there are more than this page shows."""
        return self.count > len(self._slice.rows) and any(action["takes_all"] for action in self.bulk_actions)

    @property
    def has_ticks(self) -> bool:
        """Whether rows can be ticked."""
        return bool(self.bulk_actions)

    @property
    def choosable(self) -> list[Choice]:
        """The columns this reader may choose from."""
        shown = {column.name for column in self.state.shown}
        return [
            Choice(column.name, str(column.label), column.name in shown, str(column.help))
            for column in self.state.available.values()
        ]

    @cached_property
    def tools(self) -> Tools:
        """Saved views, columns and exports."""
        state = self.state
        return Tools(
            path=state.path,
            pairs=tuple(pair for pair in state.pairs if pair[0] != COLUMNS),
            query=self.query,
            views=tuple(self.views),
            save_url=self.save_view_url,
            columns=tuple(self.choosable),
            exports=tuple(self.export_urls.items()),
            has_rows=bool(self._slice.rows),
        )

    @cached_property
    def empty(self) -> dict[str, str] | None:
        """What to say instead of rows."""
        if self._slice.rows:
            return None
        if self.query_asked.is_filtered:
            return {
                "heading": _("Nothing matches these filters"),
                "text": _("Remove a filter or look at the whole list."),
                "action_label": _("Show everything"),
                "action_url": self.clear_url,
            }
        empty = self.spec.empty
        offered = empty.action_url_name and empty.allowed(self.query_asked.user)
        return {
            "heading": empty.heading,
            "text": empty.text,
            "action_label": empty.action_label,
            "action_url": address_of(empty.action_url_name) if offered else "",
        }


def open_page(spec: ListSpec, request: HttpRequest, visible: QuerySet[Any] | None = None) -> ListPage:
    """The page of a list that a request asks for, over the rows its reader may see."""
    return ListPage(Query.read(spec, request, lambda: spec.queryset(request.user) if visible is None else visible))
