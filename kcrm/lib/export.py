"""Tables that travel: one result object for the screen, CSV, workbook and JSON.

A file is written to disk first, hashed, entered into the audit trail, and only then sent: nobody receives a byte
that the trail does not know. Memory stays flat, because rows come through a server-side cursor and leave in chunks.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from tempfile import SpooledTemporaryFile
from typing import IO, Any, Final

import orjson
import xlsxwriter
from django.http import FileResponse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from kcrm.lib.errors import BadQuery

IN_MEMORY: Final = 1024 * 1024
CELL_LENGTH: Final = 32_767
# What a spreadsheet may take for a formula when a text begins with it, in its full-width form too
APOSTROPHE: Final = "'"
FORMULA_SIGNS: Final = "=+-@＝＋－＠"
LINE_SIGNS: Final = "\t\r\n"
LEADING_SPACE: Final = " \t\r\n\v\f\N{NO-BREAK SPACE}\N{IDEOGRAPHIC SPACE}"
FORMULA: Final = re.compile(f"[{LEADING_SPACE}]*[{re.escape(FORMULA_SIGNS)}]|[{LINE_SIGNS}\0]")
CONTENT_TYPES: Final = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
}


class Kind(StrEnum):
    """What a value is: decides its format on the screen and its cell type in a workbook."""

    TEXT = "text"
    NUMBER = "number"
    PERCENT = "percent"
    DATE = "date"
    MOMENT = "moment"
    FLAG = "flag"


@dataclass(frozen=True, slots=True)
class ExportColumn:
    """A column of a table: its stable name, its heading, and what its values are."""

    name: str
    label: str
    kind: Kind = Kind.TEXT
    places: int | None = None


@dataclass(frozen=True)
class Table:
    """A result that can be shown and carried away.

    `rows` are sequences of plain values in the order of `columns`, read once. `totals` is one such row or None.
    `about` says where the figures come from, as (label, text): filters, date, who. `copy`, where there is one, writes
    the same rows as CSV lines into a file without Python touching them, and returns their number.
    """

    key: str
    title: str
    columns: Sequence[ExportColumn]
    rows: Iterable[Sequence[Any]]
    totals: Sequence[Any] | None = None
    about: Sequence[tuple[str, str]] = field(default_factory=tuple)
    copy: Callable[[IO[bytes]], int] | None = None


def is_formula(text: str) -> bool:
    """Whether a spreadsheet could take this text for a formula."""
    return FORMULA.match(text) is not None


def quoted(value: Any) -> Any:
    """The value for a text file: a text that looks like a formula gets an apostrophe, numbers stay numbers."""
    if isinstance(value, str):
        return f"{APOSTROPHE}{value}" if FORMULA.match(value) else value
    if isinstance(value, datetime):
        return timezone.localtime(value).isoformat(timespec="seconds")
    if isinstance(value, bool):
        return "true" if value else "false"
    return value


class _Lines:
    """Ends lines as PostgreSQL does; told to write such ends, Python's writer would leave a lone CR unquoted."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self._write = text.write

    def write(self, line: str) -> int:
        """One row."""
        return self._write(f"{line[:-2]}\n")


def write_csv(table: Table, file: IO[bytes]) -> int:
    """Write the table as CSV that Excel opens as UTF-8; returns the number of rows. Totals are left to the reader."""
    text = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=False)
    text.write("\N{ZERO WIDTH NO-BREAK SPACE}")
    writer = csv.writer(_Lines(text))
    writer.writerow([quoted(str(column.label)) for column in table.columns])
    if table.copy is not None:
        text.flush()
        text.detach()
        return table.copy(file)
    count = 0

    def counted() -> Iterator[list[Any]]:
        nonlocal count
        for row in table.rows:
            count += 1
            yield [quoted(value) for value in row]

    writer.writerows(counted())
    text.flush()
    text.detach()
    return count


def write_json(table: Table, file: IO[bytes]) -> int:
    """Write the table as one JSON object: title, about, columns, rows as objects; returns the number of rows."""
    names = [column.name for column in table.columns]
    head = {
        "title": str(table.title),
        "about": dict(table.about),
        "columns": [{"name": column.name, "label": str(column.label)} for column in table.columns],
    }
    file.write(orjson.dumps(head)[:-1] + b',"rows":[')
    count = 0
    for row in table.rows:
        file.write((b",\n" if count else b"\n") + orjson.dumps(dict(zip(names, row, strict=True)), default=str))
        count += 1
    file.write(b"\n]}\n")
    return count


def write_xlsx(table: Table, file: IO[bytes]) -> int:
    """Write the table as a workbook with typed cells and a sheet about its origin; returns the number of rows."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(file, options) as book:
        return _Sheet(book, table).write()


class _Sheet:
    """The sheets of one workbook."""

    def __init__(self, book: xlsxwriter.Workbook, table: Table) -> None:
        self.table, self.book = table, book
        self.head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        self.quote = book.add_format({"quote_prefix": True})
        self.formats = [book.add_format(_number_format(column)) for column in table.columns]
        self.total_formats = [
            book.add_format(_number_format(column) | {"bold": True, "top": 1}) for column in table.columns
        ]

    def write(self) -> int:
        """Both sheets; returns the number of rows."""
        # sheet names allow 31 characters and none of []:*?/\
        sheet = self.book.add_worksheet(re.sub(r"[\[\]:*?/\\']", " ", str(self.table.title))[:31])
        sheet.freeze_panes(1, 0)
        for index, column in enumerate(self.table.columns):
            sheet.set_column(index, index, max(12, min(40, len(str(column.label)) + 4)))
        for index, column in enumerate(self.table.columns):
            sheet.write_string(0, index, str(column.label), self.head)
        count = 0
        for count, row in enumerate(self.table.rows, start=1):
            self._row(sheet, count, row, self.formats)
        if self.table.totals is not None:
            self._row(sheet, count + 1, self.table.totals, self.total_formats)
        self._about(count)
        return count

    def _row(self, sheet: Any, number: int, row: Sequence[Any], formats: Sequence[Any]) -> None:
        for index, value in enumerate(row):
            if value is None or value == "":
                continue
            if isinstance(value, bool):
                sheet.write_boolean(number, index, value)
            elif isinstance(value, int | float | Decimal):
                sheet.write_number(number, index, value, formats[index])
            elif isinstance(value, datetime):
                sheet.write_datetime(number, index, timezone.localtime(value).replace(tzinfo=None), formats[index])
            elif isinstance(value, date):
                sheet.write_datetime(number, index, value, formats[index])
            else:
                text = str(value)[:CELL_LENGTH]
                sheet.write_string(number, index, text, self.quote if is_formula(text) else None)

    def _about(self, count: int) -> None:
        sheet = self.book.add_worksheet(_("About"))
        sheet.set_column(0, 0, 24)
        sheet.set_column(1, 1, 80)
        for number, (label, text) in enumerate([*self.table.about, (_("Rows"), str(count))]):
            sheet.write_string(number, 0, str(label), self.head)
            sheet.write_string(number, 1, str(text)[:CELL_LENGTH])


def _number_format(column: ExportColumn) -> dict[str, Any]:
    places = column.places
    if column.kind is Kind.PERCENT:
        return {"num_format": "0%" if places == 0 else f"0.{'0' * (places or 1)}%"}
    if column.kind is Kind.NUMBER:
        return {"num_format": f"#,##0.{'0' * places}" if places else "#,##0"}
    if column.kind is Kind.DATE:
        return {"num_format": "yyyy-mm-dd"}
    if column.kind is Kind.MOMENT:
        return {"num_format": "yyyy-mm-dd hh:mm"}
    return {}


WRITERS: Final[dict[str, Callable[[Table, IO[bytes]], int]]] = {
    "csv": write_csv,
    "xlsx": write_xlsx,
    "json": write_json,
}


@dataclass(frozen=True)
class ExportFile:
    """A written export: the open file at its beginning, its number of rows and its SHA-256."""

    file: IO[bytes]
    form: str
    name: str
    count: int
    size: int
    digest: str

    def response(self) -> FileResponse:
        """The answer that sends the file as a download."""
        answer = FileResponse(self.file, as_attachment=True, filename=self.name, content_type=CONTENT_TYPES[self.form])
        answer["Content-Length"] = str(self.size)
        return answer


def write_file(table: Table, form: str, *, today: date) -> ExportFile:
    """Write a table to a temporary file in one of the forms. Raises BadQuery for an unknown form."""
    if form not in WRITERS:
        raise BadQuery(_("An export has one of these forms: %(known)s.") % {"known": ", ".join(WRITERS)})
    file = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - the response closes it
    count = WRITERS[form](table, file)
    size = file.tell() if form != "xlsx" else file.seek(0, io.SEEK_END)
    file.seek(0)
    digest = hashlib.sha256()
    while chunk := file.read(IN_MEMORY):
        digest.update(chunk)
    file.seek(0)
    name = f"{slugify(table.key) or 'table'}-{today.isoformat()}.{form}"
    return ExportFile(file, form, name, count, size, digest.hexdigest())
