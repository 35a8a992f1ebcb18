"""Tell people what became of their jobs."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from jobs.handlers import handler_of, title_of
from jobs.messages import sentence
from jobs.models import Job
from jobs.notices import JOB_DONE, JOB_FAILED, JOB_GIVEN_UP
from jobs.services.notifications import notify

NEVER_BY_EMAIL = "jobs.send-email"  # a mail about a mail that cannot be sent would not stop


def tell_done(job: Job) -> None:
    """Tell the person, for kinds that take long enough to be left alone."""
    if job.requested_by is not None and handler_of(job.kind).announces:
        _tell(job, job.requested_by, JOB_DONE, _("Done: %(title)s"))


def tell_failed(job: Job) -> None:
    """Tell the person that the answer was no."""
    if job.requested_by is not None:
        _tell(job, job.requested_by, JOB_FAILED, _("Not done: %(title)s"))


def tell_given_up(job: Job) -> None:
    """Tell the person and the administrators that every attempt broke off.

    Administrators hear of each kind once a day: a thousand dead jobs are one message.
    """
    if job.requested_by is not None and job.requested_by.is_active:
        _tell(job, job.requested_by, JOB_GIVEN_UP, _("Given up after several attempts: %(title)s"))
    ended = job.finished_at
    for administrator in User.objects.active().filter(roles__contains=["administrator"]):
        if administrator == job.requested_by:
            continue
        notify(
            user=administrator,
            kind=JOB_GIVEN_UP,
            key=f"jobs-given-up:{job.kind}:{ended:%Y-%m-%d}",
            subject=_("Jobs of the kind “%(kind)s” were given up"),
            params={"kind": sentence(title_of(job.kind))},
            url=reverse("jobs:system-health"),
            urgent=True,
            by_email=job.kind != NEVER_BY_EMAIL,
        )


def _tell(job: Job, user: User, kind: str, subject: object) -> None:
    title = sentence(job.title, job.title_values) if job.title else sentence(title_of(job.kind))
    notify(
        user=user,
        kind=kind,
        key=f"{kind}:{job.pk}:{job.fence}",
        subject=subject,
        params={"title": title},
        url=reverse("jobs:job-detail", args=[job.pk]),
        customer_id=job.customer_id,
    )
