"""A list as CSV straight from PostgreSQL: twenty times faster than through Python, and the same file to the byte.

Only lists whose every column has a plain value go this way. The rules for formulas, moments and words are the twins of
`kcrm.lib.export.quoted`, and a test holds the two to the same file.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import IO, Any, Final

from django.core.exceptions import EmptyResultSet
from django.db import connections, models
from django.db.models import QuerySet
from django.utils import timezone
from psycopg2.extensions import adapt

from kcrm.lib.export import APOSTROPHE, FORMULA_SIGNS, LEADING_SPACE, LINE_SIGNS, quoted
from kcrm.lib.tables.columns import Column
from kcrm.lib.tables.keyset import Order
from kcrm.lib.tables.rows import Reader

TEXTS: Final = (models.CharField, models.TextField)
# Code points that begin no formula: letters up to the control characters, digits, Chinese up to the full-width signs
HARMLESS: Final = ((65, 159), (48, 57), (12_289, 65_290))
FIGURES: Final = (models.IntegerField, models.DecimalField)


def copier(rows: QuerySet[Any], columns: Sequence[Column], order: Order) -> Callable[[IO[bytes]], int] | None:
    """What writes the rows as CSV lines into a file and returns their number; None where a column needs Python."""
    if any(column.export is not None for column in columns):
        return None
    sourced = [column for column in columns if column.source is not None]
    reader = Reader.of(sourced, needs=False)
    ordered = reader.values(order.annotate(rows).order_by(*order.terms()))
    compiler = ordered.query.get_compiler(using=ordered.db)
    try:
        sql, parameters = compiler.as_sql()
    except EmptyResultSet:  # nothing can match, so there is no statement to copy from
        return None
    fields = [selected[0].output_field for selected in compiler.select]
    written = {}
    for number, column in enumerate(sourced, start=1):
        text = _written(f"t.c{number}", column, fields[number])
        if text is None:
            return None
        written[column.name] = text
    names = ", ".join(f"c{number}" for number in range(len(fields)))
    wanted = ", ".join(written.get(column.name, "NULL") for column in columns)

    def copy(file: IO[bytes]) -> int:
        with connections[ordered.db].cursor() as cursor:
            inner = cursor.cursor.mogrify(sql, parameters).decode()
            statement = f"COPY (SELECT {wanted} FROM ({inner}) AS t({names})) TO STDOUT (FORMAT csv, ENCODING 'UTF8')"  # noqa: S608
            cursor.execute("SELECT set_config('TimeZone', %s, true)", [timezone.get_current_timezone_name()])
            cursor.cursor.copy_expert(statement, file)
            count = cursor.cursor.rowcount
            cursor.execute("SELECT set_config('TimeZone', %s, true)", [connections[ordered.db].timezone_name])
            return int(count)

    return copy


def _written(name: str, column: Column, field: models.Field[Any, Any]) -> str | None:
    """The SQL of a value as `export.quoted` would write it; None for types that only Python writes."""
    if column.choices is not None:
        cases = "".join(
            f" WHEN {_literal(key)} THEN {_literal(quoted(str(word)))}" for key, word in column.choices.items()
        )
        return f"CASE {name}::text{cases} ELSE {_guarded(f'{name}::text')} END"
    if isinstance(field, TEXTS):
        return _guarded(name)
    if isinstance(field, models.BooleanField):
        return f"CASE WHEN {name} THEN 'true' WHEN NOT {name} THEN 'false' END"
    if isinstance(field, models.DateTimeField):
        return f"to_char({name}, 'YYYY-MM-DD\"T\"HH24:MI:SSTZH:TZM')"
    if isinstance(field, models.DateField):
        return f"to_char({name}, 'YYYY-MM-DD')"
    return name if isinstance(field, FIGURES) else None


def _guarded(text: str) -> str:
    """An apostrophe before what a spreadsheet could take for a formula; nothing for an empty text.

    Nearly all texts begin with a letter, a digit or a Chinese character: one look at the first character settles them.
    """
    signs = ", ".join(map(_literal, FORMULA_SIGNS))
    lines = ", ".join(map(_literal, LINE_SIGNS))
    harmless = " OR ".join(f"ascii({text}) BETWEEN {low} AND {high}" for low, high in HARMLESS)
    return (
        f"CASE WHEN {harmless} THEN {text}"
        f" WHEN left(ltrim({text}, {_literal(LEADING_SPACE)}), 1) IN ({signs}) OR left({text}, 1) IN ({lines})"
        f" THEN {_literal(APOSTROPHE)} || {text} ELSE NULLIF({text}, '') END"
    )


def _literal(value: Any) -> str:
    """A string of our own (a sign, the word of a choice) as SQL; nothing that a reader sent comes here."""
    literal = adapt(str(value))
    literal.encoding = "utf8"
    return str(literal.getquoted().decode())
