"""Hostile documents and pictures, 54 to 60: refused by content and name, or kept without what they tell."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from customers.models import Customer, Document
from tests import personas
from tests.factories.customers import CustomerFactory

pytestmark = pytest.mark.django_db
NAMES = {
    "a path": "../../x.csv", "a device": "con.txt", "200 signs": "x" * 200 + ".txt", "a line break": "a\nb.txt",
    "quotation marks": "a\"b'c.txt", "written from the right": "a\u202etxt.csv",
}  # fmt: skip


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png(width: int = 1, height: int = 1, *told: bytes) -> bytes:
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(told) + chunk(b"IDAT", zlib.compress(b"\0\0")) + chunk(b"IEND", b"")


def jpeg(*told: bytes) -> bytes:
    frame = b"\xff\xdb\x00\x04ab\xff\xc0\x00\x07\x08\x00\x0a\x00\x0a\xff\xda\x00\x04abpoints"
    return b"\xff\xd8" + b"".join(told) + frame + b"\xff\xd9"


def told(marker: int, body: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body


def archive() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr("x.exe", b"MZ")
    return out.getvalue()


REFUSED = {
    "54 60,000 by 60,000 points": ("a.png", png(60_000, 60_000)),
    "56 a drawing with a script": ("a.svg", b"<svg onload='alert(1)'/>"),
    "56 a drawing called a picture": ("a.png", b"<svg><foreignObject/><use href='http://x'/></svg>"),
    "57 a document and an archive": ("a.pdf", b"%PDF-1.7\n" + archive()),
    "58 a document with a script": ("a.pdf", b"%PDF-1.7 <</OpenAction <</S /JavaScript /JS (app.alert(1))>>>>"),
    "58 a document that starts a program": ("a.pdf", b"%PDF-1.7 <</S /L#61unch /F (cmd.exe)>>"),
    "60 an ending in mixed case": ("a.pHp", b"<?php"),
    "60 a second ending": ("a.csv.exe", b"a,b"),
    "60 a name of 300 signs": ("x" * 300 + ".txt", b"words"),
    "60 an ending behind a zero": ("a.exe\0.txt", b"MZ\0"),
}


@pytest.fixture
def customer() -> Customer:
    return CustomerFactory(name="QUICK-Stop")


def upload(customer: Customer, name: str, data: bytes) -> Any:
    client = Client()
    client.force_login(personas.account_manager(customer))
    file = SimpleUploadedFile("x", data)
    file._name = name  # as a browser of ill will sends it
    return client.post(f"/customers/{customer.pk}/documents/new/", {"file": file, "title": ""})


@pytest.mark.parametrize(("name", "data"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_document_is_refused(customer: Customer, media: Path, name: str, data: bytes) -> None:
    answer = upload(customer, name, data)

    assert answer.status_code in {400, 422}
    assert (Document.objects.count(), [path for path in media.rglob("*") if path.is_file()]) == (0, [])


@pytest.mark.parametrize(
    ("name", "data", "clean"),
    [
        ("a.png", png(1, 1, chunk(b"tEXt", b"x" * 20_000_000)), png()),
        ("a.jpg", jpeg() + b"<html><script>alert(1)</script>", jpeg()),
        ("a.jpg", jpeg(told(0xFE, b"<script>alert(1)</script>")), jpeg()),
        ("a.jpg", jpeg(told(0xE1, b"Exif\0\0MM\0*\0\0\0\x08\0\0 52.52 N")), jpeg()),
        ("a.png", png(1, 1, chunk(b"eXIf", b"MM 52.52 N")), png()),
    ],
    ids=["55 a huge text", "57 a page behind it", "57 a page within", "59 a place in a photograph", "59 in a drawing"],
)
def test_pictures_are_kept_without_the_rest(customer: Customer, name: str, data: bytes, clean: bytes) -> None:
    upload(customer, name, data)

    document = Document.objects.get()
    assert document.file.read() == clean
    assert document.size == len(clean)


@pytest.mark.parametrize("name", NAMES.values(), ids=[f"60 {what}" for what in NAMES])
def test_60_names_lead_nowhere_and_mislead_nobody(customer: Customer, media: Path, name: str) -> None:
    upload(customer, name, b"words")

    document = Document.objects.get()
    assert Path(document.file.path).is_relative_to(media)
    assert not set(document.file_name) & set('/\\\n"\u202e')
    assert len(document.file_name) <= 200
