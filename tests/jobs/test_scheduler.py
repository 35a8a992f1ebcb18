"""One leader at a time."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from jobs.models import Heartbeat
from jobs.scheduler import HEARTBEAT, Leadership, Scheduler

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def seats():
    seats = [Leadership() for _ in range(3)]
    yield seats
    for seat in seats:
        seat.give_up()


def takes_the_lead(seat):
    """Whether it comes to lead within seconds: PostgreSQL frees a lock when it notices that a connection has ended."""
    return any(seat.seek() or time.sleep(0.02) for _ in range(250))


def test_of_three_one_leads(seats):
    assert [seat.seek() for seat in seats] == [True, False, False]
    assert [seat.seek() for seat in seats] == [True, False, False]


def test_when_the_leader_goes_another_takes_its_place(seats):
    first, second, _third = seats
    first.seek()
    second.seek()

    first.give_up()

    assert takes_the_lead(second)


def test_a_leader_whose_session_was_ended_knows_it(seats):
    first, second, _third = seats
    first.seek()
    second.seek()

    second.unseat()

    assert not first.seek()
    assert takes_the_lead(second)


def test_a_silent_leader_is_replaced(seats):
    stopped, _second, _third = seats
    stopped.seek()
    Heartbeat.objects.create(name=HEARTBEAT, at=timezone.now() - timedelta(seconds=60), detail="stopped")
    other = Scheduler()
    assert not other.leadership.seek()

    other.watch()

    assert takes_the_lead(other.leadership)
    other.leadership.give_up()


def test_a_leader_that_beats_is_left_alone(seats):
    leader, *_rest = seats
    leader.seek()
    Heartbeat.objects.create(name=HEARTBEAT, detail="alive")
    other = Scheduler()
    other.leadership.seek()

    other.watch()

    assert leader.seek()
    other.leadership.give_up()


def test_one_schedule_that_fails_does_not_hold_up_the_others(monkeypatch):
    from jobs.services import schedules

    looked = []

    def look_along(*, declared, now):
        looked.append(declared.key)
        raise RuntimeError

    monkeypatch.setattr(schedules, "look_along", look_along)

    Scheduler().lead()

    assert len(looked) > 1
    assert Heartbeat.objects.filter(name=HEARTBEAT).exists()


def test_it_does_not_start_behind_a_pooler_that_keeps_no_session(settings):
    settings.TRANSACTION_POOLING = True

    with pytest.raises(CommandError, match="DATABASE_URL"):
        call_command("run_scheduler")
