"""The page of the portfolio against adding the same figures up from the lines of the ledger, for each page anew.

`bin/bench portfolio --size 5000000 --reuse-db` has so many lines; it fills and keeps the database that
`bin/bench pages` keeps.
"""

from __future__ import annotations

import statistics
import time
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from benchmarks.pages import database as database
from benchmarks.pages import director, fill, signed_in
from benchmarks.serving import Call, send, serving, throughput
from kcrm.lib.periods import add_months
from profitability.models import LedgerDocument, LedgerLine, Product
from selection.services.portfolio import add_up_portfolio

CUSTOMERS = 100_000
LINES_OF_A_DOCUMENT = 5
AT_ONCE = 100_000  # documents in one transaction
PRODUCTS = 2_000
ROUNDS, LIVE_ROUNDS = 25, 3
DOCUMENTS = """
INSERT INTO profitability_ledgerdocument (source, number, kind, customer_id, document_on, posted_on, currency, rate,
    freight_units, salesperson_code)
SELECT 'bench', n, 'invoice', keys[1 + (n * 7919) %% cardinality(keys)], day, day, 'USD', 1, 125000, ''
FROM (SELECT n, %(last)s::date - (n * 104729 %% 1095)::int AS day
        FROM generate_series(%(first)s::bigint, %(until)s) n) days,
    (SELECT array_agg(id ORDER BY id) AS keys FROM customers_customer WHERE deleted_at IS NULL) known
RETURNING id
"""
LINES = """
INSERT INTO profitability_ledgerline (document_id, line_no, product_id, customer_id, posted_on, quantity,
    unit_price_units, gross_units, discount_units, net_units, state, row_hash)
SELECT id, line, products[1 + (id * 31 + line) %% cardinality(products)], customer_id, posted_on, line,
    price, price * line, price * line / 20, price * line - price * line / 20, 'imported', id * 8 + line
FROM (SELECT *, 10000 * (1 + id %% 997) AS price FROM profitability_ledgerdocument WHERE id = ANY(%(documents)s)) made,
    generate_series(1, %(lines)s) line, (SELECT array_agg(id) AS products FROM profitability_product) known
"""
LIVE = """
WITH bought AS (
    SELECT customer_id, sum(net_units) FILTER (WHERE posted_on >= %(since)s) AS net,
        sum(net_units) FILTER (WHERE posted_on < %(since)s) AS prior
    FROM profitability_ledgerline WHERE posted_on >= %(before)s AND posted_on < %(until)s GROUP BY customer_id
)
SELECT tier, count(*), sum(net), sum(prior), sum(net::float8) FILTER (WHERE net > 0),
    sum(net::float8 * net::float8) FILTER (WHERE net > 0)
FROM customers_customer
LEFT JOIN bought ON bought.customer_id = customers_customer.id
LEFT JOIN selection_currentscore ON selection_currentscore.customer_id = customers_customer.id
WHERE deleted_at IS NULL GROUP BY tier
"""


def fill_ledger(lines: int) -> None:
    """Bring the ledger up to so many lines, spread evenly over three years and all customers."""
    documents = (lines - LedgerLine.objects.count()) // LINES_OF_A_DOCUMENT
    if documents <= 0:
        return
    if not Product.objects.exists():
        Product.objects.bulk_create([Product(source="bench", sku=f"P{n}", name=f"P{n}") for n in range(PRODUCTS)])
    known = LedgerDocument.objects.filter(source="bench").count()
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        for first in range(known + 1, known + documents + 1, AT_ONCE):
            until = min(first + AT_ONCE, known + documents + 1) - 1
            cursor.execute(DOCUMENTS, {"last": timezone.localdate(), "first": first, "until": until})
            made = [pk for (pk,) in cursor.fetchall()]
            cursor.execute(LINES, {"documents": made, "lines": LINES_OF_A_DOCUMENT})
        cursor.execute("VACUUM ANALYZE profitability_ledgerline")  # as autovacuum would have done


def live_seconds() -> float:
    """Seconds to add the figures up by tier from the lines, in one statement and as parallel as PostgreSQL will."""
    month = timezone.localdate().replace(day=1)
    values = {"until": month, "since": add_months(month, -12), "before": add_months(month, -24)}
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        begin = time.perf_counter()
        cursor.execute(LIVE, values)
        assert cursor.fetchall()
        return time.perf_counter() - begin


@pytest.mark.timeout(7_200)
def test_portfolio(size: int, database: str, report, tmp_path: Path) -> None:
    fill(CUSTOMERS)
    fill_ledger(size)
    page = Call("/portfolio/", headers=signed_in(director()))
    with serving("kcrm.settings.test", database, tmp_path / "product.log") as product:
        pages, live = [], []
        for _round in range(LIVE_ROUNDS):
            live.append(live_seconds())
            add_up_portfolio()  # as a job does every five minutes
            throughput(product, page, 1.0)  # fills the caches of every thread
            asked = product.connect()  # anew: the server ends one that was quiet for long
            pages += [send(asked, page) / 1_000 for _call in range(ROUNDS)]
            asked.close()
    report.note(f"{LedgerLine.objects.count():,} lines of {CUSTOMERS:,} customers")
    report.note(f"page, median of {len(pages)}: {statistics.median(pages) * 1_000:.1f} ms")
    report.note(f"live aggregate, least of {LIVE_ROUNDS}: {min(live):.2f} s")
    report.ratio("P12 page: times faster than adding up the lines", min(live) / statistics.median(pages), ">= 40")
