"""What a selection project rests on, how it ends early, what its team says to the result, through the REST door."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from kcrm.lib.api.resources import KeysField, ReadOnlyResource, StrictSerializer, act
from selection.models import ProjectMember
from selection.services import project_parts, projects


class MarketSerializer(StrictSerializer):
    """The market map, and exactly the segments, that this project selects on."""

    market_map = serializers.IntegerField(min_value=1, allow_null=True)
    segments = KeysField()


class ScoringSerializer(StrictSerializer):
    """Exactly the factor sets and rounds that this project scores with."""

    factor_sets = KeysField()
    rounds = KeysField()


class DecisionLinkSerializer(StrictSerializer):
    """The decision that this project leads to."""

    decision = serializers.IntegerField(min_value=1, allow_null=True)


class TeamAnswerSerializer(StrictSerializer):
    """What one says to the result on behalf of one's function; a dissent needs words."""

    answer = serializers.ChoiceField(choices=ProjectMember.Answer.choices)
    words = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")


class LinksSerializer(serializers.Serializer):  # type: ignore[type-arg]  # DRF's class is not generic at run time
    """What a project rests on."""

    market_map = serializers.IntegerField(allow_null=True)
    segments = KeysField()
    factor_sets = KeysField()
    rounds = KeysField()
    decision = serializers.IntegerField(allow_null=True)


class ProjectActs(ReadOnlyResource):
    """The acts of a project that are no gate."""

    @extend_schema(responses={200: LinksSerializer})
    @action(detail=True, methods=["get"])
    def links(self, request: Request, pk: str) -> Response:
        """Map, segments, factor sets, rounds and decision of a project."""
        found = self.visible_rows().get(pk=int(pk))
        keys = {
            name: sorted(getattr(found, name).values_list("pk", flat=True))
            for name in ("segments", "factor_sets", "rounds")
        }
        return Response({"market_map": found.market_map_id, **keys, "decision": found.decision_id})

    @act(MarketSerializer)
    def market(self, pk: int, version: int, values: dict[str, Any]) -> None:
        """Choose the map and the segments; needs If-Match."""
        projects.link_market(
            project_id=pk,
            version=version,
            market_map_id=values["market_map"],
            segments=values["segments"],
            by=self.request.user,  # type: ignore[arg-type]  # signed in
        )

    @act(ScoringSerializer)
    def scoring(self, pk: int, version: int, values: dict[str, Any]) -> None:
        """Choose the factor sets and rounds; needs If-Match."""
        projects.link_scoring(project_id=pk, version=version, by=self.request.user, **values)  # type: ignore[arg-type]  # signed in

    @act(DecisionLinkSerializer)
    def decision(self, pk: int, version: int, values: dict[str, Any]) -> None:
        """Choose the decision; needs If-Match."""
        projects.link_decision(
            project_id=pk,
            version=version,
            decision_id=values["decision"],
            by=self.request.user,  # type: ignore[arg-type]  # signed in
        )

    @act(path="call-off")
    def call_off(self, pk: int, version: int, values: dict[str, Any]) -> None:
        """End a project before its time; needs If-Match."""
        projects.call_off(project_id=pk, version=version, by=self.request.user)  # type: ignore[arg-type]  # signed in

    @act(TeamAnswerSerializer, versioned=False)
    def answer(self, pk: int, version: None, values: dict[str, Any]) -> None:
        """Stand behind the result on behalf of one's function, or dissent in words."""
        project_parts.answer_result(project_id=pk, by=self.request.user, **values)  # type: ignore[arg-type]  # signed in
