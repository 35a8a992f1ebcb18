"""Statements that the ORM writes once: the words of a queryset stay, values are filled in for each call.

Building a queryset and compiling it takes longer than PostgreSQL needs for a page's worth of rows. What asks for the
same rows in every request is therefore prepared:

    LATEST = Prepared.once(lambda: Interaction.objects.alive().filter(customer=Slot("customer"))[:5])
    LATEST().fetch(customer=7)

A queryset that also depends on its reader is prepared anew for each reach of a reader (`functools.lru_cache` on what
decides, such as `customers.querysets.Ground`); nothing that a right decides may be left out of that key.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from functools import cache
from types import SimpleNamespace
from typing import Any, Self

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import QuerySet

from kcrm.lib.planned import Slot, Words, again

__all__ = ["Prepared", "Slot"]


class Prepared:
    """A queryset whose statement is written. `fetch` gives what iterating the queryset would give."""

    def __init__(self, rows: QuerySet[Any]) -> None:
        queryset: Any = rows
        query = rows.query
        self._alias = rows.db
        self._iterable = queryset._iterable_class  # what makes models, dicts or tuples of rows
        self._frame = {
            "model": rows.model, "db": rows.db, "_fields": queryset._fields, "_known_related_objects": {},
        }  # fmt: skip
        self._compiler = query.get_compiler(using=rows.db)
        try:
            self.words = Words(*self._compiler.as_sql())
        except EmptyResultSet:  # nothing can match, whatever is filled in
            self.words = Words("", ())
        self._names = {
            "selected": query.selected, "extra_select": query.extra_select, "values_select": query.values_select,
            "annotation_select": query.annotation_select,
        }  # fmt: skip

    @classmethod
    def once(cls, rows: Callable[[], QuerySet[Any]]) -> Callable[[], Self]:
        """What prepares the queryset when it is first asked for: models are not there while modules are read."""
        return cache(lambda: cls(rows()))

    @property
    def is_empty(self) -> bool:
        """Whether no row can ever match."""
        return not self.words.sql

    def fetch(self, **values: Any) -> list[Any]:
        """The rows for these values. Raises KeyError for one that was not given."""
        return [] if self.is_empty else again(self._alias, lambda: self._fetched(values))

    def _fetched(self, values: dict[str, Any]) -> list[Any]:
        # every thread has its own connection, and a compiler reads from the one it knows
        compiler = copy(self._compiler)
        compiler.connection = connections[self._alias]
        asked = self.words.asked(self._alias, values)
        compiler.as_sql = lambda: asked
        query = SimpleNamespace(get_compiler=lambda *args, **kwargs: compiler, **self._names)
        return list(self._iterable(SimpleNamespace(query=query, **self._frame)))

    def first(self, **values: Any) -> Any:
        """The first row for these values, or None."""
        return next(iter(self.fetch(**values)), None)
