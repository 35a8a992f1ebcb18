"""People at customers: who they are, what they are where, and that they left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import AuditEntry, User
from accounts.services import audit
from customers import permissions
from customers.custom_fields import CONTACT
from customers.models import BuyingUnit, Contact, ContactRole, Customer
from customers.services import search
from customers.services.asking import require, seen_customer, seen_customer_for
from customers.services.cleaning import cleaned, refusing
from fields.services.values import found_by, merged_values, told
from kcrm.lib import words
from kcrm.lib.access import Verb
from kcrm.lib.errors import DomainError, NotAllowed

BUSINESS: Final = ("full_name", "salutation", "email", "phone", "mobile", "language")
PRIVATE: Final = tuple(name for name, field_class in Contact.field_classes.items() if field_class == "F6P")
FIELDS: Final = frozenset((*BUSINESS, *PRIVATE, "custom"))
ROLE_FIELDS: Final = frozenset({"job_title", "department", "is_primary", "valid_from", "valid_to", "buying_unit_id"})
CONSTRAINTS: Final[Mapping[str, tuple[str | None, Any]]] = {
    "customers_contactrole_ends_after_start": ("valid_to", _("The last day must come after the first.")),
    "customers_contactrole_once_per_start": ("valid_from", _("This person has a role here from that day already.")),
}


class LikelyDouble(DomainError):
    """A new person looks like one or several that the creator sees: `doubles` has them."""

    def __init__(self, doubles: Sequence[Contact]) -> None:
        names = ", ".join(str(contact) for contact in doubles)
        super().__init__(
            _("This person may be here already: %(names)s. Open that contact, or say that this is somebody else.")
            % {"names": names},
            code="likely_double",
        )
        self.doubles = doubles


@transaction.atomic
def create_contact(
    *, values: Mapping[str, Any], roles: Sequence[Mapping[str, Any]], by: User, is_new: bool = False
) -> Contact:
    """A person with at least one role; each role names its `customer_id`.

    Raises LikelyDouble unless `is_new` says that it is somebody else, DomainError on a field, NotAllowed for a customer
    whose people one may not keep, or for private data without that right.
    """
    if not roles:
        raise DomainError(_("Say at which customer this person works."), field="customer")
    customers = [seen_customer_for(role["customer_id"], by, "contact", Verb.CREATE) for role in roles]
    _ask_for_private(by, values, Verb.CREATE, customers)
    known = _cleaned(values) | {"custom": _custom({}, values, Verb.CREATE, customers, by)}
    if not is_new:
        doubles = list(likely_doubles(known, [customer.pk for customer in customers], by)[:5])
        if doubles:
            raise LikelyDouble(doubles)
    contact = Contact(**known)
    contact.save(force_insert=True)
    for role, customer in zip(roles, customers, strict=True):
        _add_role(contact, customer, role)
    index_contact(contact)
    audit.record(
        action=AuditEntry.Action.CREATE,
        by=by,
        subject=contact,
        customer_id=customers[0].pk,
        changes=told(
            CONTACT.key, {name: [None, value] for name, value in known.items() if value and name in FIELDS}, by=by
        ),
    )
    return contact


@transaction.atomic
def update_contact(*, contact_id: int, version: int | None, values: Mapping[str, Any], by: User) -> Contact:
    """Change the business card, and the private part for those who keep it."""
    contact, customers = _locked(contact_id, version, by)
    _require_any(by, Verb.UPDATE, customers)
    _ask_for_private(by, values, Verb.UPDATE, customers)
    known = _cleaned(values)
    if "custom" in values:
        known["custom"] = _custom(contact.custom, values, Verb.UPDATE, customers, by)
    changes = contact.apply(known)
    if changes:
        index_contact(contact)
        audit.record(
            action=AuditEntry.Action.UPDATE,
            by=by,
            subject=contact,
            customer_id=customers[0].pk,
            changes=told(CONTACT.key, {name: change for name, change in changes.items() if name in FIELDS}, by=by),
        )
    return contact


@transaction.atomic
def note_departure(*, contact_id: int, version: int | None, on: date, by: User) -> Contact:
    """The person left his company: every role that still holds ends on that day."""
    contact, customers = _locked(contact_id, version, by)
    _require_any(by, Verb.UPDATE, customers)
    before = contact.left_on
    for role in contact.roles.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=on)).select_for_update():
        start = role.valid_from
        role.apply({"valid_to": on if start is None or start < on else start + timedelta(days=1), "is_primary": False})
    contact.apply({"left_on": on})
    audit.record(
        action=AuditEntry.Action.UPDATE,
        by=by,
        subject=contact,
        customer_id=customers[0].pk,
        changes={"left_on": [before, on]},
    )
    return contact


@transaction.atomic
def delete_contact(*, contact_id: int, version: int | None, by: User, now: datetime) -> Contact:
    """Put a person into the bin. Somebody who only left stays: use `note_departure`."""
    contact, customers = _locked(contact_id, version, by)
    _require_any(by, Verb.DELETE, customers)
    contact.apply({"deleted_at": now})
    search.forget("contact", [contact.pk])
    audit.record(action=AuditEntry.Action.DELETE, by=by, subject=contact, customer_id=customers[0].pk)
    return contact


@transaction.atomic
def restore_contact(*, contact_id: int, version: int | None, by: User) -> Contact:
    """Take a person out of the bin."""
    roles = ContactRole.objects.visible_to(by, "contact").values("contact")
    contact: Contact = (
        Contact.objects.in_bin().filter(pk__in=roles, merged_into__isnull=True).locked(contact_id, version)
    )
    customers = customers_of(contact, by)
    _require_any(by, Verb.DELETE, customers)
    contact.apply({"deleted_at": None})
    index_contact(contact)
    audit.record(action=AuditEntry.Action.RESTORE, by=by, subject=contact, customer_id=customers[0].pk)
    return contact


@transaction.atomic
def add_role(*, contact_id: int, customer_id: int, values: Mapping[str, Any], by: User) -> ContactRole:
    """Give a person a role at a further customer; needs the right on people there."""
    contact, _customers = _locked(contact_id, None, by)
    customer = seen_customer_for(customer_id, by, "contact", Verb.UPDATE)
    role = _add_role(contact, customer, values)
    index_contact(contact)
    audit.record(action=AuditEntry.Action.CREATE, by=by, subject=role, changes={"job_title": [None, role.job_title]})
    return role


@transaction.atomic
def update_role(*, role_id: int, version: int | None, values: Mapping[str, Any], by: User) -> ContactRole:
    """Change what a person is at a customer, from when and until when."""
    role: ContactRole = ContactRole.objects.visible_to(by, "contact").locked(role_id, version)
    customer = seen_customer(role.customer_id, by)
    require(by, "contact", Verb.UPDATE, customer)
    known = _cleaned_role(values, customer)
    with refusing(CONSTRAINTS):
        changes = role.apply(known)
    if known.get("is_primary"):
        _only_primary(role)
    if changes:
        index_contact(role.contact)
        audit.record(action=AuditEntry.Action.UPDATE, by=by, subject=role, changes=changes)
    return role


@transaction.atomic
def delete_role(*, role_id: int, version: int | None, by: User) -> None:
    """Take back a role that was entered by mistake; one that ended gets its last day instead.

    Raises DomainError for the last role: without one nobody would see the person.
    """
    role: ContactRole = ContactRole.objects.visible_to(by, "contact").locked(role_id, version)
    require(by, "contact", Verb.DELETE, seen_customer(role.customer_id, by))
    Contact.objects.select_for_update().get(pk=role.contact_id)
    if not ContactRole.objects.filter(contact=role.contact_id).exclude(pk=role.pk).exists():
        raise DomainError(_("This is the person's only role. Delete the contact instead."))
    audit.record(action=AuditEntry.Action.DELETE, by=by, subject=role)
    contact = role.contact
    role.delete()
    index_contact(contact)


def customers_of(contact: Contact, user: User) -> list[Customer]:
    """The customers at which a person has or had a role, as far as the reader sees their people."""
    rows = Customer.objects.visible_to(user, "contact").filter(contact_roles__contact=contact)
    return list(rows.select_related("org_unit").distinct().order_by("name_sort"))


def likely_doubles(values: Mapping[str, Any], customer_ids: Sequence[int], user: User) -> QuerySet[Contact]:
    """People whom the user sees with the same e-mail, or with the same name at one of the same customers."""
    same = Q(pk__in=())
    if values.get("email"):
        same |= Q(email__iexact=values["email"])
    if values.get("name_key"):
        same |= Q(name_key=values["name_key"], roles__customer__in=customer_ids)
    found: QuerySet[Contact] = Contact.objects.visible_to(user).filter(same).distinct().order_by("name_sort")
    return found


def _locked(contact_id: int, version: int | None, by: User) -> tuple[Contact, list[Customer]]:
    contact: Contact = Contact.objects.visible_to(by).locked(contact_id, version)
    return contact, customers_of(contact, by)


def _require_any(by: User, verb: Verb, customers: Sequence[Customer]) -> None:
    if not permissions.may_for_any(by, "contact", verb, customers):
        raise NotAllowed("contact", verb)


def _ask_for_private(by: User, values: Mapping[str, Any], verb: Verb, customers: Sequence[Customer]) -> None:
    if set(values) & set(PRIVATE) and not permissions.may_for_any(by, "contact_private", verb, customers):
        raise NotAllowed("contact_private", verb)


def _cleaned(values: Mapping[str, Any]) -> dict[str, Any]:
    if unknown := set(values) - FIELDS:
        raise ValueError(f"No part of a contact: {sorted(unknown)}")
    known = cleaned(Contact, {name: value for name, value in values.items() if name != "custom"})
    if "full_name" in known:
        known["name_key"] = words.name_key(known["full_name"])[:200]
        known["name_sort"] = words.sort_key(known["full_name"])[:200]
    return known


def _custom(
    stored: Mapping[str, Any], values: Mapping[str, Any], verb: Verb, customers: Sequence[Customer], by: User
) -> dict[str, Any]:
    """The person's custom fields after the given ones were put in, private ones for those who keep them."""
    return merged_values(
        CONTACT.key,
        stored,
        values.get("custom") or {},
        by=by,
        classes=permissions.contact_classes(by, verb, customers),
        is_new=verb is Verb.CREATE,
    )


def _cleaned_role(values: Mapping[str, Any], customer: Customer) -> dict[str, Any]:
    own = {name: value for name, value in values.items() if name != "customer_id"}
    if unknown := set(own) - ROLE_FIELDS:
        raise ValueError(f"No part of a role: {sorted(unknown)}")
    unit = own.pop("buying_unit_id", None)
    if unit is not None and not BuyingUnit.objects.alive().filter(pk=unit, customer=customer).exists():
        raise DomainError(_("Choose a buying unit of this customer."), field="buying_unit")
    known = cleaned(ContactRole, own)
    return known | ({"buying_unit_id": unit} if "buying_unit_id" in values else {})


def _add_role(contact: Contact, customer: Customer, values: Mapping[str, Any]) -> ContactRole:
    role = ContactRole(contact=contact, customer=customer, **_cleaned_role(values, customer))
    with refusing(CONSTRAINTS):
        role.save(force_insert=True)
    if role.is_primary:
        _only_primary(role)
    return role


def _only_primary(role: ContactRole) -> None:
    """One person is called first: the others at this customer are not any more."""
    for other in ContactRole.objects.filter(customer=role.customer_id, is_primary=True).exclude(pk=role.pk):
        other.apply({"is_primary": False})


def index_contact(contact: Contact) -> None:
    """Make a person findable through every customer where he has a role."""
    roles = list(contact.roles.order_by("-is_primary", "-pk").values_list("customer", "job_title", "customer__name"))
    search.index(
        "contact",
        contact.pk,
        customer_ids=[customer for customer, _title, _name in roles],
        title=contact.full_name,
        detail=" · ".join(filter(None, roles[0][1:])) if len({customer for customer, *_rest in roles}) == 1 else "",
        also=[contact.email, *found_by(CONTACT.key, contact.custom)],
    )
