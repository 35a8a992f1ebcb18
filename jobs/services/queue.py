"""Ask for work, stop it, ask again."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.db import IntegrityError, connection, transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import AuditEntry, User
from accounts.services import audit
from jobs import hints, permissions
from jobs.handlers import Handler, handler_of
from jobs.messages import message_id, stored
from jobs.models import Job
from kcrm.lib.access import Verb
from kcrm.lib.errors import DomainError, NotAllowed, TooMuchAtOnce

TRIES_FOR_A_KEY: Final = 5
LOCK_SPACE: Final = 0x6B6A  # keeps these advisory locks apart from others'


@transaction.atomic
def enqueue(
    *,
    kind: str,
    args: dict[str, Any] | None = None,
    by: User | None = None,
    key: str | None = None,
    run_after: datetime | None = None,
    title: Any = "",
    title_values: dict[str, Any] | None = None,
    total: int | None = None,
    customer_id: int | None = None,
) -> Job:
    """Ask for work in the caller's transaction; the workers are told once it is committed.

    `key` names the business act: while a job with the same key waits or runs, that row is returned and nothing is
    added, so the key should name the version of what is worked on, not only the thing. `by` is the person whose
    rights the job has (those of his API token, if he came with one); None is the system. `title` is a translatable
    sentence with `title_values`. Raises LookupError for a kind without handler, TooMuchAtOnce when the person already
    has as many live jobs of the kind as it allows.
    """
    handler = handler_of(kind)
    if key is not None and (rival := _live_with(key)):
        return rival
    if by is not None and handler.per_person is not None:
        _refuse_too_many(handler, by)
    job = Job(
        kind=kind,
        key=key,
        args=args or {},
        requested_by=by,
        api_token=by.api_token if by is not None else None,
        title=message_id(title),
        title_values=stored(title_values),
        progress_total=total,
        customer_id=customer_id,
        max_attempts=handler.max_attempts,
        is_heavy=handler.heavy,
    )
    if run_after is None:
        job.hinted_at = Now()  # the database's clock
    else:
        job.run_after = run_after
    stands, is_new = _insert(job)
    if is_new and run_after is None:
        transaction.on_commit(lambda: hints.send([stands]), robust=True)
    return stands


@transaction.atomic
def cancel_job(*, job_id: int, by: User) -> Job:
    """Cancel a job: a waiting one at once, a running one as soon as its handler looks up.

    Raises Job.DoesNotExist for a job out of sight, NotAllowed for another's, DomainError for a finished one.
    """
    job = Job.objects.visible_to(by).select_for_update(of=("self",)).get(pk=job_id)
    if not permissions.can_cancel(by, job):
        raise NotAllowed("job", Verb.UPDATE)
    if not job.is_live:
        raise DomainError(_("This job has already ended."), code="not_live")
    if job.state == Job.State.QUEUED:
        _change(job, by, state=Job.State.CANCELLED, finished_at=Now(), cancel_requested_at=Now())
    elif job.cancel_requested_at is None:
        _change(job, by, cancel_requested_at=Now())
    return job


@transaction.atomic
def retry_job(*, job_id: int, by: User) -> Job:
    """Start a job that failed, was cancelled or given up once more, with all its attempts.

    Raises Job.DoesNotExist, NotAllowed, or DomainError when it still lives, succeeded, or another job does the
    same work now.
    """
    job = Job.objects.visible_to(by).select_for_update(of=("self",)).get(pk=job_id)
    if not permissions.can_retry(by, job):
        raise NotAllowed("job", Verb.UPDATE)
    if job.is_live or job.state == Job.State.SUCCEEDED:
        raise DomainError(_("Only a job that failed or was stopped can be started again."), code="not_retryable")
    try:
        with transaction.atomic():
            _change(
                job,
                by,
                state=Job.State.QUEUED,
                attempts=0,
                run_after=Now(),
                hinted_at=Now(),
                finished_at=None,
                started_at=None,
                cancel_requested_at=None,
                error="",
                error_kind="",
                progress_done=0,
            )
    except IntegrityError:
        raise DomainError(_("The same work is already waiting or running."), code="same_key_live") from None
    transaction.on_commit(lambda: hints.send([job]), robust=True)
    return job


def _change(job: Job, by: User, **values: Any) -> None:
    before = job.state
    Job.objects.filter(pk=job.pk).update(**values)
    job.refresh_from_db()
    changes = {"state": [before, job.state]} if before != job.state else {"cancel_requested": [False, True]}
    audit.record(action=AuditEntry.Action.UPDATE, by=by, subject=job, changes=changes)


def _live_with(key: str) -> Job | None:
    return Job.objects.live().filter(key=key).first()


def _insert(job: Job) -> tuple[Job, bool]:
    """The job as stored, or the live one that got the key first, and whether it is new."""
    for _try in range(TRIES_FOR_A_KEY):
        try:
            with transaction.atomic():
                job.pk = None
                job.save(force_insert=True)
        except IntegrityError as error:
            if job.key is None or "jobs_job_one_live_per_key" not in str(error):
                raise
            if rival := _live_with(job.key):
                return rival, False
            continue  # the rival ended between our insert and our look
        job.refresh_from_db()
        return job, True
    raise DomainError(_("The same work is being asked for again and again. Try once more in a moment."), code="busy")


def _refuse_too_many(handler: Handler, by: User) -> None:
    with connection.cursor() as cursor:  # two requests at once must not both find room
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [LOCK_SPACE, f"{handler.kind}:{by.pk}"])
    live = Job.objects.live().filter(Q(requested_by=by), kind=handler.kind).count()
    if handler.per_person is not None and live >= handler.per_person:
        raise TooMuchAtOnce(
            _("You already have as many of these running as one person may. Wait for one to end, or cancel it."),
            code="too_many_jobs",
        )
