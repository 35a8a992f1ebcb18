"""Which decisions have to be looked at again: where accounts stood when they were decided, against where they stand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Final

from django.contrib.postgres.fields import ArrayField
from django.db.models import (
    Case,
    CharField,
    DecimalField,
    Exists,
    F,
    Func,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Abs

from accounts.models import User
from customers.models import Customer
from customers.querysets import CustomerQuerySet, visible_customers
from selection.calculations.dates import months_before
from selection.calculations.drift import (
    CADENCE_MONTHS,
    DEVELOPMENT_GAIN,
    DEVELOPMENT_QUARTERS,
    MOVE_POINTS,
    DriftReason,
    OverrideCount,
    ReviewCadence,
    override_count,
)
from selection.calculations.quadrants import STRONG_FROM
from selection.models import ClassChoice, Classification, PositionPoint, SnapshotRow
from selection.selectors.matrix import CLASSIFIED, PLACED, quadrant_case
from teams.models import TeamMembership

NEAR: Final = timedelta(days=30)
MONTHS_A_QUARTER: Final = 3


class ReviewReason(StrEnum):
    """Why a decision has to be looked at again."""

    ATTRACTIVENESS_MOVED = DriftReason.ATTRACTIVENESS_MOVED.value
    STRENGTH_MOVED = DriftReason.STRENGTH_MOVED.value
    STRENGTH_LOST = DriftReason.STRENGTH_LOST.value
    QUADRANT_CHANGED = DriftReason.QUADRANT_CHANGED.value
    ARRIVED = "development_arrived"
    STALLED = "development_stalled"
    OVERRIDE_EXPIRED = "override_expired"
    OVERRIDE_NEAR = "override_near"
    RHYTHM = "rhythm"


@dataclass(frozen=True, slots=True)
class ReviewCount:
    """How many decided accounts there are in sight, how many are due, how many stand against the figures."""

    decided: int
    due: int
    overrides: OverrideCount


def decided_accounts(user: User) -> CustomerQuerySet:
    """Customers that a decision in force is about, whose scores and decisions the reader may see."""
    decided = Classification.objects.visible_to(user)
    rows: CustomerQuerySet = visible_customers(user, "score").filter(pk__in=decided.values("customer"))
    return rows


def with_reviews(rows: QuerySet[Any], *, today: date) -> QuerySet[Any]:
    """The decided customers with `then_*`, `now_*`, `reasons` (codes of `ReviewReason` in their order), `reason_count`.

    Then is the snapshot that the decision was made on. The conditions are the set-based twin of `calculations.drift`;
    a test holds them equal.
    """
    placed = rows.alias(of_snapshot=F("classification__line__decision__snapshot")).annotate(
        then_score=_then("score", rank__isnull=False),
        then_gap=_then("gap"),
        then_quadrant=_then("quadrant"),
        now_score=Case(When(CLASSIFIED, then=F("current_score__score"))),
        now_gap=Case(When(customer_view__is_strong__isnull=False, then=F("customer_view__gap"))),
        now_ratio=Case(When(customer_view__is_strong__isnull=False, then=F("customer_view__ratio"))),
        now_quadrant=Case(When(PLACED, then=quadrant_case()), output_field=CharField()),
        year_ago=Subquery(_ratios(today), output_field=DecimalField(max_digits=8, decimal_places=4)),
    )
    moved = placed.annotate(
        score_moved=Abs(F("now_score") - F("then_score")), gap_moved=Abs(F("now_gap") - F("then_gap"))
    )
    cases = [Case(When(met, then=Value(code.value))) for code, met in _conditions(today).items()]
    found = moved.annotate(
        reasons=Func(
            *cases,
            template="array_remove(ARRAY[%(expressions)s]::text[], NULL)",
            output_field=ArrayField(TextField()),
        )
    )
    return found.annotate(reason_count=Func("reasons", function="cardinality", output_field=IntegerField()))


def reviews_everywhere(*, today: date) -> QuerySet[Any]:
    """All decided customers that call for another look, for the notices: who is told is decided there."""
    decided = Customer.objects.alive().filter(classification__isnull=False)
    return with_reviews(decided, today=today).filter(reason_count__gt=0)


def reviews_due(user: User, *, today: date) -> QuerySet[Any]:
    """The decided customers in the reader's sight that call for another look."""
    return with_reviews(decided_accounts(user), today=today).filter(reason_count__gt=0)


def review_count(user: User, *, today: date) -> ReviewCount:
    """How many decisions are due, and the share of those against the figures, in three statements."""
    decided = decided_accounts(user)
    bent = decided.filter(classification__line__override_until__isnull=False)
    days = bent.order_by().values_list("classification__line__override_until", flat=True)
    count = decided.count()
    return ReviewCount(
        decided=count,
        due=reviews_due(user, today=today).count(),
        overrides=override_count(days, decided=count, today=today),
    )


def managed_by(rows: QuerySet[Any], manager: User, *, today: date) -> QuerySet[Any]:
    """Those of the customers whose account this person owns today."""
    mine = TeamMembership.objects.on_day(today).owners().filter(user=manager)
    return rows.filter(account_team__in=mine.values("team"))


def managers_of(rows: QuerySet[Any], *, today: date) -> QuerySet[User]:
    """Who owns the accounts of these customers today."""
    teams = rows.order_by().values("account_team")
    owning = TeamMembership.objects.on_day(today).owners().filter(team__in=teams, user=OuterRef("pk"))
    return User.objects.filter(Exists(owning)).order_by("full_name", "pk")


def _then(name: str, **known: Any) -> Subquery:
    """A figure of the row that the decision was made on; a customer whom the figures did not place has none."""
    row = SnapshotRow.objects.filter(snapshot=OuterRef("of_snapshot"), customer=OuterRef("pk"), **known)
    return Subquery(row.exclude(quadrant="").values(name)[:1])


def _ratios(today: date) -> QuerySet[Any]:
    """The relative strength of four quarters ago."""
    day = months_before(today, DEVELOPMENT_QUARTERS * MONTHS_A_QUARTER)
    points = PositionPoint.objects.filter(customer=OuterRef("pk"), on__lte=day)
    return points.order_by("-on").values("ratio")[:1]


def _conditions(today: date) -> dict[ReviewReason, Q]:
    developing = Q(classification__kind=ClassChoice.KEY_DEVELOPMENT)
    level = Q(now_ratio__gte=STRONG_FROM)
    long_enough = Q(classification__since__lte=months_before(today, DEVELOPMENT_QUARTERS * MONTHS_A_QUARTER))
    both = Q(then_quadrant__isnull=False, now_quadrant__isnull=False)
    last_day = "classification__line__override_until"
    rhythm = months_before(today, CADENCE_MONTHS[ReviewCadence.KAISM])
    return {
        ReviewReason.ATTRACTIVENESS_MOVED: Q(score_moved__gte=MOVE_POINTS),
        ReviewReason.STRENGTH_MOVED: Q(gap_moved__gte=MOVE_POINTS),
        ReviewReason.STRENGTH_LOST: Q(then_gap__isnull=False, now_gap__isnull=True),
        ReviewReason.QUADRANT_CHANGED: both & ~Q(now_quadrant=F("then_quadrant")),
        ReviewReason.ARRIVED: developing & level,
        ReviewReason.STALLED: developing & ~level & long_enough & Q(now_ratio__lt=F("year_ago") + DEVELOPMENT_GAIN),
        ReviewReason.OVERRIDE_EXPIRED: Q(**{f"{last_day}__lt": today}),
        ReviewReason.OVERRIDE_NEAR: Q(**{f"{last_day}__range": (today, today + NEAR)}),
        ReviewReason.RHYTHM: Q(classification__line__decision__effective_on__lte=rhythm),
    }
