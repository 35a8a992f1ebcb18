"""Files and agreements as JSON."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from customers.models import Agreement, Document
from fields.api import CustomValuesField
from kcrm.lib.api.resources import StrictSerializer


class DocumentSerializer(serializers.ModelSerializer):  # type: ignore[type-arg]  # DRF's class is not generic at run time
    """What is known about a file; the file itself is at `file/`."""

    customer = serializers.IntegerField(source="customer_id")
    uploaded_by = serializers.IntegerField(source="uploaded_by_id")

    class Meta:
        model = Document
        fields = (
            "id", "customer", "title", "file_name", "media_type", "size", "sha256", "uploaded_by", "version",
            "created_at", "updated_at",
        )  # fmt: skip


class DocumentUploadSerializer(StrictSerializer):
    """A file with its customer, sent as multipart/form-data."""

    customer = serializers.IntegerField(min_value=1)
    file = serializers.FileField(max_length=250)
    title = serializers.CharField(required=False, allow_blank=True, max_length=200)


class DocumentTitleSerializer(StrictSerializer):
    """Another title."""

    title = serializers.CharField(max_length=200)


class AgreementSerializer(serializers.ModelSerializer):  # type: ignore[type-arg]  # as above
    """A contract or price agreement; `notice_on` is the last day on which notice can be given."""

    customer = serializers.IntegerField(source="customer_id")
    document = serializers.IntegerField(source="document_id", allow_null=True)
    notice_on = serializers.DateField(allow_null=True)
    custom = CustomValuesField()

    class Meta:
        model = Agreement
        fields = (
            "id", "customer", "title", "kind", "starts_on", "ends_on", "notice_days", "notice_on", "renews",
            "annual_value", "currency", "document", "custom", "version", "created_at", "updated_at",
        )  # fmt: skip


class AgreementChangeSerializer(StrictSerializer):
    """What can be changed."""

    title = serializers.CharField(max_length=200)
    kind = serializers.ChoiceField(choices=Agreement.Kind.choices, required=False)
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(required=False, allow_null=True)
    notice_days = serializers.IntegerField(required=False, allow_null=True, min_value=0, max_value=3650)
    renews = serializers.BooleanField(required=False)
    annual_value = serializers.DecimalField(
        required=False, allow_null=True, max_digits=18, decimal_places=2, min_value=0
    )
    currency = serializers.CharField(required=False, max_length=3)
    document = serializers.IntegerField(required=False, allow_null=True, min_value=1)
    custom = CustomValuesField(required=False)


class AgreementCreateSerializer(AgreementChangeSerializer):
    """A new agreement with a customer."""

    customer = serializers.IntegerField(min_value=1)


def stored_names(values: dict[str, Any]) -> dict[str, Any]:
    """Values under the names that the service takes."""
    return {
        "document_id" if name == "document" else name: value for name, value in values.items() if name != "customer"
    }
