"""A score sheet as a file, out and in: the same customers and factors, found again by their codes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, Any

from django.utils.translation import gettext as _

from accounts.models import User
from kcrm.lib.errors import DomainError
from kcrm.lib.export import ExportColumn, Kind, Table
from selection.selectors.sheets import Sheet
from selection.services.sheets import Cell, Kept, save_cells
from selection.services.typed_files import lines_of

CUSTOMER = "customer"


def sheet_table(sheet: Sheet) -> Table:
    """One's own sheet as a table: number and name of the customer, a column for each judged factor."""
    judged = [column for column in sheet.columns if column.judged]
    columns = [
        ExportColumn(CUSTOMER, CUSTOMER, Kind.NUMBER),
        ExportColumn("name", _("Name")),
        *(ExportColumn(column.key, f"{column.name} [{column.key}]") for column in judged),
    ]
    rows: Iterator[list[Any]] = (
        [row.customer.pk, row.customer.name, *(cell.text for cell in row.cells if cell.column.judged)]
        for row in sheet.rows
    )
    return Table(key=f"sheet-{sheet.round.pk}", title=sheet.round.name, columns=columns, rows=rows)


def load_sheet(sheet: Sheet, file: IO[bytes], *, by: User) -> list[Kept]:
    """Keep what a filled sheet holds; empty cells of the file leave what is there.

    Raises DomainError for a file without the column `customer` or without any factor of the round.
    """
    lines = lines_of(file, too_large=_("The file is too large for a score sheet."))
    header = [text.strip() for text in lines[0]] if lines else []
    if CUSTOMER not in header:
        raise DomainError(
            _("The file needs the column customer, as in the sheet that can be downloaded."), field="file"
        )
    keys = {
        at: column.key
        for at, text in enumerate(header)
        for column in sheet.columns
        if column.judged and (text.endswith(f"[{column.key}]") or text in {column.key, column.name})
    }
    if not keys:
        raise DomainError(_("No column of the file is a factor of this round."), field="file")
    place = header.index(CUSTOMER)
    cells = [
        Cell(customer_id=_customer(line[place]), factor_key=key, text=line[at], version=None)
        for line in lines[1:]
        if len(line) > place
        for at, key in keys.items()
        if at < len(line) and line[at].strip()
    ]
    return save_cells(round_id=sheet.round.pk, cells=cells, by=by)


def _customer(text: str) -> int:
    try:
        return int(float(text))
    except ValueError:
        return 0
