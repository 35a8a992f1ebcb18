"""All customers are scored while workers and broker die: what comes out is what an undisturbed scoring gives, once."""

from __future__ import annotations

import random
import time

import pytest
from django.db import connection, transaction

from accounts.models import User
from customers.models import Customer
from feed.models import Change, Outgoing
from jobs.models import Job, Notification
from selection.models import Score, ScoringRun
from selection.services.models import create_model
from selection.services.runs import request_scoring
from tests import personas
from tests.faults.scores import (
    RESUMED_WITHIN,
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

MANY, FEW = 15_000, 1_000
LATEST = (0.3, 0.6, 0.9)  # each kill comes before this part of an undisturbed scoring
MORE, LESS = ({"kind": "place", "more_is_better": more} for more in (True, False))
FACTORS = [
    {"key": "sales_12_months", "kind": "metric", "metric": "sales_12_months", "weight": 40, "scale": MORE},
    {"key": "sales_growth", "kind": "metric", "metric": "sales_growth", "weight": 20, "scale": MORE},
    {"key": "discount_share", "kind": "metric", "metric": "discount_share", "weight": 10, "scale": LESS},
    {"key": "strategic_fit", "kind": "judged", "weight": 30},
]


@pytest.fixture
def office(system: System) -> User:
    """The programme office, with a model in force."""
    office = personas.programme_office()
    model = create_model(name="Attractiveness", factors=FACTORS, by=office)
    put_into_force(model_id=model.pk, version=model.version, by=office)
    return office


def undisturbed(office: User) -> tuple[list[tuple[object, ...]], float]:
    """What a scoring gives that nobody kills, and its seconds; nothing of it stays."""
    with transaction.atomic():
        request_scoring(by=office)
        began = time.monotonic()
        run_jobs()
        seconds, figures = time.monotonic() - began, in_force()
        transaction.set_rollback(True)
    return figures, seconds


def assert_as_undisturbed(job: Job, clean: list[tuple[object, ...]], office: User) -> None:
    customers = list(Customer.objects.order_by("pk").values_list("pk", flat=True))
    run = ScoringRun.objects.get(pk=job.args["run_ids"][0])
    assert in_force() == clean
    assert [row[0] for row in clean] == customers
    assert list(Score.objects.filter(run=run).order_by("customer").values_list("customer", flat=True)) == customers
    assert (run.state, run.customers, job.result["customers"]) == ("finished", len(customers), len(customers))
    assert (job.progress_done, job.progress_total) == (len(customers), len(customers))
    assert not ScoringRun.objects.filter(state="running").exists()
    of_jobs = Notification.objects.filter(user=office, kind__startswith="jobs.")
    assert list(of_jobs.values_list("kind", flat=True)) == ["jobs.done"]
    told = [table.objects.filter(event="score.published", object_id=run.pk).count() for table in (Outgoing, Change)]
    assert sum(told) == 1


def test_a_scoring_killed_at_chance_moments_equals_one_that_nobody_killed(system: System, office: User):
    bring_customers(MANY, office)
    before = in_force()
    clean, seconds = undisturbed(office)
    seed = time.time_ns()
    chance = random.Random(seed)  # noqa: S311 - chance, no secret
    moments = [chance.uniform(0, seconds * latest) for latest in LATEST]
    print(f"seed {seed}, undisturbed {seconds:.1f} s, killed after {moments}")  # noqa: T201 - shown with a failure
    system.start_scheduler()
    worker = system.start_worker(pool="prefork")
    job = request_scoring(by=office)
    system.hint(job)

    for kill, moment in enumerate(moments, start=1):
        wait_for(lambda kill=kill: (state(job), job.attempts) == ("running", kill), RESUMED_WITHIN)
        time.sleep(moment)
        rows = Score.objects.filter(run=job.args["run_ids"][0]).count()
        print(f"attempt {kill}: {state(job)}, {rows} rows")  # noqa: T201
        lose_worker_and_broker(system, worker)
        if state(job) == "succeeded":
            break
        assert request_scoring(by=office) == job
        assert in_force() in (before, clean)
        if kill < len(moments):
            worker = system.start_worker(pool="prefork")
    finish_in_time(system, job)

    assert job.attempts > 1
    assert_as_undisturbed(job, clean, office)


@pytest.mark.parametrize(
    ("table", "run_state"),
    [
        pytest.param("selection_positionpoint", "running", id="in-the-write-back"),
        pytest.param("jobs_notification", "finished", id="between-write-back-and-end"),
    ],
)
def test_a_scoring_killed_at_its_last_steps_is_ended_once(system: System, office: User, table: str, run_state: str):
    bring_customers(FEW, office)
    before = in_force()
    clean, _seconds = undisturbed(office)
    system.start_scheduler()
    worker = system.start_worker(pool="prefork")

    job = request_scoring(by=office)

    with transaction.atomic(), connection.cursor() as cursor:  # the table holds the scoring up where we want it
        cursor.execute(f"LOCK TABLE {table} IN EXCLUSIVE MODE")
        system.hint(job)
        wait_for(lambda: ScoringRun.objects.get(pk=job.args["run_ids"][0]).state == run_state and waits_for(table), 60)
        assert state(job) == "running"
        assert in_force() == (clean if run_state == "finished" else before)
        lose_worker_and_broker(system, worker)
    finish_in_time(system, job)

    assert job.attempts == 2
    assert_as_undisturbed(job, clean, office)
