"""Who may do what with jobs: the matrix, asked for one's own and for others' jobs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jobs.handlers import handler_of
from kcrm.lib.access import Verb, allows, global_standings

if TYPE_CHECKING:
    from accounts.models import User
    from jobs.models import Job


def _may(user: User, job: Job, verb: Verb) -> bool:
    return allows("job", verb, global_standings(user.roles, is_self=job.requested_by_id == user.pk))


def _may_for_the_system(user: User, job: Job) -> bool:
    """Jobs that nobody asked for belong to the system; who may change that may stop and restart them."""
    return job.requested_by_id is None and allows("system", Verb.UPDATE, global_standings(user.roles))


def can_cancel(user: User, job: Job) -> bool:
    """Whether this person may stop the job."""
    return _may(user, job, Verb.UPDATE) or _may_for_the_system(user, job)


def can_retry(user: User, job: Job) -> bool:
    """Whether this person may start the job again."""
    return _may(user, job, Verb.UPDATE) or _may_for_the_system(user, job)


def can_see_content(user: User, job: Job) -> bool:
    """Whether arguments, result, messages and file may be shown: only to the person who asked for the work."""
    return job.requested_by_id == user.pk


def can_download(user: User, job: Job) -> bool:
    """Whether the file may be fetched now: one's own job, and its kind still allows it."""
    if not can_see_content(user, job):
        return False
    try:
        return handler_of(job.kind).may_download(user, job)
    except LookupError:
        return False


def can_see_system(user: User) -> bool:
    """Whether the page about the system's health is for this person."""
    return allows("system", Verb.READ, global_standings(user.roles))


def can_change_system(user: User) -> bool:
    """Whether this person may decide about mails and jobs of the system."""
    return allows("system", Verb.UPDATE, global_standings(user.roles))
