"""Change the rows of a bulk edit one by one through the service of each, and take them back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any, Final, TypeAlias

from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import AuditEntry, User
from accounts.services import audit
from bulk.models import BulkEdit, BulkRow
from bulk.registry import BulkList, bulk_list
from kcrm.lib.errors import DomainError, StaleVersion

CHUNK: Final = 50
State = BulkEdit.State
Progress: TypeAlias = Callable[[int], None]
Atomic: TypeAlias = Callable[[], AbstractContextManager[None]]


class _Kept(Exception):
    """Why a row stays as it is."""


def run_edit(
    *, edit_id: int, by: User, progress: Progress = lambda done: None, atomic: Atomic = transaction.atomic
) -> BulkEdit:
    """Change the rows that wait, each with the rights of this moment. A second run goes on where the first stopped."""
    edit = BulkEdit.objects.visible_to(by).get(pk=edit_id)
    declared = bulk_list(edit.list_key, by)
    while rows := list(edit.rows.waiting()[:CHUNK]):
        by.__dict__.pop("_reach", None)  # a right that was lost meanwhile is lost for the next rows
        with atomic():
            _run_chunk(edit, declared, rows, by)
        progress(edit.changed + edit.unchanged + edit.refused)
    return _finish(edit, State.DONE, ("changed", "unchanged", "refused"), by, atomic)


def revert_edit(
    *, edit_id: int, by: User, progress: Progress = lambda done: None, atomic: Atomic = transaction.atomic
) -> BulkEdit:
    """Give changed rows their former values, unless the values were changed since. May be started again."""
    edit = BulkEdit.objects.visible_to(by).get(pk=edit_id)
    declared = bulk_list(edit.list_key, by)
    while rows := list(edit.rows.to_take_back()[:CHUNK]):
        by.__dict__.pop("_reach", None)
        with atomic():
            _revert_chunk(edit, declared, rows, by)
        progress(edit.undone + edit.kept)
    return _finish(edit, State.REVERTED, ("undone", "kept"), by, atomic)


def _run_chunk(edit: BulkEdit, declared: BulkList, rows: Sequence[BulkRow], by: User) -> None:
    records = _records(declared, rows, by)
    for row in rows:
        try:
            with transaction.atomic():
                row.outcome = _change(edit, declared, row, records.get(row.object_id), by)
        except (_Kept, DomainError, PermissionDenied, ObjectDoesNotExist) as error:
            row.outcome, row.reason = "refused", _why(error)
        setattr(edit, row.outcome, getattr(edit, row.outcome) + 1)
    BulkRow.objects.bulk_update(rows, ["outcome", "reason", "before", "after"])
    edit.save(update_fields=["changed", "unchanged", "refused"])


def _change(edit: BulkEdit, declared: BulkList, row: BulkRow, record: Any, by: User) -> str:
    if record is None:
        raise _Kept(_("It is gone by now."))
    if record.version != row.chosen_version:
        raise _Kept(_("Somebody changed it after you chose it."))
    if edit.act == BulkEdit.Act.DELETE:
        assert declared.delete is not None  # noqa: S101 - `set_change` refuses the act otherwise
        declared.delete(record.pk, record.version, by)
        row.before, row.after = {}, {}
        return "changed"
    before, after = planned(edit, declared, record)
    if before == after:
        return "unchanged"
    row.before, row.after = before, after
    declared.save(record.pk, record.version, after, by)
    return "changed"


def planned(edit: BulkEdit, declared: BulkList, record: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """The record's values before and after the edit, by the service's names. Several fields may share one name."""
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    for name, given in edit.values.items():
        field = declared.field(name)
        before.setdefault(field.to, field.read(record))
        after[field.to] = field.combine(after.get(field.to, before[field.to]), given)
    return before, after


def _revert_chunk(edit: BulkEdit, declared: BulkList, rows: Sequence[BulkRow], by: User) -> None:
    records = {} if edit.act == BulkEdit.Act.DELETE else _records(declared, rows, by)
    for row in rows:
        try:
            with transaction.atomic():
                _take_back(edit, declared, row, records.get(row.object_id), by)
            row.undo = "undone"
        except (_Kept, DomainError, PermissionDenied, ObjectDoesNotExist) as error:
            row.undo, row.undo_reason = "kept", _why(error)
        setattr(edit, row.undo, getattr(edit, row.undo) + 1)
    BulkRow.objects.bulk_update(rows, ["undo", "undo_reason"])
    edit.save(update_fields=["undone", "kept"])


def _take_back(edit: BulkEdit, declared: BulkList, row: BulkRow, record: Any, by: User) -> None:
    if edit.act == BulkEdit.Act.DELETE:
        assert declared.restore is not None  # noqa: S101 - whatever deletes restores
        declared.restore(row.object_id, row.chosen_version + 1, by)
        return
    if record is None:
        raise _Kept(_("It is gone by now."))
    before, after = row.before or {}, row.after or {}
    readers = {field.to: field.read for field in declared.fields}
    if any(readers[name](record) != value for name, value in after.items()):
        raise _Kept(_("Somebody changed it since."))
    declared.save(record.pk, record.version, before, by)


def _records(declared: BulkList, rows: Sequence[BulkRow], by: User) -> dict[int, Any]:
    return {record.pk: record for record in declared.rows(by).filter(pk__in=[row.object_id for row in rows])}


def _why(error: Exception) -> str:
    if isinstance(error, StaleVersion):
        return _("Somebody changed it after you chose it.")
    if isinstance(error, PermissionDenied):
        return _("You may not change it.")
    if isinstance(error, ObjectDoesNotExist):
        return _("It is gone by now.")
    return str(error)[:300]


def _finish(edit: BulkEdit, state: str, counts: tuple[str, ...], by: User, atomic: Atomic) -> BulkEdit:
    """Note the end once; each row has its own entry in the trail already."""
    if edit.state == state:
        return edit
    with atomic():
        edit.apply({"state": state})
        audit.record(
            action=AuditEntry.Action.RUN if state == State.DONE else AuditEntry.Action.UNDO,
            by=by,
            subject=edit,
            changes={name: [None, getattr(edit, name)] for name in counts} | {"values": [None, edit.values]},
        )
    return edit
