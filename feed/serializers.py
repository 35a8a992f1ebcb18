"""What the feed looks like in JSON."""

from __future__ import annotations

from rest_framework import serializers


class ChangeSerializer(serializers.Serializer):  # type: ignore[type-arg]
    """One change: which record, when, which fields; never a value."""

    sequence = serializers.IntegerField(source="change.seq")
    type = serializers.CharField(source="change.event")
    resource = serializers.CharField(source="change.resource")
    id = serializers.IntegerField(source="change.object_id", allow_null=True)
    customer = serializers.IntegerField(source="change.customer_id", allow_null=True)
    at = serializers.DateTimeField(source="change.at")
    fields_changed = serializers.ListField(source="change.fields", child=serializers.CharField())
    gone = serializers.BooleanField(help_text="The record is deleted, or out of the caller's sight by now.")

    def to_representation(self, instance: object) -> dict[str, object]:
        """A record that is gone says nothing more than that."""
        row = super().to_representation(instance)
        if row["gone"]:
            row["fields_changed"] = []
        return row


class FeedSerializer(serializers.Serializer):  # type: ignore[type-arg]
    """A page of the feed."""

    results = ChangeSerializer(many=True)
    cursor = serializers.CharField(help_text="Send it as changed_since with the next call.")
    more = serializers.BooleanField(help_text="There may be more right now.")
