"""Add the portfolio up beforehand."""

from __future__ import annotations

from typing import Final

from django.db import connection, transaction

from selection.models import PortfolioCell

FILL: Final = """
    INSERT INTO selection_portfoliocell
        (org_unit_id, tier, customers, net_units, prior_units, buying_units, squares, computed_at)
    SELECT org_unit_id, coalesce(tier, ''), count(*),
        coalesce(sum(net_12m_units), 0), coalesce(sum(prior_12m_units), 0),
        coalesce(sum(net_12m_units::float8) FILTER (WHERE net_12m_units > 0), 0),
        coalesce(sum(net_12m_units::float8 * net_12m_units::float8) FILTER (WHERE net_12m_units > 0), 0),
        statement_timestamp()
    FROM customers_customer customer
    LEFT JOIN profitability_salessummary summary ON summary.customer_id = customer.id
    LEFT JOIN selection_currentscore score ON score.customer_id = customer.id
    WHERE customer.deleted_at IS NULL
    GROUP BY 1, 2
"""
TURN: Final = 7_021_118_003  # an advisory lock: two at once would write the same rows


@transaction.atomic
def add_up_portfolio() -> int:
    """Make all cells anew; returns how many there are."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [TURN])
        PortfolioCell.objects.all().delete()
        cursor.execute(FILL)
        return cursor.rowcount
