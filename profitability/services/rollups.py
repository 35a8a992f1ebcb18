"""Keep the roll-ups true: what customers bought by month, and their last twelve months."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from django.db import connection, transaction

from kcrm.lib.periods import trailing
from profitability.models import CustomerMonth, SalesSummary

LEDGER_LOCK: Final = 0x1ED6E4  # one writer of ledger and roll-ups at a time

MARK_STALE: Final = """
INSERT INTO profitability_salessummary (customer_id, as_of_month, net_12m_units, prior_12m_units, gross_12m_units,
    discount_12m_units, freight_12m_units, trend, documents_12m, lines_12m, products_12m, product_groups_12m,
    intervals_12m, interval_days, interval_squares, is_stale)
SELECT customer_id, max(month), 0, 0, 0, 0, 0, '{}', 0, 0, 0, 0, 0, 0, 0, true FROM ledger_delta
GROUP BY customer_id ORDER BY customer_id
ON CONFLICT (customer_id) DO UPDATE SET is_stale = true WHERE NOT profitability_salessummary.is_stale
"""

# What a change of the ledger adds to customer months
DELTA: Final = """
CREATE TEMPORARY TABLE ledger_delta (customer_id bigint, month date, gross bigint, discount bigint, net bigint,
    cost bigint, costed bigint, freight bigint, quantity numeric, lines integer, documents integer) ON COMMIT DROP
"""

ADD_TO_MONTHS: Final = """
INSERT INTO profitability_customermonth AS m (customer_id, month, gross_units, discount_units, net_units, cost_units,
    costed_net_units, freight_units, quantity, lines, documents)
SELECT customer_id, month, sum(gross), sum(discount), sum(net), sum(cost), sum(costed), sum(freight), sum(quantity),
    sum(lines), sum(documents)
FROM ledger_delta GROUP BY customer_id, month ORDER BY customer_id, month
ON CONFLICT (customer_id, month) DO UPDATE SET
    gross_units = m.gross_units + excluded.gross_units, discount_units = m.discount_units + excluded.discount_units,
    net_units = m.net_units + excluded.net_units, cost_units = m.cost_units + excluded.cost_units,
    costed_net_units = m.costed_net_units + excluded.costed_net_units,
    freight_units = m.freight_units + excluded.freight_units, quantity = m.quantity + excluded.quantity,
    lines = m.lines + excluded.lines, documents = m.documents + excluded.documents
"""

DROP_EMPTY_MONTHS: Final = """
DELETE FROM profitability_customermonth m USING ledger_delta d
WHERE m.customer_id = d.customer_id AND m.month = d.month AND m.lines = 0 AND m.documents = 0
"""

# What the months should be; a table made of a query may use every processor
TRUTH: Final = """
SELECT coalesce(l.customer_id, d.customer_id) AS customer_id, coalesce(l.month, d.month) AS month,
    coalesce(gross, 0)::bigint AS gross, coalesce(discount, 0)::bigint AS discount, coalesce(net, 0)::bigint AS net,
    coalesce(cost, 0)::bigint AS cost, coalesce(costed, 0)::bigint AS costed, coalesce(freight, 0)::bigint AS freight,
    coalesce(quantity, 0) AS quantity, coalesce(lines, 0)::integer AS lines,
    coalesce(documents, 0)::integer AS documents
FROM (
    SELECT customer_id, date_trunc('month', posted_on::timestamp)::date AS month, sum(gross_units) AS gross,
        sum(discount_units) AS discount, sum(net_units) AS net, sum(cost_units) AS cost,
        sum(net_units) FILTER (WHERE cost_units IS NOT NULL) AS costed, sum(quantity) AS quantity, count(*) AS lines
    FROM profitability_ledgerline GROUP BY 1, 2
) l
FULL JOIN (
    SELECT customer_id, date_trunc('month', posted_on::timestamp)::date AS month, sum(freight_units) AS freight,
        count(*) AS documents
    FROM profitability_ledgerdocument GROUP BY 1, 2
) d ON d.customer_id = l.customer_id AND d.month = l.month
"""
TRUE_MONTHS: Final = f"CREATE TEMPORARY TABLE true_months ON COMMIT DROP AS {TRUTH}"
# Only what is not true is kept and written: readers wait for nothing, and a sound table stays as it is. A month that
# should not be there has no lines
UNTRUE_MONTHS: Final = """
CREATE TEMPORARY TABLE true_months ON COMMIT DROP AS
SELECT coalesce(t.customer_id, m.customer_id) AS customer_id, coalesce(t.month, m.month) AS month,
    t.gross, t.discount, t.net, t.cost, t.costed, t.freight, t.quantity, t.lines, t.documents
FROM ({truth}) t
FULL JOIN profitability_customermonth m ON m.customer_id = t.customer_id AND m.month = t.month
WHERE (m.gross_units, m.discount_units, m.net_units, m.cost_units, m.costed_net_units, m.freight_units, m.quantity,
        m.lines, m.documents)
    IS DISTINCT FROM (t.gross, t.discount, t.net, t.cost, t.costed, t.freight, t.quantity, t.lines, t.documents)
""".replace("{truth}", TRUTH)
DROP_UNTRUE_MONTHS: Final = """
DELETE FROM profitability_customermonth m USING true_months t
WHERE t.customer_id = m.customer_id AND t.month = m.month AND t.lines IS NULL
RETURNING m.customer_id, m.month
"""
CORRECT_MONTHS: Final = """
INSERT INTO profitability_customermonth (customer_id, month, gross_units, discount_units, net_units, cost_units,
    costed_net_units, freight_units, quantity, lines, documents)
SELECT * FROM true_months WHERE lines IS NOT NULL
ON CONFLICT (customer_id, month) DO UPDATE SET
    gross_units = excluded.gross_units, discount_units = excluded.discount_units, net_units = excluded.net_units,
    cost_units = excluded.cost_units, costed_net_units = excluded.costed_net_units,
    freight_units = excluded.freight_units, quantity = excluded.quantity, lines = excluded.lines,
    documents = excluded.documents
RETURNING customer_id, month
"""
# The months that were written, for the summaries made of them
MARK_WRITTEN: Final = (
    "WITH written AS ({statement}) INSERT INTO ledger_delta (customer_id, month) SELECT * FROM written"
)

REFRESH: Final = """
WITH chosen AS MATERIALIZED (
    SELECT customer_id FROM (
        SELECT customer_id FROM profitability_salessummary WHERE is_stale OR as_of_month <> %(last)s
        UNION {touched}
    ) c
    WHERE EXISTS (SELECT FROM profitability_customermonth m WHERE m.customer_id = c.customer_id)
),
months AS (
    SELECT customer_id,
        coalesce(sum(net_units) FILTER (WHERE month >= %(first)s), 0) AS net,
        coalesce(sum(net_units) FILTER (WHERE month < %(first)s), 0) AS prior,
        coalesce(sum(gross_units) FILTER (WHERE month >= %(first)s), 0) AS gross,
        coalesce(sum(discount_units) FILTER (WHERE month >= %(first)s), 0) AS discount,
        coalesce(sum(freight_units) FILTER (WHERE month >= %(first)s), 0) AS freight,
        coalesce(sum(documents) FILTER (WHERE month >= %(first)s), 0) AS documents,
        coalesce(sum(lines) FILTER (WHERE month >= %(first)s), 0) AS lines,
        coalesce(sum(cost_units) FILTER (WHERE month >= %(first)s), 0) AS cost,
        sum(costed_net_units) FILTER (WHERE month >= %(first)s) AS costed,
        {trend} AS trend
    FROM profitability_customermonth JOIN chosen USING (customer_id)
    WHERE month BETWEEN %(prior_first)s AND %(last)s GROUP BY customer_id
),
items AS MATERIALIZED (
    SELECT id, group_id FROM profitability_product
),
range AS (
    SELECT l.customer_id, count(DISTINCT l.product_id) AS products, count(DISTINCT p.group_id) AS product_groups,
        count(l.cost_units) > 0 AS has_costs
    FROM profitability_ledgerline l JOIN chosen USING (customer_id) JOIN items p ON p.id = l.product_id
    WHERE l.posted_on >= %(first)s AND l.posted_on < %(until)s AND l.quantity > 0 GROUP BY l.customer_id
),
invoices AS MATERIALIZED (
    SELECT d.customer_id, d.document_on, d.posted_on >= %(first)s AND d.posted_on < %(until)s AS is_within
    FROM profitability_ledgerdocument d JOIN chosen USING (customer_id) WHERE d.kind = 'invoice'
),
days AS (
    SELECT DISTINCT customer_id, document_on FROM invoices WHERE is_within
),
gaps AS (
    SELECT customer_id, document_on - lag(document_on) OVER (PARTITION BY customer_id ORDER BY document_on) AS gap
    FROM days
),
rhythm AS (
    SELECT customer_id, count(gap) AS intervals, coalesce(sum(gap), 0) AS days,
        coalesce(sum(gap::bigint * gap), 0) AS squares,
        round((percentile_cont(0.5) WITHIN GROUP (ORDER BY gap))::numeric, 1) AS median
    FROM gaps GROUP BY customer_id
),
life AS (
    SELECT customer_id, min(document_on) AS first_on, max(document_on) AS last_on FROM invoices GROUP BY customer_id
)
INSERT INTO profitability_salessummary ({columns})
SELECT c.customer_id, %(last)s, false, coalesce(m.net, 0), coalesce(m.prior, 0), coalesce(m.gross, 0),
    coalesce(m.discount, 0), coalesce(m.freight, 0),
    CASE WHEN m.prior > 0 THEN round((m.net - m.prior)::numeric / m.prior, 6) END,
    CASE WHEN m.gross > 0 THEN round(m.discount::numeric / m.gross, 6) END,
    coalesce(m.trend, array_fill(0::bigint, ARRAY[12])), coalesce(m.documents, 0), coalesce(m.lines, 0),
    coalesce(r.products, 0), coalesce(r.product_groups, 0),
    coalesce(y.intervals, 0), coalesce(y.days, 0), coalesce(y.squares, 0), y.median, f.first_on, f.last_on,
    CASE WHEN r.has_costs THEN m.costed - m.cost END,
    CASE WHEN m.net > 0 THEN round(m.costed::numeric / m.net, 6) END
FROM chosen c
LEFT JOIN months m USING (customer_id) LEFT JOIN range r USING (customer_id)
LEFT JOIN rhythm y USING (customer_id) LEFT JOIN life f USING (customer_id)
ON CONFLICT (customer_id) DO UPDATE SET {updates}
"""
SUMMARY_COLUMNS: Final = (
    "customer_id", "as_of_month", "is_stale", "net_12m_units", "prior_12m_units", "gross_12m_units",
    "discount_12m_units", "freight_12m_units", "growth", "discount_share", "trend", "documents_12m", "lines_12m",
    "products_12m", "product_groups_12m", "intervals_12m", "interval_days", "interval_squares", "interval_median",
    "first_document_on", "last_document_on", "cm1_12m_units", "cost_known_share",
)  # fmt: skip

# A customer whose last line went away keeps no summary
DROP_EMPTY_SUMMARIES: Final = """
DELETE FROM profitability_salessummary s USING (
    SELECT customer_id FROM profitability_salessummary WHERE is_stale UNION {touched}
) c
WHERE s.customer_id = c.customer_id AND NOT EXISTS (
    SELECT FROM profitability_customermonth m WHERE m.customer_id = c.customer_id OFFSET 0  -- looked up one by one
)
"""
NOBODY: Final = "SELECT NULL::bigint WHERE false"
TOUCHED: Final = "SELECT DISTINCT customer_id FROM ledger_delta"


def lock(cursor: Any) -> None:
    """Wait until nobody else writes the ledger; the lock ends with the transaction."""
    cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LEDGER_LOCK])


def newest_month() -> date | None:
    """The month of the newest posting; None for an empty ledger."""
    return CustomerMonth.objects.order_by("-month").values_list("month", flat=True).first()


@transaction.atomic
def refresh_stale(*, as_of_month: date | None = None) -> int:
    """Bring the summaries up to date that a change of the ledger or the turn of a month made stale; returns how many.

    The twelve months end with the month of the newest posting, or with `as_of_month`.
    """
    with connection.cursor() as cursor:
        lock(cursor)
        return _refresh(cursor, NOBODY, as_of_month)


def refresh_touched(cursor: Any) -> int:
    """The same with the customers of ledger_delta, by whoever holds the lock."""
    return _refresh(cursor, TOUCHED, None)


def _refresh(cursor: Any, touched: str, as_of_month: date | None) -> int:
    last = as_of_month or newest_month()
    cursor.execute(DROP_EMPTY_SUMMARIES.replace("{touched}", touched))
    if last is None:
        return 0
    window = trailing(last)
    months = {f"month_{index}": month for index, month in enumerate(window.months())}
    sums = (f"coalesce(sum(net_units) FILTER (WHERE month = %({name})s), 0)::bigint" for name in months)
    statement = REFRESH.replace("{trend}", f"ARRAY[{', '.join(sums)}]").replace("{touched}", touched)
    statement = statement.replace("{columns}", ", ".join(SUMMARY_COLUMNS))
    statement = statement.replace("{updates}", ", ".join(f"{name} = excluded.{name}" for name in SUMMARY_COLUMNS[1:]))
    cursor.execute(
        statement,
        {
            "first": window.first,
            "last": window.last,
            "until": window.until,
            "prior_first": window.before().first,
            **months,
        },
    )
    return int(cursor.rowcount)


@transaction.atomic
def rebuild_months() -> int:
    """Make the customer months anew from the ledger and write those that differ; returns how many did.

    The summaries of their customers are marked for the next refresh.
    """
    with connection.cursor() as cursor:
        lock(cursor)
        cursor.execute("SET LOCAL statement_timeout = '300s'")
        cursor.execute("SET LOCAL work_mem = '128MB'")
        cursor.execute("SET LOCAL jit = off")
        cursor.execute("DROP TABLE IF EXISTS true_months, ledger_delta")
        cursor.execute(UNTRUE_MONTHS)
        cursor.execute("ANALYZE true_months (customer_id, month)")
        cursor.execute(DELTA)
        written = 0
        for statement in (DROP_UNTRUE_MONTHS, CORRECT_MONTHS):
            cursor.execute(MARK_WRITTEN.replace("{statement}", statement))
            written += int(cursor.rowcount)
        if written:
            cursor.execute(MARK_STALE)
    return written


@transaction.atomic
def rebuild_customers(customer_ids: Sequence[int]) -> int:
    """Make months and summaries of some customers anew, after their lines moved; returns how many months there are."""
    numbers = list(customer_ids)
    narrowed = TRUE_MONTHS
    for table in ("profitability_ledgerline", "profitability_ledgerdocument"):
        narrowed = narrowed.replace(f"FROM {table} GROUP", f"FROM {table} WHERE customer_id = ANY(%(ids)s) GROUP")
    with connection.cursor() as cursor:
        lock(cursor)
        cursor.execute("DROP TABLE IF EXISTS true_months, ledger_delta")
        cursor.execute(narrowed, {"ids": numbers})
        cursor.execute(DELTA)
        cursor.execute("INSERT INTO ledger_delta (customer_id) SELECT unnest(%s::bigint[])", [numbers])
        cursor.execute("DELETE FROM profitability_customermonth WHERE customer_id = ANY(%s)", [numbers])
        cursor.execute(CORRECT_MONTHS)
        rebuilt = len(cursor.fetchall())
        refresh_touched(cursor)
        cursor.execute("DROP TABLE true_months, ledger_delta")
    return rebuilt


def refresh_all() -> int:
    """Make every summary anew from months and lines; returns how many."""
    with transaction.atomic():
        SalesSummary.objects.update(is_stale=True)
        return refresh_stale()


@transaction.atomic
def rebuild_rollups() -> int:
    """Make all roll-ups anew from the ledger; returns how many customer months were wrong. For repairs."""
    rebuilt = rebuild_months()
    refresh_all()
    return rebuilt
