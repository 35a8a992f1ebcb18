"""The trail is sealed without making anybody wait, and a flipped byte is named."""

from __future__ import annotations

import io
import threading
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from accounts.models import AuditEntry, AuditSeal
from accounts.services.seals import seal_trail, verify_trail
from tests.factories.accounts import AuditEntryFactory

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2026, 3, 1, tzinfo=UTC)


def seal() -> AuditSeal | None:
    return seal_trail(now=NOW)


def superuser(sql: str, *parameters: Any) -> None:
    """Change rows as somebody could who owns the database."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(sql, parameters)
        cursor.execute("SET session_replication_role = origin")


def test_entries_come_under_seal_one_stretch_after_the_other() -> None:
    AuditEntryFactory.create_batch(3)
    first = seal()
    AuditEntryFactory.create_batch(2)
    second, third = seal(), seal()

    assert first is None
    assert (second.count, third.count) == (3, 2)
    verdict = verify_trail()
    assert (verdict.entries, verdict.head, verdict.faults) == (5, third.digest, ())


def test_nothing_new_needs_no_seal() -> None:
    AuditEntryFactory()

    assert [getattr(seal(), "count", None) for _time in range(4)] == [None, 1, None, None]


def test_an_entry_of_a_transaction_that_still_runs_is_waited_for() -> None:
    written, checked = threading.Event(), threading.Event()

    def slow() -> None:
        with transaction.atomic():
            AuditEntry.objects.create(action="update")
            written.set()
            checked.wait(10)
        connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    written.wait(10)
    AuditEntryFactory()
    seal()
    early = seal()
    checked.set()
    thread.join()

    late = seal()

    assert early is None
    assert late.count == 2
    assert verify_trail().faults == ()


@pytest.mark.parametrize("sql", ["UPDATE accounts_auditentry SET reason = 'x' WHERE id = %s"])
def test_a_changed_entry_is_named(sql: str) -> None:
    entries = AuditEntryFactory.create_batch(3)
    seal()
    seal()

    superuser(sql, entries[1].pk)

    (fault,) = verify_trail().faults
    assert (fault.unknown, fault.missing, fault.chain_broken) == ((entries[1].pk,), 1, False)


def test_a_removed_entry_is_missed() -> None:
    entries = AuditEntryFactory.create_batch(3)
    seal()
    seal()

    superuser("DELETE FROM accounts_auditentry WHERE id = %s", entries[0].pk)

    (fault,) = verify_trail().faults
    assert (fault.unknown, fault.missing) == ((), 1)


def test_who_rewrites_the_digests_breaks_the_chain() -> None:
    AuditEntryFactory.create_batch(2)
    seal()
    seal()
    AuditEntryFactory()
    seal()
    seal()

    first = AuditSeal.objects.order_by("until_id").first()
    superuser("UPDATE accounts_auditseal SET digest = repeat('0', 64) WHERE id = %s", first.pk)

    assert [fault.chain_broken for fault in verify_trail().faults] == [True, True]


def test_a_closed_seal_cannot_be_changed_or_removed() -> None:
    AuditEntryFactory()
    seal()
    closed = seal()

    with pytest.raises(DatabaseError):
        AuditSeal.objects.filter(pk=closed.pk).update(digest="x")
    with pytest.raises(DatabaseError):
        closed.delete()


def test_the_trail_cannot_be_emptied() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_trigger"
            " WHERE tgrelid = 'accounts_auditentry'::regclass AND tgname LIKE 'pgtrigger_no_truncate%'"
        )
        assert cursor.fetchone() == (1,)


def test_the_command_prints_the_head_or_names_what_is_wrong() -> None:
    entry = AuditEntryFactory()
    seal()
    closed = seal()
    said, complained = io.StringIO(), io.StringIO()

    call_command("verify_audit", stdout=said)
    superuser("UPDATE accounts_auditentry SET reason = 'x'")

    assert closed.digest in said.getvalue()
    with pytest.raises(CommandError):
        call_command("verify_audit", stderr=complained)
    assert f"changed or added entries: {entry.pk};" in complained.getvalue()
