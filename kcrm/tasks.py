"""Recurring work for the storey below the jobs: sealing the audit trail, forgetting ended sessions."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from accounts.services.housekeeping import forget_expired
from accounts.services.seals import seal_trail, verify_trail
from jobs.handlers import handler
from jobs.running import RunningJob
from jobs.schedules import schedule
from jobs.services.schedules import database_now


@schedule("accounts.seal", kind="accounts.seal", every=timedelta(hours=1))
@handler("accounts.seal", title=_("Seal the audit trail"), heavy=True, labels={"sealed": _("Entries sealed")})
def seal(job: RunningJob) -> dict[str, int]:
    """Put the entries of the last hour under seal."""
    closed = seal_trail(now=database_now())
    return {"sealed": closed.count if closed else 0}


@schedule("accounts.verify", kind="accounts.verify", cron="20 4 * * *")
@handler(
    "accounts.verify",
    title=_("Hold the audit trail against its seals"),
    heavy=True,
    max_attempts=1,
    labels={"entries": _("Entries under seal"), "head": _("Head of the chain")},
)
def verify(job: RunningJob) -> dict[str, int | str]:
    """Check every sealed entry; a fault ends the job dead, which raises an alarm."""
    verdict = verify_trail()
    if verdict.faults:
        raise RuntimeError(f"The audit trail is not what was sealed: run verify_audit. {len(verdict.faults)} faults.")
    return {"entries": verdict.entries, "head": verdict.head}


@schedule("accounts.forget", kind="accounts.forget", cron="50 3 * * *")
@handler("accounts.forget", title=_("Forget ended sessions and old counters"))
def forget(job: RunningJob) -> dict[str, int]:
    """Delete what signing in left behind."""
    return forget_expired(now=database_now())
