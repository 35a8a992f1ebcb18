"""Profit against loyalty, and where the models disagree: in SQL, however many customers there are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from django.db.models import Aggregate, Case, CharField, Count, F, FloatField, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Extract

from accounts.models import User
from customers.models import Customer
from customers.querysets import visible_customers
from kcrm.lib.money import from_units
from selection.calculations.bands import Band
from selection.calculations.loyalty import TENURE_CUT_YEARS, ProfitLoyalty
from selection.calculations.model_conflicts import ModelView, model_view
from selection.calculations.nine_cell import STRATEGIES
from selection.calculations.quadrants import Quadrant
from selection.calculations.samples import SMALLEST_FOR_MEDIAN
from selection.calculations.tiers import Tier
from selection.selectors.grid import ON_GRID, band_case
from selection.selectors.matrix import BUBBLES, HIGH, PLACED, STRONG, quadrant_case

DAYS_OF_A_YEAR: Final = 365.25
EVER_BOUGHT: Final = Q(sales_summary__first_document_on__isnull=False)


class Middle(Aggregate):
    """The median of a column."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = FloatField()


@dataclass(frozen=True, slots=True)
class LoyaltyCuts:
    """Where much sales and long tenure begin: medians of at least eight customers, else nothing and three years.

    `units` are ledger units of net sales of twelve months, which stand in for the contribution.
    """

    units: int
    years: float
    are_medians: bool
    since: date


@dataclass(frozen=True, slots=True)
class LoyaltyPoint:
    """One customer on the matrix."""

    pk: int
    name: str
    current: Decimal
    years: float
    field: ProfitLoyalty


@dataclass(frozen=True, slots=True)
class LoyaltyMatrix:
    """Customers that buy by what they bring and how long they stay; counts are of all, points of the largest."""

    cuts: LoyaltyCuts
    counts: Sequence[tuple[ProfitLoyalty, int, Decimal]]
    points: Sequence[LoyaltyPoint]
    total: int


@dataclass(frozen=True, slots=True)
class ConflictRow:
    """A customer on whom the models disagree, with every verdict."""

    pk: int
    name: str
    current: Decimal | None
    view: ModelView


def trading(user: User) -> QuerySet[Customer]:
    """Customers that the reader sees and that ever bought."""
    rows: QuerySet[Customer] = visible_customers(user, "score").filter(EVER_BOUGHT)
    return rows


def loyalty_cuts(rows: QuerySet[Customer], *, today: date) -> LoyaltyCuts:
    """The cuts over these customers; one statement."""
    found = rows.order_by().aggregate(
        count=Count("pk"),
        units=Middle("sales_summary__net_12m_units"),
        second=Middle(Extract("sales_summary__first_document_on", "epoch")),
    )
    if found["count"] < SMALLEST_FOR_MEDIAN:
        since = today - timedelta(days=TENURE_CUT_YEARS * DAYS_OF_A_YEAR)
        return LoyaltyCuts(0, TENURE_CUT_YEARS, are_medians=False, since=since)
    since = date(1970, 1, 1) + timedelta(seconds=float(found["second"]))
    return LoyaltyCuts(int(found["units"]), (today - since).days / DAYS_OF_A_YEAR, are_medians=True, since=since)


def field_case(cuts: LoyaltyCuts) -> Case:
    """The field of a customer in SQL: the twin of `calculations.loyalty.profit_loyalty`."""
    much, loyal = much_sales(cuts), Q(sales_summary__first_document_on__lte=cuts.since)
    return Case(
        When(much & loyal, then=Value(ProfitLoyalty.TRUE_FRIEND.value)),
        When(much, then=Value(ProfitLoyalty.BUTTERFLY.value)),
        When(loyal, then=Value(ProfitLoyalty.BARNACLE.value)),
        default=Value(ProfitLoyalty.STRANGER.value),
        output_field=CharField(),
    )


def much_sales(cuts: LoyaltyCuts) -> Q:
    """Brings at least the median of net sales."""
    return Q(sales_summary__net_12m_units__gte=cuts.units)


def loyalty_matrix(
    user: User, *, today: date, within: QuerySet[Customer] | None = None, limit: int = BUBBLES
) -> LoyaltyMatrix:
    """The matrix of what the reader sees, in three statements.

    `within` are customers that the person sees, narrowed by a filter; the cuts stay those of all, so that nobody
    changes field by being looked at alone.
    """
    cuts = loyalty_cuts(trading(user), today=today)
    rows = trading(user) if within is None else within.filter(EVER_BOUGHT)
    rows = rows.annotate(field=field_case(cuts))
    counts = {
        row["field"]: row
        for row in rows.order_by()
        .values("field")
        .annotate(count=Count("pk"), units=Sum("sales_summary__net_12m_units"))
    }
    largest = rows.order_by(F("sales_summary__net_12m_units").desc(nulls_last=True), "pk").values(
        "pk", "name", "field", "sales_summary__net_12m_units", "sales_summary__first_document_on"
    )[:limit]
    return LoyaltyMatrix(
        cuts=cuts,
        counts=[
            (field, counts[field]["count"], from_units(counts[field]["units"] or 0))
            if field in counts
            else (field, 0, Decimal(0))
            for field in ProfitLoyalty
        ],
        points=[
            LoyaltyPoint(
                pk=row["pk"],
                name=row["name"],
                current=from_units(row["sales_summary__net_12m_units"]),
                years=(today - (row["sales_summary__first_document_on"] or today)).days / DAYS_OF_A_YEAR,
                field=ProfitLoyalty(row["field"]),
            )
            for row in largest
        ],
        total=sum(row["count"] for row in counts.values()),
    )


def conflicts_of(
    user: User, *, today: date, within: QuerySet[Customer] | None = None, limit: int = BUBBLES
) -> tuple[int, list[ConflictRow]]:
    """How many customers the models disagree about, and the largest of them with every verdict; three statements.

    `within` as in `loyalty_matrix`.
    """
    cuts = loyalty_cuts(trading(user), today=today)
    known = EVER_BOUGHT
    loyal = Q(sales_summary__first_document_on__lte=cuts.since)
    seen = visible_customers(user, "score") if within is None else within
    rows = seen.annotate(
        quadrant=Case(When(PLACED, then=quadrant_case()), default=None, output_field=CharField()),
        up=Case(When(ON_GRID, then=band_case("current_score__index")), default=None, output_field=CharField()),
        across=Case(When(ON_GRID, then=band_case("relationship__status")), default=None, output_field=CharField()),
        field=Case(When(known, then=field_case(cuts)), default=None, output_field=CharField()),
    )
    invest = (PLACED & HIGH) | Q(up=Band.HIGH.value) | Q(current_score__tier=Tier.KEY.value)
    invest |= known & loyal & much_sales(cuts)
    reduce = (PLACED & ~HIGH & ~STRONG) | Q(up=Band.LOW.value) | (known & ~much_sales(cuts))
    reduce |= Q(current_score__tier__in=[Tier.ONE_OFF.value, Tier.LOSS_MAKING.value])
    found = rows.filter(invest & reduce)
    shown = found.order_by(F("sales_summary__net_12m_units").desc(nulls_last=True), "pk").values(
        "pk", "name", "quadrant", "up", "across", "field", "current_score__tier", "sales_summary__net_12m_units"
    )[:limit]
    return found.count(), [_conflict(row) for row in shown]


def view_of(row: dict[str, Any]) -> ModelView:
    """The verdicts of a row with `quadrant`, `up`, `across`, `field` and tier."""
    cell = (Band(row["up"]), Band(row["across"])) if row["up"] and row["across"] else None
    return model_view(
        quadrant=Quadrant(row["quadrant"]) if row["quadrant"] else None,
        strategy=STRATEGIES[cell] if cell else None,
        tier=Tier(row["current_score__tier"]) if row["current_score__tier"] else None,
        profit_loyalty=ProfitLoyalty(row["field"]) if row["field"] else None,
    )


def _conflict(row: dict[str, Any]) -> ConflictRow:
    units = row["sales_summary__net_12m_units"]
    return ConflictRow(row["pk"], row["name"], None if units is None else from_units(units), view_of(row))
