"""Interactions as JSON."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from customers.models import Interaction
from fields.api import CustomValuesField
from kcrm.lib.api.resources import StrictSerializer

OWN = (
    "kind", "subject", "body", "happened_at", "minutes", "by_customer", "outcome", "next_step", "next_step_on",
)  # fmt: skip


class InteractionSerializer(serializers.ModelSerializer):  # type: ignore[type-arg]  # DRF's class is not generic at run time
    """What was said with a customer; `contacts` are theirs, `people` ours."""

    customer = serializers.IntegerField(source="customer_id")
    recorded_by = serializers.IntegerField(source="recorded_by_id")
    contacts = serializers.ListField(child=serializers.IntegerField(), source="contact_ids")
    people = serializers.ListField(child=serializers.IntegerField(), source="people_ids")
    custom = CustomValuesField()

    class Meta:
        model = Interaction
        fields = (
            "id", "customer", *OWN, "contacts", "people", "recorded_by", "custom", "version", "created_at",
            "updated_at",
        )  # fmt: skip


class InteractionChangeSerializer(StrictSerializer):
    """What can be corrected."""

    kind = serializers.ChoiceField(choices=Interaction.Kind.choices)
    subject = serializers.CharField(max_length=200)
    body = serializers.CharField(required=False, allow_blank=True, max_length=20_000)
    happened_at = serializers.DateTimeField()
    minutes = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=1440)
    by_customer = serializers.BooleanField(required=False)
    outcome = serializers.ChoiceField(
        choices=[choice for choice in Interaction.Outcome.choices if choice[0]], required=False, allow_blank=True
    )
    next_step = serializers.CharField(required=False, allow_blank=True, max_length=200)
    next_step_on = serializers.DateField(required=False, allow_null=True)
    contacts = serializers.ListField(child=serializers.IntegerField(min_value=1), required=False, max_length=100)
    people = serializers.ListField(child=serializers.IntegerField(min_value=1), required=False, max_length=100)
    custom = CustomValuesField(required=False)


class InteractionCreateSerializer(InteractionChangeSerializer):
    """What is logged: the customer, and who of ours takes the next step (otherwise the caller)."""

    customer = serializers.IntegerField(min_value=1)
    next_step_for = serializers.IntegerField(required=False, allow_null=True, min_value=1)


def own_values(values: dict[str, Any]) -> dict[str, Any]:
    """The interaction's own values among those sent."""
    return {name: values[name] for name in (*OWN, "custom") if name in values}
