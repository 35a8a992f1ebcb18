"""Columns of a query as numpy arrays, read by COPY in binary: no object for each value. Workers only (numpy)."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from django.db import connection
from django.db.models import QuerySet

# What PostgreSQL sends before the first row and after the last one
_HEAD: Final = 19
_TAIL: Final = 2
WHOLE: Final = ">i8"
FLOAT: Final = ">f8"
DATE: Final = ">i4"  # days since 2000-01-01


def columns_of(rows: QuerySet[Any, Any], kinds: Mapping[str, str]) -> dict[str, npt.NDArray[Any]]:
    """The values of these names {name: WHOLE, FLOAT or DATE} in the order of the rows, each in an array.

    Every value must be there and of exactly that kind (`bigint`, `double precision`, `date`): cast in the query, and
    give what may be missing a value of its own. Raises ValueError otherwise.
    """
    statement, parameters = rows.values_list(*kinds).query.sql_with_params()
    file = io.BytesIO()
    with connection.cursor() as cursor, connection.wrap_database_errors:
        inner = cursor.cursor.mogrify(statement, parameters).decode()
        cursor.cursor.copy_expert(f"COPY ({inner}) TO STDOUT (FORMAT binary)", file)
    layout: list[tuple[str, str]] = [("fields", ">i2")]
    for name, kind in kinds.items():
        layout += [(f"length of {name}", ">i4"), (name, kind)]
    form = np.dtype(layout)
    count, rest = divmod(file.tell() - _HEAD - _TAIL, form.itemsize)
    table = np.frombuffer(file.getbuffer(), dtype=form, count=count, offset=_HEAD)
    sizes = [(f"length of {name}", form[name].itemsize) for name in kinds]
    if rest or any((table[length] != size).any() for length, size in sizes):
        raise ValueError("A value is missing or of another kind.")
    return {name: table[name].astype(form[name].newbyteorder("=")) for name in kinds}
