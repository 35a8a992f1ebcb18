"""A hand-over can be taken back, with what moved, unless the account changed hands again."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from customers.models import Customer, HandOver
from customers.services import account_teams, hand_overs
from kcrm.lib.errors import DomainError, NotAllowed
from teams.models import TeamMembership
from tests import personas
from tests.factories.accounts import UserFactory
from tests.factories.activities import TaskFactory
from tests.factories.customers import CustomerFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer() -> Customer:
    made: Customer = CustomerFactory(name="QUICK-Stop")
    return made


def today() -> date:
    return timezone.localdate()


def hand(customer: Customer, to: User, by: User, note: str = "He leaves", more: str = "") -> HandOver:
    account_teams.hand_over(
        customer_ids=[customer.pk], to_id=to.pk, note=note, by=by, today=today(), notes={customer.pk: more}
    )
    found: HandOver = HandOver.objects.latest("pk")
    return found


def back(done: HandOver, by: User) -> None:
    hand_overs.take_back(hand_over_id=done.pk, by=by, today=today(), now=timezone.now())


def owner_of(customer: Customer) -> User:
    rows = TeamMembership.objects.on_day(today()).owners().filter(team=customer.account_team)
    found: User = rows.get().user
    return found


def test_ownership_flags_and_open_tasks_go_back(customer: Customer) -> None:
    director, manager = personas.director(customer), personas.account_manager(customer, fin="full")
    successor = personas.team_contributor(customer)
    moved = TaskFactory(customer=customer, assignee=manager, created_by=manager)
    own = TaskFactory(customer=customer, assignee=successor, created_by=successor)

    done = hand(customer, successor, director, more="Ask for Frau Braun")
    between = owner_of(customer)
    back(done, director)

    assert between == successor
    assert owner_of(customer) == manager
    assert TeamMembership.objects.on_day(today()).get(user=manager).fin == "full"
    assert TeamMembership.objects.on_day(today()).get(user=successor).level == "contribute"
    moved.refresh_from_db()
    own.refresh_from_db()
    assert (moved.assignee, own.assignee) == (manager, successor)
    assert done.note == "He leaves\nAsk for Frau Braun"


def test_not_twice_not_after_the_next_not_after_a_month_not_to_a_leaver(customer: Customer) -> None:
    director, manager = personas.director(customer), personas.account_manager(customer)
    first = hand(customer, UserFactory(), director)
    second = hand(customer, UserFactory(), director)

    with pytest.raises(DomainError, match="changed hands again"):
        back(first, director)
    HandOver.objects.filter(pk=second.pk).update(at=timezone.now() - timedelta(days=31))
    with pytest.raises(DomainError, match="thirty days"):
        back(second, director)
    HandOver.objects.filter(pk=second.pk).update(at=timezone.now())
    back(second, director)
    with pytest.raises(DomainError, match="already"):
        back(second, director)
    assert owner_of(customer) == first.to_user
    assert owner_of(customer) != manager


def test_a_leaver_gets_nothing_back(customer: Customer) -> None:
    director, manager = personas.director(customer), personas.account_manager(customer)
    done = hand(customer, UserFactory(), director)
    User.objects.filter(pk=manager.pk).update(is_active=False)

    with pytest.raises(DomainError, match="does not work here"):
        back(done, director)


@pytest.mark.parametrize("persona", ["new_owner", "team_reader", "administrator", "auditor"])
def test_only_who_hands_over_takes_back(persona: str, customer: Customer) -> None:
    personas.account_manager(customer)
    done = hand(customer, UserFactory(), personas.director(customer))
    by = done.to_user if persona == "new_owner" else getattr(personas, persona)(customer)

    with pytest.raises(NotAllowed):
        back(done, by)


def test_the_page_shows_the_note_and_takes_back(customer: Customer) -> None:
    director, manager = personas.director(customer), personas.account_manager(customer)
    hand(customer, UserFactory(), director, note="Knows them well")
    client = Client()
    client.force_login(director)

    page = client.get(f"/customers/{customer.pk}/team/").content.decode()
    client.post(f"/customers/{customer.pk}/team/hand-over/{HandOver.objects.get().pk}/take-back/")

    assert "Knows them well" in page
    assert owner_of(customer) == manager
