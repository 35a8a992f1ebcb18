"""What other systems call our people: kept by administrators, by hand and by file, and understood in files."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry, PersonCode
from accounts.services.codes import set_codes
from customers.models import ImportBatch, Interaction, Task
from customers.services.imports import batches, import_rows, running
from customers.services.imports.undoing import undo_batch
from kcrm.lib.errors import DomainError, NotAllowed
from kcrm.lib.imports import importable
from kcrm.lib.imports.guessing import guessed_mapping
from profitability.models import LedgerDocument
from profitability.services.ledger import load_ledger
from tests import personas
from tests.factories.accounts import UserFactory
from tests.factories.customers import CustomerFactory, ExternalIdFactory
from tests.factories.profitability import ProductFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin():
    return personas.administrator(None)


def test_an_administrator_keeps_them_on_a_page(client: Client, admin):
    nancy = UserFactory(full_name="Nancy Davolio")
    client.force_login(admin)
    url = reverse("accounts:user-codes", args=[nancy.pk])

    saved = client.post(url, {"codes": "erp: 5\ncrm： N-1\n"})
    shown = client.get(reverse("accounts:user-detail", args=[nancy.pk])).content.decode()
    refused = client.post(url, {"codes": "erp 5"})
    client.post(url, {"codes": "erp: 5"})

    assert (saved.status_code, refused.status_code) == (302, 422)
    assert "crm: N-1 · erp: 5" in shown
    assert [str(code) for code in nancy.codes.all()] == ["erp: 5"]
    told = AuditEntry.objects.filter(subject_id=nancy.pk, subject_type="accounts.user").latest("pk")
    assert told.changes["codes"] == [["crm: N-1", "erp: 5"], ["erp: 5"]]


def test_a_code_means_one_person_in_a_system(admin):
    nancy, other = UserFactory(full_name="Nancy"), UserFactory()
    set_codes(user_id=nancy.pk, codes=[("erp", "N5")], by=admin)

    with pytest.raises(DomainError, match="Nancy"):
        set_codes(user_id=other.pk, codes=[("erp", "n5")], by=admin)
    set_codes(user_id=other.pk, codes=[("crm", "n5")], by=admin)
    with pytest.raises(NotAllowed):
        set_codes(user_id=nancy.pk, codes=[], by=nancy)

    assert PersonCode.objects.count() == 2


def test_a_file_brings_them_and_is_taken_back(admin, tmp_path):
    nancy, _steven = UserFactory(full_name="Nancy Davolio"), UserFactory(full_name="Steven Buchanan")
    header = ["employee_id", "last_name", "first_name"]
    mapping = guessed_mapping(importable("people"), header)
    text = "employee_id,last_name,first_name\n1,Davolio,Nancy\n5,Buchanan,Steven\n9,Nobody,Known\n"

    batch = batches.paste_text(importable="people", text=text, source="erp", by=admin)
    running.run_batch(batch_id=batch.pk, by=admin)
    batch.refresh_from_db()
    again = import_rows(
        importable="people", rows=[{"code": "1", "job_title": "Sales Representative"}], source="erp", by=admin
    )
    taken = import_rows(importable="people", rows=[{"code": "1", "email": _steven.email}], source="erp", by=admin)
    undo_batch(batch_id=batch.pk, by=admin)

    assert mapping["code"] == 0
    assert (batch.updated, batch.rejected) == (2, 1), list(batch.rows.values_list("reason", flat=True))
    assert (again.updated, taken.rejected) == (1, 1)
    nancy.refresh_from_db()
    assert nancy.job_title == "Sales Representative"
    assert PersonCode.objects.count() == 0
    assert ImportBatch.objects.get().state == "undone"


def test_files_of_the_system_name_people_by_their_codes(admin):
    customer = CustomerFactory(name="Alder")
    manager = personas.account_manager(customer)
    set_codes(user_id=manager.pk, codes=[("erp", "5")], by=admin)
    talk = {"customer": "Alder", "happened_at": "2026-03-02 09:00", "subject": "Prices", "recorded_by": "5"}

    done = import_rows(importable="interactions", rows=[talk], source="erp", by=manager)
    other = import_rows(importable="interactions", rows=[talk], source="crm", by=manager)
    task = import_rows(
        importable="tasks", rows=[{"customer": "Alder", "title": "Call", "assignee": "5"}], source="erp", by=manager
    )

    assert (done.created, other.errors[0][1], task.created) == (1, "recorded_by", 1)
    assert Interaction.objects.get().recorded_by == manager
    assert Task.objects.get().assignee == manager


def test_invoices_know_their_salespeople_whichever_way_they_come(admin):
    seller = UserFactory()
    set_codes(user_id=seller.pk, codes=[("erp", "5")], by=admin)
    ExternalIdFactory(customer=CustomerFactory(), source="erp", value="C1")
    ProductFactory(source="erp", sku="11")
    line = {
        "document": "1", "line": "1", "customer": "C1", "document_on": "2026-01-31", "product": "11", "quantity": "1",
        "unit_price": "10", "salesperson": "5",
    }  # fmt: skip

    load_ledger([line, line | {"document": "2", "salesperson": "7"}], source="erp", by=personas.finance())

    assert list(LedgerDocument.objects.order_by("number").values_list("salesperson", flat=True)) == [seller.pk, None]
