"""/api/v1/interactions/"""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet
from django.utils import timezone
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from customers.api.exporting import ExportPartRows
from customers.custom_fields import INTERACTION
from customers.filters.interactions import InteractionFilter
from customers.models import Interaction, InteractionContact, InteractionPerson
from customers.serializers.interactions import (
    InteractionChangeSerializer,
    InteractionCreateSerializer,
    InteractionSerializer,
    own_values,
)
from customers.services import interactions
from fields.api import CustomFieldsResource
from kcrm.lib.access import Verb
from kcrm.lib.api.idempotency import answer_once
from kcrm.lib.api.resources import Resource, if_match


class InteractionResource(CustomFieldsResource, ExportPartRows, Resource):
    """Calls, visits, meetings, e-mails and notes; a next step becomes a task."""

    record_type = INTERACTION.key
    model = Interaction
    access_resource = "interaction"
    serializer_class = InteractionSerializer
    filterset_class = InteractionFilter
    annotations: ClassVar = {
        "contact_ids": ArraySubquery(
            InteractionContact.objects.filter(interaction=OuterRef("pk")).order_by("contact").values("contact")
        ),
        "people_ids": ArraySubquery(
            InteractionPerson.objects.filter(interaction=OuterRef("pk")).order_by("user").values("user")
        ),
    }
    orderings: ClassVar = {"id": "pk", "happened_at": "happened_at", "created_at": "created_at"}
    default_ordering = "-happened_at"
    verbs: ClassVar = {"restore": Verb.UPDATE}

    @property
    def write_serializer_class(self) -> Any:
        """The customer is said once, when it is logged."""
        return InteractionCreateSerializer if self.action == "create" else InteractionChangeSerializer

    def visible_rows(self) -> QuerySet[Interaction]:
        """Interactions that the caller may see."""
        rows: QuerySet[Interaction] = Interaction.objects.visible_to(self.request.user)
        return rows

    def create_with(self, values: dict[str, Any]) -> Interaction:
        """Log it."""
        return interactions.log_interaction(
            customer_id=values["customer"],
            values={"custom": {}} | own_values(values),
            by=self.request.user,
            now=timezone.now(),
            contact_ids=values.get("contacts", ()),
            people_ids=values.get("people"),
            next_step_for=values.get("next_step_for"),
        )

    def update_with(self, pk: int, version: int, values: dict[str, Any]) -> Interaction:
        """Correct it."""
        return interactions.update_interaction(
            interaction_id=pk,
            version=version,
            values=own_values(values),
            by=self.request.user,
            now=timezone.now(),
            contact_ids=values.get("contacts"),
            people_ids=values.get("people"),
        )

    def delete_with(self, pk: int, version: int) -> None:
        """Into the bin."""
        interactions.delete_interaction(interaction_id=pk, version=version, by=self.request.user, now=timezone.now())

    @action(detail=True, methods=["post"])
    @answer_once
    def restore(self, request: Request, pk: str) -> Response:
        """Take it out of the bin; needs If-Match."""
        interactions.restore_interaction(interaction_id=int(pk), version=if_match(request), by=request.user)
        return self.answer_with(int(pk))
