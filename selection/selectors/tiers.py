"""What other cuts would do to the tiers, before anybody applies them: in SQL, the twin of `calculations.tiers`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.db import connection

from kcrm.lib.money import from_units
from selection.calculations.tiers import DEFAULT_CUTS, PYRAMID, TierCuts
from selection.models import TierRule
from selection.models.scores import TierChoice

MOVERS: Final = 100
NO_SEGMENT: Final = "none"
# Our own text throughout; the cuts are parameters.
RANKED: Final = """
    WITH known AS (
        SELECT c.id, c.name, s.net_12m_units AS units, s.documents_12m = 1 AS one_off, cs.tier AS before
        FROM customers_customer c
        JOIN selection_currentscore cs ON cs.customer_id = c.id
        LEFT JOIN profitability_salessummary s ON s.customer_id = c.id
        WHERE c.deleted_at IS NULL
    ),
    repeat AS (
        SELECT id, units, row_number() OVER (ORDER BY units DESC, id) AS place FROM known
        WHERE NOT one_off AND units IS NOT NULL
    ),
    sizes AS (
        SELECT count(*) AS ranked, count(*) FILTER (WHERE units >= 0) AS earning FROM repeat
    ),
    edges AS (
        SELECT earning, least(earning, greatest(1, floor(ranked * %(key)s + 1e-9))) AS key_end,
               greatest(1, floor(ranked * %(potential)s + 1e-9)
                        - least(earning, greatest(1, floor(ranked * %(key)s + 1e-9)))) AS potential_size
        FROM sizes
    ),
    placed AS (
        SELECT known.id, known.name, known.units, known.before,
               CASE WHEN known.one_off THEN 'one_off'
                    WHEN repeat.id IS NULL THEN ''
                    WHEN repeat.units < 0 THEN 'loss_making'
                    WHEN repeat.place <= edges.key_end THEN 'key'
                    WHEN repeat.place <= least(edges.earning, edges.key_end + edges.potential_size) THEN 'potential'
                    ELSE 'regular' END AS after
        FROM known LEFT JOIN repeat ON repeat.id = known.id CROSS JOIN edges
    )
"""

SHOWN: Final = """(%(segment)s = '' OR (%(segment)s <> 'none') = EXISTS (
        SELECT 1 FROM selection_segmentplace sp
        WHERE sp.customer_id = placed.id AND sp.valid_from <= %(day)s AND (sp.valid_to IS NULL OR sp.valid_to > %(day)s)
          AND (%(segment)s = 'none' OR sp.segment_id::text = %(segment)s)
    ))"""
FLOWS: Final = f"""{RANKED}
    SELECT before, after, count(*), coalesce(sum(units), 0) FROM placed WHERE {SHOWN} GROUP BY before, after
"""  # noqa: S608 - our own text
MOVED: Final = f"""{RANKED}
    SELECT id, name, before, after, units FROM placed WHERE before <> after AND {SHOWN}
    ORDER BY units DESC NULLS LAST, id LIMIT %(most)s
"""  # noqa: S608 - our own text


@dataclass(frozen=True, slots=True)
class TierLine:
    """One tier today and with the other cuts: customers and net sales."""

    code: str
    label: str
    before: int
    after: int
    sales_before: Decimal
    sales_after: Decimal


@dataclass(frozen=True, slots=True)
class TierMover:
    """A customer whose tier would change; `rises` is None where one side is beside the pyramid."""

    pk: int
    name: str
    before: str
    after: str
    rises: bool | None
    current: Decimal | None


@dataclass(frozen=True, slots=True)
class TierPreview:
    """The effect of some cuts; `movers` are the largest, `changes` counts all."""

    cuts: TierCuts
    lines: Sequence[TierLine]
    movers: Sequence[TierMover]
    changes: int


def cuts_in_force() -> TierCuts:
    """The company's cuts, the method's while it has none."""
    rule = TierRule.objects.order_by("pk").first()
    return TierCuts(float(rule.key_share), float(rule.potential_share)) if rule else DEFAULT_CUTS


def tier_preview(cuts: TierCuts, *, segment: str = "", day: date | None = None) -> TierPreview:
    """What these cuts, over all customers, would do to all of them or to those in a segment; two statements.

    `segment` is the key of one as text, or NO_SEGMENT for customers that are in none on the day.
    """
    values = {"key": cuts.key, "potential": cuts.potential, "most": MOVERS, "segment": segment, "day": day}
    with connection.cursor() as cursor:
        cursor.execute(FLOWS, values)
        flows = cursor.fetchall()
        cursor.execute(MOVED, values)
        movers = cursor.fetchall()
    return TierPreview(
        cuts=cuts,
        lines=[_line(code, str(label), flows) for code, label in TierChoice.choices],
        movers=[_mover(*row) for row in movers],
        changes=sum(count for before, after, count, _units in flows if before != after),
    )


def _line(code: str, label: str, flows: Sequence[Any]) -> TierLine:
    return TierLine(
        code=code,
        label=label,
        before=sum(count for before, _after, count, _units in flows if before == code),
        after=sum(count for _before, after, count, _units in flows if after == code),
        sales_before=from_units(sum(int(units) for before, _after, _count, units in flows if before == code)),
        sales_after=from_units(sum(int(units) for _before, after, _count, units in flows if after == code)),
    )


def _mover(pk: int, name: str, before: str, after: str, units: int | None) -> TierMover:
    order = [tier.value for tier in PYRAMID]
    rises = order.index(after) < order.index(before) if before in order and after in order else None
    return TierMover(pk, name, before, after, rises, None if units is None else from_units(units))
