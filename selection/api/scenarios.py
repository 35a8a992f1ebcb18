"""/api/v1/scenarios/, scenario-moves/"""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from customers.querysets import visible_customers
from kcrm.lib.access import Verb
from kcrm.lib.api.resources import CreateRows, DeleteRows, StrictSerializer, UpdateRows, act
from kcrm.lib.errors import BadQuery, NotAllowed
from kcrm.lib.filters import StrictFilterSet
from selection.api.matrix import MoveSerializer
from selection.calculations.explanation import as_data
from selection.lists.scenarios import ScenarioFilter
from selection.models import Scenario, ScenarioMove
from selection.permissions import can_read_scenarios
from selection.selectors.scenarios import side_by_side
from selection.services import scenarios
from selection.services.scenarios import PlannedMove

MOST_COMPARED = 4


class ScenarioSerializer(serializers.ModelSerializer):  # type: ignore[type-arg]  # DRF's class is not generic at run time
    """A portfolio that could be; its moves are a resource of their own."""

    owner = serializers.IntegerField(source="owner_id")
    snapshot = serializers.IntegerField(source="snapshot_id", allow_null=True)

    class Meta:
        model = Scenario
        fields = (
            "id",
            "name",
            "note",
            "owner",
            "snapshot",
            "capacity",
            "effort",
            "version",
            "created_at",
            "updated_at",
        )


class ScenarioWriteSerializer(StrictSerializer):
    """A scenario; `moves` come with a new one only."""

    name = serializers.CharField(max_length=100)
    note = serializers.CharField(required=False, allow_blank=True, max_length=4000)
    capacity = serializers.DictField(child=serializers.FloatField(), required=False)
    effort = serializers.DictField(child=serializers.DictField(child=serializers.FloatField()), required=False)
    moves = MoveSerializer(many=True, required=False, max_length=50)  # type: ignore[call-arg]  # of the list it becomes


class DraftSerializer(StrictSerializer):
    """From when a decision would hold, and until when what differs from the figures."""

    effective_on = serializers.DateField()
    until = serializers.DateField()


class DraftedSerializer(serializers.Serializer):  # type: ignore[type-arg]  # as above
    """The decision that was drafted."""

    decision = serializers.IntegerField()


class ScenarioResource(CreateRows, UpdateRows, DeleteRows):
    """Which portfolios have we thought through?"""

    model = Scenario
    access_resource = "scenario"
    serializer_class = ScenarioSerializer
    write_serializer_class = ScenarioWriteSerializer
    filterset_class = ScenarioFilter
    orderings: ClassVar = {"id": "pk", "updated_at": "updated_at"}
    default_ordering = "-updated_at"
    verbs: ClassVar = {"comparison": Verb.READ}

    def visible_rows(self) -> QuerySet[Scenario]:
        """Scenarios that the caller reads."""
        rows: QuerySet[Scenario] = Scenario.objects.visible_to(self.request.user)
        return rows

    def create_with(self, values: dict[str, Any]) -> Scenario:
        """Keep it, with its moves and days."""
        moves = [PlannedMove(one["customer"], one["quadrant"], one.get("sales")) for one in values.pop("moves", [])]
        days = {name: values.pop(name) for name in ("capacity", "effort") if name in values}
        made = scenarios.save_scenario(moves=moves, by=self.request.user, **values)  # type: ignore[arg-type]  # signed in
        if days:
            made = scenarios.change_scenario(scenario_id=made.pk, version=None, values=days, by=self.request.user)  # type: ignore[arg-type]  # signed in
        return made

    def update_with(self, pk: int, version: int, values: dict[str, Any]) -> Scenario:
        """Change name, note or days. Moves are changed one by one."""
        if "moves" in values:
            raise BadQuery(_("Change moves at scenario-moves."))
        return scenarios.change_scenario(scenario_id=pk, version=version, values=values, by=self.request.user)  # type: ignore[arg-type]  # signed in

    def delete_with(self, pk: int, version: int) -> None:
        """Let go of it; its history stays."""
        scenarios.delete_scenario(scenario_id=pk, version=version, by=self.request.user)  # type: ignore[arg-type]  # signed in

    @act()
    def confirm(self, pk: int, version: int, values: dict[str, Any]) -> None:
        """Say that the moves still hold on the newest snapshot; needs If-Match."""
        scenarios.confirm_scenario(scenario_id=pk, version=version, by=self.request.user)  # type: ignore[arg-type]  # signed in

    @act(
        DraftSerializer, verb=Verb.CREATE, resource="selection_decision", versioned=False, status=201,
        answers=DraftedSerializer,
    )  # fmt: skip
    def decide(self, pk: int, version: None, values: dict[str, Any]) -> Response:
        """Draft a decision with the moves of this scenario as choices."""
        made = scenarios.draft_from_scenario(scenario_id=pk, by=self.request.user, **values)  # type: ignore[arg-type]  # signed in
        return Response({"decision": made.pk}, status=201)

    @extend_schema(
        parameters=[OpenApiParameter("ids", OpenApiTypes.STR, description="One to four scenarios, parted by commas.")],
        responses={200: {"type": "object"}},
    )
    @action(detail=False, methods=["get"])
    def comparison(self, request: Request) -> Response:
        """Scenarios beside today: figures with their differences, and whom each moves."""
        if not can_read_scenarios(request.user):  # type: ignore[arg-type]  # signed in
            raise NotAllowed("scenario", Verb.READ)
        numbers = [int(one) for one in request.query_params.get("ids", "").split(",") if one.strip().isdecimal()]
        if not 1 <= len(set(numbers)) <= MOST_COMPARED:
            raise BadQuery(_("Name one to four scenarios in ids."))
        sides = side_by_side(list(self.visible_rows().filter(pk__in=numbers)), request.user, today=timezone.localdate())  # type: ignore[arg-type]  # signed in
        return Response(
            {
                "today": as_data(sides.today),
                "comparison": as_data(sides.comparison),
                "scenarios": [
                    {
                        "id": one.scenario.pk,
                        "name": one.scenario.name,
                        "superseded": one.is_superseded,
                        "days_cost": str(one.days_cost),
                        "sales": str(one.sales),
                        "moves": as_data(tuple(one.changed.values())),
                        "tiers": one.tiers,
                    }
                    for one in sides.outcomes
                ],
            }
        )


class ScenarioMoveSerializer(serializers.ModelSerializer):  # type: ignore[type-arg]  # as above
    """A move of a scenario."""

    scenario = serializers.IntegerField(source="scenario_id")
    customer = serializers.IntegerField(source="customer_id")

    class Meta:
        model = ScenarioMove
        fields = ("id", "scenario", "customer", "quadrant", "sales", "version")


class ScenarioMoveWriteSerializer(MoveSerializer):
    """A customer put into a quadrant in a scenario. Posting again replaces the move before."""

    scenario = serializers.IntegerField(min_value=1)


class ScenarioMoveFilter(StrictFilterSet):
    """Moves by scenario and customer."""

    scenario = django_filters.NumberFilter(field_name="scenario_id")
    customer = django_filters.NumberFilter(field_name="customer_id")


class ScenarioMoveResource(CreateRows, DeleteRows):
    """Whom does each scenario move? Deleting a move lets its customer stay."""

    model = ScenarioMove
    access_resource = "scenario"
    serializer_class = ScenarioMoveSerializer
    write_serializer_class = ScenarioMoveWriteSerializer
    filterset_class = ScenarioMoveFilter
    verbs: ClassVar = {"destroy": Verb.UPDATE}

    def delete_with(self, pk: int, version: int) -> None:
        """Call the service."""
        scenarios.leave_customer(move_id=pk, version=version, by=self.request.user)  # type: ignore[arg-type]  # signed in

    def visible_rows(self) -> QuerySet[ScenarioMove]:
        """Moves of customers in sight, in scenarios that the caller reads."""
        user: Any = self.request.user
        seen = visible_customers(user, "score").order_by()
        return ScenarioMove.objects.filter(scenario__in=Scenario.objects.visible_to(user), customer__in=seen)

    def create_with(self, values: dict[str, Any]) -> ScenarioMove:
        """Call the service."""
        move = PlannedMove(values["customer"], values["quadrant"], values.get("sales"))
        return scenarios.move_customer(scenario_id=values["scenario"], move=move, by=self.request.user)  # type: ignore[arg-type]  # signed in
