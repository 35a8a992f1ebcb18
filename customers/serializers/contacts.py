"""People at customers as JSON."""

from __future__ import annotations

from rest_framework import serializers

from customers.models import Contact, ContactRole
from customers.services.contacts import BUSINESS, PRIVATE
from fields.api import CustomValuesField
from kcrm.lib.api.resources import StrictSerializer


class ContactSerializer(serializers.ModelSerializer):  # type: ignore[type-arg]  # DRF's class is not generic at run time
    """A person; `customers` are those that the caller sees. The private part is there for those who keep it."""

    customers = serializers.ListField(child=serializers.IntegerField(), source="customer_ids")
    custom = CustomValuesField()

    class Meta:
        model = Contact
        fields = ("id", *BUSINESS, *PRIVATE, "left_on", "customers", "custom", "version", "created_at", "updated_at")


class RoleValuesSerializer(StrictSerializer):
    """What somebody is at a customer."""

    job_title = serializers.CharField(required=False, allow_blank=True, max_length=150)
    department = serializers.CharField(required=False, allow_blank=True, max_length=100)
    buying_unit = serializers.IntegerField(required=False, allow_null=True, min_value=1, source="buying_unit_id")
    is_primary = serializers.BooleanField(required=False)
    valid_from = serializers.DateField(required=False, allow_null=True)
    valid_to = serializers.DateField(required=False, allow_null=True)


class FirstRoleSerializer(RoleValuesSerializer):
    """A role that comes with a new person."""

    customer = serializers.IntegerField(min_value=1, source="customer_id")


class NewRoleSerializer(FirstRoleSerializer):
    """A further role of a person."""

    contact = serializers.IntegerField(min_value=1, source="contact_id")


class ContactChangeSerializer(StrictSerializer):
    """The business card and the private part."""

    full_name = serializers.CharField(max_length=150)
    salutation = serializers.CharField(required=False, allow_blank=True, max_length=40)
    email = serializers.EmailField(required=False, allow_blank=True)
    phone = serializers.CharField(required=False, allow_blank=True, max_length=50)
    mobile = serializers.CharField(required=False, allow_blank=True, max_length=50)
    language = serializers.CharField(required=False, allow_blank=True, max_length=10)
    birthday = serializers.DateField(required=False, allow_null=True)
    home_address = serializers.CharField(required=False, allow_blank=True, max_length=250)
    private_phone = serializers.CharField(required=False, allow_blank=True, max_length=50)
    chat_id = serializers.CharField(required=False, allow_blank=True, max_length=100)
    custom = CustomValuesField(required=False)


class ContactCreateSerializer(ContactChangeSerializer):
    """A person with his first roles; `is_new` says that it is nobody who looks alike."""

    roles = FirstRoleSerializer(many=True, allow_empty=False)
    is_new = serializers.BooleanField(required=False)


class DepartureSerializer(StrictSerializer):
    """When somebody left."""

    on = serializers.DateField()


class ContactRoleSerializer(serializers.ModelSerializer):  # type: ignore[type-arg]  # as above
    """A role of a person at a customer."""

    contact = serializers.IntegerField(source="contact_id")
    customer = serializers.IntegerField(source="customer_id")
    buying_unit = serializers.IntegerField(source="buying_unit_id", allow_null=True)

    class Meta:
        model = ContactRole
        fields = (
            "id", "contact", "customer", "buying_unit", "job_title", "department", "is_primary", "valid_from",
            "valid_to", "version", "created_at", "updated_at",
        )  # fmt: skip
