"""Many customers in one call, as the REST door reads and answers them."""

from __future__ import annotations

from rest_framework import serializers

from customers.serializers.customers import CustomerWriteSerializer

STATUSES = ("created", "updated", "unchanged", "refused")


class CustomerUpsertSerializer(CustomerWriteSerializer):
    """A customer with the key under which another system knows it; `version` is the one that a change was made from."""

    source = serializers.CharField()
    value = serializers.CharField()
    version = serializers.IntegerField(required=False, min_value=1)


class RowErrorSerializer(serializers.Serializer):
    """Why a row was refused; `field` is empty where it is the row as a whole."""

    field = serializers.CharField(allow_blank=True)
    code = serializers.CharField()
    detail = serializers.CharField()


class UpsertedRowSerializer(serializers.Serializer):
    """What became of one row; `id` and `version` are those of its customer, null where it was refused."""

    index = serializers.IntegerField(help_text="Its place in the list that was sent, counted from 0.")
    source = serializers.CharField(allow_null=True)
    value = serializers.CharField(allow_null=True)
    status = serializers.ChoiceField(STATUSES)
    id = serializers.IntegerField(allow_null=True)
    version = serializers.IntegerField(allow_null=True)
    errors = RowErrorSerializer(many=True)


class UpsertedSerializer(serializers.Serializer):
    """What a bulk upsert did: the counts, and the outcome of each row in the order sent."""

    created = serializers.IntegerField()
    updated = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    refused = serializers.IntegerField()
    results = UpsertedRowSerializer(many=True)
