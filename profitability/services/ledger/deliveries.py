"""Deliveries on their way into the staging table, a chunk at a time: files as the bytes they are, rows by name."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import chain
from typing import IO, Any, Final, Protocol, cast

from django.db import transaction
from django.utils.translation import gettext as _
from psycopg2 import DataError  # COPY goes past Django, which would wrap it

from kcrm.lib.errors import DomainError
from profitability.services.ledger.columns import COLUMNS, Header, Row
from profitability.services.ledger.cutting import Cutter
from profitability.services.ledger.results import Reject
from profitability.services.ledger.staging import CopyStream

LONGEST_HEADER: Final = 131_072


@dataclass(frozen=True, slots=True)
class Staged:
    """A chunk in the staging table: how many rows came, those no table can hold, whether the delivery ended.

    `is_clean` says that no text has space around it and none is empty rather than NULL.
    """

    count: int
    is_last: bool
    rejects: list[Reject] = field(default_factory=list)
    is_clean: bool = False


class Delivery(Protocol):
    """Ledger rows with a header, handed over chunk by chunk."""

    header: Header

    def stage(self, cursor: Any, limit: int) -> Staged:
        """COPY about the next `limit` rows into ledger_stage, numbered on from the chunk before."""
        ...


def opened(delivery: IO[bytes] | Iterable[Mapping[str, Any]]) -> Delivery:
    """A delivery whose header can be used: a CSV file in UTF-8, or rows by column name. Raises DomainError."""
    if hasattr(delivery, "read"):
        return FileDelivery(cast(IO[bytes], delivery))
    return RowDelivery(delivery)


class RowDelivery:
    """Rows by column name; each may leave out optional columns of its own."""

    def __init__(self, delivery: Iterable[Mapping[str, Any]]) -> None:
        rows = iter(delivery)
        first = next(rows, None)
        if first is not None:
            Header(tuple(first))
        self.header = Header(COLUMNS)
        whole = chain((first,) if first is not None else (), rows)
        self._rows = enumerate((_texts(row) for row in whole), start=2)

    def stage(self, cursor: Any, limit: int) -> Staged:
        """COPY the next `limit` rows into ledger_stage."""
        return _copied(cursor, CopyStream(self._rows, len(self.header.names), limit), self.header)


def _texts(row: Mapping[str, Any]) -> Row:
    if row.keys() - set(COLUMNS):
        return [""] * (len(COLUMNS) + 1)  # more fields than the header: refused by its number
    return [_text(row.get(name)) for name in COLUMNS]


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    return "" if value is None else format(value, "f") if isinstance(value, Decimal) else str(value)


def _copied(cursor: Any, stream: CopyStream, header: Header) -> Staged:
    """Rows as COPY's own text format. Raises what went wrong while they were fetched."""
    cursor.copy_expert(f"COPY ledger_stage ({', '.join(('row_no', *header.names))}) FROM STDIN", stream)
    if stream.error is not None:
        raise stream.error
    return Staged(stream.count, stream.is_last, stream.rejects)


class FileDelivery:
    """A CSV file, whose delimiter is a comma, semicolon or tab, whichever its first line has most of.

    PostgreSQL reads the bytes of a chunk by itself. Where it cannot (a row with a field too many, a blank line, bytes
    that are no text) the same bytes are read row by row, so that only the bad rows are refused. A file whose quotes
    or line ends follow no rule that PostgreSQL knows is read row by row from there on.
    """

    def __init__(self, file: IO[bytes]) -> None:
        first = file.readline(LONGEST_HEADER).decode("utf-8-sig", errors="replace")
        if not first.strip():
            raise DomainError(_("The file is empty."), code="empty")
        self._delimiter = max(",;\t", key=first.count)
        names = next(csv.reader([first], delimiter=self._delimiter))
        self.header = Header(tuple(name.strip().lower() for name in names))
        self._cutter = Cutter(file, self._delimiter)
        sign = self._delimiter.encode()
        self._unclean = (b" " + sign, sign + b" ", b" \n", b"\n ", b" \r", b'" ', b' "', b'""')
        self._next_row = 2
        self._rows: Iterator[tuple[int, Row]] | None = None

    def stage(self, cursor: Any, limit: int) -> Staged:
        """COPY about the next `limit` rows into ledger_stage."""
        if self._rows is None:
            data = self._cutter.next_chunk(limit)
            if data is not None:
                return self._stage_bytes(cursor, data)
            self._rows = self._read(self._cutter.rest())
        return _copied(cursor, CopyStream(self._rows, len(self.header.names), limit), self.header)

    def _stage_bytes(self, cursor: Any, data: bytes) -> Staged:
        is_last = self._cutter.is_at_end
        try:
            with transaction.atomic():
                cursor.execute("ALTER TABLE ledger_stage ALTER row_no RESTART WITH %s", [self._next_row])
                cursor.copy_expert(
                    f"COPY ledger_stage ({', '.join(self.header.names)}) FROM STDIN"
                    f" WITH (FORMAT csv, DELIMITER '{self._delimiter}', ENCODING 'UTF8')",
                    io.BytesIO(data),
                )
                count = int(cursor.rowcount)
        except DataError:
            stream = CopyStream(self._read(io.BytesIO(data)), len(self.header.names), len(data))
            staged = _copied(cursor, stream, self.header)
            return Staged(staged.count, is_last, staged.rejects)
        self._next_row += count
        return Staged(count, is_last, is_clean=not any(mark in data for mark in self._unclean))

    def _read(self, file: IO[bytes]) -> Iterator[tuple[int, Row]]:
        """The numbered rows of a file; one whose quotes cannot be read ends it with a sentence."""
        text = io.TextIOWrapper(file, encoding="utf-8", errors="surrogateescape", newline="")
        reader = csv.reader(text, delimiter=self._delimiter)
        while True:
            try:
                row = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                raise DomainError(
                    _("Row %(row)s cannot be read: %(error)s.") % {"row": self._next_row, "error": error},
                    code="unreadable",
                ) from None
            number = self._next_row
            self._next_row += 1
            yield number, row
