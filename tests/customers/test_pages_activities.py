"""Interactions and tasks over HTTP: pages, fragments, one click, refusals."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from customers.models import Customer, Interaction, Task
from tests import personas
from tests.factories.activities import ContactFactory, InteractionFactory, TaskFactory
from tests.factories.customers import CustomerFactory

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def customer() -> Customer:
    return CustomerFactory(name="QUICK-Stop")


@pytest.fixture
def manager(customer: Customer) -> User:
    return personas.account_manager(customer)


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def logged(**values: Any) -> dict[str, Any]:
    return {"kind": "call", "subject": "Prices", "happened_at": "2026-03-02T09:00", "outcome": ""} | values


def test_a_call_is_logged_from_one_form(customer: Customer, manager: User) -> None:
    buyer = ContactFactory(full_name="Horst Kloss", at=customer)
    client = browser(manager)
    address = f"/customers/{customer.pk}/interactions/new/"

    form = client.get(address)
    answer = client.post(
        address, logged(contacts=[buyer.pk], people=[manager.pk], next_step="Send file", next_step_on="2026-03-09")
    )

    assert "Horst Kloss" in form.content.decode()
    assert answer.status_code == 302
    call = Interaction.objects.get()
    assert (list(call.contacts.all()), Task.objects.get().interaction) == ([buyer], call)


def test_the_story_comes_alone_to_htmx_and_whole_without(customer: Customer, manager: User) -> None:
    InteractionFactory(customer=customer, subject="Talked about <May>", recorded_by=manager)
    client = browser(manager)

    fragment = client.get(f"/customers/{customer.pk}/interactions/", headers=HTMX).content.decode()
    page = client.get(f"/customers/{customer.pk}/interactions/").content.decode()

    assert fragment.lstrip().startswith("<section")
    assert "Talked about &lt;May&gt;" in fragment
    assert "<html" in page
    assert "Talked about &lt;May&gt;" in page


def test_a_second_writer_sees_both_versions(customer: Customer, manager: User) -> None:
    call = InteractionFactory(customer=customer, subject="Before", recorded_by=manager)
    client = browser(manager)
    address = f"/interactions/{call.pk}/edit/"
    client.post(address, logged(subject="First", version=1))

    late = client.post(address, logged(subject="Second", version=1))

    assert late.status_code == 409
    assert "First" in late.content.decode()
    call.refresh_from_db()
    assert call.subject == "First"


def test_an_interaction_goes_into_the_bin_and_back(customer: Customer, manager: User) -> None:
    call = InteractionFactory(customer=customer, recorded_by=manager, subject="Gone")
    client = browser(manager)

    client.post(f"/interactions/{call.pk}/delete/", {"version": 1})
    story = client.get(f"/customers/{customer.pk}/interactions/").content.decode()
    missing = client.get(f"/interactions/{call.pk}/").status_code
    client.post(f"/interactions/{call.pk}/restore/", {"version": 2})

    assert "Gone" in story
    assert missing == 404
    assert client.get(f"/interactions/{call.pk}/").status_code == 200


def test_a_task_is_done_by_one_click_with_and_without_javascript(customer: Customer, manager: User) -> None:
    first, second = TaskFactory(customer=customer, assignee=manager), TaskFactory(customer=customer, assignee=manager)
    client = browser(manager)

    item = client.post(f"/tasks/{first.pk}/done/", headers=HTMX)
    page = client.post(f"/tasks/{second.pk}/done/", {"next": "/tasks/"})

    assert f'id="task-{first.pk}"' in item.content.decode()
    assert page.headers["Location"] == "/tasks/"
    assert set(Task.objects.values_list("state", flat=True)) == {"done"}


def test_tasks_are_given_and_changed(customer: Customer, manager: User) -> None:
    colleague = personas.team_contributor(customer)
    client = browser(manager)
    values = {"title": "Visit", "assignee": colleague.pk, "priority": 1, "due_on": "2026-03-09"}

    client.post(f"/customers/{customer.pk}/tasks/new/", values)
    task = Task.objects.get()
    client.post(f"/tasks/{task.pk}/edit/", values | {"assignee": manager.pk, "version": 1})

    task.refresh_from_db()
    assert (task.title, task.assignee, task.priority, task.version) == ("Visit", manager, 1, 2)


def test_the_list_of_tasks_opens_with_what_is_late(customer: Customer, manager: User) -> None:
    TaskFactory(customer=customer, assignee=manager, title="Late one")

    page = browser(manager).get("/tasks/?due=overdue").content.decode()

    assert "1 of your tasks is overdue" in page
    assert "Late one" in page


ADDRESSES = (
    "/interactions/{call}/",
    "/interactions/{call}/edit/",
    "/tasks/{task}/",
    "/tasks/{task}/edit/",
    "/customers/{customer}/interactions/",
    "/customers/{customer}/interactions/new/",
    "/customers/{customer}/tasks/",
    "/customers/{customer}/tasks/new/",
)


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize(
    ("name", "reads", "writes"),
    [
        ("account_manager", 200, 200),
        ("team_contributor", 200, 200),
        ("team_reader", 200, 403),
        ("director", 200, 403),
        ("outsider", 404, 404),
        ("administrator", 404, 404),
        ("auditor", 404, 404),
    ],
)
def test_who_reads_and_who_writes(customer: Customer, address: str, name: str, reads: int, writes: int) -> None:
    call, task = InteractionFactory(customer=customer), TaskFactory(customer=customer)
    client = browser(personas.persona(name, customer))
    is_form = address.endswith(("edit/", "new/"))
    may_create_task = name == "director" and address.endswith("tasks/new/")

    answer = client.get(address.format(call=call.pk, task=task.pk, customer=customer.pk))

    assert answer.status_code == (200 if may_create_task else writes if is_form else reads)


@pytest.mark.parametrize("act", ["interactions/{call}/delete", "tasks/{task}/done", "tasks/{task}/delete"])
@pytest.mark.parametrize(("name", "status"), [("team_reader", 403), ("director", 403), ("outsider", 404)])
def test_a_denied_act_changes_nothing(customer: Customer, act: str, name: str, status: int) -> None:
    call, task = InteractionFactory(customer=customer), TaskFactory(customer=customer)
    client = browser(personas.persona(name, customer))

    answer = client.post(f"/{act.format(call=call.pk, task=task.pk)}/", {"version": 1})

    call.refresh_from_db()
    task.refresh_from_db()
    assert answer.status_code == status
    assert (call.version, call.deleted_at, task.version, task.state, task.deleted_at) == (1, None, 1, "open", None)


@pytest.mark.parametrize("address", ["/tasks/", "/interactions/", "/customers/{customer}/interactions/"])
def test_statements_do_not_grow_with_rows(
    customer: Customer, manager: User, address: str, django_assert_max_num_queries: Any
) -> None:
    client = browser(manager)
    for number in range(30):
        InteractionFactory(customer=customer, happened_at=datetime(2026, 3, 1, number % 24, tzinfo=UTC))
        TaskFactory(customer=customer)

    with django_assert_max_num_queries(14):
        answer = client.get(address.format(customer=customer.pk))

    assert answer.status_code == 200
