"""Fetch the rows of a list: few statements, plain tuples, never more than a page in memory."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from django.db.models import BigIntegerField, QuerySet, Subquery
from django.db.models.expressions import Combinable

from kcrm.lib.tables.columns import Column
from kcrm.lib.tables.keyset import SORT_ALIAS, Cursor, Order, window

COUNT_CAP: Final = 10_000
COUNT_ALIAS: Final = "list_count"
EXPORT_CHUNK: Final = 2_000


@dataclass(frozen=True)
class Slice:
    """A page of rows with the places before and after it, None where there is nothing."""

    rows: Sequence[Any]
    previous: Cursor | None
    next: Cursor | None


@dataclass(frozen=True)
class Reader:
    """How the values of some columns are fetched: the queryset arguments and the row they become."""

    paths: tuple[str, ...]
    expressions: dict[str, Combinable]
    make: Callable[[Sequence[Any]], Any]

    @classmethod
    def of(cls, columns: Sequence[Column], *, needs: bool = True) -> Reader:
        """A reader for these columns: `row.id`, the columns by name, what they need to be drawn by path."""
        paths: dict[str, str] = {"id": "pk"}
        expressions: dict[str, Combinable] = {}
        for column in columns:
            if isinstance(column.source, str):
                paths[column.name] = column.source
            elif column.source is not None:
                alias = f"column_{column.name}"
                expressions[alias] = column.source
                paths[column.name] = alias
        for column in columns:
            for need in column.needs if needs else ():
                paths.setdefault(need, need)
        return cls(tuple(paths.values()), expressions, _row_type(tuple(paths))._make)

    def values(self, rows: QuerySet[Any], *extra: str) -> QuerySet[Any]:
        """The queryset as tuples, with further values at the end."""
        annotated = rows.annotate(**self.expressions) if self.expressions else rows
        return annotated.values_list(*self.paths, *extra)


@lru_cache(maxsize=512)
def _row_type(names: tuple[str, ...]) -> Any:
    return namedtuple("Row", names)


def capped_count(rows: QuerySet[Any]) -> int:
    """How many rows there are, counted up to one more than the cap."""
    return rows.order_by().values("pk")[: COUNT_CAP + 1].count()


def narrowed(rows: QuerySet[Any], filtered: QuerySet[Any], count: int) -> QuerySet[Any]:
    """The visible rows that passed the filters, so that PostgreSQL finds them first and sorts them after.

    Left alone it would walk the index of the order and test each row, which is slow exactly when few rows match.
    The LIMIT inside is what makes the inner query run on its own; above the cap walking the index is right.
    Each row comes once, however often a filter over a many-to-many relation met it.
    """
    if count > COUNT_CAP and set(filtered.query.alias_map) <= set(rows.query.alias_map):
        return filtered  # no relation was joined, so that no row comes twice
    keys = filtered.order_by().values("pk")
    return rows.filter(pk__in=keys[: COUNT_CAP + 1] if count <= COUNT_CAP else keys)


class CappedCount(Subquery):
    """How many rows there are, up to one more than the cap, as one figure of another query."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) counted)"
    output_field = BigIntegerField()

    def __init__(self, rows: QuerySet[Any]) -> None:
        super().__init__(rows.order_by().values("pk")[: COUNT_CAP + 1])


def fetch_page(
    visible: QuerySet[Any],
    filtered: QuerySet[Any] | None,
    reader: Reader,
    order: Order,
    size: int,
    place: str,
    cursor: str,
    also: Mapping[str, QuerySet[Any]],
) -> tuple[Slice, int, dict[str, int]]:
    """A page of the visible rows that pass the filters (None for no filters), their capped number, and the capped
    numbers of the rows in `also`.

    One statement; a second only where more rows pass the filters than the cap, or a page lies beyond the last row.
    """
    rows = visible if filtered is None else narrowed(visible, filtered, COUNT_CAP)
    counted = {COUNT_ALIAS: visible if filtered is None else filtered, **also}
    found, counts = fetch_slice(rows, counted, reader, order, size, place, cursor)
    if filtered is not None and counts[COUNT_ALIAS] > COUNT_CAP:
        wide = narrowed(visible, filtered, counts[COUNT_ALIAS])
        found, counts = fetch_slice(wide, counted, reader, order, size, place, cursor)
    return found, counts[COUNT_ALIAS], counts


def fetch_slice(
    rows: QuerySet[Any],
    counted: Mapping[str, QuerySet[Any]],
    reader: Reader,
    order: Order,
    size: int,
    place: str,
    cursor: str,
) -> tuple[Slice, dict[str, int]]:
    """The page of `size` rows at a cursor, and the capped numbers of the `counted` rows.

    `place` is after, before, or empty for the first page; going back to fewer than a page's rows gives the first page.
    """
    ordered = order.annotate(rows)
    backwards = place == "before"
    at = Cursor.decode(cursor, order, ordered) if place else None
    figures = {f"{COUNT_ALIAS}_{name}": CappedCount(what) for name, what in counted.items()}
    values = reader.values(ordered.annotate(**figures), *figures, SORT_ALIAS)
    found = list(window(values, order, at, backwards=backwards, size=size + 1))
    more = len(found) > size
    if backwards and not more:
        return fetch_slice(rows, counted, reader, order, size, "", "")
    if found:
        counts = dict(zip(counted, found[0][-1 - len(counted) : -1], strict=True))
    else:
        counts = {name: capped_count(what) if place else 0 for name, what in counted.items()}
    del found[size:]
    if backwards:
        found.reverse()
    has_next, has_previous = more or backwards, more if backwards else bool(place)
    width = len(counted) + 1
    page = Slice(
        rows=[reader.make(values[:-width]) for values in found],
        previous=Cursor(found[0][-1], found[0][0]) if found and has_previous else None,
        next=Cursor(found[-1][-1], found[-1][0]) if found and has_next else None,
    )
    return page, counts


def iterate(rows: QuerySet[Any], reader: Reader, order: Order) -> Iterator[Any]:
    """All rows in order through a server-side cursor, a chunk in memory at a time. Needs a transaction."""
    ordered = order.annotate(rows).order_by(*order.terms())
    return map(reader.make, reader.values(ordered).iterator(chunk_size=EXPORT_CHUNK))
