"""Saved portfolios side by side: what each would change against today, figure by figure (M05)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from selection.calculations.balance import Balance, PortfolioAccount
from selection.calculations.explanation import Reason
from selection.calculations.figures import TOLERANCE, Amount
from selection.calculations.load import ManagerVerdict
from selection.calculations.quadrants import Quadrant

Value = Amount | float


class Figure(StrEnum):
    """A line of the comparison."""

    ACCOUNTS = "accounts"
    DEVELOPMENT_SHARE = "development_share"
    CONTRIBUTION = "contribution"
    CONTRIBUTION_UNKNOWN = "contribution_unknown"
    TOP_1 = "top_1"
    TOP_5 = "top_5"
    TOP_10 = "top_10"
    HHI = "hhi"
    LOAD = "load"
    DAYS = "days"
    MISSING_DAYS = "missing_days"
    OVERLOADED_MANAGERS = "overloaded_managers"
    PAID_BACK = "paid_back"
    REMARKS = "remarks"


class Trend(StrEnum):
    """Whether a change is for the better."""

    BETTER = "better"
    WORSE = "worse"
    SAME = "same"
    OPEN = "open"


MORE_IS_BETTER: dict[Figure, bool | None] = {
    Figure.ACCOUNTS: None,
    Figure.DEVELOPMENT_SHARE: None,
    Figure.CONTRIBUTION: True,
    Figure.CONTRIBUTION_UNKNOWN: False,
    Figure.TOP_1: False,
    Figure.TOP_5: False,
    Figure.TOP_10: False,
    Figure.HHI: False,
    Figure.LOAD: None,
    Figure.DAYS: None,
    Figure.MISSING_DAYS: False,
    Figure.OVERLOADED_MANAGERS: False,
    Figure.PAID_BACK: True,
    Figure.REMARKS: False,
}
"""Which way each figure should go; None where that is a matter of strategy."""


@dataclass(frozen=True, slots=True)
class ScenarioValue:
    """One scenario's value of a figure, and its difference from today; None where either is not defined."""

    scenario: str
    value: Value | None
    delta: Value | None
    trend: Trend


@dataclass(frozen=True, slots=True)
class FigureRow:
    """A figure over all scenarios; ``subject`` is the quadrant or the function it is about, empty for the whole."""

    figure: Figure
    subject: str
    today: Value | None
    values: tuple[ScenarioValue, ...]


@dataclass(frozen=True, slots=True)
class ScenarioRemarks:
    """What a scenario brings out of balance that is in balance today, and what it puts right."""

    scenario: str
    new: tuple[Reason, ...]
    solved: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class ScenarioComparison:
    """Today and the scenarios side by side."""

    rows: tuple[FigureRow, ...]
    remarks: tuple[ScenarioRemarks, ...]


@dataclass(frozen=True, slots=True)
class AccountMove:
    """What a scenario does to one account; differences are None where a side is not known."""

    key: str
    before: Quadrant | None
    after: Quadrant | None
    sales: Amount
    contribution: Amount | None
    days: float
    manager_changes: bool


def compare_scenarios(today: Balance, scenarios: Mapping[str, Balance]) -> ScenarioComparison:
    """Sets the figures of saved portfolios beside today's, with differences and trends (M05).

    A figure that only one side has stands with no difference. All money is in one currency.
    """
    base = _figures(today)
    figures = {name: _figures(one) for name, one in scenarios.items()}
    lines = dict.fromkeys([*base, *(line for values in figures.values() for line in values)])
    rows = tuple(
        FigureRow(
            figure=figure,
            subject=subject,
            today=base.get((figure, subject)),
            values=tuple(
                _value(name, figure, base.get((figure, subject)), values.get((figure, subject)))
                for name, values in figures.items()
            ),
        )
        for figure, subject in sorted(lines, key=lambda line: list(Figure).index(line[0]))
    )
    return ScenarioComparison(
        rows=rows,
        remarks=tuple(
            ScenarioRemarks(name, _beyond(one.reasons, today.reasons), _beyond(today.reasons, one.reasons))
            for name, one in scenarios.items()
        ),
    )


def account_moves(today: Sequence[PortfolioAccount], scenario: Sequence[PortfolioAccount]) -> tuple[AccountMove, ...]:
    """Names every account that a scenario changes, with what it does to it; those it leaves alone are left out.

    Accounts that are not on both sides are left out as well: a scenario moves accounts and creates none.
    """
    before = {account.key: account for account in today}
    return tuple(
        AccountMove(
            key=account.key,
            before=old.quadrant,
            after=account.quadrant,
            sales=account.sales - old.sales,
            contribution=(
                None
                if account.contribution is None or old.contribution is None
                else account.contribution - old.contribution
            ),
            days=sum(days for _, days in account.effort) - sum(days for _, days in old.effort),
            manager_changes=account.manager != old.manager,
        )
        for account in scenario
        if (old := before.get(account.key)) is not None and old != account
    )


def _figures(found: Balance) -> dict[tuple[Figure, str], Value | None]:
    overloaded = sum(manager.verdict is ManagerVerdict.OVERLOADED for manager in found.managers)
    figures: dict[tuple[Figure, str], Value | None] = {
        (Figure.ACCOUNTS, str(quadrant)): count for quadrant, count in found.quadrants
    }
    figures |= {
        (Figure.DEVELOPMENT_SHARE, ""): found.development_share,
        (Figure.CONTRIBUTION, ""): found.contribution,
        (Figure.CONTRIBUTION_UNKNOWN, ""): found.contribution_unknown,
        (Figure.TOP_1, ""): found.concentration.top_1,
        (Figure.TOP_5, ""): found.concentration.top_5,
        (Figure.TOP_10, ""): found.concentration.top_10,
        (Figure.HHI, ""): found.concentration.hhi,
        (Figure.OVERLOADED_MANAGERS, ""): overloaded,
        (Figure.PAID_BACK, ""): found.payback.paid,
        (Figure.REMARKS, ""): len(found.reasons),
    }
    for load in found.loads:
        figures[Figure.LOAD, load.function] = load.load
        figures[Figure.DAYS, load.function] = load.demand_days
        figures[Figure.MISSING_DAYS, load.function] = load.missing_days
    return figures


def _value(scenario: str, figure: Figure, today: Value | None, value: Value | None) -> ScenarioValue:
    if today is None or value is None:
        return ScenarioValue(scenario, value, None, Trend.OPEN)
    delta = _minus(value, today)
    return ScenarioValue(scenario, value, delta, _trend(MORE_IS_BETTER[figure], float(delta)))


def _minus(value: Value, today: Value) -> Value:
    if isinstance(value, float) or isinstance(today, float):
        return float(value) - float(today)
    return value - today


def _trend(more_is_better: bool | None, delta: float) -> Trend:
    if abs(delta) <= TOLERANCE:
        return Trend.SAME
    if more_is_better is None:
        return Trend.OPEN
    return Trend.BETTER if (delta > 0) is more_is_better else Trend.WORSE


def _beyond(reasons: Iterable[Reason], others: Iterable[Reason]) -> tuple[Reason, ...]:
    known = {(one.code, one.subject) for one in others}
    return tuple(one for one in reasons if (one.code, one.subject) not in known)
