"""Market maps through the REST door."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar

import django_filters
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, QuerySet
from django.db.models.functions import JSONObject
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from kcrm.lib.access import Verb
from kcrm.lib.api.idempotency import answer_once
from kcrm.lib.api.resources import KeysField, Resource, StrictSerializer, act, if_match
from kcrm.lib.filters import StrictFilterSet
from selection.models import MapFlow, MapNode, MarketMap
from selection.selectors.market_maps import Flow, Node
from selection.services import market_maps
from selection.services.map_files import key_of

SHARE: dict[str, Any] = {"max_digits": 5, "decimal_places": 4, "min_value": 0, "max_value": 1}


class NodeSerializer(StrictSerializer):
    """A kind of firm; `key` is what flows name it by, made from the name where it is left out."""

    key = serializers.SlugField(max_length=40, allow_unicode=True, required=False)
    name = serializers.CharField(max_length=80)
    level = serializers.ChoiceField(choices=MapNode.Level.choices)
    decision_share = serializers.DecimalField(required=False, allow_null=True, **SHARE)
    loss = serializers.DecimalField(max_digits=18, decimal_places=3, min_value=0, default=Decimal(0))


class FlowSerializer(StrictSerializer):
    """What goes from one node to another; shares are fractions."""

    source = serializers.CharField(max_length=40)
    target = serializers.CharField(max_length=40)
    volume = serializers.DecimalField(max_digits=18, decimal_places=3, min_value=0)
    value = serializers.DecimalField(max_digits=18, decimal_places=2, min_value=0, required=False, allow_null=True)
    our_share = serializers.DecimalField(required=False, allow_null=True, **SHARE)
    rival_shares = serializers.DictField(child=serializers.DecimalField(**SHARE), required=False)


class MarketMapSerializer(serializers.ModelSerializer):  # type: ignore[type-arg]  # DRF's class is generic in stubs alone
    """An edition of a map with its nodes and flows."""

    segment = serializers.IntegerField(source="segment_id")
    supersedes = serializers.IntegerField(source="supersedes_id")
    nodes = serializers.ListField(source="node_list", child=serializers.DictField())
    flows = serializers.ListField(source="flow_list", child=serializers.DictField())

    class Meta:
        model = MarketMap
        fields = (
            "id", "name", "edition", "state", "segment", "period", "unit", "currency", "note", "nodes", "flows",
            "published_at", "supersedes", "version", "created_at", "updated_at",
        )  # fmt: skip


class MarketMapWriteSerializer(StrictSerializer):
    """A draft: nodes and flows are written together."""

    name = serializers.CharField(max_length=120)
    segment = serializers.IntegerField(min_value=1, required=False, allow_null=True)
    period = serializers.CharField(max_length=60, required=False, allow_blank=True)
    unit = serializers.CharField(max_length=30)
    currency = serializers.RegexField("^[A-Z]{3}$", required=False)
    note = serializers.CharField(max_length=4000, required=False, allow_blank=True)
    nodes = NodeSerializer(many=True, required=False)
    flows = FlowSerializer(many=True, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Nodes and flows belong together."""
        if ("nodes" in attrs) != ("flows" in attrs):
            raise serializers.ValidationError({"flows": [_("Nodes and flows are written together.")]})
        return attrs


class MapAccountsSerializer(StrictSerializer):
    """Exactly these customers, of those in sight, hang on the node of this key."""

    node = serializers.CharField(max_length=40)
    customers = KeysField()


class MarketMapFilter(StrictFilterSet):
    """Maps by segment, state and name."""

    segment = django_filters.NumberFilter(field_name="segment_id")
    state = django_filters.ChoiceFilter(choices=MarketMap.State.choices)
    name = django_filters.CharFilter()


def _parts(model: type[Any], **columns: Any) -> ArraySubquery:
    rows = model.objects.filter(map=OuterRef("pk")).order_by("position", "pk")
    return ArraySubquery(rows.values_list(JSONObject(**columns)))


class MarketMapResource(Resource):
    """Where does each market flow, and where is it decided?"""

    model = MarketMap
    access_resource = "market_map"
    serializer_class = MarketMapSerializer
    write_serializer_class = MarketMapWriteSerializer
    filterset_class = MarketMapFilter
    orderings: ClassVar = {"id": "pk", "name": "name"}
    verbs: ClassVar = {"publish": Verb.UPDATE, "next_edition": Verb.CREATE, "destroy": Verb.UPDATE}
    annotations: ClassVar = {
        "node_list": _parts(
            MapNode, key="key", name="name", level="level", decision_share="decision_share", loss="loss"
        ),
        "flow_list": _parts(
            MapFlow,
            source=F("source__key"),
            target=F("target__key"),
            volume="volume",
            value="value",
            our_share="our_share",
            rival_shares="rival_shares",
        ),
    }

    def visible_rows(self) -> QuerySet[MarketMap]:
        """Maps that the caller may read."""
        rows: QuerySet[MarketMap] = MarketMap.objects.visible_to(self.request.user)
        return rows

    def create_with(self, values: dict[str, Any]) -> MarketMap:
        """Call the service."""
        return market_maps.create_map(by=self.request.user, **_typed(values))

    def update_with(self, pk: int, version: int, values: dict[str, Any]) -> MarketMap:
        """Call the service."""
        return market_maps.save_map(map_id=pk, version=version, by=self.request.user, **_typed(values))

    def delete_with(self, pk: int, version: int) -> None:
        """Call the service."""
        market_maps.delete_draft(map_id=pk, version=version, by=self.request.user)

    @act(MapAccountsSerializer, versioned=False)
    def accounts(self, pk: int, version: None, values: dict[str, Any]) -> None:
        """Hang customers on a node; those out of sight that hang there stay."""
        market_maps.name_accounts(
            map_id=pk,
            node_key=values["node"],
            customer_ids=values["customers"],
            by=self.request.user,  # type: ignore[arg-type]  # signed in
        )

    @extend_schema(request=None, responses={200: MarketMapSerializer})
    @action(detail=True, methods=["post"])
    @answer_once
    def publish(self, request: Request, pk: str) -> Response:
        """Publish a draft that balances; it stays as it is from now on."""
        market_maps.publish_map(map_id=int(pk), version=if_match(request), by=request.user)  # type: ignore[arg-type]  # signed in
        return self.answer_with(int(pk))

    @extend_schema(request=None, responses={200: MarketMapSerializer})
    @action(detail=True, methods=["post"], url_path="next-edition")
    @answer_once
    def next_edition(self, request: Request, pk: str) -> Response:
        """Begin the next edition as a copy."""
        made = market_maps.next_edition_of_map(map_id=int(pk), by=request.user)  # type: ignore[arg-type]  # signed in
        return self.answer_with(made.pk)


def _typed(values: dict[str, Any]) -> dict[str, Any]:
    """The values as the service takes them."""
    if "nodes" not in values:
        return values
    nodes = [Node(**({"key": key_of(one["name"])} | one)) for one in values.pop("nodes")]
    flows = [Flow(**one) for one in values.pop("flows")]
    return {**values, "nodes": nodes, "flows": flows}
