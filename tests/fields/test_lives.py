"""What happens to values in the life of a record: its history, merges and their undoing, erasure, archives."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from customers.models import Contact, Customer
from customers.models.contacts import Contact as Person
from customers.permissions import standings_for
from customers.selectors.history import history_of
from customers.services.customers import update_customer
from customers.services.merging.merging import merge_records
from customers.services.merging.undoing import undo_merge
from customers.services.privacy.copying import copy_of_person
from customers.services.privacy.erasing import erase_person
from tests import personas
from tests.factories.activities import ContactFactory, ContactRoleFactory
from tests.factories.customers import CustomerFactory

pytestmark = pytest.mark.django_db


def put(customer, values, by):
    return update_customer(customer_id=customer.pk, version=None, values={"custom": values}, by=by)


def test_the_history_says_who_changed_which_field(define):
    customer = CustomerFactory()
    define("Grade", "choice", choices=[{"en": "Gold"}, {"en": "Silver"}]), define("Sponsor", "user")
    define("Own cost", "number", field_class="F2")
    manager, finance = personas.account_manager(customer), personas.finance()
    put(customer, {"grade": "gold", "sponsor": finance.pk}, manager)
    put(customer, {"grade": "silver"}, manager)
    put(customer, {"own_cost": 7}, finance)

    told = history_of(customer, standings_for(manager, customer)).entries
    told_to_finance = history_of(customer, standings_for(finance, customer)).entries

    words = [(change.label, change.before, change.after) for entry in told for change in entry.changes]
    assert ("Grade", "Gold", "Silver") in words
    assert ("Grade", "–", "Gold") in words
    assert ("Sponsor", "–", finance.full_name) in words
    assert "Own cost" not in [label for label, *_rest in words]
    assert ("Own cost", "–", "7") in [
        (change.label, change.before, change.after) for entry in told_to_finance for change in entry.changes
    ]


def test_a_merge_chooses_field_by_field_and_is_taken_back_whole(define):
    define("Segment"), define("Grade"), define("Plan"), define("Own cost", "number", field_class="F2")
    winner = CustomerFactory(custom={"segment": "A", "grade": "1"})
    loser = CustomerFactory(custom={"segment": "B", "plan": "x", "own_cost": "5"}, org_unit=winner.org_unit)
    director = personas.director(winner)

    merge = merge_records(
        kind="customer", winner_id=winner.pk, loser_ids=[loser.pk], versions={}, by=director,
        choices={"custom_segment": loser.pk},
    )  # fmt: skip
    merged = Customer.objects.get(pk=winner.pk).custom
    undo_merge(merge_id=merge.pk, by=director)

    assert merged == {"segment": "B", "grade": "1", "plan": "x", "own_cost": "5"}
    assert Customer.objects.get(pk=winner.pk).custom == {"segment": "A", "grade": "1"}
    assert Customer.objects.get(pk=loser.pk).custom == {"segment": "B", "plan": "x", "own_cost": "5"}


def test_the_page_of_a_merge_offers_what_one_reads(define, client: Client):
    (
        define("Grade", "choice", choices=[{"en": "Gold"}, {"en": "Silver"}]),
        define("Own cost", "number", field_class="F3"),
    )
    winner = CustomerFactory(custom={"grade": "gold"})
    loser = CustomerFactory(custom={"grade": "silver"}, org_unit=winner.org_unit)
    client.force_login(personas.director(winner))
    url = f"{reverse('customers:merge')}?kind=customer&ids={winner.pk},{loser.pk}"

    page = client.get(url).content.decode()

    assert "field-custom_grade" in page
    assert "Silver" in page


def test_nothing_of_a_person_stays_in_his_fields(define):
    define("Assistant", record="contact")
    contact = ContactFactory(custom={"assistant": "CANARY"})
    contact.apply({"custom": {"assistant": "CANARY 2"}})

    copy = copy_of_person(contact, timezone.now())
    erase_person(contact_id=contact.pk)

    assert copy["person"]["custom"] == {"assistant": "CANARY 2"}
    assert Contact.objects.get(pk=contact.pk).custom == {}
    assert set(Person.pgh_event_model.objects.filter(pgh_obj=contact.pk).values_list("custom__assistant")) == {(None,)}


def test_people_keep_their_private_fields_in_a_merge_by_somebody_who_does_not_see_them(define):
    define("Hobby", record="contact", field_class="F6P")
    role = ContactRoleFactory(contact=ContactFactory())
    other = ContactRoleFactory(contact=ContactFactory(custom={"hobby": "Chess"}), customer=role.customer)

    merge_records(
        kind="contact", winner_id=role.contact_id, loser_ids=[other.contact_id], versions={},
        by=personas.director(role.customer),
    )  # fmt: skip

    assert Contact.objects.get(pk=role.contact_id).custom == {"hobby": "Chess"}
