"""The demo company: whole, true to its files, and with something to tell."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.db.models import Count, Max, Sum
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEntry, User
from customers.models import Agreement, Contact, Customer, DuplicatePair, ExternalId, ImportBatch, Interaction, Task
from jobs.models import Job
from kcrm.demo.build import build_demo
from kcrm.demo.files import Calendar
from kcrm.demo.ledger import largest_buyers
from kcrm.lib.money import from_units, round_money
from kcrm.lib.periods import add_months, month_of
from profitability.models import LedgerDocument, LedgerLine, SalesSummary
from selection.models import CurrentScore, Decision, ScoringRound, Snapshot
from teams.models import TeamMembership

TODAY = timezone.localdate()  # rows of the services carry the clock's own day

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
    _is_scored_when_it_opens(client)
    _tells_how_it_chose()


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
    assert Agreement.objects.filter(ends_on__lt=TODAY + timedelta(days=55)).exists()
    assert Interaction.objects.filter(outcome="complaint", customer__name="Ernst Handel").exists()
    assert Task.objects.open().overdue(TODAY).exists()
    assert Contact.objects.filter(full_name="张伟").exists()


def _is_scored_when_it_opens(client: Client):
    assert set(Job.objects.filter(kind="selection.score-customers").values_list("state", flat=True)) == {"succeeded"}
    assert CurrentScore.objects.count() == 91
    client.force_login(User.objects.get(email="andrew.fuller@northwind.example"))
    assert "QUICK-Stop" in client.get("/portfolio/").content.decode()
    client.force_login(User.objects.get(email="nancy.davolio@northwind.example"))
    assert client.get("/").status_code == 200


def _tells_how_it_chose():
    held, present = ScoringRound.objects.order_by("created_at")
    decided, waiting = Decision.objects.order_by("created_at")
    before, now = Snapshot.objects.order_by("made_at")
    stood = dict(before.rows.exclude(quadrant="").values_list("customer", "quadrant"))
    stand = dict(now.rows.exclude(quadrant="").values_list("customer", "quadrant"))
    empty_handed = present.raters.exclude(user__in=present.scores.values("rater"))
    buyers = SalesSummary.objects.filter(net_12m_units__gt=0).order_by("-net_12m_units")
    keys = dict(ExternalId.objects.filter(source="northwind").values_list("customer", "value"))

    assert (held.state, held.raters.count(), held.scores.count()) == ("closed", 5, 120)
    assert held.agreed.exclude(note="").count() >= 3
    assert held.closed_at < timezone.now() - timedelta(days=80)
    assert [seat.user.email for seat in empty_handed] == ["nancy.davolio@northwind.example"]
    assert (decided.state, waiting.state) == ("in_force", "proposed")
    assert decided.decided_by != decided.drafted_by
    assert decided.notices.filter(acknowledged_at=None).count() == 2
    assert decided.lines.exclude(reason="").get().override_until > TODAY
    assert before.made_at < timezone.now() - timedelta(days=80)
    assert any(stood.get(customer) != quadrant for customer, quadrant in stand.items())
    assert largest_buyers(Calendar(TODAY)) == [keys[pk] for pk in buyers.values_list("customer", flat=True)]
