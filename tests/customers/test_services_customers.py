"""Bringing customers in, changing them, the bin."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import AuditEntry
from customers.models import Customer, ExternalId, SearchEntry, Task
from customers.services import customers, external_ids
from kcrm.lib.errors import DomainError, NotAllowed, StaleVersion
from teams.models import TeamMembership
from tests import personas
from tests.factories.accounts import ApiTokenFactory, UserFactory
from tests.factories.customers import CustomerFactory, ExternalIdFactory
from tests.factories.teams import UnitAssignmentFactory, UnitFactory

pytestmark = pytest.mark.django_db


def update(customer: Customer, by: Any, **values: Any) -> Customer:
    return customers.update_customer(customer_id=customer.pk, version=customer.version, values=values, by=by)


def test_an_account_manager_creates_a_customer_and_owns_it() -> None:
    unit = UnitFactory()
    manager = personas.account_manager(CustomerFactory())

    customer = customers.create_customer(
        values={
            "name": "  Café du\u200b Monde S.A. ",
            "org_unit": unit.pk,
            "website": "https://www.cdm.fr",
            "country": "fr",
        },
        tag_names=["Key 2027", "key 2027"],
        keys={"erp": "CDM"},
        by=manager,
    )  # fmt: skip

    owner = TeamMembership.objects.get(team=customer.account_team)
    assert (customer.name, customer.name_key, customer.domain, customer.country) == (
        "Café du Monde S.A.", "cafe du monde", "cdm.fr", "FR",
    )  # fmt: skip
    assert (owner.user, owner.level) == (manager, "owner")
    assert [tag.name for tag in customer.tags.all()] == ["Key 2027"]
    assert Customer.objects.visible_to(manager).filter(pk=customer.pk).exists()
    assert "cdm" in SearchEntry.objects.get(object_id=customer.pk).words
    assert set(AuditEntry.objects.filter(customer_id=customer.pk).values_list("action", flat=True)) == {
        "create", "grant", "update",
    }  # fmt: skip


def test_somebody_of_the_sales_organisation_may_begin_with_a_first_account() -> None:
    place = UnitAssignmentFactory()

    customer = customers.create_customer(values={"name": "Acme", "org_unit": place.unit}, by=place.user)

    assert Customer.objects.visible_to(place.user).get() == customer


def test_a_director_creates_in_his_portfolio_for_somebody_else_only() -> None:
    known = CustomerFactory()
    director, owner = personas.director(known), UserFactory()

    customer = customers.create_customer(values={"name": "Acme", "org_unit": known.org_unit}, by=director, owner=owner)
    with pytest.raises(NotAllowed):
        customers.create_customer(values={"name": "Beta", "org_unit": UnitFactory()}, by=director)

    assert TeamMembership.objects.get(team=customer.account_team).user == owner


@pytest.mark.parametrize(
    "name", ["team_contributor", "team_reader", "finance", "service_agent", "programme_office", "administrator",
             "auditor", "outsider"],
)  # fmt: skip
def test_others_create_nothing(name: str) -> None:
    known = CustomerFactory()
    person = personas.persona(name, known)

    with pytest.raises(NotAllowed):
        customers.create_customer(values={"name": "Acme", "org_unit": known.org_unit}, by=person)

    assert list(Customer.objects.all()) == [known]


def test_a_company_that_is_here_already_is_shown_and_needs_a_reason() -> None:
    known = CustomerFactory(name="Ernst Handel GmbH")
    manager = personas.account_manager(known)
    values = {"name": "Ernst Handel", "org_unit": known.org_unit}

    with pytest.raises(customers.LikelyDouble) as refused:
        customers.create_customer(values=values, by=manager)
    twin = customers.create_customer(values=values, by=manager, despite="Their sister in Linz")

    assert [(found.id, found.by) for found in refused.value.duplicates.shown] == [(known.pk, ("name",))]
    assert AuditEntry.objects.get(action="create", subject_id=twin.pk, subject_type="customers.customer").reason == (
        "Their sister in Linz"
    )


def test_a_double_that_the_creator_does_not_see_goes_to_the_director_over_both() -> None:
    hidden = CustomerFactory(name="Secret Corp", phone="+49 30 555-1234")
    director = personas.director(hidden)
    manager = personas.account_manager(CustomerFactory())

    customer = customers.create_customer(
        values={"name": "Other", "org_unit": hidden.org_unit, "phone": "0049 (30) 5551234"}, by=manager
    )

    task = Task.objects.get()
    assert (task.customer, task.assignee, "Other" in task.title) == (hidden, director, True)
    assert not Task.objects.visible_to(manager).exists()
    assert customer.pk


def test_saving_changes_the_version_the_trail_and_the_index() -> None:
    customer = CustomerFactory(name="Old name", indexed=True)
    manager = personas.account_manager(customer)

    changed = update(customer, manager, name="New name", city="Linz")
    again = update(changed, manager, name="New name")

    entry = AuditEntry.objects.get(action="update")
    assert (changed.version, again.version) == (2, 2)
    assert entry.changes == {"name": ["Old name", "New name"], "city": ["", "Linz"]}
    assert SearchEntry.objects.get().title == "New name"


def test_who_saves_second_gets_both_versions() -> None:
    customer = CustomerFactory()
    manager = personas.account_manager(customer)
    update(customer, manager, city="Linz")

    with pytest.raises(StaleVersion) as stale:
        update(customer, manager, city="Graz")

    assert stale.value.current.city == "Linz"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": " \u200b "}, "name"),
        ({"name": "a\0b"}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"country": "Germany"}, "country"),
        ({"country": "1a"}, "country"),
        ({"currency": ""}, "currency"),
        ({"website": "javascript:alert(1)"}, "website"),
        ({"relation": "friend"}, "relation"),
        ({"cadence_days": -1}, "cadence_days"),
        ({"parent": 987654321}, "parent"),
        ({"org_unit": 987654321}, "org_unit"),
        ({"org_unit": None}, "org_unit"),
    ],
)
def test_what_cannot_be_stored_is_refused_by_its_field(values: dict[str, Any], field: str) -> None:
    customer = CustomerFactory()

    with pytest.raises(DomainError) as refused:
        update(customer, personas.account_manager(customer), **values)

    assert refused.value.field == field


def test_a_parent_must_be_seen_and_closes_no_cycle() -> None:
    child, stranger = CustomerFactory(), CustomerFactory()
    parent = CustomerFactory(org_unit=child.org_unit)
    director = personas.director(child)
    update(child, director, parent=parent)

    with pytest.raises(DomainError) as unseen:
        update(parent, director, parent=stranger)
    with pytest.raises(DomainError) as cycle:
        update(parent, director, parent=child)

    assert (unseen.value.field, cycle.value.field) == ("parent", "parent")
    assert "below itself" in str(cycle.value)


def test_readers_change_nothing_and_outsiders_find_nothing() -> None:
    customer = CustomerFactory()

    with pytest.raises(NotAllowed):
        update(customer, personas.team_reader(customer), city="Linz")
    with pytest.raises(Customer.DoesNotExist):
        update(customer, personas.outsider(), city="Linz")

    customer.refresh_from_db()
    assert (customer.city, customer.version) == ("", 1)


def test_a_token_without_the_scope_changes_nothing() -> None:
    customer = CustomerFactory()
    manager = personas.account_manager(customer)
    manager.api_token = ApiTokenFactory(owner=manager, scopes=["accounts:read"])

    with pytest.raises(NotAllowed):
        update(customer, manager, city="Linz")


def test_the_bin_frees_the_keys_and_restoring_wants_them_back() -> None:
    customer = CustomerFactory(registration_no="HRB 1", indexed=True)
    ExternalIdFactory(customer=customer, value="ALFKI")
    director = personas.director(customer)
    binned = customers.delete_customer(customer_id=customer.pk, version=1, by=director)
    successor = CustomerFactory(org_unit=customer.org_unit)
    external_ids.set_external_id(customer_id=successor.pk, source="erp", value="ALFKI", by=director)

    with pytest.raises(DomainError) as taken:
        customers.restore_customer(customer_id=customer.pk, version=binned.version, by=director)
    external_ids.remove_external_id(customer_id=successor.pk, key_id=successor.external_ids.get().pk, by=director)
    restored = customers.restore_customer(customer_id=customer.pk, version=binned.version, by=director)

    assert "has this key" in str(taken.value)
    assert restored.deleted_at is None
    assert SearchEntry.objects.filter(object_id=customer.pk).exists()
    assert ExternalId.objects.get(customer=customer).released_at is None


def test_what_is_in_the_bin_is_seen_by_nobody() -> None:
    customer = CustomerFactory(indexed=True)
    director = personas.director(customer)

    customers.delete_customer(customer_id=customer.pk, version=1, by=director)

    assert not Customer.objects.visible_to(director).exists()
    assert not SearchEntry.objects.visible_to(director).exists()
    assert list(Customer.objects.binned_for(director)) == [customer]


def test_account_managers_cannot_delete() -> None:
    customer = CustomerFactory()

    with pytest.raises(NotAllowed):
        customers.delete_customer(customer_id=customer.pk, version=1, by=personas.account_manager(customer))

    customer.refresh_from_db()
    assert customer.deleted_at is None


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE customers_customer SET parent_id = id",
        "UPDATE customers_customer SET country = 'xx'",
        "UPDATE customers_customer SET currency = ''",
        "UPDATE customers_customer SET registration_no = 'same'",
        "UPDATE customers_externalid SET value = 'same'",
        "UPDATE customers_customer SET parent_id = (SELECT max(id) FROM customers_customer) WHERE id <> "
        "(SELECT max(id) FROM customers_customer); UPDATE customers_customer SET parent_id = "
        "(SELECT min(id) FROM customers_customer) WHERE parent_id IS NULL",
    ],
)
def test_the_database_refuses_what_must_not_be(change: str) -> None:
    ExternalIdFactory()
    ExternalIdFactory()

    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)


@pytest.mark.django_db(transaction=True)
def test_of_fifty_people_who_save_the_same_version_one_succeeds() -> None:
    customer = CustomerFactory()
    manager = personas.account_manager(customer)
    answers: list[str] = []

    def save(number: int) -> None:
        try:
            update(customer, type(manager).objects.get(pk=manager.pk), city=f"City {number}")
            answers.append("saved")
        except StaleVersion:
            answers.append("stale")
        finally:
            connection.close()

    threads = [threading.Thread(target=save, args=(number,)) for number in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    customer.refresh_from_db()
    assert (answers.count("saved"), answers.count("stale"), customer.version) == (1, 49, 2)
