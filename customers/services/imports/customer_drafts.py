"""A customer on its way in from a file, and how many of them are written in one go."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _

from accounts.models import AuditEntry, User
from accounts.services import audit
from customers import permissions
from customers.custom_fields import CUSTOMER
from customers.models import Customer, ExternalId, Site
from customers.services import doubles, search
from customers.services.customers import FIELDS, FOUND_BY, forget_reach
from customers.services.imports import writing
from fields.services.values import told
from kcrm.lib.copying import insert_all
from kcrm.lib.imports import Image, Row, RowError, Run
from teams.models import AccountTeam, TeamMembership

if TYPE_CHECKING:
    from customers.services.imports.customers import _Known


@dataclass
class CustomerDraft:
    """A row on its way: the customer it is about, and what it will do to it and around it."""

    row: Row
    customer: Customer
    is_new: bool
    changes: dict[str, list[Any]] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)
    owner: User | None = None
    key: str = ""
    address: dict[str, str] = field(default_factory=dict)
    images: list[Image] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)


def write_drafts(drafts: Sequence[CustomerDraft], known: _Known, run: Run) -> None:
    """All drafts in one go: customers, keys, owners, addresses, trail, search index."""
    new = [draft for draft in drafts if draft.is_new]
    teams = insert_all([AccountTeam(**known.stamp) for _draft in new])
    for draft, team in zip(new, teams, strict=True):
        draft.customer.account_team = team
    insert_all([draft.customer for draft in new])
    entries: list[AuditEntry] = []
    for draft in new:
        values = {name: value for name, value in draft.values.items() if value not in (None, "")}
        draft.images.append(writing.made(draft.customer, values))
        shown = told(CUSTOMER.key, {n: [None, v] for n, v in values.items() if n in FIELDS}, book=known.book)
        entries.append(_entry(AuditEntry.Action.CREATE, draft, shown, run))
    updated = [draft for draft in drafts if draft.changes]
    for draft in updated:
        writing.set_values(draft.customer, draft.changes)
        draft.images.append(writing.changed(draft.customer, draft.changes))
        own = {name: change for name, change in draft.changes.items() if name in FIELDS}
        shown = told(CUSTOMER.key, own, book=known.book)
        entries.append(_entry(AuditEntry.Action.UPDATE, draft, shown, run))
    writing.save_changed((draft.customer, draft.changes) for draft in updated)
    _write_keys(drafts, run, entries)
    _write_owners(drafts, known, run, entries)
    _write_addresses(drafts, known, run, entries)
    audit.record_all(entries)
    found_anew = [d.customer for d in drafts if d.is_new or d.key or FOUND_BY & d.changes.keys()]
    made = {draft.customer.pk for draft in new}
    prefetch_related_objects(found_anew, "external_ids")
    search.index_customers([customer for customer in found_anew if customer.pk not in made])
    search.index_customers([customer for customer in found_anew if customer.pk in made], are_new=True)
    hidden: dict[str, list[int]] = defaultdict(list)
    for customer in known.hidden:
        hidden[customer.name_key].append(customer.pk)
    for draft in new:
        if ids := hidden.get(draft.customer.name_key):
            doubles.ask_for_review(draft.customer, ids, by=run.by)


def _entry(action: str, draft: CustomerDraft, changes: Mapping[str, Sequence[Any]], run: Run) -> AuditEntry:
    return audit.entry(
        action=action, by=run.by, subject=draft.customer, customer_id=draft.customer.pk, changes=changes, via="import"
    )


def _write_keys(drafts: Sequence[CustomerDraft], run: Run, entries: list[AuditEntry]) -> None:
    with_key = [draft for draft in drafts if draft.key]
    keys = insert_all([ExternalId(customer=draft.customer, source=run.source, value=draft.key) for draft in with_key])
    for draft, key in zip(with_key, keys, strict=True):
        draft.images.append(writing.made(key, {"source": key.source, "value": key.value}))
        entries.append(_entry(AuditEntry.Action.UPDATE, draft, {f"key in {key.source}": [None, key.value]}, run))


def _write_owners(drafts: Sequence[CustomerDraft], known: _Known, run: Run, entries: list[AuditEntry]) -> None:
    owned = [draft for draft in drafts if draft.owner]
    memberships = insert_all(
        TeamMembership(
            team_id=draft.customer.account_team_id,
            user=draft.owner,
            level=TeamMembership.Level.OWNER,
            function=TeamMembership.Function.KEY_ACCOUNT_MANAGER,
            valid_from=run.today,
            **known.stamp,
        )
        for draft in owned
    )
    for draft, membership in zip(owned, memberships, strict=True):
        draft.images.append(writing.made(membership, {"user": membership.user_id, "level": membership.level}))
        entries.append(
            audit.entry(
                action=AuditEntry.Action.GRANT,
                by=run.by,
                subject=membership,
                customer_id=draft.customer.pk,
                label=str(draft.owner),
                changes={"level": [None, membership.level]},
                via="import",
            )
        )
    if owned:
        forget_reach(run.by)


def _write_addresses(drafts: Sequence[CustomerDraft], known: _Known, run: Run, entries: list[AuditEntry]) -> None:
    new: list[tuple[CustomerDraft, Site]] = []
    altered: list[tuple[Site, dict[str, list[Any]]]] = []
    for draft in drafts:
        if not draft.address:
            continue
        site = None if draft.is_new else known.sites.get(draft.customer.pk)
        if site is None:
            name = draft.customer.city or _("Main address")
            kind = Site.Kind.HEADQUARTERS
            new.append(
                (
                    draft,
                    Site(
                        customer=draft.customer, name=name, kind=kind, is_primary=True, **draft.address, **known.stamp
                    ),
                )
            )
        elif changes := writing.differences(site, draft.address, run):
            if not permissions.can_update_customer(run.by, draft.customer):
                raise RowError(_("You may not change this customer."), code="not_allowed")
            writing.set_values(site, changes)
            altered.append((site, changes))
            draft.images.append(writing.changed(site, changes))
            draft.changes |= changes
            entries.append(
                audit.entry(action=AuditEntry.Action.UPDATE, by=run.by, subject=site, changes=changes, via="import")
            )
    insert_all([site for _draft, site in new])
    for draft, site in new:
        draft.images.append(writing.made(site, {"name": site.name, **draft.address}))
        changes = {name: [None, value] for name, value in draft.address.items() if value}
        entries.append(
            audit.entry(action=AuditEntry.Action.CREATE, by=run.by, subject=site, changes=changes, via="import")
        )
    writing.save_changed(altered)
