"""What ties a customer to us and us to it, and what it would cost to leave (M11)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import IntEnum, StrEnum

from selection.calculations.explanation import Reason, reason
from selection.calculations.figures import Amount, ratio, reaches
from selection.calculations.scoring import MINIMUM_COVERAGE

FULL_BOND = 4
HIGH_SOCIAL_FROM = 50.0
LOW_STRUCTURAL_BELOW = 0.25


class BondKind(StrEnum):
    """The eleven kinds of bond between firms."""

    PERSONAL = "personal"
    COMMERCIAL_TERMS = "commercial_terms"
    CONTRACT = "contract"
    TECHNICAL = "technical"
    DATA = "data"
    LOGISTICS = "logistics"
    KNOWLEDGE = "knowledge"
    PLANNING = "planning"
    BRAND = "brand"
    GEOGRAPHIC = "geographic"
    STRATEGIC = "strategic"


class BondLevel(StrEnum):
    """How hard a bond is to copy, from the easiest to the hardest."""

    FINANCIAL = "financial"
    SOCIAL = "social"
    CUSTOMISATION = "customisation"
    STRUCTURAL = "structural"


class BondScore(IntEnum):
    """How far a bond is there."""

    NONE = 0
    WANTED = 1
    ONE_PLACE = 2
    SEVERAL_SITES = 3
    MUTUAL_INVESTMENT = 4


LEVEL_OF_BOND: dict[BondKind, BondLevel] = {
    BondKind.COMMERCIAL_TERMS: BondLevel.FINANCIAL,
    BondKind.CONTRACT: BondLevel.FINANCIAL,
    BondKind.PERSONAL: BondLevel.SOCIAL,
    BondKind.BRAND: BondLevel.SOCIAL,
    BondKind.TECHNICAL: BondLevel.CUSTOMISATION,
    BondKind.KNOWLEDGE: BondLevel.CUSTOMISATION,
    BondKind.DATA: BondLevel.STRUCTURAL,
    BondKind.LOGISTICS: BondLevel.STRUCTURAL,
    BondKind.PLANNING: BondLevel.STRUCTURAL,
    BondKind.GEOGRAPHIC: BondLevel.STRUCTURAL,
    BondKind.STRATEGIC: BondLevel.STRUCTURAL,
}
"""Which level each kind counts to."""


class BondReason(StrEnum):
    """What there is to say about a set of bonds."""

    NOTHING_ASSESSED = "nothing_assessed"
    LOW_COVERAGE = "low_coverage"
    KEY_PERSON_RISK = "key_person_risk"
    ONLY_WANTED = "counted_though_only_wanted"


class SwitchingItem(StrEnum):
    """What a change of supplier costs."""

    REQUALIFICATION = "requalification"
    TOOLING = "tooling"
    TRAINING = "training"
    DATA_MIGRATION = "data_migration"
    DUAL_RUNNING = "dual_running"
    PENALTIES = "penalties"


class LockedIn(StrEnum):
    """Who would find it hard to leave."""

    US = "us"
    THEM = "them"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class BondResult:
    """One bond: its points (weight * score), None where it is not assessed."""

    kind: BondKind
    level: BondLevel
    weight: float
    score: int | None
    points: float | None


@dataclass(frozen=True, slots=True)
class BondStatus:
    """How strong the ties are.

    ``index`` is 0-100; ``index_in_place`` the same with bonds that are only wanted counted as none. ``levels`` gives
    each level's own index, None where none of its bonds is assessed. ``structural_share`` is the structural points of
    all points, None where there are no points. All indexes are None where nothing with weight is assessed.
    """

    index: float | None
    index_in_place: float | None
    levels: tuple[tuple[BondLevel, float | None], ...]
    structural_share: float | None
    coverage: float | None
    provisional: bool
    key_person_risk: bool
    bonds: tuple[BondResult, ...]
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class SwitchingCost:
    """What leaving would cost; ``total`` adds up what is known, None where nothing is."""

    total: Amount | None
    missing: tuple[SwitchingItem, ...]
    locked_in: LockedIn | None
    months_of_purchases: float | None

    @property
    def complete(self) -> bool:
        """Says whether every item is known; the total is a lower bound otherwise."""
        return not self.missing


def bond_status(
    scores: Mapping[BondKind, int | None],
    *,
    weights: Mapping[BondKind, float] | None = None,
    levels: Mapping[BondKind, BondLevel] | None = None,
    minimum_coverage: float = MINIMUM_COVERAGE,
) -> BondStatus:
    """Measures the bonds with one customer: SUM(w * s) / (4 * SUM(w)) * 100 over those assessed (M11).

    ``scores`` are 0-4, None or left out where not assessed; weights are equal by default. A social index of at least
    50 beside a structural share below one quarter is a key-person risk. Raises ValueError for a score off the scale
    or a negative weight.
    """
    level_of = levels or LEVEL_OF_BOND
    bonds = tuple(
        _bond(kind, level_of[kind], 1.0 if weights is None else weights.get(kind, 0.0), scores.get(kind))
        for kind in BondKind
    )
    all_weight = math.fsum(bond.weight for bond in bonds)
    assessed = [bond for bond in bonds if bond.points is not None]
    points = math.fsum(bond.points for bond in assessed if bond.points is not None)
    structural = math.fsum(bond.points or 0.0 for bond in assessed if bond.level is BondLevel.STRUCTURAL)
    structural_share = ratio(structural, points)
    index = _index(assessed)
    coverage = ratio(math.fsum(bond.weight for bond in assessed), all_weight)
    by_level = tuple((level, _index([bond for bond in assessed if bond.level is level])) for level in BondLevel)
    social = dict(by_level)[BondLevel.SOCIAL]
    risk = (
        social is not None
        and reaches(social, HIGH_SOCIAL_FROM)
        and structural_share is not None
        and not reaches(structural_share, LOW_STRUCTURAL_BELOW)
    )
    provisional = coverage is None or not reaches(coverage, minimum_coverage)
    return BondStatus(
        index=index,
        index_in_place=_index(assessed, wanted=False),
        levels=by_level,
        structural_share=structural_share,
        coverage=coverage,
        provisional=provisional,
        key_person_risk=risk,
        bonds=bonds,
        reasons=tuple(_remarks(bonds, index, coverage, risk, provisional=provisional)),
    )


def switching_cost(
    items: Mapping[SwitchingItem, Amount | None],
    *,
    locked_in: LockedIn | None = None,
    annual_purchases: Amount | None = None,
) -> SwitchingCost:
    """Adds up what a change of supplier would cost, and sets it against a year's purchases (M11).

    ``months_of_purchases`` is None where the total or the purchases are not known or are zero. Raises ValueError for a
    negative cost.
    """
    known = [amount for amount in items.values() if amount is not None]
    if any(amount < 0 for amount in known):
        raise ValueError("a switching cost is never negative")
    total = sum(known, Decimal(0)) if known else None
    months = None if total is None or annual_purchases is None else ratio(total * 12, annual_purchases)
    return SwitchingCost(
        total=total,
        missing=tuple(item for item in SwitchingItem if items.get(item) is None),
        locked_in=locked_in,
        months_of_purchases=months,
    )


def _bond(kind: BondKind, level: BondLevel, weight: float, score: int | None) -> BondResult:
    if score is not None and not BondScore.NONE <= score <= BondScore.MUTUAL_INVESTMENT:
        raise ValueError(f"{kind}: a bond is scored 0 to 4, not {score}")
    if weight < 0:
        raise ValueError(f"{kind}: a weight is never negative")
    return BondResult(kind, level, weight, score, None if score is None else weight * score)


def _index(bonds: Iterable[BondResult], *, wanted: bool = True) -> float | None:
    bonds = list(bonds)
    counted = (bond.points or 0.0 for bond in bonds if wanted or bond.score != BondScore.WANTED)
    return ratio(100 * math.fsum(counted), FULL_BOND * math.fsum(bond.weight for bond in bonds))


def _remarks(
    bonds: Iterable[BondResult], index: float | None, coverage: float | None, risk: bool, *, provisional: bool
) -> Iterable[Reason]:
    if index is None:
        yield reason(BondReason.NOTHING_ASSESSED)
    elif provisional and coverage is not None:
        yield reason(BondReason.LOW_COVERAGE, coverage=coverage)
    if risk:
        yield reason(BondReason.KEY_PERSON_RISK)
    for bond in bonds:
        if bond.score == BondScore.WANTED:
            yield reason(BondReason.ONLY_WANTED, bond.kind)
