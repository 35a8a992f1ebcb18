"""/api/v1/closed-months/: the books that are closed. Closing and opening takes a person's session."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.response import Response

from kcrm.lib.access import Verb
from kcrm.lib.api.resources import CreateRows, StrictSerializer, act
from kcrm.lib.errors import NotAllowed
from profitability import permissions
from profitability.models import PeriodClose
from profitability.services import periods


class ClosedMonthSerializer(serializers.ModelSerializer):  # type: ignore[type-arg]  # DRF's class is not generic at run time
    """A month that no line may enter, change in or leave."""

    closed_by = serializers.IntegerField(source="closed_by_id")

    class Meta:
        model = PeriodClose
        fields = ("id", "month", "closed_by", "closed_at")


class CloseSerializer(StrictSerializer):
    """A day of the month that is closed."""

    month = serializers.DateField()


class ReopenSerializer(StrictSerializer):
    """Why the month must be opened again."""

    reason = serializers.CharField(max_length=300)


class ClosedMonthResource(CreateRows):
    """Which months are closed?"""

    model = PeriodClose
    access_resource = "sales_facts"
    serializer_class = ClosedMonthSerializer
    write_serializer_class = CloseSerializer
    orderings: ClassVar = {"id": "pk", "month": "month"}
    default_ordering = "-month"
    verbs: ClassVar = {"create": Verb.UPDATE}

    def visible_rows(self) -> QuerySet[PeriodClose]:
        """All of them, for who closes months. Raises NotAllowed for others."""
        user: Any = self.request.user
        if not permissions.can_close_periods(user):
            raise NotAllowed("sales_facts", Verb.UPDATE)
        rows: QuerySet[PeriodClose] = PeriodClose.objects.all()
        return rows

    def create_with(self, values: dict[str, Any]) -> PeriodClose:
        """Close it."""
        user: Any = self.request.user
        return periods.close_period(month=values["month"], by=user)

    @act(ReopenSerializer, versioned=False, status=204)
    def reopen(self, pk: int, version: None, values: dict[str, Any]) -> Response:
        """Open a closed month again, saying why."""
        user: Any = self.request.user
        periods.reopen_period(month=self.visible_rows().get(pk=pk).month, by=user, reason=values["reason"])
        return Response(status=204)
