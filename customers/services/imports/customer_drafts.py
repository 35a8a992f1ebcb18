"""A customer on its way in from a file, and how many of them are written in one go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Protocol

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _

from accounts.models import AuditEntry, User
from accounts.services import audit
from accounts.services.audit import Entry
from customers import permissions
from customers.custom_fields import CUSTOMER
from customers.models import Customer, ExternalId, Site
from customers.services import doubles, search
from customers.services.customers import FIELDS, FOUND_BY, forget_reach
from customers.services.imports import writing
from fields.services.values import told
from kcrm.lib.copying import insert_all, insert_rows, new_keys
from kcrm.lib.imports import Image, Row, RowError, Run
from teams.models import AccountTeam, TeamMembership

if TYPE_CHECKING:
    from datetime import datetime

    from fields.definitions import Book

KEY: Final = ExternalId._meta.label_lower
SITE: Final = Site._meta.label_lower
ADDRESS: Final = ("street", "postal_code", "city", "region", "country")
MEMBERSHIP: Final = TeamMembership._meta.label_lower


class Known(Protocol):
    """What is known around the drafts: the moment of writing, one's own fields, hidden customers by the keys of their
    names, main addresses by customer.
    """

    stamp: dict[str, datetime]
    book: Book
    hidden_names: dict[str, list[int]]
    sites: dict[int, Site]


@dataclass
class CustomerDraft:
    """A row on its way: the customer it is about, and what it will do to it and around it.

    `beside` are changes {name: [before, after]} of what is no column of a customer, such as tags: told in the trail and
    counted as a change of the record, written by who found them. `reason` says why a new customer is one.
    """

    row: Row
    customer: Customer
    is_new: bool
    changes: dict[str, list[Any]] = field(default_factory=dict)
    beside: dict[str, list[Any]] = field(default_factory=dict)
    reason: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    owner: User | None = None
    key: str = ""
    address: dict[str, str] = field(default_factory=dict)
    images: list[Image] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)


def write_drafts(drafts: Sequence[CustomerDraft], known: Known, run: Run) -> None:
    """All drafts in one go: customers, keys, owners, addresses, trail, search index."""
    new = [draft for draft in drafts if draft.is_new]
    _write_teams(new, known)
    insert_all([draft.customer for draft in new])
    entries: list[Entry] = []
    for draft in new:
        values = {name: value for name, value in draft.values.items() if value not in (None, "")}
        draft.images.append(writing.made(draft.customer, values))
        shown = told(CUSTOMER.key, {n: [None, v] for n, v in values.items() if n in FIELDS}, book=known.book)
        entries.append(_entry(AuditEntry.Action.CREATE, draft, shown, run))
    updated = [draft for draft in drafts if draft.changes or (draft.beside and not draft.is_new)]
    for draft in updated:
        writing.set_values(draft.customer, draft.changes)
        draft.images.append(writing.changed(draft.customer, draft.changes))
        own = {name: change for name, change in draft.changes.items() if name in FIELDS}
        shown = told(CUSTOMER.key, own, book=known.book)
        entries.append(_entry(AuditEntry.Action.UPDATE, draft, {**shown, **draft.beside}, run))
    writing.save_changed((draft.customer, draft.changes) for draft in updated)
    _write_keys(drafts, run, entries)
    _write_owners(drafts, known, run, entries)
    _write_addresses(drafts, known, run, entries)
    audit.record_all(entries)
    found_anew = [d.customer for d in drafts if not d.is_new and (d.key or FOUND_BY & d.changes.keys())]
    prefetch_related_objects(found_anew, "external_ids")
    search.index_customers(found_anew)
    search.index_new_customers((draft.customer, [draft.key] if draft.key else []) for draft in new)
    for draft in new:
        if ids := known.hidden_names.get(draft.customer.name_key):
            doubles.ask_for_review(draft.customer, ids, by=run.by)


def _write_teams(new: Sequence[CustomerDraft], known: Known) -> None:
    """An account team for each new customer."""
    keys = new_keys(AccountTeam, len(new))
    insert_rows(AccountTeam, ("id", *known.stamp), [(key, *known.stamp.values()) for key in keys])
    for draft, key in zip(new, keys, strict=True):
        draft.customer.account_team_id = key


def _entry(action: str, draft: CustomerDraft, changes: Mapping[str, Sequence[Any]], run: Run) -> Entry:
    return audit.entry(
        action=action,
        by=run.by,
        subject=draft.customer,
        customer_id=draft.customer.pk,
        changes=changes,
        reason=draft.reason if action == AuditEntry.Action.CREATE else "",
        via=run.via,
    )


def _write_keys(drafts: Sequence[CustomerDraft], run: Run, entries: list[Entry]) -> None:
    with_key = [draft for draft in drafts if draft.key]
    keys = new_keys(ExternalId, len(with_key))
    rows = [(key, draft.customer.pk, run.source, draft.key) for key, draft in zip(keys, with_key, strict=True)]
    insert_rows(ExternalId, ("id", "customer_id", "source", "value"), rows)
    for draft, key in zip(with_key, keys, strict=True):
        draft.images.append(Image(KEY, key, None, {"source": run.source, "value": draft.key}))
        entries.append(_entry(AuditEntry.Action.UPDATE, draft, {f"key in {run.source}": [None, draft.key]}, run))


def _write_owners(drafts: Sequence[CustomerDraft], known: Known, run: Run, entries: list[Entry]) -> None:
    owned = [(draft, draft.owner) for draft in drafts if draft.owner]
    level = str(TeamMembership.Level.OWNER)
    function = str(TeamMembership.Function.KEY_ACCOUNT_MANAGER)
    keys = new_keys(TeamMembership, len(owned))
    insert_rows(
        TeamMembership,
        ("id", "team_id", "user_id", "level", "function", "valid_from", *known.stamp),
        [
            (key, draft.customer.account_team_id, owner.pk, level, function, run.today, *known.stamp.values())
            for key, (draft, owner) in zip(keys, owned, strict=True)
        ],
    )
    for key, (draft, owner) in zip(keys, owned, strict=True):
        draft.images.append(Image(MEMBERSHIP, key, None, {"user": owner.pk, "level": level}))
        entries.append(
            audit.entry(
                action=AuditEntry.Action.GRANT,
                by=run.by,
                subject_type=MEMBERSHIP,
                subject_id=key,
                customer_id=draft.customer.pk,
                label=str(owner),
                changes={"level": [None, level]},
                via=run.via,
            )
        )
    if owned:
        forget_reach(run.by)


def _write_addresses(drafts: Sequence[CustomerDraft], known: Known, run: Run, entries: list[Entry]) -> None:
    new: list[tuple[CustomerDraft, str]] = []
    altered: list[tuple[Site, dict[str, list[Any]]]] = []
    for draft in drafts:
        if not draft.address:
            continue
        site = None if draft.is_new else known.sites.get(draft.customer.pk)
        if site is None:
            new.append((draft, draft.customer.city or _("Main address")))
        elif changes := writing.differences(site, draft.address, run):
            if not permissions.can_update_customer(run.by, draft.customer):
                raise RowError(_("You may not change this customer."), code="not_allowed")
            writing.set_values(site, changes)
            altered.append((site, changes))
            draft.images.append(writing.changed(site, changes))
            draft.changes |= changes
            entries.append(
                audit.entry(action=AuditEntry.Action.UPDATE, by=run.by, subject=site, changes=changes, via=run.via)
            )
    _write_new_addresses(new, known, run, entries)
    writing.save_changed(altered)


def _write_new_addresses(
    new: Sequence[tuple[CustomerDraft, str]], known: Known, run: Run, entries: list[Entry]
) -> None:
    """A main address of this name for each of these customers."""
    keys, kind = new_keys(Site, len(new)), str(Site.Kind.HEADQUARTERS)
    insert_rows(
        Site,
        ("id", "customer_id", "name", "kind", "is_primary", *ADDRESS, *known.stamp),
        [
            (key, draft.customer.pk, name, kind, True, *(draft.address.get(part, "") for part in ADDRESS),
             *known.stamp.values())
            for key, (draft, name) in zip(keys, new, strict=True)
        ],
    )  # fmt: skip
    for key, (draft, name) in zip(keys, new, strict=True):
        draft.images.append(Image(SITE, key, None, {"name": name, **draft.address}))
        entries.append(
            audit.entry(
                action=AuditEntry.Action.CREATE,
                by=run.by,
                subject_type=SITE,
                subject_id=key,
                customer_id=draft.customer.pk,
                label=name,
                changes={part: [None, value] for part, value in draft.address.items() if value},
                via=run.via,
            )
        )
