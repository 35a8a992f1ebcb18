"""/api/v1/coverage-rules/"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from rest_framework import serializers

from kcrm.lib.api.resources import StrictSerializer, UpdateRows
from planning.filters import CoverageRuleFilter
from planning.models import CoverageRule
from planning.services import coverage


class CoverageRuleSerializer(serializers.ModelSerializer):  # type: ignore[type-arg]  # DRF's class is not generic at run time
    """How many days may lie between two contacts; the empty tier is for customers without a score."""

    class Meta:
        model = CoverageRule
        fields = ("id", "tier", "days", "version", "updated_at")


class CoverageRuleChangeSerializer(StrictSerializer):
    """Another number of days."""

    days = serializers.IntegerField(min_value=1, max_value=730)


class CoverageRuleResource(UpdateRows):
    """The coverage plan; the programme office changes it, in person."""

    model = CoverageRule
    access_resource = "coverage_rule"
    serializer_class = CoverageRuleSerializer
    write_serializer_class = CoverageRuleChangeSerializer
    filterset_class = CoverageRuleFilter
    orderings: ClassVar = {"id": "pk", "days": "days", "tier": "tier"}
    default_ordering = "days"

    def visible_rows(self) -> QuerySet[CoverageRule]:
        """The whole plan."""
        rows: QuerySet[CoverageRule] = CoverageRule.objects.visible_to(self.request.user)
        return rows

    def update_with(self, pk: int, version: int, values: dict[str, Any]) -> CoverageRule:
        """Change it."""
        return coverage.change_rule(rule_id=pk, version=version, days=values["days"], by=self.request.user)
