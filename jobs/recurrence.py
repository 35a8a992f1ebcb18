"""When recurring work is due. Pure: moments in, moments out; nothing here reads a clock.

A local time is due exactly once on both nights when the clocks change: in spring, when it does not exist, at the moment
it would have been without the change (02:30 becomes 03:30); in autumn, when it comes twice, the first time. A rule
with every hour means real hours, so it is due in both.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import Final, Protocol
from zoneinfo import ZoneInfo

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
A_DAY: Final = timedelta(days=1)
LOOK_BACK: Final = 366 * 5  # days: 29 February comes within them
FIELDS: Final = (("minute", 0, 59), ("hour", 0, 23), ("day", 1, 31), ("month", 1, 12), ("weekday", 0, 7))


class Rule(Protocol):
    """Says when something is due."""

    def before(self, moment: datetime) -> Iterator[datetime]:
        """The moments at or before this one, newest first, in UTC."""

    def after(self, moment: datetime) -> datetime | None:
        """The first moment later than this one, in UTC; None when there is none within five years."""


@dataclass(frozen=True, slots=True)
class Every:
    """Due each time a period ends, counted from 1970 in UTC: the same moments whoever asks and whenever he began."""

    period: timedelta

    def before(self, moment: datetime) -> Iterator[datetime]:
        """See `Rule`."""
        due = EPOCH + (moment - EPOCH) // self.period * self.period
        while True:
            yield due
            due -= self.period

    def after(self, moment: datetime) -> datetime | None:
        """See `Rule`."""
        return EPOCH + ((moment - EPOCH) // self.period + 1) * self.period


@dataclass(frozen=True, slots=True)
class Cron:
    """Due at local times: minute, hour, day of month, month, day of week (0 or 7 is Sunday), as cron writes them.

    When both days are restricted, either suffices, as in cron.
    """

    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    either_day: bool
    every_hour: bool
    zone: ZoneInfo

    @classmethod
    def parse(cls, text: str, zone: str) -> Cron:
        """The rule `30 2 * * 1-5` in a time zone. Raises ValueError naming the field that cannot be read."""
        parts = text.split()
        if len(parts) != len(FIELDS):
            raise ValueError(f"A schedule has five fields, not {len(parts)}: {text!r}.")
        minutes, hours, days, months, weekdays = (
            _field(part, name, low, high) for part, (name, low, high) in zip(parts, FIELDS, strict=True)
        )
        return cls(
            minutes=minutes,
            hours=hours,
            days=days,
            months=months,
            weekdays=frozenset(day % 7 for day in weekdays),
            either_day=not parts[2].startswith("*") and not parts[4].startswith("*"),
            every_hour=parts[1].startswith("*"),
            zone=ZoneInfo(zone),
        )

    def before(self, moment: datetime) -> Iterator[datetime]:
        """See `Rule`; ends five years back."""
        # A time that falls into the spring gap comes out an hour later, so a day's moments can reach into the next.
        latest = moment.astimezone(self.zone).date() + A_DAY
        seen: datetime | None = None
        for back in range(LOOK_BACK):
            for due in reversed(self._on(latest - back * A_DAY)):
                if due <= moment and (seen is None or due < seen):
                    seen = due
                    yield due

    def after(self, moment: datetime) -> datetime | None:
        """See `Rule`."""
        first = moment.astimezone(self.zone).date() - A_DAY
        for ahead in range(LOOK_BACK):
            later = [due for due in self._on(first + ahead * A_DAY) if due > moment]
            if later:
                return later[0]
        return None

    def _on(self, day: date) -> list[datetime]:
        """The moments of one local day, in order."""
        if day.month not in self.months or not self._day_fits(day):
            return []
        folds = (0, 1) if self.every_hour else (0,)
        return sorted(
            {
                datetime(day.year, day.month, day.day, hour, minute, tzinfo=self.zone, fold=fold).astimezone(UTC)
                for hour in self.hours
                for minute in self.minutes
                for fold in folds
            }
        )

    def _day_fits(self, day: date) -> bool:
        by_month, by_week = day.day in self.days, day.isoweekday() % 7 in self.weekdays
        return by_month or by_week if self.either_day else by_month and by_week


@dataclass(frozen=True, slots=True)
class Policy:
    """What happens to moments that passed while nobody looked.

    `once`: the newest alone counts. `all`: the newest `limit`. `skip`: only those not older than `grace`.
    """

    name: str
    limit: int = 1
    grace: timedelta = timedelta(minutes=1)


def due_between(rule: Rule, policy: Policy, checked_until: datetime, now: datetime) -> list[datetime]:
    """The moments after `checked_until` up to `now` that shall be acted on, oldest first.

    A clock that was set back gives none until it has caught up; one that had run ahead by more than an hour is taken
    at its new word, and the uniqueness of occurrences keeps it from doing anything twice.
    """
    since = checked_until if checked_until <= now + timedelta(hours=1) else now - timedelta(minutes=1)
    if policy.name == "skip":
        since = max(since, now - policy.grace)
    limit = policy.limit if policy.name == "all" else 1
    newest = islice(rule.before(now), limit)
    return sorted(due for due in newest if due > since)


def _field(text: str, name: str, low: int, high: int) -> frozenset[int]:
    found: set[int] = set()
    for part in text.split(","):
        span, _slash, step = part.partition("/")
        first, dash, last = span.partition("-")
        try:
            every = int(step) if step else 1
            if span == "*":
                start, end = low, high
            else:
                start = int(first)
                end = int(last) if dash else high if step else start
        except ValueError:
            raise ValueError(f"Cannot read the {name} {text!r} of a schedule.") from None
        if not (low <= start <= end <= high and every > 0):
            raise ValueError(f"The {name} {text!r} of a schedule lies outside {low} to {high}.")
        found.update(range(start, end + 1, every))
    return frozenset(found)
