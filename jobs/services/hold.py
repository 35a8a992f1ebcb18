"""Let all work stand still, and let it go on."""

from __future__ import annotations

from django.db import transaction

from accounts.models import AuditEntry, User
from accounts.services import audit
from jobs import permissions
from jobs.models import EmailMessage, Hold
from kcrm.lib.access import Verb
from kcrm.lib.errors import NotAllowed


@transaction.atomic
def hold_jobs(*, by: User) -> Hold:
    """Let no worker take another job; those that run come to their end. Holding twice is holding once."""
    if not permissions.can_change_system(by):
        raise NotAllowed("system", Verb.UPDATE)
    hold, is_new = Hold.objects.get_or_create(defaults={"reason": Hold.Reason.MAINTENANCE, "by": by})
    if is_new:
        audit.record(action=AuditEntry.Action.UPDATE, by=by, subject=hold, reason="hold jobs")
    return hold


@transaction.atomic
def release_jobs(*, by: User) -> bool:
    """Let the workers go on; False when nothing stood still. What waited is told of again by the sweeper."""
    if not permissions.can_change_system(by):
        raise NotAllowed("system", Verb.UPDATE)
    hold = Hold.objects.select_for_update(of=("self",)).first()
    if hold is None:
        return False
    audit.record(action=AuditEntry.Action.UPDATE, by=by, subject=hold, reason="release jobs")
    hold.delete()
    return True


@transaction.atomic
def stand_still_after_restore() -> int:
    """What a restored database must not do by itself: run old jobs and send old mails. Returns the mails withdrawn.

    Called by the command that restores, before anybody is let in; the release is a person's decision.
    """
    Hold.objects.update_or_create(defaults={"reason": Hold.Reason.RESTORED, "by": None})
    return EmailMessage.objects.filter(state__in=[EmailMessage.State.QUEUED, EmailMessage.State.SENDING]).update(
        state=EmailMessage.State.WITHDRAWN
    )
