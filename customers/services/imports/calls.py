"""Rows that come with one call instead of a file: the same batch, the same rules, an answer for each row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import AuditEntry, User
from accounts.services import audit
from customers import permissions
from customers.models import ImportBatch, ImportRow
from customers.services.imports.engine import check_keys, checked_policy, found, import_rows
from customers.services.imports.storing import store
from kcrm.lib import words
from kcrm.lib.access import Verb
from kcrm.lib.errors import DomainError, NotAllowed
from kcrm.lib.imports import Outcome

TOLD = 1_000


@transaction.atomic
def bring_in(
    *,
    importable: str,
    source: str,
    rows: Sequence[Mapping[str, Any]],
    by: User,
    policy: Mapping[str, str] | None = None,
    keys: Sequence[str] = (),
    dry_run: bool = False,
    name: str = "",
) -> dict[str, Any]:
    """Bring rows in at once; answers {id, created, updated, unchanged, rejected, rows}. `name` says for which file.

    Raises NotAllowed, DomainError.
    """
    thing = found(importable)
    if not permissions.can_import(by) or not thing.allowed(by):
        raise NotAllowed("import_batch", Verb.CREATE)
    source = words.clean_line(source)
    if not source:
        raise DomainError(_("Name the system that the rows come from, in up to 40 characters."), field="source")
    policy = checked_policy(thing, policy or {})
    check_keys(thing, keys)
    result = import_rows(
        importable=thing, rows=rows, source=source, by=by, policy=policy, keys=keys, dry_run=dry_run, keep_outcomes=True
    )
    outcomes = sorted(result.outcomes, key=lambda outcome: outcome.number)
    number = None
    if not dry_run:
        batch = ImportBatch.objects.create(
            importable=thing.key, source=source, form="api", state=ImportBatch.State.DONE, created_by=by,
            finished_at=timezone.now(), keys=list(keys), policy=policy, file_name=name,
        )  # fmt: skip
        store(batch, outcomes, dict(enumerate(rows, start=2)), [])
        batch.save()
        counts = {name: [None, count] for name, count in result.counts.items()}
        audit.record(action=AuditEntry.Action.IMPORT, by=by, subject=batch, label=thing.key, changes=counts)
        number = batch.pk
    names = ("created", "updated", "unchanged", "rejected")
    return {"id": number, **{name: result.counts[name] for name in names}, "rows": [_told(one) for one in outcomes]}


def _told(outcome: Outcome) -> dict[str, Any]:
    return {
        "number": outcome.number, "done": str(outcome.done), "object_id": outcome.id, "label": outcome.label,
        "column": outcome.field, "reason": outcome.reason, "changes": outcome.changes, "undo": "", "undo_reason": "",
    }  # fmt: skip


def telling_rows(batch: ImportBatch) -> QuerySet[ImportRow]:
    """The rows of a batch that its owner has to know about: refused, or kept by an undo."""
    told = Q(done=ImportRow.Done.REJECTED) | Q(undo=ImportRow.Undo.KEPT)
    return ImportRow.objects.filter(told, batch=batch).order_by("number")[:TOLD]
