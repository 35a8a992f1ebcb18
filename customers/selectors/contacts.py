"""A person at our customers, as far as the reader may know him."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet

from accounts.models import User
from customers import permissions
from customers.custom_fields import CONTACT
from customers.models import Contact, ContactRole, Customer, Interaction, Task
from customers.selectors.interactions import Event, events_of, with_participants
from customers.selectors.tasks import TaskItem, item_of
from customers.services.contacts import PRIVATE, customers_of
from fields.selectors import facts_of
from kcrm.lib.access import Verb

SHOWN = 10


@dataclass(frozen=True, slots=True)
class RoleLine:
    """A role with what the reader may do with it."""

    role: ContactRole
    customer: Customer
    is_current: bool
    can_update: bool


@dataclass(frozen=True, slots=True)
class ContactSheet:
    """Everything that the page of a person shows; `private` is None for who may not see that part."""

    roles: Sequence[RoleLine]
    private: list[tuple[Any, Any]] | None
    own_fields: list[tuple[str, Any]]
    events: Sequence[Event]
    tasks: Sequence[TaskItem]
    can_update: bool
    can_delete: bool
    sees_privacy: bool
    can_note_consent: bool


def is_current(role: ContactRole, day: date) -> bool:
    """Whether the role holds on this day."""
    return (role.valid_from is None or role.valid_from <= day) and (role.valid_to is None or role.valid_to > day)


def contact_sheet_for(contact: Contact, user: User, today: date) -> ContactSheet:
    """The sheet of a person that the reader sees."""
    customers = {customer.pk: customer for customer in customers_of(contact, user)}
    roles = (
        ContactRole.objects.visible_to(user, "contact")
        .filter(contact=contact)
        .select_related("buying_unit")
        .order_by("-is_primary", "-valid_from", "pk")
    )
    interactions: QuerySet[Interaction] = Interaction.objects.visible_to(user).filter(contacts=contact)
    tasks = Task.objects.visible_to(user).open().filter(contact=contact).order_by("due_on", "pk")
    private = None
    if permissions.may_for_any(user, "contact_private", Verb.READ, customers.values()):
        private = [(Contact._meta.get_field(name).verbose_name, getattr(contact, name)) for name in PRIVATE]
    return ContactSheet(
        roles=[
            RoleLine(
                role=role,
                customer=customers[role.customer_id],
                is_current=is_current(role, today),
                can_update=permissions.may(user, "contact", Verb.UPDATE, customers[role.customer_id]),
            )
            for role in roles
        ],
        private=private,
        own_fields=facts_of(
            CONTACT.key,
            contact.custom,
            permissions.contact_classes(user, Verb.READ, customers.values()),
            user,
        ),
        events=events_of(with_participants(interactions.order_by("-happened_at", "-pk"), user)[:SHOWN]),
        tasks=[
            item_of(task, user, today, with_customer=True)
            for task in tasks.select_related("assignee", "customer__org_unit")[:SHOWN]
        ],
        can_update=permissions.may_for_any(user, "contact", Verb.UPDATE, customers.values()),
        can_delete=permissions.may_for_any(user, "contact", Verb.DELETE, customers.values()),
        sees_privacy=permissions.may_for_any(user, "privacy", Verb.READ, customers.values()),
        can_note_consent=permissions.may_for_any(user, "privacy", Verb.CREATE, customers.values()),
    )


def roles_at(customer: Customer, user: User) -> list[ContactRole]:
    """Who works at a customer: the first to call first, people who left last."""
    rows = (
        ContactRole.objects.visible_to(user, "contact")
        .filter(customer=customer, contact__deleted_at__isnull=True)
        .select_related("contact", "buying_unit")
        .order_by("contact__left_on", "-is_primary", "contact__name_sort")
    )
    return list(rows)
