"""The broker forgets, hangs, dies; rows do not."""

from __future__ import annotations

import signal
import time

import pytest

from jobs.models import Heartbeat, Job
from tests.programs import System, wait_for

pytestmark = [pytest.mark.fault, pytest.mark.timeout(400)]


def open_jobs() -> int:
    return Job.objects.filter(kind="faults.quick").exclude(state="succeeded").count()


def done_once(ledger) -> bool:
    numbers = [line.split()[0] for line in ledger.read_text().splitlines()]
    return len(numbers) == len(set(numbers))


def test_a_wiped_broker_loses_no_job(system: System, ask, ledger):
    jobs = [ask("faults.quick") for _number in range(200)]
    for job in jobs:
        system.hint(job)

    system.forget()
    system.start_worker()
    system.start_scheduler()
    wait_for(lambda: not open_jobs(), 60)

    assert done_once(ledger)


@pytest.mark.parametrize("pool", ["threads", "prefork"])
def test_a_worker_consumes_again_soon_after_its_broker_was_killed_and_returned_empty(system, ask, ledger, pool):
    system.start_scheduler()
    worker = system.start_worker(pool=pool)

    for _turn in range(5):
        jobs = [ask("faults.quick") for _number in range(20)]
        system.hint(jobs[0])
        system.broker.kill()
        time.sleep(2)
        system.start_broker()
        began = time.monotonic()
        wait_for(lambda: not open_jobs(), 60)
        assert time.monotonic() - began < 60

    assert worker.process.poll() is None
    assert done_once(ledger)


def test_a_worker_bears_that_its_connections_are_cut_again_and_again(system: System, ask, ledger):
    system.start_scheduler()
    worker = system.start_worker()

    for _turn in range(20):
        jobs = [ask("faults.quick") for _number in range(5)]
        for job in jobs:
            system.hint(job)
        system.cut_connections()
    wait_for(lambda: not open_jobs(), 60)

    assert worker.process.poll() is None
    assert done_once(ledger)


def test_a_broker_without_memory_stops_no_work_for_good(system: System, ask, ledger):
    system.start_scheduler()
    worker = system.start_worker()
    wait_for(lambda: Heartbeat.objects.filter(name="scheduler").exists(), 20)

    system.limit_memory("1mb")
    jobs = [ask("faults.quick") for _number in range(20)]
    time.sleep(15)
    system.limit_memory("0")
    if worker.process.poll() is not None:
        assert worker.process.poll() != 0
        system.start_worker()
    wait_for(lambda: not open_jobs(), 60)

    assert len(jobs) == 20
    assert done_once(ledger)


def test_a_running_job_does_not_notice_that_the_broker_is_gone(system: System, ask, ledger):
    system.start_scheduler()
    system.start_worker(pool="prefork")
    job = ask("faults.steps", key="once", steps=40, pause=0.2)
    system.hint(job)
    wait_for(lambda: ledger.read_text(), 20)

    system.broker.kill()
    time.sleep(3)
    system.start_broker()
    wait_for(lambda: Job.objects.get(pk=job.pk).state == "succeeded", 90)

    assert Job.objects.get(pk=job.pk).attempts == 1


def test_a_hanging_broker_holds_up_nobody_for_long(system: System, ask, ledger):
    system.start_scheduler()
    system.start_worker()
    jobs = [ask("faults.quick") for _number in range(20)]

    system.broker.signal(signal.SIGSTOP)
    time.sleep(10)
    system.broker.signal(signal.SIGCONT)
    wait_for(lambda: not open_jobs(), 60)

    assert len(jobs) == 20
    assert done_once(ledger)
