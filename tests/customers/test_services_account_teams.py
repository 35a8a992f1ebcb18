"""Who brings whom into an account team, with what; nobody grants himself anything."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from accounts.models import AuditEntry, User
from customers.models import Customer, Task
from customers.services import account_teams
from jobs.models import Notification
from kcrm.lib.errors import DomainError, NotAllowed
from teams.models import TeamMembership
from tests import personas
from tests.factories.accounts import UserFactory
from tests.factories.activities import TaskFactory
from tests.factories.customers import CustomerFactory

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 5)


@pytest.fixture
def customer() -> Customer:
    return CustomerFactory(name="QUICK-Stop")


def add(customer: Customer, by: User, user: User | None = None, **values: Any) -> TeamMembership:
    person = user or UserFactory(full_name="New Colleague")
    return account_teams.add_member(
        customer_id=customer.pk, user_id=person.pk, values={"valid_from": TODAY} | values, by=by
    )


def test_the_account_manager_brings_in_a_contributor(customer: Customer) -> None:
    manager = personas.account_manager(customer)

    membership = add(customer, manager, level="contribute", function="technical")

    entry = AuditEntry.objects.get(action="grant")
    assert (entry.actor, entry.customer_id, entry.changes["level"]) == (manager, customer.pk, [None, "contribute"])
    assert Customer.objects.visible_to(membership.user).get() == customer
    assert Notification.objects.get().user == membership.user


@pytest.mark.parametrize("values", [{"level": "owner"}, {"fin": "summary"}, {"political": True}, {"negotiation": True}])
def test_ownership_and_flags_are_the_directors(customer: Customer, values: dict[str, Any]) -> None:
    with pytest.raises(NotAllowed):
        add(customer, personas.account_manager(customer), **values)
    before = TeamMembership.objects.count()
    TeamMembership.objects.filter(team=customer.account_team, level="owner").delete()

    add(customer, personas.director(customer), **values)

    assert TeamMembership.objects.count() == before


@pytest.mark.parametrize("name", ["account_manager", "director", "administrator"])
def test_nobody_grants_himself_anything(customer: Customer, name: str) -> None:
    person = personas.persona(name, customer)
    before = TeamMembership.objects.count()

    with pytest.raises(NotAllowed):
        add(customer, person, user=person)
    with pytest.raises(NotAllowed):
        account_teams.hand_over(customer_ids=[customer.pk], to_id=person.pk, note="mine", by=person, today=TODAY)

    assert TeamMembership.objects.count() == before


@pytest.mark.parametrize("name", ["team_contributor", "team_reader", "administrator", "auditor"])
def test_who_sees_the_team_but_may_not_is_refused(customer: Customer, name: str) -> None:
    with pytest.raises(NotAllowed):
        add(customer, personas.persona(name, customer))


@pytest.mark.parametrize("name", ["finance", "programme_office", "outsider"])
def test_for_others_the_team_is_not_there(customer: Customer, name: str) -> None:
    with pytest.raises(Customer.DoesNotExist):
        add(customer, personas.persona(name, customer))


def test_the_manager_cannot_widen_what_the_director_gave(customer: Customer) -> None:
    manager, director = personas.account_manager(customer), personas.director(customer)
    flagged = add(customer, director, level="read", fin="full")

    with pytest.raises(NotAllowed):
        account_teams.change_member(membership_id=flagged.pk, version=1, values={"level": "contribute"}, by=manager)
    account_teams.change_member(membership_id=flagged.pk, version=1, values={"level": "contribute"}, by=director)

    flagged.refresh_from_db()
    assert (flagged.level, flagged.version) == ("contribute", 2)


def test_a_second_owner_and_a_person_twice_are_refused_with_a_sentence(customer: Customer) -> None:
    personas.account_manager(customer)
    director = personas.director(customer)
    colleague = add(customer, director).user

    for values, field in (({"level": "owner"}, "level"), ({"user": colleague}, "user")):
        with pytest.raises(DomainError) as refused:
            add(customer, director, **values)
        assert refused.value.field == field


def test_sight_ends_with_the_membership(customer: Customer) -> None:
    manager = personas.account_manager(customer)
    membership = add(customer, manager)
    membership_started = TODAY - timedelta(days=10)
    TeamMembership.objects.filter(pk=membership.pk).update(valid_from=membership_started)

    account_teams.end_member(membership_id=membership.pk, version=1, by=manager, today=TODAY)

    membership.refresh_from_db()
    assert membership.valid_to == TODAY
    assert AuditEntry.objects.get(action="revoke").actor == manager
    fresh = User.objects.get(pk=membership.user_id)
    assert not Customer.objects.visible_to(fresh).exists()


def test_a_membership_that_never_held_goes_altogether(customer: Customer) -> None:
    manager = personas.account_manager(customer)
    membership = add(customer, manager)

    account_teams.end_member(membership_id=membership.pk, version=1, by=manager, today=TODAY)

    assert not TeamMembership.objects.filter(pk=membership.pk).exists()


def test_a_hand_over_moves_ownership_flags_and_open_tasks(customer: Customer) -> None:
    old, director = personas.account_manager(customer, fin="full"), personas.director(customer)
    successor = personas.team_contributor(customer)
    task = TaskFactory(customer=customer, assignee=old)

    account_teams.hand_over(
        customer_ids=[customer.pk], to_id=successor.pk, note="Knows the buyer", by=director, today=TODAY
    )

    owner = TeamMembership.objects.on_day(TODAY).owners().get(team=customer.account_team)
    task.refresh_from_db()
    assert (owner.user, owner.fin, task.assignee) == (successor, "full", successor)
    assert TeamMembership.objects.on_day(TODAY).filter(team=customer.account_team).count() == 1
    grant = AuditEntry.objects.get(action="grant")
    assert (grant.reason, grant.changes["tasks_moved"]) == ("Knows the buyer", [0, 1])
    assert AuditEntry.objects.filter(action="revoke").count() == 2
    assert set(Notification.objects.values_list("user", flat=True)) == {old.pk, successor.pk}


def test_an_administrator_hands_over_a_leavers_account_only(customer: Customer) -> None:
    owner, administrator, successor = personas.account_manager(customer), personas.administrator(), UserFactory()
    values: dict[str, Any] = {
        "customer_ids": [customer.pk], "to_id": successor.pk, "note": "left", "by": administrator, "today": TODAY,
    }  # fmt: skip

    with pytest.raises(NotAllowed):
        account_teams.hand_over(**values)
    User.objects.filter(pk=owner.pk).update(is_active=False)
    account_teams.hand_over(**values)

    assert TeamMembership.objects.on_day(TODAY).owners().get(team=customer.account_team).user == successor


def test_of_many_accounts_all_or_none_change_hands(customer: Customer) -> None:
    director, foreign = personas.director(customer), CustomerFactory()
    personas.account_manager(customer)

    with pytest.raises(Customer.DoesNotExist):
        account_teams.hand_over(
            customer_ids=[customer.pk, foreign.pk], to_id=UserFactory().pk, note="x", by=director, today=TODAY
        )

    assert not AuditEntry.objects.exists()


def test_a_hand_over_needs_a_word(customer: Customer) -> None:
    with pytest.raises(DomainError) as refused:
        account_teams.hand_over(
            customer_ids=[customer.pk], to_id=UserFactory().pk, note=" ", by=personas.director(customer), today=TODAY
        )

    assert refused.value.field == "note"
    assert not Task.objects.exists()
