"""Which files come in: the hostile ones do not, whatever they are called."""

from __future__ import annotations

import io
import struct
import zipfile

import pytest

from customers.calculations.file_types import LARGEST, Refused, media_type_of, plain_name

PNG = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + b"IHDR" + struct.pack(">II", 10, 10) + b"\x08\x02\x00\x00\x00"
JPG = b"\xff\xd8\xff\xe0\x00\x04ab\xff\xc0\x00\x07\x08" + struct.pack(">HH", 10, 10)

TEMPLATE = (
    b'<Relationships><Relationship Type="http://x/relationships/attachedTemplate" TargetMode="External"'
    b' Target="http://x/t.dotm"/></Relationships>'
)


def office(part: str, *others: tuple[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", b"<Types/>")
        archive.writestr(f"{part}/document.xml", b"<x/>")
        for name, data in others:
            archive.writestr(name, data)
    return buffer.getvalue()


def judge(name: str, content: bytes, size: int | None = None) -> str:
    return media_type_of(name, len(content) if size is None else size, io.BytesIO(content))


@pytest.mark.parametrize(
    ("name", "content", "media_type"),
    [
        ("a.pdf", b"%PDF-1.7 x", "application/pdf"),
        ("a.PNG", PNG, "image/png"),
        ("a.jpg", JPG, "image/jpeg"),
        ("价格.txt", "价格".encode(), "text/plain"),
        ("a.csv", "\ufeffa;b".encode("utf-16"), "text/csv"),
        ("a.eml", b"From: a@example.com\r\n\r\n<html>quoted</html>", "message/rfc822"),
        ("a.xlsx", office("xl"), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("a.docx", office("word"), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        ("a.pptx", office("ppt"), "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    ],
)
def test_allowed_files_come_in(name: str, content: bytes, media_type: str) -> None:
    assert judge(name, content) == media_type


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.svg", b"<svg/>", "type"),
        ("a.html", b"<html>", "type"),
        ("a.pdf.exe", b"%PDF-", "type"),
        ("a.xlsm", office("xl"), "type"),
        ("pdf", b"%PDF-", "type"),
        ("a.txt", b"", "size"),
        ("a.pdf", b"MZ\x90", "content"),
        ("a.png", JPG, "content"),
        ("a.jpg", b"\xff\xd8\xff", "content"),
        ("a.pdf", b"%PDF-1.7 /OpenAction << /S /JavaScript /JS (app.alert(1)) >>", "content"),
        ("a.pdf", b"%PDF-1.7 << /S /L#61unch /F (cmd.exe) >>", "content"),
        ("a.pdf", b"%PDF-1.7 " + office("word"), "content"),
        ("a.docx", office("word", ("word/_rels/x.rels", TEMPLATE)), "content"),
        ("a.docx", office("word", ("word/x.xml", b'<!DOCTYPE x [<!ENTITY a "b">]><x/>')), "content"),
        ("a.docx", office("word", ("../x.xml", b"<x/>")), "content"),
        ("a.txt", b" \n<!DOCTYPE html><script>", "content"),
        ("a.csv", "\ufeff<svg onload=x>".encode(), "content"),
        ("a.txt", "<script>".encode("utf-16"), "content"),
        ("a.txt", b"a\0b", "content"),
        ("a.xlsx", office("word"), "content"),
        ("a.xlsx", b"PK\x03\x04broken", "content"),
        ("a.docx", office("word", ("word/vbaProject.bin", b"x")), "content"),
        ("a.docx", office("word", ("word/bomb.xml", b"0" * 5_000_000)), "archive"),
        ("a.docx", office("word", *((f"word/{number}", b"") for number in range(2_000))), "archive"),
        ("a.png", PNG[:16] + struct.pack(">II", 60_000, 60_000), "image"),
        ("a.jpg", JPG[:-4] + struct.pack(">HH", 60_000, 60_000), "image"),
    ],
)
def test_everything_else_is_refused_with_its_reason(name: str, content: bytes, code: str) -> None:
    with pytest.raises(Refused) as refused:
        judge(name, content)

    assert refused.value.code == code


def test_what_is_too_large_is_not_even_read() -> None:
    with pytest.raises(Refused) as refused:
        judge("a.txt", b"x", size=LARGEST + 1)

    assert refused.value.code == "size"


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\x\\offer.pdf", "offer.pdf"),
        ("a\0b\r\nSet-Cookie: x.pdf", "abSet-Cookie x.pdf"),
        ("offer\u202efdp.exe", "offerfdp.exe"),
        ('"><img src=x>.png', "img src=x.png"),
        ("..", "file"),
        ("报价 2026.pdf", "报价 2026.pdf"),
    ],
)
def test_a_senders_name_leads_nowhere(sent: str, kept: str) -> None:
    assert plain_name(sent) == kept
