"""What counts of people's judgement: their mean, or what they agreed on; over all editions of a model."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection

from selection.models import ModelFactor

OPINIONS = """
    WITH given AS (
        SELECT DISTINCT ON (r.customer_id, r.rater_id) r.customer_id, r.rater_id, r.score, r.rated_on
        FROM selection_rating r
        JOIN selection_modelfactor f ON f.id = r.factor_id
        JOIN selection_scoringmodel m ON m.id = f.model_id
        WHERE f.key = %(key)s AND m.name = %(model)s
        ORDER BY r.customer_id, r.rater_id, m.edition DESC
    ), agreed AS (
        SELECT DISTINCT ON (c.customer_id) c.customer_id, c.score, o.closed_at
        FROM selection_consensus c
        JOIN selection_scoringround o ON o.id = c.round_id AND o.state = 'closed'
        JOIN selection_scoringmodel m ON m.id = o.model_id
        WHERE c.factor_key = %(key)s AND m.name = %(model)s
        ORDER BY c.customer_id, o.closed_at DESC
    )
    SELECT coalesce(a.customer_id, g.customer_id), coalesce(a.score, g.mean), coalesce(g.raters, 0),
           coalesce(g.spread, 0), a.customer_id IS NOT NULL
    FROM (SELECT customer_id, avg(score) AS mean, count(*) AS raters, max(score) - min(score) AS spread
          FROM given GROUP BY customer_id) AS g
    FULL JOIN agreed a ON a.customer_id = g.customer_id
    ORDER BY 1
"""


@dataclass(frozen=True, slots=True)
class Opinion:
    """What counts of a factor for a customer; `agreed` where it replaces the mean of the raters."""

    customer_id: int
    score: float
    raters: int
    range: float
    agreed: bool


def opinions(factor: ModelFactor) -> Iterator[Opinion]:
    """One opinion a customer for a judged factor, each rater's newest score taken once, in one statement (M01).

    Scores given under an earlier edition of the model count as long as a factor of the same key is in it.
    """
    with connection.cursor() as cursor:
        cursor.execute(OPINIONS, {"key": factor.key, "model": factor.model.name})
        for customer_id, score, raters, spread, agreed in cursor.fetchall():
            yield Opinion(customer_id, float(score), raters, float(spread), agreed)
