"""Custom fields in lists: columns to choose, to sort by, to change in place; filters; saved views and files follow."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Any, ClassVar, Final

from django.http import HttpRequest
from django.utils.translation import get_language

from fields.definitions import Book, Definition, book_for
from fields.kinds import kind_of
from kcrm.lib.drawn import Drawn
from kcrm.lib.filters import StrictFilterSet
from kcrm.lib.tables import ListSpec
from kcrm.lib.tables.keyset import Order

KEPT: Final = 64
_specs: Final[Drawn[ListSpec]] = Drawn(KEPT)
_filters: Final[Drawn[type[StrictFilterSet]]] = Drawn(KEPT)


def with_custom(spec: ListSpec, record_type: str, user: Any) -> ListSpec:
    """The list with the columns and filters of custom fields. Each column exists for readers of its field class.

    The same object for the same fields and language, another one after a field changed: what others remember about a
    list holds for as long as the list does.
    """
    book = book_for(user)
    live = book.live(record_type)
    if not live:
        return spec

    def made() -> ListSpec:
        columns = tuple(kind_of(field).column(field) for field in live)
        filters = with_custom_filters(spec.filterset_class, record_type, book)
        return replace(spec, columns=(*spec.columns, *columns), filterset_class=filters)

    return _specs.get((id(spec), record_type, book.stamp, get_language()), made)


def with_custom_filters(known: type[StrictFilterSet], record_type: str, book: Book) -> type[StrictFilterSet]:
    """The filters with those of custom fields. A filter does not exist for readers without its field class."""
    live = book.live(record_type)
    if not live:
        return known
    return _filters.get((known, record_type, book.stamp, get_language()), lambda: _filterset(known, live))


def _filterset(known: type[StrictFilterSet], live: tuple[Definition, ...]) -> type[StrictFilterSet]:
    members: dict[str, Any] = {}
    classes = dict(known.field_classes)
    for field in live:
        for name, found in kind_of(field).filters(field).items():
            members[name] = found
            classes[name] = field.field_class
    return type(known.__name__, (known,), {"__doc__": known.__doc__, "field_classes": classes, **members})


def custom_order(record_type: str, key: str, book: Book, classes: Collection[str]) -> Order | None:
    """The order behind a key such as `-custom_budget`; None where these classes have none of that name."""
    name = key.removeprefix("-")
    field = next((known for known in book.live(record_type, classes) if known.name == name), None)
    column = kind_of(field).column(field) if field else None
    if column is None or column.order is None:
        return None
    return Order(name, column.order, key.startswith("-"), nullable=True)


class CustomColumns:
    """A page over a list whose records have custom fields; stands before the page's base."""

    record_type: ClassVar[str]
    spec: ListSpec

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Give this reader's list the fields of now."""
        self.spec = with_custom(self.spec, self.record_type, request.user)
        super().setup(request, *args, **kwargs)  # type: ignore[misc]  # a view stands behind
