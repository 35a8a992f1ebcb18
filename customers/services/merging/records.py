"""The records that are merged: who may, which fields are chosen among, what is chosen where nobody says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from customers import permissions
from customers.models import Contact, Customer
from customers.services import contacts, customers
from customers.services.merging.own_fields import chosen_custom, custom_names, custom_value, is_custom, shown_fields
from kcrm.lib.access import Verb
from kcrm.lib.errors import DomainError, NotAllowed

MODELS: Final[Mapping[str, Any]] = {"customer": Customer, "contact": Contact}
RESOURCES: Final[Mapping[str, str]] = {"customer": "account_profile", "contact": "contact"}
FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    "customer": (
        "name", "legal_name", "registration_no", "org_unit", "parent", "relation", "life_cycle", "industry", "country",
        "region", "city", "website", "domain", "phone", "currency", "description", "cadence_days",
    ),
    "contact": (*contacts.BUSINESS, *contacts.PRIVATE),
}  # fmt: skip
FOLLOWING: Final[Mapping[str, tuple[str, ...]]] = dict.fromkeys(("name", "full_name"), ("name_key", "name_sort"))
FEWEST: Final = 2
MOST: Final = 10
CONSTRAINTS: Final = {**customers.CONSTRAINTS, **contacts.CONSTRAINTS}


def numbers(kind: str, ids: Iterable[int]) -> list[int]:
    """The numbers of two to ten different records. Raises DomainError for fewer, more, or an unknown kind."""
    found = list(dict.fromkeys(int(number) for number in ids))
    if kind not in MODELS or not FEWEST <= len(found) <= MOST:
        raise DomainError(_("Choose two to ten to merge."), field="ids")
    return found


def parties(kind: str, ids: Iterable[int], by: User) -> list[Any]:
    """The visible records with these numbers. Raises DoesNotExist when one is not there, NotAllowed for who may not."""
    wanted = numbers(kind, ids)
    rows = MODELS[kind].objects.visible_to(by).filter(pk__in=wanted)
    found = {row.pk: row for row in (rows.select_related("org_unit", "parent") if kind == "customer" else rows)}
    if len(found) < len(wanted):
        raise MODELS[kind].DoesNotExist
    for record in found.values():
        require_merge(kind, record, by)
    return [found[number] for number in wanted]


def require_merge(kind: str, record: Any, by: User) -> None:
    """Raise NotAllowed unless the person may merge this record."""
    if not may_merge(kind, record, by):
        raise NotAllowed(RESOURCES[kind], Verb.MERGE)


def require_reviewer(by: User) -> None:
    """Raise NotAllowed for who merges customers nowhere, or comes with a token that does not carry it."""
    if not permissions.can_merge_somewhere(by):
        raise NotAllowed("account_profile", Verb.MERGE)


def may_merge(kind: str, record: Any, by: User) -> bool:
    """Whether the person may merge this record, an alias too."""
    if kind == "customer":
        return permissions.may(by, "account_profile", Verb.MERGE, record)
    people = [record.pk, record.merged_into_id]  # the roles of an alias are those of the person it leads to
    places = Customer.objects.visible_to(by, "contact").filter(contact_roles__contact__in=people)
    return permissions.may_for_any(by, "contact", Verb.MERGE, places.select_related("org_unit").distinct())


def columns(kind: str, by: User, records: Sequence[Any]) -> tuple[str, ...]:
    """The fields among which this person chooses."""
    own = tuple(shown_fields(kind, by, records))
    if kind == "customer":
        return (*FIELDS[kind], *own)
    places = Customer.objects.visible_to(by, "contact").filter(contact_roles__contact__in=records)
    private = permissions.may_for_any(by, "contact_private", Verb.READ, places.select_related("org_unit").distinct())
    token = permissions.has_token(by)
    return (*(FIELDS[kind] if private and not token else contacts.BUSINESS), *own)


def fullest(kind: str, records: Sequence[Any]) -> Any:
    """The record that says most, the most recently changed of equals: the one that stays unless somebody says else."""
    return max(records, key=lambda row: (sum(filled(row, name) for name in FIELDS[kind]), row.updated_at, -row.pk))


def default_choices(kind: str, winner: Any, records: Sequence[Any]) -> dict[str, int]:
    """{field: number of the record whose value is taken}: the winner's, or the newest where it says nothing."""
    others = sorted((row for row in records if row.pk != winner.pk), key=lambda row: row.updated_at, reverse=True)
    names = (*FIELDS[kind], *custom_names(records))
    return {name: next((row.pk for row in [winner, *others] if filled(row, name)), winner.pk) for name in names}


def filled(record: Any, name: str) -> bool:
    """Whether a record says something in this field."""
    value = custom_value(record, name) if is_custom(name) else getattr(record, record._meta.get_field(name).attname)
    return value not in (None, "")


def chosen_values(kind: str, winner: Any, records: Sequence[Any], choices: Mapping[str, int]) -> dict[str, Any]:
    """What the winner will say. Raises DomainError for a field or number that is none."""
    by_number = {row.pk: row for row in records}
    if unknown := set(choices) - {*FIELDS[kind], *custom_names(records)}:
        raise DomainError(_("Unknown field: %(name)s.") % {"name": sorted(unknown)[0]}, field="choices")
    if set(choices.values()) - set(by_number):
        raise DomainError(_("Choose values of the records that are merged."), field="choices")
    chosen = {**default_choices(kind, winner, records), **choices}
    values: dict[str, Any] = {"custom": chosen_custom(by_number, chosen)}
    for name, number in chosen.items():
        if is_custom(name):
            continue
        source = by_number[number]
        for column in (name, *FOLLOWING.get(name, ())):
            attname = source._meta.get_field(column).attname
            values[attname] = getattr(source, attname)
    if kind == "customer":
        values |= _of_customer(winner, records, values)
    return values


def _of_customer(winner: Any, records: Sequence[Any], values: Mapping[str, Any]) -> dict[str, Any]:
    parents = {row.pk: row.parent_id for row in records}
    parent, passed = values["parent_id"], set()
    while parent in parents and parent not in passed:
        passed.add(parent)
        parent = parents[parent]
    contacts_on = [row.last_interaction_on for row in records if row.last_interaction_on]
    return {
        "parent_id": None if parent in parents else parent,
        "last_interaction_on": max(contacts_on, default=None),
    }
