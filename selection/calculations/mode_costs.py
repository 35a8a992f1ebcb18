"""What each way of selling takes in days and money, and what is left for the others (M06, M17)."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from selection.calculations.figures import ratio
from selection.calculations.load import Effort, FunctionLoad, capacity_loads
from selection.calculations.selling_modes import SellingMode


@dataclass(frozen=True, slots=True)
class ModePlan:
    """How many customers are sold to in one way, and the days a year that one of them takes, function by function."""

    mode: SellingMode
    customers: int
    effort: Effort


@dataclass(frozen=True, slots=True)
class ModeCost:
    """What a way of selling takes; money is None where a function that it needs has no day rate.

    ``share`` is its part of all days asked, 0-1, None where none are asked.
    """

    mode: SellingMode
    customers: int
    days_each: float
    days: float
    cost_each: Decimal | None
    cost: Decimal | None
    share: float | None


@dataclass(frozen=True, slots=True)
class ModeBudget:
    """All ways of selling against the days there are.

    ``rounds_per_key`` says with how many customers of the regular round one key account competes, by cost; None where
    a cost is not known or a customer of the round costs nothing.
    """

    costs: tuple[ModeCost, ...]
    loads: tuple[FunctionLoad, ...]
    rounds_per_key: float | None


def mode_budget(
    plans: Sequence[ModePlan], capacity: Mapping[str, float], day_rates: Mapping[str, Decimal]
) -> ModeBudget:
    """Adds up days and money by way of selling and compares the days with the capacity (M06, M17).

    Raises ValueError for less than no customers or days.
    """
    if any(plan.customers < 0 or any(days < 0 for _, days in plan.effort) for plan in plans):
        raise ValueError("customers and days are never negative")
    total = math.fsum(plan.customers * days for plan in plans for _, days in plan.effort)
    costs = tuple(_cost(plan, day_rates, total) for plan in plans)
    asked = [tuple((name, days * plan.customers) for name, days in plan.effort) for plan in plans]
    each = {cost.mode: cost.cost_each for cost in costs}
    key, farmer = each.get(SellingMode.KEY_ACCOUNT), each.get(SellingMode.FARMER)
    exchange = None if key is None or farmer is None else ratio(key, farmer)
    return ModeBudget(costs=costs, loads=capacity_loads(asked, capacity), rounds_per_key=exchange)


def _cost(plan: ModePlan, rates: Mapping[str, Decimal], total: float) -> ModeCost:
    days = math.fsum(days for _, days in plan.effort)
    asked = [(name, Decimal(str(days))) for name, days in plan.effort if days]
    priced = all(name in rates for name, _ in asked)
    each = sum((needed * rates.get(name, 0) for name, needed in asked), Decimal(0))
    return ModeCost(
        mode=plan.mode,
        customers=plan.customers,
        days_each=days,
        days=days * plan.customers,
        cost_each=each if priced else None,
        cost=each * plan.customers if priced else None,
        share=ratio(days * plan.customers, total),
    )
