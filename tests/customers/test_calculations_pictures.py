"""Pictures keep their points and lose what they tell about place and hand."""

from __future__ import annotations

import struct
import zlib

import pytest

from customers.calculations.pictures import Damaged, without_traces

POINTS = b"\x12\x34\xff\x00\xff\xd3\x56"
TABLES = b"\xff\xdb\x00\x04ab\xff\xc0\x00\x07\x08\x00\x0a\x00\x0a"
SCAN = b"\xff\xda\x00\x04ab" + POINTS + b"\xff\xc4\x00\x04cd\xff\xda\x00\x04ef" + POINTS
JFIF = b"\xff\xe0\x00\x07JFIF\0"
PLACE = b"52.5200 N 13.4050 E"


def segment(marker: int, body: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body


def exif(side: int, order: str = ">") -> bytes:
    start = (b"MM\0*" if order == ">" else b"II*\0") + struct.pack(order + "I", 8)
    entries = struct.pack(order + "HHHIHHHHII", 2, 0x0112, 3, 1, side, 0, 0x8825, 4, 1, 38) + b"\0\0\0\0" + PLACE
    return segment(0xE1, b"Exif\0\0" + start + entries)


def jpeg(*told: bytes) -> bytes:
    return b"\xff\xd8" + JFIF + b"".join(told) + TABLES + SCAN + b"\xff\xd9"


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png(*told: bytes) -> bytes:
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(told) + chunk(b"IDAT", zlib.compress(b"\0\0")) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    "told",
    [exif(1), segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + PLACE), segment(0xED, PLACE), segment(0xFE, PLACE)],
    ids=["EXIF", "XMP", "IPTC", "a comment"],
)
def test_a_photograph_loses_where_it_was_taken_and_nothing_else(told: bytes) -> None:
    assert without_traces(jpeg(told)) == jpeg()


@pytest.mark.parametrize("order", [">", "<"])
def test_a_turned_photograph_stays_turned(order: str) -> None:
    clean = without_traces(jpeg(exif(6, order)))

    assert PLACE not in clean
    assert struct.pack(">HHIHH", 0x0112, 3, 1, 6, 0) in clean
    assert without_traces(clean) == clean


def test_what_hangs_behind_the_end_goes() -> None:
    assert without_traces(jpeg() + b"<html><script>") == jpeg()
    assert without_traces(png() + b"PK\x03\x04") == png()


@pytest.mark.parametrize("name", [b"eXIf", b"tEXt", b"zTXt", b"iTXt", b"tIME"])
def test_a_drawing_keeps_only_what_draws_it(name: bytes) -> None:
    assert without_traces(png(chunk(name, PLACE), chunk(b"pHYs", b"x" * 9))) == png(chunk(b"pHYs", b"x" * 9))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"GIF89a",
        b"\xff\xd8",
        jpeg()[:-9],
        b"\xff\xd8\xff\xe1\xff\xff",
        png()[:-5],
        png()[:60] + b"\1" + png()[61:],
    ],
    ids=["empty", "another kind", "only a start", "no end", "a part beyond the end", "a torn end", "a wrong sum"],
)
def test_a_torn_picture_is_refused(data: bytes) -> None:
    with pytest.raises(Damaged):
        without_traces(data)
