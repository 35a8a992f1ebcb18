"""Many new records at once, by COPY: what `bulk_create` does, without an expression for every cell."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from functools import cache
from itertools import islice
from typing import Any, Final, TypeVar
from uuid import UUID

import orjson
from django.contrib.postgres.fields import ArrayField
from django.db import connection, models
from django.utils import timezone

_NULL: Final = "\\N"
_ESCAPES: Final = str.maketrans({"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"})
Cell = Callable[[Any], str]
T = TypeVar("T")
M = TypeVar("M", bound=models.Model)


def insert_all(records: Iterable[M]) -> list[M]:
    """Write new records of one model in one COPY and give them their keys; triggers and constraints hold as ever.

    Keys come from the table's own sequence, in the order of the records. Values are written as they are, those that
    the database makes on writing excepted: `auto_now`, `auto_now_add`. Raises what `bulk_create` raises.
    """
    made = list(records)
    if not made:
        return made
    model = type(made[0])
    fields = [field for field in model._meta.local_concrete_fields if not field.generated]
    without = [record for record in made if record.pk is None]
    for record, key in zip(without, new_keys(model, len(without)), strict=True):
        record.pk = key
    _copy(model, fields, [_column(field, made) for field in fields])
    for record in made:
        record._state.adding, record._state.db = False, connection.alias
    return made


def insert_rows(model: type[models.Model], names: Sequence[str], rows: Sequence[Sequence[Any]]) -> int:
    """Write new rows of one model in one COPY without a record for each; returns how many.

    `rows` have the values of the columns `names`, references as keys. All other columns get their defaults; the key of
    the table is given by the table unless it is named (see `new_keys`). Raises what `bulk_create` raises.
    """
    if not rows:
        return 0
    given = dict(zip(names, zip(*rows, strict=True), strict=True))
    fields = [
        field
        for field in model._meta.local_concrete_fields
        if not field.generated and (field.attname in given or not field.primary_key)
    ]
    if unknown := given.keys() - {field.attname for field in fields}:
        raise KeyError(", ".join(sorted(unknown)))
    columns = [_texts(field, given.get(field.attname) or [_default(field)] * len(rows)) for field in fields]
    _copy(model, fields, columns)
    return len(rows)


def new_keys(model: type[models.Model], count: int) -> list[int]:
    """That many keys of the table's own sequence, in their order."""
    key: Any = model._meta.pk
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT nextval(s.name) FROM (SELECT pg_get_serial_sequence(%s, %s)::regclass AS name OFFSET 0) AS s,
               generate_series(1, %s)""",
            [connection.ops.quote_name(model._meta.db_table), key.column, count],
        )
        return [number for (number,) in cursor.fetchall()] if count else []


def parts_of(rows: Iterable[T], size: int) -> Iterator[list[T]]:
    """The rows in lists of up to `size`."""
    iterator = iter(rows)
    while part := list(islice(iterator, size)):
        yield part


def _copy(model: type[models.Model], fields: Sequence[Any], columns: Sequence[Sequence[str]]) -> None:
    quoted = connection.ops.quote_name
    names = ", ".join(quoted(str(field.column)) for field in fields)
    text = "\n".join(map("\t".join, zip(*columns, strict=True))) + "\n"
    with connection.cursor() as cursor, connection.wrap_database_errors:
        cursor.cursor.copy_expert(
            f"COPY {quoted(model._meta.db_table)} ({names}) FROM STDIN", io.BytesIO(text.encode())
        )


def _default(field: Any) -> Any:
    """What a new row has that says nothing of this column."""
    return timezone.now() if _is_stamp(field) else field.get_default()


def _is_stamp(field: Any) -> bool:
    return bool(getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False))


def _column(field: Any, records: Sequence[models.Model]) -> Sequence[str]:
    """The values of one field of records as COPY reads them."""
    if _is_stamp(field):
        return _texts(field, [field.pre_save(record, True) for record in records])
    name = field.attname
    return _texts(field, [getattr(record, name) for record in records])


def _texts(field: Any, values: Sequence[Any]) -> Sequence[str]:
    """The values of one field as COPY reads them."""
    kind: Any = type(field)
    cell, first = _cell_of(kind), values[0]
    if len(set(map(id, values))) == 1:
        return [_NULL if first is None else cell(first)] * len(values)
    if cell is _plain and set(map(type, values)) == {str} and not _needs_escape("".join(values)):
        return values
    return [_NULL if value is None else cell(value) for value in values]


@cache
def _cell_of(kind: type[models.Field[Any, Any]]) -> Cell:
    if issubclass(kind, models.JSONField):
        return _json
    return _array if issubclass(kind, ArrayField) else _plain


def _json(value: Any) -> str:
    return orjson.dumps(value, option=orjson.OPT_PASSTHROUGH_DATETIME, default=_refuse).decode().replace("\\", "\\\\")


def _refuse(value: Any) -> Any:
    raise TypeError(f"{type(value).__name__} is nothing that JSON holds")


def _array(value: Sequence[Any]) -> str:
    inside = ['"' + str(one).replace("\\", "\\\\").replace('"', '\\"') + '"' for one in value]
    return ("{" + ",".join(inside) + "}").translate(_ESCAPES)


def _plain(value: Any) -> str:
    if isinstance(value, str):
        return str.translate(value, _ESCAPES) if _needs_escape(value) else str(value)
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, int | float | Decimal | UUID):
        return str(value)
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} is nothing that a column holds")


def _needs_escape(text: str) -> bool:
    return "\\" in text or "\n" in text or "\t" in text or "\r" in text
