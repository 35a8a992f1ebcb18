"""Can we serve this set of customers, and does it hang on too few: the figures of the balance page (M05)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from accounts.models import User
from selection.calculations.affordability import Affordability, affordability
from selection.calculations.balance import Balance, Resources, balance
from selection.calculations.concentration import Concentration, concentration_by_group
from selection.models import SegmentPlace
from selection.selectors.account_set import CHOSEN, AccountSet, accounts_of
from selection.selectors.policies import capacities, entitlements, quadrant_effort, resources_of


@dataclass(frozen=True, slots=True)
class Holding:
    """What a manager looks after: the chosen accounts by number, with the days they take."""

    user_id: int
    name: str
    accounts: int
    verdict: str
    days: float
    held: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class BalanceSheet:
    """The reader's portfolio, weighed. `spreads` are sales by country, segment and currency."""

    held: AccountSet
    found: Balance
    resources: Resources
    afford: Affordability
    holdings: Sequence[Holding]
    spreads: Mapping[str, Concentration]


def balance_sheet(user: User, *, today: date) -> BalanceSheet:
    """Every check of the set, over the customers whose scores the reader sees; the statements do not grow with them."""
    held = accounts_of(user, quadrant_effort(entitlements()), today=today)
    resources = resources_of(capacities(), tuple(held.managers))
    found = balance(held.accounts, resources, this_year=today.year)
    sales = {account.key: account.sales for account in held.accounts}
    groups = {"country": held.countries, "segment": segments_of(held, today), "currency": held.currencies}
    return BalanceSheet(
        held=held,
        found=found,
        resources=resources,
        afford=affordability(held.candidates, resources.capacity),
        holdings=_holdings(held, found),
        spreads={name: concentration_by_group(sales, group) for name, group in groups.items()},
    )


def segments_of(held: AccountSet, today: date) -> dict[str, str]:
    """{account: name of its segment}; an account without one is left out. One statement."""
    places = SegmentPlace.objects.on_day(today).filter(customer__in=[int(account.key) for account in held.accounts])
    return {str(customer): name for customer, name in places.values_list("customer", "segment__name")}


def _holdings(held: AccountSet, found: Balance) -> list[Holding]:
    """The managers, the fullest first."""
    rows = []
    for load in found.managers:
        mine = [one for one in held.accounts if one.manager == load.manager and one.quadrant in CHOSEN]
        rows.append(
            Holding(
                user_id=int(load.manager),
                name=held.managers[load.manager],
                accounts=load.accounts,
                verdict=load.verdict.value,
                days=sum(days for one in mine for _function, days in one.effort),
                held=[(one.key, held.names[one.key]) for one in mine],
            )
        )
    return sorted(rows, key=lambda row: (-row.accounts, row.name))
