"""Contacts, interactions and tasks through the REST door."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from customers.models import Contact, Customer, Interaction, Task
from tests import personas
from tests.factories.accounts import ApiTokenFactory
from tests.factories.activities import ContactFactory, InteractionFactory, TaskFactory
from tests.factories.customers import CustomerFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer() -> Customer:
    return CustomerFactory(name="QUICK-Stop")


@pytest.fixture
def manager(customer: Customer) -> User:
    return personas.account_manager(customer)


def caller(user: User, *scopes: str) -> Client:
    token = ApiTokenFactory(owner=user, scopes=list(scopes), secret=f"kcrm_secret_of_{user.pk}_{len(scopes)}")
    del token
    return Client(headers={"Authorization": f"Bearer kcrm_secret_of_{user.pk}_{len(scopes)}"})


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def send(client: Client, method: str, path: str, body: Any = None, **headers: str) -> Any:
    return client.generic(
        method, f"/api/v1/{path}", data=__import__("json").dumps(body or {}), content_type="application/json",
        headers=headers,
    )  # fmt: skip


def test_a_call_is_logged_with_its_next_step(customer: Customer, manager: User) -> None:
    buyer = ContactFactory(at=customer)
    body = {
        "customer": customer.pk, "kind": "call", "subject": "Prices", "happened_at": "2026-03-02T09:00:00Z",
        "contacts": [buyer.pk], "next_step": "Send file",
    }  # fmt: skip

    made = send(caller(manager, "activities:read", "activities:write"), "POST", "interactions/", body)

    assert made.status_code == 201, made.content
    assert made.json()["contacts"] == [buyer.pk]
    assert made.json()["people"] == [manager.pk]
    assert Task.objects.get().title == "Send file"


def test_a_write_needs_the_version_it_was_made_from(customer: Customer, manager: User) -> None:
    call = InteractionFactory(customer=customer)
    client = caller(manager, "activities:read", "activities:write")

    missing = send(client, "PATCH", f"interactions/{call.pk}/", {"subject": "x"})
    good = send(client, "PATCH", f"interactions/{call.pk}/", {"subject": "x"}, **{"If-Match": '"1"'})
    stale = send(client, "PATCH", f"interactions/{call.pk}/", {"subject": "y"}, **{"If-Match": '"1"'})

    assert (missing.status_code, good.status_code, stale.status_code) == (428, 200, 412)
    assert stale.json()["current"]["subject"] == "x"


def test_an_unseen_customer_or_contact_cannot_be_named(customer: Customer, manager: User) -> None:
    other = CustomerFactory()
    client = caller(manager, "activities:read", "activities:write")
    body = {"customer": other.pk, "kind": "call", "subject": "x", "happened_at": "2026-03-02T09:00:00Z"}

    foreign = send(client, "POST", "interactions/", body)
    named = send(
        client, "POST", "interactions/", body | {"customer": customer.pk, "contacts": [ContactFactory(at=other).pk]}
    )

    assert (foreign.status_code, named.status_code) == (404, 422)
    assert not Interaction.objects.exists()


def test_a_task_is_given_moved_and_deleted(customer: Customer, manager: User) -> None:
    client = browser(manager)

    made = send(client, "POST", "tasks/", {"customer": customer.pk, "title": "Call back"}).json()
    done = send(client, "POST", f"tasks/{made['id']}/done/", **{"If-Match": '"1"'})
    gone = send(client, "DELETE", f"tasks/{made['id']}/", **{"If-Match": done["ETag"]})

    assert (made["assignee"], done.json()["state"], gone.status_code) == (manager.pk, "done", 204)


def test_private_data_is_absent_for_others_and_for_tokens(customer: Customer, manager: User) -> None:
    contact = ContactFactory(at=customer, chat_id="hk-wx")
    address = f"/api/v1/contacts/{contact.pk}/"

    own = browser(manager).get(address).json()
    led = browser(personas.director(customer)).get(address).json()
    read = browser(personas.team_reader(customer)).get(address).json()
    token = caller(manager, "contacts:read").get(address).json()

    assert own["chat_id"] == led["chat_id"] == "hk-wx"
    assert not {"chat_id", "birthday", "home_address", "private_phone"} & (set(read) | set(token))


def test_private_data_of_a_colleagues_contact_is_absent(customer: Customer, manager: User) -> None:
    foreign = CustomerFactory()
    from tests.factories.teams import MembershipFactory

    MembershipFactory(team=foreign.account_team, user=manager, level="read")
    ContactFactory(full_name="Own", at=customer, chat_id="a")
    ContactFactory(full_name="Read", at=foreign, chat_id="b")

    rows = {row["full_name"]: row for row in browser(manager).get("/api/v1/contacts/").json()["results"]}

    assert rows["Own"]["chat_id"] == "a"
    assert "chat_id" not in rows["Read"]


def test_a_contact_is_made_with_his_role(customer: Customer, manager: User) -> None:
    body = {"full_name": "张伟", "roles": [{"customer": customer.pk, "job_title": "采购"}]}
    client = caller(manager, "contacts:read", "contacts:write")

    made = send(client, "POST", "contacts/", body)
    again = send(client, "POST", "contacts/", body)
    private = send(client, "POST", "contacts/", body | {"full_name": "Li", "chat_id": "x"})

    assert made.status_code == 201, made.content
    assert made.json()["customers"] == [customer.pk]
    assert (again.status_code, again.json()["code"], private.status_code) == (422, "likely_double", 403)
    assert Contact.objects.count() == 1


@pytest.mark.parametrize("resource", ["contacts", "contact-roles", "interactions", "tasks"])
def test_an_outsider_lists_nothing_and_reads_nothing(customer: Customer, resource: str) -> None:
    contact = ContactFactory(at=customer)
    InteractionFactory(customer=customer)
    TaskFactory(customer=customer)
    client = browser(personas.outsider())
    keys = {
        "contacts": contact.pk,
        "contact-roles": contact.roles.get().pk,
        "interactions": Interaction.objects.get().pk,
        "tasks": Task.objects.get().pk,
    }

    rows = client.get(f"/api/v1/{resource}/").json()
    one = client.get(f"/api/v1/{resource}/{keys[resource]}/")

    assert (rows["count"], one.status_code) == (0, 404)


@pytest.mark.parametrize("resource", ["contacts", "contact-roles", "interactions", "tasks"])
def test_statements_are_few_and_constant(
    customer: Customer, manager: User, resource: str, django_assert_max_num_queries: Any
) -> None:
    for _number in range(20):
        ContactFactory(at=customer)
        InteractionFactory(customer=customer)
        TaskFactory(customer=customer)
    client = caller(manager, "contacts:read", "activities:read")

    with django_assert_max_num_queries(6):
        answer = client.get(f"/api/v1/{resource}/")

    assert answer.json()["count"] == 20


def test_a_token_without_the_scope_is_refused(customer: Customer, manager: User) -> None:
    client = caller(manager, "contacts:read")

    assert client.get("/api/v1/tasks/").status_code == 403
    assert send(client, "POST", "contacts/", {"full_name": "x"}).status_code == 403
