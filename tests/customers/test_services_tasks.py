"""Things to do: who gives them, who may finish them, who is told."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import AuditEntry
from customers.models import Customer, Task
from customers.services import tasks
from jobs.models import Notification
from kcrm.lib.errors import DomainError, NotAllowed
from teams.models import TeamMembership
from tests import personas
from tests.factories.activities import ContactFactory, TaskFactory
from tests.factories.customers import CustomerFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 5, 12, 0, tzinfo=UTC)
TODAY = NOW.date()


@pytest.fixture
def customer() -> Customer:
    return CustomerFactory(name="QUICK-Stop")


def test_a_task_for_a_colleague_tells_him_once(customer: Customer) -> None:
    manager, colleague = personas.account_manager(customer), personas.team_reader(customer)

    task = tasks.create_task(
        customer_id=customer.pk, values={"title": "Call back", "assignee_id": colleague.pk}, by=manager, today=TODAY
    )

    assert (task.assignee, task.created_by, task.state) == (colleague, manager, "open")
    notice = Notification.objects.get()
    assert (notice.user, notice.customer_id, notice.url) == (colleague, customer.pk, f"/tasks/{task.pk}/")


def test_ones_own_task_tells_nobody(customer: Customer) -> None:
    tasks.create_task(
        customer_id=customer.pk, values={"title": "Call"}, by=personas.account_manager(customer), today=TODAY
    )

    assert not Notification.objects.exists()


def test_done_twice_is_done_once(customer: Customer) -> None:
    manager = personas.account_manager(customer)
    task = TaskFactory(customer=customer, assignee=manager)

    tasks.complete_task(task_id=task.pk, by=manager, now=NOW)
    tasks.complete_task(task_id=task.pk, by=manager, now=NOW)

    task.refresh_from_db()
    assert (task.state, task.done_at, task.version) == ("done", NOW, 2)
    assert AuditEntry.objects.get().changes == {"state": ["open", "done"]}


def test_a_reader_finishes_his_own_task_and_no_other(customer: Customer) -> None:
    reader = personas.team_reader(customer)
    own, other = TaskFactory(customer=customer, assignee=reader), TaskFactory(customer=customer)

    tasks.complete_task(task_id=own.pk, by=reader, now=NOW)
    with pytest.raises(NotAllowed):
        tasks.complete_task(task_id=other.pk, by=reader, now=NOW)

    other.refresh_from_db()
    assert other.state == "open"


def test_a_service_agent_sees_his_own_tasks_only(customer: Customer) -> None:
    agent = personas.service_agent(customer)
    own = TaskFactory(customer=customer, assignee=agent)
    TaskFactory(customer=customer)

    assert list(Task.objects.visible_to(agent)) == [own]


def test_with_the_membership_ends_the_sight_of_its_tasks(customer: Customer) -> None:
    leaver = personas.team_contributor(customer)
    TaskFactory(customer=customer, assignee=leaver)
    TeamMembership.objects.filter(user=leaver).update(valid_to=date(2021, 1, 1))

    assert not Task.objects.visible_to(leaver).exists()


def test_a_stranger_and_a_stranger_contact_are_refused(customer: Customer) -> None:
    manager = personas.account_manager(customer)
    stranger = ContactFactory(at=CustomerFactory())

    for values, field in (
        ({"title": "x", "assignee_id": personas.outsider().pk}, "assignee"),
        ({"title": "x", "contact_id": stranger.pk}, "contact"),
        ({"title": "  "}, "title"),
    ):
        with pytest.raises(DomainError) as refused:
            tasks.create_task(customer_id=customer.pk, values=values, by=manager, today=TODAY)
        assert refused.value.field == field

    assert not Task.objects.exists()


def test_a_deleted_task_comes_back(customer: Customer) -> None:
    manager = personas.account_manager(customer)
    task = TaskFactory(customer=customer, assignee=manager)

    binned = tasks.delete_task(task_id=task.pk, version=1, by=manager, now=NOW)
    gone = Task.objects.visible_to(manager).count()
    tasks.restore_task(task_id=task.pk, version=binned.version, by=manager)

    assert (gone, Task.objects.visible_to(manager).count()) == (0, 1)


@pytest.mark.parametrize("change", ["state = 'done'", "done_at = now()"])
def test_the_database_refuses_done_without_a_time_and_a_time_without_done(change: str) -> None:
    task = TaskFactory()

    with (
        pytest.raises(IntegrityError, match="customers_task_done_has_a_time"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"UPDATE customers_task SET {change} WHERE id = %s", [task.pk])
