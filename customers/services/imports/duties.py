"""Bring in what is to be done for customers and what was agreed with them: tasks and agreements."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time
from typing import Any, Final

from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services.naming import people_named
from customers import permissions
from customers.custom_fields import AGREEMENT, TASK
from customers.models import Agreement, Customer, Task
from customers.services.agreements import CONSTRAINTS
from customers.services.cleaning import cleaned, refusing
from customers.services.imports.own_fields import OwnFields
from customers.services.imports.parts import Key, Prepared, save_parts
from customers.services.imports.references import customers_named
from customers.services.search import Finding
from kcrm.lib import words
from kcrm.lib.access import Verb
from kcrm.lib.imports import Outcome, Row, RowError, Run
from teams.selectors.people import colleagues_of

TASK_FIELDS: Final = ("title", "detail", "due_on", "state")
PRIORITIES: Final = {priority.name.lower(): priority.value for priority in Task.Priority}
AGREEMENT_FIELDS: Final = (
    "title", "kind", "starts_on", "ends_on", "notice_days", "renews", "annual_value", "currency",
)  # fmt: skip


def save_tasks(rows: Sequence[Row], run: Run) -> list[Outcome]:
    """Make and change tasks, known by customer, title and day; nobody is told of tasks that come by a file."""
    customers = customers_named((row.values.get("customer") for row in rows), run)
    people = people_named((row.values.get("assignee") for row in rows), run.source)
    workers: dict[int, set[int]] = {}

    def works_for(customer: Customer, person: User) -> bool:
        if customer.pk not in workers:
            found = colleagues_of(team_id=customer.account_team_id, unit=customer.org_unit, day=run.today)
            workers[customer.pk] = set(found.values_list("pk", flat=True))
        return person.pk in workers[customer.pk]

    def prepare(row: Row) -> Prepared:
        customer = customers.get(row.values["customer"], field="customer")
        if not permissions.may(run.by, "task", Verb.CREATE, customer):
            raise RowError(_("You may not enter tasks here."), field="customer", code="not_allowed")
        values = cleaned(Task, {name: row.values[name] for name in TASK_FIELDS if name in row.values})
        if "priority" in row.values:
            values["priority"] = PRIORITIES[row.values["priority"]]
        done_on = row.values.get("done_on")
        if done_on or "state" in values:
            is_done = done_on or values["state"] == Task.State.DONE
            values["state"] = Task.State.DONE if is_done else values["state"]
            values["done_at"] = datetime.combine(done_on or run.today, time(12), tzinfo=UTC) if is_done else None
        who = row.values.get("assignee")
        person = people.get(who, field="assignee") if who else run.by
        if person.pk != run.by.pk and not works_for(customer, person):
            raise RowError(_("Choose somebody who works for this customer."), field="assignee", code="unmatched")
        if who:
            values["assignee"] = person
        return row, customer, values, _task_key(customer.pk, values["title"], values.get("due_on"))

    def existing(ids: set[int]) -> dict[Key, Any]:
        alive = Task.objects.alive().select_related("customer__org_unit").filter(customer__in=ids)
        found = alive.select_for_update(of=("self",)).order_by("pk")
        return {_task_key(task.customer_id, task.title, task.due_on): task for task in found}

    return save_parts(
        rows, run, Task, prepare, existing,
        at_first={"created_by": run.by, "assignee": run.by},
        along={"done_at": "state"}, own=OwnFields(TASK, rows, run),
        may_change=lambda task: permissions.can_change_task(run.by, task),
        finding=lambda task: Finding("task", task.pk, [task.customer_id], task.title, task.customer.name),
    )  # fmt: skip


def _task_key(customer_id: int, title: str, due_on: Any) -> Key:
    return (customer_id, words.fold(title), due_on)


def save_agreements(rows: Sequence[Row], run: Run) -> list[Outcome]:
    """Make and change agreements, known by customer, title and first day."""
    customers = customers_named((row.values.get("customer") for row in rows), run)

    def prepare(row: Row) -> Prepared:
        customer = customers.get(row.values["customer"], field="customer")
        if not permissions.may(run.by, "agreement", Verb.CREATE, customer):
            raise RowError(_("You may not enter agreements here."), field="customer", code="not_allowed")
        values = cleaned(Agreement, {name: row.values[name] for name in AGREEMENT_FIELDS if name in row.values})
        if values.get("ends_on") and values["ends_on"] <= values["starts_on"]:
            raise RowError(CONSTRAINTS["customers_agreement_ends_after_start"][1], field="ends_on")
        if values.get("annual_value") and "currency" not in values:
            values["currency"] = customer.currency
        return row, customer, values, (customer.pk, words.fold(values["title"]), values["starts_on"])

    def existing(ids: set[int]) -> dict[Key, Any]:
        alive = Agreement.objects.alive().select_related("customer__org_unit").filter(customer__in=ids)
        found = alive.select_for_update(of=("self",)).order_by("pk")
        return {(one.customer_id, words.fold(one.title), one.starts_on): one for one in found}

    with refusing(CONSTRAINTS):
        return save_parts(
            rows, run, Agreement, prepare, existing,
            own=OwnFields(AGREEMENT, rows, run, permissions.agreement_classes(run.by)),
            may_change=lambda one: permissions.may(run.by, "agreement", Verb.UPDATE, one.customer),
            finding=lambda one: Finding("agreement", one.pk, [one.customer_id], one.title, one.customer.name),
        )  # fmt: skip
