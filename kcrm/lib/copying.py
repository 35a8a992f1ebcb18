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
    table, quoted = model._meta.db_table, connection.ops.quote_name
    columns = ", ".join(quoted(str(field.column)) for field in fields)
    with connection.cursor() as cursor:
        _give_keys(cursor, model, made)
        rows = zip(*(_column(field, made) for field in fields), strict=True)
        file = io.BytesIO("".join(["\t".join(row) + "\n" for row in rows]).encode())
        with connection.wrap_database_errors:
            cursor.cursor.copy_expert(f"COPY {quoted(table)} ({columns}) FROM STDIN", file)
    for record in made:
        record._state.adding, record._state.db = False, connection.alias
    return made


def parts_of(rows: Iterable[T], size: int) -> Iterator[list[T]]:
    """The rows in lists of up to `size`."""
    iterator = iter(rows)
    while part := list(islice(iterator, size)):
        yield part


def _give_keys(cursor: Any, model: type[models.Model], records: Sequence[models.Model]) -> None:
    key = model._meta.pk
    without = [record for record in records if record.pk is None]
    if not without or key is None:
        return
    cursor.execute(
        "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
        [connection.ops.quote_name(model._meta.db_table), key.column, len(without)],
    )
    for record, (number,) in zip(without, cursor.fetchall(), strict=True):
        record.pk = number


def _column(field: Any, records: Sequence[models.Model]) -> list[str]:
    """The values of one field as COPY reads them."""
    if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False):
        values = [field.pre_save(record, True) for record in records]
    else:
        name = field.attname
        values = [getattr(record, name) for record in records]
    kind: Any = type(field)
    cell = _cell_of(kind)
    if all(value is values[0] for value in values):
        return [_NULL if values[0] is None else cell(values[0])] * len(values)
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
