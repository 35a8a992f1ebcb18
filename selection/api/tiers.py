"""Where the tiers are cut, through the REST door (M14): read, preview, apply."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from kcrm.lib.access import Verb
from kcrm.lib.api.idempotency import answer_once
from kcrm.lib.api.resources import ReadOnlyResource, StrictSerializer, given
from kcrm.lib.errors import NotAllowed
from selection import permissions
from selection.calculations.tiers import TierCuts
from selection.models import TierRule
from selection.models.scores import TierChoice
from selection.selectors.tiers import NO_SEGMENT, tier_preview
from selection.services.tiers import apply_cuts

SHARE: dict[str, Any] = {"max_digits": 5, "decimal_places": 4, "min_value": Decimal("0.0001"), "max_value": 1}


class TierRuleSerializer(serializers.ModelSerializer):  # type: ignore[type-arg]  # DRF's class is not generic at run time
    """The cuts in force, as shares of the customers; none listed: the method's, 0.05 and 0.20."""

    class Meta:
        model = TierRule
        fields = ("id", "key_share", "potential_share", "version", "updated_at")


class CutsSerializer(StrictSerializer):
    """Up to which share of the customers the key tier reaches, and the key and potential tiers together."""

    key_share = serializers.DecimalField(**SHARE)
    potential_share = serializers.DecimalField(**SHARE)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """The cuts in order."""
        if not attrs["key_share"] < attrs["potential_share"] < 1:
            raise serializers.ValidationError({"key_share": "key_share < potential_share < 1"})
        return attrs


class PreviewSerializer(CutsSerializer):
    """Cuts, and the segment whose part of the effect is asked for: its number, or `none`."""

    segment = serializers.RegexField(rf"^(\d{{1,18}}|{NO_SEGMENT})$", required=False, default="")


class TierLineSerializer(serializers.Serializer):  # type: ignore[type-arg]  # as above
    """One tier today and with the other cuts: customers and net sales of twelve months."""

    tier = serializers.ChoiceField(choices=TierChoice.choices, source="code")
    before = serializers.IntegerField()
    after = serializers.IntegerField()
    sales_before = serializers.DecimalField(max_digits=22, decimal_places=4)
    sales_after = serializers.DecimalField(max_digits=22, decimal_places=4)


class TierMoverSerializer(serializers.Serializer):  # type: ignore[type-arg]  # as above
    """A customer whose tier would change."""

    customer = serializers.IntegerField(source="pk")
    customer_name = serializers.CharField(source="name")
    before = serializers.CharField()
    after = serializers.CharField()
    rises = serializers.BooleanField(allow_null=True)
    net_sales_12m = serializers.DecimalField(max_digits=22, decimal_places=4, allow_null=True, source="current")


class TierPreviewSerializer(serializers.Serializer):  # type: ignore[type-arg]  # as above
    """The effect of some cuts: every tier, how many customers would move, and the hundred largest of them."""

    changes = serializers.IntegerField()
    lines = TierLineSerializer(many=True)
    movers = TierMoverSerializer(many=True)


class TierRuleResource(ReadOnlyResource):
    """Where are the tiers cut, and what would other cuts do? Applying takes a person's session."""

    model = TierRule
    access_resource = "scoring_model"
    serializer_class = TierRuleSerializer
    verbs: ClassVar = {"preview": Verb.READ, "apply": Verb.UPDATE}

    def visible_rows(self) -> QuerySet[TierRule]:
        """The company's, for who reads scoring models."""
        rows: QuerySet[TierRule] = TierRule.objects.visible_to(self.request.user)
        return rows

    @extend_schema(
        parameters=[
            OpenApiParameter("key_share", OpenApiTypes.DECIMAL, required=True),
            OpenApiParameter("potential_share", OpenApiTypes.DECIMAL, required=True),
            OpenApiParameter("segment", OpenApiTypes.STR, description="the number of a segment, or none"),
        ],
        responses={200: TierPreviewSerializer},
        filters=False,
    )
    @action(detail=False, methods=["get"], pagination_class=None)
    def preview(self, request: Request) -> Response:
        """What these cuts would do to all customers; for who reads the scores of all of them."""
        if not permissions.can_preview_tiers(request.user):  # type: ignore[arg-type]  # signed in
            raise NotAllowed("score", Verb.READ)
        body = PreviewSerializer(data=request.query_params.dict())
        body.is_valid(raise_exception=True)
        given_cuts = body.validated_data
        cuts = TierCuts(float(given_cuts["key_share"]), float(given_cuts["potential_share"]))
        found = tier_preview(cuts, segment=given_cuts["segment"], day=timezone.localdate())
        return Response(TierPreviewSerializer(found).data)

    @extend_schema(
        request=CutsSerializer, responses={200: {"type": "object", "properties": {"moved": {"type": "integer"}}}}
    )
    @action(detail=False, methods=["post"])
    @answer_once
    def apply(self, request: Request) -> Response:
        """Put these cuts into force and every customer into its tier; answers how many moved."""
        return Response({"moved": apply_cuts(**given(CutsSerializer, request), by=request.user)})  # type: ignore[arg-type]  # signed in
