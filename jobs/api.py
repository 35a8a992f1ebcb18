"""Jobs and notifications through the REST door."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from jobs.downloads import file_answer
from jobs.filters import JobFilter, NotificationFilter
from jobs.handlers import title_of
from jobs.messages import readable
from jobs.models import Job, Notification
from jobs.services import cancel_job, retry_job
from jobs.services.notifications import mark_all_read, mark_read
from kcrm.lib.access import Verb
from kcrm.lib.api.idempotency import answer_once
from kcrm.lib.api.resources import ReadOnlyResource

CONTENT = ("progress_note", "result", "error", "file_name", "customer")


class JobSerializer(serializers.ModelSerializer):
    """A piece of work. Of others' jobs administrators see that they exist, not what they are about."""

    title = serializers.CharField(help_text="What it does, in the caller's language.")
    requested_by = serializers.IntegerField(
        source="requested_by_id", allow_null=True, help_text="Null for the system's own jobs."
    )
    customer = serializers.IntegerField(source="customer_id", allow_null=True)
    result = serializers.JSONField(allow_null=True)

    class Meta:
        model = Job
        fields = (
            "id",
            "kind",
            "title",
            "state",
            "requested_by",
            "customer",
            "attempts",
            "max_attempts",
            "progress_done",
            "progress_total",
            "progress_note",
            "cancel_requested_at",
            "created_at",
            "started_at",
            "finished_at",
            "result",
            "error",
            "file_name",
        )


class JobResource(ReadOnlyResource):
    """Jobs: how far they are, what came of them, and the file that some of them make."""

    model = Job
    access_resource = "job"
    serializer_class = JobSerializer
    filterset_class = JobFilter
    orderings: ClassVar = {"id": "pk", "created_at": "created_at", "finished_at": "finished_at"}
    default_ordering = "-id"
    verbs: ClassVar = {"cancel": Verb.UPDATE, "retry": Verb.UPDATE}
    row_needs = ("requested_by_id", "kind", "title_values")

    def visible_rows(self) -> QuerySet[Job]:
        """One's own; all of them, without content, for administrators."""
        user: Any = self.request.user
        return Job.objects.visible_to(user)

    def plain(self, row: dict[str, Any]) -> dict[str, Any]:
        """The row with its title in words, and without content where it is another's."""
        is_own = row["requested_by_id"] == self.request.user.pk
        answer = super().plain(row)
        if "title" in answer:
            own_words = readable(row["title"], row["title_values"]) if is_own else ""
            answer["title"] = own_words or readable(title_of(row["kind"]))
        if not is_own:
            for name in CONTENT:
                answer.pop(name, None)
        return answer

    @extend_schema(request=None, responses=JobSerializer)
    @action(detail=True, methods=["post"])
    @answer_once
    def cancel(self, request: Request, pk: str) -> Response:
        """Cancel a job: a waiting one at once, a running one as soon as it looks up."""
        user: Any = request.user
        return self.answer_with(cancel_job(job_id=int(pk), by=user).pk)

    @extend_schema(request=None, responses=JobSerializer)
    @action(detail=True, methods=["post"])
    @answer_once
    def retry(self, request: Request, pk: str) -> Response:
        """Start a job that failed, was cancelled or given up once more."""
        user: Any = request.user
        return self.answer_with(retry_job(job_id=int(pk), by=user).pk)

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    @action(detail=True, methods=["get"])
    def file(self, request: Request, pk: str) -> HttpResponseBase:
        """The file that a job made, for who asked for it and still may have it; a token fetches its own."""
        user: Any = request.user
        return file_answer(self.visible_rows().select_related("requested_by").get(pk=int(pk)), user)


class NotificationSerializer(serializers.ModelSerializer):
    """Something that the caller was told."""

    text = serializers.CharField(source="subject", help_text="In the caller's language.")
    customer = serializers.IntegerField(source="customer_id", allow_null=True)

    class Meta:
        model = Notification
        fields = ("id", "kind", "text", "url", "customer", "is_urgent", "created_at", "read_at")


class NotificationResource(ReadOnlyResource):
    """What the caller was told, without what is about customers out of sight."""

    model = Notification
    access_resource = "notification"
    serializer_class = NotificationSerializer
    filterset_class = NotificationFilter
    orderings: ClassVar = {"id": "pk", "created_at": "created_at"}
    default_ordering = "-id"
    verbs: ClassVar = {"read": Verb.UPDATE, "read_all": Verb.UPDATE}
    row_needs = ("values",)

    def visible_rows(self) -> QuerySet[Notification]:
        """One's own that are meant to be seen."""
        user: Any = self.request.user
        return Notification.objects.visible_to(user).in_app()

    def plain(self, row: dict[str, Any]) -> dict[str, Any]:
        """The row with its text in words."""
        answer = super().plain(row)
        if "text" in answer:
            answer["text"] = readable(row["subject"], row["values"])
        return answer

    @extend_schema(request=None, responses=NotificationSerializer)
    @action(detail=True, methods=["post"])
    @answer_once
    def read(self, request: Request, pk: str) -> Response:
        """Note that one was read."""
        user: Any = request.user
        return self.answer_with(mark_read(notification_id=int(pk), by=user).pk)

    @extend_schema(request=None, responses={200: {"type": "object", "properties": {"read": {"type": "integer"}}}})
    @action(detail=False, methods=["post"], url_path="read-all")
    @answer_once
    def read_all(self, request: Request) -> Response:
        """Note that everything was read; answers how many were."""
        user: Any = request.user
        return Response({"read": mark_all_read(by=user)})
