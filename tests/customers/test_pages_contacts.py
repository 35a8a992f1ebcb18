"""People at customers over HTTP."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from customers.models import Contact, Customer
from tests import personas
from tests.factories.activities import ContactFactory, InteractionFactory, TaskFactory
from tests.factories.customers import CustomerFactory
from tests.factories.teams import MembershipFactory

pytestmark = pytest.mark.django_db


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


def test_a_contact_is_added_and_a_double_asked_about(customer: Customer, manager: User) -> None:
    client = browser(manager)
    address = f"/customers/{customer.pk}/contacts/new/"
    values = {"full_name": "Horst Kloss", "job_title": "Buyer", "email": "h@quick.example"}

    client.post(address, values)
    asked = client.post(address, values)
    client.post(address, values | {"is_new": "on"})

    assert asked.status_code == 422
    assert 'type="checkbox" name="is_new"' in asked.content.decode()
    assert Contact.objects.count() == 2


def test_the_page_shows_roles_story_and_tasks_of_what_one_sees(customer: Customer, manager: User) -> None:
    hidden = CustomerFactory(name="Hidden Ltd")
    contact = ContactFactory(full_name="Horst Kloss", at=customer)
    InteractionFactory(customer=customer, subject="Seen call").contacts.add(contact)
    InteractionFactory(customer=hidden, subject="Hidden call").contacts.add(contact)
    TaskFactory(customer=customer, contact=contact, title="Seen task")
    from tests.factories.activities import ContactRoleFactory

    ContactRoleFactory(contact=contact, customer=hidden)

    page = browser(manager).get(f"/contacts/{contact.pk}/").content.decode()

    assert "Seen call" in page
    assert "Seen task" in page
    assert "Hidden" not in page


@pytest.mark.parametrize(
    ("name", "sees"),
    [("account_manager", True), ("director", True), ("team_contributor", False), ("team_reader", False)],
)
def test_the_private_part_is_there_for_who_keeps_it(customer: Customer, name: str, sees: bool) -> None:
    contact = ContactFactory(at=customer, chat_id="hk-wx")

    page = browser(personas.persona(name, customer)).get(f"/contacts/{contact.pk}/").content.decode()

    assert ("hk-wx" in page) is sees
    assert ("Chat id" in page or "chat id" in page) is sees


def test_a_contributor_changes_the_card_and_keeps_the_private_part(customer: Customer) -> None:
    contact = ContactFactory(at=customer, chat_id="hk-wx")
    client = browser(personas.team_contributor(customer))

    form = client.get(f"/contacts/{contact.pk}/edit/").content.decode()
    client.post(f"/contacts/{contact.pk}/edit/", {"full_name": "New Name", "chat_id": "stolen", "version": 1})

    contact.refresh_from_db()
    assert "chat_id" not in form
    assert (contact.full_name, contact.chat_id) == ("New Name", "hk-wx")


def test_a_person_leaves_and_gets_a_role_elsewhere(customer: Customer, manager: User) -> None:
    other = CustomerFactory(name="Ernst Handel")
    MembershipFactory(team=other.account_team, user=manager, level="owner")
    contact = ContactFactory(at=customer)
    client = browser(manager)

    unknown = client.post(f"/contacts/{contact.pk}/roles/new/", {"customer": "Nobody"})
    client.post(f"/contacts/{contact.pk}/left/", {"on": "2026-03-01", "version": 1})
    client.post(f"/contacts/{contact.pk}/roles/new/", {"customer": "ernst", "job_title": "Owner"})

    assert unknown.status_code == 422
    assert set(contact.roles.values_list("customer", "job_title")) == {(customer.pk, "Buyer"), (other.pk, "Owner")}


@pytest.mark.parametrize(
    ("name", "reads", "writes"),
    [
        ("account_manager", 200, 200),
        ("team_contributor", 200, 200),
        ("team_reader", 200, 403),
        ("director", 200, 200),
        ("service_agent", 200, 403),
        ("programme_office", 404, 404),
        ("outsider", 404, 404),
        ("administrator", 404, 404),
    ],
)
def test_who_reads_and_who_writes(customer: Customer, name: str, reads: int, writes: int) -> None:
    contact = ContactFactory(at=customer)
    client = browser(personas.persona(name, customer))

    page, form = client.get(f"/contacts/{contact.pk}/"), client.get(f"/contacts/{contact.pk}/edit/")

    assert (page.status_code, form.status_code) == (reads, writes)


def test_the_list_names_titles_and_customers_at_a_constant_cost(
    customer: Customer, manager: User, django_assert_max_num_queries: Any
) -> None:
    for number in range(30):
        ContactFactory(full_name=f"Person {number:02}", at=customer)
    client = browser(manager)

    with django_assert_max_num_queries(14):
        page = client.get("/contacts/").content.decode()

    assert "Person 00" in page
    assert "QUICK-Stop" in page
    assert "Buyer" in page


def test_a_contact_comes_back_from_the_bin(customer: Customer, manager: User) -> None:
    contact = ContactFactory(full_name="Horst Kloss", at=customer)
    client = browser(manager)

    client.post(f"/contacts/{contact.pk}/delete/", {"version": 1})
    panel = client.get(f"/customers/{customer.pk}/contacts/").content.decode()
    client.post(f"/contacts/{contact.pk}/restore/", {"version": 2})

    assert f"/contacts/{contact.pk}/restore/" in panel
    assert client.get(f"/contacts/{contact.pk}/").status_code == 200
