"""How heavy a person's load is: planned days against the working days of a month, and what is late."""

from __future__ import annotations

from decimal import Decimal
from enum import IntEnum
from typing import Final

WORKING_DAYS: Final = Decimal(20)
FULL: Final = Decimal("0.9")
LIGHT: Final = Decimal("0.5")
MANY_TASKS: Final = 40


class Band(IntEnum):
    """How heavy, the heaviest last."""

    UNKNOWN = 0
    LIGHT = 1
    FITTING = 2
    FULL = 3
    TOO_MUCH = 4

    @property
    def rank(self) -> int:
        """For sorting."""
        return int(self)


def band_of(*, days: Decimal | None, open_tasks: int, late_tasks: int) -> Band:
    """The band of a person with so many planned days a month.

    More days than a month has, or more than half of at least ten tasks late, is too much; from 90 % of a month on
    (or with more than 40 open tasks) it is full, below half light. Without planned days only tasks can tell.
    """
    if (days is not None and days > WORKING_DAYS) or (open_tasks >= 10 and late_tasks * 2 > open_tasks):
        return Band.TOO_MUCH
    if open_tasks > MANY_TASKS or (days is not None and days >= WORKING_DAYS * FULL):
        return Band.FULL
    if days is None:
        return Band.UNKNOWN
    return Band.LIGHT if days < WORKING_DAYS * LIGHT else Band.FITTING
