"""Which model scores which customers: that of their segment, or the one for the rest (M09)."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet

from accounts.models import User
from customers.models import Customer
from customers.querysets import visible_customers
from customers.querysets.customers import sight
from kcrm.lib.access import Verb
from selection.models import CurrentScore, ScoringModel, SegmentPlace


def customers_of(model: ScoringModel, *, day: date) -> QuerySet[Customer]:
    """The customers that a model scores on a day.

    Those of its segment; without one, everybody whose segment has no model of its own in force.
    """
    places = SegmentPlace.objects.on_day(day)
    if model.segment_id is not None:
        rows: QuerySet[Customer] = Customer.objects.alive().filter(
            pk__in=places.filter(segment=model.segment_id).values("customer")
        )
        return rows
    own = ScoringModel.objects.in_force().filter(segment__isnull=False).values("segment")
    if not own.exists():
        return Customer.objects.alive()
    return Customer.objects.alive().exclude(pk__in=places.filter(segment__in=own).values("customer"))


def movable_customers(user: User) -> QuerySet[Customer]:
    """The customers that a person may put into segments."""
    condition = sight(user, "segment_place", verb=Verb.UPDATE)
    rows: QuerySet[Customer] = visible_customers(user, "segment_place")
    return rows if condition is None else rows.filter(condition)


def models_behind(customers: QuerySet[Customer]) -> list[ScoringModel]:
    """The models whose scores these customers have: scores of two are never compared."""
    keys = CurrentScore.objects.filter(customer__in=customers.order_by().values("pk")).order_by()
    behind = keys.values_list("source__run__model", flat=True).distinct()
    return list(ScoringModel.objects.filter(pk__in=behind).select_related("segment").order_by("segment__name", "name"))


def covered_customers(*, day: date) -> QuerySet[Customer]:
    """The customers that any model in force scores on a day."""
    models = ScoringModel.objects.in_force()
    if models.filter(segment__isnull=True).exists():
        return Customer.objects.alive()
    placed = SegmentPlace.objects.on_day(day).filter(segment__in=models.values("segment"))
    return Customer.objects.alive().filter(pk__in=placed.values("customer"))


def model_for(customer: Customer, *, day: date) -> ScoringModel | None:
    """The model in force that scores this customer on a day; None where none does."""
    segment = SegmentPlace.objects.on_day(day).filter(customer=customer).values_list("segment", flat=True).first()
    models = {one.segment_id: one for one in ScoringModel.objects.in_force()}
    return models.get(segment) or models.get(None)


def models_out_of_step(*, day: date) -> list[ScoringModel]:
    """Models in force of which customers came or went since they were scored: both sides of each move, in order."""
    models = list(ScoringModel.objects.in_force().order_by("segment_id", "pk"))
    wrong: set[int | None] = set()
    for model in models:
        strangers = CurrentScore.objects.filter(customer__in=customers_of(model, day=day).values("pk")).exclude(
            source__run__model__segment=model.segment_id
        )
        left = set(strangers.order_by().values_list("source__run__model__segment", flat=True).distinct())
        if left:
            wrong |= {model.segment_id, *left}
    return [model for model in models if model.segment_id in wrong]
