"""Scoring rounds, sheets and scores through the REST door. What is blind on the pages is blind here."""

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

from kcrm.lib.access import Verb
from kcrm.lib.api.idempotency import answer_once
from kcrm.lib.api.resources import CreateRows, KeysField, ReadOnlyResource, StrictSerializer, UpdateRows, act, if_match
from kcrm.lib.filters import StrictFilterSet
from selection.models import Consensus, Rating, ScoringRound, SheetScore
from selection.services import agreement, rounds, sheets


class RoundSerializer(serializers.ModelSerializer):  # type: ignore[type-arg]  # DRF's class is not generic at run time
    """A scoring round."""

    model = serializers.IntegerField(source="model_id")
    chair = serializers.IntegerField(source="chair_id")

    class Meta:
        model = ScoringRound
        fields = (
            "id", "name", "purpose", "model", "chair", "due_on", "state", "released_at", "closed_at", "version",
        )  # fmt: skip


class RoundWriteSerializer(StrictSerializer):
    """What is needed to open a round."""

    name = serializers.CharField(max_length=120)
    purpose = serializers.CharField(required=False, allow_blank=True, default="", max_length=4000)
    model = serializers.IntegerField(min_value=1)
    customers = serializers.ListField(child=serializers.IntegerField(min_value=1), max_length=200)
    raters = serializers.ListField(child=serializers.IntegerField(min_value=1), max_length=20)
    chair = serializers.IntegerField(min_value=1)
    due_on = serializers.DateField()


class RoundChangeSerializer(StrictSerializer):
    """Another name or day, more raters or customers, while the round is being scored."""

    name = serializers.CharField(max_length=120, required=False)
    due_on = serializers.DateField(required=False)
    add_raters = KeysField(required=False, max_length=20)
    add_customers = KeysField(required=False)


class EditionSerializer(StrictSerializer):
    """Another edition of the same model."""

    model = serializers.IntegerField(min_value=1)


class LeaveSerializer(StrictSerializer):
    """Who scores no longer."""

    user = serializers.IntegerField(min_value=1)


class RoundFilter(StrictFilterSet):
    """Rounds by state and model."""

    state = django_filters.ChoiceFilter(choices=ScoringRound.State.choices)
    model = django_filters.NumberFilter(field_name="model_id")

    class Meta:
        model = ScoringRound
        fields: ClassVar[list[str]] = []


class RoundResource(CreateRows, UpdateRows):
    """Which customers are being scored, by whom, until when?"""

    model = ScoringRound
    access_resource = "scoring_round"
    serializer_class = RoundSerializer
    filterset_class = RoundFilter
    orderings: ClassVar = {"id": "pk", "due_on": "due_on", "name": "name"}
    verbs: ClassVar = {"release": Verb.UPDATE, "close": Verb.UPDATE}

    @property
    def write_serializer_class(self) -> Any:
        """A round is opened with more than can be changed later."""
        return RoundWriteSerializer if self.action == "create" else RoundChangeSerializer

    def visible_rows(self) -> QuerySet[ScoringRound]:
        """Rounds that the caller leads, scores in or may read."""
        rows: QuerySet[ScoringRound] = ScoringRound.objects.visible_to(self.request.user)
        return rows

    def create_with(self, values: dict[str, Any]) -> ScoringRound:
        """Call the service."""
        return rounds.open_round(
            model_id=values.pop("model"),
            customer_ids=values.pop("customers"),
            rater_ids=values.pop("raters"),
            chair_id=values.pop("chair"),
            today=timezone.localdate(),
            by=self.request.user,  # type: ignore[arg-type]  # signed in
            **values,
        )

    def update_with(self, pk: int, version: int, values: dict[str, Any]) -> ScoringRound:
        """Call the service."""
        return rounds.change_round(round_id=pk, version=version, by=self.request.user, **values)  # type: ignore[arg-type]  # signed in

    @act()
    def cancel(self, pk: int, version: int, values: dict[str, Any]) -> None:
        """Call the round off; what was typed stays, unseen by others. Needs If-Match."""
        rounds.cancel_round(round_id=pk, version=version, by=self.request.user)  # type: ignore[arg-type]  # signed in

    @act(EditionSerializer)
    def edition(self, pk: int, version: int, values: dict[str, Any]) -> None:
        """Go on with another edition of the same model; needs If-Match."""
        rounds.adopt_edition(round_id=pk, version=version, model_id=values["model"], by=self.request.user)  # type: ignore[arg-type]  # signed in

    @act(LeaveSerializer, versioned=False)
    def leave(self, pk: int, version: None, values: dict[str, Any]) -> None:
        """Take a rater out of the round; the scores given stay."""
        rounds.let_rater_leave(round_id=pk, user_id=values["user"], today=timezone.localdate(), by=self.request.user)  # type: ignore[arg-type]  # signed in

    @extend_schema(request=None, responses={200: RoundSerializer})
    @action(detail=True, methods=["post"])
    @answer_once
    def release(self, request: Request, pk: str) -> Response:
        """Open everybody's scores to the raters."""
        found = rounds.release_round(round_id=int(pk), version=if_match(request), by=request.user)  # type: ignore[arg-type]  # signed in
        return Response(RoundSerializer(found).data)

    @extend_schema(request=None, responses={200: RoundSerializer})
    @action(detail=True, methods=["post"])
    @answer_once
    def close(self, request: Request, pk: str) -> Response:
        """Let the round count."""
        found = agreement.close_round(round_id=int(pk), version=if_match(request), by=request.user)  # type: ignore[arg-type]  # signed in
        return Response(RoundSerializer(found).data)


class CellSerializer(StrictSerializer):
    """One cell as it is typed: a number of 1-10, "?" for don't know, or nothing."""

    customer = serializers.IntegerField(min_value=1)
    factor = serializers.SlugField(max_length=40)
    text = serializers.CharField(allow_blank=True, max_length=20)
    version = serializers.IntegerField(min_value=0, allow_null=True)
    evidence = serializers.ChoiceField(choices=Rating.Evidence.choices, required=False)
    source = serializers.CharField(required=False, allow_blank=True, max_length=200)
    note = serializers.CharField(required=False, allow_blank=True, max_length=4000)


class CellsSerializer(StrictSerializer):
    """Cells of one's own sheet."""

    round = serializers.IntegerField(min_value=1)
    cells = CellSerializer(many=True)


class AgreeSerializer(StrictSerializer):
    """What was agreed on for a cell; `version` is the agreement's own, 0 where there is none yet."""

    round = serializers.IntegerField(min_value=1)
    customer = serializers.IntegerField(min_value=1)
    factor = serializers.SlugField(max_length=40)
    score = serializers.DecimalField(max_digits=4, decimal_places=2, min_value=1, max_value=10)
    note = serializers.CharField(required=False, allow_blank=True, default="", max_length=4000)
    version = serializers.IntegerField(min_value=0)


class SheetScoreSerializer(serializers.ModelSerializer):  # type: ignore[type-arg]  # as above
    """A cell of a sheet: one's own, or anybody's after the release."""

    round = serializers.IntegerField(source="round_id")
    rater = serializers.IntegerField(source="rater_id")
    customer = serializers.IntegerField(source="customer_id")

    class Meta:
        model = SheetScore
        fields = (
            "id", "round", "rater", "customer", "factor_key", "score", "unknown", "evidence", "source", "note",
            "version", "updated_at",
        )  # fmt: skip


class OfRoundFilter(StrictFilterSet):
    """Rows of one round and customer."""

    round = django_filters.NumberFilter(field_name="round_id")
    customer = django_filters.NumberFilter(field_name="customer_id")


class SheetScoreResource(ReadOnlyResource):
    """What do I think, and after the release: what does everybody think?"""

    model = SheetScore
    access_resource = "scoring_round"
    serializer_class = SheetScoreSerializer
    filterset_class = OfRoundFilter
    verbs: ClassVar = {"keep": Verb.UPDATE}

    def visible_rows(self) -> QuerySet[SheetScore]:
        """One's own cells, and everybody's of released rounds."""
        seen = ScoringRound.objects.visible_to(self.request.user)
        rows: QuerySet[SheetScore] = SheetScore.objects.readable_by(self.request.user, seen)
        return rows

    @extend_schema(request=CellsSerializer, responses={200: {"type": "object"}})
    @action(detail=False, methods=["post"])
    @answer_once
    def keep(self, request: Request) -> Response:
        """Keep cells of one's own sheet; the answer says of each what became of it."""
        given = CellsSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        cells = [
            sheets.Cell(
                customer_id=one["customer"],
                factor_key=one["factor"],
                text=one["text"],
                version=one["version"],
                evidence=one.get("evidence"),
                source=one.get("source"),
                note=one.get("note"),
            )
            for one in given.validated_data["cells"]
        ]
        kept = sheets.save_cells(round_id=given.validated_data["round"], cells=cells, by=request.user)  # type: ignore[arg-type]  # signed in
        return Response(
            {
                "cells": [
                    {
                        "customer": one.customer_id, "factor": one.factor_key, "text": one.text,
                        "version": one.version, "stale": one.stale, "problem": one.problem,
                    }
                    for one in kept
                ]
            }
        )  # fmt: skip


class ConsensusSerializer(serializers.ModelSerializer):  # type: ignore[type-arg]  # as above
    """What was agreed on."""

    round = serializers.IntegerField(source="round_id")
    customer = serializers.IntegerField(source="customer_id")
    agreed_by = serializers.IntegerField(source="agreed_by_id")

    class Meta:
        model = Consensus
        fields = ("id", "round", "customer", "factor_key", "score", "note", "agreed_by", "version")


class ConsensusResource(CreateRows):
    """What did the raters agree on? Posting again changes it, under its version."""

    model = Consensus
    access_resource = "scoring_round"
    serializer_class = ConsensusSerializer
    write_serializer_class = AgreeSerializer
    filterset_class = OfRoundFilter

    def visible_rows(self) -> QuerySet[Consensus]:
        """Agreements of the rounds that the caller sees."""
        return Consensus.objects.filter(round__in=ScoringRound.objects.visible_to(self.request.user))

    def create_with(self, values: dict[str, Any]) -> Consensus:
        """Call the service."""
        return agreement.agree(
            round_id=values["round"],
            customer_id=values["customer"],
            factor_key=values["factor"],
            score=values["score"],
            note=values["note"],
            version=values["version"],
            by=self.request.user,  # type: ignore[arg-type]  # signed in
        )
