"""What quadrants are entitled to and what there is to serve with, through the REST door. Tokens read."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from kcrm.lib.api.resources import CreateRows, StrictSerializer, UpdateRows
from selection.models import Capacity, QuadrantChoice, QuadrantRule
from selection.services import policies
from teams.models import TeamMembership

SMALL: dict[str, Any] = {"required": False, "min_value": 0, "max_value": 32_767}


class QuadrantRuleSerializer(serializers.ModelSerializer):  # type: ignore[type-arg]  # DRF's class is not generic at run time
    """What the company says of a quadrant instead of the default policy."""

    class Meta:
        model = QuadrantRule
        fields = (
            "id", "quadrant", "contacts_a_year", "steering_meetings_a_year", "reviews_a_year", "cost_to_serve_cap",
            "owner_load_limit", "effort", "text", "version",
        )  # fmt: skip


class QuadrantRuleChangeSerializer(StrictSerializer):
    """What a quadrant is entitled to; `effort` is {function: days a year}, a null figure is owed by no number."""

    contacts_a_year = serializers.IntegerField(allow_null=True, **SMALL)
    steering_meetings_a_year = serializers.IntegerField(allow_null=True, **SMALL)
    reviews_a_year = serializers.IntegerField(**SMALL)
    cost_to_serve_cap = serializers.DecimalField(
        max_digits=5, decimal_places=4, min_value=0, max_value=1, required=False
    )
    owner_load_limit = serializers.IntegerField(allow_null=True, **SMALL)
    effort = serializers.DictField(child=serializers.FloatField(), required=False)
    text = serializers.CharField(required=False, allow_blank=True, max_length=4000)


class QuadrantRuleCreateSerializer(QuadrantRuleChangeSerializer):
    """The first word about a quadrant; what is left out is as by default."""

    quadrant = serializers.ChoiceField(choices=QuadrantChoice.choices)


class QuadrantRuleResource(CreateRows, UpdateRows):
    """What is each quadrant entitled to? Posting again for a quadrant changes its rule."""

    model = QuadrantRule
    access_resource = "scoring_model"
    serializer_class = QuadrantRuleSerializer

    @property
    def write_serializer_class(self) -> Any:
        """The quadrant is said once."""
        return QuadrantRuleCreateSerializer if self.action == "create" else QuadrantRuleChangeSerializer

    def visible_rows(self) -> QuerySet[QuadrantRule]:
        """All of them, for who reads scoring models."""
        rows: QuerySet[QuadrantRule] = QuadrantRule.objects.visible_to(self.request.user)
        return rows

    def create_with(self, values: dict[str, Any]) -> QuadrantRule:
        """Call the service."""
        quadrant = values.pop("quadrant")
        return policies.set_rule(quadrant=quadrant, version=None, values=values, by=self.request.user)  # type: ignore[arg-type]  # signed in

    def update_with(self, pk: int, version: int, values: dict[str, Any]) -> QuadrantRule:
        """Call the service."""
        quadrant = self.visible_rows().get(pk=pk).quadrant
        return policies.set_rule(quadrant=quadrant, version=version, values=values, by=self.request.user)  # type: ignore[arg-type]  # signed in


class CapacitySerializer(serializers.ModelSerializer):  # type: ignore[type-arg]  # as above
    """The days a function has for accounts."""

    class Meta:
        model = Capacity
        fields = ("id", "function", "days_a_year", "day_rate", "version")


class CapacityChangeSerializer(StrictSerializer):
    """How many days there are, and what one costs in the reporting currency."""

    days_a_year = serializers.DecimalField(max_digits=8, decimal_places=1, min_value=0)
    day_rate = serializers.DecimalField(max_digits=12, decimal_places=2, min_value=0, required=False, allow_null=True)


class CapacityCreateSerializer(CapacityChangeSerializer):
    """The days of a function."""

    function = serializers.ChoiceField(choices=TeamMembership.Function.choices)


class CapacityResource(CreateRows, UpdateRows):
    """What is there to serve with? Posting again for a function changes its days."""

    model = Capacity
    access_resource = "scoring_model"
    serializer_class = CapacitySerializer

    @property
    def write_serializer_class(self) -> Any:
        """The function is said once."""
        return CapacityCreateSerializer if self.action == "create" else CapacityChangeSerializer

    def visible_rows(self) -> QuerySet[Capacity]:
        """All of them, for who reads scoring models."""
        rows: QuerySet[Capacity] = Capacity.objects.visible_to(self.request.user)
        return rows

    def create_with(self, values: dict[str, Any]) -> Capacity:
        """Call the service."""
        return policies.set_capacity(**{"day_rate": None} | values, by=self.request.user)  # type: ignore[arg-type]  # signed in

    def update_with(self, pk: int, version: int, values: dict[str, Any]) -> Capacity:
        """Call the service."""
        now = self.visible_rows().get(pk=pk)
        kept = {"function": now.function, "days_a_year": now.days_a_year, "day_rate": now.day_rate}
        return policies.set_capacity(**kept | values, version=version, by=self.request.user)  # type: ignore[arg-type]  # signed in
