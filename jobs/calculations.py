"""Figures about jobs: pauses between attempts, rate and remaining time."""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

FIRST_PAUSE: Final = 5.0
LONGEST_PAUSE: Final = 600.0


def zone_named(name: str) -> ZoneInfo:
    """The time zone of this name; UTC for one that this machine does not know, which must not stop anybody's mail."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


def pause_after(attempt: int, jitter: float = 0.0) -> timedelta:
    """How long to wait after the nth failed attempt (n from 1): 5 s, doubled each time, at most 10 minutes.

    `jitter` from -1 to 1 moves it by up to a fifth, so that jobs that failed together do not return together.
    """
    seconds = min(FIRST_PAUSE * 2 ** (attempt - 1), LONGEST_PAUSE)
    return timedelta(seconds=seconds * (1 + 0.2 * jitter))


def rate(done: int, elapsed: timedelta) -> float | None:
    """Units per second; None before the first unit or second."""
    seconds = elapsed.total_seconds()
    return done / seconds if done > 0 and seconds >= 1 else None


def remaining(done: int, total: int | None, elapsed: timedelta) -> timedelta | None:
    """The time left if the work goes on as fast as so far; None where that cannot be told."""
    per_second = rate(done, elapsed)
    if per_second is None or total is None or total <= done:
        return None
    return timedelta(seconds=(total - done) / per_second)
