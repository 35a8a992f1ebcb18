"""Documents and lines of the ledger through the import: apart or together, and back out again."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from customers.models import ImportBatch, ImportRow
from customers.services.imports import batches, import_rows, running
from customers.services.imports.undoing import undo_batch
from profitability.models import CustomerMonth, LedgerDocument, LedgerLine, PeriodClose, SalesSummary

pytestmark = pytest.mark.django_db
HEADERS = "order id,customer,order date,due date,freight\nR1,ACME,2026-01-10,2026-02-10,12.50\n"
LINES = "order id,product,unit price,qty\nR1,nut,2.50,4\nR1,SCREW,1.00,10\n"


@pytest.fixture
def bring(erp: Any, tmp_path: Any, settings: Any) -> Any:
    """`bring(what, text)` takes a file through the wizard."""
    settings.MEDIA_ROOT = tmp_path

    def through(thing: str, text: str) -> ImportBatch:
        file = io.BytesIO(text.encode())
        batch = batches.upload_file(importable=thing, file=file, name="a.csv", source="erp", by=erp.by)
        given = {name: getattr(batch, name) for name in ("mapping", "formats", "policy", "keys")}
        batches.set_mapping(batch_id=batch.pk, version=None, by=erp.by, **given)
        return running.run_batch(batch_id=batch.pk, by=erp.by)

    return through


def why(batch: ImportBatch) -> list[tuple[str, str]]:
    refused = ImportRow.objects.filter(batch=batch, done="rejected").order_by("number")
    return list(refused.values_list("column", "reason"))


def test_lines_find_their_document_and_are_numbered_in_it(erp: Any, bring: Any) -> None:
    headers, lines = bring("ledger-documents", HEADERS), bring("ledger-lines", LINES)
    again = bring("ledger-documents", HEADERS), bring("ledger-lines", LINES)

    document = LedgerDocument.objects.get()
    month = CustomerMonth.objects.get()
    assert (headers.created, lines.created, why(lines)) == (1, 2, [])
    assert [(batch.unchanged, batch.updated) for batch in again] == [(1, 0), (2, 0)]
    assert (document.customer, document.due_on) == (erp.acme, date(2026, 2, 10))
    assert list(document.lines.order_by("line_no").values_list("line_no", "product__sku")) == [(1, "NUT"), (2, "SCREW")]
    assert (month.net_units, month.freight_units, month.documents, month.lines) == (200_000, 125_000, 1, 2)


def test_both_files_go_out_again_the_lines_first(bring: Any) -> None:
    headers, lines = bring("ledger-documents", HEADERS), bring("ledger-lines", LINES)

    early = undo_batch(batch_id=headers.pk, by=headers.created_by)
    kept = early.kept, LedgerDocument.objects.count()
    undo_batch(batch_id=lines.pk, by=lines.created_by)
    after_lines = CustomerMonth.objects.values_list("lines", "documents").get()

    assert kept == (1, 1)
    assert after_lines == (0, 1)
    assert not LedgerLine.objects.exists()
    assert not SalesSummary.objects.exclude(net_12m_units=0).exists()


def test_a_correction_goes_back_to_what_was_and_what_changed_since_stays(erp: Any, bring: Any, row: Any) -> None:
    erp.load(row(quantity="3"), row(line="2", quantity="3"))
    before = list(LedgerLine.objects.order_by("line_no").values_list("net_units", "row_hash"))
    text = "document,line,customer,document date,product,quantity,unit price\n" + "".join(
        f"R1,{line},ACME,2026-01-10,NUT,7,2.50\n" for line in (1, 2, 3)
    )
    held = row()
    text = text.replace("2026-01-10", held["document_on"]).replace("2.50", held["unit_price"])

    batch = bring("ledger-lines", text)
    changed = (batch.created, batch.updated)
    undone = undo_batch(batch_id=batch.pk, by=erp.by)

    assert changed == (1, 2), why(batch)
    assert (undone.undone, undone.kept) == (3, 0)
    assert list(LedgerLine.objects.order_by("line_no").values_list("net_units", "row_hash")) == before

    batch = bring("ledger-lines", text)
    LedgerLine.objects.filter(line_no=1).update(quantity=Decimal(99))
    undone = undo_batch(batch_id=batch.pk, by=erp.by)

    assert (undone.undone, undone.kept) == (2, 1)
    assert LedgerLine.objects.get(line_no=1).quantity == Decimal(99)


def test_a_closed_month_gives_nothing_back(erp: Any, bring: Any) -> None:
    batch = bring("ledger-documents", HEADERS)
    PeriodClose.objects.create(month=date(2026, 1, 1), closed_by=erp.by)

    assert undo_batch(batch_id=batch.pk, by=erp.by).kept == 1
    assert why(bring("ledger-documents", HEADERS.replace("R1", "R2")))[0][0] == "posted_on"


def test_lines_without_a_document_and_with_unknown_names_say_so(erp: Any, bring: Any) -> None:
    batch = bring("ledger-lines", LINES.replace("nut", "Knot"))

    assert [column for column, _reason in why(batch)] == ["customer", "customer"]
    bring("ledger-documents", HEADERS)
    assert [column for column, _reason in why(bring("ledger-lines", LINES.replace("nut", "Knot")))] == ["product"]


def test_customers_and_products_go_by_name_too(erp: Any, bring: Any) -> None:
    batch = bring("ledger-documents", HEADERS.replace("ACME", "acme ltd."))
    lines = bring("ledger-lines", LINES.replace("SCREW", " s crew"))

    assert (batch.created, lines.created) == (1, 2), (why(batch), why(lines))
    assert LedgerDocument.objects.get().customer == erp.acme


def test_the_header_of_a_document_with_lines_changes_only_where_lines_repeat_nothing(erp: Any, bring: Any) -> None:
    bring("ledger-documents", HEADERS)
    bring("ledger-lines", LINES)

    due = bring("ledger-documents", HEADERS.replace("2026-02-10", "2026-03-10"))
    moved = bring("ledger-documents", HEADERS.replace("ACME", "BOLT"))

    assert due.updated == 1
    assert LedgerDocument.objects.get().due_on == date(2026, 3, 10)
    assert [column for column, _reason in why(moved)] == ["customer"]


def test_documents_refuse_what_the_ledger_refuses(erp: Any) -> None:
    good = {"document": "R9", "customer": "ACME", "document_on": "2026-01-10"}
    rows = [
        good | {"document": "R2", "currency": "GBP"},
        good | {"document": "R3", "currency": "EURO"},
        good | {"document": "R4", "freight": "-1"},
        good | {"document": "R5", "document_on": "2999-01-01"},
        good | {"document": "R6", "customer": "Nobody"},
        good | {"document": "R7" * 40},
        good | {"document": "R8", "kind": "credit_note", "freight": "3"},
    ]

    result = import_rows(importable="ledger-documents", rows=rows, source="erp", by=erp.by)

    fields = [field for _row, field, _reason in result.errors]
    assert fields == ["rate", "currency", "freight", "document_on", "customer", "document"]
    assert LedgerDocument.objects.get().freight_units == -30_000
