"""Let go of fields that were retired long ago, with their values."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

import pgtrigger
from django.db import connection, transaction
from psycopg2 import sql

from accounts.models import AuditEntry
from accounts.services import audit
from fields.models import CustomField
from fields.registry import record_type
from fields.services.definitions import values_of

KEPT_RETIRED: Final = timedelta(days=365)
BATCH: Final = 2_000
REMOVE: Final = sql.SQL(
    "UPDATE {table} SET custom = custom - %s WHERE {number} IN"
    " (SELECT {number} FROM {table} WHERE custom ? %s LIMIT %s)"
)


def let_go_of_retired(*, now: datetime, dry_run: bool = False) -> int:
    """Delete fields that were retired a year ago, and their values from records and their histories.

    Returns how many records had one; `dry_run` only counts. Each step is small and may be repeated. Records keep their
    versions: nobody was shown what goes.
    """
    count = 0
    for field in CustomField.objects.filter(retired_at__lt=now - KEPT_RETIRED).order_by("pk"):
        count += values_of(field).count() if dry_run else _let_go(field)
    return count


def _let_go(field: CustomField) -> int:
    model: Any = record_type(field.record_type).model
    with pgtrigger.ignore(f"{model._meta.label}:update_update"):  # no history of what leaves the histories
        count = _remove(model, field.key)
    with transaction.atomic():
        _remove(model.pgh_event_model, field.key)
        audit.record(
            action=AuditEntry.Action.DELETE, by=None, subject=field, label=f"{field.record_type}.{field.key}",
            changes={"key": [field.key, None], "values": [count, 0]},
        )  # fmt: skip
        field.delete()
    return count


def _remove(model: Any, key: str) -> int:
    """Take a key out of all rows of a table, some at a time; returns how many had it."""
    table, number = sql.Identifier(model._meta.db_table), sql.Identifier(model._meta.pk.column)
    count = 0
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            statement = REMOVE.format(table=table, number=number).as_string(cursor.cursor)
            cursor.execute(statement, [key, key, BATCH])
            done = int(cursor.rowcount)
        count += done
        if done < BATCH:
            return count
