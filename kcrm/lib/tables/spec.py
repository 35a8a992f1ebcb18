"""What one list is: its columns, filters, order, links and words. Made once, at import; holds nothing of a request."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from kcrm.lib.filters import OPEN_CLASSES, StrictFilterSet
from kcrm.lib.tables.columns import Column, nullable_path
from kcrm.lib.tables.keyset import Order

PAGE_SIZES: Final = (25, 50, 100, 200)
DEFAULT_PAGE_SIZE: Final = 50
_PLACEHOLDER: Final = 4_611_686_018_427_387_904


NOTHING_HERE: Final = _("Nothing here yet")
ROWS: Final = ngettext_lazy("%(shown)s row", "%(shown)s rows", "count")


@dataclass(frozen=True)
class EmptyState:
    """What an empty list says: what belongs here, and the first step, for those who may take it."""

    heading: Any = NOTHING_HERE
    text: Any = ""
    action_label: Any = ""
    action_url_name: str = ""
    allowed: Callable[[Any], bool] = lambda user: True


@dataclass(frozen=True)
class BulkAction:
    """Something to do with the selected rows. The selection is posted as `ids` to the named URL.

    Without a `url_name` it is posted to the list's own address, filters included. An action that `takes_all` gets
    `all` instead of `ids` when every row that matches is meant, on other pages too.
    """

    name: str
    label: Any
    url_name: str = ""
    icon: str = ""
    css: str = ""
    takes_all: bool = False
    allowed: Callable[[Any], bool] = lambda user: True


@dataclass(frozen=True, eq=False)
class ListSpec:
    """A list that a page shows and an export writes.

    `queryset(user)` gives the rows this user may see; nothing else narrows sight. `url_name` is the page of a row,
    resolved once for the whole list. `default_sort` is a sortable column's name, with `-` for descending.
    `allowed_classes(user)` are the field classes whose columns, filters and orders exist for the user.
    `exportable(user, rows)` narrows the rows to those the user may carry away, or raises PermissionDenied;
    without it the list cannot be exported. `may_export(user)` only decides whether the menu is shown.
    `reader(user)` is named where the rows, without filters, depend on nothing but what it answers and the day: equal
    readers then share the statements of the list's pages. None as its answer, for a token, means that they do not.
    """

    key: str
    title: Any
    columns: tuple[Column, ...]
    queryset: Callable[[Any], QuerySet[Any]]
    default_sort: str
    filterset_class: type[StrictFilterSet] = StrictFilterSet
    url_name: str = ""
    noun: Any = ROWS
    empty: EmptyState = field(default_factory=EmptyState)
    bulk_actions: tuple[BulkAction, ...] = ()
    allowed_classes: Callable[[Any], Collection[str]] = lambda user: OPEN_CLASSES
    exportable: Callable[[Any, QuerySet[Any]], QuerySet[Any]] | None = None
    may_export: Callable[[Any], bool] = lambda user: True
    reader: Callable[[Any], Hashable] | None = None

    def columns_for(self, classes: Collection[str]) -> dict[str, Column]:
        """The columns that exist for a reader of these field classes, by name."""
        return {column.name: column for column in self.columns if column.field_class in classes}

    @cached_property
    def _nullables(self) -> dict[str, bool]:
        return {}

    def order_for(self, key: str, columns: dict[str, Column], see: Callable[[], QuerySet[Any]]) -> Order | None:
        """The order behind a sort key such as `-sales`; None when these columns do not offer it."""
        name = key.removeprefix("-")
        column = columns.get(name)
        if column is None or column.order is None:
            return None
        nullable = column.sort_nullable
        if nullable is None:
            nullable = self._nullables.get(name)
        if nullable is None:
            nullable = nullable_path(see().model, column.order) if isinstance(column.order, str) else True
            self._nullables[name] = nullable
        return Order(name, column.order, key.startswith("-"), nullable)

    @cached_property
    def _url_parts(self) -> tuple[str, str] | None:
        if not self.url_name:
            return None
        before, _sign, after = reverse(self.url_name, args=[_PLACEHOLDER]).partition(str(_PLACEHOLDER))
        return before, after

    def row_url(self, pk: int) -> str:
        """The page of a row, empty where rows have none."""
        parts = self._url_parts
        return f"{parts[0]}{pk}{parts[1]}" if parts else ""
