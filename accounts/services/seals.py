"""Seal the audit trail stretch by stretch, and hold it against its seals."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import connection, transaction
from django.db.models import Max

from accounts.calculations import GENESIS, compare, row_digest, seal_digest
from accounts.models import AuditEntry, AuditSeal

SEAL_LOCK: Final = 7_205_302
FIELDS: Final = (
    "id",
    "at",
    "actor_id",
    "token_prefix",
    "via",
    "action",
    "subject_type",
    "subject_id",
    "subject_label",
    "customer_id",
    "changes",
    "reason",
    "request_id",
    "address",
)


@dataclass(frozen=True)
class Fault:
    """Something that is not as it was sealed."""

    seal_id: int
    until_id: int
    unknown: tuple[int, ...]
    missing: int
    chain_broken: bool


@dataclass(frozen=True)
class Verdict:
    """What a check of the trail found: how many entries are under seal, the head of the chain, and the faults."""

    entries: int
    head: str
    faults: tuple[Fault, ...]


@transaction.atomic
def seal_trail(*, now: datetime) -> AuditSeal | None:
    """Close the open seal once nothing can slip under it, then open the next; returns the seal that was closed.

    Of two that seal at the same time one does nothing.
    """
    if not _alone():
        return None
    closed = _close(now)
    until = _next_until()
    if until is not None:
        # whoever has a lower number and is not visible yet holds the table's lock until he ends: it came with INSERT
        AuditSeal.objects.create(until_id=until, waits_for=_writers())
    return closed


def verify_trail() -> Verdict:
    """Hold every sealed entry against its seal, and every seal against the one before it."""
    previous, begin, entries, faults = GENESIS, 0, 0, []
    for seal in AuditSeal.objects.filter(closed_at__isnull=False).order_by("until_id").iterator(chunk_size=10):
        digests = bytes(seal.row_digests)
        found = compare(digests, _digests(begin, seal.until_id))
        broken = seal.digest != seal_digest(previous, seal.until_id, digests)
        if found.unknown or found.missing or broken:
            faults.append(Fault(seal.pk, seal.until_id, found.unknown, found.missing, broken))
        previous, begin, entries = seal.digest, seal.until_id, entries + seal.count
    return Verdict(entries, previous, tuple(faults))


def _close(now: datetime) -> AuditSeal | None:
    seal = AuditSeal.objects.filter(closed_at__isnull=True).order_by("until_id").first()
    if seal is None or not set(seal.waits_for).isdisjoint(_writers()):
        return None
    before = AuditSeal.objects.filter(closed_at__isnull=False).order_by("-until_id").first()
    digests = b"".join(digest for _number, digest in _digests(before.until_id if before else 0, seal.until_id))
    seal.row_digests = digests
    seal.count = len(digests) // len(row_digest(()))
    seal.digest = seal_digest(before.digest if before else GENESIS, seal.until_id, digests)
    seal.closed_at = now
    seal.save(update_fields=["row_digests", "count", "digest", "closed_at"])
    return seal


def _next_until() -> int | None:
    """The last entry that the next seal covers; None while one is open or nothing is new."""
    if AuditSeal.objects.filter(closed_at__isnull=True).exists():
        return None
    sealed = AuditSeal.objects.aggregate(last=Max("until_id"))["last"] or 0
    last = AuditEntry.objects.aggregate(last=Max("id"))["last"] or 0
    return last if last > sealed else None


def _digests(after: int, until: int) -> Iterator[tuple[int, bytes]]:
    """(number, digest) of the entries of a stretch, in order."""
    rows = AuditEntry.objects.filter(id__gt=after, id__lte=until).order_by("id").values_list(*FIELDS)
    return ((row[0], row_digest((row[0], row[1].isoformat(), *row[2:]))) for row in rows.iterator(chunk_size=2000))


def _alone() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [SEAL_LOCK])
        return bool(cursor.fetchone()[0])


def _writers() -> list[str]:
    """The transactions that write to the trail right now."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT virtualtransaction FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database"
            " WHERE datname = current_database() AND relation = %s::regclass AND mode = 'RowExclusiveLock'",
            [AuditEntry._meta.db_table],
        )
        return [row[0] for row in cursor.fetchall()]
