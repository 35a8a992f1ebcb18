"""Give people things to do for a customer, and see them done."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import AuditEntry, User
from accounts.services import audit
from customers import permissions
from customers.custom_fields import TASK
from customers.models import Contact, Customer, Interaction, Task
from customers.services import search
from customers.services.asking import require, seen_customer, seen_customer_for
from fields.services.values import custom_after, found_by, told
from jobs.notices import notification_kind
from jobs.services.notifications import notify
from kcrm.lib import words
from kcrm.lib.access import Verb
from kcrm.lib.errors import DomainError, NotAllowed
from teams.selectors.people import colleagues_of

FIELDS: Final = frozenset({"title", "detail", "assignee_id", "due_on", "priority", "contact_id", "custom"})
ASSIGNED: Final = notification_kind("customers.task-assigned", gettext_lazy("A task was given to you"))


@transaction.atomic
def create_task(
    *, customer_id: int, values: dict[str, Any], by: User, today: date, interaction: Interaction | None = None
) -> Task:
    """Give somebody of ours something to do for the customer; whoever gets it from another is told.

    `values` has `title` and may have `detail`, `assignee_id` (otherwise the person himself), `due_on`, `priority`,
    `contact_id`, `custom`. Raises DoesNotExist, NotAllowed, DomainError on the field that cannot be.
    """
    customer = seen_customer_for(customer_id, by, "task", Verb.CREATE)
    cleaned = _cleaned({"assignee_id": by.pk} | values, customer, by=by, today=today)
    task = Task(customer=customer, created_by=by, interaction=interaction, **cleaned)
    task.save(force_insert=True)
    _index(task)
    changes = {name: [None, getattr(task, name)] for name in ("title", "assignee_id", "due_on", "custom")}
    audit.record(action=AuditEntry.Action.CREATE, by=by, subject=task, changes=told(TASK.key, changes, by=by))
    _tell(task, by)
    return task


@transaction.atomic
def update_task(*, task_id: int, version: int | None, values: dict[str, Any], by: User, today: date) -> Task:
    """Change what, who, when; a new assignee is told. Raises StaleVersion and as `create_task`."""
    task = _locked(task_id, version, by)
    before = task.assignee_id
    changes = task.apply(_cleaned(values, task.customer, by=by, today=today, kept=task))
    if changes:
        _index(task)
        audit.record(action=AuditEntry.Action.UPDATE, by=by, subject=task, changes=told(TASK.key, changes, by=by))
    if task.assignee_id != before:
        _tell(task, by)
    return task


@transaction.atomic
def complete_task(*, task_id: int, by: User, now: datetime, version: int | None = None) -> Task:
    """Note that it is done; a second click does nothing, so one click needs no version."""
    return _move(task_id, version, by, state=Task.State.DONE, done_at=now)


@transaction.atomic
def drop_task(*, task_id: int, by: User, version: int | None = None) -> Task:
    """Note that it need not be done any more."""
    return _move(task_id, version, by, state=Task.State.DROPPED, done_at=None)


@transaction.atomic
def reopen_task(*, task_id: int, by: User, version: int | None = None) -> Task:
    """Put it back among what is to be done."""
    return _move(task_id, version, by, state=Task.State.OPEN, done_at=None)


@transaction.atomic
def delete_task(*, task_id: int, version: int | None, by: User, now: datetime) -> Task:
    """Put a task into the bin."""
    task: Task = Task.objects.visible_to(by).locked(task_id, version)
    require(by, "task", Verb.DELETE, seen_customer(task.customer_id, by))
    task.apply({"deleted_at": now})
    search.forget("task", [task.pk])
    audit.record(action=AuditEntry.Action.DELETE, by=by, subject=task)
    return task


@transaction.atomic
def restore_task(*, task_id: int, version: int | None, by: User) -> Task:
    """Take a task out of the bin."""
    seen = Task.objects.in_bin().filter(customer__in=Customer.objects.visible_to(by, "task"))
    task: Task = seen.locked(task_id, version)
    require(by, "task", Verb.DELETE, task.customer)
    task.apply({"deleted_at": None})
    _index(task)
    audit.record(action=AuditEntry.Action.RESTORE, by=by, subject=task)
    return task


def _locked(task_id: int, version: int | None, by: User) -> Task:
    task: Task = Task.objects.visible_to(by).select_related("customer__org_unit").locked(task_id, version)
    if not permissions.can_change_task(by, task):
        raise NotAllowed("task", Verb.UPDATE)
    return task


def _move(task_id: int, version: int | None, by: User, *, state: str, done_at: datetime | None) -> Task:
    task = _locked(task_id, version, by)
    if task.state != state:
        before = task.state
        task.apply({"state": state, "done_at": done_at})
        audit.record(action=AuditEntry.Action.UPDATE, by=by, subject=task, changes={"state": [before, state]})
    return task


def _cleaned(
    values: dict[str, Any], customer: Customer, *, by: User, today: date, kept: Task | None = None
) -> dict[str, Any]:
    """The values as they are stored. Raises DomainError for a person or contact who has nothing to do with him."""
    if unknown := set(values) - FIELDS:
        raise ValueError(f"No part of a task: {sorted(unknown)}")
    cleaned = dict(values)
    if "title" in cleaned:
        cleaned["title"] = words.clean_line(cleaned["title"])
        if not cleaned["title"]:
            raise DomainError(_("Say what is to be done."), field="title")
    if "detail" in cleaned:
        cleaned["detail"] = words.clean_text(cleaned["detail"])
    assignee = cleaned.get("assignee_id")
    if assignee is not None and assignee not in {by.pk, kept.assignee_id if kept else None}:
        works_here = colleagues_of(team_id=customer.account_team_id, unit=customer.org_unit, day=today)
        if not works_here.filter(pk=assignee).exists():
            raise DomainError(_("Choose somebody who works for this customer."), field="assignee")
    contact = cleaned.get("contact_id")
    if contact is not None and contact != (kept.contact_id if kept else None):
        known = Contact.objects.visible_to(by).filter(pk=contact, roles__customer=customer)
        if not known.exists():
            raise DomainError(_("Choose a contact of this customer."), field="contact")
    stored = kept.custom if kept else None
    return cleaned | custom_after(TASK.key, values, stored, by=by, classes=TASK.classes)


def _index(task: Task) -> None:
    search.index(
        "task",
        task.pk,
        customer_ids=[task.customer_id],
        title=task.title,
        detail=task.customer.name,
        also=found_by(TASK.key, task.custom),
    )


def _tell(task: Task, by: User) -> None:
    if task.assignee_id == by.pk:
        return
    notify(
        user=task.assignee,
        kind=ASSIGNED,
        key=f"{ASSIGNED}:{task.pk}:{task.version}",
        subject=gettext_lazy("%(person)s gave you a task: %(title)s (%(customer)s)"),
        params={"person": str(by), "title": task.title, "customer": task.customer.name},
        url=reverse("customers:task-detail", args=[task.pk]),
        customer_id=task.customer_id,
    )
