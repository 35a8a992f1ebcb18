"""The import of customers, checked, audited and with its record of rows, against bare COPY into the same table."""

from __future__ import annotations

import csv
import random
import time
from pathlib import Path

import pytest
from django.db import connection

from accounts.models import User
from benchmarks.ledger import peak_memory
from customers.models import Customer, ImportBatch
from customers.services.imports.batches import upload_file
from customers.services.imports.running import run_batch
from teams.models import OrgUnit, UnitAssignment

HEADER = (
    "external_id", "name", "legal_name", "owner", "relation", "life_cycle", "industry", "country", "region", "city",
    "street", "postal_code", "website", "phone", "registration_no", "currency",
)  # fmt: skip
SYLLABLES = (
    "ba",
    "con",
    "dor",
    "fa",
    "gri",
    "hol",
    "jam",
    "ka",
    "lun",
    "mar",
    "pel",
    "qui",
    "ras",
    "sol",
    "tor",
    "ven",
    "zan",
)
INDUSTRIES = ("Food", "Chemicals", "Machinery", "Retail", "Health", "Energy")
PLACES = (
    ("DE", "Hessen", "Frankfurt"),
    ("FR", "Île-de-France", "Paris"),
    ("CN", "广东", "深圳"),
    ("US", "WA", "Seattle"),
)
FLOOR, RUN, AGAIN = "COPY of the same customers, same indexes", "import, checked, audited", "import of the same again"


def file_of_customers(path: Path, count: int, *, owner: str) -> None:
    chance = random.Random(7)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        for number in range(count):
            word = "".join(chance.choices(SYLLABLES, k=4)).title()
            country, region, city = chance.choice(PLACES)
            writer.writerow((
                f"K{number}", f"{word} {chance.choice(INDUSTRIES)} {number}", f"{word} {number} GmbH", owner,
                "End customer", "Prospect", chance.choice(INDUSTRIES), country, region, city,
                f"{word}street {chance.randint(1, 200)}", f"{chance.randint(10_000, 99_999)}",
                f"https://www.{word.lower()}{number}.example", f"+49 69 {number:07}", f"DE{number:09}", "EUR",
            ))  # fmt: skip


def run_of(path: Path, by: User) -> ImportBatch:
    with path.open("rb") as file:
        batch = upload_file(importable="customers", file=file, name=path.name, source="erp", by=by)
    assert len(batch.mapping) == len(HEADER)
    return run_batch(batch_id=batch.pk, by=by)


@pytest.mark.timeout(7_200)
@pytest.mark.django_db(transaction=True)
def test_import(size: int, report, tmp_path: Path, settings) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    cursor = connection.cursor()
    cursor.execute("SET statement_timeout = 0")
    unit = OrgUnit.objects.create(name="Bench", code="BENCH")
    by = User.objects.create_user("bench@example.com", full_name="Bench", roles=["director"])
    UnitAssignment.objects.create(user=by, unit=unit, kind="leader", valid_from="2020-01-01")
    whole = tmp_path / "customers.csv"
    file_of_customers(whole, size, owner=by.email)
    before = peak_memory(anew=True)
    own = time.process_time()
    with report.timed(RUN, size):
        batch = run_of(whole, by)
    own = time.process_time() - own
    peak = peak_memory()
    assert (batch.created, batch.rejected) == (size, 0)
    with report.timed(AGAIN, size):
        batch = run_of(whole, by)
    assert batch.unchanged == size

    names = ", ".join(f'"{field.column}"' for field in Customer._meta.concrete_fields)
    rows = tmp_path / "rows"
    with rows.open("wb") as file:
        cursor.copy_expert(f"COPY (SELECT {names} FROM customers_customer ORDER BY id) TO STDOUT", file)
    cursor.execute("CREATE TABLE bench_customer (LIKE customers_customer INCLUDING ALL)")
    with report.timed(FLOOR, size), rows.open("rb") as file:
        cursor.copy_expert(f"COPY bench_customer ({names}) FROM STDIN", file)
    cursor.execute("DROP TABLE bench_customer")
    report.compare("P10 import: share of bare COPY", RUN, FLOOR, goal=">= 0.50", is_share=True)
    report.ratio("of the import, CPU seconds of Python", own, "")
    report.ratio("memory of the importing process at most, MB", peak, "")
    report.ratio("of which it had before, MB", before, "")
    report.compare("again: share of the first import's time", AGAIN, RUN, goal="")
