"""The columns of a ledger file, and rows of any shape as texts in their order."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain
from typing import IO, Any, Final, cast

from django.utils.translation import gettext as _

from kcrm.lib.errors import DomainError

REQUIRED: Final = ("document", "line", "customer", "document_on", "product", "quantity", "unit_price")
OPTIONAL: Final = (
    "kind",
    "posted_on",
    "due_on",
    "shipped_on",
    "currency",
    "rate",
    "freight",
    "salesperson",
    "discount",
    "cost",
    "state",
)
COLUMNS: Final = REQUIRED + OPTIONAL
LONGEST_FIELD: Final = 131_072

Row = Sequence[str]


@dataclass(frozen=True, slots=True)
class Header:
    """The column names of a delivery, each known, none twice, none missing that a line needs."""

    names: tuple[str, ...]

    def __post_init__(self) -> None:
        unknown = [name for name in self.names if name not in COLUMNS]
        missing = [name for name in REQUIRED if name not in self.names]
        if unknown:
            raise DomainError(
                _("The ledger does not know the column “%(name)s”. It knows: %(known)s.")
                % {"name": unknown[0][:60], "known": ", ".join(COLUMNS)},
                code="unknown_column",
            )
        if missing:
            raise DomainError(
                _("Columns are missing: %(names)s.") % {"names": ", ".join(missing)}, code="missing_column"
            )
        if len(set(self.names)) != len(self.names):
            raise DomainError(_("A column appears twice."), code="duplicate_column")


def opened(delivery: IO[bytes] | Iterable[Mapping[str, Any]]) -> tuple[Header, Iterator[Row]]:
    """The header of a delivery and its rows as texts: a CSV file in UTF-8, or rows by column name.

    A file's delimiter is a comma, semicolon or tab, whichever its first line has most of. Rows by name may leave out
    optional columns, each its own. Raises DomainError.
    """
    if hasattr(delivery, "read"):
        return _opened_file(cast(IO[bytes], delivery))
    rows = iter(delivery)
    first = next(rows, None)
    if first is not None:
        Header(tuple(first))
    return Header(COLUMNS), (_texts(row) for row in chain((first,) if first is not None else (), rows))


def _texts(row: Mapping[str, Any]) -> Row:
    if row.keys() - set(COLUMNS):
        return [""] * (len(COLUMNS) + 1)  # more fields than the header: refused by its number
    return [_text(row.get(name)) for name in COLUMNS]


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    return "" if value is None else format(value, "f") if isinstance(value, Decimal) else str(value)


def _opened_file(file: IO[bytes]) -> tuple[Header, Iterator[Row]]:
    text = io.TextIOWrapper(file, encoding="utf-8-sig", errors="surrogateescape", newline="")
    first = text.readline(LONGEST_FIELD)
    if not first.strip():
        raise DomainError(_("The file is empty."), code="empty")
    delimiter = max(",;\t", key=first.count)
    names = next(csv.reader([first], delimiter=delimiter))
    header = Header(tuple(name.strip().lower() for name in names))
    return header, _read(csv.reader(text, delimiter=delimiter))


def _read(reader: Iterator[list[str]]) -> Iterator[Row]:
    """The rows of a file; one whose quotes cannot be read ends the file with a sentence, blank ones are left out."""
    number = 1
    while True:
        number += 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise DomainError(
                _("Row %(row)s cannot be read: %(error)s.") % {"row": number, "error": error}, code="unreadable"
            ) from None
        yield row
