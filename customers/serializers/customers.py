"""Customers, sites, buying units and tags as the REST door reads and answers them."""

from __future__ import annotations

from rest_framework import serializers

from customers.models import BuyingUnit, Customer, Site, Tag
from fields.api import CustomValuesField
from kcrm.lib.api.resources import StrictSerializer


class KeySerializer(serializers.Serializer):
    """The key of a customer in another system."""

    source = serializers.CharField()
    value = serializers.CharField()


class CustomerSerializer(serializers.ModelSerializer):
    """A customer as its reader sees it; a parent company that he does not see is left out."""

    org_unit = serializers.IntegerField(source="org_unit_id")
    parent = serializers.IntegerField(source="seen_parent_id", allow_null=True)
    owner = serializers.CharField(allow_null=True)
    tags = serializers.ListField(source="tag_names", child=serializers.CharField())
    external_ids = KeySerializer(source="keys", many=True)
    custom = CustomValuesField()

    class Meta:
        model = Customer
        fields = (
            "id", "version", "name", "legal_name", "org_unit", "parent", "owner", "relation", "life_cycle",
            "industry", "country", "region", "city", "website", "domain", "phone", "registration_no", "currency",
            "description", "cadence_days", "last_interaction_on", "tags", "external_ids", "custom",
            "created_at", "updated_at",
        )  # fmt: skip


class CustomerWriteSerializer(StrictSerializer):
    """What can be said about a customer; `despite` says why it is another company than the one it looks like."""

    name = serializers.CharField()
    legal_name = serializers.CharField(required=False, allow_blank=True)
    org_unit = serializers.IntegerField()
    parent = serializers.IntegerField(required=False, allow_null=True)
    relation = serializers.ChoiceField(Customer.Relation.choices, required=False)
    life_cycle = serializers.ChoiceField(Customer.LifeCycle.choices, required=False)
    industry = serializers.CharField(required=False, allow_blank=True)
    country = serializers.CharField(required=False, allow_blank=True)
    region = serializers.CharField(required=False, allow_blank=True)
    city = serializers.CharField(required=False, allow_blank=True)
    website = serializers.CharField(required=False, allow_blank=True)
    domain = serializers.CharField(required=False, allow_blank=True)
    phone = serializers.CharField(required=False, allow_blank=True)
    registration_no = serializers.CharField(required=False, allow_blank=True)
    currency = serializers.CharField(required=False)
    description = serializers.CharField(required=False, allow_blank=True)
    cadence_days = serializers.IntegerField(required=False, allow_null=True, min_value=0, max_value=32_767)
    tags = serializers.ListField(child=serializers.CharField(), required=False, max_length=30)
    custom = CustomValuesField(required=False)
    despite = serializers.CharField(required=False, allow_blank=True, max_length=300)


class LikenessSerializer(serializers.Serializer):
    """A visible customer that may be the same company."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    city = serializers.CharField()
    country = serializers.CharField()
    by = serializers.ListField(child=serializers.CharField())


class SiteSerializer(serializers.ModelSerializer):
    """A place of a customer."""

    customer = serializers.IntegerField(source="customer_id")

    class Meta:
        model = Site
        fields = (
            "id", "version", "customer", "name", "kind", "street", "postal_code", "city", "region", "country",
            "phone", "is_primary", "created_at", "updated_at",
        )  # fmt: skip


class SiteWriteSerializer(StrictSerializer):
    """What can be said about a place."""

    customer = serializers.IntegerField(min_value=1)
    name = serializers.CharField()
    kind = serializers.ChoiceField(Site.Kind.choices, required=False)
    street = serializers.CharField(required=False, allow_blank=True)
    postal_code = serializers.CharField(required=False, allow_blank=True)
    city = serializers.CharField(required=False, allow_blank=True)
    region = serializers.CharField(required=False, allow_blank=True)
    country = serializers.CharField(required=False, allow_blank=True)
    phone = serializers.CharField(required=False, allow_blank=True)
    is_primary = serializers.BooleanField(required=False)


class BuyingUnitSerializer(serializers.ModelSerializer):
    """A part of a customer that decides what it buys."""

    customer = serializers.IntegerField(source="customer_id")
    site = serializers.IntegerField(source="site_id", allow_null=True)

    class Meta:
        model = BuyingUnit
        fields = ("id", "version", "customer", "name", "site", "description", "created_at", "updated_at")


class BuyingUnitWriteSerializer(StrictSerializer):
    """What can be said about a buying unit."""

    customer = serializers.IntegerField(min_value=1)
    name = serializers.CharField()
    site = serializers.IntegerField(required=False, allow_null=True)
    description = serializers.CharField(required=False, allow_blank=True)


class TagSerializer(serializers.ModelSerializer):
    """A word that groups customers."""

    class Meta:
        model = Tag
        fields = ("id", "name")


class FieldChangeSerializer(serializers.Serializer):
    """One field before and after."""

    label = serializers.CharField()
    before = serializers.CharField()
    after = serializers.CharField()


class HistoryEntrySerializer(serializers.Serializer):
    """One act on a customer or on something of it."""

    at = serializers.DateTimeField()
    who = serializers.CharField()
    action = serializers.CharField()
    kind = serializers.CharField()
    subject = serializers.CharField()
    reason = serializers.CharField()
    changes = FieldChangeSerializer(many=True)


class HitSerializer(serializers.Serializer):
    """One found thing; `kind` is what it is, `customer` what it belongs to."""

    kind = serializers.CharField()
    id = serializers.IntegerField(source="object_id")
    customer = serializers.IntegerField(source="customer_id")
    customer_name = serializers.CharField(source="customer")
    title = serializers.CharField()
    detail = serializers.CharField()


class FoundSerializer(serializers.Serializer):
    """What a query found; `is_guess` when nothing had all its words and typing errors were allowed for."""

    query = serializers.CharField()
    is_guess = serializers.BooleanField()
    results = HitSerializer(many=True)
