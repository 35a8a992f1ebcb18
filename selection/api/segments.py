"""Segments through the REST door: the register, and who is in them since when."""

from __future__ import annotations

from collections.abc import Callable
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
from kcrm.lib.api.resources import CreateRows, KeysField, StrictSerializer, UpdateRows, act, if_match
from kcrm.lib.filters import StrictFilterSet
from selection.models import ModeChoice, Segment, SegmentPlace
from selection.services import segments
from selection.services.segment_places import place_customer
from selection.services.segment_rules import apply_rule

TEXT: dict[str, Any] = {"required": False, "allow_blank": True, "max_length": 4000}


class SegmentSerializer(serializers.ModelSerializer):  # type: ignore[type-arg]  # DRF's class is generic in stubs alone
    """A segment with its tests and its offer."""

    class Meta:
        model = Segment
        fields = (
            "id", "code", "name", "state", "who", "how", "reasons", "rule", "mode", "approach", "product", "price",
            "place", "promotion", "service", "big_enough", "different", "reachable", "workable", "test_notes",
            "version", "created_at", "updated_at",
        )  # fmt: skip


class ReasonSerializer(serializers.ListField):
    """A reason and its points."""

    def to_internal_value(self, data: Any) -> list[Any]:
        """A text and a number."""
        if not (isinstance(data, list) and len(data) == 2 and isinstance(data[1], int | float)):
            raise serializers.ValidationError("[reason, points]")
        return [str(data[0]), data[1]]


class SegmentChangeSerializer(StrictSerializer):
    """What can be said of a segment; `reasons` are [[reason, points], ...] that total 100."""

    name = serializers.CharField(max_length=120)
    who = serializers.CharField(**TEXT)
    how = serializers.CharField(**TEXT)
    reasons = serializers.ListField(child=ReasonSerializer(), required=False, max_length=segments.MOST_REASONS)
    rule = serializers.DictField(required=False)
    mode = serializers.ChoiceField(choices=ModeChoice.choices, required=False, allow_blank=True)
    approach = serializers.CharField(**TEXT)
    product = serializers.CharField(**TEXT)
    price = serializers.CharField(**TEXT)
    place = serializers.CharField(**TEXT)
    promotion = serializers.CharField(**TEXT)
    service = serializers.CharField(**TEXT)
    big_enough = serializers.BooleanField(required=False, allow_null=True)
    different = serializers.BooleanField(required=False, allow_null=True)
    reachable = serializers.BooleanField(required=False, allow_null=True)
    workable = serializers.BooleanField(required=False, allow_null=True)
    test_notes = serializers.CharField(**TEXT)


class SegmentCreateSerializer(SegmentChangeSerializer):
    """A new segment; its code is made from the name where it is left out."""

    code = serializers.SlugField(max_length=40, required=False)


class ApplySerializer(StrictSerializer):
    """From which day on, today if not said."""

    day = serializers.DateField(required=False)


class PlacedSerializer(serializers.Serializer):  # type: ignore[type-arg]  # as above
    """The customers that moved, that were there already, and that the caller may not move."""

    moved = KeysField()
    unchanged = KeysField()
    refused = KeysField()


class SegmentFilter(StrictFilterSet):
    """Segments by code and state."""

    code = django_filters.CharFilter()
    state = django_filters.ChoiceFilter(choices=Segment.State.choices)


class SegmentResource(CreateRows, UpdateRows):
    """Which groups of customers buy for the same reasons, and what are they offered?"""

    model = Segment
    access_resource = "segment"
    serializer_class = SegmentSerializer
    filterset_class = SegmentFilter
    orderings: ClassVar = {"id": "pk", "name": "name"}
    verbs: ClassVar = {"accept": Verb.UPDATE, "retire": Verb.UPDATE, "reopen": Verb.UPDATE}

    @property
    def write_serializer_class(self) -> Any:
        """The code is said once."""
        return SegmentCreateSerializer if self.action == "create" else SegmentChangeSerializer

    def visible_rows(self) -> QuerySet[Segment]:
        """Segments that the caller may read."""
        rows: QuerySet[Segment] = Segment.objects.visible_to(self.request.user)
        return rows

    def create_with(self, values: dict[str, Any]) -> Segment:
        """Call the service."""
        return segments.create_segment(by=self.request.user, **values)

    def update_with(self, pk: int, version: int, values: dict[str, Any]) -> Segment:
        """Call the service."""
        return segments.update_segment(segment_id=pk, version=version, values=values, by=self.request.user)

    @act(ApplySerializer, answers=PlacedSerializer)
    def apply(self, pk: int, version: int, values: dict[str, Any]) -> Response:
        """Put everybody who fits the rule into the segment; needs If-Match."""
        day = values.get("day") or timezone.localdate()
        placed = apply_rule(segment_id=pk, version=version, day=day, by=self.request.user)  # type: ignore[arg-type]  # signed in
        return Response({name: getattr(placed, name) for name in ("moved", "unchanged", "refused")})

    def _act(self, service: Callable[..., Segment], request: Request, pk: str) -> Response:
        service(segment_id=int(pk), version=if_match(request), by=request.user)
        return self.answer_with(int(pk))

    @extend_schema(request=None, responses={200: SegmentSerializer})
    @action(detail=True, methods=["post"])
    @answer_once
    def accept(self, request: Request, pk: str) -> Response:
        """Accept a segment that passed its tests."""
        return self._act(segments.accept_segment, request, pk)

    @extend_schema(request=None, responses={200: SegmentSerializer})
    @action(detail=True, methods=["post"])
    @answer_once
    def retire(self, request: Request, pk: str) -> Response:
        """Give a segment up in which nobody is any more."""
        return self._act(segments.retire_segment, request, pk)

    @extend_schema(request=None, responses={200: SegmentSerializer})
    @action(detail=True, methods=["post"])
    @answer_once
    def reopen(self, request: Request, pk: str) -> Response:
        """Test a segment anew."""
        return self._act(segments.reopen_segment, request, pk)


class SegmentPlaceSerializer(serializers.ModelSerializer):  # type: ignore[type-arg]  # as above
    """A customer's segment from one day to the day before another."""

    customer = serializers.IntegerField(source="customer_id")
    segment = serializers.IntegerField(source="segment_id")
    segment_code = serializers.CharField(source="segment.code")

    class Meta:
        model = SegmentPlace
        fields = (
            "id", "customer", "segment", "segment_code", "valid_from", "valid_to", "source", "reason", "version",
        )  # fmt: skip


class SegmentPlaceWriteSerializer(StrictSerializer):
    """Where a customer belongs from a day on, today if not said; what stood for later days is replaced."""

    customer = serializers.IntegerField(min_value=1)
    segment = serializers.IntegerField(min_value=1)
    valid_from = serializers.DateField(required=False)
    reason = serializers.CharField(required=False, allow_blank=True, max_length=300, default="")


class SegmentPlaceFilter(StrictFilterSet):
    """Places by customer, segment and day."""

    customer = django_filters.NumberFilter(field_name="customer_id")
    segment = django_filters.NumberFilter(field_name="segment_id")
    on = django_filters.DateFilter(method="on_day")

    def on_day(self, rows: Any, name: str, value: Any) -> Any:
        """Those that hold on a day."""
        return rows.on_day(value)


class SegmentPlaceResource(CreateRows):
    """Who is in which segment, since when? Posting again moves a customer; its places before stay."""

    model = SegmentPlace
    access_resource = "segment_place"
    serializer_class = SegmentPlaceSerializer
    write_serializer_class = SegmentPlaceWriteSerializer
    filterset_class = SegmentPlaceFilter
    orderings: ClassVar = {"id": "pk", "valid_from": "valid_from"}
    verbs: ClassVar = {"create": Verb.UPDATE}

    def visible_rows(self) -> QuerySet[SegmentPlace]:
        """Places of customers whose segment the caller may read."""
        rows: QuerySet[SegmentPlace] = SegmentPlace.objects.visible_to(self.request.user)
        return rows

    def create_with(self, values: dict[str, Any]) -> SegmentPlace:
        """Call the service."""
        day = values.get("valid_from") or timezone.localdate()
        place_customer(
            customer_id=values["customer"],
            segment_id=values["segment"],
            day=day,
            reason=values["reason"],
            by=self.request.user,
        )
        found: SegmentPlace = SegmentPlace.objects.on_day(day).get(customer=values["customer"])
        return found
