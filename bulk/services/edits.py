"""Choose the rows of a bulk edit, say what is to become of them, start it and take it back."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from bulk.models import BulkEdit, BulkRow
from bulk.registry import BulkList, bulk_list
from jobs.services.queue import enqueue
from kcrm.lib.access import Verb
from kcrm.lib.errors import DomainError, NotAllowed

KIND: Final = "bulk.edit"
LARGEST: Final = 10_000
State = BulkEdit.State


@transaction.atomic
def choose_rows(
    *, list_key: str, matching: QuerySet[Any], ids: Collection[int] | None, query: str, by: User
) -> BulkEdit:
    """Freeze the chosen rows: those of `ids` among the matching ones, or (None) all that match.

    Raises NotAllowed, and DomainError for no rows or more than one edit takes.
    """
    declared = bulk_list(list_key)
    if not declared.allowed(by):
        raise NotAllowed("bulk_edit", Verb.CREATE)
    rows = matching if ids is None else matching.filter(pk__in=ids)
    found = list(rows.order_by("pk").values_list("pk", "version").distinct()[: LARGEST + 1])
    if not found:
        raise DomainError(_("Tick the rows that you want to change."))
    if len(found) > LARGEST:
        raise DomainError(_("One edit takes up to 10,000 rows. Narrow the list by a filter."))
    edit = BulkEdit.objects.create(created_by=by, list_key=list_key, query=query[:4000], count=len(found))
    BulkRow.objects.bulk_create(
        [BulkRow(edit=edit, object_id=pk, chosen_version=version) for pk, version in found], batch_size=2_000
    )
    return edit


@transaction.atomic
def set_change(*, edit_id: int, version: int, act: str, values: Mapping[str, Any], by: User) -> BulkEdit:
    """Say what is to become of the rows: plain values by field, or the bin. Raises StaleVersion, DomainError."""
    edit, declared = _locked(edit_id, version, by)
    if edit.state not in {State.CHOSEN, State.READY}:
        raise DomainError(_("This edit has begun already."))
    if act == BulkEdit.Act.DELETE:
        if declared.delete is None or not declared.may_delete(by):
            raise NotAllowed("bulk_edit", Verb.CREATE)
        values = {}
    elif not values:
        raise DomainError(_("Tick at least one value that is to change."))
    for name in values:
        declared.field(name)
    edit.apply({"act": act, "values": dict(values), "state": State.READY})
    return edit


@transaction.atomic
def start_run(*, edit_id: int, version: int, by: User) -> BulkEdit:
    """Change the rows in a job; one that was stopped goes on. Raises StaleVersion, DomainError."""
    edit, _declared = _locked(edit_id, version, by)
    stopped = edit.state == State.RUNNING and not _is_live(edit)
    if edit.state != State.READY and not stopped:
        raise DomainError(_("This edit cannot be started now."))
    return _start(edit, "run", State.RUNNING, total=edit.count, by=by)


@transaction.atomic
def start_revert(*, edit_id: int, version: int, by: User) -> BulkEdit:
    """Take back in a job what was changed, row by row unless somebody changed it since. Raises StaleVersion."""
    edit, _declared = _locked(edit_id, version, by)
    stopped = edit.state in {State.RUNNING, State.REVERTING} and not _is_live(edit)
    if not edit.changed or not (edit.state == State.DONE or stopped):
        raise DomainError(_("There is nothing to take back now."))
    return _start(edit, "revert", State.REVERTING, total=edit.changed, by=by)


@transaction.atomic
def purge(*, before: datetime) -> int:
    """Forget edits from before this moment with what their records were; returns how many."""
    old = BulkEdit.objects.older_than(before)
    count = old.count()
    old.delete()
    return count


def _start(edit: BulkEdit, act: str, state: str, *, total: int, by: User) -> BulkEdit:
    edit.apply({"state": state})
    edit.job = enqueue(
        kind=KIND,
        args={"edit": edit.pk, "act": act},
        by=by,
        key=f"{KIND}:{edit.pk}:{act}:{edit.version}",
        title=_("Change %(count)s rows") if act == "run" else _("Take a bulk edit back"),
        title_values={"count": edit.count},
        total=total,
    )
    edit.save(update_fields=["job"])
    return edit


def _is_live(edit: BulkEdit) -> bool:
    return edit.job is not None and edit.job.is_live


def _locked(edit_id: int, version: int, by: User) -> tuple[BulkEdit, BulkList]:
    edit: BulkEdit = BulkEdit.objects.visible_to(by).locked(edit_id, version)
    declared = bulk_list(edit.list_key, by)
    if not declared.allowed(by):
        raise NotAllowed("bulk_edit", Verb.UPDATE)
    return edit, declared
