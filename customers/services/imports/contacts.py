"""Bring people at customers in as a set, each with the role at the customer that the row names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from accounts.models import AuditEntry
from accounts.services import audit
from accounts.services.audit import Entry
from accounts.services.naming import people_named
from customers import permissions
from customers.custom_fields import CONTACT
from customers.models import Contact, ContactRole, Customer
from customers.services import search
from customers.services.cleaning import cleaned
from customers.services.imports import writing
from customers.services.imports.references import customers_named
from customers.services.search import Finding
from fields.definitions import PREFIX, Book, book_for
from fields.importing import imported_values, in_words, people_in
from fields.services.values import found_by, told
from kcrm.lib import words
from kcrm.lib.access import Verb
from kcrm.lib.copying import insert_all
from kcrm.lib.errors import DomainError
from kcrm.lib.imports import Image, Outcome, Row, RowError, Run

OWN: Final = frozenset({"full_name", "salutation", "email", "phone", "mobile", "language", "left_on"})
PRIVATE: Final = frozenset({"birthday", "home_address", "private_phone", "chat_id"})
ROLE: Final = frozenset({"job_title", "department", "is_primary", "valid_from", "valid_to"})
DERIVED: Final = frozenset({"name_key", "name_sort"})


@dataclass
class _Draft:
    row: Row
    contact: Contact
    customer: Customer
    is_new: bool
    values: dict[str, Any]
    changes: dict[str, list[Any]] = field(default_factory=dict)
    role: ContactRole | None = None
    role_values: dict[str, Any] = field(default_factory=dict)
    role_changes: dict[str, list[Any]] = field(default_factory=dict)
    images: list[Image] = field(default_factory=list)


def save_contacts(rows: Sequence[Row], run: Run) -> list[Outcome]:
    """Make and change the people of these rows and their roles; one outcome a row."""
    known = _Known(rows, run)
    outcomes: dict[int, Outcome] = {}
    drafts = []
    for row in rows:
        try:
            drafts.append(known.draft(row))
        except DomainError as error:
            outcomes[row.number] = Outcome.refused(row, error)
    _write(drafts, run, known.book)
    for draft in drafts:
        shown = {n: change for n, change in (draft.changes | draft.role_changes).items() if n not in DERIVED}
        outcome = writing.outcome_of(draft.row, draft.contact, draft.images, in_words(CONTACT.key, shown, known.book))
        outcome.customer_id = draft.customer.pk
        outcomes[draft.row.number] = outcome
    return [outcomes[row.number] for row in rows]


class _Known:
    """The customers, people and roles that the rows may be about, read once."""

    def __init__(self, rows: Sequence[Row], run: Run) -> None:
        self.run = run
        self.customers = customers_named((row.values.get("customer") for row in rows), run)
        self.book = book_for(run.by)
        self.people = people_named(people_in(CONTACT.key, [row.values for row in rows], self.book), run.source)
        keys = {row.values["external_id"] for row in rows if "external_id" in row.values}
        emails = {str(row.values["email"]).lower() for row in rows if "email" in row.values}
        names = {words.name_key(str(row.values.get("full_name", ""))) for row in rows}
        everywhere = Contact.objects.alive().annotate(lower_email=Lower("email"))
        asked = Q(external_source=run.source, external_id__in=keys) | Q(lower_email__in=emails) | Q(name_key__in=names)
        seen = Contact.objects.visible_to(run.by).annotate(lower_email=Lower("email")).filter(asked)
        locked = seen.select_for_update(of=("self",)).order_by("pk")
        self.visible = {contact.pk: contact for contact in locked}
        self.hidden_keys = set(
            everywhere.filter(external_source=run.source, external_id__in=keys)
            .exclude(pk__in=self.visible)
            .values_list("external_id", flat=True)
        ) | set(
            Contact.objects.in_bin()
            .filter(external_source=run.source, external_id__in=keys)
            .values_list("external_id", flat=True)
        )
        self.roles: dict[tuple[int, int], ContactRole] = {}
        self.at: dict[int, list[Contact]] = defaultdict(list)
        roles = ContactRole.objects.filter(contact__in=self.visible).select_for_update().order_by("valid_to", "pk")
        for role in roles:
            self.roles[role.contact_id, role.customer_id] = role
            self.at[role.customer_id].append(self.visible[role.contact_id])
        self.by_key = {c.external_id: c for c in self.visible.values() if c.external_source == run.source}
        self.pending: set[int] = set()
        self.by_email: dict[str, list[Contact]] = defaultdict(list)
        for contact in self.visible.values():
            if contact.email:
                self.by_email[contact.email.lower()].append(contact)

    def match(self, given: Mapping[str, Any], customer: Customer) -> Contact | None:
        """The person that a row is about. Raises RowError."""
        key = given.get("external_id", "")
        if key in self.hidden_keys:
            raise RowError(
                _("This key belongs to somebody at a customer that you do not look after."),
                field="external_id",
                code="not_yours",
            )
        if key and key in self.by_key:
            return self.by_key[key]
        found = self.by_email.get(str(given.get("email", "")).lower(), []) if "email" in self.run.keys else []
        if not found and "full_name" in self.run.keys:
            name = words.name_key(str(given["full_name"]))
            found = [contact for contact in self.at[customer.pk] if contact.name_key == name]
        likely = {id(contact): contact for contact in found if not (key and contact.external_id)}
        if len(likely) > 1:
            raise RowError(_("Several people fit this row; give their key or e-mail address."), code="ambiguous")
        return next(iter(likely.values()), None)

    def draft(self, row: Row) -> _Draft:
        """What this row will do. Raises DomainError."""
        given = row.values
        customer = self.customers.get(given["customer"], field="customer")
        contact = self.match(given, customer)
        needed = Verb.CREATE if contact is None else Verb.UPDATE
        if not permissions.may(self.run.by, "contact", needed, customer):
            raise RowError(_("You may not enter people at this customer."), field="customer", code="not_allowed")
        private = PRIVATE & given.keys()
        if private and not permissions.may(self.run.by, "contact_private", Verb.UPDATE, customer):
            raise RowError(_("Private data is for the account manager only."), field=sorted(private)[0])
        values = cleaned(Contact, {name: given[name] for name in (OWN | PRIVATE) & given.keys()})
        if "full_name" in values:
            name = values["full_name"]
            values |= {"name_key": words.name_key(name)[:200], "name_sort": words.sort_key(name)}
        if given.get("external_id"):
            values |= {"external_source": self.run.source, "external_id": given["external_id"]}
        if contact is None or any(name.startswith(PREFIX) for name in given):
            values["custom"] = self._custom(given, contact, customer, needed)
        role_values = cleaned(ContactRole, {name: given[name] for name in ROLE & given.keys()})
        draft = self._with_contact(row, contact, customer, values)
        self._with_role(draft, role_values)
        return draft

    def _custom(
        self, given: Mapping[str, Any], contact: Contact | None, customer: Customer, verb: Verb
    ) -> dict[str, Any]:
        return imported_values(
            CONTACT.key,
            {} if contact is None else contact.custom,
            given,
            run=self.run,
            book=self.book,
            people=self.people,
            classes=permissions.contact_classes(self.run.by, verb, [customer]),
            is_new=contact is None,
        )

    def _with_contact(self, row: Row, contact: Contact | None, customer: Customer, values: dict[str, Any]) -> _Draft:
        if contact is None:
            contact = Contact(**values)
            if contact.external_id:
                self.by_key[contact.external_id] = contact
            if contact.email:
                self.by_email[contact.email.lower()].append(contact)
            self.at[customer.pk].append(contact)
            self.pending.add(id(contact))
            return _Draft(row, contact, customer, is_new=True, values=values)
        changes = writing.differences(contact, values, self.run)
        if "full_name" not in changes:
            changes = {name: change for name, change in changes.items() if name not in DERIVED}
        if id(contact) in self.pending:
            changes = {}  # an earlier row of this chunk makes this person; this one adds a role
        return _Draft(row, contact, customer, is_new=False, values={}, changes=changes)

    def _with_role(self, draft: _Draft, values: dict[str, Any]) -> None:
        role = self.roles.get((draft.contact.pk, draft.customer.pk)) if draft.contact.pk else None
        start, end = values.get("valid_from"), values.get("valid_to")
        if start and end and end <= start:
            raise RowError(_("The end lies before the beginning."), field="valid_to")
        if role is None:
            draft.role_values = values
        else:
            draft.role, draft.role_changes = role, writing.differences(role, values, self.run)


def _write(drafts: Sequence[_Draft], run: Run, book: Book) -> None:
    entries: list[Entry] = []
    insert_all([draft.contact for draft in drafts if draft.is_new])
    for draft in drafts:
        if draft.is_new:
            draft.images.append(writing.made(draft.contact, draft.values))
            entries.append(
                _entry(AuditEntry.Action.CREATE, draft, {n: [None, v] for n, v in draft.values.items()}, run, book)
            )
        elif draft.changes:
            writing.set_values(draft.contact, draft.changes)
            draft.images.append(writing.changed(draft.contact, draft.changes))
            entries.append(_entry(AuditEntry.Action.UPDATE, draft, draft.changes, run, book))
    new_roles = [draft for draft in drafts if draft.role is None]
    for draft in new_roles:
        draft.role = ContactRole(contact=draft.contact, customer=draft.customer, **draft.role_values)
    insert_all([draft.role for draft in new_roles if draft.role])
    for draft in new_roles:
        if draft.role:
            draft.images.append(writing.made(draft.role, draft.role_values))
    altered: list[tuple[Any, Mapping[str, Any]]] = [(d.contact, d.changes) for d in drafts if d.changes]
    for draft in drafts:
        if draft.role and draft.role_changes:
            writing.set_values(draft.role, draft.role_changes)
            draft.images.append(writing.changed(draft.role, draft.role_changes))
            altered.append((draft.role, draft.role_changes))
            entries.append(_entry(AuditEntry.Action.UPDATE, draft, draft.role_changes, run, book))
    writing.save_changed(altered)
    audit.record_all(entries)
    search.index_all(
        Finding(
            kind="contact",
            object_id=draft.contact.pk,
            customer_ids=[draft.customer.pk],
            title=draft.contact.full_name,
            detail=" · ".join(filter(None, [draft.role.job_title if draft.role else "", draft.customer.name])),
            also=[text for text in (draft.contact.email, *found_by(CONTACT.key, draft.contact.custom, book)) if text],
        )
        for draft in drafts
        if draft.images
    )


def _entry(action: str, draft: _Draft, changes: Mapping[str, Sequence[Any]], run: Run, book: Book) -> Entry:
    own = {name: change for name, change in changes.items() if name not in DERIVED}
    shown = told(CONTACT.key, own, book=book)
    return audit.entry(
        action=action, by=run.by, subject=draft.contact, customer_id=draft.customer.pk, changes=shown, via="import"
    )
