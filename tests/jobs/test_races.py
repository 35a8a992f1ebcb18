"""Many at once, on real connections: one wins, the others go on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from jobs.models import Job, Notification
from jobs.notices import JOB_DONE
from jobs.runner import run_job
from jobs.services import enqueue, notify
from jobs.services.schedules import database_now, look_along
from kcrm.lib.errors import TooMuchAtOnce
from tests.factories.accounts import UserFactory
from tests.programs import System, running_system, wait_for

pytestmark = pytest.mark.django_db(transaction=True)

CROWD = 20


def all_at_once(act: Callable[[], Any]) -> list[Any]:
    """What each of twenty threads got that acted at the same moment; errors are answers too."""
    start = Barrier(CROWD)

    def one(_number: int) -> Any:
        try:
            start.wait(10)
            return act()
        except Exception as error:  # an answer like others
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(CROWD) as crowd:
        return list(crowd.map(one, range(CROWD)))


def test_twenty_workers_with_the_same_hint_run_the_job_once(declare):
    ran: list[int] = []
    job = enqueue(kind=declare(lambda job: ran.append(job.attempt)))

    answers = all_at_once(lambda: run_job(job.pk))

    assert ran == [1]
    assert sum(answer is not None for answer in answers) == 1


def test_twenty_requests_with_the_same_key_make_one_job(declare):
    kind = declare(lambda job: None)

    answers = all_at_once(lambda: enqueue(kind=kind, key="score:5").pk)

    assert len(set(answers)) == 1
    assert Job.objects.count() == 1


def test_twenty_requests_of_one_person_find_no_more_room_than_there_is(declare):
    kind, person = declare(lambda job: None, per_person=2), UserFactory()

    answers = all_at_once(lambda: enqueue(kind=kind, by=person))

    assert Counter(type(answer) for answer in answers) == {Job: 2, TooMuchAtOnce: CROWD - 2}


def test_twenty_notices_with_the_same_key_are_one():
    person = UserFactory()

    all_at_once(lambda: notify(user=person, kind=JOB_DONE, key="x", subject="x"))

    assert Notification.objects.count() == 1


def test_twenty_schedulers_make_one_occurrence(declare):
    from datetime import timedelta

    from jobs.models import Occurrence, Schedule
    from jobs.recurrence import Every, Policy
    from jobs.schedules import Declared

    now = database_now()
    hourly = Declared("tests.hourly", declare(lambda job: None), Every(timedelta(hours=1)), Policy("once"), "")
    Schedule.objects.create(key=hourly.key, checked_until=now - timedelta(hours=1))

    all_at_once(lambda: look_along(declared=hourly, now=now))

    assert Occurrence.objects.count() == 1
    assert Job.objects.count() == 1


@pytest.fixture
def system(tmp_path):
    with running_system(tmp_path) as system:
        yield system


def test_a_real_worker_takes_a_job_once_however_often_it_is_told(system: System):
    job = enqueue(kind="jobs.pulse")
    system.start_worker()

    system.hint(job, times=CROWD)
    wait_for(lambda: Job.objects.filter(pk=job.pk, state="succeeded").exists(), 30)

    job.refresh_from_db()
    assert job.attempts == 1
