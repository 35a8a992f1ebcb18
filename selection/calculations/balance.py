"""Is this a balanced set of accounts, and what does a change do to it (M05)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from selection.calculations.concentration import Concentration, ConcentrationLevel, concentration
from selection.calculations.explanation import Reason, reason
from selection.calculations.figures import Amount, exceeds, ratio
from selection.calculations.load import (
    Effort,
    FunctionLoad,
    LoadLevel,
    ManagerLoad,
    ManagerVerdict,
    capacity_loads,
    manager_loads,
)
from selection.calculations.payback import PaybackProfile, payback_profile
from selection.calculations.quadrants import Quadrant

MOST_DEVELOPMENT = 0.50


class BalanceReason(StrEnum):
    """What is out of balance."""

    OVER_CAPACITY = "over_capacity"
    MANAGER_OVERLOADED = "manager_overloaded"
    MANAGER_WITHOUT_ACCOUNT = "manager_without_account"
    CONCENTRATED = "sales_concentrated"
    LARGE_CUSTOMER = "large_customer"
    TOO_MUCH_DEVELOPMENT = "too_much_development"
    NO_PAYBACK = "no_payback_this_year"


@dataclass(frozen=True, slots=True)
class PortfolioAccount:
    """One customer of the portfolio; sales and contribution are a year's, effort is days a year.

    ``contribution`` is None where it is not known; ``payback_year`` where there is no investment to pay back.
    """

    key: str
    quadrant: Quadrant | None
    sales: Amount
    contribution: Amount | None = None
    effort: Effort = ()
    manager: str | None = None
    payback_year: int | None = None


@dataclass(frozen=True, slots=True)
class Resources:
    """What there is to serve a portfolio with: days by function, the managers, and what a day costs by function."""

    capacity: Mapping[str, float]
    managers: tuple[str, ...] = ()
    day_rates: Mapping[str, Amount] | None = None


@dataclass(frozen=True, slots=True)
class Balance:
    """The figures of a set of accounts, and what is out of balance.

    ``development_share`` is the part of the chosen accounts (Key and Key development) that is in development, None
    where none is chosen. ``contribution`` adds up what is known, None where nothing is; ``contribution_unknown``
    counts the rest.
    """

    quadrants: tuple[tuple[Quadrant, int], ...]
    unplaced: int
    development_share: float | None
    loads: tuple[FunctionLoad, ...]
    managers: tuple[ManagerLoad, ...]
    concentration: Concentration
    payback: PaybackProfile
    contribution: Amount | None
    contribution_unknown: int
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """What a what-if does to one account; None leaves a figure as it is."""

    key: str
    quadrant: Quadrant | None = None
    sales: Amount | None = None
    contribution: Amount | None = None
    effort: Effort | None = None
    manager: str | None = None


@dataclass(frozen=True, slots=True)
class WhatIf:
    """A portfolio before and after some changes, with the accounts as they would be."""

    before: Balance
    after: Balance
    accounts: tuple[PortfolioAccount, ...]


def balance(accounts: Sequence[PortfolioAccount], resources: Resources, *, this_year: int) -> Balance:
    """Checks the set and not the single account: capacity, managers' load, concentration, development, payback (M05).

    Concentration is measured over all accounts given, payback over the chosen ones. All money is in one currency.
    """
    chosen = [one for one in accounts if one.quadrant in {Quadrant.KEY, Quadrant.KEY_DEVELOPMENT}]
    owned: dict[str, list[Quadrant | None]] = {manager: [] for manager in resources.managers}
    for account in accounts:
        if account.manager is not None:
            owned.setdefault(account.manager, []).append(account.quadrant)
    known = [one.contribution for one in accounts if one.contribution is not None]
    parts = Balance(
        quadrants=tuple((quadrant, sum(one.quadrant is quadrant for one in accounts)) for quadrant in Quadrant),
        unplaced=sum(one.quadrant is None for one in accounts),
        development_share=ratio(sum(one.quadrant is Quadrant.KEY_DEVELOPMENT for one in chosen), len(chosen)),
        loads=capacity_loads((one.effort for one in accounts), resources.capacity),
        managers=manager_loads(owned),
        concentration=concentration({one.key: one.sales for one in accounts}),
        payback=payback_profile({one.key: one.payback_year for one in chosen}, this_year=this_year),
        contribution=sum(known) if known else None,
        contribution_unknown=len(accounts) - len(known),
        reasons=(),
    )
    return replace(parts, reasons=tuple(_remarks(parts)))


def what_if(
    accounts: Sequence[PortfolioAccount],
    changes: Iterable[Change],
    resources: Resources,
    *,
    this_year: int,
    quadrant_effort: Mapping[Quadrant, Effort] | None = None,
) -> WhatIf:
    """Shows what moving accounts does to capacity, contribution and concentration (M05).

    An account that changes its quadrant takes the effort of its new one where ``quadrant_effort`` names it, unless
    the change gives its own. More or fewer days change its contribution by what they cost, where day rates are given
    and the change does not give a contribution. Raises ValueError for a change of an account that is not there.
    """
    by_key = {account.key: account for account in accounts}
    for change in changes:
        if change.key not in by_key:
            raise ValueError(f"{change.key} is not in the portfolio")
        by_key[change.key] = _changed(by_key[change.key], change, resources.day_rates or {}, quadrant_effort or {})
    after = tuple(by_key.values())
    return WhatIf(
        before=balance(accounts, resources, this_year=this_year),
        after=balance(after, resources, this_year=this_year),
        accounts=after,
    )


def _changed(
    account: PortfolioAccount,
    change: Change,
    day_rates: Mapping[str, Amount],
    quadrant_effort: Mapping[Quadrant, Effort],
) -> PortfolioAccount:
    quadrant = change.quadrant or account.quadrant
    effort = account.effort
    if change.effort is not None:
        effort = change.effort
    elif quadrant is not None and quadrant is not account.quadrant:
        effort = quadrant_effort.get(quadrant, account.effort)
    contribution = account.contribution if change.contribution is None else change.contribution
    if change.contribution is None and contribution is not None and effort != account.effort:
        contribution = contribution - (_cost(effort, day_rates) - _cost(account.effort, day_rates))
    return replace(
        account,
        quadrant=quadrant,
        sales=account.sales if change.sales is None else change.sales,
        contribution=contribution,
        effort=effort,
        manager=account.manager if change.manager is None else change.manager,
    )


def _cost(effort: Effort, day_rates: Mapping[str, Amount]) -> Decimal:
    return sum((Decimal(str(days)) * day_rates.get(function, 0) for function, days in effort), Decimal(0))


def _remarks(parts: Balance) -> Iterable[Reason]:
    for load in parts.loads:
        if load.level is LoadLevel.RED:
            yield reason(BalanceReason.OVER_CAPACITY, load.function, missing_days=load.missing_days)
    for manager in parts.managers:
        if manager.verdict is ManagerVerdict.OVERLOADED:
            yield reason(BalanceReason.MANAGER_OVERLOADED, manager.manager, accounts=manager.accounts)
        elif manager.verdict is ManagerVerdict.NO_ACCOUNT:
            yield reason(BalanceReason.MANAGER_WITHOUT_ACCOUNT, manager.manager)
    if parts.concentration.level is ConcentrationLevel.HIGH and parts.concentration.hhi is not None:
        yield reason(BalanceReason.CONCENTRATED, hhi=parts.concentration.hhi)
    for large in parts.concentration.large:
        yield reason(BalanceReason.LARGE_CUSTOMER, large.key, share=large.share)
    if parts.development_share is not None and exceeds(parts.development_share, MOST_DEVELOPMENT):
        yield reason(BalanceReason.TOO_MUCH_DEVELOPMENT, share=parts.development_share)
    if parts.payback.balanced is False:
        yield reason(BalanceReason.NO_PAYBACK)
