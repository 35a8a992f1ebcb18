"""Hostile files: each ends in a sentence or in refused rows, and touches nothing beside its own batch."""

from __future__ import annotations

import io
import time
from pathlib import Path
from typing import Any

import pytest

from accounts.models import User
from customers.models import Customer, ImportBatch, ImportRow
from customers.services.imports import batches, running
from kcrm.lib.errors import DomainError
from tests.factories.accounts import UserFactory
from tests.factories.teams import UnitAssignmentFactory, UnitFactory

pytestmark = pytest.mark.django_db
PAYLOADS = (
    "=cmd|' /C calc'!A0", "+1", "-1", "@SUM(1)", "\uff1d1+1", '=HYPERLINK("http://x")', "<script>alert(1)</script>",
    "javascript:alert(1)", "'; DROP TABLE customers_customer; --", "{{7*7}}", "{% load x %}", "${7*7}", "%s%n",
)  # fmt: skip
REFUSED = {
    "empty": b"",
    "only a header": b"id,name\n",
    "only a mark": b"\xef\xbb\xbf",
    "an unclosed quotation mark": b'id,name\n1,"' + b"x" * 300_000,
    "a field of 10 MB": b"id,name\n1," + b"x" * 10_000_000,
    "20,000 columns": b",".join(b"c%d" % n for n in range(20_000)) + b"\n1\n",
    "a PDF": b"%PDF-1.7\n",
    "HTML": b"<!DOCTYPE html><table>",
}
ROWS: dict[str, tuple[bytes, int, int]] = {  # the file, rows taken, rows refused
    "NUL": (b"id,name\n1,A\x00B\n2,Fine\n", 1, 1),
    "invalid UTF-8": (b"id,name\n1,\xff\xfe\xfa\n2,Fine\n" + "3,\u4e0a\u6d77\n".encode(), -1, -1),
    "lone CR": (b"id,name\r1,A\r2,B\r", 2, 0),
    "duplicate headers": (b"id,name,name\n1,A,B\n", 1, 0),
    "headers of other rights": (b"id,name,__proto__,is_superuser,account__owner__password\n1,A,x,1,y\n", 1, 0),
    "ragged rows": (b"id,name,city\n1,A\n2,B,Ulm,more,cells\n", 1, 1),
    "one key for all": (b"id,name\n" + b"".join(b"1,Company %d\n" % n for n in range(500)), 1, 499),
    "keys equal after trimming": (b"id,name\n1,A\n 1 ,A\n", 1, 1),
    "own parent": (b"id,name,parent\n1,A,1\n", 0, 1),
    "a cycle over three rows": (b"id,name,parent\n1,A,3\n2,B,1\n3,C,2\n", 0, 3),
    "a telephone number of 1,000 digits": (b"id,name,phone\n1,A," + b"9" * 1000 + b"\n", 0, 1),
    "10,000 combining marks": (b"id,name\n1,A" + "\u0301".encode() * 10_000 + b"\n", 0, 1),
    "an unknown currency": (b"id,name,currency\n1,A,DOLLARS\n", 0, 1),
    "terminal escapes": (b"id,name\n1,\x1b[31mA\n", 0, 1),
    "invisible signs": ("id,name\n1,Ac\u202e\u200bme\n".encode(), 1, 0),
}


@pytest.fixture(autouse=True)
def _files(tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def director() -> User:
    user = UserFactory(full_name="Dora Director", roles=["director"])
    UnitAssignmentFactory(unit=UnitFactory(code="HQ"), user=user, kind="leader")
    return user


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


def test_payloads_are_names_like_others(director: User) -> None:
    lines = ["id\tname"] + [f"{number}\t{payload}" for number, payload in enumerate(PAYLOADS)]

    batch = brought_in(director, "\n".join(lines).encode(), "file.tsv")

    assert (batch.created, batch.rejected) == (len(PAYLOADS), 0)
    assert set(PAYLOADS) == set(Customer.objects.values_list("name", flat=True))


@pytest.mark.parametrize("name", ["../../x.csv", "con.csv", "a\nb.csv", 'a"b.csv', "\u202evsc.csv", "x" * 300 + ".csv"])
def test_names_of_files_lead_nowhere(director: User, name: str, tmp_path: Path) -> None:
    batch = brought_in(director, b"id,name\n1,A\n", name)

    assert Path(batch.file.path).parent == tmp_path / "imports"
    assert "/" not in batch.file_name
    assert len(batch.file_name) <= 200
