"""What kind of file this really is, by its content and its name; what cannot be read safely is refused unread."""

from __future__ import annotations

import io
from pathlib import PurePath
from typing import IO, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kcrm.lib import archives
from kcrm.lib.errors import DomainError

MOST_BYTES: Final = 25 * 1024 * 1024
MOST_ROWS: Final = 100_000
MOST_COLUMNS: Final = 200
TEXT_SUFFIXES: Final = frozenset({".csv", ".txt", ".tsv", ".tab"})
OLE: Final = b"\xd0\xcf\x11\xe0"
# Beginnings of files that are no table, whatever their name says
FOREIGN: Final = (
    b"PK", b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"MZ", b"\x7fELF", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", OLE,
)  # fmt: skip
MARKUP: Final = (b"<!doctype", b"<html", b"<svg", b"<?xml", b"<script", b"{\\rtf")

PROTECTED: Final = gettext_lazy(
    "The file is an old or a protected workbook. Save it as XLSX without a password, or as CSV."
)
UNSAFE: Final = {
    "damaged": gettext_lazy("The workbook is damaged. Open it, save it again as XLSX, and try again."),
    "protected": PROTECTED,
    "entries": gettext_lazy("The workbook has more parts than a spreadsheet writes."),
    "bomb": gettext_lazy("The workbook unpacks to far more than it should. Save the sheet as CSV instead."),
    "outside": gettext_lazy("The workbook holds names that lead outside of it."),
    "overlap": gettext_lazy("The workbook's parts overlap, which no spreadsheet writes."),
    "macros": gettext_lazy("The workbook contains macros. Save it as XLSX without them."),
    "document_types": gettext_lazy("The workbook contains document types, which no spreadsheet writes."),
    "remote": gettext_lazy("The workbook loads parts from elsewhere. Save the sheet as CSV instead."),
}


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
        raise _refused(str(PROTECTED))
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
    """Refuse a workbook that is damaged, a bomb, leads outside, holds macros or document types."""
    try:
        archives.check_office(file, "xl/workbook")
    except archives.Unsafe as unsafe:
        raise _refused(str(UNSAFE[unsafe.code])) from None
