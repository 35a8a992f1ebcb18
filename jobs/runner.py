"""Run one job: claim it, call its handler with the rights of the person it works for, write what came of it."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from typing import Final

import pghistory
from celery.exceptions import SoftTimeLimitExceeded
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.db import InterfaceError, OperationalError, connection
from django.http import Http404
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from accounts.models import ApiToken
from jobs.calculations import zone_named
from jobs.handlers import handler_of
from jobs.models import Job
from jobs.running import Cancelled, LostLease, TimeIsUp, heartbeat, running
from jobs.services import lifecycle
from kcrm.lib import context
from kcrm.lib.errors import DomainError

logger = logging.getLogger(__name__)

PAUSES_TO_WRITE_THE_END: Final = (0.2, 1.0, 3.0)


DISABLED: Final = _("The person who asked for this may no longer sign in.")
TOKEN_GONE: Final = _("The API token that asked for this is no longer valid.")
NOT_ALLOWED: Final = _("You may no longer do this.")
NOT_THERE: Final = _("What this was about is no longer there, or you may no longer see it.")


def run_job(job_id: int, *, own_thread: bool = True) -> Job | None:
    """Run the job if it is to be had; returns it as it then stands, None when another has it or it is not due.

    `own_thread=False` keeps the lease from the working thread itself: for callers inside a transaction, into which a
    second connection could not look.
    """
    job = lifecycle.claim(job_id=job_id)
    if job is None:
        return None
    logger.info("Job %s (%s) begins, attempt %s.", job.pk, job.kind, job.attempts)
    try:
        ended = _attempt(job, own_thread=own_thread)
    except LostLease:
        ended = False
    job.refresh_from_db()
    if ended:
        logger.info("Job %s (%s): %s.", job.pk, job.kind, job.state)
    else:
        logger.warning(
            "Job %s (%s): another worker has it by now, what this one had to say is dropped.", job.pk, job.kind
        )
    return job


def _attempt(job: Job, *, own_thread: bool) -> bool:
    """One attempt to its end; False when the final write came too late."""
    held = running(job, job.requested_by, own_thread=own_thread)
    try:
        _refuse_those_who_left(job)
        with _as(job), heartbeat(held) if own_thread else nullcontext():
            result = handler_of(job.kind).run(held)
        return _write(lambda: lifecycle.succeed(job=job, result=result, progress=held.state))
    except Cancelled:
        return _write(lambda: lifecycle.cancel(job=job, progress=held.state))
    except LostLease:
        raise
    except DomainError as refusal:
        sentence = refusal.message
    except PermissionDenied:
        sentence = NOT_ALLOWED
    except Exception as error:
        if isinstance(error, Http404 | ObjectDoesNotExist) and job.requested_by is not None:
            sentence = NOT_THERE
        else:
            return _break_off(job, error)
    with _as(job):
        text = str(sentence)
    return _write(lambda: lifecycle.fail(job=job, sentence=text, progress=held.state))


def _refuse_those_who_left(job: Job) -> None:
    """Rights are those of this moment: nothing runs for a person or a token that may not come in any more."""
    person, token = job.requested_by, job.api_token
    if person is None:
        return
    if not person.is_active:
        raise DomainError(DISABLED)
    if token is not None:
        if not ApiToken.objects.usable(timezone.now()).filter(pk=token.pk).exists():
            raise DomainError(TOKEN_GONE)
        person.api_token = token  # narrows every visible_to(), as in the API


@contextmanager
def _as(job: Job) -> Iterator[None]:
    """The language, time zone and audit context of the person the job works for."""
    person = job.requested_by
    with ExitStack() as stack:
        origin = {"via": "job", "request_id": f"job-{job.pk}-{job.fence}"}
        stack.enter_context(context.origin(**origin, token_prefix=job.api_token.prefix if job.api_token else ""))
        stack.enter_context(pghistory.context(user=job.requested_by_id, job=job.pk, **origin))
        if person is not None:
            stack.enter_context(translation.override(person.language))
            stack.enter_context(timezone.override(zone_named(person.time_zone)))
        yield


def _break_off(job: Job, error: Exception) -> bool:
    logger.error("Job %s (%s) broke off, attempt %s.", job.pk, job.kind, job.attempts, exc_info=error)
    transient = (OperationalError, InterfaceError, SoftTimeLimitExceeded, TimeIsUp)
    try:
        retry = isinstance(error, (*transient, *handler_of(job.kind).retry_on))
    except LookupError:  # queued by a newer version: a newer worker will know it
        retry = True
    return _write(lambda: lifecycle.break_off(job=job, error=error, retry=retry))


def _write(end: Callable[[], bool]) -> bool:
    """The final write, tried again over a short loss of the database; if it stays away, the lease runs out."""
    for pause in PAUSES_TO_WRITE_THE_END:
        try:
            return end()
        except (OperationalError, InterfaceError):
            if connection.in_atomic_block:
                raise
            connection.close()
            time.sleep(pause)
    return end()
