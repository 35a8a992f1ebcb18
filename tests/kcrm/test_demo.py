"""The demo company: whole, true to its files, and with something to tell."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.db.models import Count, Max, Sum
from django.test import Client

from accounts.models import AuditEntry, User
from customers.models import Agreement, Contact, Customer, DuplicatePair, ImportBatch, Interaction, Task
from jobs.models import Job
from kcrm.demo.build import build_demo
from kcrm.lib.money import from_units, round_money
from kcrm.lib.periods import add_months, month_of
from profitability.models import LedgerDocument, LedgerLine
from selection.models import CurrentScore
from teams.models import TeamMembership
from tests.running import run_jobs

TODAY = date(2026, 11, 21)

pytestmark = pytest.mark.django_db


def test_the_demo_is_whole_and_its_ledger_ties_to_the_files(client: Client, settings, tmp_path: Path):
    settings.MEDIA_ROOT = tmp_path

    sign_ins = build_demo(today=TODAY)

    lines = LedgerLine.objects.aggregate(
        lines=Count("pk"), net=Sum("net_units"), gross=Sum("gross_units"), last=Max("posted_on")
    )
    documents = LedgerDocument.objects.aggregate(count=Count("pk"), freight=Sum("freight_units"))
    top = (
        LedgerLine.objects.values("customer__name")
        .annotate(net=Sum("net_units"))
        .order_by("-net")
        .values_list("customer__name", "net")[:3]
    )
    assert Customer.objects.count() == 91
    assert DuplicatePair.objects.filter(kind="contact", state="open").count() >= 2
    assert lines["lines"] == 2155
    assert documents["count"] == 830
    assert round_money(from_units(lines["net"])) == Decimal("1265793.04")
    assert round_money(from_units(lines["gross"])) == Decimal("1354458.59")
    assert from_units(documents["freight"]) == Decimal("64942.69")
    assert [(name, round_money(from_units(net))) for name, net in top] == [
        ("QUICK-Stop", Decimal("110277.31")),
        ("Ernst Handel", Decimal("104874.98")),
        ("Save-a-lot Markets", Decimal("104361.95")),
    ]
    assert month_of(lines["last"]) == add_months(month_of(TODAY), -1)
    assert len(sign_ins) == User.objects.count() == 14
    assert all(row["token"].startswith("kcrm_") for row in sign_ins)
    _came_through_the_imports()
    _tells_a_story()
    _scores_in_a_worker(client)


def _came_through_the_imports():
    batches = ImportBatch.objects.order_by("pk")
    assert list(batches.values_list("file_name", "state", "created", "updated", "rejected")) == [
        ("customers.csv", "done", 91, 0, 0),
        ("account_managers.csv", "done", 91, 0, 0),
        ("contacts.csv", "done", 102, 0, 0),
        ("categories.csv", "done", 8, 0, 0),
        ("products.csv", "done", 77, 0, 0),
        ("contact_cadence.csv", "done", 0, 91, 0),
    ]
    assert _left_in_the_trail("teams.teammembership") == set(TeamMembership.objects.values_list("pk", flat=True))
    assert _left_in_the_trail("customers.agreement") == set(Agreement.objects.values_list("pk", flat=True))


def _left_in_the_trail(subject_type: str) -> set[int | None]:
    return set(AuditEntry.objects.filter(subject_type=subject_type).values_list("subject_id", flat=True))


def _tells_a_story():
    silent = Customer.objects.get(name="Rattlesnake Canyon Grocery")
    assert (TODAY - silent.last_interaction_on).days > 60
    assert Agreement.objects.filter(ends_on__lt=date(2027, 1, 15)).exists()
    assert Interaction.objects.filter(outcome="complaint", customer__name="Ernst Handel").exists()
    assert Task.objects.open().overdue(TODAY).exists()
    assert Contact.objects.filter(full_name="张伟").exists()


def _scores_in_a_worker(client: Client):
    run_jobs()

    assert Job.objects.get(kind="selection.score-customers").state == "succeeded"
    assert CurrentScore.objects.count() == 91
    client.force_login(User.objects.get(email="andrew.fuller@northwind.example"))
    assert "QUICK-Stop" in client.get("/portfolio/").content.decode()
    client.force_login(User.objects.get(email="nancy.davolio@northwind.example"))
    assert client.get("/").status_code == 200
