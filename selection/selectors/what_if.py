"""What moving customers to other quadrants would do: for the page, the REST door and saved scenarios alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from django.db.models import F

from accounts.models import User
from customers.querysets import visible_customers
from kcrm.lib.money import from_units
from selection.calculations.affordability import Affordability, Candidate, affordability
from selection.calculations.balance import Change, PortfolioAccount, Resources, WhatIf, what_if
from selection.calculations.load import Effort
from selection.calculations.quadrants import Quadrant
from selection.calculations.scenarios import AccountMove, ScenarioComparison, account_moves, compare_scenarios
from selection.models import Capacity
from selection.selectors.matrix import placed_customers
from selection.selectors.policies import capacities, cost_of, entitlements, owners_on, quadrant_effort, resources_of

ACCOUNTS: Final = 5_000
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
    rules = entitlements()
    efforts = quadrant_effort(rules)
    rows = capacities()
    accounts, names, managers, candidates, whole = _portfolio(user, efforts, today)
    known = {account.key for account in accounts if account.quadrant is not None}
    moves = [move for move in moves if str(move.customer_id) in known]
    changes = [Change(key=str(move.customer_id), quadrant=move.quadrant, sales=move.sales) for move in moves]
    resources = resources_of(rows, tuple(managers))
    found = what_if(accounts, changes, resources, this_year=today.year, quadrant_effort=efforts)
    return WhatIfResult(
        moves=tuple(moves),
        found=found,
        comparison=compare_scenarios(found.before, {SCENARIO: found.after}),
        changed=account_moves(accounts, found.accounts),
        days_cost=sum(
            (cost_of(new.effort, rows) - cost_of(old.effort, rows) for old, new in _pairs(accounts, found.accounts)),
            Decimal(0),
        ),
        sales=sum((Decimal(new.sales - old.sales) for old, new in _pairs(accounts, found.accounts)), Decimal(0)),
        key_share_before=key_share(accounts),
        key_share_after=key_share(found.accounts),
        afford=affordability(candidates, resources.capacity),
        capacity=tuple(rows),
        names=names,
        managers=managers,
        whole=whole,
    )


def afford_of(user: User, *, today: date) -> tuple[Affordability, Resources, Mapping[str, str]]:
    """How many attractive customers we can really serve as key accounts, with the first one left out (M05)."""
    efforts = quadrant_effort(entitlements())
    rows = capacities()
    _accounts, names, _managers, candidates, _whole = _portfolio(user, efforts, today)
    resources = resources_of(rows)
    return affordability(candidates, resources.capacity), resources, names


def key_share(accounts: Sequence[PortfolioAccount]) -> float | None:
    """The share of all sales that the chosen accounts bring; None where nothing is sold."""
    total = sum((Decimal(account.sales) for account in accounts), Decimal(0))
    chosen = {Quadrant.KEY, Quadrant.KEY_DEVELOPMENT}
    part = sum((Decimal(account.sales) for account in accounts if account.quadrant in chosen), Decimal(0))
    return float(part / total) if total else None


def _portfolio(
    user: User, efforts: Mapping[Quadrant, Effort], today: date
) -> tuple[list[PortfolioAccount], dict[str, str], dict[str, str], list[Candidate], bool]:
    """All customers that buy, the placed ones with their quadrants; three statements."""
    places = {
        row["pk"]: row
        for row in placed_customers(user)
        .order_by()
        .values("pk", "quadrant", "current_score__score", "customer_view__ratio")
    }
    rows = list(
        visible_customers(user, "score")
        .order_by(
            F("customer_view__is_strong").asc(nulls_last=True), F("sales_summary__net_12m_units").desc(nulls_last=True)
        )
        .values("pk", "name", "account_team", "sales_summary__net_12m_units")[: ACCOUNTS + 1]
    )
    whole = len(rows) <= ACCOUNTS
    rows = rows[:ACCOUNTS]
    owners = owners_on(today, [row["account_team"] for row in rows if row["pk"] in places])
    managers = {str(user_id): name for user_id, name in owners.values()}
    accounts, candidates, names = [], [], {}
    for row in rows:
        place = places.get(row["pk"])
        units = row["sales_summary__net_12m_units"]
        if place is None and not units:
            continue
        key = str(row["pk"])
        names[key] = row["name"]
        quadrant = Quadrant(place["quadrant"]) if place else None
        owner = owners.get(row["account_team"])
        accounts.append(
            PortfolioAccount(
                key=key,
                quadrant=quadrant,
                sales=from_units(units or 0),
                effort=efforts[quadrant] if quadrant else (),
                manager=str(owner[0]) if owner and quadrant else None,
            )
        )
        if place and quadrant in {Quadrant.KEY, Quadrant.KEY_DEVELOPMENT}:
            candidates.append(
                Candidate(
                    key,
                    float(place["current_score__score"]),
                    float(place["customer_view__ratio"]),
                    efforts[quadrant],
                )
            )
    return accounts, names, managers, candidates, whole


def _pairs(
    before: Sequence[PortfolioAccount], after: Sequence[PortfolioAccount]
) -> list[tuple[PortfolioAccount, PortfolioAccount]]:
    old = {account.key: account for account in before}
    return [(old[account.key], account) for account in after if account != old[account.key]]
