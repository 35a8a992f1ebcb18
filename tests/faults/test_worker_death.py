"""Workers die at any instruction; work goes on, once."""

from __future__ import annotations

import os
import signal
import time
from collections import Counter
from pathlib import Path

import pytest
from django.db import connection

from jobs.models import Job, Notification
from tests.programs import System, wait_for

pytestmark = [pytest.mark.fault, pytest.mark.timeout(400)]

RESUMED_WITHIN = 90


def lines(ledger: Path) -> list[list[str]]:
    return [line.split() for line in ledger.read_text().splitlines()]


def state(job: Job) -> str:
    job.refresh_from_db()
    return job.state


def test_a_worker_tree_killed_in_mid_job_is_resumed_after_its_return(system: System, ask, ledger):
    system.start_scheduler()
    worker = system.start_worker(pool="prefork")
    job = ask("faults.steps", key="once", steps=40, pause=0.3)
    system.hint(job)
    wait_for(lambda: len(lines(ledger)) > 5, 20)

    worker.kill()
    time.sleep(5)
    began = time.monotonic()
    system.start_worker(pool="prefork")
    wait_for(lambda: state(job) == "succeeded", RESUMED_WITHIN)

    assert time.monotonic() - began < RESUMED_WITHIN
    assert (job.attempts, job.result, job.progress_done) == (2, {"steps": 40}, 40)
    assert Notification.objects.filter(key__startswith="once:").count() == 40


def test_a_pool_child_killed_in_mid_job_is_resumed(system: System, ask, ledger):
    system.start_scheduler()
    worker = system.start_worker(pool="prefork")
    job = ask("faults.steps", key="once", steps=40, pause=0.3)
    system.hint(job)
    wait_for(lambda: len(lines(ledger)) > 5, 20)

    for pid in worker.children():
        os.kill(pid, signal.SIGKILL)
    wait_for(lambda: state(job) == "succeeded", RESUMED_WITHIN)

    assert worker.process.poll() is None
    assert job.attempts == 2
    assert Notification.objects.filter(key__startswith="once:").count() == 40


def test_poison_dies_alone(system: System, ask, ledger):
    system.start_scheduler(lease=4)
    worker = system.start_worker(pool="prefork", concurrency=2, lease=4)
    poison = ask("faults.poison")
    good = [ask("faults.quick") for _number in range(20)]
    for job in (poison, *good):
        system.hint(job)

    wait_for(lambda: state(poison) == "dead", 120)
    wait_for(lambda: {state(job) for job in good} == {"succeeded"}, 60)

    assert worker.process.poll() is None
    assert (poison.attempts, poison.error_kind) == (5, "WorkerLost")
    assert Counter(word for _job, _attempt, word in lines(ledger)) == {"poison": 5, "done": 20}


def test_twenty_copies_of_every_hint_do_everything_once(system: System, ask, ledger):
    system.start_worker(concurrency=4)
    system.start_worker(pool="prefork", concurrency=4)
    jobs = [ask("faults.quick", key=f"quick-{number}") for number in range(30)]
    for job in jobs:
        system.hint(job, times=20)

    wait_for(lambda: all(state(job) == "succeeded" for job in jobs), 60)

    assert sorted(int(number) for number, _attempt, _word in lines(ledger)) == sorted(job.pk for job in jobs)
    assert {job.attempts for job in jobs} == {1}


def test_a_stopped_worker_loses_its_job_and_finds_its_words_refused(system: System, ask, ledger):
    system.start_scheduler(lease=6)
    stopped = system.start_worker(concurrency=1, lease=6)
    job = ask("faults.sleeper", pause=5)
    system.hint(job)
    wait_for(lambda: len(lines(ledger)) == 1, 20)

    stopped.signal(signal.SIGSTOP)
    system.start_worker(concurrency=1, lease=6)
    wait_for(lambda: state(job) == "succeeded", RESUMED_WITHIN)
    stopped.signal(signal.SIGCONT)
    wait_for(lambda: "another worker has it by now" in stopped.words(), 30)

    assert state(job) == "succeeded"
    assert (job.attempts, job.result) == (2, {"attempt": 2})
    assert [word for _job, _attempt, word in lines(ledger)].count("awake") == 2
    assert list(Notification.objects.values_list("key", flat=True)) == ["sleeper:2"]


def test_a_database_that_hangs_up_again_and_again_loses_no_work(system: System, ask, ledger):
    system.start_scheduler(lease=10)
    worker = system.start_worker(lease=10)
    job = ask("faults.steps", key="once", steps=30, pause=0.2)
    system.hint(job)
    wait_for(lambda: lines(ledger), 20)

    for _turn in range(3):
        time.sleep(1)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
    wait_for(lambda: state(job) == "succeeded", RESUMED_WITHIN)

    assert worker.process.poll() is None
    assert job.result == {"steps": 30}
    assert Notification.objects.filter(key__startswith="once:").count() == 30


def test_a_worker_asked_to_end_finishes_what_it_holds(system: System, ask, ledger):
    worker = system.start_worker(pool="prefork")
    job = ask("faults.steps", key="once", steps=10, pause=0.3)
    system.hint(job)
    wait_for(lambda: lines(ledger), 20)

    worker.process.send_signal(signal.SIGTERM)
    code = worker.process.wait(30)

    assert code == 0
    assert (state(job), job.attempts) == ("succeeded", 1)
