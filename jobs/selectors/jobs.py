"""One job as its page shows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from jobs import calculations, permissions
from jobs.handlers import handler_of, title_of
from jobs.messages import readable
from jobs.models import Job
from kcrm.lib import formats
from kcrm.lib.redirects import is_local

if TYPE_CHECKING:
    from accounts.models import User

STATE_CSS: Final = {
    "queued": "",
    "running": "tag-accent",
    "succeeded": "tag-good",
    "failed": "tag-bad",
    "cancelled": "",
    "dead": "tag-bad",
}
BAR_STATE: Final = {"succeeded": "good", "failed": "bad", "dead": "bad"}
ANSWERS: Final = {
    "queued": gettext_lazy("Waits for a free worker."),
    "succeeded": gettext_lazy("Done in %(span)s."),
    "cancelled": gettext_lazy("Cancelled before it was done."),
    "failed": gettext_lazy("Could not be done."),
    "dead": gettext_lazy("Given up after %(attempts)s attempts, each of which broke off."),
}


@dataclass(frozen=True, slots=True)
class JobPage:
    """What the page of a job tells its reader; content is empty for those who may only know that the job exists."""

    job: Job
    heading: str
    answer: str
    state_css: str
    bar_state: str
    shows_bar: bool
    rate: str
    remaining: str
    note: str
    error: str
    facts: list[tuple[str, str]]
    result: list[tuple[str, str]]
    result_url: str
    file_name: str
    file_hours: int
    file_is_gone: bool
    can_cancel: bool
    can_retry: bool
    is_stopping: bool


def job_page(*, job: Job, user: User, now: datetime) -> JobPage:
    """The job as this person may see it at this moment."""
    is_own = permissions.can_see_content(user, job)
    elapsed = _elapsed(job, now)
    result = job.result if is_own and isinstance(job.result, dict) else {}
    return JobPage(
        job=job,
        heading=(job.heading if is_own else "") or readable(title_of(job.kind)),
        answer=_answer(job, elapsed),
        state_css=STATE_CSS[job.state],
        bar_state=BAR_STATE.get(job.state, ""),
        shows_bar=job.state == Job.State.RUNNING or bool(job.progress_total),
        rate=_rate(job, elapsed),
        remaining=_remaining(job, elapsed),
        note=job.progress_note if is_own and job.is_live else "",
        error=_error(job, is_own=is_own),
        facts=_facts(job),
        result=_result(job, result),
        result_url=_result_url(job, result),
        file_name=job.file_name if is_own and job.file and job.state == Job.State.SUCCEEDED else "",
        file_hours=settings.KCRM_JOB_FILE_HOURS,
        file_is_gone=is_own and bool(job.file_name) and not job.file and not job.is_live,
        can_cancel=job.is_live and job.cancel_requested_at is None and permissions.can_cancel(user, job),
        can_retry=not job.is_live and job.state != Job.State.SUCCEEDED and permissions.can_retry(user, job),
        is_stopping=job.is_live and job.cancel_requested_at is not None,
    )


def _elapsed(job: Job, now: datetime) -> timedelta:
    if job.started_at is None:
        return timedelta(0)
    return max((job.finished_at or now) - job.started_at, timedelta(0))


def _answer(job: Job, elapsed: timedelta) -> str:
    if job.is_live and job.cancel_requested_at is not None:
        return _("Stops as soon as it can.")
    if job.state == Job.State.RUNNING:
        return _remaining(job, elapsed) or _("At work.")
    if job.state == Job.State.QUEUED and job.attempts:
        return _("Broke off and is tried again at %(moment)s.") % {"moment": formats.moment(job.run_after)}
    return str(ANSWERS[job.state]) % {"span": formats.span(elapsed), "attempts": job.attempts}


def _rate(job: Job, elapsed: timedelta) -> str:
    rate = calculations.rate(job.progress_done, elapsed) if job.state == Job.State.RUNNING else None
    if rate is None:
        return ""
    if rate >= 1:
        return _("%(count)s a second") % {"count": formats.number(rate)}
    return _("%(count)s a minute") % {"count": formats.number(rate * 60)}


def _remaining(job: Job, elapsed: timedelta) -> str:
    if job.state != Job.State.RUNNING:
        return ""
    left = calculations.remaining(job.progress_done, job.progress_total, elapsed)
    if left is None:
        return ""
    if left < timedelta(minutes=1):
        return _("Less than a minute left")
    return _("About %(span)s left") % {"span": formats.span(left)}


def _error(job: Job, *, is_own: bool) -> str:
    """The sentence of a refusal, or for errors the number under which the log has them."""
    if job.error:
        return job.error if is_own else ""
    if job.error_kind and job.state in {Job.State.DEAD, Job.State.QUEUED}:
        return _("Something went wrong on our side. An administrator finds it in the log as “job %(number)s”.") % {
            "number": job.pk
        }
    return ""


def _facts(job: Job) -> list[tuple[str, str]]:
    who = str(job.requested_by) if job.requested_by else pgettext("who asked for a job", "the system")
    facts = [
        (_("Requested by"), who),
        (_("Requested at"), formats.moment(job.created_at)),
        (_("Started at"), formats.moment(job.started_at) if job.started_at else ""),
        (_("Ended at"), formats.moment(job.finished_at) if job.finished_at else ""),
    ]
    if job.attempts > 1:
        facts.append((_("Attempts"), _("%(count)s of %(most)s") % {"count": job.attempts, "most": job.max_attempts}))
    return facts


def _result(job: Job, result: dict[str, Any]) -> list[tuple[str, str]]:
    try:
        labels = handler_of(job.kind).labels
    except LookupError:
        return []
    return [(readable(label), _plain(result[name])) for name, label in labels.items() if name in result]


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return formats.number(value, 0 if isinstance(value, int) else 2) if isinstance(value, int | float) else str(value)


def _result_url(job: Job, result: dict[str, Any]) -> str:
    url = result.get("url", "")
    return url if job.state == Job.State.SUCCEEDED and isinstance(url, str) and is_local(url) else ""
