"""People at customers: roles, doubles, private data, leaving."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import AuditEntry
from customers.models import Contact, ContactRole, Customer, SearchEntry
from customers.services import contacts
from kcrm.lib.errors import DomainError, NotAllowed
from tests import personas
from tests.factories.activities import ContactFactory, ContactRoleFactory
from tests.factories.customers import BuyingUnitFactory, CustomerFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 5, 12, 0, tzinfo=UTC)


@pytest.fixture
def customer() -> Customer:
    return CustomerFactory(name="QUICK-Stop")


def create(customer: Customer, by: Any, **values: Any) -> Contact:
    role = {"customer_id": customer.pk, "job_title": "Buyer"}
    return contacts.create_contact(values={"full_name": "Horst Kloss"} | values, roles=[role], by=by)


def test_a_person_comes_with_his_role_and_can_be_found(customer: Customer) -> None:
    contact = create(customer, personas.account_manager(customer), email="horst@quick.example")

    assert (contact.name_key, contact.roles.get().job_title) == ("horst kloss", "Buyer")
    entry = SearchEntry.objects.get(kind="contact", object_id=contact.pk)
    assert (entry.customer, entry.detail) == (customer, "Buyer · QUICK-Stop")
    assert AuditEntry.objects.get(action="create").changes["email"] == ["•••", "•••"]


@pytest.mark.parametrize("values", [{"email": "H@quick.example", "full_name": "H. K."}, {"full_name": "HORST  Kloss"}])
def test_a_likely_double_is_named_and_may_be_somebody_else(customer: Customer, values: dict[str, str]) -> None:
    manager = personas.account_manager(customer)
    create(customer, manager, email="h@quick.example")

    with pytest.raises(contacts.LikelyDouble, match="Horst Kloss"):
        create(customer, manager, **values)
    contacts.create_contact(
        values={"full_name": "Horst Kloss"} | values, roles=[{"customer_id": customer.pk}], by=manager, is_new=True
    )

    assert Contact.objects.count() == 2


def test_a_double_that_one_does_not_see_is_not_told(customer: Customer) -> None:
    ContactFactory(full_name="Horst Kloss", email="h@quick.example", at=CustomerFactory())

    create(customer, personas.account_manager(customer), email="h@quick.example")

    assert Contact.objects.count() == 2


def test_only_the_account_manager_keeps_private_data(customer: Customer) -> None:
    manager, contributor = personas.account_manager(customer), personas.team_contributor(customer)
    contact = create(customer, manager, chat_id="hk-wx")

    with pytest.raises(NotAllowed):
        contacts.update_contact(contact_id=contact.pk, version=1, values={"chat_id": "x"}, by=contributor)
    contacts.update_contact(contact_id=contact.pk, version=1, values={"phone": "1"}, by=contributor)

    contact.refresh_from_db()
    assert (contact.chat_id, contact.phone) == ("hk-wx", "1")


def test_who_left_holds_no_role_any_more(customer: Customer) -> None:
    manager = personas.account_manager(customer)
    contact = create(customer, manager)

    contacts.note_departure(contact_id=contact.pk, version=1, on=date(2026, 3, 1), by=manager)

    role = contact.roles.get()
    contact.refresh_from_db()
    assert (contact.left_on, role.valid_to) == (date(2026, 3, 1), date(2026, 3, 1))
    assert not Contact.objects.at_customer(customer.pk, date(2026, 3, 1)).exists()


def test_a_further_role_makes_him_findable_there_too(customer: Customer) -> None:
    manager, other = personas.account_manager(customer), CustomerFactory()
    contact = create(customer, manager)

    with pytest.raises(Customer.DoesNotExist):
        contacts.add_role(contact_id=contact.pk, customer_id=other.pk, values={}, by=manager)
    from tests.factories.teams import MembershipFactory

    MembershipFactory(team=other.account_team, user=manager, level="owner")
    del manager._reach
    contacts.add_role(contact_id=contact.pk, customer_id=other.pk, values={"job_title": "Owner"}, by=manager)

    found = SearchEntry.objects.filter(kind="contact", object_id=contact.pk)
    assert set(found.values_list("customer", flat=True)) == {customer.pk, other.pk}


def test_one_person_is_called_first(customer: Customer) -> None:
    manager = personas.account_manager(customer)
    before = ContactRoleFactory(customer=customer, is_primary=True)
    contact = create(customer, manager)

    contacts.update_role(role_id=contact.roles.get().pk, version=1, values={"is_primary": True}, by=manager)

    before.refresh_from_db()
    assert (before.is_primary, before.version) == (False, 2)


def test_a_role_cannot_end_before_it_starts_nor_name_anothers_buying_unit(customer: Customer) -> None:
    manager = personas.account_manager(customer)
    role = create(customer, manager).roles.get()

    for values, field in (
        ({"valid_from": date(2026, 3, 1), "valid_to": date(2026, 3, 1)}, "valid_to"),
        ({"buying_unit_id": BuyingUnitFactory().pk}, "buying_unit"),
    ):
        with pytest.raises(DomainError) as refused:
            contacts.update_role(role_id=role.pk, version=1, values=values, by=manager)
        assert refused.value.field == field

    role.refresh_from_db()
    assert role.version == 1


def test_the_last_role_stays(customer: Customer) -> None:
    manager = personas.account_manager(customer)
    role = create(customer, manager).roles.get()

    with pytest.raises(DomainError, match="only role"):
        contacts.delete_role(role_id=role.pk, version=1, by=manager)

    assert ContactRole.objects.filter(pk=role.pk).exists()


def test_deleted_and_restored(customer: Customer) -> None:
    manager = personas.account_manager(customer)
    contact = create(customer, manager)

    binned = contacts.delete_contact(contact_id=contact.pk, version=1, by=manager, now=NOW)
    seen = Contact.objects.visible_to(manager).count()
    contacts.restore_contact(contact_id=contact.pk, version=binned.version, by=manager)

    assert (seen, Contact.objects.visible_to(manager).count()) == (0, 1)


@pytest.mark.parametrize(
    ("statement", "constraint"),
    [
        ("UPDATE customers_contactrole SET valid_from='2026-02-01', valid_to='2026-01-01'", "ends_after_start"),
        (
            "INSERT INTO customers_contactrole (contact_id, customer_id, job_title, department, is_primary, version,"
            " created_at, updated_at) SELECT contact_id, customer_id, '', '', false, 1, now(), now()"
            " FROM customers_contactrole",
            "once_per_start",
        ),
    ],
)
def test_the_database_refuses_impossible_roles(statement: str, constraint: str) -> None:
    ContactRoleFactory()

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
