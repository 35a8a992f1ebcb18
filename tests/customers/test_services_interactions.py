"""What was said is kept once, moves the last contact, and its next step becomes a task."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from accounts.models import AuditEntry
from customers.models import Customer, Interaction, SearchEntry, Task
from customers.services import interactions
from kcrm.lib.errors import DomainError, NotAllowed, StaleVersion
from tests import personas
from tests.factories.activities import ContactFactory, InteractionFactory
from tests.factories.customers import CustomerFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 5, 12, 0, tzinfo=UTC)
CALL: dict[str, Any] = {"kind": "call", "subject": "Prices for May", "happened_at": NOW - timedelta(hours=1)}


@pytest.fixture
def customer() -> Customer:
    return CustomerFactory(name="QUICK-Stop")


def test_a_call_moves_the_last_contact_and_can_be_found(customer: Customer) -> None:
    manager, buyer = personas.account_manager(customer), ContactFactory(at=customer)

    logged = interactions.log_interaction(
        customer_id=customer.pk, values=CALL, by=manager, now=NOW, contact_ids=[buyer.pk]
    )

    customer.refresh_from_db()
    assert customer.last_interaction_on == date(2026, 3, 5)
    assert customer.version == 1
    assert list(logged.contacts.all()) == [buyer]
    assert list(logged.people.all()) == [manager]
    assert SearchEntry.objects.filter(kind="interaction", object_id=logged.pk, customer=customer).exists()
    entry = AuditEntry.objects.get(subject_type="customers.interaction", action="create")
    assert (entry.actor, entry.customer_id, entry.subject_label) == (manager, customer.pk, f"#{logged.pk}")


def test_a_note_is_no_contact_with_the_customer(customer: Customer) -> None:
    interactions.log_interaction(
        customer_id=customer.pk, values=CALL | {"kind": "note"}, by=personas.account_manager(customer), now=NOW
    )

    customer.refresh_from_db()
    assert customer.last_interaction_on is None


def test_the_next_step_becomes_a_task_of_whoever_takes_it(customer: Customer) -> None:
    manager, colleague = personas.account_manager(customer), personas.team_contributor(customer)
    values = CALL | {"next_step": "Send price file", "next_step_on": date(2026, 3, 9)}

    logged = interactions.log_interaction(
        customer_id=customer.pk, values=values, by=manager, now=NOW, next_step_for=colleague.pk
    )

    task = Task.objects.get()
    assert (task.title, task.due_on, task.assignee, task.interaction) == (
        "Send price file",
        date(2026, 3, 9),
        colleague,
        logged,
    )


def test_a_next_step_for_a_stranger_leaves_nothing_behind(customer: Customer) -> None:
    values = CALL | {"next_step": "Send price file"}

    with pytest.raises(DomainError) as refused:
        interactions.log_interaction(
            customer_id=customer.pk,
            values=values,
            by=personas.account_manager(customer),
            now=NOW,
            next_step_for=personas.outsider().pk,
        )

    customer.refresh_from_db()
    assert refused.value.field == "assignee"
    assert (Interaction.objects.count(), customer.last_interaction_on) == (0, None)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"happened_at": NOW + timedelta(hours=1)}, "happened_at"),
        ({"subject": " \u200b "}, "subject"),
    ],
)
def test_what_cannot_be_is_refused(customer: Customer, change: dict[str, Any], field: str) -> None:
    with pytest.raises(DomainError) as refused:
        interactions.log_interaction(
            customer_id=customer.pk, values=CALL | change, by=personas.account_manager(customer), now=NOW
        )

    assert refused.value.field == field


def test_a_contact_of_another_customer_is_refused(customer: Customer) -> None:
    with pytest.raises(DomainError) as refused:
        interactions.log_interaction(
            customer_id=customer.pk,
            values=CALL,
            by=personas.account_manager(customer),
            now=NOW,
            contact_ids=[ContactFactory(at=CustomerFactory()).pk],
        )

    assert refused.value.field == "contacts"


@pytest.mark.parametrize("name", ["team_reader", "director", "finance", "programme_office"])
def test_who_sees_but_may_not_is_refused(customer: Customer, name: str) -> None:
    with pytest.raises(NotAllowed):
        interactions.log_interaction(customer_id=customer.pk, values=CALL, by=personas.persona(name, customer), now=NOW)

    assert not Interaction.objects.exists()


@pytest.mark.parametrize("name", ["administrator", "auditor", "outsider"])
def test_for_others_the_customer_is_not_there(customer: Customer, name: str) -> None:
    with pytest.raises(Customer.DoesNotExist):
        interactions.log_interaction(customer_id=customer.pk, values=CALL, by=personas.persona(name, customer), now=NOW)


def test_deleting_goes_back_to_the_contact_before_and_restoring_forward_again(customer: Customer) -> None:
    manager = personas.account_manager(customer)
    InteractionFactory(customer=customer, happened_at=datetime(2026, 2, 1, 8, tzinfo=UTC))
    logged = interactions.log_interaction(customer_id=customer.pk, values=CALL, by=manager, now=NOW)

    binned = interactions.delete_interaction(interaction_id=logged.pk, version=1, by=manager, now=NOW)
    customer.refresh_from_db()
    after_delete = customer.last_interaction_on
    interactions.restore_interaction(interaction_id=logged.pk, version=binned.version, by=manager)
    customer.refresh_from_db()

    assert (after_delete, customer.last_interaction_on) == (date(2026, 2, 1), date(2026, 3, 5))


def test_a_change_of_participants_alone_makes_a_new_version(customer: Customer) -> None:
    manager, buyer = personas.account_manager(customer), ContactFactory(at=customer)
    logged = interactions.log_interaction(customer_id=customer.pk, values=CALL, by=manager, now=NOW)

    changed = interactions.update_interaction(
        interaction_id=logged.pk, version=1, values={}, by=manager, now=NOW, contact_ids=[buyer.pk]
    )

    assert changed.version == 2
    assert AuditEntry.objects.get(action="update").changes == {"contacts": [[], [buyer.pk]]}


def test_who_comes_too_late_is_told(customer: Customer) -> None:
    manager = personas.account_manager(customer)
    logged = interactions.log_interaction(customer_id=customer.pk, values=CALL, by=manager, now=NOW)
    interactions.update_interaction(
        interaction_id=logged.pk, version=1, values={"subject": "First"}, by=manager, now=NOW
    )

    with pytest.raises(StaleVersion):
        interactions.update_interaction(
            interaction_id=logged.pk, version=1, values={"subject": "Second"}, by=manager, now=NOW
        )

    logged.refresh_from_db()
    assert logged.subject == "First"
