"""Rows on their way into the staging table: escaped for COPY, a chunk at a time, never more than a buffer in memory."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from profitability.services.ledger.columns import Row
from profitability.services.ledger.results import Reject

_ESCAPES: Final = str.maketrans({"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"})


class CopyStream:
    """The next rows of a delivery as a file for COPY: text format, the row number first.

    Rows that no table can hold (wrong number of fields, NUL, bytes that are no UTF-8) are put aside in `rejects`.
    Empty lines are passed over. `count` is how many rows came, `is_last` whether the delivery ended with them.
    """

    def __init__(self, rows: Iterator[tuple[int, Row]], width: int, limit: int) -> None:
        self._rows, self._width, self._limit = rows, width, limit
        self._rest = b""
        self.count = 0
        self.is_last = False
        self.rejects: list[Reject] = []
        self.error: BaseException | None = None

    def read(self, size: int = 65_536) -> bytes:
        """About `size` bytes more; empty at the end of the chunk.

        What goes wrong while rows are fetched is kept in `error`: the database driver would only say that it failed.
        """
        try:
            return self._read(size)
        except BaseException as error:
            self.error = error
            return b""

    def _read(self, size: int) -> bytes:
        parts = [self._rest]
        length = len(self._rest)
        while length < size and self.count < self._limit:
            numbered = next(self._rows, None)
            if numbered is None:
                self.is_last = True
                break
            line = self._line(*numbered)
            parts.append(line)
            length += len(line)
        data = b"".join(parts)
        self._rest = data[size:]
        return data[:size]

    def _line(self, number: int, row: Row) -> bytes:
        if not row or (len(row) == 1 and not row[0].strip()):
            return b""
        self.count += 1
        if len(row) != self._width:
            self.rejects.append(Reject(number, "", "fields"))
            return b""
        text = "\t".join(row)
        if "\0" in text:
            self.rejects.append(Reject(number, "", "characters"))
            return b""
        if "\\" in text or "\n" in text or "\r" in text or text.count("\t") >= self._width:
            text = "\t".join(value.translate(_ESCAPES) for value in row)
        try:
            return f"{number}\t{text}\n".encode()
        except UnicodeEncodeError:
            self.rejects.append(Reject(number, "", "characters"))
            return b""
