"""Custom fields through the REST door: their definitions, and their values in the records that have them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from django.utils.functional import cached_property
from drf_spectacular.extensions import OpenApiSerializerFieldExtension
from rest_framework import serializers
from rest_framework.request import Request

from fields.definitions import PREFIX, Book, book_for
from fields.kinds import kind_of
from fields.lists import custom_order, with_custom_filters
from fields.models import CustomField
from fields.permissions import may_define
from fields.serializers import CustomFieldChangeSerializer, CustomFieldCreateSerializer
from fields.services import definitions
from kcrm.lib.access import Verb, allows_anywhere, global_standings
from kcrm.lib.access.decide import CLASS_RESOURCES
from kcrm.lib.api.resources import ReadOnlyResource, Resource, act
from kcrm.lib.errors import DomainError
from kcrm.lib.filters import StrictFilterSet
from kcrm.lib.tables.keyset import Order


class CustomValuesField(serializers.DictField):
    """{key: value} of custom fields that have one; sent, a key left out stays as it is and null empties it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(child=serializers.JSONField(allow_null=True), **kwargs)


class CustomValuesExtension(OpenApiSerializerFieldExtension):
    """Tells the API document what values look like."""

    target_class = "fields.api.CustomValuesField"

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        """An object whose keys the company chose; `/custom-fields/` says which there are."""
        amount = {
            "type": "object",
            "required": ["amount", "currency"],
            "properties": {"amount": {"type": "string"}, "currency": {"type": "string"}},
        }
        return {
            "type": "object",
            "description": (
                "Fields that the company added, by their keys; /custom-fields/ lists them. Text, link, date (ISO), "
                "number (decimal text) and choice (its key) are strings, several choices an array of keys, money an "
                "object of amount and currency, a person its number; null empties a field."
            ),
            "additionalProperties": {
                "nullable": True,
                "anyOf": [
                    {"type": "string"}, {"type": "integer"}, {"type": "number"},
                    {"type": "array", "items": {"type": "string"}}, amount,
                ],
            },
        }  # fmt: skip


class CustomFieldsResource(ReadOnlyResource):
    """A resource whose records have custom fields: in answers, bodies, filters and orders (`custom_` and the key)."""

    record_type: ClassVar[str]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Let the caller's filters know the fields of now."""
        super().initial(request, *args, **kwargs)
        if any(key.startswith(PREFIX) for key in request.query_params):
            self.filterset_class = with_custom_filters(self.filterset_class, self.record_type, self.book)  # type: ignore[misc]  # a filter set for the definitions of this moment

    @cached_property
    def book(self) -> Book:
        """The custom fields, read once a call."""
        return book_for(self.request.user)

    def plain(self, row: dict[str, Any]) -> dict[str, Any]:
        """The row with the values of those fields that the caller reads on it; empty fields are absent."""
        answer = super().plain(row)
        if answer.get("custom"):
            stored = answer["custom"]
            live = self.book.live(self.record_type, self.classes_of_row(row))
            answer["custom"] = {
                field.key: kind_of(field).api(field, stored[field.key]) for field in live if field.key in stored
            }
        return answer

    def order(self, rows: QuerySet[Any]) -> Order:
        """The order asked for, also by a custom field."""
        key = self.request.query_params.get("ordering", "")
        if not key.removeprefix("-").startswith(PREFIX):
            return super().order(rows)
        return custom_order(self.record_type, key, self.book, self.allowed_classes()) or super().order(rows)

    def validated(self, request: Request, *, partial: bool = False) -> dict[str, Any]:
        """The body's values; amounts have their currency."""
        values: dict[str, Any] = super().validated(request, partial=partial)  # type: ignore[misc]  # a writing base stands behind
        check_amounts(self.record_type, values.get("custom") or {}, request.user)
        return values


def check_amounts(record_type: str, given: Mapping[str, Any], user: Any) -> None:
    """Refuse amounts without their currency. Raises DomainError whose field is the custom field's name."""
    for field in book_for(user).live(record_type) if given else ():
        if field.kind == "money" and given.get(field.key) is not None:
            try:
                kind_of(field).sent(field, given[field.key])
            except DomainError as error:
                raise DomainError(error.message, field=field.name, code=error.code) from None


class ChoiceSerializer(serializers.Serializer):
    """One of the choices of a field."""

    key = serializers.CharField()
    en = serializers.CharField()
    zh = serializers.CharField(allow_blank=True)
    retired = serializers.BooleanField()


class CustomFieldSerializer(serializers.ModelSerializer):
    """A custom field: `key` names it in `custom` of its records."""

    choices = ChoiceSerializer(many=True)

    class Meta:
        model = CustomField
        fields = (
            "id", "record_type", "key", "kind", "label_en", "label_zh", "help_en", "help_zh", "field_class", "choices",
            "places", "currency", "is_required", "position", "retired_at", "version", "created_at", "updated_at",
        )  # fmt: skip


class CustomFieldFilter(StrictFilterSet):
    """Fields of one kind of record; those in use or the retired ones."""

    record_type = django_filters.CharFilter()
    kind = django_filters.ChoiceFilter(choices=CustomField.Kind.choices)
    retired = django_filters.BooleanFilter(field_name="retired_at", lookup_expr="isnull", exclude=True)


class CustomFieldResource(Resource):
    """The custom fields that there are. Tokens read them; who defines them does it in person."""

    model = CustomField
    access_resource = "custom_field"
    serializer_class = CustomFieldSerializer
    filterset_class = CustomFieldFilter
    orderings: ClassVar = {"id": "pk", "position": "position", "key": "key"}
    default_ordering = "id"

    def visible_rows(self) -> QuerySet[CustomField]:
        """Fields whose values the caller could read somewhere."""
        user: Any = self.request.user
        rows: QuerySet[CustomField] = CustomField.objects.all()
        if may_define(user):
            return rows
        actors = {standing.actor for standing in global_standings(user.roles)}
        hidden = [
            name for name, resource in CLASS_RESOURCES.items() if not allows_anywhere(resource, Verb.READ, actors)
        ]
        return rows.exclude(field_class__in=hidden)

    @property
    def write_serializer_class(self) -> Any:
        """What a field holds and who reads it is said once."""
        return CustomFieldCreateSerializer if self.action == "create" else CustomFieldChangeSerializer

    def create_with(self, values: dict[str, Any]) -> CustomField:
        """Call the service."""
        return definitions.create_field(record=values.pop("record_type"), values=values, by=self.request.user)  # type: ignore[arg-type]  # signed in

    def update_with(self, pk: int, version: int, values: dict[str, Any]) -> CustomField:
        """Call the service; what is not named stays."""
        now = self.visible_rows().get(pk=pk)
        kept = {name: getattr(now, name) for name in definitions.OPEN}
        return definitions.update_field(field_id=pk, version=version, values=kept | values, by=self.request.user)  # type: ignore[arg-type]  # signed in

    def delete_with(self, pk: int, version: int) -> None:
        """Call the service: only a field without values can be deleted."""
        definitions.delete_field(field_id=pk, version=version, by=self.request.user)  # type: ignore[arg-type]  # signed in

    @act()
    def up(self, pk: int, version: int, values: dict[str, Any]) -> None:
        """Move a field up among those in use; needs If-Match."""
        definitions.move_field(field_id=pk, version=version, places=-1, by=self.request.user)  # type: ignore[arg-type]  # signed in

    @act()
    def down(self, pk: int, version: int, values: dict[str, Any]) -> None:
        """Move a field down among those in use; needs If-Match."""
        definitions.move_field(field_id=pk, version=version, places=1, by=self.request.user)  # type: ignore[arg-type]  # signed in

    @act()
    def retire(self, pk: int, version: int, values: dict[str, Any]) -> None:
        """Show and ask for a field no more; its values stay. Needs If-Match."""
        definitions.retire_field(field_id=pk, version=version, by=self.request.user)  # type: ignore[arg-type]  # signed in

    @act()
    def restore(self, pk: int, version: int, values: dict[str, Any]) -> None:
        """Take a retired field into use again, with the values it has; needs If-Match."""
        definitions.restore_field(field_id=pk, version=version, by=self.request.user)  # type: ignore[arg-type]  # signed in
