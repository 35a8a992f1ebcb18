"""Low, medium and high: the bands of an index of 0-100 (M02, M10)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from selection.calculations.figures import reaches


class Band(StrEnum):
    """Where an index lies; the order is from low to high."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


@dataclass(frozen=True, slots=True)
class BandEdges:
    """From which index a band begins; the edge itself belongs to the upper band."""

    medium: float = 40.0
    high: float = 70.0

    def __post_init__(self) -> None:
        """Refuses edges that would leave no medium band."""
        if self.medium >= self.high:
            raise ValueError("the medium band begins below the high one")


DEFAULT_EDGES = BandEdges()


def index_band(index: float | None, edges: BandEdges = DEFAULT_EDGES) -> Band | None:
    """Gives the band of an index of 0-100: below 40 low, from 40 medium, from 70 high; None for no index."""
    if index is None:
        return None
    if reaches(index, edges.high):
        return Band.HIGH
    return Band.MEDIUM if reaches(index, edges.medium) else Band.LOW
