"""Which files may come in: judged by their name and by what is in them, within limits, without opening any part."""

from __future__ import annotations

import re
import struct
import zipfile
from typing import IO, Final

from kcrm.lib import archives

LARGEST: Final = 25 * 1024 * 1024
MEGAPIXELS: Final = 50_000_000
MEDIA_TYPES: Final = {
    "csv": "text/csv",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "eml": "message/rfc822",
    "jpeg": "image/jpeg",
    "jpg": "image/jpeg",
    "pdf": "application/pdf",
    "png": "image/png",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "txt": "text/plain",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
OFFICE_PARTS: Final = {"docx": "word/", "pptx": "ppt/", "xlsx": "xl/"}
_MARKUP: Final = re.compile(rb"<\s*(?:!doctype|html|head|body|svg|script|iframe|\?xml)", re.IGNORECASE)
_PDF_ACTS: Final = re.compile(rb"/(?:JavaScript|JS|Launch|EmbeddedFile|RichMedia)(?![A-Za-z])")
_ESCAPE: Final = re.compile(rb"#([0-9A-Fa-f]{2})")


class Refused(ValueError):
    """The file cannot come in; `code` is one of type, content, size, archive, image."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def plain_name(sent: str) -> str:
    """The last part of what a sender calls a file, without signs that mislead; "file" for nothing left."""
    last = re.split(r"[/\\]", sent)[-1]
    kept = "".join(sign for sign in last if sign.isprintable() and sign not in '<>:"|?*;%')
    return " ".join(kept.split()).strip(". ")[-180:] or "file"


def extension_of(name: str) -> str:
    """The part after the last dot, in lower case; empty without one."""
    return name.rsplit(".", 1)[1].lower() if "." in name else ""


def media_type_of(name: str, size: int, content: IO[bytes]) -> str:
    """The media type of a file that may come in; the reading position is left at the start.

    Raises Refused: for an extension that is not on the list, for content that is something else than the extension
    says, for markup and macros whatever they are called, and for what exceeds a limit before anything is unpacked.
    """
    extension = extension_of(name)
    if extension not in MEDIA_TYPES:
        raise Refused("type")
    if not 0 < size <= LARGEST:
        raise Refused("size")
    content.seek(0)
    head = content.read(4096)
    if extension == "pdf":
        _require(head.startswith(b"%PDF-"))
        _check_pdf(content)
    elif extension == "png":
        _check_png(head)
    elif extension in {"jpg", "jpeg"}:
        _check_jpeg(content)
    elif extension in OFFICE_PARTS:
        _check_office(content, OFFICE_PARTS[extension])
    else:
        _check_text(content)
    content.seek(0)
    return MEDIA_TYPES[extension]


def _require(holds: bool, code: str = "content") -> None:
    if not holds:
        raise Refused(code)


def _check_png(head: bytes) -> None:
    _require(head.startswith(b"\x89PNG\r\n\x1a\n") and head[12:16] == b"IHDR" and len(head) >= 24)
    width, height = struct.unpack(">II", head[16:24])
    _require(0 < width * height <= MEGAPIXELS, "image")


def _check_jpeg(content: IO[bytes]) -> None:
    """Walk over the segments to the frame header, which has the size of the picture."""
    content.seek(0)
    _require(content.read(2) == b"\xff\xd8")
    while True:
        marker = content.read(4)
        _require(len(marker) == 4 and marker[0] == 0xFF)
        length = struct.unpack(">H", marker[2:4])[0]
        _require(length >= 2)
        if marker[1] in {0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF}:
            frame = content.read(5)
            _require(len(frame) == 5)
            height, width = struct.unpack(">HH", frame[1:5])
            _require(0 < width * height <= MEGAPIXELS, "image")
            return
        content.seek(length - 2, 1)


def _check_office(content: IO[bytes], part: str) -> None:
    """An Office archive of the right kind, without macros and parts from elsewhere, that unpacks to a bearable size."""
    try:
        archives.check_office(content, part)
    except archives.Unsafe as unsafe:
        raise Refused("archive" if unsafe.code in {"bomb", "entries"} else "content") from None


def _check_pdf(content: IO[bytes]) -> None:
    """A document that runs no script, starts no program and is no archive besides."""
    content.seek(0)
    data = content.read()
    plain = _ESCAPE.sub(lambda found: bytes([int(found[1], 16)]), data)
    _require(not _PDF_ACTS.search(plain) and not zipfile.is_zipfile(content))


def _check_text(content: IO[bytes]) -> None:
    """Text in UTF-8, UTF-16 or a legacy encoding, without zero bytes and without markup at its beginning."""
    content.seek(0)
    data = content.read()
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            data = data.decode("utf-16").encode()
        except UnicodeDecodeError:
            raise Refused("content") from None
    _require(b"\0" not in data)
    _require(not _MARKUP.match(data.lstrip(b"\xef\xbb\xbf \t\r\n")))
