"""/api/v1/export-requests/: large exports, asked for, decided about, followed to their job and its file."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import QueryDict
from rest_framework import serializers

from exports.filters import ExportRequestFilter
from exports.models import ExportRequest
from exports.services import requests
from kcrm.lib.access import Verb
from kcrm.lib.api.resources import CreateRows, StrictSerializer, act
from kcrm.lib.export import WRITERS


class ExportRequestSerializer(serializers.ModelSerializer):  # type: ignore[type-arg]  # DRF's class is not generic at run time
    """A large export; once approved `job` writes it, and `jobs/{id}/file/` is its file."""

    requested_by = serializers.IntegerField(source="requested_by_id")
    decided_by = serializers.IntegerField(source="decided_by_id", allow_null=True)
    job = serializers.IntegerField(source="job_id", allow_null=True)

    class Meta:
        model = ExportRequest
        fields = (
            "id", "title", "path", "query", "form", "filters", "columns", "row_count", "reason", "needs_approval",
            "state", "requested_by", "requested_at", "decided_by", "decided_at", "decision", "job",
        )  # fmt: skip


class AskSerializer(StrictSerializer):
    """A list by the `address` of its page, with filters, columns and order; `reason` where a director has to decide."""

    address = serializers.CharField(max_length=2000, help_text="Such as /customers/?industry=steel&sort=name.")
    form = serializers.ChoiceField(choices=sorted(WRITERS))
    reason = serializers.CharField(required=False, allow_blank=True, default="", max_length=500)


class RefusalSerializer(StrictSerializer):
    """Why not."""

    reason = serializers.CharField(max_length=500)


class ExportRequestResource(CreateRows):
    """Large exports: who wants to carry what away, and who let it go. A token only reads them."""

    model = ExportRequest
    access_resource = "export_job"
    serializer_class = ExportRequestSerializer
    write_serializer_class = AskSerializer
    filterset_class = ExportRequestFilter
    orderings: ClassVar = {"id": "pk", "requested_at": "requested_at"}
    default_ordering = "-id"

    def visible_rows(self) -> QuerySet[ExportRequest]:
        """One's own, those one decides about, all for who watches what leaves the house."""
        rows: QuerySet[ExportRequest] = ExportRequest.objects.visible_to(self.request.user)  # type: ignore[arg-type]  # signed in
        return rows

    def create_with(self, values: dict[str, Any]) -> ExportRequest:
        """Ask for the list as a file; without need for approval its job starts at once."""
        path, _mark, query = values["address"].partition("?")
        asked = QueryDict(query, mutable=True)
        asked["export"] = values["form"]
        return requests.request_export(
            address=f"{path}?{asked.urlencode()}",
            reason=values["reason"],
            by=self.request.user,  # type: ignore[arg-type]  # signed in
        )

    @act(verb=Verb.APPROVE, versioned=False)
    def approve(self, pk: int, version: None, values: dict[str, Any]) -> None:
        """Let an export go that somebody else asked for; its job starts."""
        requests.approve_export(request_id=pk, by=self.request.user)  # type: ignore[arg-type]  # signed in

    @act(RefusalSerializer, verb=Verb.APPROVE, versioned=False)
    def refuse(self, pk: int, version: None, values: dict[str, Any]) -> None:
        """Refuse it, saying why."""
        requests.refuse_export(request_id=pk, reason=values["reason"], by=self.request.user)  # type: ignore[arg-type]  # signed in
