"""The Celery task that runs a job, and the kinds of jobs that this app needs itself."""

from __future__ import annotations

import logging
from datetime import timedelta

from celery import shared_task
from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.db import connection
from django.utils.translation import gettext_lazy as _

from jobs.handlers import handler
from jobs.reminders import reminder_sources
from jobs.runner import run_job
from jobs.running import RunningJob
from jobs.schedules import schedule
from jobs.selectors.letters import letter_for
from jobs.services import digests, emails, purge, reminders, schedules

logger = logging.getLogger(__name__)

LIMITS = "SET statement_timeout = '300s'; SET idle_in_transaction_session_timeout = '300s'"
PULSE = "worker"


@shared_task(name="jobs.run", acks_late=True, ignore_result=True)
def run(job_id: int) -> None:
    """Run the job, unless another worker has it or it is not due; any number of hints for it do no harm."""
    if not settings.TRANSACTION_POOLING:  # behind such a pooler the limits belong to the role
        with connection.cursor() as cursor:
            cursor.execute(LIMITS)
    run_job(job_id)


@handler(emails.SEND, title=_("Send a mail"))
def send_email(job: RunningJob) -> None:
    """Send one mail of the outbox; a second run finds it sent and does nothing."""
    mail = emails.claim_email(email_id=job.args["email"])
    if mail is None:
        return
    letter = letter_for(mail)
    if letter is None:
        emails.withdraw(mail=mail)
        return
    try:
        emails.deliver(mail=mail, subject=letter.subject, text=letter.text, html=letter.html)
    except emails.NotSentYet:
        if job.is_last_attempt:
            emails.give_up(email_id=mail.pk)
        raise


@schedule("jobs.pulse", kind="jobs.pulse", every=timedelta(minutes=1), policy="skip")
@handler("jobs.pulse", title=_("Show that the workers live"))
def pulse(job: RunningJob) -> None:
    """Leave a heartbeat: a hint was sent, a worker took it, a job came to its end."""
    schedules.beat(name=PULSE)


@schedule("jobs.reminders", kind="jobs.reminders", every=timedelta(minutes=5))
@handler("jobs.reminders", title=_("Remind people of what is due"), heavy=True)
def remind(job: RunningJob) -> dict[str, int]:
    """Ask every source for what is due; one that fails is tried again without holding up the others."""
    now = schedules.database_now()
    told, failed = 0, []
    for key, source in reminder_sources().items():
        job.check()
        try:
            told += reminders.remind(key=key, source=source, now=now)
        except SoftTimeLimitExceeded:
            raise
        except Exception:
            logger.exception("The reminder source %s failed.", key)
            failed.append(key)
    if failed:
        raise RuntimeError(f"Reminder sources failed: {', '.join(failed)}.")
    return {"told": told}


@schedule("jobs.digest", kind="jobs.digest", every=timedelta(minutes=10))
@handler("jobs.digest", title=_("Write the morning digests"), heavy=True)
def write_digests(job: RunningJob) -> dict[str, int]:
    """Write the digest of each person whose morning has come; each in its own transaction."""
    count = 0
    for user, day in digests.people_for_digest(schedules.database_now()):
        job.check()
        count += digests.queue_digest(user=user, day=day) is not None
    return {"written": count}


@schedule("jobs.purge", kind="jobs.purge", cron="40 3 * * *")
@handler("jobs.purge", title=_("Clear away what is past its time"), heavy=True)
def clear_away(job: RunningJob) -> dict[str, int]:
    """Delete old jobs, notifications, mails, keys and files."""
    return purge.purge(now=schedules.database_now())


@schedule("jobs.files", kind="jobs.files", every=timedelta(hours=1), policy="skip", grace=timedelta(minutes=30))
@handler("jobs.files", title=_("Delete files that were kept long enough"))
def drop_files(job: RunningJob) -> dict[str, int]:
    """Delete the files of jobs after the hours they are kept."""
    return {"files": purge.drop_files(now=schedules.database_now())}
