"""The list of tasks."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy, ngettext_lazy

from bulk.registry import edit_action
from customers.filters.tasks import TaskFilter
from customers.models import Task
from customers.selectors.tasks import due_tag
from kcrm.lib.access import Verb, allows_anywhere
from kcrm.lib.tables import Cell, Column, EmptyState, Kind, ListSpec
from teams.permissions import reach_of

TASKS_TITLE = gettext_lazy("Tasks")


def _due(row: Any) -> Cell:
    if row.state != Task.State.OPEN:
        return Cell(str(Task.State(row.state).label))
    tag, css = due_tag(row.due_on, timezone.localdate())
    return Cell(format_html('<span class="tag {}">{}</span>', f"tag-{css}" if css else "", tag))


TASKS = ListSpec(
    key="tasks",
    title=TASKS_TITLE,
    columns=(
        Column(
            "title",
            gettext_lazy("What is to be done"),
            needs=("customer__name",),
            render=lambda row: Cell(row.title, sub=row.customer__name),
        ),
        Column("due_on", gettext_lazy("Due"), kind=Kind.DATE, needs=("state",), render=_due, editable=True),
        Column("assignee", gettext_lazy("Who"), value="assignee__full_name", editable=True),
        Column("priority", gettext_lazy("Priority"), choices=dict(Task.Priority.choices), editable=True),
        Column("state", gettext_lazy("State"), choices=dict(Task.State.choices)),
        Column("customer", gettext_lazy("Customer"), value="customer__name", default=False),
        Column("contact", gettext_lazy("Contact"), value="contact__full_name", default=False),
        Column("created_by", gettext_lazy("Given by"), value="created_by__full_name", default=False),
        Column("done_at", gettext_lazy("Done at"), kind=Kind.MOMENT, default=False),
    ),
    queryset=lambda user: Task.objects.visible_to(user),
    default_sort="due_on",
    filterset_class=TaskFilter,
    url_name="customers:task-detail",
    noun=ngettext_lazy("%(shown)s task", "%(shown)s tasks", "count"),
    empty=EmptyState(
        heading=gettext_lazy("Nothing to do"),
        text=gettext_lazy("Next steps of calls and visits become tasks. Open a customer to add one."),
    ),
    exportable=lambda user, rows: Task.objects.exportable_of(rows, user),
    may_export=lambda user: allows_anywhere("task", Verb.EXPORT, reach_of(user).actors()),
    bulk_actions=(edit_action("tasks"),),
)
