"""Imports as JSON."""

from __future__ import annotations

from rest_framework import serializers

from customers.models import ImportBatch, ImportRow
from kcrm.lib.api.resources import StrictSerializer

MOST_ROWS = 1_000


class ImportSerializer(serializers.ModelSerializer):  # type: ignore[type-arg]  # DRF's class is not generic at run time
    """An import and how many rows came to what."""

    created_by = serializers.IntegerField(source="created_by_id")

    class Meta:
        model = ImportBatch
        fields = (
            "id", "importable", "source", "file_name", "state", "read", "created", "updated", "unchanged", "rejected",
            "undone", "kept", "created_by", "created_at", "finished_at", "version",
        )  # fmt: skip


class ImportRowSerializer(serializers.ModelSerializer):  # type: ignore[type-arg]
    """What became of one row."""

    class Meta:
        model = ImportRow
        fields = ("number", "done", "object_id", "label", "column", "reason", "changes", "undo", "undo_reason")


class RowsSerializer(StrictSerializer):
    """Up to 1,000 rows by field name, numbered from 2 in their order; a dry run leaves nothing behind."""

    importable = serializers.CharField(max_length=40)
    source = serializers.CharField(max_length=40)
    rows = serializers.ListField(
        child=serializers.DictField(child=serializers.JSONField(allow_null=True)),
        min_length=1,
        max_length=MOST_ROWS,
    )
    policy = serializers.DictField(child=serializers.CharField(max_length=20), required=False)
    keys = serializers.ListField(child=serializers.CharField(max_length=60), required=False, max_length=20)
    dry_run = serializers.BooleanField(required=False, default=False)


class AnswerSerializer(serializers.Serializer):  # type: ignore[type-arg]
    """What came of the rows; `id` names the import, null for a dry run."""

    id = serializers.IntegerField(allow_null=True)
    created = serializers.IntegerField()
    updated = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    rejected = serializers.IntegerField()
    rows = ImportRowSerializer(many=True)
