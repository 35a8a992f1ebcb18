"""/api/v1/org-units/"""

from __future__ import annotations

from typing import ClassVar

import django_filters
from django.db.models import QuerySet
from rest_framework import serializers

from kcrm.lib.api.resources import ReadOnlyResource
from kcrm.lib.filters import StrictFilterSet
from teams.models import OrgUnit


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


class OrgUnitResource(ReadOnlyResource):
    """The organisation; everybody who is signed in may read it."""

    model = OrgUnit
    access_resource = "org_unit"
    serializer_class = OrgUnitSerializer
    filterset_class = OrgUnitFilter
    orderings: ClassVar = {"id": "pk", "name": "name", "path": "path"}
    default_ordering = "path"

    def visible_rows(self) -> QuerySet[OrgUnit]:
        """All units."""
        rows: QuerySet[OrgUnit] = OrgUnit.objects.visible_to(self.request.user)
        return rows
