"""Run jobs inside a test, without broker and workers."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import F
from django.db.models.functions import Now

from jobs.models import Job
from jobs.runner import run_job


def run_jobs(*, at_most: int = 100, with_retries: bool = False) -> list[Job]:
    """Run what waits, oldest first, until nothing is due; returns the jobs as they then stand.

    `with_retries` does not wait for the pause after a failed attempt.
    """
    done = []
    for _turn in range(at_most):
        if with_retries:
            Job.objects.filter(state="queued", attempts__gt=0).update(run_after=Now() - timedelta(seconds=1))
        due = Job.objects.claimable().order_by(F("run_after").asc(), "pk").first()
        if due is None:
            return done
        ran = run_job(due.pk, own_thread=False)
        if ran is not None:
            done.append(ran)
    raise AssertionError(f"More than {at_most} jobs: {[job.kind for job in done[-5:]]}")
