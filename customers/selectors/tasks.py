"""What is to be done, in words and in the order in which it matters."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from customers import permissions
from customers.models import Customer, Task
from kcrm.lib import formats


@dataclass(frozen=True, slots=True)
class TaskItem:
    """One task as `customers/_task_item.html` draws it."""

    pk: int
    title: str
    url: str
    tag: str
    css: str
    note: str
    can_finish: bool
    is_open: bool


def due_tag(due_on: date | None, today: date) -> tuple[str, str]:
    """When something is due, as the words of a tag and its colour."""
    if due_on is None:
        return _("no day"), ""
    days = (due_on - today).days
    if days < 0:
        return ngettext("%(days)s d late", "%(days)s d late", -days) % {"days": -days}, "bad"
    if days == 0:
        return _("today"), "warn"
    return formats.short_day(due_on), "warn" if days <= 3 else ""


def item_of(task: Task, user: User, today: date, *, with_customer: bool = False) -> TaskItem:
    """A task for a list of things to do; its customer and assignee are expected to be fetched."""
    tag, css = due_tag(task.due_on, today) if task.state == Task.State.OPEN else (task.get_state_display(), "good")
    parts = [task.customer.name if with_customer else "", task.assignee.full_name]
    return TaskItem(
        pk=task.pk,
        title=task.title,
        url=reverse("customers:task-detail", args=[task.pk]),
        tag=str(tag),
        css=css,
        note=" · ".join(filter(None, parts)),
        can_finish=permissions.can_change_task(user, task),
        is_open=task.state == Task.State.OPEN,
    )


def open_tasks_of(customer: Customer, user: User) -> QuerySet[Task]:
    """What is to be done for a customer, the most urgent first."""
    rows: QuerySet[Task] = (
        Task.objects.visible_to(user)
        .open()
        .filter(customer=customer)
        .select_related("assignee", "customer__org_unit")
        .order_by(F("due_on").asc(nulls_last=True), "priority", "pk")
    )
    return rows


def tasks_answer(user: User, today: date) -> str:
    """The sentence over the list of tasks: what is late, what is due today."""
    counts = (
        Task.objects.visible_to(user)
        .assigned_to(user)
        .open()
        .aggregate(late=Count("pk", filter=Q(due_on__lt=today)), today=Count("pk", filter=Q(due_on=today)))
    )
    late, due = counts["late"], counts["today"]
    if late:
        text = ngettext("%(late)s of your tasks is overdue", "%(late)s of your tasks are overdue", late)
        more = ngettext(", %(due)s is due today.", ", %(due)s are due today.", due)
        return text % {"late": late} + (more % {"due": due} if due else ".")
    if due:
        return ngettext("%(due)s of your tasks is due today.", "%(due)s of your tasks are due today.", due) % {
            "due": due
        }
    return _("Nothing of yours is due today.")
