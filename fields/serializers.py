"""Definitions of custom fields as they are sent to the REST door."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from fields.models import CustomField
from fields.registry import all_record_types
from fields.services.definitions import LONGEST_KEY, MOST_CHOICES
from kcrm.lib.api.resources import StrictSerializer

WORDS: dict[str, Any] = {"max_length": 80, "required": False, "allow_blank": True}
HELP: dict[str, Any] = {"max_length": 200, "required": False, "allow_blank": True}


class ChoiceWriteSerializer(StrictSerializer):
    """One of the choices; its key is made from its words where it is left out."""

    key = serializers.CharField(max_length=LONGEST_KEY, required=False)
    en = serializers.CharField(**WORDS)
    zh = serializers.CharField(**WORDS)
    retired = serializers.BooleanField(required=False)


class CustomFieldChangeSerializer(StrictSerializer):
    """The words of a field, its choices (those left out are retired), whether it must be filled in or is searched."""

    label_en = serializers.CharField(**WORDS)
    label_zh = serializers.CharField(**WORDS)
    help_en = serializers.CharField(**HELP)
    help_zh = serializers.CharField(**HELP)
    choices = ChoiceWriteSerializer(many=True, required=False, max_length=MOST_CHOICES)  # type: ignore[call-arg]  # of the list it becomes
    places = serializers.IntegerField(min_value=0, max_value=6, required=False)
    is_required = serializers.BooleanField(required=False)
    is_found_by = serializers.BooleanField(required=False)


class CustomFieldCreateSerializer(CustomFieldChangeSerializer):
    """A new field. What it holds, who reads it and its currency stay as they are said here."""

    record_type = serializers.CharField(max_length=40)
    key = serializers.CharField(max_length=LONGEST_KEY, required=False)
    kind = serializers.ChoiceField(choices=CustomField.Kind.choices)
    field_class = serializers.CharField(max_length=4)
    currency = serializers.CharField(max_length=3, required=False)

    def validate_record_type(self, given: str) -> str:
        """A kind of record that has custom fields."""
        known = sorted(one.key for one in all_record_types())
        if given not in known:
            raise serializers.ValidationError(
                _("Unknown kind of record. There are: %(known)s.") % {"known": ", ".join(known)}
            )
        return given
