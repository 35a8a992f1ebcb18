"""Tasks as JSON."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from customers.models import Task
from fields.api import CustomValuesField
from kcrm.lib.api.resources import StrictSerializer


class TaskSerializer(serializers.ModelSerializer):  # type: ignore[type-arg]  # DRF's class is not generic at run time
    """Something to do for a customer."""

    customer = serializers.IntegerField(source="customer_id")
    assignee = serializers.IntegerField(source="assignee_id")
    contact = serializers.IntegerField(source="contact_id", allow_null=True)
    interaction = serializers.IntegerField(source="interaction_id", allow_null=True)
    created_by = serializers.IntegerField(source="created_by_id")
    custom = CustomValuesField()

    class Meta:
        model = Task
        fields = (
            "id", "customer", "title", "detail", "assignee", "due_on", "priority", "state", "done_at", "contact",
            "interaction", "created_by", "custom", "version", "created_at", "updated_at",
        )  # fmt: skip


class TaskChangeSerializer(StrictSerializer):
    """What can be changed; the state moves by `done`, `drop` and `reopen`."""

    title = serializers.CharField(max_length=200)
    detail = serializers.CharField(required=False, allow_blank=True, max_length=20_000)
    assignee = serializers.IntegerField(required=False, min_value=1)
    due_on = serializers.DateField(required=False, allow_null=True)
    priority = serializers.ChoiceField(choices=Task.Priority.choices, required=False)
    contact = serializers.IntegerField(required=False, allow_null=True, min_value=1)
    custom = CustomValuesField(required=False)


class TaskCreateSerializer(TaskChangeSerializer):
    """What is given to somebody; without `assignee` the caller does it."""

    customer = serializers.IntegerField(min_value=1)


def stored_names(values: dict[str, Any]) -> dict[str, Any]:
    """Values under the names that the service takes."""
    related = {"assignee": "assignee_id", "contact": "contact_id"}
    return {related.get(name, name): value for name, value in values.items() if name != "customer"}
