"""The audit trail tells who did what, hides protected values and cannot be changed."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from accounts.models import AuditEntry, User
from accounts.services import audit
from kcrm.lib import context
from tests.factories.accounts import AuditEntryFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_an_entry_names_actor_subject_and_change() -> None:
    actor, subject = UserFactory(), UserFactory(full_name="张伟")

    entry = audit.record(
        action=AuditEntry.Action.UPDATE, by=actor, subject=subject, changes={"phone": ["", "1"]}, reason="moved"
    )

    entry.refresh_from_db()
    assert (entry.actor, entry.action, entry.subject_type, entry.subject_id) == (
        actor,
        "update",
        "accounts.user",
        subject.pk,
    )
    assert (entry.subject_label, entry.changes, entry.reason) == ("张伟", {"phone": ["", "1"]}, "moved")


def test_an_entry_knows_door_request_token_and_address() -> None:
    with context.origin(via="api", request_id="r-1", address="10.0.0.1"):
        context.refine(token_prefix="kcrm_abcdefg")
        entry = audit.record(action=AuditEntry.Action.CREATE, by=None, subject_type="customers.customer", subject_id=7)

    assert (entry.via, entry.request_id, entry.address, entry.token_prefix) == (
        "api",
        "r-1",
        "10.0.0.1",
        "kcrm_abcdefg",
    )
    assert context.current() == context.Origin()


def test_protected_values_are_masked_and_empty_ones_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(User, "field_classes", {"phone": "F6", "job_title": "F1"}, raising=False)

    entry = audit.record(
        action=AuditEntry.Action.UPDATE,
        by=None,
        subject=UserFactory(),
        changes={"phone": [None, "0171"], "job_title": ["Buyer", "Chief buyer"], "full_name": ["A", "B"]},
    )

    assert entry.changes == {
        "phone": ["•••", "•••"],
        "job_title": ["Buyer", "Chief buyer"],
        "full_name": ["A", "B"],
    }


def test_values_keep_every_digit_in_json() -> None:
    subject = UserFactory()

    changes = audit.mask_changes(
        {
            "price": [Decimal("1.10"), None],
            "on": [date(2026, 1, 31), datetime(2026, 1, 31, 8, tzinfo=UTC)],
            "owner": [None, subject],
            "roles": [(), {"finance"}],
            "map": [{}, {1: Decimal("2")}],
        },
        {},
    )

    assert changes == {
        "price": ["1.10", None],
        "on": ["2026-01-31", "2026-01-31T08:00:00+00:00"],
        "owner": [None, subject.pk],
        "roles": [[], ["finance"]],
        "map": [{}, {"1": "2"}],
    }


def test_many_entries_are_copied_without_a_statement_for_each(django_assert_num_queries) -> None:
    subjects = [UserFactory(), UserFactory()]
    entries = [audit.entry(action=AuditEntry.Action.IMPORT, by=None, subject=subject) for subject in subjects]

    with django_assert_num_queries(0):  # COPY is none that Django counts
        written = audit.record_all(entries)

    assert written == AuditEntry.objects.filter(action="import").count() == 2


@pytest.mark.parametrize("act", ["save", "delete"])
def test_the_database_refuses_to_change_an_entry(act: str) -> None:
    entry = AuditEntryFactory()
    entry.reason = "rewritten"

    with pytest.raises(DatabaseError, match="append_only"), transaction.atomic():
        getattr(entry, act)()

    entry.refresh_from_db()
    assert entry.reason == ""
