"""What quadrants are entitled to, and what there is to serve with: the company's own rules over the defaults."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from selection.calculations.balance import Resources
from selection.calculations.effort import DEFAULT_EFFORT
from selection.calculations.load import Effort
from selection.calculations.policies import DEFAULT_POLICIES, QuadrantPolicy
from selection.calculations.quadrants import Quadrant
from selection.models import Capacity, QuadrantRule
from teams.models import TeamMembership


@dataclass(frozen=True, slots=True)
class Entitlement:
    """The policy of a quadrant with the days that an account of it takes; `rule` is None while the default holds."""

    quadrant: Quadrant
    policy: QuadrantPolicy
    effort: Effort
    rule: QuadrantRule | None


def entitlements() -> dict[Quadrant, Entitlement]:
    """What each quadrant is entitled to; one statement."""
    rules = {Quadrant(rule.quadrant): rule for rule in QuadrantRule.objects.all()}
    return {quadrant: _entitlement(quadrant, rules.get(quadrant)) for quadrant in Quadrant}


def quadrant_effort(rules: Mapping[Quadrant, Entitlement]) -> dict[Quadrant, Effort]:
    """The days of an account by quadrant, as the calculations take them."""
    return {quadrant: one.effort for quadrant, one in rules.items()}


def capacities() -> list[Capacity]:
    """The days and costs on record, in the order of the functions."""
    order = list(TeamMembership.Function.values)
    return sorted(Capacity.objects.all(), key=lambda capacity: order.index(capacity.function))


def resources_of(rows: Sequence[Capacity], managers: Sequence[str] = ()) -> Resources:
    """The same as the calculations take it."""
    return Resources(
        capacity={row.function: float(row.days_a_year) for row in rows},
        managers=tuple(managers),
        day_rates={row.function: row.day_rate for row in rows if row.day_rate is not None},
    )


def owners_on(day: date, team_ids: Sequence[int]) -> dict[int, tuple[int, str]]:
    """{account team: (user, name)} of those who own accounts on a day; one statement."""
    rows = TeamMembership.objects.on_day(day).filter(level=TeamMembership.Level.OWNER, team__in=team_ids)
    return {team: (user, name) for team, user, name in rows.values_list("team_id", "user_id", "user__full_name")}


def cost_of(effort: Effort, rows: Sequence[Capacity]) -> Decimal:
    """What these days cost where a day has a price."""
    rates = {row.function: row.day_rate for row in rows}
    return sum((Decimal(str(days)) * (rates.get(function) or 0) for function, days in effort), Decimal(0))


def _entitlement(quadrant: Quadrant, rule: QuadrantRule | None) -> Entitlement:
    policy = DEFAULT_POLICIES[quadrant]
    if rule is None:
        return Entitlement(quadrant, policy, DEFAULT_EFFORT[quadrant], None)
    policy = replace(
        policy,
        contacts_a_year=rule.contacts_a_year,
        steering_meetings_a_year=rule.steering_meetings_a_year,
        reviews_a_year=rule.reviews_a_year,
        cost_to_serve_cap=float(rule.cost_to_serve_cap),
        owner_load_limit=rule.owner_load_limit,
    )
    order = list(TeamMembership.Function.values)
    effort = tuple(
        sorted(((name, float(days)) for name, days in rule.effort.items()), key=lambda one: order.index(one[0]))
    )
    return Entitlement(quadrant, policy, effort, rule)
