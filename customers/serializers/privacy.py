"""Consents as JSON."""

from __future__ import annotations

from rest_framework import serializers

from customers.models import Consent, Purpose
from kcrm.lib.api.resources import StrictSerializer


class ConsentSerializer(serializers.ModelSerializer):  # type: ignore[type-arg]  # DRF's class is not generic at run time
    """A consent or its withdrawal."""

    contact = serializers.IntegerField(source="contact_id")
    recorded_by = serializers.IntegerField(source="recorded_by_id")

    class Meta:
        model = Consent
        fields = (
            "id", "contact", "purpose", "is_given", "text_version", "channel", "source", "at", "recorded_by",
            "recorded_at",
        )  # fmt: skip


class ConsentWriteSerializer(StrictSerializer):
    """A new row; `text_version` is needed for a consent."""

    contact = serializers.IntegerField(min_value=1)
    purpose = serializers.ChoiceField(choices=Purpose.choices)
    is_given = serializers.BooleanField()
    text_version = serializers.CharField(required=False, allow_blank=True, max_length=40)
    channel = serializers.ChoiceField(choices=Consent.Channel.choices)
    source = serializers.CharField(required=False, allow_blank=True, max_length=200)
    at = serializers.DateTimeField()
