"""What to do next with a customer: attractiveness against the status of the relationship, in nine cells (M10)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from selection.calculations.bands import DEFAULT_EDGES, Band, BandEdges, index_band
from selection.calculations.figures import clamp, ratio, reaches
from selection.calculations.scoring import MINIMUM_COVERAGE

FULL_TENURE_YEARS = 10.0


Position = tuple[float | None, float | None]
"""A place on the grid: attractiveness index and status index, each 0-100 or not known."""


class StatusPart(StrEnum):
    """What the status of a relationship is built from."""

    BONDS = "bonds"
    SHARE_OF_WALLET = "share_of_wallet"
    STAGE = "stage"
    QUALITY = "quality"
    TENURE = "tenure"


STATUS_WEIGHTS: dict[StatusPart, float] = {
    StatusPart.BONDS: 30,
    StatusPart.SHARE_OF_WALLET: 25,
    StatusPart.STAGE: 20,
    StatusPart.QUALITY: 15,
    StatusPart.TENURE: 10,
}


class CellStrategy(StrEnum):
    """What to do with the customers of a cell."""

    PARTNER = "partner_protect_extend"
    INVEST = "invest_to_build"
    BREAK_IN = "break_in_with_stop_date"
    CROSS_SELL = "cross_sell_and_hold"
    SELECTIVE = "selective_growth_price_discipline"
    TEST = "test_one_offer"
    HARVEST = "harvest_cut_cost_to_serve"
    CASH = "manage_for_cash_standardise"
    EXIT = "move_to_channel_or_exit"


STRATEGIES: dict[tuple[Band, Band], CellStrategy] = {
    (Band.HIGH, Band.HIGH): CellStrategy.PARTNER,
    (Band.HIGH, Band.MEDIUM): CellStrategy.INVEST,
    (Band.HIGH, Band.LOW): CellStrategy.BREAK_IN,
    (Band.MEDIUM, Band.HIGH): CellStrategy.CROSS_SELL,
    (Band.MEDIUM, Band.MEDIUM): CellStrategy.SELECTIVE,
    (Band.MEDIUM, Band.LOW): CellStrategy.TEST,
    (Band.LOW, Band.HIGH): CellStrategy.HARVEST,
    (Band.LOW, Band.MEDIUM): CellStrategy.CASH,
    (Band.LOW, Band.LOW): CellStrategy.EXIT,
}
"""Strategy by (attractiveness, status)."""


@dataclass(frozen=True, slots=True)
class StatusPartResult:
    """One part of a status: its value of 0-100 and the points it adds, both None where it is not known."""

    part: StatusPart
    weight: float
    value: float | None
    contribution: float | None


@dataclass(frozen=True, slots=True)
class RelationshipStatus:
    """The status of a relationship, 0-100, None where no part is known; provisional below 70 % of the weight."""

    index: float | None
    coverage: float | None
    provisional: bool
    parts: tuple[StatusPartResult, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """One of the nine cells and what to do in it."""

    attractiveness: Band
    status: Band
    strategy: CellStrategy


@dataclass(frozen=True, slots=True)
class Trail:
    """How a customer moved between two reviews: in points on each axis, and whether its cell changed.

    Points and ``changed`` are None where either review has no figure or no cell.
    """

    attractiveness: float | None
    status: float | None
    changed: bool | None


def relationship_status(
    *,
    bond_index: float | None,
    share_of_wallet: float | None,
    stage_index: float | None,
    quality_index: float | None,
    tenure_years: float | None,
    weights: Mapping[StatusPart, float] | None = None,
    minimum_coverage: float = MINIMUM_COVERAGE,
) -> RelationshipStatus:
    """Builds the status index: 30 % bonds, 25 % share of wallet, 20 % stage, 15 % quality, 10 % tenure (M10).

    Bonds, stage and quality are 0-100, the share of wallet 0-1; ten years of trade and more count as 100. A part that
    is not known is left out and lowers the coverage, as in M01.
    """
    values: dict[StatusPart, float | None] = {
        StatusPart.BONDS: bond_index,
        StatusPart.SHARE_OF_WALLET: None if share_of_wallet is None else 100 * share_of_wallet,
        StatusPart.STAGE: stage_index,
        StatusPart.QUALITY: quality_index,
        StatusPart.TENURE: None if tenure_years is None else 100 * tenure_years / FULL_TENURE_YEARS,
    }
    weight_of = STATUS_WEIGHTS if weights is None else weights
    known = {part: clamp(value, 0, 100) for part, value in values.items() if value is not None}
    known_weight = math.fsum(weight_of.get(part, 0.0) for part in known)
    points = math.fsum(weight_of.get(part, 0.0) * value for part, value in known.items())
    coverage = ratio(known_weight, math.fsum(weight_of.values()))
    return RelationshipStatus(
        index=ratio(points, known_weight),
        coverage=coverage,
        provisional=coverage is None or not reaches(coverage, minimum_coverage),
        parts=tuple(
            StatusPartResult(
                part=part,
                weight=weight_of.get(part, 0.0),
                value=known.get(part),
                contribution=ratio(weight_of.get(part, 0.0) * known[part], known_weight) if part in known else None,
            )
            for part in StatusPart
        ),
    )


def cell_of(
    attractiveness_index: float | None, status_index: float | None, edges: BandEdges = DEFAULT_EDGES
) -> Cell | None:
    """Places a customer in one of the nine cells by two indexes of 0-100; None where either is not known (M10)."""
    attractiveness, status = index_band(attractiveness_index, edges), index_band(status_index, edges)
    if attractiveness is None or status is None:
        return None
    return Cell(attractiveness, status, STRATEGIES[attractiveness, status])


def trail(before: Position, after: Position, edges: BandEdges = DEFAULT_EDGES) -> Trail:
    """Describes the move between two reviews, each an attractiveness index and a status index (M10)."""
    first, second = cell_of(*before, edges), cell_of(*after, edges)

    def moved(old: float | None, new: float | None) -> float | None:
        return None if old is None or new is None else new - old

    return Trail(
        attractiveness=moved(before[0], after[0]),
        status=moved(before[1], after[1]),
        changed=None if first is None or second is None else first != second,
    )
