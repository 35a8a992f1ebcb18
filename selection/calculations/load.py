"""Days promised against days there are (M05, M17)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from selection.calculations.figures import TOLERANCE, exceeds, ratio, reaches
from selection.calculations.quadrants import Quadrant

AMBER_FROM = 0.85
RED_ABOVE = 1.00
MOST_KEY_ACCOUNTS = 4

Effort = tuple[tuple[str, float], ...]
"""Days a year by function: (("sales", 30.0), ("technical", 12.5))."""


class LoadLevel(StrEnum):
    """How full a function, a month or a person is."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"


class ManagerVerdict(StrEnum):
    """Whether a manager has too few or too many key accounts."""

    NO_ACCOUNT = "no_account"
    FITS = "fits"
    OVERLOADED = "overloaded"


@dataclass(frozen=True, slots=True)
class FunctionLoad:
    """The days asked of one function; ``load`` is demand / capacity, None where there is no capacity.

    ``level`` is None where nothing is asked of no capacity, and red where something is.
    """

    function: str
    demand_days: float
    capacity_days: float
    load: float | None
    level: LoadLevel | None

    @property
    def missing_days(self) -> float:
        """Gives the days that are promised and not there; 0 where they are there."""
        return max(0.0, self.demand_days - self.capacity_days)


@dataclass(frozen=True, slots=True)
class ManagerLoad:
    """How many key accounts, in development included, one manager owns."""

    manager: str
    accounts: int
    verdict: ManagerVerdict


def load_level(load: float | None, *, amber_from: float = AMBER_FROM, red_above: float = RED_ABOVE) -> LoadLevel | None:
    """Gives the colour of a load: above 100 % red, from 85 % amber, else green; None for no load (M17)."""
    if load is None:
        return None
    if exceeds(load, red_above):
        return LoadLevel.RED
    return LoadLevel.AMBER if reaches(load, amber_from) else LoadLevel.GREEN


def function_load(function: str, *, demand_days: float, capacity_days: float) -> FunctionLoad:
    """Compares the days asked of a function with the days it has. Raises ValueError for negative days."""
    if demand_days < 0 or capacity_days < 0:
        raise ValueError(f"{function}: days are never negative")
    load = ratio(demand_days, capacity_days)
    level = load_level(load) if load is not None else LoadLevel.RED if demand_days > TOLERANCE else None
    return FunctionLoad(function, demand_days, capacity_days, load, level)


def capacity_loads(efforts: Iterable[Effort], capacity: Mapping[str, float]) -> tuple[FunctionLoad, ...]:
    """Adds up the effort promised to all accounts, function by function, against the days available (M05 a).

    A function that is asked for and has no capacity on record counts as having none.
    """
    demand: dict[str, list[float]] = {function: [] for function in capacity}
    for effort in efforts:
        for function, days in effort:
            demand.setdefault(function, []).append(days)
    return tuple(
        function_load(function, demand_days=math.fsum(days), capacity_days=capacity.get(function, 0.0))
        for function, days in demand.items()
    )


def manager_loads(
    owned: Mapping[str, Sequence[Quadrant | None]], *, most: int = MOST_KEY_ACCOUNTS
) -> tuple[ManagerLoad, ...]:
    """Counts each manager's key accounts, in development included: one to fewer than five (M05 b).

    ``owned`` maps every key-account manager, also one without accounts, to the quadrants of what he or she owns.
    """
    key_quadrants = {Quadrant.KEY, Quadrant.KEY_DEVELOPMENT}

    def manager_load(manager: str, quadrants: Sequence[Quadrant | None]) -> ManagerLoad:
        count = sum(quadrant in key_quadrants for quadrant in quadrants)
        verdict = ManagerVerdict.FITS if count else ManagerVerdict.NO_ACCOUNT
        return ManagerLoad(manager, count, ManagerVerdict.OVERLOADED if count > most else verdict)

    return tuple(manager_load(manager, quadrants) for manager, quadrants in owned.items())
