"""The KAISM matrix, its policies and potentials through the REST door."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from customers.models import Customer
from kcrm.lib.access import Verb
from kcrm.lib.api.resources import CreateRows, ReadOnlyResource, StrictSerializer, UnitsField
from kcrm.lib.filters import StrictFilterSet
from selection.calculations.explanation import as_data
from selection.calculations.quadrants import Quadrant
from selection.filters import PlacedFilter
from selection.models import Potential, QuadrantChoice, Rating
from selection.selectors.matrix import placed_customers
from selection.selectors.what_if import Move, what_if_of
from selection.services.policies import estimate_potential


class PositionSerializer(serializers.Serializer):  # type: ignore[type-arg]  # DRF's class is not generic at run time
    """Where a customer stands on the KAISM matrix."""

    id = serializers.IntegerField()
    customer_name = serializers.CharField(source="name")
    quadrant = serializers.ChoiceField(choices=QuadrantChoice.choices)
    attractiveness = serializers.DecimalField(source="current_score.score", max_digits=6, decimal_places=4)
    cut = serializers.DecimalField(source="current_score.source.run.cut", max_digits=6, decimal_places=4)
    relative_strength = serializers.DecimalField(
        source="customer_view.ratio", max_digits=8, decimal_places=4, allow_null=True
    )
    gap = serializers.DecimalField(source="customer_view.gap", max_digits=6, decimal_places=4, allow_null=True)
    best_alternative = serializers.CharField(source="customer_view.best_name")
    is_hollow = serializers.BooleanField(source="customer_view.is_hollow")
    solid_until = serializers.DateField(source="customer_view.solid_until", allow_null=True)
    available_sales = serializers.DecimalField(
        source="potential.available_sales", max_digits=16, decimal_places=2, allow_null=True
    )
    net_sales_12m = UnitsField(source="sales_summary.net_12m_units", allow_null=True)
    tier = serializers.CharField(source="current_score.tier")


class MoveSerializer(StrictSerializer):
    """A customer put into another quadrant."""

    customer = serializers.IntegerField(min_value=1)
    quadrant = serializers.ChoiceField(choices=QuadrantChoice.choices)
    sales = serializers.DecimalField(max_digits=16, decimal_places=2, min_value=0, required=False, allow_null=True)


class WhatIfSerializer(StrictSerializer):
    """The moves to think through together."""

    moves = MoveSerializer(many=True, min_length=1, max_length=50)  # type: ignore[call-arg]  # of the list it becomes


class PositionResource(ReadOnlyResource):
    """Who is key, who could be? Customers that stand on the matrix; the others are in `customer-views?unknown=true`."""

    model = Customer
    access_resource = "score"
    serializer_class = PositionSerializer
    filterset_class = PlacedFilter
    orderings: ClassVar = {
        "id": "pk",
        "attractiveness": "current_score__score",
        "gap": "customer_view__gap",
        "available_sales": "potential__available_sales",
    }
    verbs: ClassVar = {"what_if": Verb.READ}

    def visible_rows(self) -> QuerySet[Customer]:
        """Placed customers whose scores the caller may read."""
        return placed_customers(self.request.user)  # type: ignore[arg-type]  # signed in

    @extend_schema(request=WhatIfSerializer, responses={200: {"type": "object"}})
    @action(detail=False, methods=["post"], url_path="what-if")
    def what_if(self, request: Request) -> Response:
        """What these moves would do to capacity, sales and concentration. Nothing is stored."""
        body = WhatIfSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        moves = [
            Move(one["customer"], Quadrant(one["quadrant"]), one.get("sales")) for one in body.validated_data["moves"]
        ]
        result = what_if_of(request.user, moves, today=timezone.localdate())  # type: ignore[arg-type]  # signed in
        return Response(
            {
                "moves": as_data(result.moves),
                "before": as_data(result.found.before),
                "after": as_data(result.found.after),
                "comparison": as_data(result.comparison),
                "days_cost": str(result.days_cost),
                "sales": str(result.sales),
                "nothing_left_out": result.whole,
            }
        )


class PotentialSerializer(serializers.ModelSerializer):  # type: ignore[type-arg]  # as above
    """What a customer could buy, in the reporting currency."""

    customer = serializers.IntegerField(source="customer_id")
    estimated_by = serializers.IntegerField(source="estimated_by_id")

    class Meta:
        model = Potential
        fields = (
            "id", "customer", "available_sales", "category_spend", "evidence", "note", "estimated_on", "estimated_by",
            "version",
        )  # fmt: skip


class PotentialWriteSerializer(StrictSerializer):
    """An estimate. Posting again replaces the one before, which stays in history."""

    customer = serializers.IntegerField(min_value=1)
    available_sales = serializers.DecimalField(max_digits=16, decimal_places=2, min_value=0, allow_null=True)
    category_spend = serializers.DecimalField(max_digits=16, decimal_places=2, min_value=0, allow_null=True)
    evidence = serializers.ChoiceField(choices=Rating.Evidence.choices, default=Rating.Evidence.GUESS)
    note = serializers.CharField(required=False, allow_blank=True, max_length=4000, default="")


class PotentialFilter(StrictFilterSet):
    """Potentials by customer."""

    customer = django_filters.NumberFilter(field_name="customer_id")


class PotentialResource(CreateRows):
    """What could each customer buy?"""

    model = Potential
    access_resource = "score_sheet"
    serializer_class = PotentialSerializer
    write_serializer_class = PotentialWriteSerializer
    filterset_class = PotentialFilter
    orderings: ClassVar = {"id": "pk", "available_sales": "available_sales"}

    def visible_rows(self) -> QuerySet[Potential]:
        """Potentials of customers whose score sheets the caller may read."""
        rows: QuerySet[Potential] = Potential.objects.visible_to(self.request.user)
        return rows

    def create_with(self, values: dict[str, Any]) -> Potential:
        """Call the service."""
        return estimate_potential(
            customer_id=values.pop("customer"), values=values, by=self.request.user, today=timezone.localdate()
        )
