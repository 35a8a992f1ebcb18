"""Close the books of a month, and open them again."""

from __future__ import annotations

from datetime import date

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import AuditEntry, User
from accounts.services import audit
from kcrm.lib.access import Verb
from kcrm.lib.errors import DomainError, NotAllowed
from kcrm.lib.periods import month_of
from profitability import permissions
from profitability.models import PeriodClose
from profitability.services import rollups


@transaction.atomic
def close_period(*, month: date, by: User, today: date | None = None) -> PeriodClose:
    """Close a month that is over: no line may enter, change in or leave it any more.

    Waits for a load that is writing. Raises NotAllowed, or DomainError for a month that still runs or is closed.
    """
    if not permissions.can_close_periods(by):
        raise NotAllowed("sales_facts", Verb.UPDATE)
    month = month_of(month)
    if month >= month_of(today or timezone.localdate()):
        raise DomainError(_("A month can be closed once it is over."), field="month")
    with connection.cursor() as cursor:
        rollups.lock(cursor)
    closed, is_new = PeriodClose.objects.get_or_create(month=month, defaults={"closed_by": by})
    if not is_new:
        raise DomainError(_("This month is closed already."), field="month", code="closed")
    audit.record(action=AuditEntry.Action.CREATE, by=by, subject=closed, changes={"month": [None, month]})
    return closed


@transaction.atomic
def reopen_period(*, month: date, by: User, reason: str) -> None:
    """Open a closed month again, saying why. Raises NotAllowed, DoesNotExist, or DomainError without a reason."""
    if not permissions.can_close_periods(by):
        raise NotAllowed("sales_facts", Verb.UPDATE)
    if not reason.strip():
        raise DomainError(_("Say why the month must be opened again."), field="reason")
    closed = PeriodClose.objects.select_for_update().get(month=month_of(month))
    changes = {"month": [closed.month, None]}
    audit.record(action=AuditEntry.Action.DELETE, by=by, subject=closed, changes=changes, reason=reason)
    closed.delete()
