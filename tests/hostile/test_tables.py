"""Hostile texts, 1 to 36: each ends in a sentence or in refused rows, and touches nothing beside its own batch."""

from __future__ import annotations

import io
import time
from datetime import UTC, date
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from accounts.models import User
from customers.models import Customer, ImportBatch, ImportRow
from customers.services.imports import batches, import_rows, running
from kcrm.lib.errors import DomainError
from kcrm.lib.imports import Field, Kind
from kcrm.lib.imports.values import Formats, understood
from teams.models import OrgUnit
from tests import personas
from tests.factories.customers import CustomerFactory
from tests.factories.teams import UnitFactory

pytestmark = pytest.mark.django_db
PAYLOADS = (
    "=cmd|' /C calc'!A0", "+1", "-1", "@SUM(1)", "\uff1d1+1", '=HYPERLINK("http://x")', "<script>alert(1)</script>",
    "javascript:alert(1)", "'; DROP TABLE customers_customer; --", "{{7*7}}", "{% load x %}", "${7*7}", "%s%n",
)  # fmt: skip
TAIWAN = "客戶編號,公司名稱,城市\n" + "".join(
    f"C{n},臺灣積體電路製造股份有限公司第{n}廠,新竹市東區力行路\n" for n in range(20)
)
REFUSED = {
    "1 empty": b"",
    "2 only a header": b"id,name\n",
    "3 only a mark": b"\xef\xbb\xbf",
    "11 an unclosed quotation mark": b'id,name\n1,"' + b"x" * 300_000,
    "12 a field of 10 MB": b"id,name\n1," + b"x" * 10_000_000,
    "13 20,000 columns": b",".join(b"c%d" % n for n in range(20_000)) + b"\n1\n",
    "a PDF": b"%PDF-1.7\n",
    "HTML": b"<!DOCTYPE html><table>",
}
ROWS: dict[str, tuple[bytes, int, int]] = {  # the file, rows taken, rows refused
    "8 NUL": (b"id,name\n1,A\x00B\n2,Fine\n", 1, 1),
    "7 bytes of no encoding": (b"id,name\n1,\xff\xfe\xfa\n2,Fine\n" + "3,\u4e0a\u6d77\n".encode(), -1, -1),
    "7 UTF-8 with a destroyed sign": (
        "id,name\n1,上海国际贸易有限公司\n2,北京华东实业有限公司\n".encode() + b"3,\xe4\xb8 Trading\n4,Fine\n",
        3,
        1,
    ),
    "9 lone CR": (b"id,name\r1,A\r2,B\r", 2, 0),
    "15 duplicate headers": (b"id,name,name\n1,A,B\n", 1, 0),
    "17 headers of other rights": (b"id,name,__proto__,is_superuser,account__owner__password\n1,A,x,1,y\n", 1, 0),
    "18 ragged rows": (b"id,name,city\n1,A\n2,B,Ulm,more,cells\n", 1, 1),
    "30 one key for all": (b"id,name\n" + b"".join(b"1,Company %d\n" % n for n in range(500)), 1, 499),
    "31 keys equal after trimming": (b"id,name\n1,A\n 1 ,A\n", 1, 1),
    "29 own parent": (b"id,name,parent\n1,A,1\n", 0, 1),
    "29 a cycle over three rows": (b"id,name,parent\n1,A,3\n2,B,1\n3,C,2\n", 0, 3),
    "27 a telephone number of 1,000 digits": (b"id,name,phone\n1,A," + b"9" * 1000 + b"\n", 0, 1),
    "23 10,000 combining marks": (b"id,name\n1,A" + "\u0301".encode() * 10_000 + b"\n", 0, 1),
    "34 an unknown currency": (b"id,name,currency\n1,A,DOLLARS\n", 0, 1),
    "36 terminal escapes": (b"id,name\n1,\x1b[31mA\n", 0, 1),
    "4 UTF-16 LE": ("id,name\n1,Société\n".encode("utf-16"), 1, 0),
    "4 UTF-16 BE": (b"\xfe\xff" + "id,name\n1,Société\n".encode("utf-16-be"), 1, 0),
    "5 GB18030": ("客户编号,公司名称,城市\n1,上海国际贸易有限公司,上海市浦东新区\n".encode("gb18030"), 1, 0),
    "5 Big5": (TAIWAN.encode("big5"), 20, 0),
    "6 Shift-JIS": ("id,name\n1,株式会社日立製作所の東京支店です\n".encode("shift_jis"), 1, 0),
    "10 mixed delimiters": (b"id,name,city\n1;A;Ulm\n2,B,Ulm\n", 1, 1),
    "16 headers alike": ("ID,Name,name,\uff4eame,n\u0430me\n1,A,B,C,D\n".encode(), 1, 0),
    "31 keys equal after normalising": ("id,name\nKe\u0301y,A\nK\u00e9y,B\n".encode(), 1, 1),
    "34 mixed currencies": (b"id,name,currency\n1,A,EUR\n2,B,USD\n3,C,usd\n", 3, 0),
    "28 a mail of two lines": (b'id,name,website\n1,A,"a@b.c\r\nBcc: x@y.z"\n', 0, 1),
    "22 invisible signs": ("id,name\n1,Ac\u202e\u200bme\n".encode(), 1, 0),
}


def brought_in(by: User, data: bytes, name: str = "file.csv") -> ImportBatch:
    batch = batches.upload_file(importable="customers", file=io.BytesIO(data), name=name, source="erp", by=by)
    batches.set_mapping(
        batch_id=batch.pk, version=None, mapping=batch.mapping, formats=batch.formats, policy={}, keys=batch.keys, by=by
    )
    return running.run_batch(batch_id=batch.pk, by=by)


@pytest.mark.parametrize("data", REFUSED.values(), ids=REFUSED)
def test_a_file_that_cannot_be_read_is_refused_with_a_sentence(director: User, data: bytes, tmp_path: Path) -> None:
    began = time.monotonic()

    with pytest.raises(DomainError) as refused:
        brought_in(director, data)

    assert str(refused.value)
    assert time.monotonic() - began < 60
    assert ImportBatch.objects.count() == 0
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize(("data", "taken", "refused"), ROWS.values(), ids=ROWS)
def test_hostile_rows_are_refused_one_by_one(director: User, data: bytes, taken: int, refused: int) -> None:
    batch = brought_in(director, data)

    assert batch.state == "done", batch.error
    assert taken < 0 or (batch.created, batch.rejected) == (taken, refused)
    assert not ImportRow.objects.filter(batch=batch, done="rejected", reason="").exists()


def test_19_20_21_and_35_payloads_are_names_like_others(director: User) -> None:
    lines = ["id\tname"] + [f"{number}\t{payload}" for number, payload in enumerate(PAYLOADS)]

    batch = brought_in(director, "\n".join(lines).encode(), "file.tsv")

    assert (batch.created, batch.rejected) == (len(PAYLOADS), 0)
    assert set(PAYLOADS) == set(Customer.objects.values_list("name", flat=True))


NUMBERS = ("1e999", "NaN", "Infinity", "9" * 40, "0x10", "1.2.3", "--1")
DATES = ("0000-00-00", "31.02.2026", "9999-12-31", "01.02.03", "2026-02-30", "2026-13-01", "yesterday")


@pytest.mark.parametrize("text", [*NUMBERS, "-0", "1.234,56", "1,234.56"])
def test_24_and_25_numbers_are_numbers_or_refused(text: str) -> None:
    field = Field("amount", "Amount", kind=Kind.NUMBER)
    plain = {"-0": Decimal(0), "1,234.56": Decimal("1234.56")}

    if text in plain:
        assert str(understood(field, text)) == str(plain[text])
        return
    with pytest.raises(DomainError):
        understood(field, text)


@pytest.mark.parametrize("text", DATES)
def test_26_days_that_never_were_are_refused(text: str) -> None:
    with pytest.raises(DomainError):
        understood(Field("day", "Day", kind=Kind.DATE), text, Formats(dates="dmy"))


def test_26_a_day_in_a_workbook_is_the_day_that_it_shows() -> None:
    assert understood(Field("day", "Day", kind=Kind.DATE), "36526") == date(2000, 1, 1)


def test_26_an_hour_that_the_clocks_leave_out_is_an_hour() -> None:
    berlin = Formats(zone=ZoneInfo("Europe/Berlin"))

    at = understood(Field("at", "At", kind=Kind.MOMENT), "2026-03-29 02:30", berlin)

    assert at.astimezone(UTC).isoformat() == "2026-03-29T01:30:00+00:00"


def test_28_addresses_that_are_none_are_refused(director: User) -> None:
    CustomerFactory(name="Acme", org_unit=OrgUnit.objects.get(code="HQ"))
    mails = ["x" * 400 + "@a.de", "a@b.c\r\nBcc: x@y.z", "a b@c.de", "@c.de"]
    rows = [{"customer": "Acme", "full_name": f"Person {n}", "email": mail} for n, mail in enumerate(mails)]

    result = import_rows(importable="contacts", rows=rows, source="erp", by=director)

    assert (result.created, result.rejected) == (0, len(mails))


def test_32_ids_out_of_sight_are_refused_alike(director: User) -> None:
    stranger = CustomerFactory(name="Secret Ltd", org_unit=UnitFactory(code="ELSEWHERE"))
    rows = [
        {"customer": name, "full_name": f"Person {n}"}
        for n, name in enumerate(["Secret Ltd", str(stranger.pk), "None"])
    ]

    result = import_rows(importable="contacts", rows=rows, source="erp", by=director)

    reasons = {reason.replace(row["customer"], "…") for row, (_n, _f, reason) in zip(rows, result.errors, strict=True)}
    assert (result.rejected, len(reasons)) == (3, 1)


def test_33_fields_beyond_ones_rights_are_refused() -> None:
    customer = CustomerFactory(name="Acme")
    agent = personas.team_contributor(customer)
    rows = [{"customer": "Acme", "full_name": "Maria", "home_address": "Obere Str. 57"}]

    result = import_rows(importable="contacts", rows=rows, source="erp", by=agent)

    assert (result.created, result.rejected) == (0, 1)


@pytest.mark.hostile
def test_14_five_million_short_rows_end_at_the_limit(director: User) -> None:
    batch = brought_in(director, b"id,name\n" + b"1,a\n" * 5_000_000)

    assert (batch.state, Customer.objects.count()) == ("failed", 1)
    assert "100,000" in batch.error


@pytest.mark.parametrize("name", ["../../x.csv", "con.csv", "a\nb.csv", 'a"b.csv', "\u202evsc.csv", "x" * 300 + ".csv"])
def test_60_names_of_files_lead_nowhere(director: User, name: str, tmp_path: Path) -> None:
    batch = brought_in(director, b"id,name\n1,A\n", name)

    assert Path(batch.file.path).parent == tmp_path / "media" / "imports"
    assert "/" not in batch.file_name
    assert len(batch.file_name) <= 200
