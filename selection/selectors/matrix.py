"""The KAISM matrix: where customers stand by attractiveness and relative strength, however many there are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.db.models import Case, CharField, Count, F, FloatField, Max, Min, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Cast, Floor

from accounts.models import User
from customers.models import Customer
from customers.querysets import visible_customers
from kcrm.lib.money import from_units
from selection.calculations.quadrants import Bubble as Size
from selection.calculations.quadrants import Quadrant, bubble
from selection.models import PositionPoint, ScoringRun

BUBBLES: Final = 150
TRAIL: Final = 6
STEP: Final = 0.25

HIGH: Final = Q(current_score__score__gte=F("current_score__source__run__cut"))
STRONG: Final = Q(customer_view__is_strong=True)
CLASSIFIED: Final = Q(current_score__rank__isnull=False)
PLACED: Final = CLASSIFIED & Q(customer_view__is_strong__isnull=False)


@dataclass(frozen=True, slots=True)
class Bubble:
    """One customer on the matrix. Sales are amounts of the reporting currency, None where they are not known."""

    pk: int
    name: str
    quadrant: Quadrant
    attractiveness: Decimal
    gap: Decimal
    ratio: Decimal
    available: Decimal | None
    current: Decimal | None
    size: Size
    best_name: str
    tier: str
    is_hollow: bool
    is_stale: bool
    trail: Sequence[tuple[Decimal, Decimal, date]]


@dataclass(frozen=True, slots=True)
class Density:
    """How many customers stand in one square of the picture, whose lower left corner is given."""

    gap: float
    attractiveness: float
    count: int


@dataclass(frozen=True, slots=True)
class QuadrantCount:
    """How many customers stand in a quadrant and what they buy and could buy."""

    quadrant: Quadrant
    count: int
    current: Decimal
    available: Decimal


@dataclass(frozen=True, slots=True)
class Matrix:
    """The picture. `cut` is None where runs of different cuts meet; `density` is empty while every bubble is shown."""

    run: ScoringRun | None
    cut: Decimal | None
    counts: Sequence[QuadrantCount]
    bubbles: Sequence[Bubble]
    density: Sequence[Density]
    total: int
    unknown: int
    without_potential: int

    @property
    def hidden(self) -> int:
        """Customers that stand on the matrix and are not drawn one by one."""
        return self.total - len(self.bubbles)


def quadrant_case() -> Case:
    """The quadrant of a placed customer in SQL: the twin of `calculations.quadrants.quadrant_of`."""
    return Case(
        When(HIGH & STRONG, then=Value(Quadrant.KEY.value)),
        When(HIGH, then=Value(Quadrant.KEY_DEVELOPMENT.value)),
        When(STRONG, then=Value(Quadrant.MAINTENANCE.value)),
        default=Value(Quadrant.OPPORTUNISTIC.value),
        output_field=CharField(),
    )


def placed_customers(user: User) -> QuerySet[Customer]:
    """Customers that the reader sees and that stand on the matrix, each with its `quadrant`."""
    rows: QuerySet[Customer] = visible_customers(user, "score").filter(PLACED).annotate(quadrant=quadrant_case())
    return rows


def matrix_of(user: User, rows: QuerySet[Customer], *, today: date, limit: int = BUBBLES) -> Matrix:
    """The picture of these placed customers (of `placed_customers`, perhaps filtered), in seven statements at most."""
    counts = _counts(rows)
    total = sum(one.count for one in counts)
    spread = rows.order_by().aggregate(
        low=Min("current_score__source__run__cut"),
        high=Max("current_score__source__run__cut"),
        without=Count("pk", filter=~Q(potential__available_sales__gt=0)),
        largest=Max("potential__available_sales"),
    )
    bubbles = bubbles_of(rows, largest=spread["largest"] or Decimal(0), today=today, limit=limit)
    return Matrix(
        run=ScoringRun.objects.filter(state=ScoringRun.State.FINISHED).select_related("model").first(),
        cut=spread["low"] if spread["low"] == spread["high"] else None,
        counts=counts,
        bubbles=bubbles,
        density=_density(rows) if total > len(bubbles) else (),
        total=total,
        unknown=unknown_count(user),
        without_potential=spread["without"],
    )


def bubbles_of(rows: QuerySet[Customer], *, largest: Decimal, today: date, limit: int) -> list[Bubble]:
    """The customers with the largest available sales, then the largest current ones, with their trails."""
    largest_first = (
        F("potential__available_sales").desc(nulls_last=True),
        F("sales_summary__net_12m_units").desc(nulls_last=True),
    )
    found = list(
        rows.order_by(*largest_first, "pk").values(
            "pk", "name", "quadrant", "current_score__score", "current_score__tier", "customer_view__gap",
            "customer_view__ratio", "customer_view__best_name", "customer_view__is_hollow",
            "customer_view__solid_until", "potential__available_sales", "sales_summary__net_12m_units",
        )[:limit]
    )  # fmt: skip
    trails = trails_of([row["pk"] for row in found])
    return [_bubble(row, trails.get(row["pk"], ()), largest, today) for row in found]


def trails_of(customer_ids: Sequence[int], *, length: int = TRAIL) -> dict[int, list[tuple[Decimal, Decimal, date]]]:
    """{customer: [(gap, attractiveness, on)]}, the oldest first, of the last points whose gap is known.

    A gap from before the first score lies at the height of the next one: the trail then shows how strength moved.
    """
    found: dict[int, list[tuple[Decimal, Decimal, date]]] = {}
    height: dict[int, Decimal] = {}
    points = PositionPoint.objects.filter(customer__in=customer_ids, gap__isnull=False).order_by("customer", "-on")
    for pk, gap, attractiveness, on in points.values_list("customer_id", "gap", "attractiveness", "on"):
        if attractiveness is not None:
            height[pk] = attractiveness
        if pk in height and len(trail := found.setdefault(pk, [])) < length:
            trail.append((gap, height[pk], on))
    return {pk: trail[::-1] for pk, trail in found.items()}


def unknown_count(user: User) -> int:
    """How many attractive customers that the reader sees are unknown territory."""
    rows = visible_customers(user, "score").filter(CLASSIFIED & HIGH)
    return rows.filter(Q(customer_view__isnull=True) | Q(customer_view__is_strong__isnull=True)).count()


def _counts(rows: QuerySet[Customer]) -> list[QuadrantCount]:
    found = {
        row["quadrant"]: row
        for row in rows.order_by()
        .values("quadrant")
        .annotate(
            count=Count("pk"), units=Sum("sales_summary__net_12m_units"), available=Sum("potential__available_sales")
        )
    }
    empty: Mapping[str, Any] = {"count": 0, "units": 0, "available": 0}
    return [
        QuadrantCount(
            quadrant=quadrant,
            count=(row := found.get(quadrant.value, empty))["count"],
            current=from_units(row["units"] or 0),
            available=Decimal(row["available"] or 0),
        )
        for quadrant in Quadrant
    ]


def _density(rows: QuerySet[Customer]) -> list[Density]:
    def square(path: str) -> Any:
        return Floor(Cast(path, FloatField()) / STEP) * STEP

    squares = (
        rows.order_by()
        .annotate(at_gap=square("customer_view__gap"), at_score=square("current_score__score"))
        .values("at_gap", "at_score")
        .annotate(count=Count("pk"))
    )
    return [Density(row["at_gap"], row["at_score"], row["count"]) for row in squares]


def _bubble(row: Mapping[str, Any], trail: Sequence[Any], largest: Decimal, today: date) -> Bubble:
    units = row["sales_summary__net_12m_units"]
    current = None if units is None else from_units(units)
    until = row["customer_view__solid_until"]
    return Bubble(
        pk=row["pk"],
        name=row["name"],
        quadrant=Quadrant(row["quadrant"]),
        attractiveness=row["current_score__score"],
        gap=row["customer_view__gap"],
        ratio=row["customer_view__ratio"],
        available=row["potential__available_sales"],
        current=current,
        size=bubble(available=row["potential__available_sales"], current=current, largest=largest),
        best_name=row["customer_view__best_name"],
        tier=row["current_score__tier"],
        is_hollow=row["customer_view__is_hollow"],
        is_stale=until is None or until < today,
        trail=trail,
    )
