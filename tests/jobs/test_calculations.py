"""Pauses, rates, remaining time. No database, no clock."""

from __future__ import annotations

from datetime import timedelta

import pytest

from jobs.calculations import pause_after, rate, remaining, zone_named


@pytest.mark.parametrize(("attempt", "seconds"), [(1, 5), (2, 10), (3, 20), (4, 40), (12, 600)])
def test_pauses_double_up_to_ten_minutes(attempt, seconds):
    assert pause_after(attempt) == timedelta(seconds=seconds)


def test_pauses_differ_by_a_fifth_at_most():
    assert pause_after(1, jitter=-1) == timedelta(seconds=4)
    assert pause_after(1, jitter=1) == timedelta(seconds=6)


def test_the_rate_is_not_known_before_there_is_one():
    assert rate(0, timedelta(seconds=10)) is None
    assert rate(5, timedelta(seconds=0)) is None
    assert rate(30, timedelta(seconds=10)) == 3.0


def test_the_time_left_follows_from_the_rate():
    assert remaining(30, 90, timedelta(seconds=10)) == timedelta(seconds=20)
    assert remaining(30, None, timedelta(seconds=10)) is None
    assert remaining(90, 90, timedelta(seconds=10)) is None


def test_an_unknown_zone_is_utc():
    assert zone_named("Europe/Berlin").key == "Europe/Berlin"
    assert [zone_named(name).key for name in ("Mars/Olympus", "", "../etc")] == ["UTC", "UTC", "UTC"]
