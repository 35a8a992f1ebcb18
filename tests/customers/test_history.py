"""The story of a customer: every state of its rows, told with what the audit trail knows, to those who may read it."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from customers.models import Agreement, Contact, ContactRole, Customer, Site
from customers.permissions import standings_for
from customers.selectors.history import HistoryEntry, history_of
from customers.services.account_teams import add_member, change_member, end_member
from customers.services.agreements import create_agreement, update_agreement
from customers.services.contacts import create_contact, update_contact
from customers.services.customers import update_customer
from tests import personas
from tests.factories.accounts import UserFactory
from tests.factories.customers import CustomerFactory, SiteFactory

pytestmark = pytest.mark.django_db


def story(customer: Customer, user: User, **paging: int) -> list[HistoryEntry]:
    return history_of(customer, standings_for(user, customer), **paging).entries


def told(entries: list[HistoryEntry], kind: str) -> list[tuple[str, str, str, list[tuple[str, str, str]]]]:
    return [
        (e.who, e.action, e.subject, sorted((c.label, c.before, c.after) for c in e.changes))
        for e in entries
        if e.kind == kind
    ]


def page_of(customer: Customer, user: User, query: str = "") -> str:
    client = Client()
    client.force_login(user)
    answer = client.get(f"/customers/{customer.pk}/tabs/history/{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_change_is_told_once_with_who_did_it_and_before_and_after():
    customer = CustomerFactory(name="Acme", city="Linz")
    manager = personas.account_manager(customer)

    update_customer(customer_id=customer.pk, version=1, values={"city": "Graz"}, tag_names=["Key"], by=manager)

    entries = told(story(customer, manager), "customer")
    assert entries[0] == (str(manager), "changed", "Acme", [("city", "Linz", "Graz"), ("tags", "–", "Key")])
    assert len(entries) == 2  # the other is its beginning


def test_what_no_service_wrote_is_told_by_the_row_alone():
    customer = CustomerFactory(life_cycle="prospect")
    manager = personas.account_manager(customer)

    Customer.objects.filter(pk=customer.pk).update(life_cycle="client")

    assert told(story(customer, manager), "customer")[0] == (
        "The system", "changed", customer.name, [("life cycle", "Prospect", "Client")],
    )  # fmt: skip


def test_sites_roles_agreements_and_the_team_have_their_story():
    customer = CustomerFactory()
    director, manager = personas.director(customer), personas.account_manager(customer)
    helper = UserFactory(full_name="Ada Helper")
    site = SiteFactory(customer=customer, name="Plant", city="Linz")
    site.apply({"city": "Graz"})
    contact = create_contact(
        values={"full_name": "Maria Anders"}, roles=[{"customer_id": customer.pk, "job_title": "Buyer"}], by=manager
    )
    agreement = create_agreement(
        customer_id=customer.pk, values={"title": "Frame", "starts_on": timezone.localdate()}, by=manager
    )
    update_agreement(agreement_id=agreement.pk, version=1, values={"annual_value": Decimal("95000.00")}, by=manager)
    member = add_member(
        customer_id=customer.pk,
        user_id=helper.pk,
        values={"level": "read", "valid_from": timezone.localdate() - timedelta(days=3)},
        by=director,
    )
    change_member(membership_id=member.pk, version=1, values={"fin": "full"}, by=director)
    end_member(membership_id=member.pk, version=2, by=director, today=timezone.localdate())

    entries = story(customer, manager)

    assert told(entries, "site")[0][3] == [("city", "Linz", "Graz")]
    assert ("job title", "–", "Buyer") in told(entries, str(ContactRole._meta.verbose_name))[0][3]
    assert told(entries, str(ContactRole._meta.verbose_name))[0][2] == contact.full_name
    assert told(entries, "agreement")[0] == (
        str(manager), "changed", "Frame", [("value a year", "–", "95000.00")],
    )  # fmt: skip
    team = [entry for entry in told(entries, "team membership") if "Ada Helper" in entry[2]]
    assert [(who, action) for who, action, _subject, _changes in team] == [
        (str(director), "revoked"), (str(director), "granted"), (str(director), "granted"),
    ]  # fmt: skip
    assert ("finance", "no margins", "all margins and costs") in [(a.lower(), b, c) for a, b, c in team[1][3]]


def test_a_field_is_absent_for_whom_its_class_is_closed(monkeypatch: pytest.MonkeyPatch):
    customer = CustomerFactory()
    manager = personas.account_manager(customer, fin="none")
    partner = personas.team_reader(customer, fin="full")
    agreement = Agreement.objects.create(
        customer=customer, title="Frame", starts_on=timezone.localdate(), annual_value=Decimal("77123.45")
    )
    Agreement.objects.filter(pk=agreement.pk).update(annual_value=Decimal("77999.99"))
    monkeypatch.setattr(Agreement, "field_classes", {"annual_value": "F2"})

    closed, opened = page_of(customer, manager), page_of(customer, partner)

    assert "Frame" in closed
    assert "77123" not in closed
    assert "value a year" not in closed
    assert "•" not in closed
    assert "77123.45 → 77999.99" in opened


def test_private_data_of_a_person_never_shows_a_value():
    customer = CustomerFactory()
    manager, reader = personas.account_manager(customer), personas.team_reader(customer)
    contact = create_contact(values={"full_name": "Maria"}, roles=[{"customer_id": customer.pk}], by=manager)
    update_contact(
        contact_id=contact.pk,
        version=Contact.objects.get(pk=contact.pk).version,
        values={"home_address": "CANARY Lane 7"},
        by=manager,
    )

    own, others = page_of(customer, manager), page_of(customer, reader)

    assert "home address: changed" in " ".join(own.split())
    assert "CANARY" not in own + others
    assert "home address" not in others


def test_kinds_that_the_reader_may_not_read_are_not_told():
    customer = CustomerFactory()
    create_contact(
        values={"full_name": "CANARY Person"},
        roles=[{"customer_id": customer.pk, "job_title": "CANARY"}],
        by=personas.account_manager(customer),
    )

    assert "CANARY" not in page_of(customer, personas.finance(customer))


def test_the_story_is_paged_without_gaps():
    customer = CustomerFactory()
    manager = personas.account_manager(customer)
    for number in range(7):
        Customer.objects.filter(pk=customer.pk).update(city=f"Town {number}")

    pages = [history_of(customer, standings_for(manager, customer), page=n, per_page=3) for n in (1, 2, 3, 4)]

    towns = [change.after for page in pages for entry in page.entries for change in entry.changes]
    assert [word for word in towns if word.startswith("Town")] == [f"Town {number}" for number in range(6, -1, -1)]
    assert [page.has_next for page in pages] == [True, True, False, False]
    assert page_of(customer, manager, "?page=99999999").count("Town") == page_of(customer, manager).count("Town")


@pytest.mark.parametrize("rows", [2, 40])
def test_the_story_takes_as_many_statements_for_few_rows_as_for_many(rows: int):
    customer = CustomerFactory()
    manager = personas.account_manager(customer)
    for number in range(rows):
        Customer.objects.filter(pk=customer.pk).update(city=f"Town {number}")
        Site.objects.create(customer=customer, name=f"Site {number}")
    standings: Any = standings_for(manager, customer)

    with CaptureQueriesContext(
        connection,
    ) as statements:
        history_of(customer, standings)

    assert len(statements) <= 11
