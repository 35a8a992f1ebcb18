"""/api/v1/tasks/"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils import timezone
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from customers.api.exporting import ExportPartRows
from customers.custom_fields import TASK
from customers.filters.tasks import TaskFilter
from customers.models import Task
from customers.serializers.tasks import TaskChangeSerializer, TaskCreateSerializer, TaskSerializer, stored_names
from customers.services import tasks
from fields.api import CustomFieldsResource
from kcrm.lib.access import Verb
from kcrm.lib.api.idempotency import answer_once
from kcrm.lib.api.resources import Resource, if_match


class TaskResource(CustomFieldsResource, ExportPartRows, Resource):
    """What is to be done for customers."""

    record_type = TASK.key
    model = Task
    access_resource = "task"
    serializer_class = TaskSerializer
    filterset_class = TaskFilter
    orderings: ClassVar = {
        "id": "pk", "due_on": "due_on", "priority": "priority", "created_at": "created_at", "updated_at": "updated_at",
    }  # fmt: skip
    default_ordering = "due_on"
    verbs: ClassVar = dict.fromkeys(("done", "drop", "reopen", "restore"), Verb.UPDATE)

    @property
    def write_serializer_class(self) -> Any:
        """The customer is said once, when the task is made."""
        return TaskCreateSerializer if self.action == "create" else TaskChangeSerializer

    def visible_rows(self) -> QuerySet[Task]:
        """Tasks that the caller may see."""
        rows: QuerySet[Task] = Task.objects.visible_to(self.request.user)
        return rows

    def create_with(self, values: dict[str, Any]) -> Task:
        """Give it to somebody."""
        return tasks.create_task(
            customer_id=values["customer"],
            values={"custom": {}} | stored_names(values),
            by=self.request.user,
            today=timezone.localdate(),
        )

    def update_with(self, pk: int, version: int, values: dict[str, Any]) -> Task:
        """Change what, who, when."""
        return tasks.update_task(
            task_id=pk,
            version=version,
            values=stored_names(values),
            by=self.request.user,
            today=timezone.localdate(),
        )

    def delete_with(self, pk: int, version: int) -> None:
        """Into the bin."""
        tasks.delete_task(task_id=pk, version=version, by=self.request.user, now=timezone.now())

    @action(detail=True, methods=["post"])
    @answer_once
    def done(self, request: Request, pk: str) -> Response:
        """It is done; needs If-Match."""
        tasks.complete_task(task_id=int(pk), version=if_match(request), by=request.user, now=timezone.now())
        return self.answer_with(int(pk))

    @action(detail=True, methods=["post"])
    @answer_once
    def drop(self, request: Request, pk: str) -> Response:
        """It need not be done any more; needs If-Match."""
        tasks.drop_task(task_id=int(pk), version=if_match(request), by=request.user)
        return self.answer_with(int(pk))

    @action(detail=True, methods=["post"])
    @answer_once
    def reopen(self, request: Request, pk: str) -> Response:
        """To be done after all; needs If-Match."""
        tasks.reopen_task(task_id=int(pk), version=if_match(request), by=request.user)
        return self.answer_with(int(pk))

    @action(detail=True, methods=["post"])
    @answer_once
    def restore(self, request: Request, pk: str) -> Response:
        """Take it out of the bin; needs If-Match."""
        tasks.restore_task(task_id=int(pk), version=if_match(request), by=request.user)
        return self.answer_with(int(pk))
