"""Let go of what nobody needs any more."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db.models import QuerySet

from accounts.models import IdempotencyKey
from jobs.models import EmailMessage, Heartbeat, Job, Notification, Occurrence

FINISHED_JOBS: Final = timedelta(days=90)
ROUTINE: Final = timedelta(days=2)  # jobs of the system itself that went well
NOTIFICATIONS: Final = timedelta(days=180)
EMAILS: Final = timedelta(days=90)
IDEMPOTENCY_KEYS: Final = timedelta(hours=48)
BATCH: Final = 1000


def purge(*, now: datetime) -> dict[str, int]:
    """Delete what is past its time, in small transactions; returns how many rows of each sort went.

    A notification is the proof that a person was told, so it outlives by far the two weeks in which a reminder source
    may name the same matter again.
    """
    routine = Job.objects.finished_before(now - ROUTINE).filter(requested_by__isnull=True, state="succeeded")
    settled = EmailMessage.objects.filter(created_at__lt=now - EMAILS, state__in=["sent", "withdrawn", "failed"])
    return {
        "files": drop_files(now=now),
        "jobs": _drop(Job.objects.finished_before(now - FINISHED_JOBS)) + _drop(routine),
        "notifications": _drop(Notification.objects.filter(created_at__lt=now - NOTIFICATIONS)),
        "emails": _drop(settled),
        "occurrences": _drop(Occurrence.objects.filter(due_at__lt=now - FINISHED_JOBS)),
        "keys": _drop(IdempotencyKey.objects.filter(created_at__lt=now - IDEMPOTENCY_KEYS)),
        "heartbeats": _drop(Heartbeat.objects.filter(at__lt=now - FINISHED_JOBS)),
    }


def drop_files(*, now: datetime) -> int:
    """Delete the files of jobs that ended longer ago than files are kept."""
    kept = timedelta(hours=settings.KCRM_JOB_FILE_HOURS)
    count = 0
    for job in Job.objects.finished_before(now - kept).exclude(file="").iterator(chunk_size=200):
        job.file.delete(save=False)
        Job.objects.filter(pk=job.pk).update(file="")
        count += 1
    return count


def _drop(rows: QuerySet[Any]) -> int:
    count = 0
    while keys := list(rows.values_list("pk", flat=True)[:BATCH]):
        rows.model._default_manager.filter(pk__in=keys).delete()
        count += len(keys)
    return count
