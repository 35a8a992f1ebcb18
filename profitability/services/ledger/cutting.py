"""Cut a CSV file between its rows without reading them: a chunk is the bytes of whole rows."""

from __future__ import annotations

import io
import re
from typing import IO, Any, Final

from django.utils.translation import gettext as _

from kcrm.lib.errors import DomainError

BLOCK: Final = 1024 * 1024
LARGEST_CHUNK: Final = 32 * 1024 * 1024  # bytes of one chunk, however few rows they are
SLICE: Final = 65_536


class Cutter:
    """Takes chunks of whole rows from a file; memory holds no more than one chunk.

    A row ends with a line feed outside quotes. `next_chunk` gives None where this cannot be told: quotes amid a field,
    lone carriage returns, quotes that never close. What is then left of the file is `rest`.
    """

    def __init__(self, file: IO[bytes], delimiter: str) -> None:
        self._file = file
        self._kept = b""
        self._is_read = False
        sign = re.escape(delimiter).encode()
        self._stray_quote = re.compile(rb'"(?<=[^"\r\n' + sign + rb']")(?=[^"\r\n' + sign + rb"])")

    @property
    def is_at_end(self) -> bool:
        """Whether every byte was handed out."""
        return self._is_read and not self._kept

    def next_chunk(self, limit: int) -> bytes | None:
        """The next `limit` rows, fewer at the end or where they are very long; None where rows cannot be told apart.

        Raises DomainError for a line that is longer than a chunk may be.
        """
        data = self._kept = self._filled(limit)
        is_quoted = b'"' in data
        end = _end_of_quoted_rows(data, limit) if is_quoted else _end_of_rows(data, limit)
        chunk = data[:end]
        if not chunk and b"\n" not in data and b"\r" not in data and len(data) >= LARGEST_CHUNK:
            raise DomainError(_("A line of the file is longer than any row can be."), code="unreadable")
        is_odd = (
            (not chunk and data)
            or chunk.count(b"\r") != chunk.count(b"\r\n")
            or b"\n\\." in chunk  # ends the data for servers before PostgreSQL 18
            or (is_quoted and self._stray_quote.search(chunk))
        )
        if is_odd:
            return None
        self._kept = data[end:]
        return chunk

    def rest(self) -> IO[bytes]:
        """What was not handed out, as a file."""
        return io.BufferedReader(_Joined(self._kept, self._file), BLOCK)

    def _filled(self, limit: int) -> bytes:
        """What was kept and enough more for the chunk; a last line without its end gets one."""
        parts, size, lines = [self._kept], len(self._kept), self._kept.count(b"\n")
        while lines <= limit and size < LARGEST_CHUNK and not self._is_read:
            block = self._file.read(BLOCK)
            self._is_read = not block
            parts.append(block)
            size += len(block)
            lines += block.count(b"\n")
        data = b"".join(parts)
        return data + b"\n" if self._is_read and data and not data.endswith(b"\n") else data


def _end_of_rows(data: bytes, limit: int) -> int:
    position = 0
    while position < len(data):
        slice_end = position + SLICE
        lines = data.count(b"\n", position, slice_end)
        if lines >= limit:
            for _line in range(limit):
                position = data.index(b"\n", position) + 1
            return position
        limit -= lines
        position = slice_end
    return data.rfind(b"\n") + 1


def _end_of_quoted_rows(data: bytes, limit: int) -> int:
    position = end = 0
    is_open = False
    while limit and (feed := data.find(b"\n", position)) >= 0:
        is_open ^= bool(data.count(b'"', position, feed) & 1)
        position = feed + 1
        if not is_open:
            end = position
            limit -= 1
    return end


class _Joined(io.RawIOBase):
    """Bytes that were read already, then the file they came from."""

    def __init__(self, first: bytes, file: IO[bytes]) -> None:
        self._first, self._file = first, file

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._first[: len(buffer)] or self._file.read(len(buffer))
        self._first = self._first[len(data) :]
        buffer[: len(data)] = data
        return len(data)
