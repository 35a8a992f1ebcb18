"""Rows out of files: what encoding, delimiter and header row a file has, and its rows as texts."""

from __future__ import annotations

import codecs
import csv
import io
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final

from charset_normalizer import from_bytes
from django.utils.translation import gettext as _

from kcrm.lib.errors import DomainError
from kcrm.lib.imports import tables
from kcrm.lib.imports.files import MOST_ROWS

ENCODINGS: Final = (
    "utf-8", "utf-16", "utf-16-le", "utf-16-be", "gb18030", "big5", "shift_jis", "euc_kr", "cp1252", "cp1250", "cp1251",
    "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp1258",
)  # fmt: skip
DELIMITERS: Final = (",", ";", "\t", "|")
RARE_DELIMITERS: Final = (":", "^", "~", "#", "\x1f")  # never guessed, only chosen
SAMPLE: Final = 256 * 1024
GUESSED_FROM: Final = 32 * 1024
DAMAGE: Final = 5  # so many whole signs for each destroyed one
LONGEST_FIELD: Final = 128 * 1024
HEADER_WITHIN: Final = 20
SPARSE: Final = 50  # how many blank rows a preview looks past for each that it shows
csv.field_size_limit(LONGEST_FIELD)

Cells = list[str]


@dataclass(frozen=True, slots=True)
class Reading:
    """How a file is read. `header_row` counts from 1."""

    form: str
    encoding: str = "utf-8"
    delimiter: str = ","
    sheet: str = ""
    header_row: int = 1
    sheets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Preview:
    """The beginning of a file as it is read: its headings and first rows, each with its number."""

    header: tuple[str, ...]
    rows: tuple[tuple[int, Cells], ...]


def guessed(path: str, form: str) -> Reading:
    """How a file is most likely meant. Raises DomainError for one without any text."""
    if form == "xlsx":
        with tables.workbook(path, most=HEADER_WITHIN) as (sheets, rows):
            found = list(rows)
        reading = Reading("xlsx", sheet=sheets[0] if sheets else "", sheets=tuple(sheets))
        return replace(reading, header_row=header_row(found))
    with open(path, "rb") as file:
        sample = file.read(SAMPLE)
    encoding = encoding_of(sample)
    text = sample.decode(encoding, errors="replace").lstrip("\ufeff")
    if not text.strip(" \r\n\t,;|\0"):
        raise DomainError(_("The file is empty."), field="file")
    delimiter = delimiter_of(text)
    reading = Reading("csv", encoding=encoding, delimiter=delimiter)
    return replace(reading, header_row=header_row(list(_parsed(text, delimiter, HEADER_WITHIN))))


def encoding_of(sample: bytes) -> str:
    """The encoding of a text: by its mark, then by what can be decoded, then by what looks like language."""
    if sample.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if sample.startswith(codecs.BOM_UTF8):
        return "utf-8"
    zeros = (sample[0::2].count(0), sample[1::2].count(0))
    if max(zeros) > len(sample) // 5:
        return "utf-16-le" if zeros[1] > zeros[0] else "utf-16-be"
    try:
        codecs.getincrementaldecoder("utf-8")().decode(sample)
    except UnicodeDecodeError:
        if _is_damaged(sample):
            return "utf-8"
        # pure ASCII lines teach nothing about the others
        told = b"\n".join(line for line in sample.splitlines() if not line.isascii())[:GUESSED_FROM]
        best = from_bytes(told, cp_isolation=[name for name in ENCODINGS if not name.startswith("utf")]).best()
        found = codecs.lookup(best.encoding).name if best else "cp1252"
        names = {codecs.lookup(name).name: name for name in ENCODINGS}
        return names.get(found, "cp1252")
    return "utf-8"


def _is_damaged(sample: bytes) -> bool:
    """Whether this is UTF-8 with a few signs destroyed: another encoding hardly ever makes signs of UTF-8 by chance.

    The rows with destroyed signs are refused, all others come in as they are meant.
    """
    text = sample.decode("utf-8", errors="replace")
    bad = text.count("\ufffd")
    return sum(not sign.isascii() for sign in text) - bad > DAMAGE * bad


def encoded_sample(path: str) -> bytes | None:
    """The first line whose signs depend on the encoding, None for a file in plain ASCII."""
    with open(path, "rb") as file:
        lines = file.read(SAMPLE).splitlines()
    return next((line for line in lines if not line.isascii()), None)


def delimiter_of(text: str) -> str:
    """The delimiter by which the first rows fall into the most columns of equal number."""

    def regularity(delimiter: str) -> tuple[int, int]:
        widths = Counter(len(row) for row in _parsed(text, delimiter, HEADER_WITHIN) if any(row))
        if not widths:
            return (0, 0)
        width, times = widths.most_common(1)[0]
        return (times * min(width - 1, 20), -DELIMITERS.index(delimiter))

    return max(DELIMITERS, key=regularity)


def _parsed(text: str, delimiter: str, most: int) -> Iterator[Cells]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        yield from islice(reader, most)
    except csv.Error:
        return


def header_row(rows: Sequence[Cells]) -> int:
    """The number of the first row that fills most of the columns; the rows above it are titles and notes."""
    filled = [sum(1 for cell in row if cell.strip()) for row in rows]
    widest = max(filled, default=0)
    return next((number for number, count in enumerate(filled, 1) if count and count >= widest * 0.6), 1)


def rows_of(
    path: str, reading: Reading, *, most: int = MOST_ROWS, ahead: int | None = None
) -> Iterator[tuple[int, Cells]]:
    """The rows of a file from its header on, each with its number; blank ones are left out.

    `ahead` reads only so many of the rows after the header. Raises DomainError for more rows than `most` or more
    columns than can be, and where the text cannot be taken apart.
    """
    last = reading.header_row + most
    for number, cells in _all_rows(path, reading, last if ahead is None else reading.header_row + ahead):
        if number < reading.header_row or not any(cell.strip() for cell in cells):
            continue
        if number > last:
            raise DomainError(
                _("The file has more than %(count)s rows. Split it, or use the command or the API.")
                % {"count": f"{most:,}"},
                field="file",
                code="too_many_rows",
            )
        yield number, cells


def _all_rows(path: str, reading: Reading, last: int) -> Iterator[tuple[int, Cells]]:
    if reading.form == "xlsx":
        with tables.workbook(path, reading.sheet, most=last + 1) as (_sheets, rows):
            yield from enumerate(rows, 1)
        return
    with tables.text(path, _codec(reading.encoding), reading.delimiter, most=last + 1) as rows:
        yield from enumerate(rows, 1)


def _codec(encoding: str) -> str:
    if encoding not in ENCODINGS:
        raise DomainError(_("This encoding is not known here."), field="encoding")
    return "utf-8-sig" if encoding == "utf-8" else encoding


def previewed(path: str, reading: Reading, *, most: int = 20) -> Preview:
    """The headings and the first rows of a file. Raises DomainError for one without a row under its headings."""
    rows = list(islice(rows_of(path, reading, most=MOST_ROWS, ahead=most * SPARSE), most + 1))
    if not rows or rows[0][0] != reading.header_row:
        raise DomainError(_("Row %(row)s, the header, is empty.") % {"row": reading.header_row}, field="header_row")
    header = headings(rows[0][1])
    if len(rows) < 2:
        raise DomainError(_("The file has headings but no rows under them."), field="file", code="no_rows")
    return Preview(header, tuple(rows[1:]))


def headings(cells: Sequence[str]) -> tuple[str, ...]:
    """The headings of the columns; an empty one is named by its letter, a repeated one by its number."""
    found: list[str] = []
    times: Counter[str] = Counter()
    for index, cell in enumerate(cells):
        name = " ".join(cell.replace("\ufeff", "").replace("\0", "").split())[:100] or column_letter(index)
        times[name] += 1
        found.append(name if times[name] == 1 else f"{name} ({times[name]})")
    return tuple(found)


def column_letter(index: int) -> str:
    """The name of a column as spreadsheets have it: 0 is A, 26 is AA."""
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(65 + rest) + name
    return name
