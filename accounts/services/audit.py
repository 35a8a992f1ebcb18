"""Write the audit trail: one entry for each act, in the transaction of the act."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from types import NoneType
from typing import Any, Final, NamedTuple

from django.db import models
from django.utils import timezone

from accounts.models import AuditEntry, User
from kcrm.lib import context
from kcrm.lib.copying import insert_rows, parts_of

MASK: Final = "•••"
PLAIN_CLASSES: Final = frozenset({"F0", "F1"})
JSON_TYPES: Final = frozenset({str, int, float, bool, NoneType})
LABEL_LENGTH: Final = 250
ENTRIES_AT_ONCE: Final = 5_000


class Entry(NamedTuple):
    """An act on its way into the trail: the columns of an AuditEntry, without the weight of a record."""

    at: datetime
    actor_id: int | None
    token_prefix: str
    via: str
    action: str
    subject_type: str
    subject_id: int | None
    subject_label: str
    customer_id: int | None
    changes: dict[str, list[Any]]
    reason: str
    request_id: str
    address: str | None


def _plain(value: Any) -> Any:
    """The value as JSON can hold it, without losing a digit."""
    if type(value) in JSON_TYPES or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, models.Model):
        return value.pk
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, Iterable):
        return [_plain(item) for item in value]
    return str(value)


def mask_changes(changes: Mapping[str, Sequence[Any]], field_classes: Mapping[str, str]) -> dict[str, list[Any]]:
    """{field: [before, after]} with every value of a protected class hidden, empty ones too.

    An empty value would tell as much as a figure, so a protected field shows only that it changed.
    """
    if not field_classes:
        return {field: [_plain(value) for value in pair] for field, pair in changes.items()}
    return {
        field: [MASK, MASK]
        if field_classes.get(field, "F0") not in PLAIN_CLASSES
        else [_plain(value) for value in before_and_after]
        for field, before_and_after in changes.items()
    }


def entry(
    *,
    action: str,
    by: User | None,
    subject: models.Model | None = None,
    subject_type: str = "",
    subject_id: int | None = None,
    label: str = "",
    customer_id: int | None = None,
    changes: Mapping[str, Sequence[Any]] | None = None,
    reason: str = "",
    via: str | None = None,
    at: datetime | None = None,
) -> Entry:
    """What `record_all` writes; see `record`. `at` is now, where the moment is not given."""
    origin = context.current()
    if subject is not None:
        subject_type = subject_type or subject._meta.label_lower
        subject_id = subject_id if subject_id is not None else subject.pk
        label = label or getattr(subject, "audit_label", None) or str(subject)
        customer_id = customer_id if customer_id is not None else getattr(subject, "customer_id", None)
    return Entry(
        at=at or timezone.now(),
        actor_id=by.pk if by is not None else None,
        token_prefix=origin.token_prefix,
        via=via or origin.via,
        action=action,
        subject_type=subject_type,
        subject_id=subject_id,
        subject_label=label[:LABEL_LENGTH],
        customer_id=customer_id,
        changes=mask_changes(changes or {}, getattr(subject, "field_classes", {})),
        reason=reason[:500],
        request_id=origin.request_id,
        address=origin.address,
    )


def record(**values: Any) -> AuditEntry:
    """Write one entry into the present transaction and return it.

    Keyword arguments: `action` (AuditEntry.Action), `by` (None for nobody or the system), then either `subject`
    or `subject_type` with `subject_id`; `label`, `customer_id`, `changes` ({field: [before, after]}), `reason`, `via`.
    Fields that the subject's `field_classes` puts into F2-F7 are masked. A subject that names a person, or whose title
    may, has an `audit_label` without the name: the trail can never be changed, and a person may have to be erased.
    The customer is the subject's own `customer_id` where none is given; door, request, token and address come from the
    context.
    """
    written = AuditEntry(**entry(**values)._asdict())
    written.save(force_insert=True)
    return written


def record_all(entries: Iterable[Entry]) -> int:
    """Write many entries in few statements, one for each row of a bulk act; returns how many."""
    return sum(insert_rows(AuditEntry, Entry._fields, part) for part in parts_of(entries, ENTRIES_AT_ONCE))


def record_audit_read(*, by: User | None, query: str) -> AuditEntry:
    """Somebody read the trail: an act of its own, with the filters it was read by."""
    return record(
        action=AuditEntry.Action.READ,
        by=by,
        subject_type=AuditEntry._meta.label_lower,
        label=str(AuditEntry._meta.verbose_name_plural),
        changes={"filters": [None, query[:1000]]} if query else None,
    )
