"""Custom fields of the records that are merged: each is chosen by itself, those that nobody sees follow the rule."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from accounts.models import User
from customers import permissions
from customers.custom_fields import CONTACT, CUSTOMER
from customers.models import Customer
from fields.definitions import PREFIX, Definition, book_for
from kcrm.lib.access import Verb

TYPES: Mapping[str, str] = {"customer": CUSTOMER.key, "contact": CONTACT.key}


def is_custom(name: str) -> bool:
    """Whether a name is that of a custom field."""
    return name.startswith(PREFIX)


def custom_names(records: Iterable[Any]) -> tuple[str, ...]:
    """The names of the custom fields in which one of the records says something, retired ones too."""
    return tuple(sorted({f"{PREFIX}{key}" for record in records for key in record.custom}))


def custom_value(record: Any, name: str) -> Any:
    """What a record says in a custom field, None for nothing."""
    return record.custom.get(name.removeprefix(PREFIX))


def shown_fields(kind: str, by: User, records: Sequence[Any]) -> dict[str, Definition]:
    """{name: field} of the custom fields among which this person chooses: those he reads on all of the records."""
    live = book_for(by).live(TYPES[kind], _classes(kind, by, records))
    said = set(custom_names(records))
    return {field.name: field for field in live if field.name in said}


def _classes(kind: str, by: User, records: Sequence[Any]) -> frozenset[str]:
    if kind == "customer":
        readable = [permissions.custom_classes(by, permissions.standings_for(by, record)) for record in records]
        return frozenset.intersection(*readable)
    places = Customer.objects.visible_to(by, "contact").filter(contact_roles__contact__in=records)
    return permissions.contact_classes(by, Verb.READ, places.select_related("org_unit").distinct())


def chosen_custom(records: Mapping[int, Any], chosen: Mapping[str, int]) -> dict[str, Any]:
    """The custom values that stay: of each field that of the record which was chosen for it."""
    found = {}
    for name, number in chosen.items():
        value = custom_value(records[number], name) if is_custom(name) else None
        if value is not None:
            found[name.removeprefix(PREFIX)] = value
    return found
