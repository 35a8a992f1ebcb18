"""Fetch the rows of a list: few statements, plain tuples, never more than a page in memory."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from time import monotonic
from typing import Any, Final

from django.db.models import BigIntegerField, QuerySet, Subquery
from django.db.models.expressions import Combinable

from kcrm.lib.prepared import Prepared, Slot
from kcrm.lib.tables.columns import Column
from kcrm.lib.tables.keyset import SORT_ALIAS, Cursor, Order, window

COUNT_CAP: Final = 10_000
COUNT_ALIAS: Final = "list_count"
COUNTED_EVERY: Final = 60.0  # seconds in which a list that is longer than the cap is believed to stay so
ALL: Final = "all"  # the name of the list's own number among the counts
BEFORE: Final = "before"
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


class Pages:
    """The pages of a list in one order: each kind of page has one statement, written when it is first asked for.

    `counted` are rows to count in the same statement, up to the cap. More rows than the cap stay more for a while: what
    went over it is not counted again for a minute.
    """

    def __init__(
        self, rows: QuerySet[Any], counted: Mapping[str, QuerySet[Any]], reader: Reader, order: Order, size: int
    ) -> None:
        self._ordered, self._counted = order.annotate(rows), counted
        self._reader, self._order, self._size = reader, order, size
        self._statements: dict[Any, Prepared] = {}
        self._over: dict[str, float] = {}

    def fetch(self, place: str, cursor: str) -> tuple[Slice, dict[str, int]]:
        """The page at a cursor, and the capped numbers of the rows that are counted.

        `place` is after, before, or empty for the first page; going back to fewer than a page's rows gives the first.
        """
        at = Cursor.decode(cursor, self._order, self._ordered) if place else None
        names = tuple(name for name in self._counted if not self._is_over(name))
        statement = self._statement(place, at is not None and at.value is None, names)
        found = statement.fetch(value=at.value, pk=at.pk) if at else statement.fetch()
        backwards, more = place == BEFORE, len(found) > self._size
        if backwards and not more:
            return self.fetch("", "")
        counts = self._counts(names, found, place)
        del found[self._size :]
        if backwards:
            found.reverse()
        has_next, has_previous = more or backwards, more if backwards else bool(place)
        width = len(names) + 1
        page = Slice(
            rows=[self._reader.make(values[:-width]) for values in found],
            previous=Cursor(found[0][-1], found[0][0]) if found and has_previous else None,
            next=Cursor(found[-1][-1], found[-1][0]) if found and has_next else None,
        )
        return page, counts

    def _statement(self, place: str, is_empty: bool, names: tuple[str, ...]) -> Prepared:
        """The statement of a page beside a row, whose value may be empty, that counts the rows of these names."""
        key = (place, is_empty, names)
        if key not in self._statements:
            figures = {f"{COUNT_ALIAS}_{name}": CappedCount(self._counted[name]) for name in names}
            values = self._reader.values(self._ordered.annotate(**figures), *figures, SORT_ALIAS)
            field = self._ordered.query.annotations[SORT_ALIAS].output_field
            at = Cursor(None if is_empty else Slot("value", field), Slot("pk")) if place else None  # type: ignore[arg-type]  # places that are filled in at each call
            rows = window(values, self._order, at, backwards=place == BEFORE, size=self._size + 1)
            self._statements[key] = Prepared(rows)
        return self._statements[key]

    def _counts(self, names: tuple[str, ...], found: Sequence[Any], place: str) -> dict[str, int]:
        if found:
            counts = dict(zip(names, found[0][-1 - len(names) : -1], strict=True))
        else:
            counts = {name: capped_count(self._counted[name]) if place else 0 for name in names}
        self._over |= {name: monotonic() for name, count in counts.items() if count > COUNT_CAP}
        return {name: counts.get(name, COUNT_CAP + 1) for name in self._counted}

    def _is_over(self, name: str) -> bool:
        return name in self._over and monotonic() - self._over[name] < COUNTED_EVERY


def fetch_filtered(
    visible: QuerySet[Any],
    filtered: QuerySet[Any],
    also: Mapping[str, QuerySet[Any]],
    reader: Reader,
    order: Order,
    size: int,
    at: tuple[str, str],
) -> tuple[Slice, dict[str, int]]:
    """The page at a place and cursor of the visible rows that pass the filters, and the capped numbers of them and of
    the rows in `also`.

    One statement; a second only where more rows pass the filters than the cap, or a page lies beyond the last row.
    """
    counted = {ALL: filtered, **also}
    found, counts = Pages(narrowed(visible, filtered, COUNT_CAP), counted, reader, order, size).fetch(*at)
    if counts[ALL] > COUNT_CAP:
        wide = narrowed(visible, filtered, counts[ALL])
        found, counts = Pages(wide, counted, reader, order, size).fetch(*at)
    return found, counts


def iterate(rows: QuerySet[Any], reader: Reader, order: Order) -> Iterator[Any]:
    """All rows in order through a server-side cursor, a chunk in memory at a time. Needs a transaction."""
    ordered = order.annotate(rows).order_by(*order.terms())
    return map(reader.make, reader.values(ordered).iterator(chunk_size=EXPORT_CHUNK))
