"""/api/v1/hand-overs/: accounts get a new owner, with a note, and may be given back. In person only."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from customers.models import HandOver
from customers.services import account_teams, hand_overs
from kcrm.lib.access import Verb
from kcrm.lib.api.idempotency import answer_once
from kcrm.lib.api.resources import KeysField, ReadOnlyResource, StrictSerializer, act, given
from kcrm.lib.filters import StrictFilterSet


class HandOverSerializer(serializers.ModelSerializer):  # type: ignore[type-arg]  # DRF's class is not generic at run time
    """An account that got a new owner."""

    customer = serializers.IntegerField(source="customer_id")
    from_user = serializers.IntegerField(source="from_user_id", allow_null=True)
    to_user = serializers.IntegerField(source="to_user_id")
    by = serializers.IntegerField(source="by_id")

    class Meta:
        model = HandOver
        fields = ("id", "customer", "from_user", "to_user", "by", "note", "at", "taken_back_at")


class HandOverWriteSerializer(StrictSerializer):
    """Who gets which accounts, all or none, and what he needs to know; `notes` say more about some, by number."""

    customers = KeysField(min_length=1)
    to = serializers.IntegerField(min_value=1)
    note = serializers.CharField(max_length=4000)
    notes = serializers.DictField(child=serializers.CharField(max_length=4000, allow_blank=True), required=False)

    def validate_notes(self, sent: dict[str, str]) -> dict[int, str]:
        """By the numbers of customers."""
        if strange := [key for key in sent if not key.isdecimal() or len(key) > 18]:
            raise serializers.ValidationError({key[:100]: "customer" for key in strange})
        return {int(key): text for key, text in sent.items()}


class HandedOverSerializer(serializers.Serializer):  # type: ignore[type-arg]  # as above
    """The accounts that have a new owner."""

    customers = KeysField()


class HandOverFilter(StrictFilterSet):
    """Hand-overs by customer and by who gave and got."""

    customer = django_filters.NumberFilter(field_name="customer_id")
    from_user = django_filters.NumberFilter(field_name="from_user_id")
    to_user = django_filters.NumberFilter(field_name="to_user_id")


class HandOverResource(ReadOnlyResource):
    """Which accounts changed hands? Tokens read."""

    model = HandOver
    access_resource = "account_team"
    serializer_class = HandOverSerializer
    filterset_class = HandOverFilter
    orderings: ClassVar = {"id": "pk", "at": "at"}
    default_ordering = "-id"
    verbs: ClassVar = {"create": Verb.GRANT}

    def visible_rows(self) -> QuerySet[HandOver]:
        """Hand-overs of the accounts whose teams the caller may see."""
        rows: QuerySet[HandOver] = HandOver.objects.visible_to(self.request.user, "account_team")
        return rows

    @extend_schema(request=HandOverWriteSerializer, responses={201: HandedOverSerializer})
    @answer_once
    def create(self, request: Request) -> Response:
        """Give accounts a new owner; open tasks and the owner's flags move along."""
        values, user = given(HandOverWriteSerializer, request), request.user
        done = account_teams.hand_over(
            customer_ids=values["customers"],
            to_id=values["to"],
            note=values["note"],
            notes=values.get("notes"),
            by=user,  # type: ignore[arg-type]  # signed in
            today=timezone.localdate(),
        )
        return Response({"customers": [customer.pk for customer in done]}, status=status.HTTP_201_CREATED)

    @act(verb=Verb.GRANT, path="take-back", versioned=False)
    def take_back(self, pk: int, version: None, values: dict[str, Any]) -> None:
        """Give an account back to its former owner, within thirty days."""
        user: Any = self.request.user
        hand_overs.take_back(hand_over_id=pk, by=user, today=timezone.localdate(), now=timezone.now())
