"""A job's way through a worker: claimed, kept alive, ended. Everything here is guarded by the fence.

Leases are compared with the database's clock only; a worker with a wrong clock neither loses nor steals work.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.files import File
from django.db import transaction
from django.db.models.functions import Now

from jobs.calculations import pause_after
from jobs.models import Job
from jobs.models.jobs import random_file_name
from jobs.services import outcomes


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a job is: units done, units in all (None: not known), and a word on what it does right now."""

    done: int = 0
    total: int | None = None
    note: str = ""

    def values(self) -> dict[str, Any]:
        """The columns of the row."""
        return {"progress_done": self.done, "progress_total": self.total, "progress_note": self.note[:200]}


@dataclass(frozen=True, slots=True)
class Renewal:
    """The lease was renewed; perhaps somebody wants the work stopped."""

    cancel_requested: bool


def lease() -> timedelta:
    """How long a silent worker keeps its job."""
    return timedelta(seconds=settings.KCRM_JOB_LEASE_SECONDS)


@transaction.atomic
def claim(*, job_id: int) -> Job | None:
    """Take a job that is due or abandoned, raising its fence; None when it is not to be had.

    SKIP LOCKED: of many workers with the same hint one gets the job and the others go on at once. A job whose last
    attempt was abandoned is given up, one whose cancelling nobody heard is cancelled.
    """
    job = Job.objects.claimable().select_for_update(skip_locked=True, of=("self",)).filter(pk=job_id).first()
    if job is None:
        return None
    if job.cancel_requested_at is not None:
        _end(job, state=Job.State.CANCELLED)
        return None
    if job.attempts >= job.max_attempts:
        _end(job, state=Job.State.DEAD, error_kind="WorkerLost")
        outcomes.tell_given_up(job)
        return None
    if job.file:
        _forget_file(job)
    values: dict[str, Any] = {
        "state": Job.State.RUNNING,
        "attempts": job.attempts + 1,
        "fence": job.fence + 1,
        "lease_until": Now() + lease(),
        "heartbeat_at": Now(),
        "started_at": Now(),
        "progress_done": 0,
        "progress_note": "",
    }
    Job.objects.filter(pk=job.pk).update(**values)
    job.refresh_from_db()
    return job


def renew(*, job_id: int, fence: int, progress: Progress | None) -> Renewal | None:
    """Lengthen the lease and write the progress; None when the job belongs to another by now."""
    values = progress.values() if progress else {}
    rows = Job.objects.held(job_id, fence)
    if not rows.update(lease_until=Now() + lease(), heartbeat_at=Now(), **values):
        return None
    return Renewal(cancel_requested=rows.filter(cancel_requested_at__isnull=False).exists())


def attach_file(*, job_id: int, fence: int, file: File[Any], name: str) -> bool:
    """Store a file under a random name and note it; False when the job belongs to another by now."""
    job = Job.objects.held(job_id, fence).first()
    if job is None:
        return False
    if job.file:
        _forget_file(job)
    path = random_file_name(job, name)
    if not Job.objects.held(job_id, fence).update(file=path, file_name=name[:200]):
        return False
    Job.file.field.storage.save(path, file)  # type: ignore[attr-defined]  # the storage of the column
    return True


@transaction.atomic
def succeed(*, job: Job, result: dict[str, Any] | None, progress: Progress) -> bool:
    """Write the result and tell the person; False when the job belongs to another by now."""
    if not _end(job, state=Job.State.SUCCEEDED, result=result, **progress.values()):
        return False
    outcomes.tell_done(job)
    return True


@transaction.atomic
def fail(*, job: Job, sentence: str, progress: Progress) -> bool:
    """End a job that got a clear no, with the sentence that says why."""
    if not _end(job, state=Job.State.FAILED, error=sentence, **progress.values()):
        return False
    outcomes.tell_failed(job)
    return True


@transaction.atomic
def cancel(*, job: Job, progress: Progress) -> bool:
    """End a job whose handler heard that it was cancelled."""
    return _end(job, state=Job.State.CANCELLED, **progress.values())


@transaction.atomic
def break_off(*, job: Job, error: BaseException, retry: bool) -> bool:
    """After an error: let the job wait for its next attempt, or give it up and tell those who should know."""
    error_kind = f"{type(error).__module__}.{type(error).__qualname__}"[:120]
    if retry and job.attempts < job.max_attempts:
        pause = pause_after(job.attempts, jitter=random.uniform(-1, 1))  # noqa: S311 - spreads load, hides nothing
        return bool(
            Job.objects.held(job.pk, job.fence).update(
                state=Job.State.QUEUED,
                run_after=Now() + pause,
                hinted_at=None,
                lease_until=None,
                error_kind=error_kind,
            )
        )
    if not _end(job, state=Job.State.DEAD, error_kind=error_kind):
        return False
    outcomes.tell_given_up(job)
    return True


def _end(job: Job, **values: Any) -> bool:
    """The final write, refused by the fence once somebody else took the job."""
    ended = Job.objects.filter(pk=job.pk, fence=job.fence, state=job.state).update(
        finished_at=Now(), lease_until=None, **values
    )
    if ended:
        job.refresh_from_db()
    return bool(ended)


def _forget_file(job: Job) -> None:
    """Drop the file of an earlier attempt."""
    Job.objects.filter(pk=job.pk).update(file="", file_name="")
    job.file.delete(save=False)
