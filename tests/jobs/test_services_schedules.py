"""Schedules become jobs, each moment once; the sweeper repeats hints."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError
from django.utils import timezone

from jobs import hints
from jobs.models import Job, Occurrence, Schedule
from jobs.recurrence import Every, Policy
from jobs.schedules import Declared, declared_schedules, schedule
from jobs.services import enqueue, schedules
from tests.factories.jobs import JobFactory

pytestmark = pytest.mark.django_db

MIDNIGHT = datetime(2026, 11, 21, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def hourly(declare) -> Declared:
    kind = declare(lambda job: None)
    return Declared("tests.hourly", kind, Every(HOUR), Policy("once"), "every hour", {"x": 1})


@pytest.fixture
def sent(monkeypatch) -> list[int]:
    told: list[int] = []

    def send(jobs, **options):
        told.extend(job.pk for job in jobs)
        return len(jobs)

    monkeypatch.setattr(hints, "send", send)
    monkeypatch.setattr(hints, "waiting", lambda **options: 0)
    return told


def look(declared: Declared, now: datetime) -> list[datetime]:
    return [occurrence.due_at for occurrence in schedules.look_along(declared=declared, now=now)]


def test_a_new_schedule_has_no_past(hourly):
    assert look(hourly, MIDNIGHT + timedelta(minutes=7)) == []
    assert Schedule.objects.get().checked_until == MIDNIGHT + timedelta(minutes=7)


def test_a_moment_becomes_one_job(hourly):
    look(hourly, MIDNIGHT - timedelta(minutes=1))

    assert look(hourly, MIDNIGHT) == [MIDNIGHT]
    assert look(hourly, MIDNIGHT + timedelta(minutes=1)) == []
    job = Job.objects.get()
    assert (job.kind, job.args, job.requested_by) == (
        "tests.kind",
        {"x": 1, "due_at": "2026-11-21T00:00:00+00:00"},
        None,
    )


def test_of_a_long_outage_the_newest_moment_counts(hourly):
    look(hourly, MIDNIGHT)

    assert look(hourly, MIDNIGHT + 72 * HOUR + timedelta(minutes=5)) == [MIDNIGHT + 72 * HOUR]


def test_the_next_occurrence_waits_for_the_one_before(hourly):
    look(hourly, MIDNIGHT - timedelta(minutes=1))
    look(hourly, MIDNIGHT)

    look(hourly, MIDNIGHT + HOUR)

    assert Job.objects.count() == 1
    assert Occurrence.objects.count() == 2


def test_each_occurrence_of_an_all_schedule_has_its_job(hourly):
    every_one = Declared(hourly.key, hourly.kind, hourly.rule, Policy("all", limit=10), "every hour")
    look(every_one, MIDNIGHT)

    assert len(look(every_one, MIDNIGHT + 3 * HOUR)) == 3
    assert Job.objects.count() == 3


def test_the_database_refuses_a_moment_twice(hourly):
    look(hourly, MIDNIGHT - timedelta(minutes=1))
    look(hourly, MIDNIGHT)
    row = Schedule.objects.get()

    with pytest.raises(IntegrityError):
        Occurrence.objects.create(schedule=row, due_at=MIDNIGHT)


def test_a_schedule_that_lost_its_place_does_nothing_twice(hourly):
    look(hourly, MIDNIGHT - timedelta(minutes=1))
    look(hourly, MIDNIGHT)
    Schedule.objects.update(checked_until=MIDNIGHT - 5 * HOUR)

    assert look(hourly, MIDNIGHT + timedelta(minutes=1)) == []
    assert Job.objects.count() == 1


@pytest.mark.parametrize("rule", [{}, {"every": HOUR, "cron": "* * * * *"}, {"every": timedelta(0)}])
def test_a_schedule_needs_exactly_one_rule(rule):
    with pytest.raises(ValueError, match=r"tests\.odd"):
        schedule("tests.odd", kind="jobs.purge", **rule)


def test_every_declared_schedule_has_a_handler_and_a_next_moment():
    for declared in declared_schedules():
        assert schedules.look_along(declared=declared, now=timezone.now()) == []
        assert declared.rule.after(timezone.now()) is not None


def test_the_sweeper_hints_again_at_what_no_worker_took(sent, declare):
    old = JobFactory(hinted_at=timezone.now() - timedelta(minutes=1))
    abandoned = JobFactory(state="running", lease_until=timezone.now() - timedelta(seconds=1))
    JobFactory(hinted_at=timezone.now())
    JobFactory(run_after=timezone.now() + HOUR)
    JobFactory(state="running", lease_until=timezone.now() + timedelta(seconds=20))

    schedules.sweep()

    assert sorted(sent) == [old.pk, abandoned.pk]
    assert schedules.sweep() == 0


def test_the_sweeper_leaves_a_full_queue_alone(sent, monkeypatch):
    monkeypatch.setattr(hints, "waiting", lambda **options: schedules.HINTS_AT_MOST)
    JobFactory()

    assert schedules.sweep() == 0


def test_the_sweeper_bears_a_lost_broker(monkeypatch):
    monkeypatch.setattr(hints, "waiting", lambda **options: None)
    JobFactory()

    assert schedules.sweep() == 0


def test_what_the_broker_did_not_take_comes_with_the_next_sweep(monkeypatch):
    first, second = JobFactory(hinted_at=timezone.now() - 2 * HOUR), JobFactory(hinted_at=timezone.now() - HOUR)
    told: list[list[int]] = []
    monkeypatch.setattr(hints, "waiting", lambda **options: 0)
    monkeypatch.setattr(hints, "send", lambda jobs, **options: told.append([job.pk for job in jobs]) or 1)

    schedules.sweep()
    schedules.sweep()

    assert told == [[first.pk, second.pk], [second.pk]]


def test_a_retried_job_is_hinted_at_when_its_pause_is_over(sent, declare):
    from tests.running import run_jobs

    def work(job):
        raise ValueError

    job = enqueue(kind=declare(work))
    run_jobs()
    schedules.sweep()
    assert sent == []

    Job.objects.filter(pk=job.pk).update(run_after=timezone.now() - timedelta(seconds=1))
    schedules.sweep()

    assert sent == [job.pk]
