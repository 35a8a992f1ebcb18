"""The pieces of a list's page: comparable, so that what is drawn from equal pieces is drawn once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from kcrm.lib.tables.columns import Cell


class HeadCell(NamedTuple):
    """One column heading."""

    name: str
    label: str
    css: str
    sortable: bool
    sort_url: str
    sorted: str
    numeric: bool
    help: str
    editable: str = ""


class ViewLink(NamedTuple):
    """A saved view."""

    id: int
    label: str
    url: str
    current: bool
    shared: bool
    own: bool
    delete_url: str


class Choice(NamedTuple):
    """A column to choose."""

    name: str
    label: str
    shown: bool
    help: str


class Tools(NamedTuple):
    """What stands beside the filters: comparable, so that it is drawn once for equal lists."""

    path: str
    pairs: tuple[tuple[str, str], ...]
    query: str
    views: tuple[ViewLink, ...]
    save_url: str
    columns: tuple[Choice, ...]
    exports: tuple[tuple[str, str], ...]
    has_rows: bool


class RowView(NamedTuple):
    """One row as the template sees it."""

    id: int
    url: str
    cells: Sequence[Cell]
    selected: bool = False
