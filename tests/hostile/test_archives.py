"""Hostile workbooks, 37 to 53: refused unread, or read in a child whose end touches nothing else."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
import xlsxwriter

from accounts.models import User
from customers.models import Customer, ImportBatch
from customers.services.imports import batches, running
from kcrm.lib.errors import DomainError

pytestmark = pytest.mark.django_db
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
SHEET = "xl/worksheets/sheet1.xml"
RELATION = (
    '<Relationships><Relationship Id="r1" Type="http://x/{kind}" TargetMode="External" Target="{to}"/></Relationships>'
)


def workbook(rows: list[list[Any]]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet("Data")
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return out.getvalue()


def changed(parts: dict[str, bytes] | None = None, *, raw: Callable[[zipfile.ZipFile], None] | None = None) -> bytes:
    """A good workbook with parts replaced or added."""
    given, out = dict(parts or {}), io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook([["id", "name"], ["1", "Acme"]]))) as good,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        for entry in good.infolist():
            archive.writestr(entry.filename, given.pop(entry.filename, good.read(entry.filename)))
        for name, data in given.items():
            archive.writestr(name, data)
        if raw is not None:
            raw(archive)
    return out.getvalue()


def sheet(rows: str, dimension: str = "A1:B2") -> bytes:
    text = f'<worksheet xmlns="{MAIN}"><dimension ref="{dimension}"/><sheetData>{rows}</sheetData></worksheet>'
    return text.encode()


def cell(place: str, value: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{value}</t></is></c>'


def nested() -> bytes:
    data = b"0" * 5_000_000
    for _level in range(3):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("inner.zip", data)
        data = out.getvalue()
    return data


def overlapping() -> bytes:
    """The directory names one stored part twice."""
    data = bytearray(changed())
    first = data.index(b"PK\x01\x02")
    second = data.index(b"PK\x01\x02", first + 4)
    data[second + 42 : second + 46] = data[first + 42 : first + 46]
    return bytes(data)


def lying_about_sizes() -> bytes:
    """The directory says that each part is ten bytes long."""
    data = bytearray(changed({SHEET: sheet(f"<row>{cell('A1', 'x' * 5_000_000)}</row>")}))
    place = 0
    while (place := data.find(b"PK\x01\x02", place + 1)) > 0:
        data[place + 24 : place + 28] = struct.pack("<I", 10)
    return bytes(data)


def with_link(archive: zipfile.ZipFile) -> None:
    link = zipfile.ZipInfo("xl/link.xml")
    link.external_attr = 0o120777 << 16
    archive.writestr(link, "/etc/passwd")


def locked() -> bytes:
    data = bytearray(changed())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = data.index(mark)
        data[place + offset] |= 1
    return bytes(data)


LAUGHS = "".join(f'<!ENTITY l{n} "{"&l" + str(n - 1) + ";" if n else "ha"}">' for n in range(9))
REFUSED: dict[str, Callable[[], bytes]] = {
    "37 86 MB in 300 KiB": lambda: changed({SHEET: sheet("<row><c><v>1</v></c></row>" * 3_400_000)}),
    "38 an archive in an archive": nested,
    "39 overlapping parts": overlapping,
    "40 a part above": lambda: changed({"../../x.xml": b"<x/>"}),
    "40 a part from the root": lambda: changed({"/etc/x.xml": b"<x/>"}),
    "41 a symbolic link": lambda: changed(raw=with_link),
    "42 too many parts": lambda: changed({f"xl/x{n}.bin": b"" for n in range(5_000)}),
    "43 a wrong size": lying_about_sizes,
    "44 a billion laughs": lambda: changed({SHEET: f"<!DOCTYPE x [{LAUGHS}]>".encode() + sheet("")}),
    "45 an entity from a file": lambda: changed(
        {SHEET: b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>' + sheet("<row>&e;</row>")}
    ),
    "45 an entity in UTF-16": lambda: changed(
        {SHEET: '<!DOCTYPE x [<!ENTITY e SYSTEM "http://x/">]><worksheet/>'.encode("utf-16")}
    ),
    "46 a part from elsewhere": lambda: changed(
        {"xl/worksheets/_rels/sheet1.xml.rels": RELATION.format(kind="oleObject", to="http://x/a").encode()}
    ),
    "47 macros": lambda: changed({"xl/vbaProject.bin": b"x"}),
    "51 a password": lambda: b"\xd0\xcf\x11\xe0" + b"\0" * 2_000,
    "51 a locked part": locked,
    "52 an old workbook": lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500,
    "52 HTML": lambda: b"<html><table><tr><td>1</td></tr></table></html>",
    "53 a torn archive": lambda: changed()[:700],
}  # fmt: skip


def taken(by: User, data: bytes) -> ImportBatch:
    batch = batches.upload_file(importable="customers", file=io.BytesIO(data), name="a.xlsx", source="erp", by=by)
    given = {name: getattr(batch, name) for name in ("mapping", "formats", "policy", "keys")}
    batches.set_mapping(batch_id=batch.pk, version=None, by=by, **given)
    return running.run_batch(batch_id=batch.pk, by=by)


@pytest.mark.parametrize("made", REFUSED.values(), ids=REFUSED)
def test_a_workbook_that_is_none_is_refused_with_a_sentence(director: User, made: Callable[[], bytes]) -> None:
    with pytest.raises(DomainError) as refused:
        taken(director, made())

    assert str(refused.value)
    assert (ImportBatch.objects.count(), Customer.objects.count()) == (0, 0)


@pytest.mark.hostile
def test_42_a_hundred_thousand_parts_are_refused(director: User) -> None:
    with pytest.raises(DomainError):
        taken(director, changed({f"x{n}": b"" for n in range(100_000)}))


def test_48_a_sheet_that_claims_to_be_endless_has_the_rows_that_it_has(director: User) -> None:
    rows = f"<row r='1'>{cell('A1', 'id')}{cell('B1', 'name')}</row><row r='2'>{cell('A2', '1')}{cell('B2', 'A')}</row>"

    batch = taken(director, changed({SHEET: sheet(rows, "A1:XFD1048576")}))

    assert (batch.state, batch.created) == ("done", 1)


def test_48_a_cell_at_the_far_end_is_refused(director: User) -> None:
    rows = f"<row r='1'>{cell('A1', 'id')}</row><row r='1048576'>{cell('XFD1048576', 'x')}</row>"

    with pytest.raises(DomainError):
        taken(director, changed({SHEET: sheet(rows, "A1:XFD1048576")}))


@pytest.mark.hostile
def test_49_a_million_texts_end_within_the_limits(director: User) -> None:
    names = ["id", "name", *(f"{n:x}{n * 7919:x}" for n in range(1_000_000))]
    texts = "".join(f"<si><t>{name}</t></si>" for name in names)
    strings = f'<sst xmlns="{MAIN}" count="1000000" uniqueCount="1000000">{texts}</sst>'.encode()

    batch = taken(director, changed({"xl/sharedStrings.xml": strings}))

    assert batch.state in {"done", "failed"}


def test_50_formulas_bring_their_values_and_faults_are_words(director: User) -> None:
    formula = '<c r="B2" t="str"><f>"A"&amp;"B"</f><v>AB</v></c><c r="C2" t="e"><f>1/0</f><v>#REF!</v></c>'
    head = "".join(cell(f"{letter}1", name) for letter, name in zip("ABC", ("id", "name", "city"), strict=True))
    data = changed({SHEET: sheet(f"<row r='1'>{head}</row><row r='2'>{cell('A2', '1')}{formula}</row>", "A1:C2")})

    taken(director, data)

    assert Customer.objects.get().name == "AB"
