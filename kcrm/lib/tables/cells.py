"""One cell of a list on its own, drawn as the list draws it."""

from __future__ import annotations

from typing import Any

from kcrm.lib.tables.columns import Cell
from kcrm.lib.tables.drawing import cells_of
from kcrm.lib.tables.formats import Formats
from kcrm.lib.tables.rows import Reader
from kcrm.lib.tables.spec import ListSpec


def draw_cell(spec: ListSpec, user: Any, pk: int, name: str) -> Cell:
    """The cell of this column and row. Raises DoesNotExist for a row out of sight, KeyError for no such column."""
    rows = spec.queryset(user)
    column = spec.columns_for(spec.allowed_classes(user))[name]
    if column.prepare is not None:
        rows = column.prepare(rows, user)
    reader = Reader.of((column,))
    found = reader.values(rows.order_by().filter(pk=pk)).first()
    if found is None:
        raise rows.model.DoesNotExist
    (cell,) = cells_of(column, Formats(), (reader.make(found),))
    return cell
