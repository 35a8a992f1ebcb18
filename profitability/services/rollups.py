"""Keep the roll-ups true: what customers bought by month, and their last twelve months."""

from __future__ import annotations

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
ON CONFLICT (customer_id) DO UPDATE SET is_stale = true
"""

REBUILD_MONTHS: Final = """
INSERT INTO profitability_customermonth (customer_id, month, gross_units, discount_units, net_units, cost_units,
    costed_net_units, freight_units, quantity, lines, documents)
SELECT coalesce(l.customer_id, d.customer_id), coalesce(l.month, d.month), coalesce(gross, 0), coalesce(discount, 0),
    coalesce(net, 0), coalesce(cost, 0), coalesce(costed, 0), coalesce(freight, 0), coalesce(quantity, 0),
    coalesce(lines, 0), coalesce(documents, 0)
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

REFRESH: Final = """
WITH chosen AS MATERIALIZED (
    SELECT customer_id FROM profitability_salessummary WHERE is_stale OR as_of_month <> %(last)s
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
range AS (
    SELECT l.customer_id, count(DISTINCT l.product_id) AS products, count(DISTINCT p.group_id) AS product_groups,
        count(l.cost_units) > 0 AS has_costs
    FROM profitability_ledgerline l JOIN chosen USING (customer_id) JOIN profitability_product p ON p.id = l.product_id
    WHERE l.posted_on >= %(first)s AND l.posted_on < %(until)s AND l.quantity > 0 GROUP BY l.customer_id
),
days AS (
    SELECT DISTINCT d.customer_id, d.document_on FROM profitability_ledgerdocument d JOIN chosen USING (customer_id)
    WHERE d.kind = 'invoice' AND d.posted_on >= %(first)s AND d.posted_on < %(until)s
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
    SELECT customer_id, min(document_on) AS first_on, max(document_on) AS last_on
    FROM profitability_ledgerdocument JOIN chosen USING (customer_id) WHERE kind = 'invoice' GROUP BY customer_id
)
UPDATE profitability_salessummary s SET
    as_of_month = %(last)s, is_stale = false,
    net_12m_units = coalesce(m.net, 0), prior_12m_units = coalesce(m.prior, 0),
    gross_12m_units = coalesce(m.gross, 0), discount_12m_units = coalesce(m.discount, 0),
    freight_12m_units = coalesce(m.freight, 0),
    growth = CASE WHEN m.prior > 0 THEN round((m.net - m.prior)::numeric / m.prior, 6) END,
    discount_share = CASE WHEN m.gross > 0 THEN round(m.discount::numeric / m.gross, 6) END,
    trend = coalesce(m.trend, array_fill(0::bigint, ARRAY[12])),
    documents_12m = coalesce(m.documents, 0), lines_12m = coalesce(m.lines, 0),
    products_12m = coalesce(r.products, 0), product_groups_12m = coalesce(r.product_groups, 0),
    intervals_12m = coalesce(y.intervals, 0), interval_days = coalesce(y.days, 0),
    interval_squares = coalesce(y.squares, 0), interval_median = y.median,
    first_document_on = f.first_on, last_document_on = f.last_on,
    cm1_12m_units = CASE WHEN r.has_costs THEN m.costed - m.cost END,
    cost_known_share = CASE WHEN m.net > 0 THEN round(m.costed::numeric / m.net, 6) END
FROM chosen c
LEFT JOIN months m USING (customer_id) LEFT JOIN range r USING (customer_id)
LEFT JOIN rhythm y USING (customer_id) LEFT JOIN life f USING (customer_id)
WHERE s.customer_id = c.customer_id
"""


def lock(cursor: Any) -> None:
    """Wait until nobody else writes the ledger; the lock ends with the transaction."""
    cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LEDGER_LOCK])


def newest_month() -> date | None:
    """The month of the newest posting; None for an empty ledger."""
    return CustomerMonth.objects.order_by("-month").values_list("month", flat=True).first()


@transaction.atomic
def refresh_stale(*, as_of_month: date | None = None) -> int:
    """Bring the summaries up to date that a change of the ledger or the turn of a month made stale; returns how many.

    The twelve months end with the month of the newest posting, or with `as_of_month`. A customer whose last line went
    away keeps no summary.
    """
    last = as_of_month or newest_month()
    with connection.cursor() as cursor:
        lock(cursor)
        cursor.execute(
            "DELETE FROM profitability_salessummary s WHERE is_stale AND NOT EXISTS"
            " (SELECT FROM profitability_customermonth m WHERE m.customer_id = s.customer_id)"
        )
        if last is None:
            return 0
        window = trailing(last)
        months = {f"month_{index}": month for index, month in enumerate(window.months())}
        sums = (f"coalesce(sum(net_units) FILTER (WHERE month = %({name})s), 0)::bigint" for name in months)
        cursor.execute(
            REFRESH.replace("{trend}", f"ARRAY[{', '.join(sums)}]"),
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
    """Make the customer months anew from the ledger; returns how many there are. The summaries wait for a refresh."""
    with connection.cursor() as cursor:
        lock(cursor)
        cursor.execute("SET LOCAL statement_timeout = '300s'")
        cursor.execute("DELETE FROM profitability_customermonth")
        cursor.execute(REBUILD_MONTHS)
        rebuilt = int(cursor.rowcount)
        cursor.execute(MARK_STALE.replace("ledger_delta", "profitability_customermonth"))
    return rebuilt


def refresh_all() -> int:
    """Make every summary anew from months and lines; returns how many."""
    with transaction.atomic():
        SalesSummary.objects.update(is_stale=True)
        return refresh_stale()


@transaction.atomic
def rebuild_rollups() -> int:
    """Make all roll-ups anew from the ledger; returns the number of customer months. For repairs and big moves."""
    rebuilt = rebuild_months()
    refresh_all()
    return rebuilt
