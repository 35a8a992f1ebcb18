"""Segments with their figures: how large, how fast, on whom they rest, what their tests rest on (M09)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum

from accounts.models import User
from customers.models import Customer
from customers.querysets import visible_customers
from kcrm.lib.money import from_units, to_units
from selection.calculations.concentration import Concentration, concentration
from selection.calculations.segments import MicroSegment, SegmentAcceptance, difference, segment_acceptance
from selection.models import ScoringModel, Segment, SegmentPlace
from selection.selectors.scopes import movable_customers

YEAR = timedelta(days=365)
LARGEST = 10


@dataclass(frozen=True, slots=True)
class SegmentRow:
    """A segment in the register, with what its reader sees of its customers; shares are None where nothing is sold."""

    segment: Segment
    customers: int
    key_accounts: int
    sales: Decimal
    growth: float | None
    share: float | None
    model: ScoringModel | None


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for or against a segment; shares 0-1, None where nobody is in it.

    `measured` have sales figures, `reached` were spoken to within a year, `moved` came or left within a year.
    `nearest` is the segment that buys for the most similar reasons, `apart` by how many points of 100.
    """

    measured: float | None
    reached: float | None
    moved: float | None
    nearest: Segment | None
    apart: float | None


@dataclass(frozen=True, slots=True)
class SegmentProfile:
    """A segment opened: its figures, its largest customers, its evidence, its models and maps."""

    row: SegmentRow
    spread: Concentration
    largest: Sequence[Mapping[str, Any]]
    evidence: Evidence
    acceptance: SegmentAcceptance
    models: Sequence[ScoringModel]


@dataclass(frozen=True, slots=True)
class RuleEffect:
    """What applying a segment's rule would do, of the customers that the person may move.

    `coming` are those who fit and are elsewhere or nowhere, with the segment they would leave; `beside` are in the
    segment and do not fit: they stay until somebody moves them.
    """

    fitting: int
    coming: Sequence[Mapping[str, Any]]
    beside: Sequence[Mapping[str, Any]]


def customers_in(segment: Segment | None, *, day: date) -> QuerySet[SegmentPlace]:
    """The keys of the customers of a segment on a day; of those in no segment with None, by exclusion."""
    return SegmentPlace.objects.on_day(day).filter(segment=segment).order_by().values("customer")


def segment_rows(user: User, *, day: date) -> list[SegmentRow]:
    """The register with its figures, in three statements."""
    seen = visible_customers(user).order_by()
    whole = seen.aggregate(units=Sum("sales_summary__net_12m_units"))["units"] or 0
    places = SegmentPlace.objects.on_day(day).filter(customer__in=seen.values("pk"))
    key = Q(customer__classification__kind__in=("key", "key_development"))
    sums = {
        row["segment"]: row
        for row in places.order_by()
        .values("segment")
        .annotate(
            customers=Count("pk"),
            key=Count("pk", filter=key),
            units=Sum("customer__sales_summary__net_12m_units"),
            prior=Sum("customer__sales_summary__prior_12m_units"),
        )
    }
    models = {one.segment_id: one for one in ScoringModel.objects.in_force()}
    return [
        _row(one, sums.get(one.pk, {}), whole, models.get(one.pk))
        for one in Segment.objects.visible_to(user).order_by("state", "name")
    ]


def segment_profile(segment: Segment, *, by: User, day: date) -> SegmentProfile:
    """One segment opened, of the customers that the reader sees."""
    row = next(one for one in segment_rows(by, day=day) if one.segment.pk == segment.pk)
    members = visible_customers(by).filter(pk__in=customers_in(segment, day=day)).order_by()
    units = members.filter(sales_summary__net_12m_units__isnull=False).values_list("pk", "sales_summary__net_12m_units")
    largest = members.order_by(F("sales_summary__net_12m_units").desc(nulls_last=True), "pk").values(
        "pk", "name", "current_score__score", "current_score__rank", "current_score__tier",
        "classification__kind", "sales_summary__net_12m_units",
    )[:LARGEST]  # fmt: skip
    tests = {name: getattr(segment, name) for name in ("big_enough", "different", "reachable", "workable")}
    return SegmentProfile(
        row=row,
        spread=concentration({str(pk): from_units(amount) for pk, amount in units}),
        largest=[_with_sales(one) for one in largest],
        evidence=_evidence(segment, members, day),
        acceptance=segment_acceptance(**tests),
        models=list(segment.scoring_models.order_by("name", "-edition")),
    )


def fitting_customers(rule: Mapping[str, Any], customers: QuerySet[Customer]) -> QuerySet[Customer]:
    """Those of these customers that a rule means; nobody fits an empty rule."""
    if not rule:
        return customers.none()
    if industries := rule.get("industries"):
        customers = customers.filter(reduce(or_, (Q(industry__iexact=one) for one in industries)))
    if countries := rule.get("countries"):
        customers = customers.filter(country__in=[one.upper() for one in countries])
    if relations := rule.get("relations"):
        customers = customers.filter(relation__in=relations)
    if tags := rule.get("tags"):
        through = Customer.tags.through.objects.filter(customer=OuterRef("pk"))
        customers = customers.filter(Exists(through.filter(reduce(or_, (Q(tag__name__iexact=one) for one in tags)))))
    if (lowest := rule.get("sales_from")) is not None:
        customers = customers.filter(sales_summary__net_12m_units__gte=to_units(Decimal(str(lowest))))
    if (highest := rule.get("sales_to")) is not None:
        customers = customers.filter(sales_summary__net_12m_units__lt=to_units(Decimal(str(highest))))
    return customers


def rule_effect(segment: Segment, *, by: User, day: date, shown: int = 100) -> RuleEffect:
    """What the segment's rule would do, before anybody applies it."""
    movable = movable_customers(by)
    fitting = fitting_customers(segment.rule, movable)
    inside = customers_in(segment, day=day)
    places = SegmentPlace.objects.on_day(day)
    coming = fitting.exclude(pk__in=inside).order_by("name_sort", "pk")
    former = dict(places.filter(customer__in=coming.values("pk")).values_list("customer", "segment__name"))
    beside = movable.filter(pk__in=inside).exclude(pk__in=fitting.order_by().values("pk")).order_by("name_sort", "pk")
    return RuleEffect(
        fitting=fitting.count(),
        coming=[one | {"former": former.get(one["pk"], "")} for one in coming.values("pk", "name")[:shown]],
        beside=list(beside.values("pk", "name")[:shown]),
    )


def _row(segment: Segment, sums: Mapping[str, Any], whole: int, model: ScoringModel | None) -> SegmentRow:
    units, prior = sums.get("units") or 0, sums.get("prior") or 0
    return SegmentRow(
        segment=segment,
        customers=sums.get("customers", 0),
        key_accounts=sums.get("key", 0),
        sales=from_units(units),
        growth=(units - prior) / prior if prior > 0 else None,
        share=units / whole if whole > 0 else None,
        model=model,
    )


def _with_sales(row: Mapping[str, Any]) -> dict[str, Any]:
    units = row["sales_summary__net_12m_units"]
    return {**row, "sales": None if units is None else from_units(units)}


def _evidence(segment: Segment, members: QuerySet[Customer], day: date) -> Evidence:
    found = members.aggregate(
        count=Count("pk"),
        measured=Count("pk", filter=Q(sales_summary__isnull=False)),
        reached=Count("pk", filter=Q(last_interaction_on__gt=day - YEAR)),
    )
    since = day - YEAR
    places = segment.places.filter(customer__in=members.model.objects.alive().values("pk"))
    moved = places.filter(Q(valid_from__gt=since, valid_from__lte=day) | Q(valid_to__gt=since, valid_to__lte=day))
    first_day = places.order_by("valid_from").values_list("valid_from", flat=True).first()
    count = found["count"]
    nearest, apart = _nearest(segment)
    return Evidence(
        measured=found["measured"] / count if count else None,
        reached=found["reached"] / count if count else None,
        moved=moved.values("customer").distinct().count() / count
        if count and first_day is not None and first_day <= since
        else None,
        nearest=nearest,
        apart=apart,
    )


def _nearest(segment: Segment) -> tuple[Segment | None, float | None]:
    own = MicroSegment(segment.code, dict(segment.reasons))
    others = [
        (apart, other)
        for other in Segment.objects.in_use().exclude(pk=segment.pk)
        if (apart := difference(own, MicroSegment(other.code, dict(other.reasons)))) is not None
    ]
    if not others:
        return None, None
    apart, nearest = min(others, key=lambda pair: (pair[0], pair[1].pk))
    return nearest, apart
