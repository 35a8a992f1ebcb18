"""Statements that PostgreSQL plans once for a connection instead of at every call.

Planning the statement of a page takes longer than running it: 0.6 of 0.9 ms for a list of customers. What a connection
was asked for a few times is therefore prepared on it (PREPARE) and from then on only executed. PostgreSQL itself plans
anew when a table changes or is analysed, and goes on planning for the values of each call where that pays.

Statements go out in full where a pooler keeps no session, and while they are recorded, so that whoever reads the record
can explain them.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from itertools import count
from typing import Any, Final, TypeVar

from django.db import DatabaseError, connections
from django.db.models import Expression, Field, IntegerField

PLANNED_FROM: Final = 3  # calls on one connection: what is asked for less often is not worth keeping
KEPT: Final = 200  # plans on one connection, some ten kilobytes each
GONE: Final = frozenset({"0A000", "26000"})  # a column of the plan has changed its type; the session was discarded

_numbers: Final = count(1)  # of the process: a session may know plans that we have forgotten
Answer = TypeVar("Answer")


class Slot(Expression):
    """The place of a value, an integer if not said, in a statement that is written once."""

    def __init__(self, name: str, output_field: Field[Any, Any] | None = None) -> None:
        super().__init__(output_field=output_field or IntegerField())
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:  # type: ignore[override]  # not its value yet
        """A parameter, with this very place instead of its value."""
        return "%s", [self]


class Words:
    """A statement with `%s` for each parameter: a value that stays, or a `Slot` for one that each call gives."""

    def __init__(self, sql: str, parameters: Sequence[Any]) -> None:
        self.sql, self.parameters = sql, tuple(parameters)
        self._open = tuple(each.name for each in self.parameters if isinstance(each, Slot))
        self._places = f" ({', '.join(['%s'] * len(self._open))})" if self._open else ""

    def filled(self, values: Mapping[str, Any]) -> list[Any]:
        """The parameters of the full statement. Raises KeyError for a value that was not given."""
        return [values[each.name] if isinstance(each, Slot) else each for each in self.parameters]

    def asked(self, alias: str, values: Mapping[str, Any]) -> tuple[str, list[Any]]:
        """What to execute on this thread's connection: the full statement, or its plan there. Raises KeyError."""
        connection = connections[alias]
        if connection.queries_logged or connection.settings_dict["DISABLE_SERVER_SIDE_CURSORS"]:
            return self.sql, self.filled(values)
        name = _plans_of(connection).name_of(self)
        if not name:
            return self.sql, self.filled(values)
        return f"EXECUTE {name}{self._places}", [values[each] for each in self._open]

    def fetch(self, alias: str = "default", **values: Any) -> list[tuple[Any, ...]]:
        """The rows as plain tuples. Raises KeyError for a value that was not given."""

        def fetched() -> list[tuple[Any, ...]]:
            with connections[alias].cursor() as cursor:
                cursor.execute(*self.asked(alias, values))
                return cursor.fetchall()  # type: ignore[no-any-return]  # the stubs say Any

        return again(alias, fetched)

    def definition(self, quoted: Callable[[Any], str]) -> str:
        """The statement as PREPARE takes it: `quoted` writes the values that stay, $1, $2 ... are the others."""
        numbers = iter(range(1, len(self._open) + 1))
        parts = [f"${next(numbers)}" if isinstance(each, Slot) else quoted(each) for each in self.parameters]
        return self.sql % tuple(parts)


def again(alias: str, asked: Callable[[], Answer]) -> Answer:
    """The answer, asked for once more in full words where the connection's plans turned out to be no more.

    Within a transaction there is no second try: a failed statement has ended it.
    """
    try:
        return asked()
    except DatabaseError as error:
        if getattr(error.__cause__, "pgcode", None) not in GONE:
            raise
        connection = connections[alias]
        connection.kcrm_plans = None  # type: ignore[attr-defined]  # see `_plans_of`
        if connection.in_atomic_block:
            raise
        return asked()


class _Plans:
    """The statements that one session of PostgreSQL has planned, and how often it was asked for others."""

    def __init__(self, connection: Any) -> None:
        self._connection, self.session = connection, connection.connection
        self._known: OrderedDict[Words, int | str] = OrderedDict()

    def name_of(self, words: Words) -> str:
        """The name of the plan; empty as long as the statement was not asked for often."""
        found = self._known.get(words, 0)
        if isinstance(found, str):
            self._known.move_to_end(words)
            return found
        self._known[words] = found + 1
        self._known.move_to_end(words)
        if found + 1 >= PLANNED_FROM:
            self._known[words] = self._prepared(words)
            return str(self._known[words])
        self._shortened()
        return ""

    def _prepared(self, words: Words) -> str:
        name = f"kcrm_{next(_numbers)}"
        with self._connection.cursor() as cursor:
            cursor.execute(f"PREPARE {name} AS {words.definition(lambda value: _quoted(cursor, value))}")
        return name

    def _shortened(self) -> None:
        """Forget what was not asked for longest, so that a session's memory stays small."""
        while len(self._known) > KEPT:
            _words, name = self._known.popitem(last=False)
            if isinstance(name, str):
                with self._connection.cursor() as cursor:
                    cursor.execute(f"DEALLOCATE {name}")


def _quoted(cursor: Any, value: Any) -> str:
    return str(cursor.cursor.mogrify("%s", [value]).decode())


def _plans_of(connection: Any) -> _Plans:
    """The plans of the session behind this thread's connection; a new session knows none."""
    connection.ensure_connection()
    plans = getattr(connection, "kcrm_plans", None)
    if plans is None or plans.session is not connection.connection:
        plans = connection.kcrm_plans = _Plans(connection)
    return plans  # type: ignore[no-any-return]  # the stubs say Any
