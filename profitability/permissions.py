"""May this person load the ledger, close months, see what things cost? It answers; the caller raises."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from kcrm.lib.access import Actor, Scope, Standing, Verb, allows, allows_anywhere, token_allows
from kcrm.lib.filters import OPEN_CLASSES
from teams.permissions import Reach, reach_of

if TYPE_CHECKING:
    from accounts.models import User
    from customers.models import Customer


def _company_wide(user: User) -> tuple[Standing, ...]:
    return reach_of(user).standings(team_id=None, unit_path=None)


def _carried(user: User, resource: str, verb: Verb) -> bool:
    """Whether the token the user came with, if any, covers this."""
    token = getattr(user, "api_token", None)
    return token is None or token_allows(resource, verb, token.scopes)


def _may(user: User, resource: str, verb: Verb) -> bool:
    return _carried(user, resource, verb) and allows(resource, verb, _company_wide(user))


def can_open_ledger(user: User) -> bool:
    """Who sees sales of any customer at all: the page is theirs, the rows are `visible_to`'s question."""
    actors = reach_of(user).actors()
    return _carried(user, "sales_facts", Verb.READ) and allows_anywhere("sales_facts", Verb.READ, actors)


def can_load_ledger(user: User) -> bool:
    """Who may add and correct ledger lines of all customers."""
    return _may(user, "sales_facts", Verb.CREATE) and _may(user, "sales_facts", Verb.UPDATE)


def can_load_costs(user: User) -> bool:
    """Who may say what lines cost."""
    return _may(user, "profitability", Verb.CREATE) and _may(user, "profitability", Verb.UPDATE)


def can_close_periods(user: User) -> bool:
    """Who may close a month and open it again; no token may."""
    return getattr(user, "api_token", None) is None and can_load_ledger(user)


def can_change_products(user: User) -> bool:
    """Who may add and change products and their groups."""
    return _may(user, "product", Verb.CREATE) and _may(user, "product", Verb.UPDATE)


def can_export_products(user: User) -> bool:
    """Who may carry the product list away."""
    return allows("product", Verb.EXPORT, _company_wide(user))


def export_limits(user: User) -> tuple[tuple[int, ...], tuple[str, ...]] | None:
    """The teams and unit paths whose customers' sales the user may carry away; None for all customers. No token may."""
    if getattr(user, "api_token", None) is not None:
        return (), ()
    if allows("sales_facts", Verb.EXPORT, _company_wide(user)):
        return None
    reach = reach_of(user)
    teams = tuple(team for team, standing in reach.teams.items() if allows("sales_facts", Verb.EXPORT, [standing]))
    return teams, reach.led if allows("sales_facts", Verb.EXPORT, _led(reach)) else ()


def can_export_sales(user: User) -> bool:
    """Who may carry sales figures of at least some customers away."""
    return export_limits(user) != ((), ())


def can_export_sales_of(user: User, customer: Customer) -> bool:
    """Who may carry away what this customer bought; needs its unit."""
    limits = export_limits(user)
    if limits is None:
        return True
    teams, paths = limits
    return customer.account_team_id in teams or customer.org_unit.path.startswith(paths)


def _led(reach: Reach) -> tuple[Standing, ...]:
    return (Standing(Actor.DIRECTOR, Scope.PORTFOLIO, fin="full"),) if reach.led else ()


def _sees_costs(standing: Standing) -> bool:
    """Line by line, costs are for finance, directors of the portfolio and team members with the full view."""
    return allows("profitability", Verb.READ, [standing]) and standing.fin != "summary"


def can_see_costs_of(user: User, *, team_id: int | None, unit_path: str | None) -> bool:
    """Whether costs and contribution of the customer with this team and place in the organisation are readable."""
    if not _carried(user, "profitability", Verb.READ):
        return False
    return any(map(_sees_costs, reach_of(user).standings(team_id=team_id, unit_path=unit_path)))


def can_see_costs_everywhere(user: User) -> bool:
    """Whether costs are readable on every row of sales that the user sees.

    Lists and sums over several customers have cost columns only then: a column with gaps would show where they are.
    """
    if not _carried(user, "profitability", Verb.READ):
        return False
    reach = reach_of(user)
    company = _company_wide(user)
    if any(map(_sees_costs, company)):
        return True
    if allows("sales_facts", Verb.READ, company):
        return False
    partial = (*reach.teams.values(), *_led(reach))
    return bool(partial) and all(map(_sees_costs, partial))


def readable_classes_everywhere(user: User) -> frozenset[str]:
    """The field classes that lists of sales have for this user."""
    return OPEN_CLASSES | {"F2"} if can_see_costs_everywhere(user) else OPEN_CLASSES


def classes_of_row(user: User, row: Mapping[str, object]) -> frozenset[str]:
    """The field classes readable on a row that carries its customer's `account_team` and unit path."""
    team_id, path = row.get("customer__account_team"), row.get("customer__org_unit__path")
    seen = can_see_costs_of(
        user, team_id=team_id if isinstance(team_id, int) else None, unit_path=path if isinstance(path, str) else None
    )
    return OPEN_CLASSES | {"F2"} if seen else OPEN_CLASSES
