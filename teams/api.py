"""/api/v1/org-units/, unit-places/"""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from rest_framework import serializers

from kcrm.lib.access import Verb
from kcrm.lib.api.resources import CreateRows, DeleteRows, StrictSerializer, UpdateRows
from kcrm.lib.filters import StrictFilterSet
from teams.models import OrgUnit, UnitAssignment
from teams.services import units


class OrgUnitSerializer(serializers.ModelSerializer):  # type: ignore[type-arg]  # DRF's class is not generic at run time
    """A part of the organisation; `path` lists the ids from the top."""

    parent = serializers.IntegerField(source="parent_id", allow_null=True)

    class Meta:
        model = OrgUnit
        fields = ("id", "name", "code", "parent", "path", "version")


class OrgUnitFilter(StrictFilterSet):
    """Units by code and parent."""

    code = django_filters.CharFilter()
    parent = django_filters.NumberFilter()


class OrgUnitChangeSerializer(StrictSerializer):
    """A part of the organisation; what is below moves along with it."""

    name = serializers.CharField(max_length=120)
    code = serializers.CharField(max_length=40)
    parent = serializers.IntegerField(min_value=1, required=False, allow_null=True)


class UnitPlaceSerializer(serializers.ModelSerializer):  # type: ignore[type-arg]  # DRF's class is not generic at run time
    """Somebody's place in a unit."""

    org_unit = serializers.IntegerField(source="unit_id")
    user = serializers.IntegerField(source="user_id")

    class Meta:
        model = UnitAssignment
        fields = ("id", "org_unit", "user", "kind", "valid_from", "valid_to", "version")


class UnitPlaceWriteSerializer(StrictSerializer):
    """A place to give, from a day on."""

    org_unit = serializers.IntegerField(min_value=1)
    user = serializers.IntegerField(min_value=1)
    kind = serializers.ChoiceField(choices=UnitAssignment.Kind.choices)
    valid_from = serializers.DateField()


class UnitPlaceFilter(StrictFilterSet):
    """Places by unit, person and kind."""

    org_unit = django_filters.NumberFilter(field_name="unit_id")
    user = django_filters.NumberFilter(field_name="user_id")
    kind = django_filters.ChoiceFilter(choices=UnitAssignment.Kind.choices)


class OrgUnitResource(CreateRows, UpdateRows):
    """The organisation; everybody who is signed in may read it, administrators change it in person."""

    model = OrgUnit
    access_resource = "org_unit"
    serializer_class = OrgUnitSerializer
    write_serializer_class = OrgUnitChangeSerializer
    filterset_class = OrgUnitFilter
    orderings: ClassVar = {"id": "pk", "name": "name", "path": "path"}
    default_ordering = "path"

    def visible_rows(self) -> QuerySet[OrgUnit]:
        """All units."""
        rows: QuerySet[OrgUnit] = OrgUnit.objects.visible_to(self.request.user)
        return rows

    def create_with(self, values: dict[str, Any]) -> OrgUnit:
        """Call the service."""
        return units.create_unit(values=_stored(values), by=self.request.user)  # type: ignore[arg-type]  # signed in

    def update_with(self, pk: int, version: int, values: dict[str, Any]) -> OrgUnit:
        """Call the service."""
        return units.update_unit(unit_id=pk, version=version, values=_stored(values), by=self.request.user)  # type: ignore[arg-type]  # signed in


class UnitPlaceResource(CreateRows, DeleteRows):
    """Who leads and serves which unit? Deleting ends a place today."""

    model = UnitAssignment
    access_resource = "org_unit"
    serializer_class = UnitPlaceSerializer
    write_serializer_class = UnitPlaceWriteSerializer
    filterset_class = UnitPlaceFilter
    orderings: ClassVar = {"id": "pk", "valid_from": "valid_from"}
    verbs: ClassVar = {"create": Verb.UPDATE, "destroy": Verb.UPDATE}

    def visible_rows(self) -> QuerySet[UnitAssignment]:
        """All places."""
        rows: QuerySet[UnitAssignment] = UnitAssignment.objects.visible_to(self.request.user)
        return rows

    def create_with(self, values: dict[str, Any]) -> UnitAssignment:
        """Call the service."""
        return units.assign_person(
            unit_id=values["org_unit"],
            user_id=values["user"],
            kind=values["kind"],
            valid_from=values["valid_from"],
            by=self.request.user,  # type: ignore[arg-type]  # signed in
        )

    def delete_with(self, pk: int, version: int) -> None:
        """Call the service."""
        units.end_place(place_id=pk, version=version, by=self.request.user, today=timezone.localdate())  # type: ignore[arg-type]  # signed in


def _stored(values: dict[str, Any]) -> dict[str, Any]:
    """The values by the names that the service knows."""
    return {{"parent": "parent_id"}.get(name, name): value for name, value in values.items()}
