"""What kind of file this really is, by its content and its name; what cannot be read safely is refused unread."""

from __future__ import annotations

import io
import stat
import zipfile
from pathlib import PurePath
from typing import IO, Final

from django.utils.translation import gettext as _

from kcrm.lib.errors import DomainError

MOST_BYTES: Final = 25 * 1024 * 1024
MOST_UNPACKED: Final = 200 * 1024 * 1024
MOST_RATIO: Final = 100
MOST_ENTRIES: Final = 2_000
MOST_ROWS: Final = 100_000
MOST_COLUMNS: Final = 200
TEXT_SUFFIXES: Final = frozenset({".csv", ".txt", ".tsv", ".tab"})
SMALL: Final = 1024 * 1024
OLE: Final = b"\xd0\xcf\x11\xe0"
# Beginnings of files that are no table, whatever their name says
FOREIGN: Final = (
    b"PK", b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"MZ", b"\x7fELF", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", OLE,
)  # fmt: skip
MARKUP: Final = (b"<!doctype", b"<html", b"<svg", b"<?xml", b"<script", b"{\\rtf")


def kind_of(file: IO[bytes], name: str) -> str:
    """`csv` or `xlsx`. Raises DomainError for files of other kinds, damaged, protected, oversized or dangerous ones."""
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    head = file.read(4096)
    file.seek(0)
    suffix = PurePath(name.replace("\0", "")).suffix.lower()
    if size == 0:
        raise _refused(_("The file is empty."))
    if size > MOST_BYTES:
        raise _refused(_("The file is larger than 25 MB. Split it, or use the command or the API."))
    if head.startswith(OLE):
        raise _refused(_("The file is an old or a protected workbook. Save it as XLSX without a password, or as CSV."))
    if suffix == ".xlsx":
        if not head.startswith(b"PK\x03\x04"):
            raise _refused(_("The file is called XLSX but is none. Save it as XLSX or CSV and try again."))
        _check_archive(file)
        return "xlsx"
    if suffix not in TEXT_SUFFIXES:
        raise _refused(_("Files end in .csv, .txt, .tsv or .xlsx. Save yours as one of these."))
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if head.startswith(FOREIGN) or start.startswith(MARKUP):
        raise _refused(_("The file is called a text table but is none. Save it as CSV or XLSX and try again."))
    return "csv"


def _refused(sentence: str) -> DomainError:
    return DomainError(sentence, field="file", code="file_refused")


def _check_archive(file: IO[bytes]) -> None:
    """Refuse a workbook whose archive is damaged, a bomb, leads outside, holds macros or document types."""
    damaged = _refused(_("The workbook is damaged. Open it, save it again as XLSX, and try again."))
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
            _check_entries(entries)
            names = {entry.filename for entry in entries}
            if "[Content_Types].xml" not in names or not any(name.startswith("xl/workbook") for name in names):
                raise damaged
            for entry in entries:
                if entry.filename.lower().endswith((".xml", ".rels")):
                    with archive.open(entry) as part:
                        head = part.read(2048)
                    if b"<!DOCTYPE" in head.upper() or b"<!ENTITY" in head.upper():
                        raise _refused(_("The workbook contains document types, which no spreadsheet writes."))
                    if entry.filename == "[Content_Types].xml" and b"macroEnabled" in head:
                        raise _refused(_("The workbook contains macros. Save it as XLSX without them."))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError):
        raise damaged from None
    except Exception as error:
        if isinstance(error, DomainError):
            raise
        raise damaged from None  # the decompressor has errors of its own
    finally:
        file.seek(0)


def _check_entries(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > MOST_ENTRIES:
        raise _refused(_("The workbook has more parts than a spreadsheet writes."))
    packed, unpacked = sum(entry.compress_size for entry in entries), sum(entry.file_size for entry in entries)
    if unpacked > MOST_UNPACKED or (unpacked > SMALL and unpacked > MOST_RATIO * max(packed, 1)):
        raise _refused(_("The workbook unpacks to far more than it should. Save the sheet as CSV instead."))
    end = -1
    for entry in sorted(entries, key=lambda entry: entry.header_offset):
        parts = PurePath(entry.filename.replace("\\", "/")).parts
        is_link = stat.S_ISLNK(entry.external_attr >> 16)
        if entry.filename.startswith(("/", "\\")) or ".." in parts or ":" in entry.filename or is_link:
            raise _refused(_("The workbook holds names that lead outside of it."))
        if "vbaproject" in entry.filename.lower():
            raise _refused(_("The workbook contains macros. Save it as XLSX without them."))
        if entry.flag_bits & 1:
            raise _refused(
                _("The file is an old or a protected workbook. Save it as XLSX without a password, or as CSV.")
            )
        if entry.header_offset < end:
            raise _refused(_("The workbook's parts overlap, which no spreadsheet writes."))
        end = entry.header_offset + entry.compress_size
