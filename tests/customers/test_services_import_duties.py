"""Tasks and agreements from a file: in, again without changes, changed, refused, and out."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from accounts.models import User
from customers.models import Agreement, Customer, ImportBatch, ImportRow, SearchEntry, Task
from customers.services.imports import batches, running
from customers.services.imports.undoing import undo_batch
from jobs.models import Notification
from tests import personas
from tests.factories.customers import CustomerFactory
from tests.factories.teams import MembershipFactory

pytestmark = pytest.mark.django_db
TASKS = (
    "Account name,Subject,Assigned to,Due date,Importance,Status\n"
    "Acme,Send prices,{mate},31.03.2026,high,open\nAcme,Visit,,15.04.2026,,done\n"
)
AGREEMENTS = (
    "Account,Contract,Contract type,Start,End,Contract value,Currency,Auto renew\n"
    'Acme,Frame 2026,Framework contract,2026-01-01,2026-12-31,"120,000.5",EUR,yes\n'
    "Acme,Prices,price,2026-01-01,,,,no\n"
)


@pytest.fixture
def acme(tmp_path: Any, settings: Any) -> Customer:
    settings.MEDIA_ROOT = tmp_path
    return CustomerFactory(name="Acme")


def bring(thing: str, text: str, by: User) -> ImportBatch:
    file = io.BytesIO(text.encode())
    batch = batches.upload_file(importable=thing, file=file, name="a.csv", source="crm", by=by)
    given = {name: getattr(batch, name) for name in ("mapping", "formats", "policy", "keys")}
    batches.set_mapping(batch_id=batch.pk, version=None, by=by, **given)
    return running.run_batch(batch_id=batch.pk, by=by)


def counts(batch: ImportBatch) -> tuple[int, int, int, int]:
    return batch.created, batch.updated, batch.unchanged, batch.rejected


def why(batch: ImportBatch) -> list[tuple[str, str]]:
    return list(ImportRow.objects.filter(batch=batch, done="rejected").values_list("column", "reason"))


def test_tasks_go_in_once_change_and_go_out(acme: Customer) -> None:
    manager, mate = personas.account_manager(acme), personas.team_contributor(acme)
    text = TASKS.format(mate=mate.email)

    first, second = bring("tasks", text, manager), bring("tasks", text, manager)
    changed = bring("tasks", text.replace("high", "low"), manager)

    assert counts(first) == (2, 0, 0, 0), why(first)
    assert counts(second) == (0, 0, 2, 0)
    assert counts(changed) == (0, 1, 1, 0)
    one, other = Task.objects.order_by("due_on")
    assert (one.assignee, one.due_on, one.priority) == (mate, date(2026, 3, 31), Task.Priority.LOW)
    assert (other.assignee, other.state, other.created_by) == (manager, "done", manager)
    assert SearchEntry.objects.filter(kind="task", object_id=one.pk).exists()
    assert not Notification.objects.exists()

    undo_batch(batch_id=changed.pk, by=manager)
    undone = undo_batch(batch_id=first.pk, by=manager)
    assert (undone.undone, undone.kept) == (1, 1)  # the changed one has been changed since, and back
    assert Task.objects.alive().get().priority == Task.Priority.HIGH


def test_agreements_go_in_once_and_out(acme: Customer) -> None:
    manager = personas.account_manager(acme)

    first, second = bring("agreements", AGREEMENTS, manager), bring("agreements", AGREEMENTS, manager)

    assert counts(first) == (2, 0, 0, 0), why(first)
    assert counts(second) == (0, 0, 2, 0), why(second)
    frame = Agreement.objects.get(title="Frame 2026")
    assert (frame.annual_value, frame.currency, frame.renews, frame.kind) == (
        Decimal("120000.50"), "EUR", True, "framework",
    )  # fmt: skip
    undone = undo_batch(batch_id=first.pk, by=manager)
    assert (undone.undone, undone.kept) == (2, 0)
    assert not Agreement.objects.alive().exists()
    assert not SearchEntry.objects.filter(kind="agreement").exists()


def test_what_may_not_be_entered_is_refused_with_its_column(acme: Customer) -> None:
    manager, stranger = personas.account_manager(acme), personas.outsider()
    tasks = bring("tasks", TASKS.format(mate=stranger.email), manager)
    early = bring("agreements", AGREEMENTS.replace("2026-12-31", "2025-12-31"), manager)
    contributor = personas.team_contributor(acme)
    manages = CustomerFactory(name="Own")
    MembershipFactory(team=manages.account_team, user=contributor, level="owner")
    foreign = bring("agreements", AGREEMENTS, contributor)

    assert why(tasks) == [("assignee", "Choose somebody who works for this customer.")]
    assert why(early)[0][0] == "ends_on"
    assert {column for column, _reason in why(foreign)} == {"customer"}
