"""Reading staged texts: trusting casts say what careful ones say, or that they are in doubt."""

from __future__ import annotations

import io
import random

import pytest
from django.db import DataError, connection, transaction

from profitability.models import LedgerDocument, LedgerLine
from profitability.services.ledger import Reject, load_ledger
from profitability.services.ledger.cutting import Cutter
from profitability.services.ledger.deliveries import opened
from profitability.services.ledger.reading import DOUBT, LARGEST, STAGE, read_rows

NAMES = ("document", "line", "customer", "document_on", "product", "quantity", "unit_price", "discount", "kind", "cost")
HEAD = b"document,line,customer,document_on,product,quantity,unit_price\n"
PARAMETERS = {"source": "erp", "currency": "USD", "latest": "2026-12-31", "largest": LARGEST}


def read(cursor, row, *, is_careful):
    """What ledger_rows holds of one row; None where the cast fails."""
    cursor.execute("DROP TABLE IF EXISTS ledger_stage, ledger_rows")
    cursor.execute(STAGE)
    cursor.execute(f"INSERT INTO ledger_stage ({', '.join(NAMES)}) VALUES ({', '.join(['%s'] * len(NAMES))})", row)
    statement = read_rows(NAMES, but_known=False, is_clean=False, is_careful=is_careful)
    try:
        with transaction.atomic():
            cursor.execute(statement.replace("{visible}", "SELECT id FROM customers_customer"), PARAMETERS)
    except DataError:
        return None
    cursor.execute("SELECT ledger_rows::text FROM ledger_rows")
    return cursor.fetchone()[0]


def odd(chance, text):
    """The text with a character put in, taken out or changed."""
    at, sign = chance.randrange(len(text) + 1), chance.choice("0123456789.-- e+/xN_")
    return text[:at] + chance.choice((sign, "")) + text[at + chance.randrange(3) :]


def test_what_is_read_on_trust_is_read_the_same_with_care(erp):
    chance = random.Random(20260117)  # noqa: S311 - a seed, so that a failure can be repeated
    good = ("R1", "1", "ACME", "2026-01-10", "NUT", "10.5", "-2.50", "0.15", "credit_note", "7")
    with connection.cursor() as cursor:
        for _round in range(150):
            row = list(good)
            for column in chance.sample((1, 3, 5, 6, 7, 9), 2):
                row[column] = odd(chance, odd(chance, row[column]))
            trusted = read(cursor, row, is_careful=False)
            if trusted is not None and DOUBT not in trusted:
                assert trusted == read(cursor, row, is_careful=True), row


@pytest.mark.parametrize("text", ["NaN", "1e5", "0x1F", "1_000", "Infinity", "9" * 22, "1.123456789123456789012"])
def test_a_number_in_doubt_is_not_taken_on_trust(erp, text):
    with connection.cursor() as cursor:
        rows = read(cursor, ("R1", "1", "ACME", "2026-01-10", "NUT", text, "2", "0", "", ""), is_careful=False)

    assert rows is None or DOUBT in rows


@pytest.mark.parametrize(
    "text", ["today", "20260110", "2026/01/10", "infinity", "Jan 5, 2026", "26-01-10", "01-10-2026"]
)
def test_a_date_in_doubt_is_not_taken_on_trust(erp, text):
    with connection.cursor() as cursor:
        rows = read(cursor, ("R1", "1", "ACME", text, "NUT", "1", "2", "0", "", ""), is_careful=False)

    assert rows is None or DOUBT in rows


@pytest.mark.parametrize(
    ("text", "rejects"),
    [
        (b"R1,1,ACME,2026-01-10,NUT,1,1\n\nR2,1\nR3,1,ACME,2026-01-10,NUT,1,1\n", (Reject(4, "", "fields"),)),
        (b'"R1","1","ACME","2026-01-10","NUT","1","1"\r\n"R2","1","ACME","2026-01-10","NUT","1","1"\r\n', ()),
        (b"R1,1,ACME,2026-01-10,NUT,1,1\rR2,1,ACME,2026-01-10,NUT,1,1\r", ()),
        (b' R1 , 1,ACME ,2026-01-10,NUT, 1,1\nR2,1,ACME,2026-01-10,NUT,1,"1"', ()),
        (b'R"1,1,ACME,2026-01-10,NUT,1,1\nR2",1,ACME,2026-01-10,NUT,1,1\n', ()),
    ],
)
def test_a_file_is_read_however_it_ends_its_rows_and_quotes_its_texts(erp, text, rejects):
    result = load_ledger(io.BytesIO(HEAD + text), source="erp", by=erp.by, chunk_size=1)

    assert (result.created, result.rejects) == (2, rejects)
    assert LedgerLine.objects.count() == 2
    assert LedgerDocument.objects.filter(number__contains=" ").count() == 0


def test_rows_keep_their_numbers_over_chunks(erp):
    rows = [b"R%d,1,ACME,2026-01-10,NUT,1,%s" % (number, b"x" if number == 4 else b"1") for number in range(6)]

    result = load_ledger(io.BytesIO(HEAD + b"\n".join(rows)), source="erp", by=erp.by, chunk_size=2)

    assert [(reject.row, reject.code) for reject in result.rejects] == [(6, "not_a_number")]
    assert result.created == 5


def test_a_chunk_is_the_bytes_of_whole_rows():
    cutter = Cutter(io.BytesIO(b'a,"b\nc"\nd,e\nf,""""\ng'), ",")

    chunks = [cutter.next_chunk(2), cutter.is_at_end, cutter.next_chunk(2), cutter.is_at_end]

    assert chunks == [b'a,"b\nc"\nd,e\n', False, b'f,""""\ng\n', True]


@pytest.mark.parametrize("text", [b'a "quoted" b,c\n', b"a\rb\n", b'"never closed\n\n', b"a\n\\.\nb\n"])
def test_what_cannot_be_cut_is_left_as_it_is(text):
    cutter = Cutter(io.BytesIO(text), ",")

    assert cutter.next_chunk(100) is None
    assert cutter.rest().read() == text


def test_the_header_may_carry_a_byte_order_mark_and_capitals(db):
    assert opened(io.BytesIO(b"\xef\xbb\xbf" + HEAD.upper())).header.names[0] == "document"
