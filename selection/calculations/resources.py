"""Who needs whose days in which month, who goes first, and which promises hang in the air (M17)."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from selection.calculations.explanation import Reason, reason
from selection.calculations.figures import Amount
from selection.calculations.load import FunctionLoad, LoadLevel, function_load
from selection.calculations.quadrants import PRIORITY, Quadrant


class PromiseReason(StrEnum):
    """What a promise to a customer lacks."""

    NO_OWNER = "promise_without_owner"
    NO_SERVICE_LEVEL = "promise_without_service_level"


@dataclass(frozen=True, slots=True)
class Demand:
    """Days of one function that one account's plan asks for in one month (any day of it)."""

    account: str
    function: str
    month: date
    days: float
    quadrant: Quadrant | None = None
    contribution_at_stake: Amount | None = None


@dataclass(frozen=True, slots=True)
class MonthLoad:
    """One cell of the load chart: a function in a month, which is named by its first day."""

    month: date
    load: FunctionLoad


@dataclass(frozen=True, slots=True)
class QueuedDemand:
    """A demand in the queue for a function that is over its capacity; what does not fit is ``unserved_days``."""

    demand: Demand
    place: int
    served_days: float
    unserved_days: float


@dataclass(frozen=True, slots=True)
class Promise:
    """Something promised to a customer, who sees to it inside and to what service level; None where nobody does."""

    key: str
    owner: str | None
    service_level: str | None


def capacity_days(*, heads: float, net_days: float) -> float:
    """Gives the days of a function: heads * net working days (M17). Raises ValueError for less than none."""
    if heads < 0 or net_days < 0:
        raise ValueError("heads and days are never negative")
    return heads * net_days


def load_chart(demands: Sequence[Demand], capacity: Mapping[tuple[str, date], float]) -> tuple[MonthLoad, ...]:
    """Adds up demand by function and month against capacity, in order of month and function (M17).

    ``capacity`` maps a function and the first day of a month to days; a month without an entry has none.
    """
    days: dict[tuple[date, str], list[float]] = {(month, function): [] for function, month in capacity}
    for demand in demands:
        days.setdefault((demand.month.replace(day=1), demand.function), []).append(demand.days)
    return tuple(
        MonthLoad(
            month=month,
            load=function_load(
                function, demand_days=math.fsum(asked), capacity_days=capacity.get((function, month), 0.0)
            ),
        )
        for (month, function), asked in sorted(days.items())
    )


def conflict_queue(demands: Sequence[Demand], load: MonthLoad) -> tuple[QueuedDemand, ...]:
    """Orders who is served first where a function is over its capacity; nothing where it is not (M17).

    First by quadrant (Key, Key development, Maintenance, Opportunistic, then those without), then by contribution at
    stake, the highest first and the unknown last. Days are handed out in that order until they run out.
    """
    if load.load.level is not LoadLevel.RED:
        return ()
    asking = [
        demand
        for demand in demands
        if demand.function == load.load.function and demand.month.replace(day=1) == load.month
    ]
    queue: list[QueuedDemand] = []
    left = load.load.capacity_days
    for place, demand in enumerate(sorted(asking, key=_urgency), start=1):
        served = min(demand.days, left)
        left -= served
        queue.append(QueuedDemand(demand, place, served, demand.days - served))
    return tuple(queue)


def promise_check(promises: Sequence[Promise]) -> tuple[Reason, ...]:
    """Names every promise that has no owner inside or no service level (M17)."""
    found: list[Reason] = []
    for promise in promises:
        if not promise.owner:
            found.append(reason(PromiseReason.NO_OWNER, promise.key))
        if not promise.service_level:
            found.append(reason(PromiseReason.NO_SERVICE_LEVEL, promise.key))
    return tuple(found)


def _urgency(demand: Demand) -> tuple[int, bool, Amount]:
    quadrant = len(PRIORITY) + 1 if demand.quadrant is None else PRIORITY[demand.quadrant]
    stake = demand.contribution_at_stake
    return quadrant, stake is None, 0 if stake is None else -stake
