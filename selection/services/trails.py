"""Keep where customers stand, so that their bubbles leave a trail."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import connection

TRAIL = """
    INSERT INTO selection_positionpoint (customer_id, "on", attractiveness, ratio, gap, status)
    SELECT now_at.customer_id, %(today)s, now_at.attractiveness, now_at.ratio, now_at.gap, now_at.status
    FROM (
        SELECT c.id AS customer_id,
               CASE WHEN s.rank IS NOT NULL THEN s.score END AS attractiveness,
               CASE WHEN v.is_strong IS NOT NULL THEN v.ratio END AS ratio,
               CASE WHEN v.is_strong IS NOT NULL THEN v.gap END AS gap,
               CASE WHEN NOT r.is_provisional THEN r.status END AS status
        FROM customers_customer c
        LEFT JOIN selection_currentscore s ON s.customer_id = c.id
        LEFT JOIN selection_customerview v ON v.customer_id = c.id
        LEFT JOIN selection_relationship r ON r.customer_id = c.id
        WHERE c.deleted_at IS NULL AND (v.id IS NOT NULL OR r.id IS NOT NULL)
          AND (%(customers)s IS NULL OR c.id = ANY(%(customers)s))
    ) AS now_at
    LEFT JOIN LATERAL (
        SELECT p.attractiveness, p.ratio, p.gap, p.status, true AS is_there
        FROM selection_positionpoint p
        WHERE p.customer_id = now_at.customer_id AND p."on" <= %(today)s
        ORDER BY p."on" DESC LIMIT 1
    ) AS last ON true
    WHERE last.is_there IS NULL
       OR (now_at.attractiveness, now_at.ratio, now_at.gap, now_at.status)
          IS DISTINCT FROM (last.attractiveness, last.ratio, last.gap, last.status)
    ON CONFLICT (customer_id, "on") DO UPDATE
    SET attractiveness = EXCLUDED.attractiveness, ratio = EXCLUDED.ratio, gap = EXCLUDED.gap, status = EXCLUDED.status
"""


def record_positions(*, today: date, customer_ids: Sequence[int] | None = None) -> int:
    """Note where these customers stand if that has changed; the number of points.

    None: all of whom more than a score is known.

    Part of the caller's transaction. What may not be classified has no figure: a provisional score draws no trail.
    """
    with connection.cursor() as cursor:
        cursor.execute(TRAIL, {"today": today, "customers": None if customer_ids is None else list(customer_ids)})
        return int(cursor.rowcount)
