"""Months: a month is the date of its first day. Pure arithmetic, no clock: what "now" is comes as an argument."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

MONTHS_IN_YEAR: Final = 12


def month_of(day: date) -> date:
    """The month that a day lies in."""
    return date(day.year, day.month, 1)


def add_months(month: date, count: int) -> date:
    """The month `count` months later, earlier where it is negative."""
    years, index = divmod(month.year * MONTHS_IN_YEAR + month.month - 1 + count, MONTHS_IN_YEAR)
    return date(years, index + 1, 1)


def months_between(first: date, last: date) -> int:
    """How many months lie from one to the other: 0 for the same, negative when the second is earlier."""
    return (last.year - first.year) * MONTHS_IN_YEAR + last.month - first.month


def months_from(first: date, last: date) -> Iterator[date]:
    """Each month from the first to the last, both included; none when the last is earlier."""
    for step in range(months_between(first, last) + 1):
        yield add_months(first, step)


def last_day(month: date) -> date:
    """The last day of a month."""
    return date(month.year, month.month, monthrange(month.year, month.month)[1])


def same_day(day: date, months: int) -> date:
    """The same day so many months later; the last day of that month where it is shorter."""
    target = add_months(month_of(day), months)
    return min(target + timedelta(days=day.day - 1), last_day(target))


def newest_closed_month(today: date) -> date:
    """The month before the present one: the newest that is over."""
    return add_months(month_of(today), -1)


def parse_month(text: str) -> date:
    """A month written as YYYY-MM. Raises ValueError for anything else."""
    year, dash, month = text.partition("-")
    if not (dash and len(year) == 4 and len(month) == 2 and (year + month).isdecimal() and text.isascii()):
        raise ValueError(f"{text!r} is not a month: write YYYY-MM.")
    return date(int(year), int(month), 1)


@dataclass(frozen=True, slots=True)
class Window:
    """A run of whole months from `first` to `last`, both included."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.first.day != 1 or self.last.day != 1 or self.last < self.first:
            raise ValueError("A window runs from a month to the same or a later one.")

    @property
    def start_on(self) -> date:
        """The first day."""
        return self.first

    @property
    def end_on(self) -> date:
        """The last day."""
        return last_day(self.last)

    @property
    def until(self) -> date:
        """The first day that no longer belongs to it: for half-open comparisons."""
        return add_months(self.last, 1)

    def __len__(self) -> int:
        return months_between(self.first, self.last) + 1

    def __contains__(self, day: date) -> bool:
        return self.first <= day < self.until

    def months(self) -> tuple[date, ...]:
        """Its months in order."""
        return tuple(months_from(self.first, self.last))

    def before(self) -> Window:
        """The window of the same length that ends where this one begins."""
        return Window(add_months(self.first, -len(self)), add_months(self.first, -1))

    def a_year_earlier(self) -> Window:
        """The same months of the year before."""
        return Window(add_months(self.first, -MONTHS_IN_YEAR), add_months(self.last, -MONTHS_IN_YEAR))


def trailing(month: date, months: int = MONTHS_IN_YEAR) -> Window:
    """The window of so many months that ends with this month: "the last twelve months" of a ledger."""
    return Window(add_months(month, 1 - months), month)
