"""Several schedulers, one leader, each moment once."""

from __future__ import annotations

import signal
import time
from datetime import timedelta

import pytest

from jobs.models import Heartbeat, Job, Occurrence
from jobs.services.schedules import database_now
from tests.programs import Program, System, wait_for

pytestmark = [pytest.mark.fault, pytest.mark.timeout(400)]

TAKEN_OVER_WITHIN = 60


def leader(schedulers: list[Program]) -> Program:
    """The scheduler whose heartbeat is the newest."""
    return wait_for(lambda: next((one for one in schedulers if _leads(one)), None), TAKEN_OVER_WITHIN)


def _leads(scheduler: Program) -> bool:
    beat = Heartbeat.objects.filter(name="scheduler", detail__endswith=f":{scheduler.pid}").first()
    return beat is not None and database_now() - beat.at < timedelta(seconds=5)


def moments() -> list:
    return list(
        Occurrence.objects.filter(schedule__key="faults.tick").order_by("due_at").values_list("due_at", flat=True)
    )


def assert_each_second_once() -> None:
    found = moments()
    assert found == [found[0] + timedelta(seconds=number) for number in range(len(found))]
    assert Job.objects.filter(kind="faults.tick").count() == len(found)


def test_three_at_once_do_everything_once(system: System):
    schedulers = [system.start_scheduler() for _number in range(3)]
    leader(schedulers)

    time.sleep(20)

    assert len(moments()) > 12
    assert_each_second_once()
    assert sum("no longer" not in one.words() and "leads" in one.words() for one in schedulers) == 1


def test_a_killed_leader_is_replaced_and_nothing_is_missed(system: System):
    schedulers = [system.start_scheduler() for _number in range(3)]

    for _turn in range(2):
        first = leader(schedulers)
        first.kill()
        schedulers.remove(first)
        began = time.monotonic()
        leader(schedulers)
        assert time.monotonic() - began < TAKEN_OVER_WITHIN
    time.sleep(5)

    assert_each_second_once()


def test_a_stopped_leader_is_replaced_and_leads_no_more_when_it_wakes(system: System):
    schedulers = [system.start_scheduler() for _number in range(2)]
    first = leader(schedulers)

    first.signal(signal.SIGSTOP)
    began = time.monotonic()
    second = leader([one for one in schedulers if one is not first])
    took = time.monotonic() - began
    first.signal(signal.SIGCONT)
    wait_for(lambda: "no longer leads" in first.words(), 20)
    time.sleep(5)

    assert took < TAKEN_OVER_WITHIN
    assert second.process.poll() is None
    assert_each_second_once()


def test_it_ends_in_good_order(system: System):
    scheduler = system.start_scheduler()
    leader([scheduler])

    scheduler.process.send_signal(signal.SIGTERM)

    assert scheduler.process.wait(10) == 0
