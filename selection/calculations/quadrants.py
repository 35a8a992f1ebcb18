"""The four quadrants of the KAISM matrix and the bubbles drawn on it (M04)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from selection.calculations.figures import Amount, clamp, exceeds, ratio, reaches

STRONG_FROM = 1.0


class Quadrant(StrEnum):
    """What a customer is to us; the order is the order in which quadrants are served."""

    KEY = "key"
    KEY_DEVELOPMENT = "key_development"
    MAINTENANCE = "maintenance"
    OPPORTUNISTIC = "opportunistic"


PRIORITY: dict[Quadrant, int] = {quadrant: place for place, quadrant in enumerate(Quadrant, start=1)}
"""1 is served first."""


@dataclass(frozen=True, slots=True)
class Bubble:
    """How a customer is drawn: areas follow sales, so radii follow their square roots.

    ``radius`` is 0-1 of the largest bubble; ``ring`` is the radius of current sales as a share of ``radius``, 0-1.
    Both are None where the sales behind them are not known or not above zero. ``overfull`` says that current sales
    exceed the sales thought available: the estimate is wrong.
    """

    radius: float | None
    ring: float | None
    overfull: bool


def is_strong(relative_strength: float | None) -> bool | None:
    """Says whether the customer sees us at least level with the best alternative; None where that is not known."""
    return None if relative_strength is None else reaches(relative_strength, STRONG_FROM)


def quadrant_of(*, high: bool | None, strong: bool | None) -> Quadrant | None:
    """Places a customer by its attractiveness and our strength; None where either is not known (M04)."""
    if high is None or strong is None:
        return None
    if high:
        return Quadrant.KEY if strong else Quadrant.KEY_DEVELOPMENT
    return Quadrant.MAINTENANCE if strong else Quadrant.OPPORTUNISTIC


def bubble(*, available: Amount | None, current: Amount | None, largest: Amount) -> Bubble:
    """Sizes a bubble: area = sales available in three years, inner ring = current sales (M04).

    ``largest`` is the largest available sales on the picture. All three are in one currency.
    """
    area = None if available is None or available <= 0 else ratio(available, largest)
    inner = None if available is None or available <= 0 or current is None else ratio(max(current, 0), available)
    return Bubble(
        radius=None if area is None else math.sqrt(clamp(area, 0, 1)),
        ring=None if inner is None else math.sqrt(clamp(inner, 0, 1)),
        overfull=inner is not None and exceeds(inner, 1),
    )
