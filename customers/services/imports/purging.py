"""After the time in which an import can be taken back, what it remembers of its rows goes; its counts stay."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction

from customers.models import ImportBatch, ImportRow

CHUNK: Final = 5_000
State = ImportBatch.State


def undo_ends_before(now: datetime) -> datetime:
    """Imports that ended before this moment are no longer taken back."""
    return now - timedelta(days=settings.KCRM_IMPORT_UNDO_DAYS)


def purge_imports(*, now: datetime) -> dict[str, int]:
    """Forget the rows, images and files of imports past their time, and files that were never brought in.

    Answers how many of each; each chunk is a transaction of its own, so that it can be broken off anywhere.
    """
    until = undo_ends_before(now)
    old = ImportBatch.objects.filter(updated_at__lt=until).exclude(state__in=[State.RUNNING, State.UNDOING])
    counts = {"rows": 0, "files": 0}
    while numbers := list(ImportRow.objects.filter(batch__in=old).values_list("pk", flat=True)[:CHUNK]):
        counts["rows"] += ImportRow.objects.filter(pk__in=numbers).delete()[0]
    for batch in old.exclude(file="").iterator():
        counts["files"] += _forget_file(batch.pk)
    old.exclude(checked=None).update(checked=None)
    return counts


@transaction.atomic
def _forget_file(number: int) -> int:
    batch = ImportBatch.objects.select_for_update().get(pk=number)
    name, storage = batch.file.name, batch.file.storage
    if not name:
        return 0
    ImportBatch.objects.filter(pk=number).update(file="")
    transaction.on_commit(lambda: storage.delete(name))
    return 1
