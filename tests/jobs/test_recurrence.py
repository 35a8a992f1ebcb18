"""When recurring work is due. No database, no clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.recurrence import Cron, Every, Policy, due_between

ONCE = Policy("once")
NIGHTLY = "30 2 * * *"


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def back(rule, moment: str, count: int) -> list[str]:
    return [f"{due:%Y-%m-%d %H:%M}" for due in islice(rule.before(utc(moment)), count)]


def test_a_period_is_counted_from_1970():
    rule = Every(timedelta(minutes=5))

    assert back(rule, "2026-11-21 10:07:31", 2) == ["2026-11-21 10:05", "2026-11-21 10:00"]
    assert rule.after(utc("2026-11-21 10:05")) == utc("2026-11-21 10:10")


def test_local_times_follow_the_zone():
    assert back(Cron.parse("30 7 * * *", "Asia/Shanghai"), "2026-11-21 10:00", 2) == [
        "2026-11-20 23:30",
        "2026-11-19 23:30",
    ]


@pytest.mark.parametrize(
    ("zone", "nights"),
    [
        # the hour from 2 to 3 is missing in the middle one of the first two
        ("Europe/Berlin", ["2026-03-28 01:30", "2026-03-29 01:30", "2026-03-30 00:30"]),
        ("America/New_York", ["2026-03-07 07:30", "2026-03-08 07:30", "2026-03-09 06:30"]),
        ("Asia/Shanghai", ["2026-03-27 18:30", "2026-03-28 18:30", "2026-03-29 18:30"]),
    ],
)
def test_each_spring_night_has_one(zone, nights):
    assert back(Cron.parse(NIGHTLY, zone), nights[-1], 3) == nights[::-1]


@pytest.mark.parametrize(
    ("zone", "nights"),
    [
        ("Europe/Berlin", ["2026-10-24 00:30", "2026-10-25 00:30", "2026-10-26 01:30"]),
        ("America/New_York", ["2026-10-31 06:30", "2026-11-01 07:30", "2026-11-02 07:30"]),
        ("Asia/Shanghai", ["2026-10-23 18:30", "2026-10-24 18:30", "2026-10-25 18:30"]),
    ],
)
def test_each_autumn_night_has_one(zone, nights):
    assert back(Cron.parse(NIGHTLY, zone), nights[-1], 3) == nights[::-1]


def test_a_doubled_local_time_is_due_the_first_time():
    rule = Cron.parse("30 1 * * *", "America/New_York")

    assert back(rule, "2026-11-02 06:30", 2) == ["2026-11-02 06:30", "2026-11-01 05:30"]


def test_every_hour_means_real_hours():
    rule = Cron.parse("0 * * * *", "Europe/Berlin")

    assert back(rule, "2026-10-25 03:00", 5) == [f"2026-10-25 0{hour}:00" for hour in (3, 2, 1, 0)] + [
        "2026-10-24 23:00"
    ]
    assert back(rule, "2026-03-29 03:00", 4) == [f"2026-03-29 0{hour}:00" for hour in (3, 2, 1, 0)]


def test_weekdays_and_month_days():
    assert back(Cron.parse("0 6 * * 1-5", "UTC"), "2026-11-22 12:00", 1) == ["2026-11-20 06:00"]
    assert back(Cron.parse("0 6 1 * *", "UTC"), "2026-11-22 12:00", 2) == ["2026-11-01 06:00", "2026-10-01 06:00"]
    assert back(Cron.parse("0 6 13 * 7", "UTC"), "2026-11-22 12:00", 3) == [
        "2026-11-22 06:00",
        "2026-11-15 06:00",
        "2026-11-13 06:00",
    ]


def test_the_29th_of_february_comes_every_four_years():
    rule = Cron.parse("0 0 29 2 *", "UTC")

    assert back(rule, "2026-11-22 12:00", 1) == ["2024-02-29 00:00"]
    assert rule.after(utc("2026-11-22")) == utc("2028-02-29")


@pytest.mark.parametrize("text", ["", "* * * *", "61 * * * *", "* 24 * * *", "a * * * *", "*/0 * * * *", "5-1 * * * *"])
def test_a_rule_that_cannot_be_read_is_refused(text):
    with pytest.raises(ValueError, match="schedule"):
        Cron.parse(text, "UTC")


@given(
    st.integers(0, 15 * 365 * 24 * 60),
    st.sampled_from(["Europe/Berlin", "America/New_York", "Asia/Shanghai", "Australia/Lord_Howe", "Pacific/Apia"]),
    st.integers(0, 23),
    st.integers(0, 59),
)
def test_a_daily_time_comes_once_for_each_local_day(offset, zone, hour, minute):
    rule = Cron.parse(f"{minute} {hour} * * *", zone)

    found = list(islice(rule.before(utc("2020-01-01") + timedelta(minutes=offset)), 40))

    gaps = {round((newer - older) / timedelta(hours=1), 1) for newer, older in pairwise(found)}
    assert found == sorted(set(found), reverse=True)
    assert all(22.5 <= gap <= 25.5 for gap in gaps)
    assert rule.after(found[1]) == found[0]


def test_of_missed_moments_once_takes_the_newest():
    rule = Every(timedelta(minutes=5))

    assert due_between(rule, ONCE, utc("2026-11-21 00:02"), utc("2026-11-21 10:07")) == [utc("2026-11-21 10:05")]


def test_of_missed_moments_all_takes_the_newest_few():
    rule = Every(timedelta(hours=1))

    assert due_between(rule, Policy("all", limit=3), utc("2026-11-20"), utc("2026-11-21 10:07")) == [
        utc("2026-11-21 08:00"),
        utc("2026-11-21 09:00"),
        utc("2026-11-21 10:00"),
    ]


def test_of_missed_moments_skip_takes_none_but_fresh_ones():
    rule, policy = Every(timedelta(hours=1)), Policy("skip", grace=timedelta(minutes=1))

    assert due_between(rule, policy, utc("2026-11-20"), utc("2026-11-21 10:07")) == []
    assert due_between(rule, policy, utc("2026-11-20"), utc("2026-11-21 10:00:30")) == [utc("2026-11-21 10:00")]


def test_nothing_is_due_twice():
    rule = Every(timedelta(minutes=5))

    assert due_between(rule, ONCE, utc("2026-11-21 10:05"), utc("2026-11-21 10:07")) == []


def test_a_clock_set_back_an_hour_waits_until_it_has_caught_up():
    rule = Every(timedelta(minutes=5))

    assert due_between(rule, ONCE, utc("2026-11-21 11:00"), utc("2026-11-21 10:07")) == []


def test_a_clock_that_had_run_ahead_a_year_does_not_stop_the_schedule_for_a_year():
    rule = Every(timedelta(minutes=5))

    assert due_between(rule, ONCE, utc("2027-12-26"), utc("2026-11-21 10:05:10")) == [utc("2026-11-21 10:05")]
