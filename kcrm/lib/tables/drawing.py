"""What turns rows into cells: decided once per column, so that the hot loops do little but look values up.

Texts leave here unescaped unless they are safe strings; whoever writes the markup escapes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from operator import attrgetter
from types import NoneType
from typing import Any, Final

from kcrm.lib.tables.columns import Cell, Column
from kcrm.lib.tables.formats import Formats

Draw = Callable[[Any], Cell]
WRITTEN_ALIKE: Final = frozenset({str, NoneType, int, date, datetime})  # where equal; the decimals 1.0 and 1.00 are not


def cells_of(column: Column, formats: Formats, rows: Sequence[Any]) -> list[Cell]:
    """The cells of a column, one for each row. Cells that are equal may be the same object."""
    if column.render is None:
        write, css, value_of = formats.formatter(column), column.cell_css, attrgetter(column.name)
        return _once(column, rows, lambda row: Cell(write(value_of(row)), css), only=WRITTEN_ALIKE)
    draw = _drawer(column)
    return _once(column, rows, draw) if column.by_value else [draw(row) for row in rows]


def linked(cells: Sequence[Cell], urls: Sequence[str]) -> list[Cell]:
    """The cells as links to these addresses, but for those that lead elsewhere already."""
    return [
        cell if cell.href else Cell(cell.html, cell.css, url, cell.sub) for cell, url in zip(cells, urls, strict=True)
    ]


def _drawer(column: Column) -> Draw:
    render, css, none = column.render, column.cell_css, str(column.none)
    assert render is not None, "a column without it is written, not drawn"  # noqa: S101  # a promise of this module to itself

    def draw(row: Any) -> Cell:
        drawn = render(row)
        if isinstance(drawn, Cell):
            return Cell(drawn.html, f"{css} {drawn.css}".strip(), drawn.href, drawn.sub)
        return Cell(none if drawn is None else drawn, css)

    return draw


def _once(column: Column, rows: Sequence[Any], draw: Draw, only: frozenset[type] | None = None) -> list[Cell]:
    """Draws each value of the column once, of these types where they are named."""
    known: dict[Any, Cell] = {}
    cells = []
    for row, value in zip(rows, map(attrgetter(column.name), rows), strict=True):
        if only is not None and value.__class__ not in only:
            cells.append(draw(row))
            continue
        cell = known.get(value)
        if cell is None:
            cell = known[value] = draw(row)
        cells.append(cell)
    return cells
