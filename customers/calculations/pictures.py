"""Pictures without what they tell about the place, the device and the hand that took them; the picture stays the same.

Only the parts that draw the picture are kept, byte by byte: colour profile, size, tables, points, and which side is up.
Comments, thumbnails, positions and whatever somebody hung behind the end go.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import Final

JPEG_START: Final = b"\xff\xd8"
JPEG_END: Final = 0xD9
SCAN: Final = 0xDA
BARE: Final = frozenset({0x01, *range(0xD0, 0xD8)})
TOLD: Final = frozenset({0xE1, *range(0xE3, 0xEE), 0xEF, 0xFE})  # all application data but JFIF, colours and Adobe's
EXIF: Final = b"Exif\0\0"
UPRIGHT: Final = 1
ORIENTATION: Final = 0x0112
PNG_START: Final = b"\x89PNG\r\n\x1a\n"
DRAWN: Final = frozenset({
    b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"cHRM", b"gAMA", b"iCCP", b"sBIT", b"sRGB", b"cICP", b"bKGD", b"hIST",
    b"pHYs", b"sPLT", b"acTL", b"fcTL", b"fdAT",
})  # fmt: skip


class Damaged(ValueError):
    """The picture ends in the middle or is none."""


def without_traces(data: bytes) -> bytes:
    """A JPEG or PNG with nothing but its picture. Raises Damaged."""
    if data.startswith(JPEG_START):
        return b"".join(_jpeg(data))
    if data.startswith(PNG_START):
        return b"".join(_png(data))
    raise Damaged


def _jpeg(data: bytes) -> Iterator[bytes]:
    yield JPEG_START
    place = 2
    is_turned = False
    while True:
        if data[place : place + 1] != b"\xff" or place + 2 > len(data):
            raise Damaged
        marker = data[place + 1]
        if marker == 0xFF:  # filling
            place += 1
            continue
        if marker == JPEG_END:
            yield b"\xff\xd9"
            return
        if marker in BARE:
            yield data[place : place + 2]
            place += 2
            continue
        if place + 4 > len(data):
            raise Damaged
        end = place + 2 + struct.unpack(">H", data[place + 2 : place + 4])[0]
        if end > len(data) or end < place + 4:
            raise Damaged
        body = data[place + 4 : end]
        if marker == 0xE1 and body.startswith(EXIF) and not is_turned:
            side = _side_up(body[len(EXIF) :])
            if side != UPRIGHT:
                is_turned = True
                yield _exif_of(side)
        if marker not in TOLD:
            yield data[place:end]
        place = end
        if marker == SCAN:
            end = _end_of_scan(data, place)
            yield data[place:end]
            place = end


def _end_of_scan(data: bytes, place: int) -> int:
    """Where the next marker stands that is neither a stuffed byte nor a restart."""
    while True:
        place = data.find(b"\xff", place)
        if place < 0 or place + 1 >= len(data):
            raise Damaged
        if data[place + 1] not in {0x00, *range(0xD0, 0xD8)}:
            return place
        place += 2


def _side_up(tiff: bytes) -> int:
    """Which side of the picture is up, from 1 to 8; 1 where nothing sensible is said."""
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None or len(tiff) < 10:
        return UPRIGHT
    place = struct.unpack(order + "I", tiff[4:8])[0]
    try:
        count = struct.unpack_from(order + "H", tiff, place)[0]
        for number in range(min(count, 200)):
            tag, kind, _times, value = struct.unpack_from(order + "HHIH", tiff, place + 2 + 12 * number)
            if tag == ORIENTATION and kind == 3 and 1 <= value <= 8:
                return int(value)
    except struct.error:
        return UPRIGHT
    return UPRIGHT


def _exif_of(side: int) -> bytes:
    """A segment that says which side is up and nothing else."""
    tiff = b"MM\0*" + struct.pack(">IHHHIHHI", 8, 1, ORIENTATION, 3, 1, side, 0, 0)
    body = EXIF + tiff
    return b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body


def _png(data: bytes) -> Iterator[bytes]:
    yield PNG_START
    place = len(PNG_START)
    while True:
        if place + 12 > len(data):
            raise Damaged
        length = struct.unpack(">I", data[place : place + 4])[0]
        name, end = data[place + 4 : place + 8], place + 12 + length
        if end > len(data):
            raise Damaged
        if name in DRAWN:
            if struct.unpack(">I", data[end - 4 : end])[0] != zlib.crc32(data[place + 4 : end - 4]):
                raise Damaged
            yield data[place:end]
        if name == b"IEND":
            return
        place = end
