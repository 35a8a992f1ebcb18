"""What a customer is worth today and what it could be worth (M14)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from selection.calculations.samples import SMALLEST_FOR_MEDIAN


class ValuePosition(StrEnum):
    """The four positions of current against potential value."""

    KEEP_AND_GROW = "keep_and_grow"
    PROTECT = "protect"
    DEVELOP = "develop"
    LIMIT = "limit"


@dataclass(frozen=True, slots=True)
class PotentialValue:
    """What a customer could add in a year, by where it comes from; ``total`` is None where the gap is not known."""

    wallet_gap: Decimal | None
    growth: Decimal
    reference: Decimal
    learning: Decimal
    total: Decimal | None


@dataclass(frozen=True, slots=True)
class ValueGrid:
    """Each customer's position, with the cuts; a position is None where a value or a cut is not known."""

    current_cut: Decimal | None
    potential_cut: Decimal | None
    positions: tuple[tuple[str, ValuePosition | None], ...]


def potential_value(
    *,
    category_spend: Decimal | None,
    our_sales: Decimal,
    margin: Decimal,
    growth: Decimal = Decimal(0),
    reference: Decimal = Decimal(0),
    learning: Decimal = Decimal(0),
) -> PotentialValue:
    """Adds up potential: what it buys elsewhere * our margin + growth + reference + learning (M14).

    ``margin`` is a share of sales; the other three are contributions of a year. Buying all from us leaves no gap.
    """
    gap = None if category_spend is None else max(category_spend - our_sales, Decimal(0)) * margin
    total = None if gap is None else gap + growth + reference + learning
    return PotentialValue(wallet_gap=gap, growth=growth, reference=reference, learning=learning, total=total)


def value_grid(
    values: Mapping[str, tuple[Decimal | None, Decimal | None]],
    *,
    current_cut: Decimal | None = None,
    potential_cut: Decimal | None = None,
    smallest: int = SMALLEST_FOR_MEDIAN,
) -> ValueGrid:
    """Places customers by current and potential value, each cut at its median (M14).

    ``values`` maps keys to (current contribution, potential). Below eight known customers there is no median: give
    the cuts, or nobody is placed. A value at the cut counts as high.
    """
    known = [
        (current, potential) for current, potential in values.values() if current is not None and potential is not None
    ]
    if current_cut is None:
        current_cut = _middle([current for current, _ in known], smallest)
    if potential_cut is None:
        potential_cut = _middle([potential for _, potential in known], smallest)
    return ValueGrid(
        current_cut=current_cut,
        potential_cut=potential_cut,
        positions=tuple(
            (key, _position(current, potential, current_cut, potential_cut))
            for key, (current, potential) in values.items()
        ),
    )


def _middle(amounts: list[Decimal], smallest: int) -> Decimal | None:
    if len(amounts) < smallest:
        return None
    ordered = sorted(amounts)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def _position(
    current: Decimal | None, potential: Decimal | None, current_cut: Decimal | None, potential_cut: Decimal | None
) -> ValuePosition | None:
    if current is None or potential is None or current_cut is None or potential_cut is None:
        return None
    if current >= current_cut:
        return ValuePosition.KEEP_AND_GROW if potential >= potential_cut else ValuePosition.PROTECT
    return ValuePosition.DEVELOP if potential >= potential_cut else ValuePosition.LIMIT
