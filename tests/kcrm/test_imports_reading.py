"""Files as they come: encodings, delimiters, header rows, workbooks, and what is refused unread."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from kcrm.lib.errors import DomainError
from kcrm.lib.imports import importable, reading, table_child, tables
from kcrm.lib.imports.files import kind_of
from kcrm.lib.imports.guessing import guessed_formats, guessed_mapping
from kcrm.lib.imports.reading import Reading, guessed, headings, previewed, rows_of

CHINESE = "客户编号,公司名称,城市,备注\n" + "".join(
    f"C{n},上海贸易有限公司{n},上海市浦东新区,重要的大客户需要定期拜访\n" for n in range(30)
)
TAIWAN = "客戶編號,公司名稱,城市\n" + "".join(
    f"C{n},臺灣積體電路製造股份有限公司,新竹市東區力行路\n" for n in range(30)
)
GERMAN = "Kunde;Straße;Ort\n" + "".join(f"{n};Große Straße {n};Köln-Müngersdorf\n" for n in range(30))


def written(tmp_path: Path, data: bytes | str, name: str = "file.csv") -> str:
    path = tmp_path / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return str(path)


def workbook(rows: list[list[Any]], *, sheets: tuple[str, ...] = ("Data",)) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"default_date_format": "yyyy-mm-dd"}) as book:
        for name in sheets:
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return out.getvalue()


@pytest.mark.parametrize(
    ("text", "encoding", "found"),
    [
        (CHINESE, "utf-8", "utf-8"),
        (CHINESE, "utf-8-sig", "utf-8"),
        (CHINESE, "utf-16", "utf-16"),
        (GERMAN, "utf-16-le", "utf-16-le"),
        (GERMAN, "utf-16-be", "utf-16-be"),
        (CHINESE, "gb18030", "gb18030"),
        (TAIWAN, "big5", "big5"),
        (GERMAN, "cp1252", "cp1252"),
    ],
)
def test_encodings_are_recognised_and_read(tmp_path: Path, text: str, encoding: str, found: str) -> None:
    path = written(tmp_path, text.encode(encoding))

    reading = guessed(path, "csv")

    header, first = text.splitlines()[:2]
    assert reading.encoding in ({found, "cp1250"} if found == "cp1252" else {found})
    assert list(previewed(path, reading).header) == header.split(reading.delimiter)
    assert previewed(path, reading).rows[0] == (2, first.split(reading.delimiter))


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters_are_recognised(tmp_path: Path, delimiter: str) -> None:
    path = written(tmp_path, delimiter.join(["id", "name", "city"]) + "\r" + delimiter.join(["1", '"A; B, C"', "X"]))

    reading = guessed(path, "csv")

    assert reading.delimiter == delimiter
    assert previewed(path, reading).rows == ((2, ["1", "A; B, C", "X"]),)


def test_titles_above_the_header_and_blank_rows_are_passed_over(tmp_path: Path) -> None:
    path = written(tmp_path, "Customer list,,\n,,\nid,name,city\n1,A,X\n,,\n2,B,Y\n")

    reading = guessed(path, "csv")

    assert reading.header_row == 3
    assert [number for number, _cells in previewed(path, reading).rows] == [4, 6]


def test_a_workbook_is_read_sheet_by_sheet(tmp_path: Path) -> None:
    path = written(tmp_path, workbook([["id", "price"], [1, 2.5], ["=1+1", True]], sheets=("One", "Two")), "a.xlsx")

    reading = guessed(path, "xlsx")

    assert reading.sheets == ("One", "Two")
    assert previewed(path, reading).rows[0] == (2, ["1", "2.5"])


def test_repeated_and_empty_headings_get_names() -> None:
    assert headings(["id", "", "id", " \ufeffName "]) == ("id", "B", "id (2)", "Name")


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.csv", b""),
        ("a.csv", b"PK\x03\x04"),
        ("a.csv", b"<html><table>"),
        ("a.csv", b"\xef\xbb\xbf<svg onload=x>"),
        ("a.xls", b"id,name"),
        ("a.csv.exe", b"id,name"),
        ("a.pHp", b"id,name"),
        ("a.xlsx", b"id,name"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
        ("a.xlsx", workbook([["id"]])[:300]),
    ],
)
def test_files_that_are_not_what_they_are_called_are_refused(name: str, data: bytes) -> None:
    with pytest.raises(DomainError):
        kind_of(io.BytesIO(data), name)


def archive(*entries: tuple[str, bytes]) -> io.BytesIO:
    out = io.BytesIO(workbook([["id"]]))
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as file:
        for name, data in entries:
            file.writestr(name, data)
    return out


@pytest.mark.parametrize(
    "entries",
    [
        [("xl/vbaProject.bin", b"x")],
        [("../outside.xml", b"<a/>")],
        [("/absolute.xml", b"<a/>")],
        [("xl/evil.xml", b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>')],
        [("xl/bomb.xml", b"0" * 30_000_000)],
        [(f"xl/{n}.txt", b"") for n in range(2_001)],
    ],
)
def test_dangerous_workbooks_are_refused_unread(entries: list[tuple[str, bytes]]) -> None:
    with pytest.raises(DomainError):
        kind_of(archive(*entries), "a.xlsx")


def test_a_sheet_that_claims_to_be_endless_ends_its_reader_only(tmp_path: Path) -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet()
        sheet.write(0, 0, "id")
        sheet.write(1_048_575, 16_383, "far")
    path = written(tmp_path, out.getvalue(), "a.xlsx")

    with pytest.raises(DomainError):
        guessed(path, "xlsx")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ('id,name\n1,"never closed\n' + "x" * 200_000, "unreadable"),
        ("id,name\n1," + "x" * 10_000_000, "unreadable"),
        (",".join(f"c{n}" for n in range(20_000)) + "\n", "too_many_columns"),
        ("id\n" + "1\n" * 100_001, "too_many_rows"),
    ],
)
def test_files_beyond_the_limits_are_refused_with_a_sentence(tmp_path: Path, data: str, code: str) -> None:
    path = written(tmp_path, data)

    with pytest.raises(DomainError) as refused:
        list(rows_of(path, Reading("csv")))

    assert refused.value.code == code


def test_a_file_with_headings_only_is_refused(tmp_path: Path) -> None:
    for data in ("id,name\n", "\ufeff", "\n\n"):
        path = written(tmp_path, data)
        with pytest.raises(DomainError):
            previewed(path, guessed(path, "csv"))


@pytest.mark.django_db
def test_columns_are_guessed_by_their_headings_in_english_and_chinese() -> None:
    customers, contacts = importable("customers"), importable("contacts")
    header = ["customer_id", "company_name", "contact_name", "contact_title", "address", "city", "region",
              "postal_code", "country", "phone", "fax"]  # fmt: skip

    english = guessed_mapping(customers, header)
    chinese = guessed_mapping(customers, ["客户编号", "公司名称", "统一社会信用代码", "城市", "客户经理", "其他"])
    people = guessed_mapping(contacts, header)

    assert english == {
        "external_id": 0, "name": 1, "street": 4, "city": 5, "region": 6, "postal_code": 7, "country": 8, "phone": 9,
    }  # fmt: skip
    assert chinese == {"external_id": 0, "name": 1, "registration_no": 2, "city": 3, "owner": 4}
    assert {"customer": 0, "full_name": 2, "job_title": 3}.items() <= people.items()


@pytest.mark.django_db
def test_no_heading_reaches_what_is_not_declared() -> None:
    header = ["__proto__", "is_superuser", "account__owner__password", "version"]

    assert guessed_mapping(importable("customers"), header) == {}


def test_formats_are_guessed_from_the_values() -> None:
    fields = importable("ledger-lines").by_name

    assert guessed_formats(fields["document_on"], ["01.02.2026", "31.12.2025"]) == {"dates": "dmy"}
    assert guessed_formats(fields["document_on"], ["12/31/2025"]) == {"dates": "mdy"}
    assert guessed_formats(fields["unit_price"], ["1.234,56", "12,00"]) == {"decimal": ","}
    assert guessed_formats(fields["unit_price"], ["1,234.56"]) == {"decimal": "."}


GREEDY = "import resource\nresource.setrlimit(resource.RLIMIT_AS, (2**28, 2**28))\nx = bytearray(2**30)"


@pytest.mark.parametrize("program", [GREEDY, "import os; os.abort()"], ids=["needs too much memory", "crashes"])
def test_a_file_that_ends_its_reader_ends_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str
) -> None:
    child = tmp_path / "child.py"
    child.write_text(program)
    monkeypatch.setattr(tables, "CHILD", child)
    path = written(tmp_path, b"id,name\n1,A\n")

    with pytest.raises(DomainError) as refused:
        list(reading.rows_of(path, Reading("csv")))

    assert refused.value.code == "unreadable"


def test_the_reader_of_a_table_limits_itself() -> None:
    program = tables.CHILD.read_text()

    assert "resource.setrlimit(resource.RLIMIT_AS" in program
    assert "resource.setrlimit(resource.RLIMIT_CPU" in program
    assert (table_child.MEMORY, table_child.SECONDS) == (512 * 1024 * 1024, 60)
