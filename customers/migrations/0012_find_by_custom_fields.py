"""Choices and people of custom fields are found by an index."""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("customers", "0011_values_of_custom_fields")]

    operations = [
        AddIndexConcurrently(
            "contact", GinIndex(OpClass("custom", name="jsonb_path_ops"), name="customers_contact_own_fields")
        ),
        AddIndexConcurrently(
            "customer", GinIndex(OpClass("custom", name="jsonb_path_ops"), name="customers_by_own_fields")
        ),
    ]
