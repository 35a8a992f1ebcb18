"""Customers to score, what is in force, and how a scoring loses its worker and its broker."""

from __future__ import annotations

import time
from datetime import date

from django.core.management import call_command
from django.db import connection

from accounts.models import User
from customers.models import Customer
from jobs.models import Job
from selection.models import CurrentScore, ModelFactor, Rating
from tests.programs import Program, System, wait_for

RESUMED_WITHIN = 90
FIGURES = ("customer", "score", "index", "coverage", "provisional", "knocked_out", "rank", "tier")


def bring_customers(count: int, rater: User) -> None:
    """Customers with figures; two of three are judged."""
    call_command("generate_customers", str(count), verbosity=0)
    fit = ModelFactor.objects.get(key="strategic_fit")
    numbers = Customer.objects.order_by("pk").values_list("pk", flat=True)
    Rating.objects.bulk_create(
        Rating(factor=fit, customer_id=pk, rater=rater, score=1 + at % 10, rated_on=date(2026, 1, 1))
        for at, pk in enumerate(numbers)
        if at % 3
    )


def in_force() -> list[tuple[object, ...]]:
    return list(CurrentScore.objects.order_by("customer").values_list(*FIGURES))


def state(job: Job) -> str:
    job.refresh_from_db()
    return job.state


def lose_worker_and_broker(system: System, worker: Program) -> None:
    """Kill both with all they hold; the broker returns without its data."""
    worker.kill()
    assert system.broker is not None
    system.broker.kill()
    time.sleep(1)
    system.start_broker()


def finish_in_time(system: System, job: Job) -> None:
    """A worker returns, and the job ends within the time."""
    began = time.monotonic()
    system.start_worker(pool="prefork")
    wait_for(lambda: state(job) == "succeeded", RESUMED_WITHIN - (time.monotonic() - began))
    print(f"finished {time.monotonic() - began:.0f} s after the worker's start")  # noqa: T201 - shown with -s


def waits_for(table: str) -> bool:
    """Whether somebody is held up by the lock on the table."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE relation = %s::regclass AND NOT granted", [table])
        return bool(cursor.fetchone()[0])
