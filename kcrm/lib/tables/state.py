"""The state of a list as the address line holds it, read strictly and written back."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _

from kcrm.lib.errors import BadQuery
from kcrm.lib.filters import UnknownKey
from kcrm.lib.tables.columns import Column
from kcrm.lib.tables.keyset import Order
from kcrm.lib.tables.spec import DEFAULT_PAGE_SIZE, PAGE_SIZES, ListSpec

SORT: Final = "sort"
COLUMNS: Final = "columns"
SIZE: Final = "size"
AFTER: Final = "after"
BEFORE: Final = "before"
EXPORT: Final = "export"
CHOICES: Final = "choices"  # the filter whose choices are asked for: those that the database knows are not sent unasked
RESERVED: Final = frozenset({SORT, COLUMNS, SIZE, AFTER, BEFORE, EXPORT, CHOICES})
PASSING: Final = frozenset({AFTER, BEFORE, EXPORT, CHOICES})


@dataclass(frozen=True)
class ListState:
    """What the reader asked for: order, columns, page size, place, and the query it came from."""

    path: str
    pairs: tuple[tuple[str, str], ...]
    available: Mapping[str, Column]
    shown: tuple[Column, ...]
    order: Order
    size: int
    after: str = ""
    before: str = ""
    export: str = ""
    choices: str = ""

    def url(self, **changes: str | None) -> str:
        """This list with other values for some keys (None removes one), from its first page."""
        kept = [pair for pair in self.pairs if pair[0] not in changes]
        added = [(key, value) for key, value in changes.items() if value is not None]
        query = urlencode(kept + added)
        return f"{self.path}?{query}" if query else self.path

    def url_without(self, key: str, value: str) -> str:
        """This list without one filter value."""
        query = urlencode([pair for pair in self.pairs if pair != (key, value)])
        return f"{self.path}?{query}" if query else self.path

    @property
    def query(self) -> str:
        """What a saved view keeps: filters, order, columns and size, not the place."""
        return urlencode(self.pairs)

    @property
    def bare_url(self) -> str:
        """This list without filters, its order, columns and size kept."""
        query = urlencode([pair for pair in self.pairs if pair[0] in RESERVED])
        return f"{self.path}?{query}" if query else self.path

    def cursor_key(self) -> str:
        """`after`, `before`, or nothing for the first page."""
        return AFTER if self.after else BEFORE if self.before else ""


def read_state(
    spec: ListSpec, classes: Collection[str], path: str, params: QueryDict, see: Callable[[], QuerySet[Any]]
) -> ListState:
    """Read the list's own keys of a query. Raises BadQuery naming what cannot be read."""
    for key in (RESERVED - {COLUMNS}) & set(params):
        if len(params.getlist(key)) > 1:
            raise BadQuery(_("“%(key)s” may stand in the address once only.") % {"key": key})
    available = spec.columns_for(classes)
    export = params.get(EXPORT, "")
    if EXPORT in params and spec.exportable is None:
        raise UnknownKey(_("This list has no export."))
    if params.get(AFTER) and params.get(BEFORE):
        raise BadQuery(_("Give either “after” or “before”, not both."))
    return ListState(
        path=path,
        pairs=tuple((key, value) for key, values in params.lists() for value in values if value and key not in PASSING),
        available=available,
        shown=_read_columns(",".join(params.getlist(COLUMNS)), available),
        order=_read_order(spec, params.get(SORT, ""), available, see),
        size=_read_size(params.get(SIZE, "")),
        after=params.get(AFTER, ""),
        before=params.get(BEFORE, ""),
        export=export,
        choices=params.get(CHOICES, ""),
    )


def _read_columns(text: str, available: Mapping[str, Column]) -> tuple[Column, ...]:
    if not text:
        return tuple(column for column in available.values() if column.default)
    names = list(dict.fromkeys(filter(None, text.split(","))))
    for name in names:
        if name not in available:
            raise UnknownKey(
                _("Unknown column “%(name)s”. This list knows: %(known)s.")
                % {"name": name[:100], "known": ", ".join(available)}
            )
    return tuple(available[name] for name in names) or tuple(available.values())


def _read_order(spec: ListSpec, text: str, available: dict[str, Column], see: Callable[[], QuerySet[Any]]) -> Order:
    order = spec.order_for(text or spec.default_sort, available, see)
    if order is None:
        known = ", ".join(name for name, column in available.items() if column.order is not None)
        raise UnknownKey(
            _("This list cannot be sorted by “%(name)s”. It sorts by: %(known)s.")
            % {"name": (text or spec.default_sort)[:100], "known": known}
        )
    return order


def _read_size(text: str) -> int:
    if not text:
        return DEFAULT_PAGE_SIZE
    if text not in map(str, PAGE_SIZES):
        raise BadQuery(_("A page has one of these sizes: %(sizes)s.") % {"sizes": ", ".join(map(str, PAGE_SIZES))})
    return int(text)
