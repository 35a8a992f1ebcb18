"""The nine-cell grid: attractiveness against the status of the relationship, however many customers there are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.db.models import Case, CharField, Count, F, Max, Q, QuerySet, Sum, Value, When

from accounts.models import User
from customers.models import Customer
from customers.querysets import visible_customers
from kcrm.lib.money import from_units
from selection.calculations.bands import DEFAULT_EDGES, Band
from selection.calculations.nine_cell import STRATEGIES, CellStrategy
from selection.calculations.quadrants import bubble
from selection.models import CellText, PositionPoint
from selection.selectors.matrix import BUBBLES, CLASSIFIED, TRAIL

ON_GRID: Final = CLASSIFIED & Q(relationship__is_provisional=False, relationship__status__isnull=False)
NAMED: Final = 6


@dataclass(frozen=True, slots=True)
class GridPoint:
    """One customer on the grid: both indexes of 0-100, its sales, and where it stood before."""

    pk: int
    name: str
    attractiveness: Decimal
    status: Decimal
    current: Decimal | None
    radius: float | None
    strategy: CellStrategy
    has_key_person_risk: bool
    stages_differ: bool
    trail: Sequence[tuple[Decimal, Decimal, date]]


@dataclass(frozen=True, slots=True)
class GridCell:
    """One of the nine cells: how many stand there, what they buy, the largest of them, and what we do with them."""

    attractiveness: Band
    status: Band
    strategy: CellStrategy
    count: int
    current: Decimal
    names: Sequence[tuple[int, str]]
    text: CellText | None


@dataclass(frozen=True, slots=True)
class Grid:
    """The grid; `hidden` are on it without a point of their own, `waiting` have a status that is still provisional."""

    cells: Sequence[Sequence[GridCell]]
    points: Sequence[GridPoint]
    total: int
    waiting: int

    @property
    def hidden(self) -> int:
        """Customers without a point of their own."""
        return self.total - len(self.points)


def band_case(path: str) -> Case:
    """The band of an index in SQL: the twin of `calculations.bands.index_band`."""
    return Case(
        When(**{f"{path}__gte": DEFAULT_EDGES.high}, then=Value(Band.HIGH.value)),
        When(**{f"{path}__gte": DEFAULT_EDGES.medium}, then=Value(Band.MEDIUM.value)),
        default=Value(Band.LOW.value),
        output_field=CharField(),
    )


def grid_customers(user: User) -> QuerySet[Customer]:
    """Customers that the reader sees and that stand on the grid, each with its two bands."""
    rows: QuerySet[Customer] = visible_customers(user, "score").filter(ON_GRID)
    return rows.annotate(
        attractive_band=band_case("current_score__index"), status_band=band_case("relationship__status")
    )


def grid_of(user: User, rows: QuerySet[Customer], *, limit: int = BUBBLES) -> Grid:
    """The grid of these customers (of `grid_customers`, perhaps filtered), in six statements."""
    counts = {
        (row["attractive_band"], row["status_band"]): row
        for row in rows.order_by()
        .values("attractive_band", "status_band")
        .annotate(count=Count("pk"), units=Sum("sales_summary__net_12m_units"))
    }
    largest = rows.order_by().aggregate(most=Max("sales_summary__net_12m_units"))["most"] or 0
    found = list(
        rows.order_by(F("sales_summary__net_12m_units").desc(nulls_last=True), "pk").values(
            "pk", "name", "attractive_band", "status_band", "current_score__index", "relationship__status",
            "relationship__has_key_person_risk", "relationship__our_stage", "relationship__their_stage",
            "sales_summary__net_12m_units",
        )[:limit]
    )  # fmt: skip
    trails = _trails([row["pk"] for row in found])
    texts = {(row.attractiveness, row.status): row for row in CellText.objects.exclude(text="")}
    names: dict[tuple[str, str], list[tuple[int, str]]] = {}
    for row in found:
        names.setdefault((row["attractive_band"], row["status_band"]), []).append((row["pk"], row["name"]))
    bands = (Band.HIGH, Band.MEDIUM, Band.LOW)
    waiting = visible_customers(user, "score").filter(CLASSIFIED, relationship__is_provisional=True)
    return Grid(
        cells=[
            [_cell(up, across, counts, names, texts) for across in (Band.LOW, Band.MEDIUM, Band.HIGH)] for up in bands
        ],
        points=[_point(row, trails.get(row["pk"], ()), from_units(largest)) for row in found],
        total=sum(row["count"] for row in counts.values()),
        waiting=waiting.count(),
    )


def _cell(
    up: Band,
    across: Band,
    counts: Mapping[tuple[str, str], Mapping[str, Any]],
    names: Mapping[tuple[str, str], Sequence[tuple[int, str]]],
    texts: Mapping[tuple[str, str], CellText],
) -> GridCell:
    key = (up.value, across.value)
    row = counts.get(key, {"count": 0, "units": 0})
    return GridCell(
        attractiveness=up,
        status=across,
        strategy=STRATEGIES[up, across],
        count=row["count"],
        current=from_units(row["units"] or 0),
        names=names.get(key, ())[:NAMED],
        text=texts.get(key),
    )


def _point(row: Mapping[str, Any], trail: Sequence[Any], largest: Decimal) -> GridPoint:
    units = row["sales_summary__net_12m_units"]
    current = None if units is None else from_units(units)
    ours, theirs = row["relationship__our_stage"], row["relationship__their_stage"]
    return GridPoint(
        pk=row["pk"],
        name=row["name"],
        attractiveness=row["current_score__index"],
        status=row["relationship__status"],
        current=current,
        radius=bubble(available=current, current=None, largest=largest).radius,
        strategy=STRATEGIES[Band(row["attractive_band"]), Band(row["status_band"])],
        has_key_person_risk=row["relationship__has_key_person_risk"],
        stages_differ=bool(ours and theirs and ours != theirs),
        trail=trail,
    )


def _trails(customer_ids: Sequence[int]) -> dict[int, list[tuple[Decimal, Decimal, date]]]:
    """{customer: [(status, attractiveness index, on)]}, the oldest first; a score not known yet is the next one's."""
    found: dict[int, list[tuple[Decimal, Decimal, date]]] = {}
    height: dict[int, Decimal] = {}
    points = PositionPoint.objects.filter(customer__in=customer_ids, status__isnull=False).order_by("customer", "-on")
    for pk, status, score, on in points.values_list("customer_id", "status", "attractiveness", "on"):
        if score is not None:
            height[pk] = (score - 1) / 9 * 100
        if pk in height and len(trail := found.setdefault(pk, [])) < TRAIL:
            trail.append((status, height[pk], on))
    return {pk: trail[::-1] for pk, trail in found.items()}
