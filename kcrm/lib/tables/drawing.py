"""What turns a row into cells: decided once per column, so that the hot loop only calls functions.

Texts leave here unescaped unless they are safe strings; whoever writes the markup escapes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from kcrm.lib.tables.columns import Cell, Column
from kcrm.lib.tables.formats import Formats

Draw = Callable[[Any, str], Cell]


def drawers(columns: Sequence[Column], formats: Formats, *, links: bool) -> list[Draw]:
    """One function per column that draws its cell from a row and the row's address.

    The first column links to the row, as the name of a thing does.
    """
    return [_drawer(column, formats, link=links and index == 0) for index, column in enumerate(columns)]


def _drawer(column: Column, formats: Formats, *, link: bool) -> Draw:
    css = column.cell_css
    if column.render is None:
        write, name = formats.formatter(column), column.name
        if link:
            return lambda row, url: Cell(write(getattr(row, name)), css, url)
        return lambda row, url: Cell(write(getattr(row, name)), css)
    render, none = column.render, str(column.none)

    def draw(row: Any, url: str) -> Cell:
        drawn = render(row)
        if isinstance(drawn, Cell):
            return Cell(drawn.html, f"{css} {drawn.css}".strip(), drawn.href or (url if link else ""), drawn.sub)
        return Cell(none if drawn is None else drawn, css, url if link else "")

    if not column.by_value:
        return draw
    name, known = column.name, {}  # type: ignore[var-annotated]  # any value that can be a key

    def draw_once(row: Any, url: str) -> Cell:
        value = getattr(row, name)
        cell = known.get(value)
        if cell is None:
            cell = known[value] = draw(row, "")
        return cell._replace(href=url) if link else cell

    return draw_once
