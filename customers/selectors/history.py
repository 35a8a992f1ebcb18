"""Who changed what on a customer and on what hangs on it, as far as the reader may read it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist

from accounts.models import AuditEntry
from customers.models import Customer
from kcrm.lib.access import Standing, Verb, allows

# The resource whose right of reading opens the entries about a kind of record; other kinds are not shown here.
RESOURCES: Final = {
    "customers.customer": "account_profile",
    "customers.site": "account_profile",
    "customers.buyingunit": "account_profile",
    "customers.contact": "contact",
    "customers.contactrole": "contact",
    "customers.interaction": "interaction",
    "customers.task": "task",
    "customers.document": "document",
    "customers.agreement": "agreement",
    "teams.teammembership": "account_team",
}
HIDDEN: Final = frozenset({AuditEntry.Action.DENIED, AuditEntry.Action.READ, AuditEntry.Action.EXPORT})
LONGEST: Final = 120
MOST: Final = 100


@dataclass(frozen=True, slots=True)
class Change:
    """One field before and after, in words; values of protected classes were masked when they were written."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One act on the customer or on something of it."""

    at: datetime
    who: str
    action: str
    kind: str
    subject: str
    reason: str
    changes: tuple[Change, ...]


def history_of(customer: Customer, standings: Iterable[Standing]) -> list[HistoryEntry]:
    """The latest acts, newest first. One statement. The caller has asked for the right to see the history."""
    known = tuple(standings)
    kinds = [kind for kind, resource in RESOURCES.items() if allows(resource, Verb.READ, known)]
    entries = (
        AuditEntry.objects.filter(customer_id=customer.pk, subject_type__in=kinds)
        .exclude(action__in=HIDDEN)
        .select_related("actor")
        .order_by("-at", "-pk")[:MOST]
    )
    return [_entry(entry) for entry in entries]


def _entry(entry: AuditEntry) -> HistoryEntry:
    model = apps.get_model(entry.subject_type)
    return HistoryEntry(
        at=entry.at,
        who=str(entry.actor or ""),
        action=entry.get_action_display(),
        kind=str(model._meta.verbose_name),
        subject=entry.subject_label,
        reason=entry.reason,
        changes=tuple(_change(model, name, pair) for name, pair in entry.changes.items()),
    )


def _change(model: Any, name: str, pair: Any) -> Change:
    try:
        field = model._meta.get_field(name)
    except FieldDoesNotExist:
        return Change(name, _word(pair[0]), _word(pair[1]))
    words = {str(value): str(text) for value, text in getattr(field, "flatchoices", ())}
    before, after = (words.get(str(value), _word(value)) for value in pair)
    return Change(str(getattr(field, "verbose_name", name)), before, after)


def _word(value: Any) -> str:
    if value in (None, "", []):
        return "–"
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
