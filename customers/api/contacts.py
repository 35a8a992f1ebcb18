"""/api/v1/contacts/ and /api/v1/contact-roles/"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, QuerySet
from django.db.models.functions import JSONObject
from django.utils import timezone
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from customers import permissions
from customers.api.duplicates import Mergeable
from customers.api.exporting import ExportContacts
from customers.custom_fields import CONTACT
from customers.filters.contacts import ContactFilter, ContactRoleFilter
from customers.models import Contact, ContactRole
from customers.serializers.contacts import (
    ContactChangeSerializer,
    ContactCreateSerializer,
    ContactRoleSerializer,
    ContactSerializer,
    DepartureSerializer,
    NewRoleSerializer,
    RoleValuesSerializer,
)
from customers.services import contacts
from fields.api import CustomFieldsResource
from kcrm.lib.access import Verb, allows_anywhere, readable_classes
from kcrm.lib.api.idempotency import answer_once
from kcrm.lib.api.resources import Resource, if_match
from kcrm.lib.filters import OPEN_CLASSES
from teams.permissions import reach_of

PRIVATE_CLASS = "F6P"


class ContactResource(CustomFieldsResource, Mergeable, ExportContacts, Resource):
    """People at customers. Private fields are absent for who does not keep them, and for every token."""

    merge_kind = "contact"
    record_type = CONTACT.key
    model = Contact
    access_resource = "contact"
    serializer_class = ContactSerializer
    filterset_class = ContactFilter
    field_classes: ClassVar = dict.fromkeys(contacts.PRIVATE, PRIVATE_CLASS)
    orderings: ClassVar = {
        "id": "pk", "full_name": "name_sort", "email": "email", "created_at": "created_at", "updated_at": "updated_at",
    }  # fmt: skip
    default_ordering = "full_name"
    verbs: ClassVar = {"left": Verb.UPDATE, "restore": Verb.UPDATE, "merge": Verb.MERGE}

    @property
    def write_serializer_class(self) -> Any:
        """Roles come with a new person; later they are resources of their own."""
        return ContactCreateSerializer if self.action == "create" else ContactChangeSerializer

    @property
    def annotations(self) -> Mapping[str, Any]:  # type: ignore[override]  # what is shown depends on the caller
        """The customers that the caller sees."""
        return {"customer_ids": ArraySubquery(self._roles().order_by("customer").values("customer").distinct())}

    def _roles(self) -> QuerySet[ContactRole]:
        rows: QuerySet[ContactRole] = ContactRole.objects.visible_to(self.request.user, "contact")
        return rows.filter(contact=OuterRef("pk"))

    def visible_rows(self) -> QuerySet[Contact]:
        """The people that the caller may see, each with the places that decide about his private part."""
        rows: QuerySet[Contact] = Contact.objects.visible_to(self.request.user)
        if PRIVATE_CLASS not in self.allowed_classes():
            return rows
        place = JSONObject(team=F("customer__account_team"), unit=F("customer__org_unit__path"))
        return rows.annotate(places=ArraySubquery(self._roles().values(place=place)))

    def allowed_classes(self) -> frozenset[str]:
        """Private data for who may read it of anybody; never through a token."""
        user = self.request.user
        if permissions.has_token(user):
            return OPEN_CLASSES
        keeps = allows_anywhere("contact_private", Verb.READ, reach_of(user).actors())
        return OPEN_CLASSES | {PRIVATE_CLASS} if keeps else OPEN_CLASSES

    @property
    def row_needs(self) -> tuple[str, ...]:  # type: ignore[override]  # the same
        """Places, where they decide something."""
        return ("places",) if PRIVATE_CLASS in self.allowed_classes() else ()

    def classes_of_row(self, row: Mapping[str, Any]) -> frozenset[str]:
        """What the caller may read of this person: by his standing towards one of the customers."""
        reach = reach_of(self.request.user)
        for place in row.get("places", ()):
            standings = reach.standings(team_id=place["team"], unit_path=place["unit"])
            if PRIVATE_CLASS in readable_classes(standings):
                return OPEN_CLASSES | {PRIVATE_CLASS}
        return OPEN_CLASSES

    def create_with(self, values: dict[str, Any]) -> Contact:
        """Add a person with his roles."""
        roles, is_new = values.pop("roles"), values.pop("is_new", False)
        return contacts.create_contact(values=values, roles=roles, by=self.request.user, is_new=is_new)

    def update_with(self, pk: int, version: int, values: dict[str, Any]) -> Contact:
        """Change his data."""
        return contacts.update_contact(contact_id=pk, version=version, values=values, by=self.request.user)

    def delete_with(self, pk: int, version: int) -> None:
        """Into the bin."""
        contacts.delete_contact(contact_id=pk, version=version, by=self.request.user, now=timezone.now())

    @action(detail=True, methods=["post"])
    @answer_once
    def left(self, request: Request, pk: str) -> Response:
        """The person left the company `on` a day; needs If-Match."""
        self.row(int(pk))
        sent = DepartureSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        contacts.note_departure(
            contact_id=int(pk), version=if_match(request), on=sent.validated_data["on"], by=request.user
        )
        return self.answer_with(int(pk))

    @action(detail=True, methods=["post"])
    @answer_once
    def restore(self, request: Request, pk: str) -> Response:
        """Take the person out of the bin; needs If-Match."""
        contacts.restore_contact(contact_id=int(pk), version=if_match(request), by=request.user)
        return self.answer_with(int(pk))


class ContactRoleResource(Resource):
    """What people are at customers, from when and until when."""

    model = ContactRole
    access_resource = "contact"
    serializer_class = ContactRoleSerializer
    filterset_class = ContactRoleFilter
    orderings: ClassVar = {"id": "pk", "valid_from": "valid_from", "valid_to": "valid_to"}

    @property
    def write_serializer_class(self) -> Any:
        """Person and customer are said once."""
        return NewRoleSerializer if self.action == "create" else RoleValuesSerializer

    def visible_rows(self) -> QuerySet[ContactRole]:
        """Roles at customers whose people the caller may see."""
        rows: QuerySet[ContactRole] = ContactRole.objects.visible_to(self.request.user, "contact")
        return rows.filter(contact__deleted_at__isnull=True)

    def create_with(self, values: dict[str, Any]) -> ContactRole:
        """Add a role."""
        return contacts.add_role(
            contact_id=values.pop("contact_id"),
            customer_id=values.pop("customer_id"),
            values=values,
            by=self.request.user,
        )

    def update_with(self, pk: int, version: int, values: dict[str, Any]) -> ContactRole:
        """Change it."""
        return contacts.update_role(role_id=pk, version=version, values=values, by=self.request.user)

    def delete_with(self, pk: int, version: int) -> None:
        """Take back a role entered by mistake."""
        contacts.delete_role(role_id=pk, version=version, by=self.request.user)
