"""Take a merge back: every row returns that nobody changed since, and the others are named."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import AuditEntry, User
from accounts.services import audit
from customers.models import DuplicatePair, Merge, MergeRow
from customers.services.cleaning import refusing
from customers.services.external_ids import CONSTRAINTS as KEY_CONSTRAINTS
from customers.services.merging import records, rows
from customers.services.merging.merging import index, settle
from kcrm.lib.errors import DomainError
from kcrm.lib.merging import Move, rules

DAYS: Final = 30


def can_undo(merge: Merge) -> bool:
    """Whether there is still time."""
    return merge.undone_at is None and timezone.now() - merge.merged_at <= timedelta(days=DAYS)


def forget_rows(*, before: datetime) -> int:
    """Let go of what rows were before merges that can be undone no more; the merges themselves stay."""
    gone, _by_model = MergeRow.objects.filter(merge__merged_at__lt=before).delete()
    return gone


@transaction.atomic
def undo_merge(*, merge_id: int, by: User) -> Merge:
    """Make the merged records several again.

    Raises DoesNotExist for a merge whose winner one does not see, NotAllowed, and DomainError when it was undone, is
    older than thirty days, its winner was merged on, or another record took a number that has to return.
    """
    merge: Merge = Merge.objects.visible_to(by).select_for_update(of=("self",)).get(pk=merge_id)
    model = records.MODELS[merge.kind]
    ids = [merge.winner_id, *merge.loser_ids]
    found = {row.pk: row for row in model.objects.filter(pk__in=ids).order_by("pk").select_for_update(of=("self",))}
    for record in found.values():
        records.require_merge(merge.kind, record, by)
    if merge.undone_at:
        raise DomainError(_("This merge was undone already."), code="already_undone")
    if not can_undo(merge):
        raise DomainError(_("A merge can be undone for thirty days. This one is older."), code="too_late")
    if (
        found[merge.winner_id].merged_into_id
        or Merge.objects.filter(kind=merge.kind, winner_id=merge.winner_id, undone_at=None, pk__gt=merge.pk).exists()
    ):
        raise DomainError(_("There is a later merge of this. Undo that one first."), code="later_merge")
    with refusing({**records.CONSTRAINTS, **KEY_CONSTRAINTS}):
        kept = rows.take_back(merge, _locks(merge.kind))
    merge.undone_by, merge.undone_at = by, timezone.now()
    merge.save(update_fields=["undone_by", "undone_at"])
    DuplicatePair.objects.filter(
        kind=merge.kind, left_id__in=ids, right_id__in=ids, state=DuplicatePair.State.MERGED
    ).update(state=DuplicatePair.State.OPEN, decided_by=None, decided_at=None)
    back: list[Any] = list(model.objects.filter(pk__in=ids).order_by("pk"))
    for record in back:
        record.touch()
    settle(merge.kind, next(row for row in back if row.pk == merge.winner_id), ids)
    for record in back:
        if record.deleted_at is None and record.pk != merge.winner_id:
            index(merge.kind, record)
        audit.record(
            action=AuditEntry.Action.UNDO, by=by, subject=record,
            customer_id=record.pk if merge.kind == "customer" else None,
            changes={"merge": [merge.pk, None], "kept": [None, kept]},
        )  # fmt: skip
    return merge


def _locks(kind: str) -> list[str]:
    return [rule.unlock for _name, _column, rule in rules(kind) if isinstance(rule, Move) and rule.unlock]
