"""Choices and people of custom fields of interactions and tasks are found by an index."""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("customers", "0013_more_records_get_custom_fields")]

    operations = [
        AddIndexConcurrently(
            "interaction", GinIndex(OpClass("custom", name="jsonb_path_ops"), name="customers_interaction_own")
        ),
        AddIndexConcurrently(
            "task", GinIndex(OpClass("custom", name="jsonb_path_ops"), name="customers_task_own_fields")
        ),
    ]
