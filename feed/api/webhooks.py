"""/api/v1/webhooks/ and /api/v1/webhook-deliveries/"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from feed.filters import DeliveryFilter
from feed.models import Delivery, Endpoint
from feed.querysets import reads_webhooks
from feed.services import endpoints
from kcrm.lib.access import Verb
from kcrm.lib.api.idempotency import answer_once
from kcrm.lib.api.resources import DeleteRows, ReadOnlyResource, StrictSerializer, UpdateRows, etag_of, if_match
from kcrm.lib.errors import NotAllowed


class WebhookSerializer(serializers.ModelSerializer):
    """An address that is told of changes; `events` empty for all of them."""

    class Meta:
        model = Endpoint
        fields = (
            "id", "version", "name", "url", "events", "is_paused", "failures", "open_until", "last_success_at",
            "former_until", "created_at", "updated_at",
        )  # fmt: skip


class WebhookWriteSerializer(StrictSerializer):
    """Where, and of what it is told."""

    name = serializers.CharField(max_length=100)
    url = serializers.CharField(max_length=500)
    events = serializers.ListField(child=serializers.CharField(max_length=60), required=False)


class WebhookSecretSerializer(serializers.Serializer):  # type: ignore[type-arg]  # DRF's class is not generic at run time
    """A webhook with the secret that was just made, and that no later answer has."""

    webhook = WebhookSerializer()
    secret = serializers.CharField()


class DeliverySerializer(serializers.ModelSerializer):
    """One change for one webhook; `change` is its number in the feed, and `msg_` with it the `webhook-id`."""

    webhook = serializers.IntegerField(source="endpoint_id")
    change = serializers.IntegerField(source="change_id")
    event = serializers.CharField(source="change.event")

    class Meta:
        model = Delivery
        fields = (
            "id", "webhook", "change", "event", "state", "attempts", "since", "next_at", "status", "error", "seconds",
            "delivered_at",
        )  # fmt: skip


COUNT = {200: {"type": "object", "properties": {"count": {"type": "integer"}}}}


class WebhookResource(UpdateRows, DeleteRows):
    """Webhooks. A token reads those of its owner; they are kept through a browser session only."""

    model = Endpoint
    access_resource = "webhook"
    serializer_class = WebhookSerializer
    write_serializer_class = WebhookWriteSerializer
    orderings: ClassVar = {"id": "pk", "name": "name", "last_success_at": "last_success_at"}
    default_ordering = "name"
    verbs: ClassVar = dict.fromkeys(("pause", "resume", "rotate", "test", "retry"), Verb.UPDATE)

    def visible_rows(self) -> QuerySet[Any]:
        """Every webhook, or a token's own. Raises NotAllowed for who reads none."""
        return _seen(Endpoint.objects, self.request.user)

    @extend_schema(request=WebhookWriteSerializer, responses={201: WebhookSecretSerializer})
    def create(self, request: Request) -> Response:
        """Make a webhook. Its secret is in this answer and nowhere else, so this call keeps no answer to repeat."""
        endpoint, secret = endpoints.create_endpoint(values=self.validated(request), by=request.user)  # type: ignore[arg-type]  # signed in
        return self._with_secret(endpoint.pk, secret, status.HTTP_201_CREATED)

    def update_with(self, pk: int, version: int, values: dict[str, Any]) -> Endpoint:
        """Change a webhook."""
        return endpoints.update_endpoint(endpoint_id=pk, version=version, values=values, by=self.request.user)  # type: ignore[arg-type]  # signed in

    def delete_with(self, pk: int, version: int) -> None:
        """Forget a webhook."""
        endpoints.delete_endpoint(endpoint_id=pk, version=version, by=self.request.user)  # type: ignore[arg-type]  # signed in

    @extend_schema(request=None, responses=WebhookSerializer)
    @action(detail=True, methods=["post"])
    @answer_once
    def pause(self, request: Request, pk: str) -> Response:
        """Hold deliveries back; needs If-Match."""
        return self._paused(request, int(pk), paused=True)

    @extend_schema(request=None, responses=WebhookSerializer)
    @action(detail=True, methods=["post"])
    @answer_once
    def resume(self, request: Request, pk: str) -> Response:
        """Let deliveries go on, those that waited and after a cut-off too; needs If-Match."""
        return self._paused(request, int(pk), paused=False)

    @extend_schema(request=None, responses=WebhookSecretSerializer)
    @action(detail=True, methods=["post"])
    def rotate(self, request: Request, pk: str) -> Response:
        """A new secret, told in this answer only; for a day both sign. Needs If-Match."""
        found = self.visible_rows().get(pk=int(pk))
        _endpoint, secret = endpoints.rotate_secret(
            endpoint_id=found.pk, version=if_match(request), by=request.user, now=timezone.now()  # type: ignore[arg-type]  # signed in
        )  # fmt: skip
        return self._with_secret(found.pk, secret, status.HTTP_200_OK)

    @extend_schema(request=None, responses={202: DeliverySerializer})
    @action(detail=True, methods=["post"])
    @answer_once
    def test(self, request: Request, pk: str) -> Response:
        """Send `webhook.test` to this webhook alone, signed like any other event; the answer is its delivery."""
        found = self.visible_rows().get(pk=int(pk))
        delivery = endpoints.send_test(endpoint_id=found.pk, by=request.user)  # type: ignore[arg-type]  # signed in
        return Response(DeliverySerializer(delivery).data, status=status.HTTP_202_ACCEPTED)

    @extend_schema(request=None, responses=COUNT)
    @action(detail=True, methods=["post"])
    @answer_once
    def retry(self, request: Request, pk: str) -> Response:
        """Send again all that was given up for this webhook."""
        found = self.visible_rows().get(pk=int(pk))
        return Response({"count": endpoints.send_again(delivery_ids=None, endpoint_id=found.pk, by=request.user)})  # type: ignore[arg-type]  # signed in

    def _paused(self, request: Request, pk: int, *, paused: bool) -> Response:
        found = self.visible_rows().get(pk=pk)
        endpoints.pause_endpoint(endpoint_id=found.pk, version=if_match(request), paused=paused, by=request.user)  # type: ignore[arg-type]  # signed in
        return self.answer_with(found.pk)

    def _with_secret(self, pk: int, secret: str, number: int) -> Response:
        row = self.row(pk)
        answer = Response({"webhook": self.plain(row), "secret": secret}, status=number)
        answer["ETag"] = etag_of(row["version"])
        return answer


class DeliveryResource(ReadOnlyResource):
    """What was or is to be sent to webhooks, and what their receivers answered."""

    model = Delivery
    access_resource = "webhook"
    serializer_class = DeliverySerializer
    filterset_class = DeliveryFilter
    orderings: ClassVar = {"id": "pk", "since": "since", "next_at": "next_at", "attempts": "attempts"}
    default_ordering = "-id"
    verbs: ClassVar = {"again": Verb.UPDATE}

    def visible_rows(self) -> QuerySet[Any]:
        """Every delivery, or those of a token's own webhooks. Raises NotAllowed for who reads none."""
        return _seen(Delivery.objects, self.request.user)

    @extend_schema(request=None, responses=DeliverySerializer)
    @action(detail=True, methods=["post"])
    @answer_once
    def again(self, request: Request, pk: str) -> Response:
        """Send this once more; the receiver gets the same `webhook-id`."""
        found = self.visible_rows().get(pk=int(pk))
        endpoints.send_again(delivery_ids=[found.pk], endpoint_id=None, by=request.user)  # type: ignore[arg-type]  # signed in
        return self.answer_with(found.pk)


def _seen(rows: Any, user: Any) -> QuerySet[Any]:
    if not reads_webhooks(user):
        raise NotAllowed("webhook", Verb.READ)
    found: QuerySet[Any] = rows.visible_to(user)
    return found
