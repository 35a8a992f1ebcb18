"""When the money put into accounts comes back (M05 f)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

from selection.calculations.figures import Amount


@dataclass(frozen=True, slots=True)
class PaybackProfile:
    """How many accounts pay back in which year; ``unknown`` are those with no such year in sight.

    ``balanced`` says that at least one pays back this year or has done; None where no account has a year.
    """

    years: tuple[tuple[int, int], ...]
    this_year: int
    paid: int
    unknown: tuple[str, ...]
    balanced: bool | None


def payback_year(first_year: int, flows: Sequence[Amount]) -> int | None:
    """Gives the first year in which the yearly flows add up to zero or more; None where they never do.

    ``flows`` are contribution less investment, one a year from ``first_year``. Not discounted.
    """
    for place, total in enumerate(accumulate(flows)):
        if total >= 0:
            return first_year + place
    return None


def payback_profile(years: Mapping[str, int | None], *, this_year: int) -> PaybackProfile:
    """Counts the accounts by their year of payback and says whether one pays back by this year (M05 f)."""
    known = sorted(year for year in years.values() if year is not None)
    counted = tuple((year, known.count(year)) for year in dict.fromkeys(known))
    paid = sum(year <= this_year for year in known)
    return PaybackProfile(
        years=counted,
        this_year=known.count(this_year),
        paid=paid,
        unknown=tuple(key for key, year in years.items() if year is None),
        balanced=paid > 0 if known else None,
    )
