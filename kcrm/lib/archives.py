"""Office files are archives of XML: which of them are safe to keep and to read, judged before any part is unpacked."""

from __future__ import annotations

import re
import stat
import zipfile
from pathlib import PurePath
from typing import IO, Final

MOST_UNPACKED: Final = 200 * 1024 * 1024
MOST_RATIO: Final = 100
MOST_ENTRIES: Final = 2_000
MOST_LINKS: Final = 1024 * 1024
SMALL: Final = 1024 * 1024
HEAD: Final = 2048
_MACROS: Final = re.compile(r"vbaproject|macrosheets|activex", re.IGNORECASE)
_TYPES: Final = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_RELATION: Final = re.compile(rb"<(?:\w+:)?Relationship\b[^>]*>", re.IGNORECASE)
_EXTERNAL: Final = re.compile(rb"TargetMode\s*=\s*[\"']External[\"']", re.IGNORECASE)
_HARMLESS: Final = re.compile(rb"relationships/(?:hyperlink|externalLinkPath)[\"']", re.IGNORECASE)


class Unsafe(ValueError):
    """Why an archive is not taken.

    `code` is one of damaged, protected, entries, bomb, outside, overlap, macros, document_types, remote.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def check_office(file: IO[bytes], part: str) -> None:
    """Refuse an Office file without `part` (`xl/`, `word/`, `ppt/`), a bomb, what leads outside or runs programs.

    Hyperlinks may lead outside, templates and objects may not. The reading position is left at the start.
    Raises Unsafe.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
            _check_entries(entries)
            names = {entry.filename for entry in entries}
            if "[Content_Types].xml" not in names or not any(name.startswith(part) for name in names):
                raise Unsafe("damaged")
            for entry in entries:
                if entry.filename.lower().endswith((".xml", ".rels")):
                    _check_part(archive, entry)
    except Unsafe:
        raise
    except Exception:
        raise Unsafe("damaged") from None  # the decompressors have errors of their own
    finally:
        file.seek(0)


def _check_part(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    is_links = entry.filename.lower().endswith(".rels")
    with archive.open(entry) as part:
        head = part.read(MOST_LINKS if is_links else HEAD)
    plain = head.replace(b"\0", b"")  # UTF-16 parts hide nothing
    if _TYPES.search(plain):
        raise Unsafe("document_types")
    if entry.filename == "[Content_Types].xml" and b"macroEnabled" in plain:
        raise Unsafe("macros")
    if is_links:
        for relation in _RELATION.findall(plain):
            if _EXTERNAL.search(relation) and not _HARMLESS.search(relation):
                raise Unsafe("remote")


def _check_entries(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > MOST_ENTRIES:
        raise Unsafe("entries")
    packed, unpacked = sum(entry.compress_size for entry in entries), sum(entry.file_size for entry in entries)
    if unpacked > MOST_UNPACKED or (unpacked > SMALL and unpacked > MOST_RATIO * max(packed, 1)):
        raise Unsafe("bomb")
    end = -1
    for entry in sorted(entries, key=lambda entry: entry.header_offset):
        parts = PurePath(entry.filename.replace("\\", "/")).parts
        is_link = stat.S_ISLNK(entry.external_attr >> 16)
        if entry.filename.startswith(("/", "\\")) or ".." in parts or ":" in entry.filename or is_link:
            raise Unsafe("outside")
        if _MACROS.search(entry.filename):
            raise Unsafe("macros")
        if entry.flag_bits & 1:
            raise Unsafe("protected")
        if entry.header_offset < end:
            raise Unsafe("overlap")
        end = entry.header_offset + entry.compress_size
