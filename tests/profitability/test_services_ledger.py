"""Loading ledger lines: what enters, what is refused and why, what a second delivery does."""

from __future__ import annotations

import io
import random
import re
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import AuditEntry
from kcrm.lib.errors import DomainError, NotAllowed
from profitability.models import CustomerMonth, LedgerDocument, LedgerLine, LedgerLoad, SalesSummary
from profitability.services.ledger import REQUIRED, LoadResult, Reject, Sums, load_ledger, reading
from profitability.services.periods import close_period, reopen_period
from profitability.services.rollups import rebuild_rollups
from tests.factories.accounts import ApiTokenFactory, UserFactory
from tests.factories.customers import ExternalIdFactory
from tests.personas import account_manager, director
from tests.profitability.conftest import TODAY

pytestmark = pytest.mark.django_db


def months():
    return list(
        CustomerMonth.objects.order_by("customer__name", "month").values_list(
            "customer__name", "month", "net_units", "freight_units", "lines", "documents"
        )
    )


def test_a_line_is_price_times_quantity_less_its_discount(erp, row):
    result = erp.load(row(quantity="7", unit_price="10.65", discount="0.15"))

    line = LedgerLine.objects.get()
    assert (line.gross_units, line.discount_units, line.net_units) == (745_500, 111_825, 633_675)
    assert (line.customer, line.product, line.posted_on) == (erp.acme, erp.nut, date(2026, 1, 10))
    assert result.file == result.ledger == Sums(1, 745_500, 111_825, 633_675)
    assert result.ties


def test_the_delivery_is_entered_with_who_brought_it(erp, row):
    result = erp.load(row(), name="january.csv")

    load = LedgerLoad.objects.get(pk=result.load_id)
    assert (load.state, load.loaded_by, load.name, load.created) == ("done", erp.by, "january.csv", 1)
    assert AuditEntry.objects.filter(action="import", subject_id=load.pk, actor=erp.by).count() == 2


def test_a_credit_note_counts_negative_whatever_sign_it_has(erp, row):
    erp.load(
        row(document="G1", kind="credit_note", quantity="4", freight="2"),
        row(document="G2", kind="credit_note", quantity="-4"),
    )

    assert list(LedgerLine.objects.values_list("quantity", "net_units")) == [(Decimal(-4), -100_000)] * 2
    assert LedgerDocument.objects.get(number="G1").freight_units == -20_000


def test_another_currency_is_counted_at_its_rate(erp, row):
    erp.load(row(currency="EUR", rate="1.1", quantity="3", unit_price="10"))

    assert LedgerLine.objects.get().net_units == 330_000
    assert LedgerDocument.objects.values_list("currency", "rate").get() == ("EUR", Decimal("1.1"))


def test_a_corrected_line_replaces_the_old_one_and_keeps_what_it_was(erp, row):
    erp.load(row(), row(line="2", product="SCREW"))

    result = erp.load(row(quantity="20"), row(line="2", product="SCREW"))

    assert (result.created, result.updated, result.unchanged) == (0, 1, 1)
    assert months() == [("Acme", date(2026, 1, 1), 750_000, 0, 2, 1)]
    with connection.cursor() as cursor:
        cursor.execute("SELECT quantity FROM profitability_ledgerlineevent")
        assert cursor.fetchall() == [(Decimal("10.0000"),)]


def test_a_document_that_moves_takes_its_lines_with_it(erp, row):
    erp.load(row(freight="5"), row(line="2"))

    erp.load(row(customer="BOLT", document_on="2026-02-01"))

    assert months() == [("Bolt", date(2026, 2, 1), 500_000, 50_000, 2, 1)]
    assert set(LedgerLine.objects.values_list("customer", flat=True)) == {erp.bolt.pk}
    assert SalesSummary.objects.filter(customer=erp.acme).count() == 0
    assert SalesSummary.objects.get(customer=erp.bolt).net_12m_units == 500_000


def test_an_empty_column_leaves_what_is_known(erp, row):
    erp.load(row(freight="5", due_on="2026-02-09", salesperson="7", cost="11"))

    result = erp.load(row())

    document = LedgerDocument.objects.get()
    assert result.unchanged == 1
    assert (document.freight_units, document.due_on, document.salesperson_code) == (50_000, date(2026, 2, 9), "7")
    assert LedgerLine.objects.get().cost_units == 110_000


def test_freight_may_stand_on_any_one_line_of_a_document(erp, row):
    result = erp.load(row(freight=""), row(line="2", freight="7.5"), row(line="3", freight="8"))

    assert result.rejects == (Reject(4, "freight", "differs", "8"),)
    assert LedgerDocument.objects.get().freight_units == 75_000


def test_salespeople_are_users_where_their_code_is_known(erp, row):
    seller = UserFactory()

    erp.load(row(salesperson="5"), row(document="R2", salesperson="6"), salespeople={"5": seller.pk})

    documents = LedgerDocument.objects.order_by("number").values_list("salesperson", "salesperson_code")
    assert list(documents) == [(seller.pk, "5"), (None, "6")]


@pytest.mark.parametrize(
    ("values", "column", "code"),
    [
        ({"document": " "}, "document", "missing"),
        ({"document": "x" * 61}, "document", "too_long"),
        ({"line": "1.5"}, "line", "not_a_line"),
        ({"kind": "order"}, "kind", "not_a_kind"),
        ({"customer": "NOBODY"}, "customer", "unknown"),
        ({"product": "NOTHING"}, "product", "unknown"),
        ({"document_on": "31.01.2026"}, "document_on", "not_a_date"),
        ({"document_on": "2026-02-31"}, "document_on", "not_a_date"),
        ({"document_on": "0000-00-00"}, "document_on", "not_a_date"),
        ({"document_on": "2026-02-17"}, "document_on", "in_the_future"),
        ({"document_on": "9999-12-31"}, "document_on", "in_the_future"),
        ({"due_on": "soon"}, "due_on", "not_a_date"),
        ({"quantity": "1.234,56"}, "quantity", "not_a_number"),
        ({"quantity": "NaN"}, "quantity", "not_a_number"),
        ({"quantity": "1e999"}, "quantity", "not_a_number"),
        ({"unit_price": "-1"}, "unit_price", "negative"),
        ({"unit_price": "9" * 40}, "unit_price", "not_a_number"),
        ({"unit_price": "999999999999", "quantity": "999999999999"}, "unit_price", "too_large"),
        ({"discount": "15"}, "discount", "not_a_share"),
        ({"discount": "15%"}, "discount", "not_a_number"),
        ({"currency": "€"}, "currency", "not_a_currency"),
        ({"currency": "EUR"}, "rate", "no_rate"),
        ({"rate": "0"}, "rate", "not_positive"),
        ({"freight": "-1"}, "freight", "negative"),
        ({"cost": "cheap"}, "cost", "not_a_number"),
        ({"state": "guessed"}, "state", "not_a_state"),
        ({"product": "a\0b"}, "", "characters"),
    ],
)
def test_a_bad_row_is_refused_with_its_column_and_reason_and_holds_up_nobody(erp, row, values, column, code):
    result = erp.load(row(**values), row(document="R2"))

    assert [(reject.row, reject.column, reject.code) for reject in result.rejects] == [(2, column, code)]
    assert (result.created, result.rejected) == (1, 1)
    assert str(result.rejects[0].reason)
    assert not result.ties


def test_each_fault_of_a_row_is_named(erp, row):
    result = erp.load(row(customer="X", quantity="", unit_price="a"))

    assert {(reject.column, reject.code) for reject in result.rejects} == {
        ("customer", "unknown"),
        ("quantity", "missing"),
        ("unit_price", "not_a_number"),
    }
    assert result.rejected == 1


def test_the_same_line_twice_in_one_delivery_enters_once(erp, row):
    result = erp.load(row(), row(quantity="99"), row(document="R2"), row(quantity="98"), chunk_size=3)

    assert [(reject.row, reject.code) for reject in result.rejects] == [(3, "duplicate"), (5, "duplicate")]
    assert LedgerLine.objects.get(document__number="R1").quantity == 10


def test_rows_of_one_document_must_agree_on_its_header(erp, row):
    result = erp.load(row(), row(line="2", customer="BOLT"), row(line="3", document_on="2026-01-11"))

    assert [(reject.row, reject.column, reject.code) for reject in result.rejects] == [
        (3, "document", "differs"),
        (4, "document", "differs"),
    ]


def test_a_customer_in_the_bin_is_unknown(erp, row):
    erp.acme.apply({"deleted_at": "2026-01-01T00:00:00Z"})

    result = erp.load(row())

    assert [(reject.column, reject.code) for reject in result.rejects] == [("customer", "unknown")]


def test_a_key_that_was_given_up_names_its_new_customer_only(erp, row):
    ExternalIdFactory(customer=erp.bolt, value="ACME", released_at=timezone.now())

    erp.load(row(), row(line="2"))

    assert set(LedgerLine.objects.values_list("line_no", "customer")) == {(1, erp.acme.pk), (2, erp.acme.pk)}


def test_a_ledger_of_any_size_is_looked_up_not_read(erp):
    """Each document of a delivery costs one look into an index, however many documents there are."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(reading.STAGE)
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_bitmapscan = off")
        statement = reading.known_documents(REQUIRED, is_clean=True).replace("{visible}", "1")
        select = statement[statement.index("WITH") :]
        cursor.execute(f"EXPLAIN {select}", {"source": "erp", "load": 1})
        plan = "\n".join(line for (line,) in cursor.fetchall())

    assert re.search(r"Index Cond: .*\(number\)::text = .*\.number", plan)
    assert re.search(r"Index Cond: \(document_id = \w+\.id\)", plan)


def test_a_token_reaches_the_customers_on_its_list_only(erp, row):
    erp.load(row(document="B1", customer="BOLT"))
    erp.by.api_token = ApiTokenFactory(owner=erp.by, scopes=["erp:facts:write"], customer_ids=[erp.acme.pk])

    result = erp.load(row(), row(document="R2", customer="BOLT"), row(document="B1"))

    assert [(reject.row, reject.column, reject.code) for reject in result.rejects] == [
        (3, "customer", "unknown"),
        (4, "document", "unknown"),
    ]
    assert LedgerDocument.objects.get(number="B1").customer == erp.bolt


def test_a_token_needs_the_scope(erp, row):
    erp.by.api_token = ApiTokenFactory(owner=erp.by, scopes=["accounts:read"])

    with pytest.raises(NotAllowed):
        erp.load(row())

    assert LedgerLoad.objects.count() == 0


@pytest.mark.parametrize("persona", [account_manager, director])
def test_only_finance_loads_the_ledger(erp, row, persona):
    with pytest.raises(NotAllowed):
        erp.load(row(), by=persona(erp.acme))

    assert LedgerLoad.objects.count() == 0


def test_a_closed_month_takes_in_gives_out_and_changes_nothing(erp, row):
    erp.load(row(), row(document="R2", document_on="2026-02-02"))
    close_period(month=date(2026, 1, 1), by=erp.by, today=TODAY)
    before = months()

    result = erp.load(
        row(),
        row(line="2"),
        row(document="R2", document_on="2026-01-31"),
        row(document="R3", document_on="2026-01-31", posted_on="2026-02-03"),
    )

    assert [(reject.row, reject.column, reject.code) for reject in result.rejects] == [
        (3, "posted_on", "closed"),
        (4, "posted_on", "closed"),
    ]
    assert (result.created, result.unchanged) == (1, 1)
    assert months()[0] == before[0]
    assert LedgerLine.objects.get(document__number="R3").posted_on == date(2026, 2, 3)


def test_an_opened_month_can_be_corrected_again(erp, row):
    erp.load(row())
    close_period(month=date(2026, 1, 1), by=erp.by, today=TODAY)
    reopen_period(month=date(2026, 1, 1), by=erp.by, reason="A credit was forgotten")

    assert erp.load(row(quantity="11")).updated == 1


def test_a_month_that_runs_cannot_be_closed(erp):
    with pytest.raises(DomainError):
        close_period(month=date(2026, 2, 1), by=erp.by, today=TODAY)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_file_is_read_with_its_own_delimiter_quotes_and_mark(erp, delimiter):
    names = ["document", "line", "customer", "document_on", "product", "quantity", "unit_price", "salesperson"]
    lines = [names, ["R1", "1", "ACME", "2026-01-10", "NUT", "10", "2.5", '"a\n\\b"'], [], ["R2", "1"]]
    text = "\ufeff" + "\r\n".join(delimiter.join(line) for line in lines)

    result = load_ledger(io.BytesIO(text.encode()), source="erp", by=erp.by, today=TODAY)

    assert (result.created, result.rejects) == (1, (Reject(4, "", "fields"),))
    assert LedgerDocument.objects.get().salesperson_code == "a\n\\b"


def test_bytes_that_are_no_text_refuse_their_row_only(erp):
    head = b"document,line,customer,document_on,product,quantity,unit_price\n"
    file = io.BytesIO(head + b"R\xff,1,ACME,2026-01-10,NUT,1,1\nR2,1,ACME,2026-01-10,NUT,1,1\n")

    result = load_ledger(file, source="erp", by=erp.by, today=TODAY)

    assert result.rejects == (Reject(2, "", "characters"),)
    assert result.created == 1


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty"),
        ("document,line\n", "missing_column"),
        ("document,line,customer,document_on,product,quantity,unit_price,owner__password\n", "unknown_column"),
        ("document,document,line,customer,document_on,product,quantity,unit_price\n", "duplicate_column"),
    ],
)
def test_a_file_without_a_usable_header_is_refused_whole(erp, text, code):
    with pytest.raises(DomainError) as refusal:
        load_ledger(io.BytesIO(text.encode()), source="erp", by=erp.by)

    assert refusal.value.code == code
    assert LedgerLoad.objects.count() == 0


def test_an_empty_delivery_does_nothing(erp):
    assert erp.load() == LoadResult(load_id=LedgerLoad.objects.get().pk)


def test_each_refusal_is_handed_on(erp, row):
    seen = []

    erp.load(*(row(document=f"R{number}", quantity="x") for number in range(5)), chunk_size=2, on_reject=seen.append)

    assert [reject.row for reject in seen] == [2, 3, 4, 5, 6]


def test_a_random_history_of_corrections_leaves_the_roll_ups_true(erp, row):
    chance = random.Random(20260115)  # noqa: S311 - a seed, so that a failure can be repeated
    for _delivery in range(12):
        rows = {}
        for _row in range(30):
            number = chance.randint(1, 12)
            header = {"customer": chance.choice(["ACME", "BOLT"]), "document_on": f"2025-{chance.randint(1, 12):02}-05"}
            rows[number, chance.randint(1, 3)] = header
        headers = {}
        delivery = [
            row(
                document=f"R{number}", line=str(line), quantity=str(chance.randint(1, 9)),
                product=chance.choice(["NUT", "SCREW"]), freight=str(number),
                **headers.setdefault(number, header),
            )
            for (number, line), header in rows.items()
        ]  # fmt: skip
        erp.load(*delivery, chunk_size=9)
    fields = [field.attname for field in SalesSummary._meta.concrete_fields if field.name != "id"]
    kept = (months(), list(SalesSummary.objects.order_by("customer").values_list(*fields)))

    rebuild_rollups()

    assert (months(), list(SalesSummary.objects.order_by("customer").values_list(*fields))) == kept


def test_a_delivery_that_is_known_word_for_word_is_not_read_again(erp, row):
    rows = [row(), row(line="2", product="SCREW")]
    erp.load(*rows)

    with CaptureQueriesContext(connection) as statements:
        result = erp.load(*rows)

    assert not any("ledger_rows ON COMMIT" in statement["sql"] for statement in statements)
    assert (result.unchanged, result.file, result.ledger) == (2, result.ledger, Sums(2, 500_000, 0, 500_000))


def test_a_line_whose_document_moved_is_read_again(erp, row):
    erp.load(row(), row(line="2"))
    erp.load(row(customer="BOLT"))

    result = erp.load(row(line="2"))

    assert result.updated == 1
    assert months() == [("Acme", date(2026, 1, 1), 500_000, 0, 2, 1)]


def test_a_known_line_of_a_customer_out_of_sight_stays_unknown(erp, row):
    erp.load(row())
    erp.by.api_token = ApiTokenFactory(owner=erp.by, scopes=["erp:facts:write"], customer_ids=[erp.bolt.pk])

    result = erp.load(row())

    assert [(reject.column, reject.code) for reject in result.rejects] == [("customer", "unknown")]
