"""Ask for a large export and decide about it."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import AuditEntry, User
from accounts.services import audit
from exports import permissions
from exports.gate import counted, is_slow, needs_approval
from exports.models import ExportRequest
from exports.notices import EXPORT_ASKED, EXPORT_DECIDED
from jobs.models import Job
from jobs.services import enqueue, notify
from kcrm.lib.access import Verb
from kcrm.lib.errors import DomainError, NotAllowed
from kcrm.lib.export import WRITERS
from kcrm.lib.tables.addresses import list_at
from kcrm.lib.tables.page import Query
from kcrm.lib.tables.views import exportable_rows, filters_in_words

KIND: Final = "exports.write"
State = ExportRequest.State


def export_of(address: str, *, by: User) -> Query:
    """What the list at an address that asks for a file shows this person now. Raises Http404, BadQuery."""
    query = list_at(address, by=by)
    if query.state.export not in WRITERS:
        raise Http404
    return query


@transaction.atomic
def request_export(*, address: str, reason: str, by: User) -> ExportRequest:
    """Ask for the list at this address as a file; without need for approval its job starts at once.

    A token carries rows away by itself, within its own limits. Raises Http404 for what is no list, PermissionDenied
    where the person may carry away none of it, DomainError.
    """
    if by.api_token is not None:
        raise NotAllowed("export_job", Verb.CREATE)
    query = export_of(address, by=by)
    form = query.state.export
    count = counted(exportable_rows(query, by=by))
    asks = needs_approval(count, by)
    if not asks and not is_slow(count, form):
        raise DomainError(_("This export needs no approval; fetch it from its list."))
    if asks and not reason.strip():
        raise DomainError(_("Say what the export is for."), field="reason")
    if ExportRequest.objects.waiting().filter(requested_by=by, path=query.state.path, query=query.state.query).exists():
        raise DomainError(_("You have asked for this already; it waits for approval."))
    asked = ExportRequest.objects.create(
        list_key=query.spec.key,
        title=str(query.spec.title)[:200],
        path=query.state.path,
        query=query.state.query,
        form=form,
        filters=filters_in_words(query),
        columns=[column.name for column in query.state.shown],
        row_count=count,
        reason=reason.strip()[:500],
        needs_approval=asks,
        state=State.WAITING if asks else State.APPROVED,
        requested_by=by,
    )
    audit.record(
        action=AuditEntry.Action.CREATE,
        by=by,
        subject=asked,
        reason=asked.reason,
        changes={"filters": [None, asked.filters], "columns": [None, asked.columns], "rows": [None, count]},
    )
    if asks:
        for director in permissions.deciders_for(by):
            notify(
                user=director,
                kind=EXPORT_ASKED,
                key=f"export-asked:{asked.pk}",
                subject=_("%(person)s wants to carry away %(rows)s rows of “%(list)s”"),
                params={"person": str(by), "rows": str(count), "list": asked.title},
                url=reverse("exports:request-detail", args=[asked.pk]),
                urgent=True,
            )
    else:
        _start(asked)
    return asked


@transaction.atomic
def approve_export(*, request_id: int, by: User) -> ExportRequest:
    """Let an export go: its file is written with the rights of who asked.

    Raises DoesNotExist, NotAllowed, or DomainError for one that was decided about.
    """
    asked = _open(request_id, by)
    _decide(asked, State.APPROVED, by)
    _start(asked)
    return asked


@transaction.atomic
def refuse_export(*, request_id: int, reason: str, by: User) -> ExportRequest:
    """Refuse an export, saying why. Raises DoesNotExist, NotAllowed, DomainError."""
    asked = _open(request_id, by)
    if not reason.strip():
        raise DomainError(_("Say why not."), field="reason")
    asked.decision = reason.strip()[:500]
    _decide(asked, State.REFUSED, by)
    notify(
        user=asked.requested_by,
        kind=EXPORT_DECIDED,
        key=f"export-refused:{asked.pk}",
        subject=_("Your export of “%(list)s” was refused"),
        params={"list": asked.title},
        url=reverse("exports:request-detail", args=[asked.pk]),
    )
    return asked


def purge(*, before: datetime) -> int:
    """Forget requests from before a moment; what left stands in the trail. Returns how many."""
    return ExportRequest.objects.older_than(before).delete()[0]


def may_download(user: User, job: Job) -> bool:
    """Whether a written file may still be fetched: by who asked, while his rights are those it was written with."""
    asked = ExportRequest.objects.filter(pk=job.args.get("request"), requested_by=user, state=State.APPROVED).first()
    if asked is None or asked.rights != permissions.fingerprint(user):
        return False
    try:
        exportable_rows(list_at(asked.address, by=user), by=user)
    except (PermissionDenied, Http404, DomainError):
        return False
    return True


def _open(request_id: int, by: User) -> ExportRequest:
    asked = ExportRequest.objects.visible_to(by).select_for_update(of=("self",)).get(pk=request_id)
    if not permissions.can_decide(by, asked):
        raise NotAllowed("export_job", Verb.APPROVE)
    if not asked.is_waiting:
        raise DomainError(_("Somebody has decided already."), code="decided")
    return asked


def _decide(asked: ExportRequest, state: str, by: User) -> None:
    before = asked.state
    asked.state, asked.decided_by, asked.decided_at = state, by, timezone.now()
    asked.save(update_fields=["state", "decided_by", "decided_at", "decision"])
    audit.record(
        action=AuditEntry.Action.UPDATE, by=by, subject=asked, reason=asked.decision, changes={"state": [before, state]}
    )


def _start(asked: ExportRequest) -> None:
    asked.job = enqueue(
        kind=KIND,
        args={"request": asked.pk},
        by=asked.requested_by,
        key=f"{KIND}:{asked.pk}",
        title=_("Export of “%(list)s”"),
        title_values={"list": asked.title},
        total=asked.row_count,
    )
    asked.save(update_fields=["job"])
