"""Keep what people said about pairs that may be one."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import AuditEntry, User
from accounts.services import audit
from customers.models import DuplicatePair
from customers.services.merging import records
from kcrm.lib.errors import DomainError

LATER_DAYS: Final = 30


@transaction.atomic
def dismiss(*, pair_id: int, by: User) -> DuplicatePair:
    """Remember that two records are not one: no later scan asks again."""
    pair = _answerable(pair_id, by)
    pair.state = DuplicatePair.State.DISMISSED
    pair.decided_by, pair.decided_at = by, timezone.now()
    pair.save(update_fields=["state", "decided_by", "decided_at"])
    audit.record(
        action=AuditEntry.Action.UPDATE, by=by, subject=pair, changes={"state": ["open", "dismissed"]},
        customer_id=pair.left_id if pair.kind == "customer" else None,
    )  # fmt: skip
    return pair


@transaction.atomic
def put_off(*, pair_id: int, by: User) -> DuplicatePair:
    """Hide a pair from the queue for thirty days."""
    pair = _answerable(pair_id, by)
    pair.later_until = timezone.localdate() + timedelta(days=LATER_DAYS)
    pair.save(update_fields=["later_until"])
    return pair


def _answerable(pair_id: int, by: User) -> DuplicatePair:
    pair: DuplicatePair = DuplicatePair.objects.visible_to(by).select_for_update(of=("self",)).get(pk=pair_id)
    records.parties(pair.kind, [pair.left_id, pair.right_id], by)
    if pair.state != DuplicatePair.State.OPEN:
        raise DomainError(_("This pair was answered already."), code="answered")
    return pair
