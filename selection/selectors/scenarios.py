"""What saved scenarios would do, each against today and side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from accounts.models import User
from customers.querysets import visible_customers
from kcrm.lib.money import to_units
from selection.calculations.affordability import Affordability, Candidate, affordability
from selection.calculations.balance import Balance, Change, PortfolioAccount, Resources, balance, what_if
from selection.calculations.load import Effort
from selection.calculations.quadrants import Quadrant
from selection.calculations.scenarios import AccountMove, ScenarioComparison, account_moves, compare_scenarios
from selection.calculations.tiers import TierCandidate, tier_pyramid
from selection.models import Capacity, Scenario, ScenarioMove, Snapshot
from selection.selectors.account_set import CHOSEN, AccountSet, accounts_of
from selection.selectors.policies import capacities, cost_of, entitlements, quadrant_effort
from selection.selectors.tiers import cuts_in_force
from selection.selectors.what_if import key_share


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one scenario comes to. `tiers` are {account: (tier today, tier then)} of those whose tier changes.

    `days_cost` is what the days of all accounts cost beyond today's, `sales` what net sales change by.
    """

    scenario: Scenario
    moves: Sequence[ScenarioMove]
    found: Balance
    accounts: Sequence[PortfolioAccount]
    changed: Mapping[str, AccountMove]
    tiers: Mapping[str, tuple[str, str]]
    days_cost: Decimal
    sales: Decimal
    key_share: float | None
    afford: Affordability
    is_superseded: bool


@dataclass(frozen=True, slots=True)
class SideBySide:
    """Scenarios beside today. `movers` are the accounts that any of them changes, the largest first."""

    held: AccountSet
    today: Balance
    key_share: float | None
    outcomes: Sequence[Outcome]
    comparison: ScenarioComparison
    movers: Sequence[PortfolioAccount]


def side_by_side(scenarios: Sequence[Scenario], user: User, *, today: date) -> SideBySide:
    """What these scenarios would do to the customers in the reader's sight; moves of others are left out."""
    rows = capacities()
    held = accounts_of(user, quadrant_effort(entitlements()), today=today)
    found = balance(held.accounts, _resources(rows, {}, held), this_year=today.year)
    newest = Snapshot.objects.values_list("pk", flat=True).first()
    seen = ScenarioMove.objects.filter(customer__in=visible_customers(user, "score").order_by(), scenario__in=scenarios)
    moves: dict[int, list[ScenarioMove]] = {}
    for move in seen.select_related("customer").order_by("customer__name_sort"):
        moves.setdefault(move.scenario_id, []).append(move)
    outcomes = [
        _outcome(one, moves.get(one.pk, []), held, rows, this_year=today.year, newest=newest) for one in scenarios
    ]
    changed = {key for one in outcomes for key in one.changed}
    return SideBySide(
        held=held,
        today=found,
        key_share=key_share(held.accounts),
        outcomes=outcomes,
        comparison=compare_scenarios(found, {str(one.scenario.pk): one.found for one in outcomes}),
        movers=sorted((one for one in held.accounts if one.key in changed), key=lambda one: -one.sales),
    )


def _outcome(
    scenario: Scenario,
    moves: Sequence[ScenarioMove],
    held: AccountSet,
    rows: Sequence[Capacity],
    *,
    this_year: int,
    newest: int | None,
) -> Outcome:
    efforts = _efforts(scenario, held.efforts)
    resources = _resources(rows, scenario.capacity, held)
    known = {account.key for account in held.accounts}
    accounts = [
        account if account.quadrant is None else _with_effort(account, efforts[account.quadrant])
        for account in held.accounts
    ]
    changes = [
        Change(key=str(move.customer_id), quadrant=Quadrant(move.quadrant), sales=move.sales)
        for move in moves
        if str(move.customer_id) in known
    ]
    then = what_if(accounts, changes, resources, this_year=this_year, quadrant_effort=efforts)
    before = {account.key: account for account in held.accounts}
    moved = {move.key: move for move in account_moves(held.accounts, then.accounts)}
    touched = {str(move.customer_id) for move in moves}
    return Outcome(
        scenario=scenario,
        moves=moves,
        found=then.after,
        accounts=then.accounts,
        changed={key: move for key, move in moved.items() if key in touched},
        tiers=_tiers(held.accounts, then.accounts),
        days_cost=sum(
            (cost_of(one.effort, rows) - cost_of(before[one.key].effort, rows) for one in then.accounts), Decimal(0)
        ),
        sales=sum((Decimal(one.sales - before[one.key].sales) for one in then.accounts), Decimal(0)),
        key_share=key_share(then.accounts),
        afford=affordability(_candidates(held, then.accounts, efforts), resources.capacity),
        is_superseded=newest is not None and scenario.snapshot_id != newest,
    )


def _with_effort(account: PortfolioAccount, effort: Effort) -> PortfolioAccount:
    return PortfolioAccount(
        account.key, account.quadrant, account.sales, account.contribution, effort, account.manager,
        account.payback_year,
    )  # fmt: skip


def _efforts(scenario: Scenario, today: Mapping[Quadrant, Effort]) -> dict[Quadrant, Effort]:
    """Today's days an account takes, with what the scenario says instead."""
    return {
        quadrant: tuple((dict(effort) | scenario.effort.get(quadrant.value, {})).items())
        for quadrant, effort in today.items()
    }


def _resources(rows: Sequence[Capacity], instead: Mapping[str, float], held: AccountSet) -> Resources:
    return Resources(
        capacity={row.function: float(row.days_a_year) for row in rows} | dict(instead),
        managers=tuple(held.managers),
        day_rates={row.function: row.day_rate for row in rows if row.day_rate is not None},
    )


def _candidates(
    held: AccountSet, accounts: Sequence[PortfolioAccount], efforts: Mapping[Quadrant, Effort]
) -> list[Candidate]:
    """Who is chosen in the scenario; one that nobody compared with a rival cannot be ranked and is listed as such."""
    known = {one.key: one for one in held.candidates}
    return [
        Candidate(
            one.key,
            known[one.key].attractiveness if one.key in known else None,
            known[one.key].relative_strength if one.key in known else None,
            efforts[one.quadrant],
        )
        for one in accounts
        if one.quadrant in CHOSEN and one.quadrant is not None
    ]


def _tiers(before: Sequence[PortfolioAccount], after: Sequence[PortfolioAccount]) -> dict[str, tuple[str, str]]:
    """Whose tier changes with the expected sales; one-off buyers are taken as regular ones here."""
    old, new = (_tier_of(accounts) for accounts in (before, after))
    return {key: (old[key], tier) for key, tier in new.items() if key in old and old[key] != tier}


def _tier_of(accounts: Sequence[PortfolioAccount]) -> dict[str, str]:
    rows = [TierCandidate(one.key, to_units(Decimal(one.sales)), one_off=False) for one in accounts]
    return {place.key: place.tier.value for place in tier_pyramid(rows, cuts_in_force()).places if place.tier}
