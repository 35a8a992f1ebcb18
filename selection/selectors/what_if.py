"""What moving customers to other quadrants would do: for the page, the REST door and saved scenarios alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from accounts.models import User
from selection.calculations.affordability import Affordability, affordability
from selection.calculations.balance import Change, PortfolioAccount, Resources, WhatIf, what_if
from selection.calculations.quadrants import Quadrant
from selection.calculations.scenarios import AccountMove, ScenarioComparison, account_moves, compare_scenarios
from selection.models import Capacity
from selection.selectors.account_set import CHOSEN, accounts_of
from selection.selectors.policies import capacities, cost_of, entitlements, quadrant_effort, resources_of

SCENARIO: Final = "what if"


@dataclass(frozen=True, slots=True)
class Move:
    """A customer put into another quadrant, with the sales expected there in a year; None: as they are today."""

    customer_id: int
    quadrant: Quadrant
    sales: Decimal | None = None


@dataclass(frozen=True, slots=True)
class WhatIfResult:
    """The portfolio before and after some moves. Nothing of it is stored: who saves it as a scenario stores `moves`.

    Accounts are keyed by the customer's number as text. `names` and `managers` put keys into words. `days_cost` is what
    the days added cost (negative: saved), `sales` what net sales change by; `whole` says whether every customer that
    buys is counted, or the largest five thousand.
    """

    moves: tuple[Move, ...]
    found: WhatIf
    comparison: ScenarioComparison
    changed: tuple[AccountMove, ...]
    days_cost: Decimal
    sales: Decimal
    key_share_before: float | None
    key_share_after: float | None
    afford: Affordability
    capacity: tuple[Capacity, ...]
    names: Mapping[str, str]
    managers: Mapping[str, str]
    whole: bool


def what_if_of(user: User, moves: Sequence[Move], *, today: date) -> WhatIfResult:
    """What these moves would do to capacity, sales and concentration; the statements do not grow with the customers.

    Moves of customers that the reader does not see on the matrix are left out.
    """
    rows = capacities()
    held = accounts_of(user, quadrant_effort(entitlements()), today=today)
    known = {account.key for account in held.accounts if account.quadrant is not None}
    moves = [move for move in moves if str(move.customer_id) in known]
    changes = [Change(key=str(move.customer_id), quadrant=move.quadrant, sales=move.sales) for move in moves]
    resources = resources_of(rows, tuple(held.managers))
    found = what_if(held.accounts, changes, resources, this_year=today.year, quadrant_effort=held.efforts)
    pairs = changed_pairs(held.accounts, found.accounts)
    return WhatIfResult(
        moves=tuple(moves),
        found=found,
        comparison=compare_scenarios(found.before, {SCENARIO: found.after}),
        changed=account_moves(held.accounts, found.accounts),
        days_cost=sum((cost_of(new.effort, rows) - cost_of(old.effort, rows) for old, new in pairs), Decimal(0)),
        sales=sum((Decimal(new.sales - old.sales) for old, new in pairs), Decimal(0)),
        key_share_before=key_share(held.accounts),
        key_share_after=key_share(found.accounts),
        afford=affordability(held.candidates, resources.capacity),
        capacity=tuple(rows),
        names=held.names,
        managers=held.managers,
        whole=held.whole,
    )


def afford_of(user: User, *, today: date) -> tuple[Affordability, Resources, Mapping[str, str]]:
    """How many attractive customers we can really serve as key accounts, with the first one left out (M05)."""
    held = accounts_of(user, quadrant_effort(entitlements()), today=today)
    resources = resources_of(capacities())
    return affordability(held.candidates, resources.capacity), resources, held.names


def key_share(accounts: Sequence[PortfolioAccount]) -> float | None:
    """The share of all sales that the chosen accounts bring; None where nothing is sold."""
    total = sum((Decimal(account.sales) for account in accounts), Decimal(0))
    part = sum((Decimal(account.sales) for account in accounts if account.quadrant in CHOSEN), Decimal(0))
    return float(part / total) if total else None


def changed_pairs(
    before: Sequence[PortfolioAccount], after: Sequence[PortfolioAccount]
) -> list[tuple[PortfolioAccount, PortfolioAccount]]:
    """The accounts that differ, as they were and as they would be."""
    old = {account.key: account for account in before}
    return [(old[account.key], account) for account in after if account != old[account.key]]
