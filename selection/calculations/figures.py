"""What every method does with a figure: compare it with a cut, divide it, bound it."""

from __future__ import annotations

from decimal import Decimal

Amount = Decimal | int
"""Money: a Decimal, or whole ledger units. Never a float."""

TOLERANCE = 1e-9
"""Two figures closer than this are the same figure: 0.1 + 0.2 reaches a cut of 0.3."""


def reaches(value: float, cut: float) -> bool:
    """Says whether a value is at a cut or above it, forgiving the last bits of a float."""
    return value >= cut - TOLERANCE


def exceeds(value: float, cut: float) -> bool:
    """Says whether a value is truly above a cut, forgiving the last bits of a float."""
    return value > cut + TOLERANCE


def ratio(part: Amount | float, whole: Amount | float) -> float | None:
    """Divides a part by a whole; None where the whole is zero, because the ratio is then not defined."""
    if not whole:
        return None
    return float(part) / float(whole)


def clamp(value: float, low: float, high: float) -> float:
    """Bounds a value to the interval from low to high."""
    return float(max(low, min(high, value)))
