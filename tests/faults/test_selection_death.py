"""Workers die while invoices change scores and while re-checks begin: what was to be done is done, once."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import User
from customers.models import Customer
from jobs.models import Job, Notification
from jobs.services.queue import enqueue
from profitability.services.ledger import load_ledger
from selection.models import CurrentScore, PortfolioCell, Score, ScoringModel, ScoringRun, SelectionProject
from selection.services.models import create_model
from selection.services.projects import start_project
from selection.services.rescoring import KIND, sold_since
from selection.services.runs import request_scoring
from tests import personas
from tests.factories.customers import ExternalIdFactory
from tests.factories.profitability import ProductFactory
from tests.faults.scores import (
    bring_customers,
    finish_in_time,
    in_force,
    lose_worker_and_broker,
    state,
    waits_for,
)
from tests.programs import System, wait_for
from tests.running import run_jobs
from tests.selection.approving import put_into_force

pytestmark = [pytest.mark.fault, pytest.mark.timeout(580)]

MANY, INVOICED, PROJECTS = 1_000, 200, 4
CURVE = {"kind": "curve", "points": [[0, 1], [1_000_000, 10]]}
FACTORS = [
    {"key": "sales_12_months", "kind": "metric", "metric": "sales_12_months", "weight": 70, "scale": CURVE},
    {"key": "strategic_fit", "kind": "judged", "weight": 30},
]


@pytest.fixture
def model(system: System) -> ScoringModel:
    """A model in force by which many customers are scored, some of whom bought since."""
    office = personas.programme_office()
    made = create_model(name="Attractiveness", factors=FACTORS, by=office)
    model = put_into_force(model_id=made.pk, version=made.version, by=office)
    bring_customers(MANY, office)
    request_scoring(by=office)
    run_jobs()
    _invoice(list(Customer.objects.order_by("pk")[:INVOICED]), by=personas.finance())
    assert len(sold_since(model)) == INVOICED
    return model


def _invoice(customers: list[Customer], *, by: User) -> None:
    """One invoice each, of last month."""
    ProductFactory(sku="NUT")
    last_month = timezone.localdate().replace(day=1) - timedelta(days=1)
    rows = []
    for number, customer in enumerate(customers, start=1):
        ExternalIdFactory(customer=customer, value=f"E{number}")
        rows.append(
            {
                "document": f"R{number}",
                "line": "1",
                "customer": f"E{number}",
                "document_on": last_month.isoformat(),
                "product": "NUT",
                "quantity": str(number),
                "unit_price": "4000",
            }
        )
    loaded = load_ledger(rows, source="erp", by=by)
    assert loaded.created == INVOICED, loaded


def _undisturbed() -> list[tuple[object, ...]]:
    """What scoring again gives that nobody kills; nothing of it stays."""
    with transaction.atomic():
        Job.objects.create(kind=KIND)
        run_jobs()
        figures = in_force()
        transaction.set_rollback(True)
    return figures


@pytest.mark.parametrize(
    "table",
    [
        pytest.param("selection_score", id="before-the-scores"),
        pytest.param("selection_portfoliocell", id="with-scores-and-ranks-written"),
    ],
)
def test_invoiced_customers_are_scored_again_once(system: System, model: ScoringModel, table: str) -> None:
    before, clean = in_force(), _undisturbed()
    assert before != clean
    runs, scores = ScoringRun.objects.count(), Score.objects.count()
    worker = system.start_worker(pool="prefork")
    job = enqueue(kind=KIND, key=KIND)

    with transaction.atomic(), connection.cursor() as cursor:  # the table holds the job up where we want it
        cursor.execute(f"LOCK TABLE {table} IN EXCLUSIVE MODE")
        system.hint(job)
        wait_for(lambda: waits_for(table), 60)
        assert (state(job), in_force()) == ("running", before)
        lose_worker_and_broker(system, worker)
    system.start_scheduler()
    finish_in_time(system, job)

    assert job.attempts == 2  # it may find nothing left: the clock asks for the same every five minutes
    assert in_force() == clean
    assert sold_since(model) == set()
    assert (ScoringRun.objects.count(), Score.objects.count()) == (runs + 1, scores + INVOICED)
    assert sum(PortfolioCell.objects.values_list("customers", flat=True)) == CurrentScore.objects.count() == MANY


def test_each_recheck_begins_once(system: System) -> None:
    today = timezone.localdate()
    leaders = [personas.programme_office() for _number in range(PROJECTS)]
    former = [_ended(number, leader, today) for number, leader in enumerate(leaders)]
    worker = system.start_worker(pool="prefork")
    job = enqueue(kind="selection.rechecks", key="rechecks")

    with transaction.atomic():  # whoever leads the third project holds the job up when two have begun
        User.objects.select_for_update().get(pk=leaders[2].pk)
        system.hint(job)
        wait_for(lambda: _begun(former) == former[:2] and _waits_for_a_row(), 60)
        assert state(job) == "running"
        lose_worker_and_broker(system, worker)
    wait_for(lambda: not _others_write(), 30)
    system.start_scheduler()
    finish_in_time(system, job)

    assert job.attempts == 2  # the third one's commit was on its way: PostgreSQL may end it without its worker
    assert _begun(former) == former
    told = Notification.objects.filter(kind="selection.recheck").values_list("user", flat=True)
    assert sorted(told) == sorted(leader.pk for leader in leaders)


def _ended(number: int, leader: User, today: date) -> int:
    """The key of a project that is done and whose re-check is due; the first is taken first, being the youngest."""
    begun = today - timedelta(days=400 + number)
    project = start_project(name=f"Key accounts {number}", starts_on=begun, by=leader)
    SelectionProject.objects.filter(pk=project.pk).update(state="done", recheck_on=today)
    return project.pk


def _begun(former: list[int]) -> list[int]:
    """The projects whose re-check has begun, once for each time that it has."""
    return list(SelectionProject.objects.filter(former__in=former).order_by("former").values_list("former", flat=True))


def _waits_for_a_row() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'transactionid'")
        return bool(cursor.fetchone()[0])


def _others_write() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND backend_xid IS NOT NULL"
        )
        return bool(cursor.fetchone()[0])
