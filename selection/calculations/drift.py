"""When a decision has to be looked at again: moves, stalled development, overrides, cadence (M03, M04, A9)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from selection.calculations.dates import months_before
from selection.calculations.explanation import Reason, reason
from selection.calculations.figures import exceeds, ratio, reaches
from selection.calculations.quadrants import Quadrant

MOVE_POINTS = 0.5
DEVELOPMENT_GAIN = 0.05
DEVELOPMENT_QUARTERS = 4
MOST_OVERRIDDEN = 0.20


class ReviewCadence(StrEnum):
    """What is looked at again on a rhythm of its own."""

    KAISM = "kaism"
    NINE_CELL = "nine_cell"
    PLAN = "plan"


CADENCE_MONTHS: dict[ReviewCadence, int] = {
    ReviewCadence.KAISM: 12,
    ReviewCadence.NINE_CELL: 3,
    ReviewCadence.PLAN: 3,
}


class DriftReason(StrEnum):
    """What has moved."""

    ATTRACTIVENESS_MOVED = "attractiveness_moved"
    STRENGTH_MOVED = "strength_moved"
    QUADRANT_CHANGED = "quadrant_changed"
    STRENGTH_LOST = "strength_no_longer_known"


class DevelopmentVerdict(StrEnum):
    """What becomes of an account in development."""

    GO_ON = "go_on"
    DECIDE_AGAIN = "decide_again"
    ARRIVED = "arrived"


@dataclass(frozen=True, slots=True)
class MatrixPosition:
    """Where a customer stood at one time: A of 1-10, the gap RD in points to the best alternative, the quadrant."""

    attractiveness: float | None
    gap: float | None
    quadrant: Quadrant | None


@dataclass(frozen=True, slots=True)
class OverrideCount:
    """How much of the matrix was decided by hand; ``share`` is None where nothing was decided."""

    active: int
    expired: int
    decided: int
    share: float | None
    too_many: bool


def drift(before: MatrixPosition, after: MatrixPosition, *, points: float = MOVE_POINTS) -> tuple[Reason, ...]:
    """Names what calls for a review: A or RD moved by half a point, another quadrant, strength no longer known (A9)."""

    def moves() -> Iterable[Reason]:
        pairs = (
            (DriftReason.ATTRACTIVENESS_MOVED, before.attractiveness, after.attractiveness),
            (DriftReason.STRENGTH_MOVED, before.gap, after.gap),
        )
        for code, old, new in pairs:
            if old is not None and new is not None and reaches(abs(new - old), points):
                yield reason(code, before=old, after=new)
        if before.gap is not None and after.gap is None:
            yield reason(DriftReason.STRENGTH_LOST, before=before.gap)
        if before.quadrant is not None and after.quadrant is not None and before.quadrant is not after.quadrant:
            yield reason(DriftReason.QUADRANT_CHANGED, after.quadrant)

    return tuple(moves())


def development_verdict(
    ratios: Sequence[float | None], *, gain: float = DEVELOPMENT_GAIN, quarters: int = DEVELOPMENT_QUARTERS
) -> DevelopmentVerdict | None:
    """Says whether a Key development account goes on: relative strength up by 0.05 within four quarters (M04).

    ``ratios`` are RS by quarter, the oldest first. Arrived once it is level with the best alternative. None before
    four quarters have passed or where the first or the last of them has no RS.
    """
    if ratios and ratios[-1] is not None and reaches(ratios[-1], 1.0):
        return DevelopmentVerdict.ARRIVED
    if len(ratios) <= quarters:
        return None
    first, last = ratios[-1 - quarters], ratios[-1]
    if first is None or last is None:
        return None
    return DevelopmentVerdict.GO_ON if reaches(last - first, gain) else DevelopmentVerdict.DECIDE_AGAIN


def override_count(
    expiries: Iterable[date], *, decided: int, today: date, most: float = MOST_OVERRIDDEN
) -> OverrideCount:
    """Counts overrides by their expiry against all decided accounts; more than 20 % is too many (A9).

    An override holds up to and on its day of expiry.
    """
    days = list(expiries)
    active = sum(day >= today for day in days)
    share = ratio(active, decided)
    return OverrideCount(
        active=active,
        expired=len(days) - active,
        decided=decided,
        share=share,
        too_many=share is not None and exceeds(share, most),
    )


def review_due(last_on: date | None, *, cadence: ReviewCadence, today: date) -> bool:
    """Says whether a regular review is due: never held, or its rhythm of months has passed (A9)."""
    return last_on is None or last_on <= months_before(today, CADENCE_MONTHS[cadence])
