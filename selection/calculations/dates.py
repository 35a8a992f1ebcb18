"""Months between days, as the methods count them."""

from __future__ import annotations

import calendar
from datetime import date

DAYS_IN_MONTH = 365.25 / 12


def age_in_months(observed_on: date, today: date) -> float:
    """Gives the age of an observation in months of 365.25 / 12 days; one dated ahead is new, not younger than new."""
    return max(0, (today - observed_on).days) / DAYS_IN_MONTH


def months_before(day: date, months: int) -> date:
    """Gives the same day so many months earlier, or the last day of that month where it is shorter."""
    place = day.year * 12 + day.month - 1 - months
    year, month = divmod(place, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
