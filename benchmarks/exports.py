"""A list of customers as CSV against COPY of the same rows, and of the customers' own columns alone."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from benchmarks.ledger import peak_memory
from benchmarks.pages import director, fill
from kcrm.lib.tables import views
from kcrm.lib.tables.copying import copier
from kcrm.lib.tables.rows import Reader

ROUNDS = 3
LIST, JOINED, OWN = "CSV of the list", "COPY of the same rows and joins", "COPY of 14 own columns, no join"
COLUMNS = "name,owner,tier,net_sales,life_cycle,last_interaction_on,industry,org_unit,country"
COPY_OWN = """COPY (SELECT id, name, legal_name, relation, life_cycle, industry, country, region, city, website, domain,
    phone, registration_no, currency FROM customers_customer WHERE deleted_at IS NULL ORDER BY name_sort) TO STDOUT
    (FORMAT csv)"""


class Sink(io.RawIOBase):
    """Takes bytes and forgets them."""

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]  # counts bytes as a file would
        return len(data)


def statement_of(client: Client, path: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """What the list asks the database for, without the words of choices and the guard against formulas."""
    asked: list[str] = []

    def noted(rows: Any, columns: Any, order: Any) -> Any:
        reader = Reader.of([column for column in columns if column.source is not None], needs=False)
        sql, parameters = reader.values(order.annotate(rows).order_by(*order.terms())).query.sql_with_params()
        with connection.cursor() as cursor:
            asked.append(cursor.cursor.mogrify(sql, parameters).decode())
        return copier(rows, columns, order)

    with monkeypatch.context() as patched:
        patched.setattr(views, "copier", noted)
        assert client.get(path).status_code == 200
    return asked[0]


@pytest.mark.timeout(3_600)
@pytest.mark.django_db(transaction=True)
def test_export(size: int, report, settings, monkeypatch) -> None:
    settings.KCRM_EXPORT_APPROVAL_ROWS = settings.KCRM_EXPORT_JOB_ROWS = size * 2
    fill(size)
    cursor = connection.cursor()
    cursor.execute("ANALYZE")
    cursor.execute("SET max_parallel_workers_per_gather = 0")
    client = Client()
    client.force_login(director())
    path = f"/customers/?columns={COLUMNS}&export=csv"
    asked = statement_of(client, path, monkeypatch)
    for _round in range(ROUNDS):
        with report.timed(OWN, size):
            cursor.copy_expert(COPY_OWN, Sink())
        with report.timed(JOINED, size):
            cursor.copy_expert(f"COPY ({asked}) TO STDOUT (FORMAT csv)", Sink())
        before = peak_memory(anew=True)
        with report.timed(LIST, size):
            answer: Any = client.get(path)
            lines = sum(chunk.count(b"\n") for chunk in answer.streaming_content)
        grown = peak_memory() - before
        assert lines > size
    report.compare("P17 export: share of COPY of the same rows", LIST, JOINED, goal=">= 0.50", is_share=True)
    report.compare("P17 export: share of COPY of own columns", LIST, OWN, goal="", is_share=True)
    report.ratio("P17 memory that the export took, MB", grown, "flat")
