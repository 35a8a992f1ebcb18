"""The dependence matrix: who needs whom, over all customers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, F, QuerySet

from accounts.models import User
from customers.models import Customer
from customers.querysets import visible_customers
from kcrm.lib.money import from_units
from selection.calculations.dependence import Dependence, OurDependence
from selection.selectors.matrix import BUBBLES


@dataclass(frozen=True, slots=True)
class DependencePoint:
    """One customer: both dependences of 1-5, and what the mirrors need; None where it was not answered."""

    pk: int
    name: str
    customer: Decimal
    ours: Decimal
    position: Dependence
    profit_impact: int | None
    supply_risk: int | None
    money: int | None
    index: Decimal | None
    current: Decimal | None


def dependence_matrix(
    user: User, *, within: QuerySet[Customer] | None = None, limit: int = BUBBLES
) -> tuple[Mapping[Dependence, int], list[DependencePoint], int]:
    """How many stand in each position, the largest of them, and how many in all; two statements.

    `within` are customers that the person sees, narrowed by a filter.
    """
    seen = visible_customers(user, "score") if within is None else within
    rows = seen.exclude(relationship__dependence="").filter(relationship__isnull=False)
    counts = {
        Dependence(row["relationship__dependence"]): row["count"]
        for row in rows.order_by().values("relationship__dependence").annotate(count=Count("pk"))
    }
    found = rows.order_by(F("sales_summary__net_12m_units").desc(nulls_last=True), "pk").values(
        "pk", "name", "relationship__customer_dependence", "relationship__our_dependence", "relationship__dependence",
        "dependence_assessment__profit_impact", "dependence_assessment__supply_risk",
        "dependence_assessment__answers", "current_score__index", "sales_summary__net_12m_units",
    )[:limit]  # fmt: skip
    points = [
        DependencePoint(
            pk=row["pk"],
            name=row["name"],
            customer=row["relationship__customer_dependence"],
            ours=row["relationship__our_dependence"],
            position=Dependence(row["relationship__dependence"]),
            profit_impact=row["dependence_assessment__profit_impact"],
            supply_risk=row["dependence_assessment__supply_risk"],
            money=(row["dependence_assessment__answers"] or {}).get(OurDependence.MONEY.value),
            index=row["current_score__index"],
            current=None if (units := row["sales_summary__net_12m_units"]) is None else from_units(units),
        )
        for row in found
    ]
    return counts, points, sum(counts.values())
