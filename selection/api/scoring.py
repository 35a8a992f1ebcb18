"""Scoring through the REST door."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from kcrm.lib.access import Verb
from kcrm.lib.api.idempotency import answer_once
from kcrm.lib.api.resources import CreateRows, ReadOnlyResource, StrictSerializer, UnitsField
from kcrm.lib.filters import StrictFilterSet
from selection.models import CurrentScore, Rating
from selection.models.scores import TierChoice
from selection.services.ratings import rate_customer
from selection.services.runs import request_scoring


class ScoreSerializer(serializers.Serializer):  # type: ignore[type-arg]  # DRF's class is not generic at run time
    """The score in force of a customer, with every factor's part: figure, score, weight, contribution."""

    id = serializers.IntegerField()
    customer = serializers.IntegerField(source="customer_id")
    customer_name = serializers.CharField(source="customer.name")
    score = serializers.DecimalField(max_digits=6, decimal_places=4)
    index = serializers.DecimalField(max_digits=7, decimal_places=4)
    coverage = serializers.DecimalField(max_digits=5, decimal_places=4)
    provisional = serializers.BooleanField()
    knocked_out = serializers.BooleanField()
    rank = serializers.IntegerField()
    tier = serializers.ChoiceField(choices=TierChoice.choices)
    net_sales_12m = UnitsField(source="source.sales_units")
    model = serializers.IntegerField(source="source.run.model_id")
    segment = serializers.IntegerField(source="source.run.model.segment_id")
    run = serializers.IntegerField(source="source.run_id")
    as_of_month = serializers.DateField(source="source.run.as_of_month")
    scored_at = serializers.DateTimeField(source="source.run.finished_at")
    factors = serializers.ListField(source="source.explanation", child=serializers.DictField())


class ScoreFilter(StrictFilterSet):
    """Scores by customer, tier, state, and the model or segment that gave them."""

    customer = django_filters.NumberFilter(field_name="customer_id")
    tier = django_filters.ChoiceFilter(choices=TierChoice.choices)
    provisional = django_filters.BooleanFilter()
    model = django_filters.NumberFilter(field_name="source__run__model_id")
    segment = django_filters.NumberFilter(field_name="source__run__model__segment_id")

    class Meta:
        model = CurrentScore
        fields: ClassVar[list[str]] = []


class ScoreResource(ReadOnlyResource):
    """How attractive is each customer, and why?"""

    model = CurrentScore
    access_resource = "score"
    serializer_class = ScoreSerializer
    filterset_class = ScoreFilter
    orderings: ClassVar = {
        "id": "pk",
        "score": "score",
        "rank": "rank",
        "customer_name": "customer__name_sort",
        "net_sales_12m": "source__sales_units",
    }
    verbs: ClassVar = {"run": Verb.CREATE}

    def visible_rows(self) -> QuerySet[CurrentScore]:
        """Scores of customers whose scores the caller may read."""
        rows: QuerySet[CurrentScore] = CurrentScore.objects.visible_to(self.request.user, "score")
        return rows

    @extend_schema(request=None, responses={202: {"type": "object", "properties": {"job": {"type": "integer"}}}})
    @action(detail=False, methods=["post"])
    @answer_once
    def run(self, request: Request) -> Response:
        """Score all customers anew, each segment with its own model, as a job."""
        job = request_scoring(by=request.user)  # type: ignore[arg-type]  # signed in
        return Response({"job": job.pk}, status=status.HTTP_202_ACCEPTED)


class RatingSerializer(serializers.Serializer):  # type: ignore[type-arg]  # DRF's class is not generic at run time
    """One person's score of a customer on a judged factor."""

    id = serializers.IntegerField()
    customer = serializers.IntegerField(source="customer_id")
    factor = serializers.IntegerField(source="factor_id")
    rater = serializers.IntegerField(source="rater_id")
    score = serializers.DecimalField(max_digits=4, decimal_places=2)
    evidence = serializers.ChoiceField(choices=Rating.Evidence.choices)
    note = serializers.CharField()
    rated_on = serializers.DateField()
    version = serializers.IntegerField()


class RatingWriteSerializer(StrictSerializer):
    """What is needed to rate."""

    customer = serializers.IntegerField(min_value=1)
    factor = serializers.IntegerField(min_value=1)
    score = serializers.DecimalField(max_digits=4, decimal_places=2, min_value=1, max_value=10)
    evidence = serializers.ChoiceField(choices=Rating.Evidence.choices, default=Rating.Evidence.GUESS)
    note = serializers.CharField(required=False, allow_blank=True, default="", max_length=4000)


class RatingFilter(StrictFilterSet):
    """Ratings by customer and factor."""

    customer = django_filters.NumberFilter(field_name="customer_id")
    factor = django_filters.NumberFilter(field_name="factor_id")

    class Meta:
        model = Rating
        fields: ClassVar[list[str]] = []


class RatingResource(CreateRows):
    """What people think of customers on judged factors. Posting again replaces one's own score."""

    model = Rating
    access_resource = "score_sheet"
    serializer_class = RatingSerializer
    write_serializer_class = RatingWriteSerializer
    filterset_class = RatingFilter

    def visible_rows(self) -> QuerySet[Rating]:
        """Ratings of customers whose score sheets the caller may read."""
        rows: QuerySet[Rating] = Rating.objects.visible_to(self.request.user)
        return rows

    def create_with(self, values: dict[str, Any]) -> Rating:
        """Call the service."""
        today: date = timezone.localdate()
        return rate_customer(
            customer_id=values.pop("customer"),
            factor_id=values.pop("factor"),
            rated_on=today,
            by=self.request.user,  # type: ignore[arg-type]  # signed in
            **values,
        )
